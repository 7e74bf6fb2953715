"""The queue (*hàng đợi*): calling, serving, passing on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from van_station.records.dossiers import Dossier
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.queueing import (
    IN_LINE,
    Lane,
    TicketAct,
    TicketStatus,
    Waiting,
    choose_next,
    estimated_wait,
    move,
    streak,
)
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.clock import Clock
from van_station.services.errors import NotFound, Refused, rules_as_refusals
from van_station.services.trips import open_trip
from van_station.store import Store

CLOSED = frozenset({TicketStatus.FINISHED.value, TicketStatus.NO_SHOW.value})
_RECENT_CALLS = 20


@dataclass(frozen=True)
class TicketView:
    """A ticket with what the desk shows beside it."""

    id: str
    label: str
    lane: Lane
    number: int
    status: TicketStatus
    person_id: str
    person_name: str
    need: str
    procedure_code: str | None
    procedure_name: str
    priority_group: str | None
    is_priority: bool
    counter: str
    created_at: datetime
    called_at: datetime | None
    waited_min: int
    times_called: int
    dossier_id: str | None

    def __repr__(self) -> str:
        return f"TicketView(id={self.id!r}, label={self.label!r}, status={self.status.value!r})"


@dataclass(frozen=True)
class LaneSummary:
    """How a lane stands."""

    lane: Lane
    waiting: int
    serving: int
    priority_waiting: int
    estimated_wait_min: int


class Queue:
    """The open trip's tickets."""

    def __init__(self, store: Store, clock: Clock, catalogue: Catalogue) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue

    def get(self, ticket_id: str) -> TicketView:
        """Return one ticket."""
        with self._store.reading() as session:
            return self._views(session, [_ticket(session, ticket_id)])[0]

    def tickets(self, *, lane: Lane | None = None, open_only: bool = True) -> tuple[TicketView, ...]:
        """Return the open trip's tickets in order of arrival; () when no trip is open."""
        with self._store.reading() as session:
            try:
                trip = open_trip(session)
            except Refused:
                return ()
            query = select(Ticket).where(Ticket.trip_id == trip.id)
            if lane is not None:
                query = query.where(Ticket.lane == lane.value)
            if open_only:
                query = query.where(col(Ticket.status).not_in(CLOSED))
            rows = session.exec(query.order_by(col(Ticket.created_at), col(Ticket.number))).all()
            return tuple(self._views(session, rows))

    def lanes(self) -> tuple[LaneSummary, ...]:
        """Return how each lane stands now."""
        views = self.tickets()
        return tuple(self._summary(lane, [view for view in views if view.lane is lane]) for lane in Lane)

    def call_next(self, actor: Actor, lane: Lane) -> TicketView | None:
        """Call whoever's turn it is in a lane, or return None when nobody waits.

        Source: priority without starvation, `rules.queueing.choose_next`.
        """
        require(actor, Act.CALL_TICKET)
        now = self._clock.now()
        with self._store.unit(actor.user_id, "queue.call", ("lane", lane.value)) as unit:
            trip = open_trip(unit.session)
            line = [_waiting(row) for row in _in_line(unit.session, trip.id, lane)]
            in_a_row = streak(_recent_calls(unit.session, trip.id, lane))
            chosen = choose_next(line, now=now, priority_streak=in_a_row)
            if chosen is None:
                return None
            row = _ticket(unit.session, chosen.id)
            self._call(row, actor, TicketAct.CALL, now)
            unit.save(row)
            unit.note({"ticket": row.label})
        return self.get(chosen.id)

    def act(self, actor: Actor, ticket_id: str, act: TicketAct, *, lane: Lane | None = None) -> TicketView:
        """Do something with a ticket; `lane` is where `TicketAct.TRANSFER` sends it.

        Raises:
            Refused: state.not_allowed, queue.lane_missing.
        """
        require(actor, Act.CALL_TICKET)
        if act is TicketAct.TRANSFER and lane is None:
            raise Refused("queue.lane_missing")
        now = self._clock.now()
        with self._store.unit(actor.user_id, f"queue.{act.value}", ("ticket", ticket_id)) as unit:
            row = _ticket(unit.session, ticket_id)
            if act in (TicketAct.CALL, TicketAct.RECALL):
                self._call(row, actor, act, now)
            else:
                self._move(row, act)
                self._stamp(row, actor, act, now)
            if act is TicketAct.TRANSFER and lane is not None:
                row.lane = lane.value
            unit.save(row)
            unit.note({"ticket": row.label})
        return self.get(ticket_id)

    def _call(self, row: Ticket, actor: Actor, act: TicketAct, now: datetime) -> None:
        self._move(row, act)
        row.called_at = now
        row.times_called += 1
        row.counter = actor.counter
        row.served_by = actor.user_id

    def _move(self, row: Ticket, act: TicketAct) -> None:
        with rules_as_refusals():
            row.status = move(TicketStatus(row.status), act).value

    def _stamp(self, row: Ticket, actor: Actor, act: TicketAct, now: datetime) -> None:
        if act is TicketAct.SERVE:
            row.started_at = now
            row.served_by = actor.user_id
            row.counter = actor.counter
        elif act in (TicketAct.FINISH, TicketAct.NO_SHOW):
            row.finished_at = now

    def _summary(self, lane: Lane, views: Sequence[TicketView]) -> LaneSummary:
        waiting = [view for view in views if view.status in IN_LINE]
        serving = [view for view in views if view.status in (TicketStatus.CALLED, TicketStatus.SERVING)]
        wait_s = estimated_wait(len(waiting), counters=max(len({view.counter for view in serving}), 1))
        priority = sum(view.is_priority for view in waiting)
        return LaneSummary(lane, len(waiting), len(serving), priority, round(wait_s / 60))

    def _views(self, session: Session, rows: Sequence[Ticket]) -> list[TicketView]:
        people = _by_id(session, [row.person_id for row in rows])
        ids = [row.id for row in rows]
        dossiers = {
            dossier.ticket_id: dossier.id
            for dossier in session.exec(
                select(Dossier)
                .where(col(Dossier.ticket_id).in_(ids))
                .order_by(col(Dossier.state) != DossierState.VOIDED.value, col(Dossier.created_at))
            )
        }
        now = self._clock.now()
        return [self._view(row, people, dossiers.get(row.id), now) for row in rows]

    def _view(
        self, row: Ticket, people: dict[str, Person], dossier_id: str | None, now: datetime
    ) -> TicketView:
        person = people.get(row.person_id or "")
        waited = (row.called_at or now) - row.created_at.astimezone(UTC)
        return TicketView(
            id=row.id,
            label=row.label,
            lane=Lane(row.lane),
            number=row.number,
            status=TicketStatus(row.status),
            person_id=row.person_id or "",
            person_name=person.full_name if person else "",
            need=row.need,
            procedure_code=row.procedure_code,
            procedure_name=self._catalogue.name(row.procedure_code),
            priority_group=row.priority_group,
            is_priority=bool(row.priority_group),
            counter=row.counter or "",
            created_at=row.created_at,
            called_at=row.called_at,
            waited_min=max(int(waited.total_seconds() // 60), 0),
            times_called=row.times_called,
            dossier_id=dossier_id,
        )


def _ticket(session: Session, ticket_id: str) -> Ticket:
    row = session.get(Ticket, ticket_id)
    if row is None:
        raise NotFound
    return row


def _in_line(session: Session, trip_id: str, lane: Lane) -> Sequence[Ticket]:
    """Return who waits in a lane."""
    query = select(Ticket).where(Ticket.trip_id == trip_id, Ticket.lane == lane.value)
    return session.exec(query.where(col(Ticket.status).in_([status.value for status in IN_LINE]))).all()


def _recent_calls(session: Session, trip_id: str, lane: Lane) -> list[bool]:
    """Return of the lane's latest calls, oldest first, whether each was of a priority group."""
    query = select(Ticket.priority_group).where(
        Ticket.trip_id == trip_id, Ticket.lane == lane.value, col(Ticket.called_at).is_not(None)
    )
    latest = session.exec(query.order_by(col(Ticket.called_at).desc()).limit(_RECENT_CALLS)).all()
    return [bool(group) for group in reversed(latest)]


def _waiting(row: Ticket) -> Waiting:
    return Waiting(row.id, Lane(row.lane), row.number, bool(row.priority_group), row.created_at)


def _by_id(session: Session, ids: Sequence[str | None]) -> dict[str, Person]:
    wanted = [person_id for person_id in ids if person_id]
    return {row.id: row for row in session.exec(select(Person).where(col(Person.id).in_(wanted)))}
