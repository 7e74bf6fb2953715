import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.editions import CODE, FILE, HOME, NOT_HOME, small, successor
from tests.rules.makers import LABEL, component, data, fee
from van_station.rules.catalogue_cells import Formula
from van_station.rules.catalogue_columns import SHEETS
from van_station.rules.catalogue_diff import same_data
from van_station.rules.catalogue_edition import check_edition
from van_station.rules.catalogue_sheets import from_sheets, to_sheets
from van_station.settings.assets import catalogue_files

CHOICE = {
    "key": "loai",
    "text": LABEL,
    "kind": "choice",
    "help": LABEL,
    "when": NOT_HOME,
    "choices": [{"value": "thue", "text": LABEL}, {"value": "muon", "text": LABEL}],
}
FULL = small(
    procedure=data(
        questions=[HOME, CHOICE],
        components=[component("A1", condition=NOT_HOME, note=LABEL, source="s", confidence="recalled")],
        fees=[fee(None, group="NCT", wards=["00004", "00008"], condition=NOT_HOME), fee(20000)],
        laws=[{"text": "Luật", "confidence": "recalled"}],
        keywords=["khai sinh", "ks"],
        notes=[LABEL],
        valid_to="2027-01-31",
        time_limit={"value": 0, "unit": "day", "cutoff": "15:00", "source": "t", "confidence": "recalled"},
        form={**data()["form"], "preset": {"/kind": "permanent"}},
    ),
    **{"successors.json": [successor("1.000002", CODE), successor("1.000003", None)]},
)


def lost(files):
    """Return the files that did not come back from the sheets as they were."""
    result = from_sheets(to_sheets(files))
    assert result.faults == []
    return [path for path, written in result.files.items() if not same_data(written, files[path])]


def test_the_catalogue_that_travels_with_the_product_comes_back_from_its_sheets():
    assert lost(catalogue_files()) == []


def test_everything_a_procedure_may_say_comes_back():
    assert check_edition(FULL) == ()
    assert lost(FULL) == []


def texts():
    return st.text(min_size=1, max_size=30).filter(
        lambda text: text == " ".join(text.split()) and text.isprintable()
    )


@settings(max_examples=40, deadline=None)
@given(texts(), st.integers(0, 20), st.booleans(), st.sampled_from([None, 0, 5, 499_999_999]))
def test_any_text_and_number_comes_back(text, copies, required, amount):
    import unicodedata  # noqa: PLC0415

    text = unicodedata.normalize("NFC", text)
    label = {"vi": text, "en": text}
    paper = component("A1", name=label, copies=copies, required=required, note=label)
    assert lost(small(procedure=data(components=[paper], fees=[fee(amount, source=text)]))) == []


def changed(sheet, row, column, value):
    """Return the sheets of FULL with one cell changed; rows count as a spreadsheet does."""
    sheets = copy.deepcopy(to_sheets(FULL))
    at = sheets[sheet][0].index(column)
    sheets[sheet][row - 1][at] = value
    return sheets


@pytest.mark.parametrize(
    ("sheet", "column", "value", "what"),
    [
        ("Lệ phí", "Số tiền", "hai mươi nghìn", "amount"),
        ("Lệ phí", "Số tiền", None, "empty"),
        ("Lệ phí", "Số tiền", "", "empty"),
        ("Lệ phí", "Số tiền", Formula(), "formula"),
        ("Lệ phí", "Số tiền", 1.5, "amount"),
        ("Lệ phí", "Cách nộp", "bồ câu", "choice"),
        ("Lệ phí", "Áp dụng từ", "31/02/2026", "day"),
        ("Lệ phí", "Địa bàn", "Ba Đình", "ward"),
        ("Lệ phí", "Áp dụng khi", "nha = có", "condition_name"),
        ("Lệ phí", "Mã thủ tục", "1.999999", "no_such_procedure"),
        ("Lệ phí", "Mã thủ tục", "khai sinh", "code"),
        ("Giấy tờ", "Mã giấy tờ", "hợp đồng", "pattern"),
        ("Giấy tờ", "Số bản", "một", "whole"),
        ("Giấy tờ", "Ghi chú (tiếng Anh)", "", "other_language"),
        ("Giấy tờ", "Tên giấy tờ", "x" * 2001, "text_too_long"),
        ("Lựa chọn", "Câu hỏi", "home", "no_such_question"),
        ("Thủ tục", "Giờ chốt", "25:00", "clock"),
        ("Thủ tục", "Đặt sẵn", "kind", "condition_name"),
    ],
)
def test_a_faulty_cell_is_told_with_sheet_row_and_column(sheet, column, value, what):
    faults = from_sheets(changed(sheet, 3, column, value)).faults
    assert [(each.sheet, each.row, each.column, each.what) for each in faults] == [(sheet, 3, column, what)]


