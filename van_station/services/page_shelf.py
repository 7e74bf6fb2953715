"""Where the pages of one component lie: sealed as they come, in order, attached as documents in the end."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.trips import Setting
from van_station.rules.dossiers import DossierState
from van_station.rules.findings import Finding
from van_station.rules.page_history import History, from_json, settled, to_json
from van_station.rules.page_order import PageOrder
from van_station.services.capture_events import FileView, PageEntry
from van_station.services.copy_records import undo_certification
from van_station.services.dossier_views import EDITABLE
from van_station.services.errors import NotFound, Refused
from van_station.services.sealed_files import Content, SealedFiles, file_row, let_go
from van_station.services.sealed_pages import PAGE_MEDIA_TYPE, KeptPage, pack_page, unpack_page
from van_station.store import Store, StoreError, UnitOfWork

log = logging.getLogger(__name__)
_ORDER_KEY = "scan.order"


@dataclass(frozen=True)
class Place:
    """Whose pages they are."""

    dossier_id: str
    component_id: str

    @property
    def subject(self) -> tuple[str, str]:
        """What the audit lines are about."""
        return "component", self.component_id

    @property
    def order_key(self) -> str:
        """Name of the setting that holds the order of the pages."""
        return f"{_ORDER_KEY}.{self.component_id}"


@dataclass(frozen=True)
class Made:
    """A document that was written, and where it goes."""

    component_id: str
    pdf: bytes = field(repr=False)
    pages: int
    turned: int = 0
    """How many pages were turned upright by what was read on them."""
    notes: tuple[Finding, ...] = ()
    """What it falls short of, and pages that seem to be missing."""


class PageShelf:
    """Keeps one component's pages; each call is durable when it returns."""

    def __init__(self, store: Store, files: SealedFiles, place: Place) -> None:
        self._store = store
        self._files = files
        self._place = place

    # ------------------------------------------------------------------ pages
    def reopened(self) -> tuple[list[PageEntry], PageOrder]:
        """Return the pages that lie here already and their order: those of a batch that was cut short."""
        with self._store.reading() as session:
            rows = page_rows(session, self._place.component_id)
            kept = session.get(Setting, self._place.order_key)
            text = kept.value if kept else ""
        entries = [entry for row in rows if (entry := self._reopened(row)) is not None]
        return entries, settled(self._order(text), {entry.row_id: entry.out for entry in entries})

    def _order(self, text: str) -> PageOrder:
        try:
            return from_json(json.loads(text)) if text else PageOrder(self._place.component_id)
        except ValueError:
            log.warning("the order of pages cannot be read; they are shown as they came")
            return PageOrder(self._place.component_id)

    def _reopened(self, row: StoredFile) -> PageEntry | None:
        """Return a page as it was kept; None for a damaged one, which must not hold up the others."""
        try:
            kept = unpack_page(self._files.open(row))
        except (Refused, StoreError, ValueError) as error:
            log.warning("a kept page cannot be opened: %s", type(error).__name__)
            return None
        return PageEntry.of(row.id, kept.page, kept.source_sha256)

    def open(self, row_id: str) -> KeptPage:
        """Return a page from the store.

        Raises:
            NotFound, Refused (file.damaged, file.not_openable), StoreError.
        """
        with self._store.reading() as session:
            row = file_row(session, row_id)
        try:
            return unpack_page(self._files.open(row))
        except ValueError as error:
            raise Refused("file.damaged") from error

    def seal(
        self, actor_id: str, kept: KeptPage, sequence: int, arrive: Callable[[str], History]
    ) -> tuple[str, History]:
        """Keep a page sealed, and in the same act where it stands; return its row's id and the history.

        Args:
            actor_id: who scans.
            kept: the page.
            sequence: its number by arrival.
            arrive: returns the history in which the page of this row has come.
        """
        content = Content(pack_page(kept), PAGE_MEDIA_TYPE, 1, "page", sequence)
        row = self._files.seal(actor_id, self._place.dossier_id, self._place.component_id, content)
        history = arrive(row.id)
        with self._store.unit(actor_id, "scan.page", self._place.subject) as unit:
            unit.save(row)
            self._write_order(unit, history.present)
        return row.id, history

    def save_order(self, actor_id: str, order: PageOrder) -> None:
        """Keep the order of pages, how they are turned and cut, and what documents they make."""
        with self._store.unit(actor_id, "scan.order", self._place.subject) as unit:
            self._write_order(unit, order)

    def discard(self, actor_id: str, row_ids: Sequence[str]) -> None:
        """Let pages go."""
        with self._store.unit(actor_id, "scan.discard", self._place.subject) as unit:
            gone = let_go(unit, row_ids)
            self._forget_order(unit)
            unit.note({"pages": len(row_ids)})
        self._clear(gone)

    # ------------------------------------------------------------------ documents
    def components(self) -> dict[str, str]:
        """Return the dossier's components: id -> code."""
        query = select(Component).where(Component.dossier_id == self._place.dossier_id)
        with self._store.reading() as session:
            return {row.id: row.code for row in session.exec(query).all()}

    def attach(self, actor_id: str, made: Sequence[Made], row_ids: Sequence[str]) -> tuple[FileView, ...]:
        """Attach documents, all or none, and let the pages go.

        Raises:
            Refused: dossier.not_editable. NotFound: a component that is not of this dossier.
        """
        with self._store.reading() as session:
            require_editable(session, self._place.dossier_id)
        contents = [Content(each.pdf, "application/pdf", each.pages, "document", 1) for each in made]
        rows = [
            self._files.seal(actor_id, self._place.dossier_id, each.component_id, content)
            for each, content in zip(made, contents, strict=True)
        ]
        with self._store.unit(actor_id, "scan.document", self._place.subject) as unit:
            require_editable(unit.session, self._place.dossier_id)
            for row in rows:
                self._attach(unit, row)
            gone = let_go(unit, row_ids)
            self._forget_order(unit)
            pages, turned = sum(row.page_count for row in rows), sum(each.turned for each in made)
            dropped = len(row_ids) - pages
            unit.note({"documents": len(rows), "pages": pages, "dropped": dropped, "turned": turned})
            unit.note(dict(Counter(note.code for each in made for note in each.notes)))
        self._clear(gone)
        return tuple(
            replace(file_view(row), turned=each.turned, notes=each.notes)
            for row, each in zip(rows, made, strict=True)
        )

    def _attach(self, unit: UnitOfWork, row: StoredFile) -> None:
        component = unit.session.get(Component, row.component_id or "")
        if component is None or component.dossier_id != self._place.dossier_id:
            raise NotFound
        row.sequence = 1 + len(_documents(unit.session, component.id))
        unit.save(row)
        component.page_count += row.page_count
        undo_certification(unit, component)
        unit.save(component)
        unit.session.flush()  # the next document of the same component counts this one

    # ------------------------------------------------------------------ inside
    def _write_order(self, unit: UnitOfWork, order: PageOrder) -> None:
        text = json.dumps(to_json(order), separators=(",", ":"))
        row = unit.session.get(Setting, self._place.order_key) or Setting(
            key=self._place.order_key, value=text
        )
        row.value = text
        unit.save(row)

    def _forget_order(self, unit: UnitOfWork) -> None:
        row = unit.session.get(Setting, self._place.order_key)
        if row is not None:
            unit.session.delete(row)

    def _clear(self, blob_ids: Sequence[str]) -> None:
        """Discard bodies, and the pages of the log in which their keys still stand."""
        self._files.discard(blob_ids)
        self._store.truncate_log()


def page_rows(session: Session, component_id: str) -> list[StoredFile]:
    """Return the rows of pages that are not a document yet, in order of arrival."""
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
