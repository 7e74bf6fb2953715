import contextlib
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from van_station.papers import sheets
from van_station.papers.sheets import SheetRefused, read_sheets, write_sheets
from van_station.rules.catalogue_cells import Formula


def workbook(fill):
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), max_size=30).filter(
    lambda text: "_x" not in text
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_what_is_written_is_read_again(rows):
    read = read_sheets(write_sheets({"Tờ một": rows}))["Tờ một"]
    for at, row in enumerate(rows):
        found = read[at] if at < len(read) else []
        assert [found[place] or "" if place < len(found) else "" for place in range(len(row))] == row


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "@x", "https://example.vn"])
def test_a_text_that_looks_like_a_formula_stays_a_text(text):
    assert read_sheets(write_sheets({"A": [[text]]})) == {"A": [[text]]}


def test_a_formula_is_told_and_never_its_result():
    def fill(book):
        book.active["A1"] = "=1+1"

    assert read_sheets(workbook(fill))["Sheet"] == [[Formula()]]


def test_numbers_days_and_times_come_as_they_are():
    def fill(book):
        day = dt.datetime(2026, 7, 1)  # noqa: DTZ001  -- spreadsheets know no time zones
        book.active.append([5, 1.5, True, day, dt.time(15, 0), None, "x"])

    assert read_sheets(workbook(fill))["Sheet"] == [
        [5, 1.5, True, dt.date(2026, 7, 1), dt.time(15, 0), None, "x"]
    ]


def test_rows_below_the_last_filled_one_are_left_out():
    def fill(book):
        book.active["A1"] = "x"
        book.active["A9"] = None

    assert read_sheets(workbook(fill))["Sheet"] == [["x"]]


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        zipped({}),
        zipped({"xl/workbook.xml": b"<x/>"}),
        zipped({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        zipped({"xl/workbook.xml": "<x/>".encode("utf-16")}),
        write_sheets({"A": [["x"]]})[:-200],
    ],
)
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(SheetRefused) as refusal:
        read_sheets(data)
    assert refusal.value.code == "papers.no_workbook"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    whole = bytearray(write_sheets({"A": [["x", "y"], ["1", "2"]]}))
    for _ in range(3):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SheetRefused):
        assert isinstance(read_sheets(bytes(whole)), dict)


def test_bombs_and_crowds_are_refused_before_they_unfold(monkeypatch):
    bomb = zipped({"xl/workbook.xml": b" " * (sheets.MAX_PART_BYTES + 1)})
    crowd = zipped({f"xl/{at}.xml": b"" for at in range(sheets.MAX_PARTS + 1)})
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    long = write_sheets({"A": [["x"]] * 5})
    many = write_sheets({f"A{at}": [["x"]] for at in range(sheets.MAX_SHEETS + 1)})
    for data in (bomb, crowd, long, many, b"\x00" * (sheets.MAX_FILE_BYTES + 1)):
        with pytest.raises(SheetRefused) as refusal:
            read_sheets(data)
        assert refusal.value.code == "papers.workbook_too_large"
