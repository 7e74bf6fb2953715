"""Workbooks (XLSX) of plain tables, written and read; nothing in them is ever computed or followed.

A file from outside is bounded before anything of it is parsed: its own size, how many parts it has and how
large they say they are (the archive reader holds them to it), no document type declarations.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import xlsxwriter

from van_station.papers.errors import PaperError
from van_station.rules.catalogue_cells import Formula

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_PARTS = 200
MAX_PART_BYTES = 64 * 1024 * 1024
MAX_SHEETS = 30
MAX_ROWS = 20_000
MAX_COLUMNS = 60
_WIDEST = 60


class SheetRefused(PaperError):
    """A file that is no workbook of plain tables, or one beyond the bounds; nothing of it was used.

    Codes: `papers.no_workbook`, `papers.workbook_too_large`.
    """

    code = "papers.no_workbook"

    def __init__(self, code: str = "papers.no_workbook") -> None:
        super().__init__(code)
        self.code = code


def write_sheets(sheets: Mapping[str, Sequence[Sequence[str]]], *, head_rows: int = 2) -> bytes:
    """Return a workbook of texts: the first `head_rows` rows of each sheet are set off and stay in sight.

    Args:
        sheets: name (at most 31 characters) -> rows of texts; a text that begins with `=` stays a text.
        head_rows: headings, and help below them.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8E4F3", "valign": "top"})
        help_ = book.add_format({"italic": True, "text_wrap": True, "font_color": "#555555", "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                style = heading if at == 0 else help_ if at < head_rows else plain
                for column, text in enumerate(row):
                    if text:
                        sheet.write_string(at, column, text, style)
            sheet.freeze_panes(head_rows, 1)
            for column, width in enumerate(_widths(rows, head_rows)):
                sheet.set_column(column, column, width, plain)
    return out.getvalue()


def read_sheets(data: bytes) -> dict[str, list[list[Any]]]:
    """Return the sheets of a workbook: name -> rows of cells (str, int, float, bool, date, time, None).

    A cell with a formula is a `Formula`, whatever some program computed for it. Macros, links and pictures
    are not looked at.

    Raises:
        SheetRefused
    """
    if len(data) > MAX_FILE_BYTES:
        raise SheetRefused("papers.workbook_too_large")
    _look_into(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        return {sheet.title: _rows(sheet) for sheet in _few(book.worksheets)}
    except SheetRefused:
        raise
    except Exception as broken:  # the library raises whatever a damaged part makes it stumble over
        raise SheetRefused from broken


def _look_into(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_PART_BYTES:
                raise SheetRefused("papers.workbook_too_large")
            for part in parts:
                if not part.filename.endswith((".xml", ".rels")):
                    continue
                text = archive.read(part)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise SheetRefused
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError) as broken:
        raise SheetRefused from broken


def _few(sheets: Sequence[Any]) -> Sequence[Any]:
    if len(sheets) > MAX_SHEETS:
        raise SheetRefused("papers.workbook_too_large")
    return sheets


def _rows(sheet: Any) -> list[list[Any]]:
    """Return the rows down to the last one that holds something; the size that a sheet claims is ignored."""
    sheet.reset_dimensions()
    rows: list[list[Any]] = []
    filled = 0
    for row in sheet.iter_rows(max_col=MAX_COLUMNS):
        if len(rows) >= MAX_ROWS:
            raise SheetRefused("papers.workbook_too_large")
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(cells)
        if cells:
            filled = len(rows)
    return rows[:filled]


def _cell(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula()
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str | int | float | bool | date | time) or value is None:
        return value
    return str(value)


def _widths(rows: Sequence[Sequence[str]], head_rows: int) -> list[int]:
    count = max((len(row) for row in rows), default=0)
    return [
        min(_WIDEST, max((len(row[at]) for row in rows[head_rows:] if at < len(row)), default=0) + 2)
        if rows[head_rows:]
        else 18
        for at in range(count)
    ]
