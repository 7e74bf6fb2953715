"""Printed page numbers tell of missing pages, and other numbers do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanning.numbering import Gap, missing_pages, printed_number
from scanning.page import Box
from scanning.text import TextLayer, Word

HEIGHT = 1000


def layer(*lines: tuple[str, int], confidence: float = 95) -> TextLayer:
    """Lines of text with where they stand, in thousandths of the page."""
    words = [
        Word(text, Box(100 + 80 * place, top, 70, 18), confidence, number)
        for number, (line, top) in enumerate(lines)
        for place, text in enumerate(line.split())
    ]
    return TextLayer(tuple(words), confidence, "vie")


def numbers(*feet: str):
    return [
        printed_number(layer(("Căn cứ Luật đất đai năm 2024", 300), (foot, 960)), HEIGHT) for foot in feet
    ]


@pytest.mark.parametrize(
    ("foot", "number", "of"),
    [
        ("Trang 2/5", 2, 5),
        ("Trang 2 / 5", 2, 5),
        ("Trang: 12 trên 20", 12, 20),
        ("Page 3 of 4", 3, 4),
        ("trang 7", 7, 0),
        ("- 3 -", 3, 0),
        ("4", 4, 0),
        ("2/6", 2, 6),
    ],
)
def test_numbers_as_they_are_printed(foot, number, of):
    found = numbers(foot)[0]
    assert found is not None
    assert (found.number, found.of) == (number, of)
    assert found.box.top == 960


@pytest.mark.parametrize(
    "foot", ["Trang 9/5", "0", "2026", "Điện thoại 024", "ngày 3 tháng 4", "12345", "Số: 7/MẪU", ""]
)
def test_other_numbers_at_the_foot_are_none(foot):
    assert numbers(foot) == [None]


def test_a_number_in_the_middle_or_doubtfully_read_is_none():
    assert printed_number(layer(("Trang 2/5", 500)), HEIGHT) is None
    assert printed_number(layer(("3", 960), confidence=40), HEIGHT) is None
    assert printed_number(None, HEIGHT) is None


@pytest.mark.parametrize(
    ("feet", "gaps"),
    [
        (("Trang 1/4", "Trang 2/4", "Trang 4/4"), [Gap(2, 3, 3)]),
        (("Trang 1/3", "Trang 2/3"), [Gap(1, 3, 3, at_end=True)]),
        (("1", "2", "4"), [Gap(2, 3, 3)]),
        (("- 1 -", "- 2 -", "- 3 -", "- 6 -"), [Gap(3, 4, 5)]),
        (("Trang 1/2", "Trang 2/2", "Trang 1/3", "Trang 3/3"), [Gap(3, 2, 2)]),
    ],
)
def test_a_jump_is_told_where_it_is(feet, gaps):
    assert list(missing_pages(numbers(*feet))) == gaps


@pytest.mark.parametrize(
    "feet",
    [
        ("Trang 1/3", "Trang 2/3", "Trang 3/3"),
        ("1", "2", "3", "4"),
        ("", "2", "3", "", "5"),  # a title page and a plate without numbers
        ("7", "12", "31"),  # plots, entries: numbers that are not pages
        ("2", "4"),  # two bare numbers prove nothing
        ("Trang 1/2", "Trang 2/2", "Trang 1/2", "Trang 2/2"),  # two papers
        ("Trang 1/3", "Trang 2/3", ""),  # the last page's foot could not be read
        ("Trang 1/5",),  # one page of a paper may be all that is wanted
        ("3", "2", "1"),
    ],
)
def test_good_stacks_raise_no_alarm(feet):
    assert list(missing_pages(numbers(*feet))) == []


@given(st.integers(3, 12), st.data())
def test_any_one_page_that_is_left_out_of_a_numbered_paper_is_named(total, data):
    gone = data.draw(st.integers(2, total - 1))
    feet = [f"Trang {number}/{total}" for number in range(1, total + 1) if number != gone]
    found = missing_pages(numbers(*feet))
    if total > 3 or gone == 2:
        assert [(gap.first, gap.last) for gap in found] == [(gone, gone)]
