"""Did anybody write on this side?"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.stages.decode import Pixels
from scanning.stages.proxy import Proxy, darkest_and_brightest
from scanning.stages.quality import DARK_LEVEL

MIN_INK_PX: Final = 60
"""Ink on the 75-dpi copy below which a side is blank; written sides measured from 273 up, blanks up to 30."""
MIN_FINE_PX: Final = 120
"""Ink on the 150-dpi copy below which a side is blank: pale pencil notes of 25 mm measured from 357 up."""
_FINE_RATIO: Final = 0.85
"""Of the paper; a sixth of the other side's ink shining through, which is soft, leaves nothing below 0.86."""
_SPECK_PX: Final = 4
_RIM_MM: Final = 4.0
_HOLE_MM: Final = (4.0, 9.0)
_HOLE_ZONE_MM: Final = 22.0


def written_ink(proxy: Proxy) -> int:
    """Return how many proxy pixels somebody inked: dust, rim, punch holes and streaks do not count."""
    return _strokes(proxy, (proxy.ink & _inside(proxy)).astype(np.uint8), 1)


def _strokes(proxy: Proxy, ink: npt.NDArray[np.uint8], scale: int) -> int:
    """Return how many dots of ink are strokes; `scale` dots of the mask for each proxy pixel."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    total = 0
    for index in range(1, count):
        left, _top, width, height, area = (int(value) for value in stats[index])
        small = (left // scale, -(-width // scale), -(-height // scale), area // scale**2)
        if area < _SPECK_PX * scale or is_punch_hole(proxy, *small) or _is_streak(proxy, small[1], small[2]):
            continue
        total += area
    return total


def is_blank(proxy: Proxy, pixels: Pixels | None = None) -> bool:
    """Return True for a side without writing; what shines through from the other side is not writing.

    A side too dark to read is not blank: nobody can tell, so a person must look. Thin pale strokes drown on
    the small copy; given the page's own `pixels`, a side that seems blank is looked at once more, finer.
    """
    if proxy.paper_level < DARK_LEVEL or written_ink(proxy) >= MIN_INK_PX:
        return False
    return pixels is None or _fine_ink(proxy, pixels) < MIN_FINE_PX


def _fine_ink(proxy: Proxy, pixels: Pixels) -> int:
    """Return how many dots of a copy twice as fine as the small one belong to strokes."""
    height, width = proxy.dark.shape
    size = (2 * width, 2 * height)
    if size[0] > pixels.shape[1]:
        return 0
    dark, _ = darkest_and_brightest(
        np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    )
    soft = cv2.GaussianBlur(dark, (3, 3), 0.6)
    paper = cv2.resize(cv2.medianBlur(proxy.dark, 21), size, interpolation=cv2.INTER_LINEAR)
    inside = cv2.resize(_inside(proxy).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    ink = (soft < paper * _FINE_RATIO) & inside
    return _strokes(proxy, ink.astype(np.uint8), 2)


def _inside(proxy: Proxy) -> npt.NDArray[np.bool_]:
    """Return the paper without its rim."""
    rim = 2 * proxy.mm(_RIM_MM) + 1
    inside = cv2.erode(
        np.pad(proxy.paper, 1).astype(np.uint8),
        np.ones((rim, rim), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )[1:-1, 1:-1]
    return np.asarray(inside > 0)


def is_punch_hole(proxy: Proxy, left: int, width: int, height: int, area: int) -> bool:
    """A full round blob of a punch's size near a side edge."""
    smallest, largest = proxy.mm(_HOLE_MM[0]), proxy.mm(_HOLE_MM[1])
    round_enough = smallest <= min(width, height) and max(width, height) <= largest
    zone = proxy.mm(_HOLE_ZONE_MM)
    at_side = left < zone or left + width > proxy.ink.shape[1] - zone
    return round_enough and at_side and area > 0.6 * width * height


def _is_streak(proxy: Proxy, width: int, height: int) -> bool:
    """A hair-thin line over most of the page: dust on the scanner's glass."""
    return width <= 3 and height > 0.6 * proxy.ink.shape[0]
