"""Capture (*số hóa*): from a stack of paper to a sealed PDF/A on a component of the dossier."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from scanning import CleanPage, TextLayer, ocr, pdf
from scanning.devices import DeviceConfig, DeviceInfo, ScanSettings, list_devices, start_scan
from scanning.errors import ScanningError
from scanning.pdf.render import render_page
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.dossiers import file_name as dossier_file_name
from van_station.security import SealContext, Sealer, SecurityError
from van_station.services.actor import Actor, require
from van_station.services.capture_batch import CaptureBatch, Desk, Kept, PageEntry
from van_station.services.capture_events import CaptureEvent, FileView, Progress
from van_station.services.clock import Clock
from van_station.services.dossier_views import EDITABLE
from van_station.services.errors import NotFound, NotNow, Refused
from van_station.services.paper import PrintedPage
from van_station.services.sealed_pages import PAGE_MEDIA_TYPE, pack_page, unpack_page
from van_station.store import Store, UnitOfWork

_LANGUAGE = "vie"


@dataclass(frozen=True)
class ScannerView:
    """A device that can be chosen."""

    id: str
    label: str
    kind: Literal["sane", "folder"]
    has_feeder: bool
    has_duplex: bool
    note: str


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


@dataclass(frozen=True)
class CaptureTools:
    """What capture needs of the machine."""

    devices: DeviceConfig
    tenant: Callable[[], str]
    """Whom sealed files are bound to. Refused as `sealer`."""
    sealer: Callable[[], Sealer]
    """Raises Refused (station.not_enrolled) while the platform's key is not known."""
    use_ocr: bool = True
    dpi: int = 300
    max_pages: int = 500


