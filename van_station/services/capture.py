"""Capture (*số hóa*): from a stack of paper to a sealed PDF/A on a component of the dossier."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from scanning import ocr
from scanning.devices import DeviceConfig, DeviceInfo, ScanSettings, list_devices, start_scan
from scanning.errors import ScanningError
from scanning.pdf.render import render_page
from van_station.records.dossiers import Component, Dossier
from van_station.rules.access import Act
from van_station.rules.digitisation import DigitisationLimits
from van_station.rules.dossiers import file_name
from van_station.services.actor import Actor, require
from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent
from van_station.services.clock import Clock
from van_station.services.copy_records import undo_certification
from van_station.services.errors import NotFound, Refused
from van_station.services.page_documents import DocumentTools
from van_station.services.page_intake import Aim
from van_station.services.page_shelf import PageShelf, Place, page_rows, require_editable
from van_station.services.paper import PrintedPage
from van_station.services.reading_behind import ReadingBehind
from van_station.services.scan_profiles import ScanProfiles
from van_station.services.sealed_files import Seal, SealedFiles, file_row, let_go
from van_station.store import Store


@dataclass(frozen=True)
class ScannerView:
    """A device that can be chosen."""

    id: str
    label: str
    kind: Literal["sane", "folder", "escl", "wia"]
    has_feeder: bool
    has_duplex: bool
    note: str
    has_flatbed: bool = True


@dataclass(frozen=True)
class ScannerList:
    """What this machine can scan with, and whether its text layer works."""

    devices: tuple[ScannerView, ...]
    ocr_ready: bool
    ocr_reason: str | None


@dataclass(frozen=True)
class CaptureSettings:
    """How the pages are wanted."""

    dpi: int | None = None
    """None: as this machine's settings say."""
    source: Literal["adf", "flatbed"] = "adf"
    duplex: bool = False
    max_pages: int | None = None
    profile: str = ""
    """Name of a profile of this scanner; it then says resolution, source, sides and all else."""
    aim: Aim | None = None
    """Where the pages go: at the end, behind a page, or one page instead of another."""


@dataclass(frozen=True)
class CaptureTools:
    """What capture needs of the machine."""

    devices: DeviceConfig
    seal: Seal
    use_ocr: bool = True
    dpi: int = 300
    max_pages: int = 500
    quality: Literal["small", "archive"] = "small"
    """archive: documents hold each page's own picture, whole; about ten times as large."""
    limits: DigitisationLimits | None = None
    """What kept documents are checked against; None: they are not."""


