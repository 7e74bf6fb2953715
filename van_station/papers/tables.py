"""The day's tally as a workbook, as CSV and as a page, from one plain view; nothing is computed here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter

from van_station.papers import figures
from van_station.papers.errors import TooMuch
from van_station.papers.press import render

MAX_CELLS = 20_000
Kind = Literal["text", "count", "money", "percent", "minutes", "date", "moment"]
Cell = str | int | float | date | datetime | None
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, and what its cells are.

    `count`, `money` (đồng) and `minutes` take whole numbers (minutes may be fractions), `percent` a share
    from 0 to 1, `date` a date, `moment` an aware datetime, `text` a str; None is an empty cell in all.
    """

    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table of the tally."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...] | None = None
    how: str = ""
    """How the figures are computed from the records, in a sentence."""

    def __post_init__(self) -> None:
        """Refuse a row that is not as wide as the table (ValueError)."""
        for row in (*self.rows, *((self.totals,) if self.totals is not None else ())):
            if len(row) != len(self.columns):
                raise ValueError("a row must be as wide as its table")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTallyView:
    """The tally of one trip day, ready to be laid out."""

    center_name: str
    title: str
    place: str
    day: date
    made_at: datetime
    made_by: str
    facts: tuple[tuple[str, str], ...] = ()
    """Short lines above the tables: label and value, e.g. the balance of the day."""
    sections: tuple[Section, ...]
    practice: bool = False


def tally_xlsx(view: DayTallyView) -> bytes:
    """Return the tally as an Excel workbook: sheets `Tổng hợp` and `Cách tính`; made in memory.

    Text is always a text cell: what a person typed never becomes a formula or a link.

    Raises:
        TooMuch: over 20 000 cells.
    """
    _bound(view)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": view.title, "company": view.center_name})
        _Sheet(book, view).fill()
        _fill_method_sheet(book, view)
    return buffer.getvalue()


