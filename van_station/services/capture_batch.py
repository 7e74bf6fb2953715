"""A batch of pages for one component: arriving, looked through, made into documents."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from scanning.devices import ScanJob
from van_station.rules.access import Act
from van_station.rules.page_geometry import Crop, Part
from van_station.rules.page_history import History
from van_station.rules.page_order import Out, PageOrder, Sheet
from van_station.services.actor import Actor, require
from van_station.services.capture_events import (
    BatchView,
    CaptureEvent,
    CropView,
    FileView,
    PageEntry,
    PageView,
    PictureView,
)
from van_station.services.errors import NotFound, Refused
from van_station.services.page_documents import DocumentMaker, DocumentTools
from van_station.services.page_intake import Aim, PageIntake
from van_station.services.page_listing import listed
from van_station.services.page_pictures import PagePictures
from van_station.services.page_shelf import PageShelf
from van_station.services.sealed_pages import KeptPage

log = logging.getLogger(__name__)
EventSink = Callable[[CaptureEvent], None]
Keys = str | Sequence[str]


class CaptureBatch:
    """Pages in order; each is sealed before it is shown, each act is durable when it returns. Thread-safe."""

    def __init__(self, shelf: PageShelf, tools: DocumentTools) -> None:
        self._shelf = shelf
        self._tools = tools
        entries, order = shelf.reopened()
        self._entries = {entry.row_id: entry for entry in entries}
        self._history = History(order)
        self._held = {entry.source_sha256 for entry in entries}
        self._pictures = PagePictures(shelf.open)
        self._lock = threading.RLock()
        self._job: ScanJob | None = None
        self._thread: threading.Thread | None = None
        self._sinks: list[EventSink] = []
        self._maker: DocumentMaker | None = None
        self._over = False
        for sheet in order.sheets:
            self._read_behind(sheet)

    # ------------------------------------------------------------------ scanning
    @property
    def over(self) -> bool:
        """Whether its pages were let go: the next scan begins a new batch."""
        return self._over

    @property
    def running(self) -> bool:
        """Whether the scanner is still at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def keeping(self) -> bool:
        """Whether documents are being made."""
        return self._maker is not None

    def listen(self, sink: EventSink) -> Callable[[], None]:
        """Tell a screen what goes on, on other threads; harmless to repeat. Call what is returned to stop."""
        with self._lock:
            if sink not in self._sinks:
                self._sinks.append(sink)

        def stop() -> None:
            with self._lock:
                if sink in self._sinks:
                    self._sinks.remove(sink)

        return stop

    def run(self, actor_id: str, job: ScanJob, on_event: EventSink, aim: Aim | None = None) -> None:
        """Take the pages of a job on a thread of its own.

        Raises:
            Refused: scan.already_running. NotFound: the page of `aim` is not here.
        """
        aim = aim or Aim()
        with self._lock:
            missing = {key for key in (aim.after, aim.instead_of) if key} - set(self._entries)
            if self.running or self.keeping or missing:
                job.close()
                raise NotFound if missing else Refused("scan.already_running")
            self.listen(on_event)
            intake = PageIntake(self._held, _Placing(self, actor_id, aim).keep, self._tell)
            self._job = job
            self._thread = threading.Thread(target=intake.take, args=(job,), name="capture", daemon=True)
            self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the scanner has ended; False when it took longer."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def cancel(self) -> None:
        """Stop the scanner, or the making of documents; pages that came stay."""
        job, maker = self._job, self._maker
        if job is not None and self.running:
            job.cancel()
        if maker is not None:
            maker.stop()

    def arrive(self, actor_id: str, kept: KeptPage, after: str, instead_of: str) -> PageView:
        """Seal a page and put it in its place; for the intake."""
        with self._lock:
            entry = PageEntry.of("", kept.page, kept.source_sha256)

            def come(row_id: str) -> History:
                sheet = Sheet(row_id, out=Out.REPLACED if instead_of else entry.out)
                history = self._history.arrive(sheet, after=instead_of or after)
                if instead_of:
                    return history.act(history.present.replace_page(instead_of, row_id))
                return self._separated(history, row_id, entry)

            row_id, self._history = self._shelf.seal(actor_id, kept, len(self._entries) + 1, come)
            self._entries[row_id] = replace(entry, row_id=row_id)
            self._pictures.arrived(row_id, kept.page)
            self._read_behind(self._history.present.sheet(row_id))
            return self._page(row_id)

    def _separated(self, history: History, row_id: str, entry: PageEntry) -> History:
        """Begin a document at a separator sheet, for the component it names: ours for a code nobody has."""
        if entry.separates is None:
            return history
        order = history.present
        ids = {code: component_id for component_id, code in self._shelf.components().items()}
        return history.act(order.divide({order.keys.index(row_id): ids.get(entry.separates, order.home)}))

    def _read_behind(self, sheet: Sheet) -> None:
        """Have a page read while the stack still runs; it is opened when its turn comes."""
        if sheet.out is Out.NO:
            self._tools.reading.ask(sheet.stamp, partial(self._pictures.page, sheet))

    # ------------------------------------------------------------------ looking
    def pages(self) -> tuple[PageView, ...]:
        """Return the pages in order, those left out too."""
        return self.view().pages

    def view(self) -> BatchView:
        """Return how the batch stands."""
        with self._lock:
            pages, documents = listed(self._history.present, self._entries, self._pictures)
            can_undo, can_redo = bool(self._history.past), bool(self._history.future)
            return BatchView(pages, documents, can_undo, can_redo, self.running, self.keeping)

    def thumbnail(self, key: str) -> bytes:
        """Return a page's small picture, as JPEG."""
        return self._pictures.thumbnail(self._sheet(key))

    def preview(self, key: str, max_px: int = 1600) -> bytes:
        """Return a page to read on the screen, as JPEG."""
        return self._pictures.preview(self._sheet(key), max_px)

    def full(self, key: str) -> bytes:
        """Return a page dot by dot, as JPEG."""
        return self._pictures.full(self._sheet(key))

    def original(self, key: str, max_px: int = 1600) -> PictureView:
        """Return a page as the scanner gave it, to compare with."""
        return self._pictures.original(self._sheet(key), max_px)

    def seals(self, key: str) -> tuple[Part, ...]:
        """Return where red seals lie on a page, largest first."""
        return self._pictures.seals(self._sheet(key))

    def cropping(self, key: str, max_px: int = 1600) -> CropView:
        """Return what is needed to cut a page by hand."""
        return self._pictures.cropping(self._sheet(key), max_px)

    # ------------------------------------------------------------------ acts
    def rotate(self, actor: Actor, keys: Keys, quarters: int) -> PageView:
        """Turn pages clockwise by quarter turns; return the first of them."""
        named = _named(keys)
        with self._lock:
            self._act(actor, lambda order: order.rotate(named, quarters))
            return self._page(named[0])

    def crop(self, actor: Actor, key: str, crop: Crop | None) -> PageView:
        """Cut a page elsewhere: off the page as it is turned now; None: as the machine found."""
        fitted: Crop | None = None
        if crop is not None:
            now = self.cropping(key, max_px=64)
            fitted = crop.inside(now.width_mm, now.height_mm)
            fitted = None if fitted == now.found else fitted.turned(-self._sheet(key).quarters)
        with self._lock:
            self._act(actor, lambda order: order.crop(key, fitted))
            return self._page(key)

    def move(self, actor: Actor, keys: Keys, to_index: int) -> None:
        """Put pages somewhere else in the order."""
        self._act(actor, lambda order: order.move_to(_named(keys), to_index))

    def shift(self, actor: Actor, keys: Keys, step: int) -> None:
        """Move pages one place on or back, across documents too."""
        self._act(actor, lambda order: order.shift(_named(keys), step))

    def place(self, actor: Actor, keys: Keys, anchor: str, *, after: bool) -> None:
        """Put pages before or behind another page, in its document."""
        self._act(actor, lambda order: order.place(_named(keys), anchor, after=after))

    def drop(self, actor: Actor, keys: Keys) -> None:
        """Leave pages out of the document; they can be restored until the document is made."""
        self._act(actor, lambda order: order.leave_out(_named(keys)))

    def restore(self, actor: Actor, keys: Keys) -> None:
        """Take dropped, replaced or blank pages into the document after all."""
        self._act(actor, lambda order: order.restore(_named(keys)))

    def blanks(self, actor: Actor, *, keep: bool) -> None:
        """Take all blank pages in, or leave them all out."""
        with self._lock:
            blank = [key for key, entry in self._entries.items() if entry.blank]
            self._act(
                actor, lambda order: order.restore(blank) if keep else order.leave_out(blank, Out.BLANK)
            )

    def split(self, actor: Actor, key: str) -> None:
        """Begin another document behind a page."""
        self._act(actor, lambda order: order.split(key))

    def merge(self, actor: Actor, key: str) -> None:
        """Join a page's document with the next one."""
        self._act(actor, lambda order: order.merge(key))

    def assign(self, actor: Actor, key: str, component_id: str) -> None:
        """Let the document of a page go to a component of the same dossier."""
        if component_id not in self._shelf.components():
            raise NotFound
        self._act(actor, lambda order: order.assign(key, component_id))

    def assign_pages(self, actor: Actor, components: Mapping[int, str]) -> None:
        """Make documents by page, as one act: for separator sheets and the like.

        Args:
            actor: who does it.
            components: index of a page in the batch -> code of the component to which it and the pages
                behind it go, up to the next index.

        Raises:
            NotFound: a code that the dossier does not have.
        """
        ids = {code: component_id for component_id, code in self._shelf.components().items()}
        if not set(components.values()) <= set(ids):
            raise NotFound
        self._act(actor, lambda order: order.divide({at: ids[code] for at, code in components.items()}))

    def undo(self, actor: Actor) -> None:
        """Undo the last act; nothing to do when there was none."""
        self._turn(actor, History.undo)

    def redo(self, actor: Actor) -> None:
        """Do again what was undone last."""
        self._turn(actor, History.redo)

    # ------------------------------------------------------------------ the end
    def keep(self, actor: Actor) -> FileView:
        """Make the document, the first where there are several: see `keep_all`."""
        return self.keep_all(actor)[0]

    def keep_all(self, actor: Actor) -> tuple[FileView, ...]:
        """Make the documents: PDF/A written, read back, sealed, attached, all or none.

        Durable when this returns.

        Raises:
            Refused: scan.already_running, scan.no_pages, scan.keep_stopped, dossier.not_editable.
        """
        require(actor, Act.SCAN)
        maker = DocumentMaker(self._pictures, self._tools, self._tell)
        with self._lock:
            self._require_rest()
            documents = [document for document in self._history.present.documents if document.kept]
            if not documents:
                raise Refused("scan.no_pages")
            self._maker = maker
        try:
            files = self._shelf.attach(actor.user_id, maker.make(documents), list(self._entries))
            self._forget()  # a second click finds nothing to keep twice
            return files
        finally:
            self._maker = None

    def discard(self, actor: Actor) -> None:
        """Let all pages go."""
        require(actor, Act.SCAN)
        with self._lock:
            self._require_rest()
            self._shelf.discard(actor.user_id, list(self._entries))
            self._forget()
            self._over = True

    # ------------------------------------------------------------------ inside
    def _act(self, actor: Actor, change: Callable[[PageOrder], PageOrder]) -> None:
        self._turn(actor, lambda history: history.act(change(history.present)))

    def _turn(self, actor: Actor, change: Callable[[History], History]) -> None:
        require(actor, Act.SCAN)
        with self._lock:
            if self.keeping:
                raise Refused("scan.already_running")
            try:
                fresh = change(self._history)
            except KeyError as error:
                raise NotFound from error
            if fresh is not self._history:
                self._shelf.save_order(actor.user_id, fresh.present)
                self._history = fresh

    def _require_rest(self) -> None:
        if self.running or self.keeping:
            raise Refused("scan.already_running")

    def _forget(self) -> None:
        with self._lock:
            self._tools.reading.forget(*self._entries)
            self._entries = {}
            self._history = History(PageOrder(self._history.present.home))
            self._pictures.forget()

    def _sheet(self, key: str) -> Sheet:
        with self._lock:
            try:
                return self._history.present.sheet(key)
            except KeyError as error:
                raise NotFound from error

    def _page(self, key: str) -> PageView:
        pages, _ = listed(self._history.present, self._entries, self._pictures)
        for page in pages:
            if page.key == key:
                return page
        raise NotFound

    def _tell(self, event: CaptureEvent) -> None:
        with self._lock:
            sinks = tuple(self._sinks)
        for sink in sinks:
            try:
                sink(event)
            except Exception as error:  # noqa: BLE001  -- a window that is gone must not stop the scanner
                log.warning("capture listener failed: %s", type(error).__name__)


class _Placing:
    """Where the next page of a scan goes."""

    def __init__(self, batch: CaptureBatch, actor_id: str, aim: Aim) -> None:
        self._batch, self._actor_id = batch, actor_id
        self._after, self._instead_of = aim.after, aim.instead_of

    def keep(self, kept: KeptPage) -> PageView:
        view = self._batch.arrive(self._actor_id, kept, self._after, self._instead_of)
        if self._after or self._instead_of:
            self._after, self._instead_of = view.key, ""
        return view


def _named(keys: Keys) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else tuple(keys)
