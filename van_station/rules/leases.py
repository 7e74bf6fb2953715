"""Who may call a ticket: the holder of its lease, and nobody else. See `docs/guides/queue-rule.md`, "Leases".

A ticket has one holder, at first the machine that gave it out. Only the holder calls it, changes where it
stands, and names the next holder; the next one acts after it has seen that change. Each holder's word so
follows the one before, whatever is delayed, repeated or reordered between machines, and whatever clocks say.
A machine that is cut off goes on with what it holds.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from van_station.rules.errors import NotAllowed
from van_station.rules.queueing import (
    FAIR,
    IN_LINE,
    OVER,
    Fairness,
    TicketStatus,
    Waiting,
    call_order,
    choose_next,
)

HANDED_OVER = IN_LINE | {TicketStatus.SKIPPED}
"""Tickets whose lease may pass on; a called one is being served where it is."""


class Answer(StrEnum):
    """What a machine says to another's wish for a lease."""

    GRANT = "grant"
    REFUSE = "refuse"
    NOT_MINE = "not_mine"
    """Somebody else holds it, and answers."""


def require_held(holder: str, site: str) -> None:
    """Raise NotAllowed, code `queue.held_elsewhere`, unless `site` holds the ticket."""
    if holder != site:
        raise NotAllowed(code="queue.held_elsewhere")


def answer(status: TicketStatus, *, holder: str, site: str, asker: str) -> Answer:
    """Return what `site` says to `asker`, from what `site` has seen: yes, while the person still waits.

    Args:
        status: of the ticket.
        holder: of the ticket.
        site: who answers.
        asker: who wishes for the lease.
    """
    if holder != site:
        return Answer.NOT_MINE
    if asker == site or status not in HANDED_OVER:
        return Answer.REFUSE
    return Answer.GRANT


def may_reclaim(status: TicketStatus, *, holder: str, site: str) -> None:
    """Raise NotAllowed unless a person may take this ticket from a holder that is lost.

    Raises:
        NotAllowed: code `queue.not_allowed` for a ticket that is over or is held here.
    """
    if holder == site or status in OVER:
        raise NotAllowed(code="queue.not_allowed", status=str(status), act="reclaim")


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Whom to call.

    Attributes:
        call: the ticket to call now, of those held here; None when none is.
        ask: the ticket whose turn it is, held elsewhere: ask for its lease first; None when `call` is it.
    """

    call: str | None
    ask: str | None = None


def plan_call(
    line: Sequence[Waiting],
    held: Container[str],
    *,
    now: datetime,
    priority_streak: int,
    fairness: Fairness = FAIR,
) -> CallPlan:
    """Return whom a machine calls: the one whose turn it is, or else the best of those it holds.

    Args:
        line: everybody known to wait in the lane, whoever holds them.
        held: ids of the tickets held here.
        now: tz-aware; of this machine alone, other clocks do not matter.
        priority_streak: see `choose_next`.
        fairness: see `choose_next`.
    """
    best = choose_next(line, now=now, priority_streak=priority_streak, fairness=fairness)
    if best is None or best.id in held:
        return CallPlan(best.id if best else None)
    mine = [ticket for ticket in line if ticket.id in held]
    own = choose_next(mine, now=now, priority_streak=priority_streak, fairness=fairness)
    return CallPlan(own.id if own else None, ask=best.id)


def wanted(
    line: Sequence[Waiting],
    held: Container[str],
    skip: Container[str],
    *,
    ahead: int,
    now: datetime,
    priority_streak: int,
) -> list[str]:
    """Return whose leases to ask for before they are needed: the next `ahead` of the line not held here.

    Args:
        line: everybody known to wait in the lane.
        held: ids held here.
        skip: ids not to ask for: asked for already, or held by a machine that has counters at work in the
            lane itself. Two busy machines would take one ticket from each other for ever; what a busy one
            holds is asked for when somebody here is about to call it, not before.
        ahead: how many calls to look ahead, usually the number of counters at work here.
        now: tz-aware.
        priority_streak: see `choose_next`.
    """
    order = call_order(line, now=now, priority_streak=priority_streak)[: max(0, ahead)]
    return [ticket.id for ticket in order if ticket.id not in held and ticket.id not in skip]
