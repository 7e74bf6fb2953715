import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.papers.conftest import LONG_NAME, NINE_O_FIVE
from tests.papers.reading import sizes_mm, words
from van_station.papers import Column, DayTallyView, Section, TooMuch, tally_csv, tally_pdf, tally_xlsx

PROCEDURES = Section(
    title="Theo thủ tục",
    columns=(
        Column("Thủ tục"),
        Column("Đã lập", "count"),
        Column("Tỷ lệ", "percent"),
        Column("Phí", "money"),
    ),
    rows=(("Đăng ký khai sinh", 1234, 0.375, 15000), ("Đăng ký thường trú", 2, None, 0)),
    totals=("Cộng", 1236, 1.0, 15000),
    how="Đếm hồ sơ của chuyến theo thủ tục.",
)
LANES = Section(
    title="Theo khu vực",
    columns=(
        Column("Khu vực"),
        Column("Chờ", "minutes"),
        Column("Ngày", "date"),
        Column("Gọi lúc", "moment"),
    ),
    rows=(("Số hóa hồ sơ", 12.5, dt.date(2026, 11, 22), NINE_O_FIVE),),
)
FORMULAS = ("=1+1", "+84", "-7", "@SUM(A1)", "\t=1", "\r=1", "＝1")


@pytest.fixture
def view() -> DayTallyView:
    return DayTallyView(
        center_name="Trung tâm Phục vụ hành chính công thành phố Hà Nội",
        title="Tổng hợp ngày",
        place="Nhà văn hóa thôn Đoài, xã Ba Vì",
        day=dt.date(2026, 11, 22),
        made_at=NINE_O_FIVE,
        made_by=LONG_NAME,
        facts=(("Số liệu", "48 = 40 + 6 + 2"),),
        sections=(PROCEDURES, LANES),
    )


def with_name(view: DayTallyView, name: str) -> DayTallyView:
    section = Section(title="Mục", columns=(Column("Tên"), Column("Số", "count")), rows=((name, -5),))
    return replace(view, sections=(section,))


def rows_of(data: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(data))["Tổng hợp"].iter_rows(values_only=True))


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_workbook_holds_every_figure_as_a_number_and_every_name_as_text(view):
    rows = rows_of(tally_xlsx(view))
    assert ("Đăng ký khai sinh", 1234, 0.375, 15000) in rows
    assert ("Đăng ký thường trú", 2, None, 0) in rows
    assert ("Cộng", 1236, 1, 15000) in rows
    moment = dt.datetime(2026, 11, 22, 9, 5)  # noqa: DTZ001 -- Excel knows no zones: Hanoi's clock
    assert ("Số hóa hồ sơ", 12.5, dt.datetime(2026, 11, 22), moment) in rows  # noqa: DTZ001


def test_the_workbook_says_how_each_table_is_computed(view):
    sheet = openpyxl.load_workbook(io.BytesIO(tally_xlsx(view)))["Cách tính"]
    assert ("Theo thủ tục", "Đếm hồ sơ của chuyến theo thủ tục.") in list(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("text", [*FORMULAS, "http://vidu.vn", "{=1}", "123"])
def test_the_workbook_never_makes_a_formula_number_or_link_of_a_text(view, text):
    sheet = openpyxl.load_workbook(io.BytesIO(tally_xlsx(with_name(view, text))))["Tổng hợp"]
    found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).strip() == text.strip()]
    assert [cell.data_type for cell in found] == ["s"]
    assert all(cell.hyperlink is None for cell in found)


def test_the_csv_opens_in_a_spreadsheet_with_vietnamese_letters_and_plain_numbers(view):
    data = tally_csv(view)
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    cells = cells_of(data)
    assert ["Đăng ký khai sinh", "1234", "0.375", "15000"] in cells
    assert ["Đăng ký thường trú", "2", "", "0"] in cells
    assert ["Số hóa hồ sơ", "12.5", "2026-11-22", "2026-11-22T09:05+07:00"] in cells


@pytest.mark.parametrize("text", FORMULAS)
def test_the_csv_neutralises_a_text_that_looks_like_a_formula_but_not_a_negative_number(view, text):
    assert [f"'{text.strip()}", "-5"] in cells_of(tally_csv(with_name(view, text)))


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_no_csv_cell_of_text_begins_like_a_formula(text):
    section = Section(title=text, columns=(Column(text),), rows=((text,),))
    view = DayTallyView(
        center_name=text, title=text, place=text, day=dt.date(2026, 1, 1), made_at=NINE_O_FIVE,
        made_by=text, facts=((text, text),), sections=(section,),
    )  # fmt: skip
    cells = [cell for row in cells_of(tally_csv(view)) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_the_workbook_is_made_in_memory(view, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))  # a temporary file would fail here
    assert zipfile.is_zipfile(io.BytesIO(tally_xlsx(view)))


def test_the_page_shows_each_table_with_totals_and_how_it_is_computed(view):
    pdf = tally_pdf(view)
    said = words(pdf)
    for line in (
        "Tổng hợp ngày",
        "Đăng ký khai sinh 1.234 37,5 % 15.000 ₫",
        "Cộng 1.236 100 % 15.000 ₫",
        "Cách tính: Đếm hồ sơ của chuyến theo thủ tục.",
        "Số hóa hồ sơ 12,5 22/11/2026 09:05, 22/11/2026",
        "48 = 40 + 6 + 2",
        "Phụ trách chuyến xe",
    ):
        assert line in said
    assert sizes_mm(pdf) == [(210, 297)]


def test_practice_stands_on_every_table(view):
    practice = replace(view, practice=True)
    assert "THỰC HÀNH" in str(rows_of(tally_xlsx(practice))[0])
    assert cells_of(tally_csv(practice))[0] == ["THỰC HÀNH"]
    assert "THỰC HÀNH" in words(tally_pdf(practice))


def test_a_row_that_is_not_as_wide_as_its_table_is_refused():
    with pytest.raises(ValueError, match="wide"):
        Section(title="Mục", columns=(Column("A"), Column("B")), rows=(("x",),))


def test_more_cells_than_a_tally_takes_are_refused(view):
    long = Section(title="Mục", columns=(Column("A"),), rows=tuple(("x",) for _ in range(20_001)))
    for export in (tally_xlsx, tally_csv, tally_pdf):
        with pytest.raises(TooMuch):
            export(replace(view, sections=(long,)))