class Capture:
    """Scans, keeps every page sealed as it comes, and makes the document when the operator says so."""

    def __init__(self, store: Store, clock: Clock, tools: CaptureTools) -> None:
        self._store = store
        self._clock = clock
        self._tools = tools
        self._batches: dict[str, CaptureBatch] = {}
        self._lock = threading.Lock()

    def scanners(self) -> ScannerList:
        """Return the devices that answer now (may take a second: drivers are asked in their own process)."""
        text = ocr.status()
        ready = text.available and self._tools.use_ocr
        return ScannerList(
            devices=tuple(_scanner(info) for info in list_devices(self._tools.devices)),
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
            Refused: dossier.not_editable, station.not_enrolled, scan.device_unknown, scan.already_running.
        """
        require(actor, Act.SCAN)
        batch = self._batch(dossier_id, component_id)
        try:
            job = start_scan(
                device_id,
                ScanSettings(
                    dpi=settings.dpi or self._tools.dpi,
                    source=settings.source,
                    duplex=settings.duplex,
                    max_pages=min(settings.max_pages or self._tools.max_pages, self._tools.max_pages),
                ),
                self._tools.devices,
            )
        except ScanningError as error:
            raise Refused(error.code) from error
        batch.run(actor.user_id, job, on_event)
        return batch

    def unfinished(self, dossier_id: str, component_id: str) -> CaptureBatch | None:
        """Return the batch of a component whose pages are not a document yet, after a restart too."""
        with self._lock:
            batch = self._batches.get(component_id)
        if batch is not None:
            return batch if batch.running or batch.pages() else None
        with self._store.reading() as session:
            waiting = _page_rows(session, component_id)
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
            count = _file(session, file_id).page_count
        return tuple(render_page(plain, index, max_px=max_px) for index in range(count))

    def document(self, actor: Actor, file_id: str) -> PrintedPage:
        """Return a document to look at or print; who opened it is written down."""
        require(actor, Act.HELP_FORM)
        plain = self._plain(file_id)
        with self._store.unit(actor.user_id, "file.open", ("stored_file", file_id)) as unit:
            row = _file(unit.session, file_id)
            dossier = unit.session.get(Dossier, row.dossier_id)
            component = unit.session.get(Component, row.component_id or "")
            number = (dossier.official_code or dossier.provisional_no) if dossier else "ho-so"
            code = component.code if component else "giay-to"
        return PrintedPage(dossier_file_name(number, code, row.sequence or 1), row.media_type, plain)

    def remove(self, actor: Actor, file_id: str) -> None:
        """Take a document off its component, as long as the dossier has not been confirmed."""
        require(actor, Act.SCAN)
        with self._store.unit(actor.user_id, "file.remove", ("stored_file", file_id)) as unit:
            row = _file(unit.session, file_id)
            _editable(unit.session, row.dossier_id)
            row.removed, row.local_key = True, None
            unit.save(row)
            component = unit.session.get(Component, row.component_id or "")
            if component is not None:
                component.page_count = max(component.page_count - row.page_count, 0)
                unit.save(component)

    def close(self) -> None:
        """Stop all scans; pages that came are sealed and will be offered again."""
        with self._lock:
            batches, self._batches = list(self._batches.values()), {}
        for batch in batches:
            batch.cancel()
            batch.wait(timeout_s=10)

    def _batch(self, dossier_id: str, component_id: str) -> CaptureBatch:
        self._tools.sealer()  # refuse before the first page is pulled in, not after
        with self._store.reading() as session:
            _editable(session, dossier_id)
            component = session.get(Component, component_id)
            if component is None or component.dossier_id != dossier_id:
                raise NotFound
            rows = _page_rows(session, component_id)
        with self._lock:
            batch = self._batches.get(component_id)
            if batch is None:
                batch = CaptureBatch(_BatchDesk(self, dossier_id, component_id), self._reopened(rows))
                self._batches[component_id] = batch
            return batch

    def _reopened(self, rows: Sequence[StoredFile]) -> list[PageEntry]:
        return [PageEntry.of(row.id, unpack_page(self._open(row))) for row in rows]

    def _plain(self, file_id: str) -> bytes:
        with self._store.reading() as session:
            row = _file(session, file_id)
        return self._open(row)

    def _open(self, row: StoredFile) -> bytes:
        if row.local_key is None:
            raise Refused("file.not_openable")
        context = SealContext(self._tools.tenant(), row.dossier_id, row.id)
        try:
            return self._tools.sealer().open(self._store.blobs.get(row.blob_id), row.local_key, context)
        except SecurityError as error:
            raise Refused("file.damaged") from error

    def seal_page(
        self, actor_id: str, dossier_id: str, component_id: str, page: CleanPage, sequence: int
    ) -> str:
        """Seal a page and name it in a row: durable when this returns the row's id."""
        row = self._sealed_row(
            actor_id,
            dossier_id,
            component_id,
            Kept(pack_page(page), PAGE_MEDIA_TYPE, 1, "page", sequence),
        )
        with self._store.unit(actor_id, "scan.page", ("component", component_id)) as unit:
            unit.save(row)
        return row.id

    def replace_page(
        self, actor_id: str, dossier_id: str, component_id: str, row_id: str, page: CleanPage, sequence: int
    ) -> str:
        """Seal a changed page in place of an earlier one and return the new row's id."""
        row = self._sealed_row(
            actor_id,
            dossier_id,
            component_id,
            Kept(pack_page(page), PAGE_MEDIA_TYPE, 1, "page", sequence),
        )
        with self._store.unit(actor_id, "scan.page_changed", ("component", component_id)) as unit:
            unit.save(row)
            gone = _let_go(unit, [row_id])
        self._discard(gone)
        return row.id

    def reorder_pages(self, actor_id: str, component_id: str, row_ids: Sequence[str]) -> None:
        """Keep the pages' order."""
        with self._store.unit(actor_id, "scan.order", ("component", component_id)) as unit:
            for sequence, row_id in enumerate(row_ids, start=1):
                row = unit.session.get(StoredFile, row_id)
                if row is not None and row.sequence != sequence:
                    row.sequence = sequence
                    unit.save(row)

    def make_document(
        self,
        actor_id: str,
        dossier_id: str,
        component_id: str,
        entries: Sequence[PageEntry],
        progress: Callable[[Progress], None],
    ) -> FileView:
        """Write the PDF/A, read it back, seal it and attach it: durable when this returns.

        Raises:
            Refused: scan.no_pages, or a scanning error's code.
        """
        pages = [entry.page for entry in entries if not entry.dropped]
        if not pages:
            raise Refused("scan.no_pages")
        plain = self._written(pages, progress)
        kept = Kept(plain, "application/pdf", len(pages), "document", 1)
        row = self._sealed_row(actor_id, dossier_id, component_id, kept)
        with self._store.unit(actor_id, "scan.document", ("component", component_id)) as unit:
            _editable(unit.session, dossier_id)
            row.sequence = 1 + len(_documents(unit.session, component_id))
            unit.save(row)
            gone = _let_go(unit, [entry.row_id for entry in entries])
            component = unit.session.get(Component, component_id)
            if component is not None:
                component.page_count += len(pages)
                unit.save(component)
            unit.note({"pages": len(pages), "dropped": len(entries) - len(pages)})
        self._discard(gone)
        self._store.truncate_log()
        with self._lock:
            self._batches.pop(component_id, None)
        return file_view(row)

    def discard_pages(self, actor_id: str, component_id: str, row_ids: Sequence[str]) -> None:
        """Let go of the pages of a batch that nobody wants."""
        with self._store.unit(actor_id, "scan.discard", ("component", component_id)) as unit:
            gone = _let_go(unit, row_ids)
            unit.note({"pages": len(row_ids)})
        self._discard(gone)
        self._store.truncate_log()
        with self._lock:
            self._batches.pop(component_id, None)

    def _discard(self, blob_ids: Sequence[str]) -> None:
        """Remove bodies nobody can open; what a kill leaves behind is swept at the next start."""
        for blob_id in blob_ids:
            self._store.blobs.discard(blob_id)

    def _written(self, pages: Sequence[CleanPage], progress: Callable[[Progress], None]) -> bytes:
        layers: list[TextLayer | None] = [None] * len(pages)
        if self._tools.use_ocr and ocr.status().available:
            for index, page in enumerate(pages):
                progress(Progress("scan.reading_text", index, len(pages)))
                layers[index] = _read_text(page)
        progress(Progress("scan.writing", 0, 1))
        try:
            data = pdf.write(pages, layers=layers, title="", created=self._clock.now())
            progress(Progress("scan.comparing", 0, 1))
            pdf.verify(data, pages)
        except ScanningError as error:
            raise NotNow(error.code) from error
        return data

    def _sealed_row(self, actor_id: str, dossier_id: str, component_id: str, kept: Kept) -> StoredFile:
        row = StoredFile(
            dossier_id=dossier_id,
            component_id=component_id,
            blob_id="",
            media_type=kept.media_type,
            size_bytes=0,
            page_count=kept.page_count,
            plain_sha256=hashlib.sha256(kept.plain).hexdigest(),
            sealed_at=self._clock.now(),
            created_by=actor_id,
            role=kept.role,
            sequence=kept.sequence,
        )
        sealed = self._tools.sealer().seal(kept.plain, SealContext(self._tools.tenant(), dossier_id, row.id))
        row.blob_id = self._store.blobs.put(sealed.body)
        row.size_bytes, row.local_key = len(sealed.body), sealed.local_key
        return row


@dataclass(frozen=True)
class _BatchDesk(Desk):
    """What a batch may ask of capture, bound to its dossier and component."""

    capture: Capture
    dossier_id: str
    component_id: str

    def seal(self, actor_id: str, page: CleanPage, sequence: int) -> str:
        return self.capture.seal_page(actor_id, self.dossier_id, self.component_id, page, sequence)

    def replace(self, actor_id: str, row_id: str, page: CleanPage, sequence: int) -> str:
        return self.capture.replace_page(actor_id, self.dossier_id, self.component_id, row_id, page, sequence)

    def reorder(self, actor_id: str, row_ids: Sequence[str]) -> None:
        self.capture.reorder_pages(actor_id, self.component_id, row_ids)

    def make_document(
        self, actor_id: str, entries: Sequence[PageEntry], progress: Callable[[Progress], None]
    ) -> FileView:
        return self.capture.make_document(actor_id, self.dossier_id, self.component_id, entries, progress)

    def discard(self, actor_id: str, row_ids: Sequence[str]) -> None:
        self.capture.discard_pages(actor_id, self.component_id, row_ids)


def file_view(row: StoredFile) -> FileView:
    """Return the view of a row."""
    return FileView(
        row.id, row.component_id or "", row.page_count, row.size_bytes, row.sealed_at, row.media_type
    )


def _read_text(page: CleanPage) -> TextLayer | None:
    """Return the page's text, or None: a page without a text layer is still a page."""
    try:
        return ocr.read(page, language=_LANGUAGE)
    except ScanningError:
        return None


def _scanner(info: DeviceInfo) -> ScannerView:
    return ScannerView(info.id, info.label, info.kind, info.has_feeder, info.has_duplex, info.note)


def _file(session: Session, file_id: str) -> StoredFile:
    row = session.get(StoredFile, file_id)
    if row is None or row.removed:
        raise NotFound
    return row


def _page_rows(session: Session, component_id: str) -> list[StoredFile]:
    query = select(StoredFile).where(
        StoredFile.component_id == component_id,
        StoredFile.role == "page",
        col(StoredFile.removed).is_(False),
    )
    return list(session.exec(query.order_by(col(StoredFile.sequence))).all())


def _documents(session: Session, component_id: str) -> list[StoredFile]:
    query = select(StoredFile).where(StoredFile.component_id == component_id, StoredFile.role == "document")
    return list(session.exec(query).all())


def _editable(session: Session, dossier_id: str) -> None:
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        raise NotFound
    if DossierState(dossier.state) not in EDITABLE:
        raise Refused("dossier.not_editable")


def _let_go(unit: UnitOfWork, row_ids: Sequence[str]) -> list[str]:
    """Drop the pages' keys, so that their bodies can't be opened any more; return the bodies to discard."""
    gone = []
    for row_id in row_ids:
        row = unit.session.get(StoredFile, row_id)
        if row is not None:
            row.removed, row.local_key = True, None
            unit.save(row)
            gone.append(row.blob_id)
    return gone
