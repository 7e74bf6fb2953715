"""From pages in order to documents: text read, PDF/A written, read back and compared. Can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Literal

from scanning import CleanPage, TextLayer, ocr, pdf
from scanning.errors import ScanningError
from van_station.rules.page_order import Document
from van_station.services.capture_events import Progress
from van_station.services.clock import Clock
from van_station.services.errors import NotNow, Refused
from van_station.services.page_pictures import PagePictures, PagesToKeep
from van_station.services.page_shelf import Made

_LANGUAGE = "vie"


class DocumentMaker:
    """Writes the documents of a batch, one page in memory at a time.

    Args:
        pictures: opens the pages.
        clock: says when a document was made.
        use_ocr: whether text is to be read.
        progress: told what is going on, page by page.
    """

    def __init__(
        self, pictures: PagePictures, clock: Clock, *, use_ocr: bool, progress: Callable[[Progress], None]
    ) -> None:
        self._pictures = pictures
        self._clock = clock
        self._use_ocr = use_ocr
        self._progress = progress
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Stop before the next page: nothing is attached then."""
        self._stopped.set()

    def make(self, documents: Sequence[Document]) -> tuple[Made, ...]:
        """Write all documents.

        Raises:
            Refused: scan.keep_stopped. NotNow: a scanning error's code.
        """
        total = sum(len(document.kept) for document in documents)
        made: list[Made] = []
        done = 0
        for document in documents:
            data = self._written(document, done, total)
            done += len(document.kept)
            made.append(Made(document.component, data, len(document.kept)))
        return tuple(made)

    def _pages(self, document: Document, step: str, done: int, total: int) -> PagesToKeep:
        def looked_at(index: int) -> None:
            if self._stopped.is_set():
                raise Refused("scan.keep_stopped")
            self._progress(Progress(step, done + index, total))

        return PagesToKeep(document.kept, self._pictures, looked_at)

    def _written(self, document: Document, done: int, total: int) -> bytes:
        layers: list[TextLayer | None] = [None] * len(document.kept)
        try:
            if self._use_ocr and ocr.status().available:
                layers = [
                    _read_text(page) for page in self._pages(document, "scan.reading_text", done, total)
                ]
            try:
                return self._compared(document, layers, "small", (done, total))
            except ScanningError:  # patterned paper may lose more in small files than we allow: keep it whole
                return self._compared(document, layers, "archive", (done, total))
        except ScanningError as error:
            raise NotNow(error.code) from error

    def _compared(
        self,
        document: Document,
        layers: Sequence[TextLayer | None],
        quality: Literal["small", "archive"],
        at: tuple[int, int],
    ) -> bytes:
        pages = self._pages(document, "scan.writing", *at)
        data = pdf.write(pages, layers=layers, title="", created=self._clock.now(), quality=quality)
        pdf.verify(data, self._pages(document, "scan.comparing", *at))
        return data


def _read_text(page: CleanPage) -> TextLayer | None:
    """Return the page's text, or None: a page without a text layer is still a page."""
    try:
        return ocr.read(page, language=_LANGUAGE)
    except ScanningError:
        return None
