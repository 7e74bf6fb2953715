"""A whole desk on real parts for tests: encrypted store, keys, services, a clock turned by hand."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.people import PASSPHRASE, USERS
from van_station.bootstrap.station import KEYS_FOLDER, build_workspace, set_up
from van_station.rules.queueing import TicketAct
from van_station.security import Keyring, new_platform_keys
from van_station.security.device import DeviceKeys
from van_station.services.actor import Actor
from van_station.services.capture import CaptureSettings
from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent, FileView
from van_station.services.dossier_views import DossierView
from van_station.services.errors import FieldNote
from van_station.services.intake import IntakeDraft
from van_station.services.queue import TicketView
from van_station.services.settled import Settled
from van_station.services.trips import OpenTrip, TripView
from van_station.services.workspace import Workspace
from van_station.settings.tree import GatewaySettings, ScanningSettings, Settings, StationSettings

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Eight o'clock in Hanoi, a Monday."""
BIRTH, RESIDENCE, BUSINESS = "1.001193", "1.004222", "1.001612"
TENANT = "test"
PRACTICE_DPI = 100
LONG_AGO = 1_700_000_000


class HandClock:
    """A clock that stands until it is turned."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Template:
    """A machine that has been set up, to be copied: Argon2id is paid for once."""

    folder: Path
    keys: DeviceKeys
    platform_private: bytes
    platform_public: bytes

    @classmethod
    def make(cls, folder: Path) -> Template:
        set_up(Settings(data_dir=folder), USERS, clock=HandClock())
        keys = Keyring.open(folder / KEYS_FOLDER).unlock("hoa", PASSPHRASE)
        return cls(folder, keys, *new_platform_keys())

    def copy_to(
        self, root: Path, *, gateway: GatewaySettings | None = None, sane: bool = False, ocr: bool = False
    ) -> Machine:
        """Return a fresh machine; without a gateway it believes itself enrolled with one that is silent."""
        root.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.folder, root / "desk")
        inbox = root / "inbox"
        inbox.mkdir()
        settings = Settings(
            data_dir=root / "desk",
            station=StationSettings(tenant=TENANT, practice=True),
            gateway=gateway or GatewaySettings(),
            scanning=ScanningSettings(folders=(inbox,), sane=sane, ocr=ocr, find_network=False),
        )
        machine = Machine(settings, self.keys, inbox)
        machine.open()
        if gateway is None:
            Settled(machine.workspace.store).keep(
                {
                    "gateway.tenant": TENANT,
                    "gateway.id": "silent",
                    "gateway.receipt_key": "00" * 32,
                    "gateway.platform_key": self.platform_public.hex(),
                }
            )
        return machine


@dataclass
class Machine:
    """One desk under test."""

    settings: Settings
    keys: DeviceKeys
    inbox: Path
    clock: HandClock = field(default_factory=HandClock)
    seeds: int = 0
    people: int = 0

    def open(self) -> Workspace:
        keyring = Keyring.open(self.settings.data_dir / KEYS_FOLDER)
        self.workspace = build_workspace(self.settings, keyring, self.keys, self.clock)
        return self.workspace

    def reopen(self) -> Workspace:
        """Close the store and open it again, as after a restart."""
        self.workspace.close()
        return self.open()

    def actor(self, login: str) -> Actor:
        user = self.workspace.accounts.by_login(login)
        assert user is not None
        return Actor(user.id, user.login, user.full_name, user.role, "Q1")

    @property
    def volunteer(self) -> Actor:
        return self.actor("lan")

    @property
    def officer(self) -> Actor:
        return self.actor("minh")

    @property
    def supervisor(self) -> Actor:
        return self.actor("hoa")

    def open_trip(self) -> TripView:
        ward = self.workspace.trips.wards("ba vi")[0]
        return self.workspace.trips.open(self.supervisor, OpenTrip(ward.code, "Nhà văn hóa thôn Đoài"))

    def draft(self, **given: object) -> IntakeDraft:
        """Return an acceptable draft of a person nobody has met, changed by `given`."""
        self.people += 1
        usual = IntakeDraft(
            id_number=f"001190{self.people:06d}",
            full_name="Nguyễn Thị Ví Dụ",
            birth_date=date(1990, 5, 17),
            sex="female",
            need="digitise",
            procedure_code=BIRTH,
        )
        return replace(usual, **given)  # type: ignore[arg-type]

    def take_in(self, **given: object) -> TicketView:
        return self.workspace.intake.take_in(self.volunteer, self.draft(**given))

    def served(self, **given: object) -> TicketView:
        """Take somebody in and bring them to the counter."""
        ticket = self.take_in(**given)
        self.workspace.queue.act(self.officer, ticket.id, TicketAct.CALL)
        return self.workspace.queue.act(self.officer, ticket.id, TicketAct.SERVE)

    def finish(self, ticket_id: str) -> TicketView:
        return self.workspace.queue.act(self.officer, ticket_id, TicketAct.FINISH)

    def started(self, code: str = BIRTH, **given: object) -> DossierView:
        ticket = self.served(procedure_code=code, **given)
        return self.workspace.dossiers.start(self.officer, ticket.id)

    def fill(self, dossier: DossierView) -> None:
        """Give the invented answers of the demonstration."""
        code, dossiers = dossier.procedure.code, self.workspace.dossiers
        for pointer, value in ANSWERS[code].items():
            dossiers.answer(self.officer, dossier.id, pointer, value)
        if code in GROUPS:
            group, answers = GROUPS[code]
            dossiers.add_item(self.officer, dossier.id, group)
            for name, value in answers.items():
                dossiers.answer(self.officer, dossier.id, f"{group}/0/{name}", value)

    def lay(self, *kinds: str) -> int:
        """Put small sample pages into the watched folder."""
        self.seeds += 1
        count = lay_papers(self.inbox, seed=self.seeds, kinds=kinds or ("letter",), dpi=PRACTICE_DPI)  # type: ignore[arg-type]
        for path in self.inbox.iterdir():
            os.utime(path, (LONG_AGO, LONG_AGO))  # written long ago: nothing to wait for
        return count

    def folder_device(self) -> str:
        return next(each.id for each in self.workspace.capture.scanners().devices if each.kind == "folder")

    def scan(
        self, dossier_id: str, component_id: str, *kinds: str
    ) -> tuple[CaptureBatch, list[CaptureEvent]]:
        """Scan a stack from the watched folder to its end."""
        self.lay(*kinds)
        return self.scan_what_lies_there(dossier_id, component_id)

    def scan_what_lies_there(
        self, dossier_id: str, component_id: str
    ) -> tuple[CaptureBatch, list[CaptureEvent]]:
        events: list[CaptureEvent] = []
        batch = self.workspace.capture.start(
            self.officer,
            dossier_id,
            component_id,
            self.folder_device(),
            CaptureSettings(dpi=PRACTICE_DPI),
            events.append,
        )
        assert batch.wait(60)
        return batch, events

    def attach(self, dossier_id: str, component_id: str) -> FileView:
        """Scan one page and keep it as the component's document."""
        batch, _ = self.scan(dossier_id, component_id, "letter")
        return batch.keep(self.officer)

    def complete(self, code: str = BIRTH, **given: object) -> DossierView:
        """Return a dossier with everything it needs, not confirmed."""
        dossier = self.started(code, **given)
        self.fill(dossier)
        for gap in self.workspace.dossiers.missing(dossier.id):
            assert gap.kind == "component", (gap.code, gap.where)
            self.attach(dossier.id, gap.where)
        assert self.workspace.dossiers.missing(dossier.id) == ()
        return self.workspace.dossiers.get(dossier.id)

    def confirmed(self, code: str = BIRTH, **given: object) -> DossierView:
        dossier = self.complete(code, **given)
        return self.workspace.dossiers.confirm(self.officer, dossier.id)

    def component(self, dossier_id: str, code: str) -> str:
        return next(
            each.id for each in self.workspace.dossiers.get(dossier_id).components if each.code == code
        )


def codes(notes: tuple[FieldNote, ...]) -> set[tuple[str, str, str]]:
    """Return (field, code, severity) of notes."""
    return {(note.field, note.code, note.severity) for note in notes}
