import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.i18n import catalogue
from van_station.rules import form_partial_dates
from van_station.rules.form_comparing import Comparison, compare
from van_station.rules.form_partial_dates import (
    PartialDate,
    age_years,
    is_partial_date,
    read_partial_date,
    show_partial_date,
    stored_partial_date,
)

DAYS = st.dates(date(1850, 1, 1), date(2100, 12, 31))
PARTIAL = st.one_of(
    DAYS.map(lambda day: PartialDate(day.year, day.month, day.day)),
    DAYS.map(lambda day: PartialDate(day.year, day.month)),
    DAYS.map(lambda day: PartialDate(day.year)),
    DAYS.map(lambda day: PartialDate(day.year, lunar=True)),
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20/3/1954", "1954-03-20"),
        ("20-03-1954", "1954-03-20"),
        ("20.03.1954", "1954-03-20"),
        ("20 3 1954", "1954-03-20"),
        ("20 / 3 / 1954", "1954-03-20"),
        ("20031954", "1954-03-20"),
        ("1954-03-20", "1954-03-20"),
        ("ngày 20 tháng 3 năm 1954", "1954-03-20"),
        ("NGAY 20 THANG 3 NAM 1954", "1954-03-20"),
        ("3/1954", "1954-03"),
        ("tháng 3 năm 1954", "1954-03"),
        ("1954-03", "1954-03"),
        ("1954", "1954"),
        (" năm 1954 ", "1954"),
        ("Giáp Ngọ 1954", "L1954"),
        ("1954 giap ngo", "L1954"),
        ("năm 1954 (Giáp Ngọ)", "L1954"),
        ("Giáp Ngọ, 1954", "L1954"),
        ("tuổi Kỷ Tỵ 1929", "L1929"),
        ("l1954", "L1954"),
    ],
)
def test_a_date_is_understood_as_people_say_it(typed, stored):
    assert read_partial_date(typed).date.stored == stored


@pytest.mark.parametrize("typed", ["Giáp Ngọ", "giap ngo", "GIÁP NGỌ", "năm Giáp Ngọ", "tuổi giáp ngọ"])
def test_a_lunar_name_alone_is_asked_about(typed):
    reading = read_partial_date(typed)
    assert [each.stored for each in reading.candidates] == ["L1894", "L1954", "L2014"]
    assert (reading.date, reading.fault) == (None, "form.lunar_year_ambiguous")
    assert [each.year for each in read_partial_date(typed, last_year=1999).candidates] == [1894, 1954]


@pytest.mark.parametrize(
    ("typed", "code", "limit"),
    [
        ("20.3.54", "form.year_two_digits", None),
        ("3/54", "form.year_two_digits", None),
        ("Giáp Ngọ 54", "form.year_two_digits", None),
        ("31/4/1990", "form.no_such_day", 30),
        ("29/2/1900", "form.no_such_day", 28),
        ("00/01/1954", "form.no_such_day", 31),
        ("1/13/1954", "form.no_such_month", None),
        ("13/1954", "form.no_such_month", None),
        ("0/1954", "form.no_such_month", None),
        ("1799", "form.year_out_of_range", None),
        ("0000", "form.year_out_of_range", None),
        ("1/1/2101", "form.year_out_of_range", None),
        ("Giáp Ngọ 1955", "form.lunar_year_differs", None),
        ("Giáp Sửu", "form.date_unreadable", None),
        ("khoảng 1950", "form.date_unreadable", None),
        ("", "form.date_unreadable", None),
        ("1" * 61, "form.date_unreadable", None),
        ("Giáp Ngọ 1954 1954", "form.date_unreadable", None),
    ],
)
def test_what_is_no_date_is_named(typed, code, limit):
    reading = read_partial_date(typed)
    assert (reading.date, reading.fault, reading.limit) == (None, code, limit)


@given(PARTIAL)
def test_a_partial_date_survives_being_stored_and_shown(day):
    assert stored_partial_date(day.stored) == day
    assert read_partial_date(day.stored).date == day
    for language in ("vi", "en"):
        assert read_partial_date(show_partial_date(day.stored, language)).date == day


@given(st.text(max_size=30) | st.from_regex(r"[L0-9/. -]{0,12}", fullmatch=True))
def test_any_text_is_read_without_a_fault(text):
    reading = read_partial_date(text)
    assert (reading.date is None) is bool(reading.fault)
    if reading.date is not None:
        assert is_partial_date(reading.date.stored)


