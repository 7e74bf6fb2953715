"""Small procedures for tests of rules that only look at a part of one."""

import json

from tests.rules.vectors import ASSETS
from van_station.rules.catalogue import load_procedure

LABEL = {"vi": "Tên", "en": "Name"}


def shipped(code):
    return load_procedure(
        json.loads((ASSETS / "catalogue" / "procedures" / f"{code}.json").read_text("utf-8"))
    )


def data(**changes):
    return {
        "code": "1.000001",
        "version": "1",
        "name": LABEL,
        "domain": "civil_status",
        "authority": LABEL,
        "level": "commune",
        "van_role": "guide_and_digitise",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "channels": ["direct"],
        "time_limit": {"value": 3, "unit": "working_day", "source": "test", "confidence": "verified"},
        "components": [],
        "fees": [],
        "form": {
            "id": "applicant",
            "name": LABEL,
            "issued_by": "test",
            "confidence": "verified",
        },
        "laws": [],
        "keywords": [],
        "notes": [],
        "source": "test",
        "confidence": "verified",
    } | changes


def component(code, **changes):
    return {
        "code": code,
        "name": LABEL,
        "kind": "submit",
        "paper": "copy",
        "copies": 1,
        "required": True,
    } | changes


def fee(amount_vnd, **changes):
    return {
        "channel": "direct",
        "group": None,
        "amount_vnd": amount_vnd,
        "valid_from": "2026-01-01",
        "valid_to": None,
        "source": "test",
        "confidence": "verified",
    } | changes
