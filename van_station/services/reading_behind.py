"""Reading pages behind the operator: words and the way up, while the stack still runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

from scanning import CleanPage, ocr
from scanning.errors import ScanningError
from scanning.ocr import Reading
from van_station.services.errors import ServiceError
from van_station.store import StoreError

log = logging.getLogger(__name__)
LANGUAGE = "vie"
MAX_READERS = 4
ReadListener = Callable[[str, Reading], None]
Source = CleanPage | Callable[[], CleanPage]
"""A page, or what opens it when its turn comes: a page that waits need not be held."""


class ReadingBehind:
    """Reads pages one by one on threads of its own; the programs they start run at low priority.

    Only what was read is kept, not the pages. Nothing here is durable: after a restart pages are read again.
    """

    def __init__(self, *, use_ocr: bool) -> None:
        self._use_ocr = use_ocr
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Reading | None]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    @property
    def able(self) -> bool:
        """Whether pages are read on this machine."""
        return self._use_ocr and ocr.status().available

    def ask(self, key: str, page: Source, told: ReadListener | None = None) -> None:
        """Have a page read when its turn comes; `told` hears of it on a reader's thread."""
        with self._lock:
            if self._closed or key in self._asked or not self.able:
                return
            if self._pool is None:
                readers = min(os.cpu_count() or 1, MAX_READERS)
                self._pool = ThreadPoolExecutor(readers, thread_name_prefix="reading")
            future = self._asked[key] = self._pool.submit(_read, page)
        if told is not None:
            future.add_done_callback(lambda done: _tell(told, key, done))

    def result(self, key: str, page: Source) -> Reading | None:
        """Return what was read on a page, waiting for it; None when it cannot be read."""
        self.ask(key, page)
        with self._lock:
            future = self._asked.get(key)
        try:
            return None if future is None else future.result()
        except CancelledError:
            return None

    def forget(self, *keys: str) -> None:
        """Drop what was read of pages, however they are turned or cut, and do not read what was not begun.

        Args:
            keys: of pages; what is asked for is a page's key, or its key, a slash, and how it is shown.
        """
        names = set(keys)
        with self._lock:
            old = [key for key in self._asked if key.partition("/")[0] in names]
            gone = [self._asked.pop(key) for key in old]
        for future in gone:
            future.cancel()

    def close(self) -> None:
        """Stop; what is being read is waited for (a page takes about a second)."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
            self._asked.clear()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _read(source: Source) -> Reading | None:
    """Return the page's text, or None: a page without a text layer is still a page.

    A page that a person has turned stays as that person wants it.
    """
    try:
        page = source if isinstance(source, CleanPage) else source()
        if page.rotation_deg:
            return Reading(0, ocr.read(page, language=LANGUAGE))
        return ocr.read_upright(page, language=LANGUAGE)
    except (ScanningError, ServiceError, StoreError) as error:
        log.info("a page was not read: %s", error.code)
        return None


def _tell(told: ReadListener, key: str, done: Future[Reading | None]) -> None:
    if done.cancelled():
        return
    reading = done.result() if done.exception() is None else None
    if reading is None:
        return
    try:
        told(key, reading)
    except Exception as error:  # noqa: BLE001  -- a window that is gone must not stop the reading
        log.warning("reading listener failed: %s", type(error).__name__)
