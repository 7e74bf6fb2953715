"""Leases of tickets on real rows: asking, answering, handing over, taking from a machine that is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlmodel import Session, col, select

from van_station.records.queue import LeaseRequest, Ticket
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.leases import (
    HANDED_OVER,
    Answer,
    answer,
    may_reclaim,
    require_held,
    wanted,
)
from van_station.rules.queueing import Lane, TicketStatus
from van_station.services.actor import Actor, require
from van_station.services.clock import Clock
from van_station.services.errors import NotFound, Refused, rules_as_refusals
from van_station.services.queue_lines import read_line
from van_station.services.queue_numbers import ask_for_blocks, blocks, grant_blocks, holder_of
from van_station.services.settled import SYSTEM
from van_station.services.trips import open_trip
from van_station.store import Store, UnitOfWork

ASK_AGAIN = timedelta(seconds=30)
"""After a refusal a machine waits so long, by its own clock, before it asks for the same ticket again."""


class _NothingToDoError(Exception):
    """Leaves a unit of work before it writes an audit line."""


class Leases:
    """Passes leases between the machines of the open trip.

    `exchange` fetches from and brings to the other machines what is new, once and within a bounded time; it
    returns whether anybody was reached. None until this machine has others.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.exchange: Callable[[], bool] | None = None
        self._kept: list[set[str]] = []

    @property
    def site(self) -> str:
        """Return this machine."""
        return self._store.site_id

    def is_held(self, session: Session, row: Ticket) -> bool:
        """Tell whether this machine holds a ticket."""
        return holder_of(session, row) == self.site

    def require_held(self, session: Session, row: Ticket) -> None:
        """Raise Refused (queue.held_elsewhere) unless this machine holds the ticket."""
        with rules_as_refusals():
            require_held(holder_of(session, row), self.site)

    @contextmanager
    def kept(self) -> Iterator[set[str]]:
        """Keep the tickets that are put into the set from being asked away, while this machine calls one."""
        mine: set[str] = set()
        self._kept.append(mine)
        try:
            yield mine
        finally:
            self._kept.remove(mine)

    def fetch(self, actor: Actor, ticket_id: str) -> bool:
        """Ask for a lease that is held elsewhere, and look once whether it has come.

        Returns:
            Whether other machines were reached; False also when there is nothing to ask.
        """
        with self._store.reading() as session:
            row = session.get(Ticket, ticket_id)
            if row is None:
                raise NotFound
            if self.is_held(session, row) or TicketStatus(row.status) not in HANDED_OVER:
                return False
            asked = ticket_id in self.asked(session)
        if not asked:
            with self._store.unit(actor.user_id, "queue.ask", ("ticket", ticket_id)) as unit:
                self._ask(unit, [ticket_id])
        return self.exchange is not None and self.exchange()

    def tend(self) -> bool:
        """Do what other machines wait for, and ask ahead; after each exchange and each call.

        Grants blocks of numbers (as hub), asks for them (as guest), answers requests for tickets held here,
        asks for the tickets that this machine's counters will call next.

        Returns:
            Whether anything was written, so that another exchange is worth while.
        """
        if not self._has_company():
            return False
        with suppress(_NothingToDoError), self._store.unit(SYSTEM, "queue.tend", ("site", self.site)) as unit:
            trip = open_trip(unit.session)
            done = grant_blocks(unit, trip, self.site)
            done += ask_for_blocks(unit, trip, self.site)
            done += self._answer(unit, trip)
            done += self._ask_ahead(unit, trip)
            if not done:
                raise _NothingToDoError
            unit.note({"written": done})
            return True
        return False

    def hand_over(self, actor: Actor, ticket_id: str, site: str) -> None:
        """Give a ticket's lease to another machine unasked, e.g. before this one is switched off.

        Raises:
            Refused: queue.held_elsewhere, queue.not_allowed (it is being served, or is over).
        """
        require(actor, Act.CALL_TICKET)
        with self._store.unit(actor.user_id, "queue.hand_over", ("ticket", ticket_id)) as unit:
            row = _row(unit.session, ticket_id)
            self.require_held(unit.session, row)
            if (
                answer(TicketStatus(row.status), holder=self.site, site=self.site, asker=site)
                is not Answer.GRANT
            ):
                raise Refused("queue.not_allowed", status=row.status, act="hand_over")
            self._pass_on(unit, row, site)

    def reclaim(self, actor: Actor, ticket_id: str) -> None:
        """Take the lease of a ticket whose holder is lost; a supervisor's decision.

        If the holder is not lost but out of reach, both may call this person until they meet again: nobody
        can know from here. The act is audited, and a request that was taken instead of granted stays behind.

        Raises:
            Refused: queue.not_allowed (it is held here, or is over).
        """
        require(actor, Act.TRIP)
        with self._store.unit(actor.user_id, "queue.reclaim", ("ticket", ticket_id)) as unit:
            row = _row(unit.session, ticket_id)
            before = holder_of(unit.session, row)
            with rules_as_refusals():
                may_reclaim(TicketStatus(row.status), holder=before, site=self.site)
            taken = LeaseRequest(
                ticket_id=row.id, site=self.site, requested_at=unit.now, answered_at=unit.now
            )
            unit.save(taken)
            self._close_requests(unit, before)
            unit.session.flush()
            row.holder = self.site
            unit.save(row)
            unit.note({"ticket": row.label, "from_site": before[:8] or "none"})

    def _close_requests(self, unit: UnitOfWork, lost: str) -> None:
        """Refuse what the lost machine still asks for: nobody shall hand it more tickets."""
        theirs = select(LeaseRequest).where(
            LeaseRequest.site == lost, col(LeaseRequest.answered_at).is_(None)
        )
        for request in unit.session.exec(theirs).all():
            request.answered_at = unit.now
            request.granted = False
            unit.save(request)

    def asked(self, session: Session) -> frozenset[str]:
        """Return the tickets not to ask for now: no answer has come yet, or a refusal just came."""
        again = self._clock.now() - ASK_AGAIN
        mine = select(LeaseRequest.ticket_id).where(
            LeaseRequest.site == self.site,
            col(LeaseRequest.answered_at).is_(None)
            | (col(LeaseRequest.granted).is_(False) & (col(LeaseRequest.requested_at) > again)),
        )
        return frozenset(session.exec(mine).all())

    def _has_company(self) -> bool:
        """Tell whether another machine takes part in the open trip."""
        with self._store.reading() as session:
            trip = session.exec(select(Trip).where(Trip.state == "open")).first()
            return trip is not None and self._machines(session, trip) != {self.site}

    def _machines(self, session: Session, trip: Trip) -> set[str]:
        sites = {row.site for lane in Lane for row in blocks(session, trip.id, lane)}
        asked = select(LeaseRequest.site).where(LeaseRequest.ticket_id == trip.id)
        return sites | set(session.exec(asked).all())

    def _answer(self, unit: UnitOfWork, trip: Trip) -> int:
        done = 0
        for request in _open_requests(unit.session, self.site):
            row = unit.session.get(Ticket, request.ticket_id)
            if row is None or row.trip_id != trip.id or any(row.id in kept for kept in tuple(self._kept)):
                continue
            said = answer(
                TicketStatus(row.status),
                holder=holder_of(unit.session, row),
                site=self.site,
                asker=request.site,
            )
            if said is Answer.NOT_MINE:
                continue
            request.answered_at = unit.now
            request.granted = said is Answer.GRANT
            unit.save(request)
            unit.session.flush()  # the answer travels before the lease: the next holder has seen it
            if request.granted:
                self._pass_on(unit, row, request.site)
            done += 1
        return done

    def _pass_on(self, unit: UnitOfWork, row: Ticket, site: str) -> None:
        """Write the next holder, and nothing else of the ticket: whoever sees this has seen all before it."""
        row.holder = site
        unit.save(row)
        unit.session.flush()

    def _ask_ahead(self, unit: UnitOfWork, trip: Trip) -> int:
        asked = self.asked(unit.session)
        now = self._clock.now()
        ids: list[str] = []
        for lane in Lane:
            line = read_line(unit.session, trip.id, [lane], site=self.site, now=now)
            ids += wanted(
                line.waiting,
                line.held,
                asked | line.busy_elsewhere,
                ahead=line.counters,
                now=now,
                priority_streak=line.priority_streak,
            )
        self._ask(unit, ids)
        return len(ids)

    def _ask(self, unit: UnitOfWork, ticket_ids: Sequence[str]) -> None:
        for ticket_id in ticket_ids:
            unit.save(LeaseRequest(ticket_id=ticket_id, site=self.site, requested_at=unit.now))


def _open_requests(session: Session, site: str) -> Sequence[LeaseRequest]:
    """Return others' unanswered requests, in the order of their ids: no clock decides who is first."""
    query = select(LeaseRequest).where(LeaseRequest.site != site, col(LeaseRequest.answered_at).is_(None))
    return session.exec(query.order_by(col(LeaseRequest.id))).all()


def _row(session: Session, ticket_id: str) -> Ticket:
    row = session.get(Ticket, ticket_id)
    if row is None:
        raise NotFound
    return row
