"""Due dates in working days.

Source: Bộ luật Lao động 2019 articles 111-112 (days off), Bộ luật Dân sự 2015 articles 147-148 (the day of
receipt is not counted; a term that ends on a day off ends on the next working day).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from van_station.rules.catalogue import TimeLimit, TimeUnit
from van_station.rules.errors import CatalogueRefused, NoTimeLimit, RuleError
from van_station.rules.findings import Finding

HANOI = timezone(timedelta(hours=7), "+07:00")
"""Việt Nam keeps +07:00 all year."""

MAX_LIMIT_DAYS = 1000
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and worked weekend days.

    Attributes:
        settled: years whose arrangement has been published; others give an estimate that an officer checks.
    """

    days_off: frozenset[date]
    worked_weekend_days: frozenset[date]
    settled: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on this day: Monday to Friday, swap days, no holiday."""
        if day in self.worked_weekend_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`."""
        return self.first_working_day(day + timedelta(days=1))

    def first_working_day(self, day: date) -> date:
        """Return `day` itself if offices work then, else the next day they do."""
        for _ in range(60):
            if self.is_working_day(day):
                return day
            day += timedelta(days=1)
        raise RuleError(code="due.calendar_broken")

    def add_working_days(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after `day`, which itself is not counted."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day


@dataclass(frozen=True, slots=True)
class Due:
    """When a result is due. Findings: `due.calendar_not_settled`, `due.received_after_cutoff`."""

    on: date
    findings: tuple[Finding, ...] = ()


def load_calendar(data: Mapping[str, Any]) -> Calendar:
    """Build from the parsed `holidays.json`; years whose status begins with `estimate` are not settled.

    Raises:
        CatalogueRefused: the file does not hold what it must.
    """
    try:
        years: Mapping[str, Any] = data["years"]
        off = {date.fromisoformat(day["date"]) for year in years.values() for day in year["days_off"]}
        worked = {date.fromisoformat(day) for year in years.values() for day in year["working_weekend_days"]}
        settled = {
            int(name) for name, year in years.items() if not str(year["status"]).startswith("estimate")
        }
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise CatalogueRefused(place="holidays/years") from fault
    return Calendar(frozenset(off), frozenset(worked), frozenset(settled))


def due_date(received: datetime, limit: TimeLimit, calendar: Calendar) -> Due:
    """Return the day on which the result is due.

    A limit of 0 working days is "in the day". With a cut-off (15:00 for civil status and certification), what
    comes later counts as received on the next working day; so does an in-the-day case on a day off.

    Args:
        received: tz-aware; judged in Hanoi's time.
        limit: from the catalogue.
        calendar: from `load_calendar`, with the officer's corrections.

    Raises:
        NoTimeLimit: the catalogue holds no time, so no day may be promised.
    """
    if limit.value is None:
        raise NoTimeLimit
    if received.tzinfo is None:
        raise RuleError(code="due.no_time_zone")
    local = received.astimezone(HANOI)
    day = local.date()
    findings: tuple[Finding, ...] = ()
    if limit.cutoff is not None and calendar.is_working_day(day) and local.time() > limit.cutoff:
        day = calendar.next_working_day(day)
        findings = (Finding("due.received_after_cutoff"),)
    count = min(limit.value, MAX_LIMIT_DAYS)
    if limit.unit is TimeUnit.WORKING_DAY:
        due = calendar.add_working_days(day, count) if count else calendar.first_working_day(day)
    else:
        due = calendar.first_working_day(day + timedelta(days=count))
    if not {day.year, due.year} <= calendar.settled:
        findings = (*findings, Finding("due.calendar_not_settled", args={"year": due.year}))
    return Due(due, findings)
