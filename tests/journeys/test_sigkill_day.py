"""SIGKILL at twenty random points of one day: whatever was confirmed is there, and the day is finished."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import func, select

from tests.journeys.desk_day import STACK, VISITORS
from tests.services.machine import HandClock
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.bootstrap.demo.people import PASSPHRASE, USERS
from van_station.bootstrap.station import open_door, set_up
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.exchange import OutboxItem, ReceiptRow
from van_station.records.payments import Payment
from van_station.records.people import Person
from van_station.records.queue import NumberBlock, Ticket
from van_station.rules.dossiers import DossierState
from van_station.rules.json_values import get
from van_station.services.workspace import Workspace
from van_station.settings.tree import GatewaySettings, ScanningSettings, Settings, StationSettings

KILLS = {"offline": 12, "online": 8}
AT_MOST = 5
"""So many things are confirmed between two kills, at most."""
ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that forks walking desks, and what they have confirmed so far."""

    def __init__(self, settings: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.desk_day", str(settings)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.confirmed: list[list[str]] = []

    def walk(self, part: str, *, kill_after: int | None) -> bool:
        """Let a desk walk, and kill it after so many lines; tell whether it came to its end."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{part}\n")
        self._process.stdin.flush()
        pid, count = 0, 0
        while (words := self._line())[0] != "ended":
            if words[0] == "walking":
                pid = int(words[1])
                continue
            self.confirmed.append(words)
            count += 1
            if count == kill_after:
                os.kill(pid, signal.SIGKILL)
        status = int(words[1])
        assert status in (0, signal.SIGKILL), self._errors()
        return status == 0

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        with self._process:
            self._process.wait(30)

    def _line(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._errors()
        return line.rstrip("\n").split(" ", 3)

    def _errors(self) -> str:
        self._process.kill()
        assert self._process.stderr is not None
        return self._process.stderr.read()[-2000:]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayProcess]:
    process = GatewayProcess(GatewayFolder(tmp_path / "far"), tenant="test")
    yield process
    process.stop()


@pytest.fixture
def settings(tmp_path: Path, gateway: GatewayProcess) -> Settings:
    """A desk that has joined its gateway, which is down now."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    made = Settings(
        data_dir=tmp_path / "desk",
        station=StationSettings(tenant="test", practice=True),
        gateway=GatewaySettings(
            url=gateway.address, enrolment_code=gateway.enrolment_code, round_every_s=3600
        ),
        scanning=ScanningSettings(folders=(inbox,), sane=False, ocr=False),
    )
    set_up(made, USERS[2:3], clock=HandClock())
    gateway.start()
    door = open_door(made, clock=HandClock())
    door.sign_in("hoa", PASSPHRASE).workspace.exchange.sync_now()
    door.close()
    gateway.kill()
    return made


def test_a_day_with_twenty_kills_loses_nothing_that_was_confirmed(
    settings: Settings, gateway: GatewayProcess, tmp_path: Path
) -> None:
    chance = random.Random(20261123)
    path = tmp_path / "settings.json"
    path.write_text(settings.model_dump_json())
    nursery, kills = Nursery(path), Counter[str]()
    try:
        for part in ("offline", "online"):
            if part == "online":
                gateway.start()
            while True:
                left = KILLS[part] - kills[part]
                ended = nursery.walk(part, kill_after=chance.randint(1, AT_MOST) if left else None)
                look_after(settings, nursery.confirmed)
                if ended:
                    break
                kills[part] += 1
    finally:
        nursery.close()
    assert kills == KILLS, "every kill struck before the part of the day was over"
    said = Counter(words[0] for words in nursery.confirmed)
    assert said["confirmed"] <= len(VISITORS)
    assert nursery.confirmed[-1] == ["closed", *map(str, (len(VISITORS), len(VISITORS), "0 0"))]


def look_after(settings: Settings, confirmed: list[list[str]]) -> None:
    """Open the store with the passphrase, no line to anywhere, and look for all that was confirmed."""
    alone = settings.model_copy(update={"gateway": GatewaySettings()})
    door = open_door(alone, clock=HandClock())
    try:
        workspace = door.sign_in("hoa", PASSPHRASE).workspace
        report = workspace.store.verify()
        assert report.ok, report.findings
        look_for_halves(workspace)
        for words in confirmed:
            look_for(workspace, words)
    finally:
        door.close()


def look_for(workspace: Workspace, words: list[str]) -> None:
    kind, *rest = words
    with workspace.store.reading() as session:
        match kind, rest:
            case "trip", [trip]:
                assert workspace.trips.recent()[0].id == trip
            case "ticket", [ticket, label]:
                row = session.get(Ticket, ticket)
                assert row is not None
                assert row.label == label
            case "dossier", [dossier, number]:
                found = session.get(Dossier, dossier)
                assert found is not None
                assert found.provisional_no == number
            case "answer", [dossier, pointer, value]:
                found = session.get(Dossier, dossier)
                assert found is not None
                assert get(dict(found.answers), pointer) == json.loads(value)
            case "page", [dossier, page]:
                file = session.get(StoredFile, page)
                assert file is not None
                if file.removed:  # it has become part of a document
                    assert _documents(workspace, dossier)
                else:
                    assert workspace.store.blobs.exists(file.blob_id)
            case "document", [_, file_id, pages]:
                assert int(pages) == len(STACK), "no page lost, none taken twice"
                assert len(workspace.capture.thumbnails(file_id, max_px=32)) == int(pages)
            case "payment", [_, payment, amount]:
                asked = session.get(Payment, payment)
                assert asked is not None
                assert asked.amount_vnd == int(amount)
            case "confirmed", [dossier]:
                found = session.get(Dossier, dossier)
                assert found is not None
                assert found.state in {DossierState.QUEUED, DossierState.ACKNOWLEDGED}
            case "receipt", [dossier, code]:
                view = workspace.dossiers.get(dossier)
                assert (view.state, view.official_code) == (DossierState.ACKNOWLEDGED, code)
                query = select(func.count()).select_from(ReceiptRow)
                assert session.exec(query.where(ReceiptRow.dossier_id == dossier)).one() == 1


def look_for_halves(workspace: Workspace) -> None:
    """Rows that belong together are there together."""
    with workspace.store.reading() as session:
        people = set(session.exec(select(Person.id)))
        tickets = session.exec(select(Ticket)).all()
        assert {ticket.person_id for ticket in tickets} == people
        for block in session.exec(select(NumberBlock)):
            numbers = [ticket.number for ticket in tickets if ticket.lane == block.lane]
            assert sorted(numbers) == list(range(1, (block.next_number or 1)))
        items = session.exec(select(OutboxItem)).all()
        for dossier in session.exec(select(Dossier)):
            components = session.exec(select(Component).where(Component.dossier_id == dossier.id)).all()
            rules = workspace.catalogue.entry(dossier.procedure_code).procedure.components
            assert len(components) == sum(not rule.from_form for rule in rules)
            waiting = {item.kind for item in items if item.dossier_id == dossier.id}
            assert waiting == ({"blob", "dossier"} if dossier.confirmed_at else set())
            assert (dossier.confirmed_at is None) == (dossier.state == DossierState.DRAFT)
            acknowledged = dossier.state == DossierState.ACKNOWLEDGED
            receipts = session.exec(select(ReceiptRow).where(ReceiptRow.dossier_id == dossier.id)).all()
            assert len(receipts) == int(acknowledged)


def _documents(workspace: Workspace, dossier_id: str) -> int:
    components = workspace.dossiers.get(dossier_id).components
    return sum(len(component.files) for component in components)
