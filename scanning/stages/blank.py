"""Did anybody write on this side?"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.stages.proxy import Proxy
from scanning.stages.quality import DARK_LEVEL

MIN_INK_PX: Final = 60
"""Ink on the 75-dpi copy below which a side is blank; written sides measured from 273 up, blanks up to 30."""
_SPECK_PX: Final = 4
_RIM_MM: Final = 4.0
_HOLE_MM: Final = (4.0, 9.0)
_HOLE_ZONE_MM: Final = 22.0


def written_ink(proxy: Proxy) -> int:
    """Return how many proxy pixels somebody inked: dust, rim, punch holes and streaks do not count."""
    ink = _off_the_rim(proxy).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    total = 0
    for index in range(1, count):
        left, _top, width, height, area = (int(value) for value in stats[index])
        if area < _SPECK_PX or _is_hole(proxy, left, width, height, area) or _is_streak(proxy, width, height):
            continue
        total += area
    return total


def is_blank(proxy: Proxy) -> bool:
    """Return True for a side without writing; what shines through from the other side is not writing.

    A side too dark to read is not blank: nobody can tell, so a person must look.
    """
    return proxy.paper_level >= DARK_LEVEL and written_ink(proxy) < MIN_INK_PX


def _off_the_rim(proxy: Proxy) -> npt.NDArray[np.bool_]:
    rim = 2 * proxy.mm(_RIM_MM) + 1
    inside = cv2.erode(
        np.pad(proxy.paper, 1).astype(np.uint8),
        np.ones((rim, rim), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )[1:-1, 1:-1]
    off: npt.NDArray[np.bool_] = proxy.ink & (inside > 0)
    return off


def _is_hole(proxy: Proxy, left: int, width: int, height: int, area: int) -> bool:
    """A full round blob of a punch's size near a side edge."""
    smallest, largest = proxy.mm(_HOLE_MM[0]), proxy.mm(_HOLE_MM[1])
    round_enough = smallest <= min(width, height) and max(width, height) <= largest
    zone = proxy.mm(_HOLE_ZONE_MM)
    at_side = left < zone or left + width > proxy.ink.shape[1] - zone
    return round_enough and at_side and area > 0.6 * width * height


def _is_streak(proxy: Proxy, width: int, height: int) -> bool:
    """A hair-thin line over most of the page: dust on the scanner's glass."""
    return width <= 3 and height > 0.6 * proxy.ink.shape[0]
