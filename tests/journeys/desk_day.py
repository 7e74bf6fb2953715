"""A desk's day that can be cut at any point and gone on with: looks at what is there, does what is missing.

    python -m tests.journeys.desk_day SETTINGS.json

Reads one line from stdin for each process it is to fork; the forked one walks, and says on stdout, one line
each, what the desk has CONFIRMED. Forked and not started anew, because a start costs two seconds.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.services.machine import PRACTICE_DPI, HandClock
from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.people import PASSPHRASE
from van_station.bootstrap.station import open_door
from van_station.records.dossiers import Dossier
from van_station.rules.dossiers import DossierState
from van_station.rules.json_values import get
from van_station.rules.queueing import TicketAct, TicketStatus
from van_station.services.actor import Actor
from van_station.services.capture import CaptureSettings
from van_station.services.capture_events import CaptureEvent, PageArrived
from van_station.services.door import Door
from van_station.services.dossier_views import DossierView
from van_station.services.intake import IntakeDraft
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip
from van_station.services.workspace import Workspace
from van_station.settings.tree import Settings

VISITORS = (
    ("Nguyễn Thị Ví Dụ", "001190000101", "1.004222"),
    ("Trần Văn Giả Định", "001090000102", "1.001612"),
    ("Lê Thị Tưởng Tượng", "001190000103", "1.001612"),
    ("Phạm Văn Thử", "001090000104", "1.004222"),
)
OFFLINE = 2
"""So many dossiers are made before the gateway is up."""
STACK = ("letter", "form")
_FORWARD = {
    TicketStatus.WAITING: TicketAct.CALL,
    TicketStatus.CALLED: TicketAct.SERVE,
    TicketStatus.SERVING: TicketAct.FINISH,
}
_saying = threading.Lock()


def say(*words: object) -> None:
    """Tell the test that something is confirmed, in one write."""
    with _saying:
        os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


class Day:
    """One process of the day."""

    def __init__(self, settings: Settings) -> None:
        self.door: Door = open_door(settings, clock=HandClock())
        self.inbox = settings.scanning.folders[0]
        signed = self.door.sign_in("hoa", PASSPHRASE)
        self.workspace: Workspace = signed.workspace
        self.actor: Actor = signed.actor

    def walk(self, *, online: bool) -> None:
        if self.workspace.trips.current() is None:
            ward = self.workspace.trips.wards("ba vi")[0]
            say(
                "trip", self.workspace.trips.open(self.actor, OpenTrip(ward.code, "Nhà văn hóa thôn Đoài")).id
            )
        self._take_in()
        tickets = self.workspace.queue.tickets(open_only=False)
        for number, ticket in enumerate(tickets, start=1):
            if number > OFFLINE and not online:
                break
            if online:
                self._sync()
            self._serve(ticket)
        if not online:
            say("offline-over")
            return
        self._sync()
        total = self.workspace.reports.close(self.actor, tickets_trip(self.workspace)).day.total
        say("closed", total.captured, total.acknowledged, total.pending, total.voided)

    def _take_in(self) -> None:
        known = len(self.workspace.queue.tickets(open_only=False))
        for name, number, code in VISITORS[known:]:
            draft = IntakeDraft(id_number=number, full_name=name, need="digitise", procedure_code=code)
            ticket = self.workspace.intake.take_in(self.actor, _with_birth(draft))
            say("ticket", ticket.id, ticket.label)

    def _serve(self, ticket: TicketView) -> None:
        while ticket.status is not TicketStatus.FINISHED:
            if ticket.status is TicketStatus.SERVING:
                self._make_dossier(ticket)
            ticket = self.workspace.queue.act(self.actor, ticket.id, _FORWARD[ticket.status])
            say("moved", ticket.id, ticket.status.value)

    def _make_dossier(self, ticket: TicketView) -> None:
        dossier = self.workspace.dossiers.start(self.actor, ticket.id)
        if dossier.state is not DossierState.DRAFT:
            return
        say("dossier", dossier.id, dossier.provisional_no)
        self._fill(dossier)
        for gap in self.workspace.dossiers.missing(dossier.id):
            self._scan(dossier.id, gap.where)
        payment = self.workspace.payments.request(self.actor, dossier.id)
        say("payment", dossier.id, payment.id, payment.amount_vnd)
        self.workspace.dossiers.confirm(self.actor, dossier.id)
        say("confirmed", dossier.id)

    def _fill(self, dossier: DossierView) -> None:
        wanted = dict(ANSWERS[dossier.procedure.code])
        group, item = GROUPS.get(dossier.procedure.code, ("", {}))
        if group and not get(self._answers(dossier.id), group):
            self.workspace.dossiers.add_item(self.actor, dossier.id, group)
        wanted |= {f"{group}/0/{name}": value for name, value in item.items()}
        for pointer, value in wanted.items():
            if get(self._answers(dossier.id), pointer) in (None, ""):
                self.workspace.dossiers.answer(self.actor, dossier.id, pointer, value)
                say("answer", dossier.id, pointer, json.dumps(get(self._answers(dossier.id), pointer)))

    def _answers(self, dossier_id: str) -> dict[str, object]:
        with self.workspace.store.reading() as session:
            row = session.get(Dossier, dossier_id)
            assert row is not None
            return dict(row.answers)

    def _scan(self, dossier_id: str, component_id: str) -> None:
        capture = self.workspace.capture
        kept = capture.unfinished(dossier_id, component_id)
        there = sum(not path.name.startswith(".") for path in self.inbox.iterdir())
        if not there and (kept is None or len(kept.pages()) < len(STACK)):
            lay_papers(self.inbox, seed=os.getpid() % 1000, kinds=STACK, dpi=PRACTICE_DPI)  # type: ignore[arg-type]
            there = len(STACK)
        if there:
            device = next(each for each in capture.scanners().devices if each.kind == "folder")
            wish = CaptureSettings(dpi=PRACTICE_DPI)

            def on_event(event: CaptureEvent) -> None:
                if isinstance(event, PageArrived):
                    say("page", dossier_id, event.page.key)

            kept = capture.start(self.actor, dossier_id, component_id, device.id, wish, on_event)
            kept.wait()
        assert kept is not None
        file = kept.keep(self.actor)
        say("document", dossier_id, file.id, file.page_count)

    def _sync(self) -> None:
        for _ in range(8):
            self.workspace.exchange.sync_now()
            for line in self.workspace.dossiers.find(state=DossierState.ACKNOWLEDGED):
                say("receipt", line.id, line.official_code)
            if not self.workspace.dossiers.find(state=DossierState.QUEUED):
                return


def tickets_trip(workspace: Workspace) -> str:
    trip = workspace.trips.current()
    assert trip is not None
    return trip.id


def _with_birth(draft: IntakeDraft) -> IntakeDraft:
    sex = "female" if draft.id_number[3] == "1" else "male"
    return replace(draft, birth_date=date(1990, 5, 17), sex=sex)


def main() -> None:
    """Fork a walking process for each line of stdin: "offline" or "online"."""
    settings = Settings.model_validate_json(Path(sys.argv[1]).read_text())
    for line in sys.stdin:
        child = os.fork()
        if not child:
            say("walking", os.getpid())
            day = Day(settings)
            day.walk(online=line.strip() == "online")
            day.door.close()
            os._exit(0)
        say("ended", os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