def test_every_fault_is_told_at_once():
    sheets = changed("Lệ phí", 3, "Số tiền", "x")
    sheets["Giấy tờ"][2][1] = "x y"
    sheets["Lệ phí"][3][1] = "bồ câu"
    assert len(from_sheets(sheets).faults) == 3


def test_a_sheet_a_column_or_a_heading_that_lacks_is_told():
    sheets = to_sheets(FULL)
    del sheets["Căn cứ"]
    sheets["Từ khóa"] = []
    sheets["Ghi chú"][0][1] = "Lời nhắn"
    faults = {(each.sheet, each.column, each.what) for each in from_sheets(sheets).faults}
    assert faults == {
        ("Căn cứ", "", "no_sheet"),
        ("Từ khóa", "", "no_heading"),
        ("Ghi chú", "Ghi chú", "no_column"),
        ("Ghi chú", "Lời nhắn", "strange_column"),
    }


@pytest.mark.parametrize("rows", [0, 2])
def test_an_edition_has_one_row_about_itself(rows):
    sheets = to_sheets(FULL)
    sheets["Ấn bản"] = sheets["Ấn bản"][:2] + sheets["Ấn bản"][2:] * rows
    assert [each.what for each in from_sheets(sheets).faults] == ["one_row"]


def test_a_procedure_that_stands_twice_is_told():
    sheets = to_sheets(FULL)
    sheets["Thủ tục"].append(sheets["Thủ tục"][2])
    assert [(each.row, each.what) for each in from_sheets(sheets).faults] == [(4, "twice")]


def test_what_spreadsheet_programs_make_of_cells_is_understood():
    import datetime as dt  # noqa: PLC0415

    sheets = changed("Lệ phí", 4, "Số tiền", 20000.0)
    heads = sheets["Lệ phí"][0]
    sheets["Lệ phí"][3][heads.index("Áp dụng từ")] = dt.date(2026, 1, 1)
    sheets["Lệ phí"][3][heads.index("Mã thủ tục")] = 1.000001
    sheets["Thủ tục"][2][sheets["Thủ tục"][0].index("Giờ chốt")] = dt.time(15, 0)
    sheets["Giấy tờ"][2][sheets["Giấy tờ"][0].index("Bắt buộc")] = True
    result = from_sheets(sheets)
    assert result.faults == []
    assert same_data(result.files[FILE], FULL[FILE])


@pytest.mark.parametrize(
    ("said", "amount"), [("20.000", 20000), ("20 000 đ", 20000), ("0", 0), ("Chưa biết", None)]
)
def test_an_amount_may_be_written_as_people_write_it(said, amount):
    result = from_sheets(changed("Lệ phí", 4, "Số tiền", said))
    assert result.files[FILE]["fees"][1]["amount_vnd"] == amount


def test_columns_may_stand_in_any_order_and_empty_rows_between():
    sheets = to_sheets(FULL)
    sheets = {name: [list(reversed(row)) for row in rows] for name, rows in sheets.items()}
    sheets["Lệ phí"].insert(2, [None] * len(sheets["Lệ phí"][0]))
    result = from_sheets(sheets)
    assert result.faults == []
    assert same_data(result.files[FILE], FULL[FILE])


def test_a_fault_of_the_edition_is_told_at_its_row():
    sheets = changed("Lệ phí", 4, "Áp dụng đến", "01/01/2020")
    result = from_sheets(sheets)
    faults = check_edition({**FULL, **result.files})
    assert [(each.sheet, each.row) for each in map(result.located, faults)] == [("Lệ phí", 4)]


def test_every_column_has_a_help_and_headings_are_unique():
    for plan in SHEETS:
        assert all(column.help for column in plan.columns)
        assert len({column.heading for column in plan.columns}) == len(plan.columns)


@pytest.mark.parametrize(("sheet", "column"), [("Giấy tờ", "Mã giấy tờ"), ("Câu hỏi", "Câu hỏi")])
def test_a_name_that_stands_twice_in_one_procedure_is_told_at_its_cell(sheet, column):
    sheets = to_sheets(FULL)
    sheets[sheet].append(sheets[sheet][2])
    faults = from_sheets(sheets).faults
    last = len(sheets[sheet])
    assert [(each.sheet, each.row, each.column, each.what) for each in faults] == [
        (sheet, last, column, "twice")
    ]
