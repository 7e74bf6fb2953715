"""What a capture tells the screen: pages, documents, and news while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from scanning import CleanPage, Finding, read_separator
from van_station.rules.findings import Finding as Note
from van_station.rules.page_geometry import Crop, Part
from van_station.rules.page_order import Out


@dataclass(frozen=True)
class Mark:
    """Something found on a page, and where on the page as it is shown now (None: the whole page)."""

    code: str
    part: Part | None


@dataclass(frozen=True)
class PageView:
    """A page of a batch as it would be kept now; its pictures are asked for by key.

    `stamp` changes when the page's picture does.
    """

    key: str
    index: int
    document: int
    blank: bool
    out: Out
    quarters: int
    crop: Crop | None
    marks: tuple[Mark, ...]
    width_px: int
    height_px: int

    @property
    def dropped(self) -> bool:
        """Whether it is left out of its document."""
        return self.out is not Out.NO

    @property
    def findings(self) -> tuple[str, ...]:
        """The codes of what was found."""
        return tuple(dict.fromkeys(mark.code for mark in self.marks))

    @property
    def stamp(self) -> str:
        """Name of the picture: other stamps are other pictures."""
        return f"{self.key}/{self.quarters}/{self.crop}"


@dataclass(frozen=True)
class DocumentView:
    """Pages that become one file of one component."""

    index: int
    component_id: str
    keys: tuple[str, ...]
    kept: int


@dataclass(frozen=True)
class BatchView:
    """A batch at one moment."""

    pages: tuple[PageView, ...]
    documents: tuple[DocumentView, ...]
    can_undo: bool
    can_redo: bool
    running: bool
    keeping: bool


@dataclass(frozen=True)
class PictureView:
    """A picture and its size."""

    picture: bytes = field(repr=False)
    width_px: int
    height_px: int


@dataclass(frozen=True)
class CropView:
    """A page to be cut: everything the scanner saw, turned as the page is, and the cut as it is now."""

    picture: bytes = field(repr=False)
    width_mm: float
    height_mm: float
    crop: Crop
    found: Crop
    """What the machine cut by itself."""


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
    notes: tuple[Note, ...] = field(default=(), compare=False)
    """What it falls short of, and pages that seem to be missing; told once, by `keep`."""


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
    """What is remembered of a page of the batch; its pictures lie in the store under its row."""

    row_id: str
    blank: bool
    findings: tuple[Finding, ...]
    width_px: int
    height_px: int
    dpi: int
    source_sha256: str
    """Of the raw page as the device gave it."""
    separates: str | None = None
    """Of a separator sheet: the code of the paper that follows it, "" for any; None for a page."""

    @classmethod
    def of(cls, row_id: str, page: CleanPage, source_sha256: str) -> PageEntry:
        """Make an entry."""
        sheet = read_separator(page) if page.is_separator else None
        size = (page.width_px, page.height_px, page.dpi)
        code = None if sheet is None else sheet.code
        return cls(row_id, page.blank, page.findings, *size, source_sha256, code)

    @property
    def out(self) -> Out:
        """Why it is left out at first: a blank page or a separator sheet is, until somebody takes it back."""
        if self.separates is not None:
            return Out.SEPARATOR
        return Out.BLANK if self.blank else Out.NO


CaptureEvent = PageArrived | Fault | Ended | Progress
