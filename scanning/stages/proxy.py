"""A small copy of the page on which skew, paper, ink and blankness are judged.

75 dots an inch suffice for all four (a letter is 6 dots high) at 1/16 of the work. The darkest of the three
channels is kept: red seals and blue ink are then as dark as black ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import MM_PER_INCH
from scanning.stages.decode import Pixels

PROXY_DPI: Final = 75
_INK_RATIO: Final = 0.78
"""Darker than this share of the paper around it is ink; bleed-through reaches 0.84 at its worst."""
_BACKING_LEVEL: Final = 100
_PAPER_LEVEL: Final = 140
_MIN_PAPER_SHARE: Final = 0.08


@dataclass(frozen=True, slots=True)
class Proxy:
    """The small copy and what was seen on it.

    Attributes:
        scale: proxy pixels for each page pixel.
        color: small RGB or grey copy.
        dark: darkest channel, rows x columns.
        paper: True where there is paper.
        ink: True where something is written or printed on the paper.
        backing: True when the paper lies on a dark backing.
        paper_level: median brightness of the paper, 0..255.
    """

    scale: float
    color: Pixels
    dark: Pixels
    paper: npt.NDArray[np.bool_]
    ink: npt.NDArray[np.bool_]
    backing: bool
    paper_level: float

    def mm(self, value: float) -> int:
        """Return millimetres as whole proxy pixels, at least one."""
        return max(1, round(value * PROXY_DPI / MM_PER_INCH))


def make_proxy(pixels: Pixels, dpi: int) -> Proxy:
    """Shrink the page to 75 dpi and find paper and ink on it."""
    scale = min(1.0, PROXY_DPI / dpi)
    height, width = pixels.shape[:2]
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    color: Pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    dark, bright = darkest_and_brightest(color)
    paper, backing = find_paper(bright)
    level = float(np.median(bright[paper])) if paper.any() else float(np.median(bright))
    return Proxy(scale, color, dark, paper, _find_ink(dark, paper), backing, level)


def darkest_and_brightest(color: Pixels) -> tuple[Pixels, Pixels]:
    """Return the least and the greatest of each dot's channels; grey is both.

    Pairwise: reducing over an axis of three is ten times slower.
    """
    if color.ndim == 2:
        return color, color
    red, green, blue = color[..., 0], color[..., 1], color[..., 2]
    return np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)


def find_paper(bright: Pixels) -> tuple[npt.NDArray[np.bool_], bool]:
    """Return where paper is, and whether it lies on a dark backing.

    A page whose rim is not dark is taken as paper to its edge: white paper on a white lid shows no edge.
    """
    rim = np.concatenate(
        [bright[:3].ravel(), bright[-3:].ravel(), bright[:, :3].ravel(), bright[:, -3:].ravel()]
    )
    everything = np.ones(bright.shape, np.bool_)
    if np.percentile(rim, 40) > _BACKING_LEVEL or np.percentile(bright, 90) < _PAPER_LEVEL:
        return everything, False
    _, mask = cv2.threshold(bright, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return everything, False
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[largest, cv2.CC_STAT_AREA] < _MIN_PAPER_SHARE * bright.size:
        return everything, False
    hull = np.zeros(bright.shape, np.uint8)
    points = cv2.findNonZero((labels == largest).astype(np.uint8))
    cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    return hull.astype(np.bool_), True


def _find_ink(dark: Pixels, paper: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return what is clearly darker than the paper around it, away from the paper's rim."""
    around = cv2.blur(
        cv2.dilate(np.where(paper, dark, 0).astype(np.uint8), np.ones((21, 21), np.uint8)), (21, 21)
    )
    inside = cv2.erode(np.pad(paper, 1).astype(np.uint8), np.ones((7, 7), np.uint8))[1:-1, 1:-1]
    ink: npt.NDArray[np.bool_] = (dark < around * _INK_RATIO) & (inside > 0)
    return ink
