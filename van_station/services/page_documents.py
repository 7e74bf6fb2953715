"""From pages in order to documents: read, upright, PDF/A written, read back and compared. Can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from scanning import CleanPage, ocr, pdf
from scanning.errors import ScanningError
from scanning.numbering import missing_pages, printed_number
from scanning.ocr import Reading
from van_station.rules.digitisation import DigitisationLimits, PageFacts, check_document
from van_station.rules.findings import Finding
from van_station.rules.page_order import Document
from van_station.services.capture_events import Progress
from van_station.services.clock import Clock
from van_station.services.errors import NotNow, Refused
from van_station.services.page_pictures import PagePictures, PagesToKeep
from van_station.services.page_shelf import Made
from van_station.services.reading_behind import ReadingBehind

Quality = Literal["small", "archive"]


@dataclass(frozen=True)
class DocumentTools:
    """How this machine makes documents: who reads, what they are checked against, which quality."""

    reading: ReadingBehind
    clock: Clock
    limits: DigitisationLimits | None = None
    quality: Quality = "small"


class DocumentMaker:
    """Writes the documents of a batch, one page in memory at a time.

    Args:
        pictures: opens the pages.
        tools: of this machine.
        progress: told what is going on, page by page.
    """

    def __init__(
        self, pictures: PagePictures, tools: DocumentTools, progress: Callable[[Progress], None]
    ) -> None:
        self._pictures = pictures
        self._tools = tools
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
            made.append(self._written(document, done, total))
            done += len(document.kept)
        return tuple(made)

    def _steps(self, step: str, done: int, total: int) -> Callable[[int], None]:
        def looked_at(index: int) -> None:
            if self._stopped.is_set():
                raise Refused("scan.keep_stopped")
            self._progress(Progress(step, done + index, total))

        return looked_at

    def _pages(self, document: Document, step: str, done: int, total: int) -> PagesToKeep:
        return PagesToKeep(document.kept, self._pictures, self._steps(step, done, total))

    def _written(self, document: Document, done: int, total: int) -> Made:
        try:
            readings = self._read(document, done, total)
            try:
                data, facts = self._compared(document, readings, self._tools.quality, (done, total))
            except ScanningError:  # patterned paper may lose more in small files than we allow: keep it whole
                data, facts = self._compared(document, readings, "archive", (done, total))
        except ScanningError as error:
            raise NotNow(error.code) from error
        turned = sum(reading is not None and reading.turned_deg != 0 for reading in readings)
        notes = (*_missing(readings, facts), *self._short(facts, len(data)))
        return Made(document.component, data, len(document.kept), turned, notes)

    def _read(self, document: Document, done: int, total: int) -> list[Reading | None]:
        """Return what is read on the pages; most were read already, behind the operator."""
        reading = self._tools.reading
        if not reading.able:
            return [None] * len(document.kept)
        looked_at = self._steps("scan.reading_text", done, total)
        found = []
        for index, sheet in enumerate(document.kept):
            looked_at(index)
            found.append(reading.result(sheet.stamp, partial(self._pictures.page, sheet)))
        return found

    def _compared(
        self,
        document: Document,
        readings: Sequence[Reading | None],
        quality: Quality,
        at: tuple[int, int],
    ) -> tuple[bytes, list[PageFacts]]:
        pages = _Upright(self._pages(document, "scan.writing", *at), readings)
        layers = [None if reading is None else reading.layer for reading in readings]
        created = self._tools.clock.now()
        data = pdf.write(pages, layers=layers, title="", created=created, quality=quality)
        facts: list[PageFacts] = []
        compared = _Upright(self._pages(document, "scan.comparing", *at), readings, facts)
        pdf.verify(data, compared)
        return data, facts

    def _short(self, facts: Sequence[PageFacts], size_bytes: int) -> tuple[Finding, ...]:
        limits = self._tools.limits
        return tuple(check_document(facts, size_bytes, limits)) if limits is not None else ()


class _Upright(Sequence[CleanPage]):
    """Pages as they were read: turned upright; what rules look at is noted the first time each is opened."""

    def __init__(
        self, pages: PagesToKeep, readings: Sequence[Reading | None], facts: list[PageFacts] | None = None
    ) -> None:
        self._pages, self._readings, self._facts = pages, readings, facts

    def __len__(self) -> int:
        return len(self._pages)

    def __getitem__(self, index: int) -> CleanPage:  # type: ignore[override]  # nobody takes slices
        page, reading = self._pages[index], self._readings[index]
        page = page if reading is None else ocr.turned(page, reading)
        if self._facts is not None and index == len(self._facts):
            self._facts.append(_facts(page))
        return page

    def __iter__(self) -> Iterator[CleanPage]:
        return (self[index] for index in range(len(self)))


def _facts(page: CleanPage) -> PageFacts:
    """Return what rules look at; lean that was taken out is none."""
    leaning = [finding.value or 0.0 for finding in page.findings if finding.code == "scan.skewed"]
    return PageFacts(page.width_px, page.height_px, page.dpi, leaning[0] if leaning else 0.0)


def _missing(readings: Sequence[Reading | None], facts: Sequence[PageFacts]) -> Iterator[Finding]:
    """Return where printed page numbers jump."""
    numbers = [
        printed_number(None if reading is None else reading.layer, fact.height_px)
        for reading, fact in zip(readings, facts, strict=True)
    ]
    for gap in missing_pages(numbers):
        yield Finding("digitise.page_missing", args={"first": gap.first, "last": gap.last})
