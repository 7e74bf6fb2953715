"""Where the pages of one component lie: sealed as they come, made into a document in the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from scanning import CleanPage
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.rules.dossiers import DossierState
from van_station.services.capture_events import FileView, PageEntry, Progress
from van_station.services.clock import Clock
from van_station.services.dossier_views import EDITABLE
from van_station.services.errors import NotFound, Refused
from van_station.services.page_document import write_document
from van_station.services.reading_behind import ReadingBehind
from van_station.services.sealed_files import Content, SealedFiles, let_go
from van_station.services.sealed_pages import PAGE_MEDIA_TYPE, pack_page, unpack_page
from van_station.store import Store, StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Whose pages they are."""

    dossier_id: str
    component_id: str

    @property
    def subject(self) -> tuple[str, str]:
        """What the audit lines are about."""
        return "component", self.component_id


class PageShelf:
    """Keeps one component's pages; each call is durable when it returns."""

    def __init__(
        self, store: Store, clock: Clock, files: SealedFiles, place: Place, reading: ReadingBehind
    ) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._place = place
        self._reading = reading

    def reopened(self) -> list[PageEntry]:
        """Return the pages that lie here already, in order: those of a batch that was cut short."""
        with self._store.reading() as session:
            rows = page_rows(session, self._place.component_id)
        return [entry for row in rows if (entry := self._reopened(row)) is not None]

    def _reopened(self, row: StoredFile) -> PageEntry | None:
        """Return a page as it was kept; None for a damaged one, which must not hold up the others."""
        try:
            entry = PageEntry.of(row.id, *unpack_page(self._files.open(row)))
        except (Refused, StoreError, ValueError) as error:
            log.warning("a kept page cannot be opened: %s", type(error).__name__)
            return None
        self._read_behind(row.id, entry.page)
        return entry

    def seal(self, actor_id: str, page: CleanPage, source_sha256: str, sequence: int) -> str:
        """Keep a page sealed and return its row's id."""
        row = self._sealed_page(actor_id, page, source_sha256, sequence)
        with self._store.unit(actor_id, "scan.page", self._place.subject) as unit:
            unit.save(row)
        self._read_behind(row.id, page)
        return row.id

    def _read_behind(self, row_id: str, page: CleanPage) -> None:
        if not page.blank:
            self._reading.ask(row_id, page)

    def replace(self, actor_id: str, entry: PageEntry, page: CleanPage, sequence: int) -> str:
        """Keep a changed page in place of another and return the new row's id."""
        row = self._sealed_page(actor_id, page, entry.source_sha256, sequence)
        with self._store.unit(actor_id, "scan.page_changed", self._place.subject) as unit:
            unit.save(row)
            gone = let_go(unit, [entry.row_id])
        self._files.discard(gone)
        self._reading.forget(entry.row_id)
        self._read_behind(row.id, page)
        return row.id

    def reorder(self, actor_id: str, row_ids: Sequence[str]) -> None:
        """Keep the order of pages."""
        with self._store.unit(actor_id, "scan.order", self._place.subject) as unit:
            for sequence, row_id in enumerate(row_ids, start=1):
                row = unit.session.get(StoredFile, row_id)
                if row is not None and row.sequence != sequence:
                    row.sequence = sequence
                    unit.save(row)

    def make_document(
        self, actor_id: str, entries: Sequence[PageEntry], progress: Callable[[Progress], None]
    ) -> FileView:
        """Write the PDF/A, read it back, seal it and attach it.

        Raises:
            Refused: scan.no_pages, dossier.not_editable; NotNow: a scanning error's code.
        """
        kept = [entry for entry in entries if not entry.dropped]
        if not kept:
            raise Refused("scan.no_pages")
        written = write_document(kept, self._reading, self._clock.now(), progress)
        content = Content(written.data, "application/pdf", len(kept), "document", 1)
        row = self._files.seal(actor_id, self._place.dossier_id, self._place.component_id, content)
        with self._store.unit(actor_id, "scan.document", self._place.subject) as unit:
            require_editable(unit.session, self._place.dossier_id)
            row.sequence = 1 + len(_documents(unit.session, self._place.component_id))
            unit.save(row)
            gone = let_go(unit, [entry.row_id for entry in entries])
            component = unit.session.get(Component, self._place.component_id)
            if component is not None:
                component.page_count += len(kept)
                unit.save(component)
            dropped = len(entries) - len(kept)
            unit.note({"pages": len(kept), "dropped": dropped, "turned": written.turned})
        self._clear(gone)
        self._reading.forget(*(entry.row_id for entry in entries))
        return replace(file_view(row), turned=written.turned)

    def discard(self, actor_id: str, row_ids: Sequence[str]) -> None:
        """Let pages go."""
        with self._store.unit(actor_id, "scan.discard", self._place.subject) as unit:
            gone = let_go(unit, row_ids)
            unit.note({"pages": len(row_ids)})
        self._clear(gone)
        self._reading.forget(*row_ids)

    def _sealed_page(self, actor_id: str, page: CleanPage, source_sha256: str, sequence: int) -> StoredFile:
        content = Content(pack_page(page, source_sha256), PAGE_MEDIA_TYPE, 1, "page", sequence)
        return self._files.seal(actor_id, self._place.dossier_id, self._place.component_id, content)

    def _clear(self, blob_ids: Sequence[str]) -> None:
        """Discard bodies, and the pages of the log in which their keys still stand."""
        self._files.discard(blob_ids)
        self._store.truncate_log()


def page_rows(session: Session, component_id: str) -> list[StoredFile]:
    """Return the rows of pages that are not a document yet, in order."""
    query = select(StoredFile).where(
        StoredFile.component_id == component_id,
        StoredFile.role == "page",
        col(StoredFile.removed).is_(False),
    )
    return list(session.exec(query.order_by(col(StoredFile.sequence))).all())


def require_editable(session: Session, dossier_id: str) -> None:
    """Raise Refused (dossier.not_editable) unless papers may still change."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        raise NotFound
    if DossierState(dossier.state) not in EDITABLE:
        raise Refused("dossier.not_editable")


def file_view(row: StoredFile) -> FileView:
    """Return the view of a row."""
    return FileView(
        row.id, row.component_id or "", row.page_count, row.size_bytes, row.sealed_at, row.media_type
    )


def _documents(session: Session, component_id: str) -> list[StoredFile]:
    query = select(StoredFile).where(StoredFile.component_id == component_id, StoredFile.role == "document")
    return list(session.exec(query).all())
