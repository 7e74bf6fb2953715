"""Pages as they travel: raw from a device, clean after the stages. Encoded bytes, never arrays.

A page array is 26 MB and its JPEG 0.7 MB: a stack of 500 pages fits in memory only encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanning.codes import FINDINGS, Severity

A4_MM: Final = (210.0, 297.0)
MM_PER_INCH: Final = 25.4


class Encoding(StrEnum):
    """How `RawPage.image` is stored."""

    JPEG = "jpeg"
    PNG = "png"
    RGB = "rgb"
    GRAY = "gray"


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What we agree to open: sizes in a file are its maker's claim.

    Attributes:
        max_bytes: largest file or encoded page, checked before it is read.
        max_pixels: largest picture, checked before it is decoded (A3 at 600 dpi is 70 million;
            stay below 89 million, where Pillow starts to warn).
        max_pages: most pages taken from one multi-page file.
    """

    max_bytes: int = 160 * 1024 * 1024
    max_pixels: int = 89_000_000
    max_pages: int = 500


@dataclass(frozen=True, slots=True)
class RawPage:
    """One side of paper as the device gave it.

    Attributes:
        image: encoded picture, or packed rows of `rgb` (3 bytes) or `gray` (1 byte) without padding.
        encoding: what `image` is.
        width_px, height_px: size in pixels.
        dpi: resolution claimed by the device.
        sequence: 1-based order of arrival within the job.
        source_name: opaque name of where it came from within the job; never a file name.
    """

    image: bytes
    encoding: Encoding
    width_px: int
    height_px: int
    dpi: int
    sequence: int
    source_name: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the clean page, origin top left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth telling about a page.

    Attributes:
        code: one of `scanning.codes.FINDINGS`.
        severity: how much it matters.
        box: where, or None for the whole page.
        value: the measured figure (degrees, grey level, dpi, ...), or None.
    """

    code: str
    severity: Severity
    box: Box | None = None
    value: float | None = None

    @classmethod
    def of(cls, code: str, *, box: Box | None = None, value: float | None = None) -> Finding:
        """Make a finding with the catalogue's severity; KeyError for an unlisted code."""
        return cls(code, FINDINGS[code], box, value)


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page after the stages: upright, straight, cropped, judged.

    Attributes:
        image: JPEG, RGB or grey.
        width_px, height_px, dpi: geometry of `image`.
        blank: True when nobody wrote on it; the page is marked, never destroyed.
        findings: what was noticed, in the order of the stages.
        skew_deg: how far the raw page leaned, clockwise positive; already taken out.
        rotation_deg: quarter turn applied clockwise: 0, 90, 180 or 270.
        sequence: that of the raw page.
    """

    image: bytes
    width_px: int
    height_px: int
    dpi: int
    blank: bool
    findings: tuple[Finding, ...]
    skew_deg: float
    rotation_deg: int
    sequence: int

    @property
    def is_separator(self) -> bool:
        """True for a separator sheet: it belongs to no document; `separators.read_separator` says whose."""
        return any(finding.code == "scan.separator" for finding in self.findings)
