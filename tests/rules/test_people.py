from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import reference
from van_station.rules.people import (
    age_on,
    birth_for_age,
    check_phone,
    format_phone,
    sex_from_word,
    suggest_group,
)

PREFIXES = frozenset(
    prefix for carrier in reference("phone_prefixes")["carriers"] for prefix in carrier["prefixes"]
)


@pytest.mark.parametrize(
    "typed", ["0912345678", "0912 345 678", "0912.345.678", "+84912345678", "84912345678", "0084 912-345-678"]
)
def test_a_number_is_stored_in_one_form(typed):
    checked = check_phone(typed, known_prefixes=PREFIXES)
    assert (checked.number, checked.findings) == ("0912345678", ())


def test_a_missing_zero_is_added_and_told():
    checked = check_phone("912345678")
    assert checked.number == "0912345678"
    assert [finding.code for finding in checked.findings] == ["phone.zero_added"]


@pytest.mark.parametrize(
    ("typed", "code", "severity"),
    [
        ("01234567890", "phone.wrong_length", "error"),
        ("091234567", "phone.wrong_length", "error"),
        ("số 5", "phone.not_a_number", "error"),
        ("", "phone.not_a_number", "error"),
        ("9" * 100, "phone.not_a_number", "error"),
        ("0512345678", "phone.unknown_prefix", "warning"),
    ],
)
def test_shape_is_an_error_and_an_unknown_prefix_a_warning(typed, code, severity):
    (finding,) = check_phone(typed, known_prefixes=PREFIXES).findings
    assert (finding.code, finding.severity) == (code, severity)


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_every_prefix_of_the_carriers_is_accepted(prefix):
    assert check_phone(prefix + "1234567", known_prefixes=PREFIXES).findings == ()


def test_a_hanoi_landline_is_accepted():
    assert check_phone("024 3825 3536", known_prefixes=PREFIXES).findings == ()


def test_numbers_are_shown_in_groups():
    assert format_phone("0912345678") == "0912 345 678"
    assert format_phone("02438253536") == "02438253536"


def test_age_changes_on_the_birthday():
    assert age_on(date(1966, 11, 22), date(2026, 11, 21)) == 59
    assert age_on(date(1966, 11, 22), date(2026, 11, 22)) == 60
    assert age_on(date(2004, 2, 29), date(2026, 2, 28)) == 21
    assert age_on(date(2004, 2, 29), date(2026, 3, 1)) == 22


def test_sixty_is_elderly_and_a_bare_year_counts_from_its_last_day():
    day = date(2026, 11, 22)
    assert suggest_group(date(1966, 11, 22), day) == "NCT"
    assert suggest_group(date(1966, 11, 23), day) is None
    assert suggest_group(birth_for_age(None, "1966"), day) is None
    assert suggest_group(birth_for_age(None, "1965"), day) == "NCT"
    assert suggest_group(birth_for_age(None, "không rõ"), day) is None


def test_only_the_two_words_of_the_card_name_a_sex():
    assert sex_from_word("Nữ") == "female"
    assert sex_from_word("NAM") == "male"
    assert sex_from_word("N?") is None


@given(st.dates(), st.dates())
def test_age_never_goes_down_as_days_pass(birth, day):
    later = day.replace(year=min(day.year + 1, 9999)) if (day.month, day.day) != (2, 29) else day
    assert age_on(birth, later) >= age_on(birth, day)
