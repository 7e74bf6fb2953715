"""A machine with months of dossiers behind it and a big day in front of it; everybody is invented."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.people import PASSPHRASE
from van_station.bootstrap.demo.setting_up import prepare
from van_station.records import Component, Dossier, Person, StoredFile, Ticket, Trip
from van_station.rules.queueing import Lane, TicketAct
from van_station.rules.text import fold
from van_station.services.actor import Actor
from van_station.services.intake import IntakeDraft
from van_station.services.trips import OpenTrip
from van_station.services.workspace import Workspace

PROCEDURES = tuple(ANSWERS)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Lý")
_MIDDLE = ("Thị", "Văn", "Thử", "Minh", "Giả", "Ngọc")
_GIVEN = ("Ví Dụ", "Định", "Nghiệm", "Minh Hoạ", "Mẫu", "Thử", "Điệp", "Hường", "Đường")
_BATCH = 50


@dataclass
class BigDay:
    """The open machine, who works on it, and the day's tickets."""

    workspace: Workspace
    volunteer: Actor
    officer: Actor
    supervisor: Actor
    trip_id: str
    tickets: list[str]
    people: int = 0

    def draft(self) -> IntakeDraft:
        """Return the next invented person with their wish."""
        self.people += 1
        return IntakeDraft(
            id_number=f"001199{self.people:06d}",
            full_name=_name(self.people),
            birth_date=date(1999, 1, 1),
            sex="female",
            address="Số 1 ngõ 2, Phường Thử Nghiệm, Hà Nội",
            phone="0912000123",
            need="digitise",
            procedure_code=PROCEDURES[self.people % len(PROCEDURES)],
            priority_group="NCT" if self.people % 5 == 0 else None,
        )

    def complete_dossier(self, ticket_id: str, procedure: str = "1.001193") -> str:
        """Begin a ticket's dossier and put into it all that confirming asks for."""
        work = self.workspace
        dossier_id = work.dossiers.start(self.officer, ticket_id, procedure).id
        for pointer, value in ANSWERS[procedure].items():
            work.dossiers.answer(self.officer, dossier_id, pointer, value)
        if procedure in GROUPS:
            group, answers = GROUPS[procedure]
            work.dossiers.add_item(self.officer, dossier_id, group)
            for name, value in answers.items():
                work.dossiers.answer(self.officer, dossier_id, f"{group}/0/{name}", value)
        self._attach_papers(dossier_id)
        return dossier_id

    def copy_answers(self, source_id: str, ticket_id: str, procedure: str = "1.001193") -> str:
        """Begin a ticket's dossier with the answers of another, and its papers."""
        work = self.workspace
        dossier_id = work.dossiers.start(self.officer, ticket_id, procedure).id
        with work.store.unit(self.officer.user_id, "bench.copy", ("dossier", dossier_id)) as unit:
            row = unit.session.get_one(Dossier, dossier_id)
            source = unit.session.get_one(Dossier, source_id)
            row.answers, row.fee_vnd, row.fee_source = source.answers, source.fee_vnd, source.fee_source
            unit.save(row)
        self._attach_papers(dossier_id)
        return dossier_id

    def _attach_papers(self, dossier_id: str) -> None:
        work = self.workspace
        gaps = [gap.where for gap in work.dossiers.missing(dossier_id) if gap.kind == "component"]
        for component_id in gaps:
            blob_id = work.store.blobs.put(os.urandom(1000))
            with work.store.unit(self.officer.user_id, "bench.paper", ("dossier", dossier_id)) as unit:
                unit.session.get_one(Component, component_id).page_count = 1
                unit.save(
                    StoredFile(
                        dossier_id=dossier_id,
                        component_id=component_id,
                        blob_id=blob_id,
                        media_type="application/pdf",
                        size_bytes=1000,
                        page_count=1,
                        plain_sha256="0" * 64,
                        local_key=b"",
                        sealed_at=unit.now,
                        created_by=self.officer.user_id,
                        role="document",
                        sequence=0,
                        removed=False,
                    )
                )

    def keep_old_dossiers(self, count: int) -> None:
        """Keep an earlier, closed trip of so many dossiers: rows in the same shape, in large units."""
        store = self.workspace.store
        with store.unit(self.supervisor.user_id, "bench.history", ("trip", "old")) as unit:
            now = unit.now - timedelta(days=9)
            trip = Trip(
                held_on=now.date(),
                place="Nhà văn hóa thôn Thử",
                ward_code="00001",
                ward_name="Xã Thử Nghiệm",
                services=["digitise"],
                state="closed",
                opened_at=now,
                closed_at=now,
                created_at=now,
                created_by=self.supervisor.user_id,
            )
            unit.save(trip)
        for start in range(0, count, _BATCH):
            with store.unit(self.supervisor.user_id, "bench.history", ("trip", trip.id)) as unit:
                for number in range(start, min(start + _BATCH, count)):
                    for row in self._old_dossier(trip, number):
                        unit.save(row)

    def _old_dossier(self, trip: Trip, number: int) -> Iterator[Person | Ticket | Dossier]:
        self.people += 1
        name = _name(self.people)
        person = Person(
            id_number=f"001199{self.people:06d}",
            full_name=name,
            folded_name=fold(name),
            birth_date=date(1999, 1, 1),
            sex="female",
            address="Số 1 ngõ 2, Phường Thử Nghiệm, Hà Nội",
        )
        procedure = PROCEDURES[number % len(PROCEDURES)]
        when = trip.created_at + timedelta(seconds=number)
        ticket = Ticket(
            trip_id=trip.id,
            lane=Lane.DIGITISE.value,
            number=number + 1,
            label=f"C{number + 1:03d}",
            person_id=person.id,
            need="digitise",
            procedure_code=procedure,
            status="finished",
            created_at=when,
            called_at=when,
            started_at=when,
            finished_at=when,
            times_called=1,
            created_by=self.volunteer.user_id,
        )
        dossier = Dossier(
            trip_id=trip.id,
            ticket_id=ticket.id,
            person_id=person.id,
            procedure_code=procedure,
            procedure_version=self.workspace.catalogue.entry(procedure).procedure.version,
            provisional_no=f"CU-{number:05d}",
            state="acknowledged",
            answers=dict(ANSWERS[procedure]),
            channel="direct",
            counter="1",
            created_at=when,
            created_by=self.officer.user_id,
            confirmed_at=when,
        )
        yield from (person, ticket, dossier)


