"""The clock that services are handed, and Hanoi's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

HANOI = timezone(timedelta(hours=7), "+07:00")
"""Vietnam keeps one zone and no summer time (QĐ 134/2002/QĐ-TTg)."""


class Clock(Protocol):
    """Where the time comes from; tests hand in one that they turn by hand."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)


def hanoi_day(moment: datetime) -> date:
    """Return the calendar day in Hanoi on which an aware `moment` falls."""
    return moment.astimezone(HANOI).date()
