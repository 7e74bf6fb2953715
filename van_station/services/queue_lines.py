"""The lines as rows show them: who waits, what was called, which counters are at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from van_station.records.queue import Ticket
from van_station.rules.queueing import (
    IN_LINE,
    RECENT_SERVICES,
    Lane,
    TicketStatus,
    Waiting,
    estimated_wait,
    streak,
)
from van_station.services.queue_numbers import holder_of

AT_WORK = timedelta(minutes=30)
"""A counter that called somebody within this time is taken to be open."""
_RECENT_CALLS = 20
_PACE_CALLS = 40
_HERE = (TicketStatus.CALLED.value, TicketStatus.SERVING.value)


@dataclass(frozen=True)
class Line:
    """What a machine knows of one or more lanes of the trip.

    Attributes:
        waiting: everybody in line, whoever holds them.
        held: ids of those whose lease this machine holds.
        priority_streak: how many of this machine's last calls in a row were of priority groups. Others' calls
            do not count: their clocks may be hours away, and each machine keeps to the rule by itself.
        counters: how many counters of this machine are at work here.
        busy_elsewhere: ids held by another machine that has counters at work here.
    """

    waiting: tuple[Waiting, ...]
    held: frozenset[str]
    priority_streak: int
    counters: int
    busy_elsewhere: frozenset[str]


def read_line(session: Session, trip_id: str, lanes: Sequence[Lane], *, site: str, now: datetime) -> Line:
    """Return the line of some lanes, as this machine sees it."""
    rows = in_line(session, trip_id, lanes)
    holders = {row.id: holder_of(session, row) for row in rows}
    at_work = counters_at_work(session, trip_id, lanes, now=now)
    return Line(
        waiting=tuple(waiting(row) for row in rows),
        held=frozenset(each for each, holder in holders.items() if holder == site),
        priority_streak=streak(_own_calls(session, trip_id, lanes, site)),
        counters=sum(machine in (site, "") for machine, _ in at_work),
        busy_elsewhere=frozenset(
            each
            for each, holder in holders.items()
            if holder != site and any(machine == holder for machine, _ in at_work)
        ),
    )


def in_line(session: Session, trip_id: str, lanes: Sequence[Lane]) -> Sequence[Ticket]:
    """Return who waits in some lanes."""
    query = _of(trip_id, lanes).where(col(Ticket.status).in_([status.value for status in IN_LINE]))
    return session.exec(query).all()


def waiting(row: Ticket) -> Waiting:
    """Return a ticket as the rules see it."""
    return Waiting(row.id, Lane(row.lane), row.number, bool(row.priority_group), row.created_at)


def counters_at_work(
    session: Session, trip_id: str, lanes: Sequence[Lane], *, now: datetime
) -> frozenset[tuple[str, str]]:
    """Return (machine, counter) of those that serve somebody or called within `AT_WORK`."""
    query = _of(trip_id, lanes).where(
        (col(Ticket.called_at) >= now - AT_WORK) | col(Ticket.status).in_(_HERE),
        col(Ticket.counter).is_not(None),
    )
    return frozenset((row.holder, row.counter or "") for row in session.exec(query))


@dataclass(frozen=True)
class Pace:
    """How fast some lanes move, over all machines.

    Attributes:
        counters: open ones.
        busy: how many of them serve somebody.
        priority_share: share of the latest calls that went to priority groups.
        service_s: latest service times, oldest first.
    """

    counters: int
    busy: int
    priority_share: float
    service_s: Sequence[float]

    def wait_s(self, people_before: int, *, is_priority: bool) -> int:
        """Return the estimated seconds until the call; see `rules.queueing.estimated_wait`."""
        return estimated_wait(
            people_before,
            counters=self.counters,
            busy=self.busy,
            overtaken=0.0 if is_priority else self.priority_share,
            recent_service_s=self.service_s,
        )


def read_pace(session: Session, trip_id: str, lanes: Sequence[Lane], *, now: datetime, named: int) -> Pace:
    """Return how fast some lanes move; `named` counters are counted as open while none is at work."""
    at_work = counters_at_work(session, trip_id, lanes, now=now)
    called = _of(trip_id, lanes).where(col(Ticket.called_at).is_not(None))
    latest = session.exec(called.order_by(col(Ticket.called_at).desc()).limit(_PACE_CALLS)).all()
    here = session.exec(_of(trip_id, lanes).where(col(Ticket.status).in_(_HERE))).all()
    return Pace(
        counters=len(at_work) or named or 1,
        busy=len(here),
        priority_share=sum(bool(row.priority_group) for row in latest) / max(1, len(latest)),
        service_s=service_times_s(session, trip_id, lanes),
    )


def service_times_s(session: Session, trip_id: str, lanes: Sequence[Lane]) -> list[float]:
    """Return the lane's latest service times in seconds, oldest first: from the call to the end."""
    query = _of(trip_id, lanes).where(
        Ticket.status == TicketStatus.FINISHED.value,
        col(Ticket.finished_at).is_not(None),
        col(Ticket.called_at).is_not(None),
    )
    latest = session.exec(query.order_by(col(Ticket.finished_at).desc()).limit(RECENT_SERVICES)).all()
    return [
        (row.finished_at - row.called_at).total_seconds()
        for row in reversed(latest)
        if row.finished_at and row.called_at
    ]


def _own_calls(session: Session, trip_id: str, lanes: Sequence[Lane], site: str) -> list[bool]:
    """Return of this machine's latest calls, oldest first, whether each was of a priority group."""
    query = _of(trip_id, lanes).where(col(Ticket.called_at).is_not(None), col(Ticket.holder).in_((site, "")))
    latest = session.exec(query.order_by(col(Ticket.called_at).desc()).limit(_RECENT_CALLS)).all()
    return [bool(row.priority_group) for row in reversed(latest)]


def _of(trip_id: str, lanes: Sequence[Lane]) -> SelectOfScalar[Ticket]:
    return select(Ticket).where(
        Ticket.trip_id == trip_id, col(Ticket.lane).in_([lane.value for lane in lanes])
    )