@contextmanager
def big_day(folder: Path, *, tickets: int, old_dossiers: int, started: int) -> Iterator[BigDay]:
    """Open a fresh machine, with its gateway down, and fill it.

    Args:
        folder: an empty one.
        tickets: handed out today through the services; the last 50 wait, the others were served.
        old_dossiers: of an earlier trip.
        started: how many of today's tickets have a dossier in draft.
    """
    door = prepare(folder, sane=False).open_door()
    try:
        supervisor = door.sign_in("hoa", PASSPHRASE)
        work = supervisor.workspace
        volunteer, officer = (door.sign_in(login, PASSPHRASE).actor for login in ("lan", "minh"))
        work.exchange.pause(supervisor.actor, paused=True)
        ward = work.trips.wards("ba vi")[0]
        trip = work.trips.open(supervisor.actor, OpenTrip(ward.code, "Nhà văn hóa thôn Đoài"))
        day = BigDay(work, volunteer, officer, supervisor.actor, trip.id, [])
        day.keep_old_dossiers(old_dossiers)
        for number in range(tickets):
            day.tickets.append(work.intake.take_in(volunteer, day.draft()).id)
            if number < tickets - 50:
                _serve(day, day.tickets[-1], begin=number < started)
        yield day
    finally:
        door.close()


def _serve(day: BigDay, ticket_id: str, *, begin: bool) -> None:
    for act in (TicketAct.CALL, TicketAct.SERVE):
        day.workspace.queue.act(day.officer, ticket_id, act)
    if begin:
        day.workspace.dossiers.start(day.officer, ticket_id)
    day.workspace.queue.act(day.officer, ticket_id, TicketAct.FINISH)


def _name(number: int) -> str:
    family, middle = _FAMILY[number % len(_FAMILY)], _MIDDLE[number // 10 % len(_MIDDLE)]
    return f"{family} {middle} {_GIVEN[number // 60 % len(_GIVEN)]}"
