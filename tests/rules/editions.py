"""Small editions for tests: one shared definition, one form, one procedure, changed by what a test needs."""

import json

from tests.rules.makers import LABEL, component, data, fee

TITLE = {"title": "Ô", "x-title-en": "Field"}
CODE = "1.000001"
FILE = f"procedures/{CODE}.json"
HOME = {"key": "home", "text": LABEL, "kind": "yes_no"}
NOT_HOME = {"scope": "#/properties/known/properties/home", "schema": {"not": {"const": True}}}


def form_schema(**properties):
    fields = {
        "name": {"$ref": "shared.schema.json#/$defs/name"},
        "kind": {"type": "string", **TITLE},
        **properties,
    }
    return {"type": "object", "required": ["name"], "properties": fields}


def form_ui(*names):
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in names or ("name", "kind")]
    return {"type": "VerticalLayout", "elements": controls}


def small(version="2026.1", issued_on="2026-01-02", procedure=None, **files):
    """Return a sound edition's files; a file given as None is left out."""
    usual = {
        "catalogue.json": {"format": 2, "version": version, "issued_on": issued_on, "note": LABEL},
        "shared.schema.json": {"$defs": {"name": {"type": "string", "maxLength": 120, **TITLE}}},
        "successors.json": [],
        "forms/applicant/schema.json": form_schema(),
        "forms/applicant/ui.json": form_ui(),
        FILE: procedure
        or data(
            questions=[HOME],
            components=[component("A1", condition=NOT_HOME), component("B1")],
            fees=[fee(5000)],
        ),
    }
    whole = {path: each for path, each in (usual | files).items() if each is not None}
    return json.loads(json.dumps(whole))


def successor(code, to, **changes):
    return {
        "code": code,
        "name": "Cũ",
        "successor": to,
        "reason": LABEL,
        "source": "test",
        "confidence": "recalled",
    } | changes
