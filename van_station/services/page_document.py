"""From kept pages to the bytes of a document: read, turned upright, written, compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scanning import CleanPage, TextLayer, ocr, pdf
from scanning.errors import ScanningError
from van_station.services.capture_events import PageEntry, Progress
from van_station.services.errors import NotNow
from van_station.services.reading_behind import ReadingBehind

Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class WrittenDocument:
    """A document that was read back and shows its pages.

    Attributes:
        turned: how many pages were turned upright by what was read on them.
    """

    data: bytes = field(repr=False)
    pages: tuple[CleanPage, ...] = field(repr=False)
    turned: int


def write_document(
    entries: Sequence[PageEntry], reading: ReadingBehind, created: datetime, tell: Tell
) -> WrittenDocument:
    """Return the document of some pages; at least one.

    Raises:
        NotNow: a scanning error's code.
    """
    pages, layers, turned = _read(entries, reading, tell)
    try:
        data = _compared(pages, layers, "small", created, tell)
    except ScanningError:  # patterned paper may lose more in small files than we allow: keep it whole
        try:
            data = _compared(pages, layers, "archive", created, tell)
        except ScanningError as error:
            raise NotNow(error.code) from error
    return WrittenDocument(data, tuple(pages), turned)


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
    quality: Literal["small", "archive"],
    created: datetime,
    tell: Tell,
) -> bytes:
    tell(Progress("scan.writing", 0, 1))
    data = pdf.write(pages, layers=layers, title="", created=created, quality=quality)
    tell(Progress("scan.comparing", 0, 1))
    pdf.verify(data, pages)
    return data