class _Sheet:
    """Writes the sheet `Tổng hợp` from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, view: DayTallyView) -> None:
        self.view = view
        self.sheet = book.add_worksheet("Tổng hợp")
        self.row = 0
        base = {"font_name": "Arial", "font_size": 11, "valign": "vcenter"}
        self.plain = book.add_format(base)
        self.big = book.add_format({**base, "bold": True, "font_size": 16, "font_color": "#08404B"})
        self.warn = book.add_format({**base, "bold": True, "font_color": "#9A5B00", "bg_color": "#FDF1DC"})
        self.quiet = book.add_format({**base, "font_color": "#4A5F65"})
        self.section = book.add_format({**base, "bold": True, "font_size": 13, "font_color": "#08404B"})
        head = {
            "bold": True,
            "bg_color": "#E4F1F2",
            "bottom": 2,
            "bottom_color": "#0A5C68",
            "text_wrap": True,
        }
        self.heads = {
            True: book.add_format({**base, **head, "align": "right"}),
            False: book.add_format({**base, **head}),
        }
        cell = {**base, "bottom": 1, "bottom_color": "#B9C9CB"}
        total = {**base, "bold": True, "top": 1, "bg_color": "#F4F8F8"}
        shown = {"text": "@", "count": "#,##0", "money": '#,##0" ₫"', "percent": "0.0%", "minutes": "#,##0.0"}
        shown |= {"date": "dd/mm/yyyy", "moment": "hh:mm dd/mm/yyyy"}
        self.cells = {
            (kind, is_total): book.add_format(
                {**(total if is_total else cell), "num_format": number, "text_wrap": kind == "text"}
            )
            for kind, number in shown.items()
            for is_total in (False, True)
        }

    def fill(self) -> None:
        """Write everything and set the page up for printing."""
        view = self.view
        self.sheet.set_column(0, 0, 46)
        self.sheet.set_column(1, max((len(s.columns) for s in view.sections), default=2), 17)
        if view.practice:
            self._line(self.warn, "THỰC HÀNH: số liệu không có thật")
        self._line(self.quiet, view.center_name)
        self._line(self.big, view.title)
        for label, value in _head_lines(view):
            self._line(self.plain, label, value)
        for section in view.sections:
            self._table(section)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&LVan Station&RTrang &P/&N")

    def _line(self, form: Any, *texts: str) -> None:
        for column, text in enumerate(texts):
            self.sheet.write_string(self.row, column, _clean(text), form)
        self.row += 1

    def _table(self, section: Section) -> None:
        self.row += 1
        self._line(self.section, section.title)
        for at, column in enumerate(section.columns):
            self.sheet.write_string(self.row, at, _clean(column.title), self.heads[column.kind != "text"])
        self.row += 1
        for row in section.rows:
            self._cells(section, row, is_total=False)
        if section.totals is not None:
            self._cells(section, section.totals, is_total=True)

    def _cells(self, section: Section, row: tuple[Cell, ...], *, is_total: bool) -> None:
        for at, (column, cell) in enumerate(zip(section.columns, row, strict=True)):
            form = self.cells[column.kind, is_total]
            match cell:
                case None:
                    self.sheet.write_blank(self.row, at, None, form)
                case str():
                    self.sheet.write_string(self.row, at, _clean(cell), form)
                case datetime():
                    self.sheet.write_datetime(self.row, at, figures.local(cell).replace(tzinfo=None), form)
                case date():
                    self.sheet.write_datetime(self.row, at, cell, form)
                case _:
                    self.sheet.write_number(self.row, at, cell, form)
        self.row += 1


def _fill_method_sheet(book: xlsxwriter.Workbook, view: DayTallyView) -> None:
    sheet = book.add_worksheet("Cách tính")
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 100)
    for row, section in enumerate(view.sections):
        sheet.write_string(row, 0, _clean(section.title), bold)
        sheet.write_string(row, 1, _clean(section.how), wrap)


def tally_csv(view: DayTallyView) -> bytes:
    """Return the tally as CSV: UTF-8 with BOM, commas, CRLF; one block a section.

    Numbers are plain (`15000`, shares as `0.375`), days ISO 8601. A text that a spreadsheet would take for a
    formula (begins with `=`, `+`, `-`, `@` or their wide forms) gets an apostrophe in front; tabs, line ends
    and other control characters are spaces.

    Raises:
        TooMuch: over 20 000 cells.
    """
    _bound(view)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    if view.practice:
        writer.writerow(["THỰC HÀNH"])
    writer.writerow([_harmless(view.title)])
    writer.writerows([_harmless(label), _harmless(value)] for label, value in _head_lines(view))
    for section in view.sections:
        writer.writerow([])
        writer.writerow([_harmless(section.title)])
        writer.writerow([_harmless(column.title) for column in section.columns])
        writer.writerows([_plain(cell) for cell in row] for row in section.rows)
        if section.totals is not None:
            writer.writerow([_plain(cell) for cell in section.totals])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def tally_pdf(view: DayTallyView) -> bytes:
    """Return the tally as A4 pages, PDF/A-2b.

    Raises:
        TooMuch: over 20 000 cells, or more text than a paper takes.
        PaperError: no page could be made.
    """
    return render("tally", _page_values(view))


def _page_values(view: DayTallyView) -> dict[str, Any]:
    _bound(view)
    return {
        "center_name": view.center_name,
        "title": view.title,
        "facts": [list(line) for line in _head_lines(view)],
        "made_by": view.made_by,
        "made_at": figures.moment_short(view.made_at),
        "practice": view.practice,
        "sections": [
            {
                "title": section.title,
                "heads": [column.title for column in section.columns],
                "right": [column.kind != "text" for column in section.columns],
                "rows": [list(_shown(section, row)) for row in section.rows],
                "totals": None if section.totals is None else list(_shown(section, section.totals)),
                "how": section.how,
            }
            for section in view.sections
        ],
    }


def _head_lines(view: DayTallyView) -> Iterator[tuple[str, str]]:
    yield "Điểm dừng xe", view.place
    yield "Ngày", figures.day(view.day)
    yield "Lập lúc", figures.moment_short(view.made_at)
    yield "Người lập", view.made_by
    yield from view.facts


def _shown(section: Section, row: tuple[Cell, ...]) -> Iterator[str]:
    for column, cell in zip(section.columns, row, strict=True):
        yield _written(cell, column.kind)


def _written(cell: Cell, kind: Kind) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case datetime():
            return figures.moment_short(cell)
        case date():
            return figures.day(cell)
    number = float(cell)
    writers = {"money": lambda: figures.money(round(number)), "percent": lambda: figures.percent(number)}
    whole = number.is_integer()
    return writers.get(
        kind, lambda: figures.count(int(number)) if whole else f"{number:.1f}".replace(".", ",")
    )()


def _plain(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case str():
            return _harmless(cell)
        case datetime():
            return figures.local(cell).isoformat(timespec="minutes")
        case date():
            return cell.isoformat()
    return cell


def _harmless(text: str) -> str:
    clean = _clean(text)
    return f"'{clean}" if clean.startswith(_FORMULA_STARTS) else clean


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text).strip()


def _bound(view: DayTallyView) -> None:
    if sum((len(section.rows) + 1) * len(section.columns) for section in view.sections) > MAX_CELLS:
        raise TooMuch("tally")
