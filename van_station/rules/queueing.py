"""The queue: states of a ticket, who is called next, how long it takes. See `docs/guides/queue-rule.md`."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean

from van_station.rules.errors import NotAllowed, RuleError

RECENT_SERVICES = 20
MOST_OVERTAKEN = 0.5
"""A longer wait than twice the plain one is not told: the rule alternates long before."""
USUAL_SERVICE_S = 600
"""Service time assumed until a lane has finished somebody today."""


class Lane(StrEnum):
    """The three lanes outside the van: welcome and advice, digitising, digital help."""

    WELCOME = "welcome"
    DIGITISE = "digitise"
    DIGITAL_HELP = "digital_help"


class TicketStatus(StrEnum):
    """Where a ticket stands. `TRANSFERRED` waits again, in another lane, under the same label."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SKIPPED = "skipped"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    TRANSFERRED = "transferred"


IN_LINE = frozenset({TicketStatus.WAITING, TicketStatus.TRANSFERRED})
"""Tickets that `choose_next` may be given."""

OVER = frozenset({TicketStatus.FINISHED, TicketStatus.NO_SHOW})
"""Tickets for which nothing more can happen."""


class TicketAct(StrEnum):
    """What may be done with a ticket."""

    CALL = "call"
    RECALL = "recall"
    SERVE = "serve"
    SKIP = "skip"
    PUT_BACK = "put_back"
    FINISH = "finish"
    NO_SHOW = "no_show"
    TRANSFER = "transfer"


_MOVES: dict[TicketStatus, dict[TicketAct, TicketStatus]] = {
    TicketStatus.WAITING: {
        TicketAct.CALL: TicketStatus.CALLED,
        TicketAct.TRANSFER: TicketStatus.TRANSFERRED,
        TicketAct.NO_SHOW: TicketStatus.NO_SHOW,
    },
    TicketStatus.CALLED: {
        TicketAct.RECALL: TicketStatus.CALLED,
        TicketAct.SERVE: TicketStatus.SERVING,
        TicketAct.SKIP: TicketStatus.SKIPPED,
        TicketAct.PUT_BACK: TicketStatus.WAITING,
        TicketAct.TRANSFER: TicketStatus.TRANSFERRED,
        TicketAct.NO_SHOW: TicketStatus.NO_SHOW,
    },
    TicketStatus.SKIPPED: {
        TicketAct.CALL: TicketStatus.CALLED,
        TicketAct.RECALL: TicketStatus.CALLED,
        TicketAct.PUT_BACK: TicketStatus.WAITING,
        TicketAct.NO_SHOW: TicketStatus.NO_SHOW,
    },
    TicketStatus.SERVING: {
        TicketAct.FINISH: TicketStatus.FINISHED,
        TicketAct.PUT_BACK: TicketStatus.WAITING,
        TicketAct.TRANSFER: TicketStatus.TRANSFERRED,
    },
    TicketStatus.TRANSFERRED: {
        TicketAct.CALL: TicketStatus.CALLED,
        TicketAct.TRANSFER: TicketStatus.TRANSFERRED,
        TicketAct.NO_SHOW: TicketStatus.NO_SHOW,
    },
    TicketStatus.FINISHED: {},
    TicketStatus.NO_SHOW: {},
}


def move(status: TicketStatus, act: TicketAct) -> TicketStatus:
    """Return the status after `act`.

    Raises:
        NotAllowed: code `queue.not_allowed`, with `status` and `act`.
    """
    try:
        return _MOVES[status][act]
    except KeyError:
        raise NotAllowed(code="queue.not_allowed", status=str(status), act=str(act)) from None


