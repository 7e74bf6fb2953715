"""Does a drawn page show what the clean page shows: its tones, and all its ink in its colours?

Tones may be flatter: paper's grain is not writing. Ink may not be missing, neither a share of all ink of a
colour nor most of it in one small place: a lost letter is a hundredth of a per cent of a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from scanning.page import CleanPage
from scanning.pictures import load
from scanning.pipeline import open_clean
from scanning.stages.decode import Pixels

COMPARE_DPI: Final = 150
MAX_DIFFERENCE: Final = 6.0
"""Mean difference in grey levels allowed at a quarter of the dots.

Sharp masks for a scanner's soft edges make up to 4.3 on the densest of our samples; ink is counted by itself.
"""
MIN_LIKENESS: Final = 0.85
"""Least correlation of what is drawn, on pages with anything drawn on them."""
MIN_KEPT: Final = {"dark": 0.98, "red": 0.97, "blue": 0.95}
"""Least share of a colour's ink that is found again where it was, or a dot beside."""
MIN_TRUE: Final = {"dark": 0.9, "red": 0.9, "blue": 0.9}
"""Least share of the drawn ink that was on the page."""
_MIN_INK: Final = 60
_TILE_PX: Final = 24
_MIN_TILE_INK: Final = 30
_MIN_TILE_KEPT: Final = 0.5
_MIN_DETAIL: Final = 3.0
_INK_DEPTH: Final = 75
_COLOR_DEPTH: Final = 45
_COLOR_SHARE: Final = 0.3
_ENOUGH: Final = 0.5
_PAPER_REACH: Final = 9

_Depth = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was measured.

    Attributes:
        difference: mean difference in grey levels.
        correlation: of grey levels; 1 for pages without anything on them that look alike.
        kept: share of each colour's ink that is there again; colours hardly on the page are left out.
        true: share of each colour's drawn ink that the page has.
        worst_place: least share of ink kept in one 4-mm square.
    """

    difference: float
    correlation: float
    kept: dict[str, float]
    true: dict[str, float]
    worst_place: float

    @property
    def fault(self) -> str | None:
        """What is wrong, for developers; None when the page is shown."""
        if self.difference > MAX_DIFFERENCE or self.correlation < MIN_LIKENESS:
            return "a page looks different"
        for color, share in self.kept.items():
            if share < MIN_KEPT[color]:
                return f"{color} ink is missing"
        for color, share in self.true.items():
            if share < MIN_TRUE[color]:
                return f"{color} ink that was not there"
        return "ink is missing in one place" if self.worst_place < _MIN_TILE_KEPT else None


def expected_pixels(page: CleanPage, size: tuple[int, int]) -> Pixels:
    """Return the clean page as RGB of another size (width, height).

    Raises:
        PageUnreadable: the page's picture is damaged.
    """
    image = open_clean(page)
    image.draft(image.mode, size)
    pixels = np.asarray(load(image).convert("RGB"))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def compare(shown: Pixels, expected: Pixels) -> Likeness:
    """Compare two pictures of a page at `COMPARE_DPI`, RGB, of one size."""
    difference, correlation = _tones(shown, expected)
    paper = paper_of(expected)
    wanted, there = ink_of(paper, expected), ink_of(paper, shown)
    kept: dict[str, float] = {}
    true: dict[str, float] = {}
    worst = 1.0
    for color in wanted:
        share, place = _found(wanted[color], there[color], color)
        if share is not None:
            kept[color] = share
            worst = min(worst, place)
        share, _ = _found(there[color], wanted[color], color)
        if share is not None:
            true[color] = share
    return Likeness(difference, correlation, kept, true, worst)


def _tones(shown: Pixels, expected: Pixels) -> tuple[float, float]:
    one, other = _small_gray(shown), _small_gray(expected)
    difference = float(np.abs(one - other).mean())
    if other.std() < _MIN_DETAIL:
        return difference, 1.0 if one.std() < 2 * _MIN_DETAIL else 0.0
    if one.std() == 0:
        return difference, 0.0
    return difference, float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _small_gray(pixels: Pixels) -> npt.NDArray[np.float32]:
    size = (max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2))
    small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def paper_of(pixels: Pixels) -> Pixels:
    """Return the colour of the paper around each dot of an RGB picture at `COMPARE_DPI`."""
    size = (max(1, pixels.shape[1] // 4), max(1, pixels.shape[0] // 4))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    brightest = cv2.dilate(small, np.ones((_PAPER_REACH, _PAPER_REACH), np.uint8))
    even = cv2.blur(brightest, (_PAPER_REACH, _PAPER_REACH))
    return np.asarray(cv2.resize(even, (pixels.shape[1], pixels.shape[0])), np.uint8)


def ink_of(paper: Pixels, pixels: Pixels) -> dict[str, _Depth]:
    """Return how much darker, redder and bluer than the paper each dot is.

    Black lacks all channels alike; what red lacks of green and blue, and blue of red and green, is its depth.
    """
    lack = cv2.split(cv2.subtract(paper, pixels))
    red, green, blue = (np.asarray(channel, np.uint8) for channel in lack)
    return {
        "dark": np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8),
        "red": np.asarray(cv2.subtract(cv2.min(green, blue), red), np.uint8),
        "blue": np.asarray(cv2.subtract(cv2.min(red, green), blue), np.uint8),
    }


def _found(wanted: _Depth, there: _Depth, color: str) -> tuple[float | None, float]:
    """Return the share of inked dots with half their depth in the other picture, and the worst square's."""
    ink = wanted > (_INK_DEPTH if color == "dark" else _COLOR_DEPTH)
    total = int(np.count_nonzero(ink))
    if total < _MIN_INK:
        return None, 1.0
    near = cv2.dilate(there, np.ones((3, 3), np.uint8))
    lost = ink & (near < cv2.convertScaleAbs(wanted, alpha=_ENOUGH))
    ink_in, lost_in = _tiles(ink), _tiles(lost)
    written = ink_in >= _MIN_TILE_INK
    worst = 1.0 - float((lost_in[written] / ink_in[written]).max()) if written.any() else 1.0
    return 1.0 - int(np.count_nonzero(lost)) / total, worst


def _tiles(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Return how many dots each square has."""
    high, wide = (-(-side // _TILE_PX) for side in mask.shape)
    padded = np.zeros((high * _TILE_PX, wide * _TILE_PX), np.float32)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    means = cv2.resize(padded, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(means * _TILE_PX**2), np.float32)


def decoded(page: CleanPage) -> Image.Image:
    """Return the clean page's whole picture, RGB or grey."""
    image = load(open_clean(page))
    return image if image.mode in ("RGB", "L") else image.convert("RGB")
