"""What a capture tells the screen while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from scanning import CleanPage, thumbnail
from van_station.rules.findings import Finding


@dataclass(frozen=True)
class PageView:
    """A page of a batch. Pictures are in memory only."""

    key: str
    index: int
    blank: bool
    dropped: bool
    findings: tuple[str, ...]
    thumbnail: bytes = field(repr=False)
    width_px: int
    height_px: int


@dataclass(frozen=True)
class FileView:
    """A sealed document."""

    id: str
    component_id: str
    page_count: int
    size_bytes: int
    sealed_at: datetime
    media_type: str
    turned: int = field(default=0, compare=False)
    """How many pages were turned upright when it was made; told once, by `keep`."""
    notes: tuple[Finding, ...] = field(default=(), compare=False)
    """What it falls short of, and pages that seem to be missing; told once, by `keep`."""
    others: tuple[FileView, ...] = field(default=(), compare=False)
    """Documents that separator sheets made beside this one; told once, by `keep`."""


@dataclass(frozen=True)
class PageArrived:
    """A page came, and is sealed on the disk."""

    page: PageView


@dataclass(frozen=True)
class Fault:
    """Something went wrong at page `page_no` (1-based; 0: before the first); earlier pages are kept."""

    code: str
    page_no: int
    retryable: bool


@dataclass(frozen=True)
class Ended:
    """The device has no more to give."""

    pages: int


@dataclass(frozen=True)
class Progress:
    """A long step: `done` of `total`; code names its text."""

    step: str
    done: int
    total: int


@dataclass(frozen=True)
class PageEntry:
    """A page of the batch and the row that keeps it."""

    row_id: str
    page: CleanPage = field(repr=False)
    thumbnail: bytes = field(repr=False)
    dropped: bool
    source_sha256: str
    """Of the raw page as the device gave it."""

    @classmethod
    def of(cls, row_id: str, page: CleanPage, source_sha256: str) -> PageEntry:
        """Make an entry; a blank page or separator sheet is dropped until somebody restores it."""
        return cls(row_id, page, thumbnail(page), page.blank or page.is_separator, source_sha256)


CaptureEvent = PageArrived | Fault | Ended | Progress