def acts_for(status: TicketStatus) -> frozenset[TicketAct]:
    """Return what may be done now, for buttons."""
    return frozenset(_MOVES[status])


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket in line (`IN_LINE`). `arrived_at` is tz-aware and stays through skips and transfers."""

    id: str
    lane: Lane
    number: int
    priority: bool
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Fairness:
    """How far priority goes.

    Attributes:
        max_priority_in_row: priority tickets called one after another while an ordinary one waits.
        overdue_s: from this wait on, the oldest ordinary ticket alternates one to one with priority.
    """

    max_priority_in_row: int = 2
    overdue_s: int = 90 * 60

    def __post_init__(self) -> None:
        if self.max_priority_in_row < 1 or self.overdue_s < 0:
            raise RuleError(code="queue.bad_fairness")


FAIR = Fairness()


def choose_next(
    waiting: Sequence[Waiting], *, now: datetime, priority_streak: int, fairness: Fairness = FAIR
) -> Waiting | None:
    """Return whom to call next of one lane's line, or None when nobody waits.

    Priority goes first, within each kind by arrival. It never starves the others, and is never starved:
    with k ordinary tickets before it, an ordinary ticket is called within (m + 1)(k + 1) calls, m being
    `max_priority_in_row`; while a priority ticket waits, ordinary ones are never called twice in a row.

    Args:
        waiting: the tickets this machine may call (it holds their lease), in any order.
        now: tz-aware.
        priority_streak: how many of the lane's last calls went to priority tickets; see `streak`.
        fairness: the bounds.
    """
    first = min((ticket for ticket in waiting if ticket.priority), key=_turn, default=None)
    ordinary = min((ticket for ticket in waiting if not ticket.priority), key=_turn, default=None)
    if first is None or ordinary is None:
        return first or ordinary
    overdue = (now - ordinary.arrived_at).total_seconds() >= fairness.overdue_s
    allowed = 1 if overdue else fairness.max_priority_in_row
    return first if priority_streak < allowed else ordinary


def _turn(ticket: Waiting) -> tuple[datetime, int, str]:
    return ticket.arrived_at, ticket.number, ticket.id


def streak(calls: Sequence[bool]) -> int:
    """Return how many calls at the end of `calls` (oldest first, True = priority) were priority."""
    count = 0
    for was_priority in reversed(calls):
        if not was_priority:
            break
        count += 1
    return count


def call_order(
    waiting: Sequence[Waiting], *, now: datetime, priority_streak: int, fairness: Fairness = FAIR
) -> list[Waiting]:
    """Return the whole line in the order it would be called if nobody else came."""
    kinds = {
        priority: deque(sorted((each for each in waiting if each.priority is priority), key=_turn))
        for priority in (True, False)
    }
    order: list[Waiting] = []
    while heads := [kind[0] for kind in kinds.values() if kind]:
        chosen = choose_next(heads, now=now, priority_streak=priority_streak, fairness=fairness)
        if chosen is None:
            break
        order.append(kinds[chosen.priority].popleft())
        priority_streak = priority_streak + 1 if chosen.priority else 0
    return order


def estimated_wait(
    people_before: int,
    *,
    counters: int,
    busy: int = 0,
    overtaken: float = 0.0,
    recent_service_s: Sequence[float] = (),
) -> int:
    """Return the seconds until a call: people before, times the usual service, shared by the open counters.

    Args:
        people_before: place in `call_order`, 0 for the next one.
        counters: open for this lane; 0 counts as 1, the estimate then says how long once one opens.
        busy: how many of them serve somebody now; when all do, half a service passes before one is free.
        overtaken: for an ordinary ticket, which share of the lane's recent calls was of priority groups: so
            many of the calls to come will be of people who are not here yet. 0 for a priority ticket.
        recent_service_s: service times of today, oldest first; the mean of the last 20 is used.
    """
    recent = [seconds for seconds in recent_service_s[-RECENT_SERVICES:] if seconds > 0]
    each_s = fmean(recent) if recent else USUAL_SERVICE_S
    open_counters = max(1, counters)
    first = 0.5 if busy >= open_counters else 0.0
    left = 1.0 - min(max(overtaken, 0.0), MOST_OVERTAKEN)
    return round((max(0, people_before) + first) * each_s / open_counters / left)
