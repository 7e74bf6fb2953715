"""From kept pages to the bytes of a document: read, turned upright, written, compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scanning import CleanPage, TextLayer, ocr, pdf
from scanning.errors import ScanningError
from scanning.numbering import Gap, missing_pages, printed_number
from van_station.rules.digitisation import DigitisationLimits, PageFacts, check_document
from van_station.rules.findings import Finding
from van_station.services.capture_events import PageEntry, Progress
from van_station.services.clock import Clock
from van_station.services.errors import NotNow
from van_station.services.reading_behind import ReadingBehind

Quality = Literal["small", "archive"]
Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class WrittenDocument:
    """A document that was read back and shows its pages.

    Attributes:
        pages: what rules look at.
        turned: how many pages were turned upright by what was read on them.
        gaps: where printed page numbers jump.
    """

    data: bytes = field(repr=False)
    pages: tuple[PageFacts, ...]
    turned: int
    gaps: tuple[Gap, ...]

    def notes(self, limits: DigitisationLimits | None) -> tuple[Finding, ...]:
        """Return what the document falls short of, and pages that its printed numbers miss."""
        short = check_document(self.pages, len(self.data), limits) if limits is not None else ()
        missing = (
            Finding("digitise.page_missing", args={"first": gap.first, "last": gap.last}) for gap in self.gaps
        )
        return (*missing, *short)


@dataclass(frozen=True)
class DocumentMaker:
    """How this machine makes documents: who reads, what they are checked against, which quality."""

    reading: ReadingBehind
    clock: Clock
    limits: DigitisationLimits | None = None
    quality: Quality = "small"

    def write(self, entries: Sequence[PageEntry], tell: Tell) -> WrittenDocument:
        """Return the document of some pages, as `write_document`."""
        return write_document(entries, self.reading, self.clock.now(), tell, quality=self.quality)


def write_document(
    entries: Sequence[PageEntry],
    reading: ReadingBehind,
    created: datetime,
    tell: Tell,
    *,
    quality: Quality = "small",
) -> WrittenDocument:
    """Return the document of some pages; at least one.

    Raises:
        NotNow: a scanning error's code.
    """
    pages, layers, turned = _read(entries, reading, tell)
    try:
        data = _compared(pages, layers, quality, created, tell)
    except ScanningError:  # patterned paper may lose more in small files than we allow: keep it whole
        try:
            data = _compared(pages, layers, "archive", created, tell)
        except ScanningError as error:
            raise NotNow(error.code) from error
    numbers = [printed_number(layer, page.height_px) for layer, page in zip(layers, pages, strict=True)]
    facts = tuple(_facts(page) for page in pages)
    return WrittenDocument(data, facts, turned, missing_pages(numbers))


def _facts(page: CleanPage) -> PageFacts:
    """Return what rules look at; lean that was taken out is none."""
    leaning = [finding.value or 0.0 for finding in page.findings if finding.code == "scan.skewed"]
    return PageFacts(page.width_px, page.height_px, page.dpi, leaning[0] if leaning else 0.0)


def _read(
    entries: Sequence[PageEntry], reading: ReadingBehind, tell: Tell
) -> tuple[list[CleanPage], list[TextLayer | None], int]:
    """Return pages as they belong, their words, and how many were turned; most were read already."""
    pages: list[CleanPage] = []
    layers: list[TextLayer | None] = []
    turned = 0
    for index, entry in enumerate(entries):
        if reading.able:
            tell(Progress("scan.reading_text", index, len(entries)))
        read = reading.result(entry.row_id, entry.page)
        layers.append(read.layer if read is not None else None)
        pages.append(entry.page if read is None else ocr.turned(entry.page, read))
        turned += bool(read is not None and read.turned_deg)
    return pages, layers, turned


def _compared(
    pages: Sequence[CleanPage],
    layers: Sequence[TextLayer | None],
    quality: Quality,
    created: datetime,
    tell: Tell,
) -> bytes:
    tell(Progress("scan.writing", 0, 1))
    data = pdf.write(pages, layers=layers, title="", created=created, quality=quality)
    tell(Progress("scan.comparing", 0, 1))
    pdf.verify(data, pages)
    return data