class Capture:
    """Scans, keeps every page sealed as it comes, and shows what was kept."""

    def __init__(self, store: Store, clock: Clock, tools: CaptureTools) -> None:
        self._store = store
        self._clock = clock
        self._tools = tools
        self.profiles = ScanProfiles(store, tools.devices)
        self._files = SealedFiles(store, clock, tools.seal)
        self._reading = ReadingBehind(use_ocr=tools.use_ocr)
        self._batches: dict[str, CaptureBatch] = {}
        self._lock = threading.Lock()

    def scanners(self, asking: Actor | None = None) -> ScannerList:
        """Return the devices that answer now (may take a second: drivers are asked in their own process).

        Somebody who may scan lets the machine remember the certificates of network scanners.
        """
        found = list_devices(self.profiles.config())
        if asking is not None and asking.may(Act.SCAN):
            self.profiles.remember(asking.user_id, found)
        text = ocr.status()
        ready = text.available and self._tools.use_ocr
        return ScannerList(
            devices=tuple(_scanner(info) for info in found),
            ocr_ready=ready,
            ocr_reason=None if ready else (text.reason or "ocr.off"),
        )

    def start(
        self,
        actor: Actor,
        dossier_id: str,
        component_id: str,
        device_id: str,
        settings: CaptureSettings,
        on_event: Callable[[CaptureEvent], None],
    ) -> CaptureBatch:
        """Start scanning for a component; events come on another thread, the pages are sealed first.

        Pages of an interrupted batch of the same component are kept in front.

        Raises:
            NotFound: no profile of that name, or the page that the scan aims at is not in the batch.
            Refused: dossier.not_editable, station.not_enrolled, scan.device_unknown, scan.already_running,
                scan.profile_unfit.
        """
        require(actor, Act.SCAN)
        batch = self._batch(dossier_id, component_id)
        wanted = self._wanted(device_id, settings)
        try:
            job = start_scan(device_id, wanted, self.profiles.config())
        except ScanningError as error:
            raise Refused(error.code) from error
        batch.run(actor.user_id, job, on_event, settings.aim)
        return batch

    def _wanted(self, device_id: str, settings: CaptureSettings) -> ScanSettings:
        one_page = settings.aim is not None and bool(settings.aim.instead_of)
        most = 1 if one_page else self._tools.max_pages
        most = min(settings.max_pages or most, most)
        if settings.profile:
            return replace(self.profiles.settings(device_id, settings.profile), max_pages=most)
        return ScanSettings(
            dpi=settings.dpi or self._tools.dpi,
            source=settings.source,
            duplex=settings.duplex,
            max_pages=most,
        )

    def unfinished(self, dossier_id: str, component_id: str) -> CaptureBatch | None:
        """Return the batch of a component whose pages are not a document yet, after a restart too."""
        with self._lock:
            batch = self._batches.get(component_id)
        if batch is not None and (batch.running or batch.pages()):
            return batch
        with self._store.reading() as session:
            waiting = page_rows(session, component_id)
        return self._batch(dossier_id, component_id) if waiting else None

    def page_image(self, file_id: str, index: int, *, max_px: int = 1600) -> bytes:
        """Return a page of a document as JPEG, from memory."""
        try:
            return render_page(self._plain(file_id), index, max_px=max_px)
        except ScanningError as error:
            raise Refused(error.code) from error

    def thumbnails(self, file_id: str, *, max_px: int = 240) -> tuple[bytes, ...]:
        """Return all pages of a document as small JPEGs."""
        plain = self._plain(file_id)
        with self._store.reading() as session:
            count = file_row(session, file_id).page_count
        return tuple(render_page(plain, index, max_px=max_px) for index in range(count))

    def document(self, actor: Actor, file_id: str) -> PrintedPage:
        """Return a document to look at or print; who opened it is written down."""
        require(actor, Act.HELP_FORM)
        plain = self._plain(file_id)
        with self._store.unit(actor.user_id, "file.open", ("stored_file", file_id)) as unit:
            row = file_row(unit.session, file_id)
            dossier = unit.session.get(Dossier, row.dossier_id)
            component = unit.session.get(Component, row.component_id or "")
            number = (dossier.official_code or dossier.provisional_no) if dossier else "ho-so"
            code = component.code if component else "giay-to"
        return PrintedPage(file_name(number, code, row.sequence or 1), row.media_type, plain)

    def remove(self, actor: Actor, file_id: str) -> None:
        """Take a document off its component, as long as the dossier has not been confirmed."""
        require(actor, Act.SCAN)
        with self._store.unit(actor.user_id, "file.remove", ("stored_file", file_id)) as unit:
            row = file_row(unit.session, file_id)
            require_editable(unit.session, row.dossier_id)
            component = unit.session.get(Component, row.component_id or "")
            if component is not None:
                component.page_count = max(component.page_count - row.page_count, 0)
                undo_certification(unit, component)
                unit.save(component)
            gone = let_go(unit, [file_id])
        self._files.discard(gone)
        self._store.truncate_log()

    def close(self) -> None:
        """Stop all scans; pages that came are sealed and will be offered again."""
        with self._lock:
            batches, self._batches = list(self._batches.values()), {}
        for batch in batches:
            batch.cancel()
            batch.wait(timeout_s=10)
        self._reading.close()

    def _batch(self, dossier_id: str, component_id: str) -> CaptureBatch:
        self._files.require_ready()
        with self._store.reading() as session:
            require_editable(session, dossier_id)
            component = session.get(Component, component_id)
            if component is None or component.dossier_id != dossier_id:
                raise NotFound
        with self._lock:
            batch = self._batches.get(component_id)
            if batch is None or batch.over:
                place = Place(dossier_id, component_id)
                tools = DocumentTools(self._reading, self._clock, self._tools.limits, self._tools.quality)
                batch = CaptureBatch(PageShelf(self._store, self._files, place), tools)
                self._batches[component_id] = batch
            return batch

    def _plain(self, file_id: str) -> bytes:
        with self._store.reading() as session:
            row = file_row(session, file_id)
        return self._files.open(row)


def _scanner(info: DeviceInfo) -> ScannerView:
    return ScannerView(
        info.id, info.label, info.kind, info.has_feeder, info.has_duplex, info.note, info.has_flatbed
    )
