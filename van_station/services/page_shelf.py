"""Where the pages of one component lie: sealed as they come, made into a document in the end."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from scanning import CleanPage, Part, split_by_separators
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.rules.dossiers import DossierState
from van_station.services.capture_events import FileView, PageEntry, Progress
from van_station.services.clock import Clock
from van_station.services.copy_records import undo_certification
from van_station.services.dossier_views import EDITABLE
from van_station.services.errors import NotFound, Refused
from van_station.services.page_document import DocumentMaker
from van_station.services.sealed_files import Content, SealedFiles, let_go
from van_station.services.sealed_pages import PAGE_MEDIA_TYPE, pack_page, unpack_page
from van_station.store import Store, StoreError, UnitOfWork

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
        self, store: Store, clock: Clock, files: SealedFiles, place: Place, maker: DocumentMaker
    ) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._place = place
        self._maker = maker
        self._reading = maker.reading

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
        """Write the PDF/A, read it back, seal it and attach it; one document for each separator sheet.

        A sheet sends what is behind it to the component of the dossier that it names.

        Raises:
            Refused: scan.no_pages, dossier.not_editable; NotNow: a scanning error's code.
        """
        parts = _parts(entries)
        if not parts:
            raise Refused("scan.no_pages")
        written = [self._maker.write(part.pages, progress) for part in parts]
        places = self._places(part.code for part in parts)
        rows = [
            self._files.seal(
                actor_id,
                self._place.dossier_id,
                places[part.code],
                Content(made.data, "application/pdf", len(part.pages), "document", 1),
            )
            for part, made in zip(parts, written, strict=True)
        ]
        turned = sum(made.turned for made in written)
        kept = sum(len(part.pages) for part in parts)
        notes = [made.notes(self._maker.limits) for made in written]
        with self._store.unit(actor_id, "scan.document", self._place.subject) as unit:
            require_editable(unit.session, self._place.dossier_id)
            for row in rows:
                _attach(unit, row)
            gone = let_go(unit, [entry.row_id for entry in entries])
            dropped = len(entries) - kept
            unit.note({"pages": kept, "dropped": dropped, "turned": turned, "documents": len(rows)})
            unit.note(dict(Counter(finding.code for found in notes for finding in found)))
        self._clear(gone)
        self._reading.forget(*(entry.row_id for entry in entries))
        views = [replace(file_view(row), notes=found) for row, found in zip(rows, notes, strict=True)]
        return replace(views[0], turned=turned, others=tuple(views[1:]))

    def _places(self, codes: Iterable[str]) -> dict[str, str]:
        """Return the component for each code of a separator sheet; ours for codes that the dossier lacks."""
        with self._store.reading() as session:
            query = select(Component).where(Component.dossier_id == self._place.dossier_id)
            ids = {row.code: row.id for row in session.exec(query).all()}
        return {code: ids.get(code, self._place.component_id) for code in codes}

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


def _parts(entries: Sequence[PageEntry]) -> list[Part[PageEntry]]:
    """Return what becomes a document each: pages between separator sheets, left-out pages apart.

    A sheet that somebody took back into the document is a page like others.
    """

    def page_of(entry: PageEntry) -> CleanPage:
        return entry.page if entry.dropped else replace(entry.page, blank=False, findings=())

    parts = split_by_separators(entries, page_of)
    kept = (Part(part.code, tuple(entry for entry in part.pages if not entry.dropped)) for part in parts)
    return [part for part in kept if part.pages]


def _attach(unit: UnitOfWork, row: StoredFile) -> None:
    component_id = row.component_id or ""
    row.sequence = 1 + len(_documents(unit.session, component_id))
    unit.save(row)
    component = unit.session.get(Component, component_id)
    if component is not None:
        component.page_count += row.page_count
        undo_certification(unit, component)
        unit.save(component)


def _documents(session: Session, component_id: str) -> list[StoredFile]:
    query = select(StoredFile).where(StoredFile.component_id == component_id, StoredFile.role == "document")
    return list(session.exec(query).all())
