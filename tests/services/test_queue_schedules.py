"""The queue's services on real stores, walked by Hypothesis: real change logs, real merges, real bytes between.

The wide search is `tests/rules/queue_machine.py`; this one shows that rows, units of work and merging keep what
the pure protocol promises.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from sync.changes import decode_batch, encode_batch, verify
from van_station.records.queue import NumberBlock, Ticket
from van_station.records.trips import Trip
from van_station.rules.access import Role
from van_station.rules.queueing import OVER, Lane, TicketAct, TicketStatus
from van_station.security.device import DeviceKeys
from van_station.services.actor import Actor
from van_station.services.errors import Refused
from van_station.services.queue import Queue
from van_station.services.queue_numbers import give_number
from van_station.store import Store

MACHINES = 3
NUMBERS = st.integers(0, MACHINES - 1)
START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
KEYS = [DeviceKeys(bytes([number + 1]) * 32) for number in range(MACHINES)]
PUBLIC = {keys.site_id: keys.signer().public_key for keys in KEYS}
TRIP = "a" * 32


class _Names:
    """Stands where the catalogue does: nobody looks at names here."""

    def name(self, code: str | None) -> str:
        return code or ""


class Desk:
    """A machine: its store in a folder, its clock, its queue."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.keys, self.number = folder, KEYS[number], number
        self.at = START + timedelta(hours=12 * (number - 1))
        self.actor = Actor(f"u{number}", "x", "X", Role.SUPERVISOR, f"Q{number}")
        self.open()

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def open(self) -> None:
        self.store = Store.open(
            self.folder,
            self.keys.store_key(),
            site_id=self.keys.site_id,
            sign=self.keys.signer().sign,
            now=self.now,
        )
        self.queue = Queue(self.store, self, _Names())  # type: ignore[arg-type]

    def open_trip(self) -> None:
        with self.store.unit("u", "trip.open", ("trip", TRIP)) as unit:
            unit.save(
                Trip(
                    id=TRIP,
                    held_on=date(2026, 11, 22),
                    place="Chợ",
                    ward_code="1",
                    ward_name="W",
                    state="open",
                    created_at=START,
                    created_by="u",
                )
            )
            for lane in Lane:
                site = self.keys.site_id
                unit.save(NumberBlock(site=site, trip_id=TRIP, lane=lane.value, first=1, last=3))

    def take_in(self) -> Ticket:
        with self.store.unit(self.actor.user_id, "intake.ticket", ("ticket", "x")) as unit:
            trip = unit.session.exec(select(Trip)).one()
            number, label = give_number(unit, trip, Lane.WELCOME, self.keys.site_id)
            return unit.save(
                Ticket(
                    trip_id=TRIP,
                    lane="welcome",
                    number=number,
                    label=label,
                    need="guidance",
                    status="waiting",
                    created_at=self.now(),
                    created_by="u",
                    holder=self.keys.site_id,
                )
            )

    def rows(self, model: type[Any]) -> list[Any]:
        with self.store.reading() as session:
            return list(session.exec(select(model)).all())


@cache
def empty_stores() -> Path:
    """Return a folder with an empty, migrated store of each machine."""
    folder = Path(tempfile.mkdtemp(prefix="van-station-queue-"))
    for number in range(MACHINES):
        Desk(folder / str(number), number).store.close()
    return folder


class QueueOfAVan(RuleBasedStateMachine):
    """Three machines with clocks twelve hours apart."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="van-station-queue-"))
        shutil.copytree(empty_stores(), self.folder, dirs_exist_ok=True)
        self.desks = [Desk(self.folder / str(number), number) for number in range(MACHINES)]
        self.labels: list[str] = []
        self.serving: dict[str, int] = {}
        self.desks[0].open_trip()
        for desk in self.desks[1:]:
            self.fetch(desk, self.desks[0], 1000)

    def fetch(self, to: Desk, source: Desk, limit: int) -> int:
        data = encode_batch(source.store.changes_after(to.store.vector(), limit=limit))
        changes = decode_batch(data, max_bytes=2**22, max_changes=limit)
        for change in changes:
            verify(change, PUBLIC[change.site])
        with to.store.unit("system", "exchange.pull", ("site", source.keys.site_id)) as unit:
            return unit.apply_remote(changes).new

    @rule(number=NUMBERS)
    def take_in(self, number: int) -> None:
        self.labels.append(self.desks[number].take_in().label)

    @rule(number=NUMBERS)
    def call(self, number: int) -> None:
        try:
            called = self.desks[number].queue.call_next(self.desks[number].actor, Lane.WELCOME)
        except Refused:
            return
        if called is not None:
            assert called.id not in self.serving, "called by two machines"
            self.serving[called.id] = number

    @precondition(lambda self: self.serving)
    @rule(data=st.data(), act=st.sampled_from([TicketAct.NO_SHOW, TicketAct.PUT_BACK, TicketAct.SKIP]))
    def end(self, data: st.DataObject, act: TicketAct) -> None:
        ticket = data.draw(st.sampled_from(sorted(self.serving)))
        desk = self.desks[self.serving.pop(ticket)]
        desk.queue.act(desk.actor, ticket, act)
        if act is TicketAct.SKIP:
            desk.queue.act(desk.actor, ticket, TicketAct.PUT_BACK)

    @rule(number=NUMBERS)
    def tend(self, number: int) -> None:
        self.desks[number].queue.leases.tend()

    @rule(to=NUMBERS, source=NUMBERS, limit=st.sampled_from([1, 5, 1000, 1000]))
    def pull(self, to: int, source: int, limit: int) -> None:
        if to != source:
            self.fetch(self.desks[to], self.desks[source], limit)

    @rule(number=NUMBERS)
    def restart(self, number: int) -> None:
        self.desks[number].store.close()
        self.desks[number].open()

    @rule(number=NUMBERS, hours=st.sampled_from([-12, 3, 24]))
    def turn_clock(self, number: int, hours: int) -> None:
        self.desks[number].at += timedelta(hours=hours)

    @invariant()
    def no_label_twice(self) -> None:
        if hasattr(self, "labels"):
            assert len(set(self.labels)) == len(self.labels)

    def teardown(self) -> None:
        if not hasattr(self, "desks"):
            return
        try:
            self.heal()
        finally:
            for desk in self.desks:
                desk.store.close()
            shutil.rmtree(self.folder)

    def heal(self) -> None:
        """All know all: they agree, holders are nowhere in conflict, and everybody can still be called."""
        self.everybody_knows()
        shown = [
            {row.id: (row.label, row.holder, row.status) for row in desk.rows(Ticket)} for desk in self.desks
        ]
        assert shown[0] == shown[1] == shown[2]
        assert len(shown[0]) == len(self.labels)
        for desk in self.desks:
            assert all(desk.store.conflicts("ticket", ticket) == () for ticket in shown[0])
            for ticket, (_, holder, status) in shown[0].items():
                if holder == desk.keys.site_id and TicketStatus(status) not in OVER:
                    desk.queue.act(desk.actor, ticket, TicketAct.NO_SHOW)
        self.everybody_knows()
        for desk in self.desks:
            assert {TicketStatus(row.status) for row in desk.rows(Ticket)} <= OVER
            assert desk.store.verify(public_keys=PUBLIC).ok

    def everybody_knows(self) -> None:
        while any(
            self.fetch(to, source, 1000) for to in self.desks for source in self.desks if to is not source
        ):
            continue


QueueOfAVan.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestQueueOfAVan = QueueOfAVan.TestCase
