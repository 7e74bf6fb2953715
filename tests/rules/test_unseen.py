"""What nobody sees in a text, and days that no calendar has."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.form_makers import form, number, text
from van_station.rules.errors import AnswerRefused
from van_station.rules.findings import Severity
from van_station.rules.people import check_birth_text
from van_station.rules.text import seen

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\ufeff", "\x00", "\x1b", "\ud800", "\U000e0041", "\u00ad", "\ue000"]
)
def test_what_nobody_sees_is_left_out(hidden):
    assert seen(f"Hà{hidden} Nội{hidden}") == "Hà Nội"


def test_ends_of_lines_tabs_and_every_vietnamese_letter_stay():
    said = "Ngõ 5\n\tthôn Đoài, Ỷ Ưỡng, nguye\u0302\u0303n"
    assert seen(said) == said
    assert seen("An\x00", controls=True) == "An\x00", "a letter that a reader lost must still show"


@given(st.text())
def test_leaving_it_out_twice_changes_nothing_and_the_rest_can_be_kept(typed):
    once = seen(typed)
    assert seen(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    "typed", ["", "1950", "5/1950", "05/1950", "00/00/1950", "00001950", "00/05/1950", " 1950 ", "2026"]
)
def test_a_year_or_month_and_year_is_a_birth(typed):
    assert check_birth_text(typed, TODAY) == ()


@pytest.mark.parametrize(
    "typed", ["31/02/2020", "13/1950", "1/1/99999", "0000", "1850", "2027", "không rõ", "１９５０x"]
)
def test_a_day_that_no_calendar_has_is_doubtful(typed):
    assert [(each.code, each.severity) for each in check_birth_text(typed, TODAY)] == [
        ("birth.not_a_date", Severity.WARNING)
    ]


def test_a_birth_of_three_thousand_letters_is_an_error():
    assert [each.severity for each in check_birth_text("1" * 3000, TODAY)] == [Severity.ERROR]


FORM = form(
    {"text": text(), "whole": number(), "part": number(type="number"), "must": text()}, required=["must"]
)


def test_a_form_keeps_no_unseen_letters_and_takes_a_text_of_them_for_none():
    assert FORM.set({}, "/text", "An\u200b\x00\ud800 Văn")["text"] == "An Văn"
    answers = FORM.set({}, "/must", "\u200b\u200b")
    assert answers.get("must") is None
    assert [each.pointer for each in FORM.check(answers, today=TODAY)] == ["/must"]


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 1999])
@pytest.mark.parametrize("name", ["whole", "part"])
def test_a_number_beyond_all_bounds_is_kept_as_typed_and_is_no_number(name, digits):
    answers = FORM.set({}, f"/{name}", digits)
    assert answers[name] == digits
    assert f"/{name}" in [each.pointer for each in FORM.check(answers, today=TODAY)]
    assert FORM.set({}, "/part", "9" * 400 + ",5")["part"] == "9" * 400 + ",5"
    with pytest.raises(AnswerRefused) as refused:
        FORM.set({}, "/whole", 10**400)
    assert refused.value.code == "form.too_large"
