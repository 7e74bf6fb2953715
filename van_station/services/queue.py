"""The queue (*hàng đợi*): calling, serving, passing on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from van_station.records.dossiers import Dossier
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.leases import CallPlan, plan_call
from van_station.rules.queueing import (
    IN_LINE,
    Lane,
    TicketAct,
    TicketStatus,
    call_order,
    move,
)
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.clock import Clock
from van_station.services.errors import NotFound, Refused, rules_as_refusals
from van_station.services.leases import Leases
from van_station.services.queue_lines import Line, Pace, read_line, read_pace
from van_station.services.told_answers import forget_told
from van_station.services.trips import open_trip
from van_station.store import Store

_TRIES = 3
CLOSED = frozenset({TicketStatus.FINISHED.value, TicketStatus.NO_SHOW.value})


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
    is_held_here: bool = True
    """Whether this machine may call it; another holds its lease otherwise."""
    place: int | None = None
    """People who would be called before this one if nobody else came; None when not in line."""
    wait_min: int | None = None
    """Estimated minutes until the call; None when not in line."""

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
    """For somebody who came now without priority."""


class Queue:
    """The open trip's tickets.

    Args:
        store: of this machine.
        clock: of this machine.
        catalogue: names of procedures.
        counters: which lanes each counter serves; a counter that is not named here serves every lane.

    Attributes:
        leases: what is between this machine and the others.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        counters: Mapping[str, Sequence[Lane]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._counters = {name: tuple(lanes) for name, lanes in (counters or {}).items()}
        self.leases = Leases(store, clock)

    def lanes_of(self, counter: str) -> tuple[Lane, ...]:
        """Return the lanes that a counter serves."""
        return self._counters.get(counter) or tuple(Lane)

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
            return tuple(self._views(session, _tickets(session, trip.id, lane, open_only=open_only)))

    def lanes(self) -> tuple[LaneSummary, ...]:
        """Return how each lane stands now."""
        with self._store.reading() as session:
            try:
                trip = open_trip(session)
            except Refused:
                return tuple(LaneSummary(lane, 0, 0, 0, 0) for lane in Lane)
            views = self._views(session, _tickets(session, trip.id, None, open_only=True))
            return tuple(
                self._summary(session, trip.id, lane, [view for view in views if view.lane is lane])
                for lane in Lane
            )

    def call_next(self, actor: Actor, lane: Lane | None = None) -> TicketView | None:
        """Call whoever's turn it is, or return None when nobody waits.

        If another machine holds that ticket it is asked for its lease first; if it does not answer, the
        best of the tickets held here is called.

        Args:
            actor: at a counter.
            lane: None for all lanes of the actor's counter, as one line.

        Raises:
            Refused: queue.other_counter (the counter does not serve this lane), queue.held_elsewhere (people
                wait, but other machines hold all of their tickets and do not answer), trip.none_open.

        Source: priority without starvation, `rules.queueing.choose_next`.
        """
        require(actor, Act.CALL_TICKET)
        lanes = self._lanes_for(actor, lane)
        subject = ("lane", lane.value) if lane is not None else ("counter", "all_lanes")
        with self.leases.kept() as kept:
            self._fetch_best(actor, lanes, kept)
            with self._store.unit(actor.user_id, "queue.call", subject) as unit:
                plan = self._plan(unit.session, lanes)
                if plan.call is None:
                    if plan.ask is not None:
                        raise Refused("queue.held_elsewhere")
                    return None
                row = _ticket(unit.session, plan.call)
                self._call(row, actor, TicketAct.CALL, self._clock.now())
                unit.save(row)
                unit.note({"ticket": row.label})
        return self.get(row.id)

    def _fetch_best(self, actor: Actor, lanes: Sequence[Lane], kept: set[str]) -> None:
        """Ask for the ticket whose turn it is; what comes with the answer may show another's turn."""
        for _ in range(_TRIES):
            with self._store.reading() as session:
                ask = self._plan(session, lanes).ask
            if ask is None or ask in kept:
                return
            kept.add(ask)
            if not self.leases.fetch(actor, ask):
                return

    def act(self, actor: Actor, ticket_id: str, act: TicketAct, *, lane: Lane | None = None) -> TicketView:
        """Do something with a ticket; `lane` is where `TicketAct.TRANSFER` sends it.

        Another machine's ticket is asked for first.

        Raises:
            Refused: state.not_allowed, queue.lane_missing, queue.held_elsewhere.
        """
        require(actor, Act.CALL_TICKET)
        if act is TicketAct.TRANSFER and lane is None:
            raise Refused("queue.lane_missing")
        with self.leases.kept() as kept:
            kept.add(ticket_id)
            self.leases.fetch(actor, ticket_id)
            with self._store.unit(actor.user_id, f"queue.{act.value}", ("ticket", ticket_id)) as unit:
                row = _ticket(unit.session, ticket_id)
                self.leases.require_held(unit.session, row)
                self._do(row, actor, act, self._clock.now())
                if act is TicketAct.TRANSFER and lane is not None:
                    row.lane = lane.value
                unit.save(row)
                if row.status in CLOSED:
                    forget_told(unit)
                unit.note({"ticket": row.label})
        return self.get(ticket_id)

    def _do(self, row: Ticket, actor: Actor, act: TicketAct, now: datetime) -> None:
        if act in (TicketAct.CALL, TicketAct.RECALL):
            self._call(row, actor, act, now)
        else:
            self._move(row, act)
            self._stamp(row, actor, act, now)

    def _lanes_for(self, actor: Actor, lane: Lane | None) -> tuple[Lane, ...]:
        served = self.lanes_of(actor.counter)
        if lane is None:
            return served
        if lane not in served:
            raise Refused("queue.other_counter")
        return (lane,)

    def _plan(self, session: Session, lanes: Sequence[Lane]) -> CallPlan:
        line = self._line(session, open_trip(session).id, lanes)
        return plan_call(line.waiting, line.held, now=self._clock.now(), priority_streak=line.priority_streak)

    def _line(self, session: Session, trip_id: str, lanes: Sequence[Lane]) -> Line:
        return read_line(session, trip_id, lanes, site=self.leases.site, now=self._clock.now())

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

    def _summary(
        self, session: Session, trip_id: str, lane: Lane, views: Sequence[TicketView]
    ) -> LaneSummary:
        waiting = [view for view in views if view.status in IN_LINE]
        serving = [view for view in views if view.status in (TicketStatus.CALLED, TicketStatus.SERVING)]
        wait_s = self._pace(session, trip_id, lane).wait_s(len(waiting), is_priority=False)
        priority = sum(view.is_priority for view in waiting)
        return LaneSummary(lane, len(waiting), len(serving), priority, round(wait_s / 60))

    def _pace(self, session: Session, trip_id: str, lane: Lane) -> Pace:
        named = sum(lane in lanes for lanes in self._counters.values())
        return read_pace(session, trip_id, [lane], now=self._clock.now(), named=named)

    def _places(self, session: Session, rows: Sequence[Ticket]) -> dict[str, tuple[int, int]]:
        """Return of each ticket in line how many go before it, and the seconds it may have to wait."""
        found: dict[str, tuple[int, int]] = {}
        for trip_id, lane in sorted({(row.trip_id, Lane(row.lane)) for row in rows if row.status in IN_LINE}):
            line = self._line(session, trip_id, [lane])
            pace = self._pace(session, trip_id, lane)
            order = call_order(line.waiting, now=self._clock.now(), priority_streak=line.priority_streak)
            found |= {
                each.id: (place, pace.wait_s(place, is_priority=each.priority))
                for place, each in enumerate(order)
            }
        return found

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
        places = self._places(session, rows)
        return [
            replace(
                self._view(row, people, dossiers.get(row.id), now),
                is_held_here=self.leases.is_held(session, row),
                place=places[row.id][0] if row.id in places else None,
                wait_min=round(places[row.id][1] / 60) if row.id in places else None,
            )
            for row in rows
        ]

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


def _tickets(session: Session, trip_id: str, lane: Lane | None, *, open_only: bool) -> Sequence[Ticket]:
    query = select(Ticket).where(Ticket.trip_id == trip_id)
    if lane is not None:
        query = query.where(Ticket.lane == lane.value)
    if open_only:
        query = query.where(col(Ticket.status).not_in(CLOSED))
    return session.exec(query.order_by(col(Ticket.created_at), col(Ticket.number))).all()


def _by_id(session: Session, ids: Sequence[str | None]) -> dict[str, Person]:
    wanted = [person_id for person_id in ids if person_id]
    return {row.id: row for row in session.exec(select(Person).where(col(Person.id).in_(wanted)))}
