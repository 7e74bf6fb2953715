from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.makers import shipped
from tests.rules.vectors import reference
from van_station.rules.catalogue import Confidence, TimeLimit, TimeUnit
from van_station.rules.errors import CatalogueRefused, NoTimeLimit, RuleError
from van_station.rules.working_days import HANOI, due_date, load_calendar

HOLIDAYS = reference("holidays")
CALENDAR = load_calendar(HOLIDAYS)
DAYS = st.dates(date(2025, 1, 1), date(2029, 6, 30))


def limit(value, unit=TimeUnit.WORKING_DAY, cutoff=None):
    return TimeLimit(value, unit, cutoff, "test", Confidence.VERIFIED)


def received(day, hour=9, minute=0):
    return datetime.combine(day, time(hour, minute), HANOI)


@pytest.mark.parametrize("case", HOLIDAYS["test_vectors"], ids=lambda case: case["why"])
def test_due_dates_follow_the_vectors(case):
    moment = received(date.fromisoformat(case["received"]))
    assert due_date(moment, limit(case["working_days"]), CALENDAR).on.isoformat() == case["due"]


MONDAY = date(2026, 11, 30)
IN_THE_DAY = limit(0, cutoff=time(15))


@pytest.mark.parametrize(
    ("day", "hour", "minute", "due"),
    [
        (MONDAY, 9, 0, MONDAY),
        (MONDAY, 15, 0, MONDAY),
        (MONDAY, 15, 1, date(2026, 12, 1)),
        (date(2026, 11, 23), 16, 0, date(2026, 11, 25)),
        (date(2026, 11, 28), 9, 0, MONDAY),
        (date(2026, 11, 28), 16, 0, MONDAY),
        (date(2026, 8, 22), 9, 0, date(2026, 8, 22)),
    ],
)
def test_after_three_in_the_afternoon_it_is_the_next_working_day(day, hour, minute, due):
    result = due_date(received(day, hour, minute), IN_THE_DAY, CALENDAR)
    assert result.on == due
    late = (hour, minute) > (15, 0) and CALENDAR.is_working_day(day)
    assert [finding.code for finding in result.findings] == (["due.received_after_cutoff"] if late else [])


def test_birth_registration_is_done_in_the_day():
    assert due_date(received(MONDAY), shipped("1.001193").time_limit, CALENDAR).on == MONDAY


def test_the_moment_is_judged_in_hanoi():
    moment = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    assert due_date(moment, IN_THE_DAY, CALENDAR).on == date(2026, 12, 1)
    evening = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
    assert due_date(evening, limit(1), CALENDAR).on == date(2026, 12, 2)
    with pytest.raises(RuleError):
        due_date(datetime(2026, 11, 30, 9), IN_THE_DAY, CALENDAR)  # noqa: DTZ001


def test_calendar_days_end_on_a_working_day():
    assert due_date(received(MONDAY), limit(5, TimeUnit.DAY), CALENDAR).on == date(2026, 12, 7)
    assert due_date(received(MONDAY), limit(4, TimeUnit.DAY), CALENDAR).on == date(2026, 12, 4)


def test_without_a_known_time_no_day_is_promised():
    with pytest.raises(NoTimeLimit):
        due_date(received(MONDAY), limit(None), CALENDAR)


def test_a_year_not_yet_arranged_is_told():
    result = due_date(received(date(2026, 12, 31)), limit(1), CALENDAR)
    assert [finding.code for finding in result.findings] == ["due.calendar_not_settled"]
    assert due_date(received(date(2026, 12, 21)), limit(1), CALENDAR).findings == ()


@given(DAYS, st.integers(0, 60), st.integers(0, 23))
def test_a_due_day_is_a_working_day_after_receipt(day, days, hour):
    due = due_date(received(day, hour), limit(days, cutoff=time(15)), CALENDAR).on
    assert CALENDAR.is_working_day(due)
    assert due >= day + timedelta(days=days)


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(day, first, second):
    assert CALENDAR.add_working_days(
        CALENDAR.add_working_days(day, first), second
    ) == CALENDAR.add_working_days(day, first + second)


@pytest.mark.parametrize(
    "data", [{}, {"years": []}, {"years": {"2026": {}}}, {"years": {"x": {"days_off": [{"date": "1/1"}]}}}]
)
def test_a_damaged_calendar_is_refused(data):
    with pytest.raises(CatalogueRefused):
        load_calendar(data)