def test_people_read_what_is_stored():
    assert show_partial_date("1954-03-20") == "20/03/1954"
    assert show_partial_date("1954-03") == "03/1954"
    assert show_partial_date("1954") == "1954"
    assert show_partial_date("L1954") == "năm 1954 (Giáp Ngọ)"
    assert show_partial_date("L1954", "en") == "lunar year 1954 (Giáp Ngọ)"
    assert show_partial_date("hồi bé") == "hồi bé"


@pytest.mark.parametrize(
    ("stored", "earliest", "latest"),
    [
        ("1954", date(1954, 1, 1), date(1954, 12, 31)),
        ("1956-02", date(1956, 2, 1), date(1956, 2, 29)),
        ("1954-03-20", date(1954, 3, 20), date(1954, 3, 20)),
        ("L1954", date(1954, 2, 3), date(1955, 1, 23)),
        ("L1985", date(1985, 1, 21), date(1986, 2, 8)),
        # In 1968 the North began the year a day before the South.
        ("L1968", date(1968, 1, 29), date(1969, 2, 16)),
        ("L2100", date(2100, 2, 9), date(2101, 1, 28)),
    ],
)
def test_a_partial_date_has_a_first_and_a_last_day(stored, earliest, latest):
    day = stored_partial_date(stored)
    assert (day.earliest, day.latest) == (earliest, latest)


@pytest.mark.parametrize(
    "text", ["1954-13", "1954-02-30", "1954-3", "L1954-03", "L1849", "L2101", "54", "0000", "l1954", "1954 "]
)
def test_only_the_stored_form_is_stored(text):
    assert not is_partial_date(text)


@pytest.mark.parametrize(
    ("one", "how", "other", "holds"),
    [
        ("1954-03-20", "<", "1954-03-21", True),
        ("1954-03-20", "<", "1954-03-20", False),
        ("1954-03-20", "<=", "1954-03-20", True),
        ("1954", "<", "1954-03-20", True),
        ("1955", "<=", "1954-12-31", False),
        ("L1954", "<", "1954-01-31", False),
        ("L1954", "<=", "1954-02-03", True),
        ("1954", "=", "1954-03", True),
        ("1954", "=", "1955-01-01", False),
        ("L1954", "=", "1955-01-10", True),
        ("1954", "!=", "1954", True),
        ("1954-03-20", "!=", "1954-03-20", False),
        (3, "<", 4.5, True),
        (3, "=", 3.0, True),
        (3, "<=", 2, False),
        ("ab", "!=", "ab", False),
        ("a\u0301", "=", "á", True),
        (True, "=", True, True),
        (True, "=", 1, False),
        (None, "!=", 1, False),
        ("3", "<", 4, False),
    ],
)
def test_answers_are_compared_with_the_benefit_of_the_doubt(one, how, other, holds):
    assert compare(one, Comparison(how), other) is holds


@given(PARTIAL, PARTIAL)
def test_one_of_two_dates_is_never_both_surely_earlier_and_surely_later(one, other):
    before = compare(one.stored, Comparison.BEFORE, other.stored)
    after = compare(other.stored, Comparison.BEFORE, one.stored)
    same = compare(one.stored, Comparison.SAME, other.stored)
    assert before or after or same


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("1954-03-20", date(2026, 3, 19), 71),
        ("1954-03-20", date(2026, 3, 20), 72),
        ("1954", date(2026, 1, 1), 72),
        ("L1954", date(2026, 2, 2), 71),
        ("L1954", date(2026, 2, 3), 72),
        ("2004-02-29", date(2026, 2, 28), 21),
        ("2027", date(2026, 1, 1), None),
        ("hồi bé", date(2026, 1, 1), None),
    ],
)
def test_age_counts_full_years_from_the_earliest_day(birth, on, years):
    assert age_years(birth, on) == years


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_fault_has_its_sentence(language):
    source = Path(form_partial_dates.__file__).read_text("utf-8")
    faults = set(re.findall(r'fault="(form\.[a-z_]+)"', source)) - {"form.date_unreadable"}
    assert len(faults) == 6
    assert sorted({f"note.{fault}" for fault in faults} - catalogue.load(language).keys()) == []
