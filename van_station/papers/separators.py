"""Separator sheets (*tờ ngăn*): laid between the papers of a stack so that one scan fills them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanning.separators import payload
from van_station.papers.codes import qr_svg
from van_station.papers.errors import TooMuch
from van_station.papers.press import render

MAX_SHEETS = 60
MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class SeparatorSheet:
    """One sheet: the paper's code, which is in the QR code, and its name in large letters."""

    code: str
    name: str


def separator_sheets(
    sheets: Sequence[SeparatorSheet], *, procedure_name: str, practice: bool = False
) -> bytes:
    """Return the sheets, one A4 page each, as PDF/A-2b. Nothing on them names a person or a dossier.

    Raises:
        TooMuch: no sheet, over 60, or a name over 300 characters.
        ValueError: a code that is none.
        PaperError: no page could be made.
    """
    if not 0 < len(sheets) <= MAX_SHEETS or any(len(sheet.name) > MAX_NAME for sheet in sheets):
        raise TooMuch("separators")
    pages = [{"code": each.code, "name": each.name, "qr": qr_svg(payload(each.code))} for each in sheets]
    return render("separators", {"sheets": pages, "procedure_name": procedure_name, "practice": practice})
