"""The visible part of a signature on a digitised copy."""

from __future__ import annotations

from datetime import datetime

from van_station.papers.press import render

MAX_AGENCY = 160


def copy_stamp(agency: str, at: datetime) -> bytes:
    """Return the stamp as a one-page PDF/A-2b just as large as its words.

    Args:
        agency: in whose name it is signed.
        at: the moment of signing, in Hanoi's zone.

    Source: NĐ 30/2020/NĐ-CP Phụ lục I, as `digitisation_rules.json` has it: agency and moment with +07:00,
    no picture of a seal.
    """
    offset = at.strftime("%z")
    moment = f"{at:%d.%m.%Y %H:%M:%S} {offset[:3]}:{offset[3:]}"
    return render("copy_stamp", {"agency": agency[:MAX_AGENCY], "at": moment})
