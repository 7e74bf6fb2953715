"""Sheets between papers are known however they lie, and cut a stack in two."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from scanning.page import CleanPage, Finding
from scanning.pipeline import clean, rotate
from scanning.samples.wear import Wear, wear_down
from scanning.separators import (
    Separator,
    parse,
    payload,
    read_separator,
    split_by_count,
    split_by_separators,
)
from tests.scanning.conftest import as_raw
from tests.scanning.test_stages import jpeg
from van_station.papers.separators import SeparatorSheet, separator_sheets

CODES = ("GIAY_CHUNG_SINH", "CCCD_CHA_ME")
DPI = 150


@pytest.fixture(scope="module")
def sheets() -> list[Image.Image]:
    """The sheets as the desk prints them, drawn."""
    data = separator_sheets(
        [SeparatorSheet(code, "Giấy chứng sinh hoặc giấy tờ thay thế") for code in CODES],
        procedure_name="Đăng ký khai sinh",
    )
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    assert len(document) == len(CODES)
    return [page.render(scale=DPI / 72).to_pil().convert("RGB") for page in document]


def scanned(image: Image.Image) -> CleanPage:
    return clean(as_raw(jpeg(image), dpi=DPI))


@pytest.mark.parametrize("lean", [-4.0, 0.0, 11.0, 45.0])
@pytest.mark.parametrize("lying", [0, 90, 180, 270])
def test_a_printed_sheet_is_known_askew_and_however_it_lies(sheets, lying, lean):
    worn = wear_down(sheets[0], None, Wear(0.0, (246, 240, 222), 0, False, 5))
    page = scanned(worn.rotate(lying, expand=True).rotate(lean, fillcolor="white"))
    assert page.is_separator
    assert read_separator(page) == Separator(CODES[0])
    assert {finding.code for finding in page.findings} <= {"scan.separator", "scan.skewed"}


def test_the_back_of_a_sheet_is_blank_and_goes_with_it(sheets):
    back = wear_down(
        Image.new("RGB", sheets[0].size, "white"),
        ImageOps.mirror(sheets[0]),
        Wear(1.0, (250, 248, 240), 0.12, False, 6),
    )
    blank, letter = scanned(back), written(1)
    assert blank.blank
    parts = list(
        split_by_separators([scanned(sheets[0]), blank, letter, blank, scanned(sheets[1]), blank, letter])
    )
    assert [(part.code, len(part.pages)) for part in parts] == [(CODES[0], 2), (CODES[1], 1)]


def test_a_bank_transfer_code_or_a_code_of_another_version_separates_nothing(sheets):
    for text in (
        "VSEP2|GIAY_CHUNG_SINH",
        "00020101021138570010A00000072701270006970436",
        "VSEP1|" + "A" * 60,
    ):
        image = Image.new("RGB", (1240, 1754), "white")
        code = qrcode.make(text).convert("RGB").resize((560, 560))
        image.paste(code, (300, 400))
        assert read_separator(scanned(image)) is None, text


@given(st.text(max_size=50))
def test_only_what_payload_writes_is_parsed(text):
    found = parse(text)
    assert found is None or payload(found.code) == text


@pytest.mark.parametrize("code", ["a", "Nguyễn", "A" * 25, "A|B", "A B"])
def test_a_payload_takes_component_codes_only(code):
    with pytest.raises(ValueError, match="component code"):
        payload(code)
    assert parse(payload()) == Separator("")


def written(number: int, *findings: Finding, blank: bool = False) -> CleanPage:
    return CleanPage(b"", 10, 10, 150, blank, findings, 0.0, 0, number)


def test_pages_before_the_first_sheet_are_a_part_and_a_sheet_with_nothing_behind_it_is_told(sheets):
    one, other = scanned(sheets[0]), rotate(scanned(sheets[1]), 180)
    parts = list(split_by_separators([written(1), one, other, written(2)]))
    assert [(part.code, [page.sequence for page in part.pages]) for part in parts] == [
        ("", [1]),
        (CODES[0], []),
        (CODES[1], [2]),
    ]
    assert list(split_by_separators([])) == []


@given(st.lists(st.sampled_from(["page", "blank"]), max_size=30), st.integers(1, 7))
def test_no_side_is_lost_or_moved_when_a_stack_is_split_by_count(kinds, every):
    stack = [written(number, blank=kind == "blank") for number, kind in enumerate(kinds)]
    parts = list(split_by_count(stack, every))
    assert [page for part in parts for page in part.pages] == stack
    assert all(len(part.pages) == every for part in parts[:-1])


def test_a_count_below_one_is_refused():
    with pytest.raises(ValueError, match="every"):
        list(split_by_count([], 0))


def test_a_code_is_looked_for_on_gray_paper_too(sheets):
    gray = Image.fromarray(np.asarray(sheets[1].convert("L")) // 2 + 60)
    assert read_separator(replace(scanned(gray))) == Separator(CODES[1])
