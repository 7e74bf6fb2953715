"""A batch of pages for one component: arriving, looked through, made into a document."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from scanning import (
    CleanOptions,
    clean,
    preview,
    rotate,
)
from scanning.devices import PageCaptured, ScanEnded, ScanFault, ScanJob
from scanning.errors import ScanningError
from van_station.security import SecurityError
from van_station.services.actor import Actor
from van_station.services.capture_events import (
    CaptureEvent,
    Ended,
    Fault,
    FileView,
    PageArrived,
    PageEntry,
    PageView,
)
from van_station.services.errors import NotFound, Refused, ServiceError
from van_station.services.page_shelf import PageShelf
from van_station.store import StoreError

log = logging.getLogger(__name__)
EventSink = Callable[[CaptureEvent], None]


class CaptureBatch:
    """Pages in order; each is sealed before it is shown. Thread-safe."""

    def __init__(self, shelf: PageShelf, entries: list[PageEntry]) -> None:
        self._shelf = shelf
        self._entries = entries
        # A kill between sealing a page and removing its file makes a folder give it again: once is enough.
        self._held = {entry.source_sha256 for entry in entries}
        self._lock = threading.RLock()
        self._job: ScanJob | None = None
        self._thread: threading.Thread | None = None
        self._sink: EventSink = lambda _: None
        self._keeping = False
        self._over = False

    @property
    def over(self) -> bool:
        """Whether its pages became a document or were let go: the next scan begins a new batch."""
        return self._over

    @property
    def running(self) -> bool:
        """Whether the scanner is still at work."""
        return self._thread is not None and self._thread.is_alive()

    def run(self, actor_id: str, job: ScanJob, on_event: EventSink) -> None:
        """Take the pages of a job on a thread of its own."""
        with self._lock:
            if self.running or self._keeping:
                job.close()
                raise Refused("scan.already_running")
            self._job, self._sink = job, on_event
            self._thread = threading.Thread(
                target=self._take, args=(actor_id, job, on_event), name="capture", daemon=True
            )
            self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the scanner has ended; False when it took longer."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def cancel(self) -> None:
        """Stop the scanner; pages that came stay."""
        job = self._job
        if job is not None and self.running:
            job.cancel()

    def pages(self) -> tuple[PageView, ...]:
        """Return the pages in order."""
        with self._lock:
            return tuple(_view(entry, index) for index, entry in enumerate(self._entries))

    def preview(self, key: str) -> bytes:
        """Return a page to read on the screen, as JPEG."""
        return preview(self._entry(key)[1].page)

    def rotate(self, actor: Actor, key: str, quarters: int) -> PageView:
        """Turn a page clockwise by quarter turns; the turned page is sealed first."""
        with self._lock:
            index, entry = self._entry(key)
            page = rotate(entry.page, (quarters % 4) * 90)
            row_id = self._shelf.replace(actor.user_id, entry, page, index + 1)
            self._entries[index] = replace(
                PageEntry.of(row_id, page, entry.source_sha256), dropped=entry.dropped
            )
            return _view(self._entries[index], index)

    def move(self, actor: Actor, key: str, to_index: int) -> None:
        """Put a page somewhere else in the order."""
        with self._lock:
            index, entry = self._entry(key)
            self._entries.pop(index)
            self._entries.insert(max(0, min(to_index, len(self._entries))), entry)
            self._shelf.reorder(actor.user_id, [each.row_id for each in self._entries])

    def drop(self, actor: Actor, key: str) -> None:
        """Leave a page out of the document; it can be restored until the document is made."""
        del actor
        self._mark(key, dropped=True)

    def restore(self, actor: Actor, key: str) -> None:
        """Take a dropped or blank page into the document after all."""
        del actor
        self._mark(key, dropped=False)

    def keep(self, actor: Actor) -> FileView:
        """Make the document: PDF/A written, read back, sealed, attached. Durable when this returns.

        Raises:
            Refused: scan.already_running, scan.no_pages, dossier.not_editable.
        """
        with self._lock:
            if self.running or self._keeping:
                raise Refused("scan.already_running")
            self._keeping = True
            entries = tuple(self._entries)
        try:
            file = self._shelf.make_document(actor.user_id, entries, self._sink)
            with self._lock:
                self._entries = []  # a second click finds nothing to keep twice
            return file
        finally:
            self._keeping = False

    def discard(self, actor: Actor) -> None:
        """Let all pages go."""
        with self._lock:
            if self.running or self._keeping:
                raise Refused("scan.already_running")
            self._shelf.discard(actor.user_id, [entry.row_id for entry in self._entries])
            self._end()

    def _end(self) -> None:
        with self._lock:
            self._entries = []
            self._over = True

    def _take(self, actor_id: str, job: ScanJob, on_event: EventSink) -> None:
        """Take pages until the device ends, or until one can't be kept: later ones must not close the gap."""
        pages, safe = 0, True
        try:
            with job:
                for event in job:
                    match event:
                        case PageCaptured() if safe:
                            kept = self._take_page(actor_id, job, event, on_event)
                            safe = kept is not None
                            pages += kept or 0
                        case ScanFault() if safe:
                            _tell(on_event, Fault(event.code, event.page_no, event.retryable))
                        case ScanEnded():
                            break
        except Exception as error:  # noqa: BLE001  -- the screen must hear of an end, whatever the defect
            log.error("scan ended: %s", type(error).__name__)  # noqa: TRY400
            _tell(on_event, Fault(ScanningError.code, pages + 1, retryable=True))
        _tell(on_event, Ended(pages))

    def _take_page(self, actor_id: str, job: ScanJob, event: PageCaptured, on_event: EventSink) -> int | None:
        """Return how many pages were kept, 0 or 1; None when the page is good and can't be kept."""
        number = event.page.sequence
        source = hashlib.sha256(event.page.image).hexdigest()
        if source in self._held:
            self._held.discard(source)
            job.acknowledge([event.page])
            return 0
        try:
            page = clean(event.page, CleanOptions())
            with self._lock:
                index = len(self._entries)
                row_id = self._shelf.seal(actor_id, page, source, index + 1)
                self._entries.append(PageEntry.of(row_id, page, source))
                view = _view(self._entries[index], index)
        except ScanningError as error:
            _tell(on_event, Fault(error.code, number, error.retryable))
            return 0
        except (StoreError, SecurityError, ServiceError) as error:
            # the page is not safe: stop pulling paper in, and say why
            job.cancel()
            _tell(on_event, Fault(error.code, number, error.retryable))
            return None
        job.acknowledge([event.page])
        _tell(on_event, PageArrived(view))
        return 1

    def _mark(self, key: str, *, dropped: bool) -> None:
        with self._lock:
            index, entry = self._entry(key)
            self._entries[index] = replace(entry, dropped=dropped)

    def _entry(self, key: str) -> tuple[int, PageEntry]:
        with self._lock:
            for index, entry in enumerate(self._entries):
                if entry.row_id == key:
                    return index, entry
        raise NotFound


def _view(entry: PageEntry, index: int) -> PageView:
    return PageView(
        key=entry.row_id,
        index=index,
        blank=entry.page.blank,
        dropped=entry.dropped,
        findings=tuple(finding.code for finding in entry.page.findings),
        thumbnail=entry.thumbnail,
        width_px=entry.page.width_px,
        height_px=entry.page.height_px,
    )


def _tell(sink: EventSink, event: CaptureEvent) -> None:
    try:
        sink(event)
    except Exception as error:  # noqa: BLE001  -- a window that is gone must not stop the scanner
        log.warning("capture listener failed: %s", type(error).__name__)
