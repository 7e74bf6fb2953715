from datetime import timedelta

import pytest
from holidays.calendars.chinese import CHINESE_CALENDAR, VIETNAMESE_CALENDAR, _ChineseLunisolar
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.form_lunar import (
    BRANCHES,
    STEMS,
    lunar_new_years,
    lunar_year_bounds,
    lunar_year_name,
    lunar_year_place,
    lunar_years,
)


def test_the_new_year_agrees_with_the_tables_of_holidays():
    here = _ChineseLunisolar(VIETNAMESE_CALENDAR)
    north = _ChineseLunisolar(CHINESE_CALENDAR)
    for year in range(1901, 2101):
        days = {here.lunar_new_year_date(year, VIETNAMESE_CALENDAR)[0]}
        if year < 1976:
            days.add(north.lunar_new_year_date(year, CHINESE_CALENDAR)[0])
        assert set(lunar_new_years(year)) == days


def test_lunar_years_follow_each_other_without_a_gap():
    for year in range(1850, 2100):
        (first, last), (following, _) = lunar_year_bounds(year), lunar_year_bounds(year + 1)
        assert 350 <= (last - first).days <= 385
        assert following <= last + timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (1954, "Giáp Ngọ"),
        (1984, "Giáp Tý"),
        (1968, "Mậu Thân"),
        (1929, "Kỷ Tỵ"),
        (2026, "Bính Ngọ"),
        (1951, "Tân Mão"),
    ],
)
def test_a_lunar_year_has_its_name(year, name):
    assert lunar_year_name(year) == name
    assert year in lunar_years(name, first=1900, last=2100)


@given(st.integers(1850, 2100))
def test_every_name_leads_back_to_its_year(year):
    name = lunar_year_name(year)
    assert lunar_years(name, first=year - 59, last=year + 59) == (year,)
    assert lunar_year_place(name) == (year - 4) % 60


def test_half_of_all_pairs_are_no_year():
    pairs = [lunar_year_place(f"{stem} {branch}") for stem in STEMS for branch in BRANCHES]
    known = [place for place in pairs if place is not None]
    # Tý and Tỵ are told apart by the stem, so that either spelling is understood.
    assert len(set(known)) == 60
    assert len(known) == 70


@pytest.mark.parametrize(
    ("said", "year"),
    [("Kỉ Tị", 1989), ("Quí Tị", 2013), ("Ất Mẹo", 1975), ("Giáp Tí", 1984), ("dinh mui", 1967)],
)
def test_other_spellings_are_understood(said, year):
    assert lunar_years(said, first=1960, last=2019) == (year,)


@pytest.mark.parametrize("said", ["", "Giáp", "Ngọ Giáp", "Giáp Ngọ Mùi", "Con Ngựa", "Giáp Sửu"])
def test_what_is_no_name_means_no_year(said):
    assert lunar_year_place(said) is None
