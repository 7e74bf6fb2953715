"""Boxes around what must be kept as a picture: portraits, emblems, anything with tones over an area."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import MM_PER_INCH, Box
from scanning.stages.decode import Pixels
from scanning.stages.proxy import darkest_and_brightest

_LOOK_DPI: Final = 75
_SOLID_MM: Final = 2.7
"""Wider than any stroke of a letter, narrower than any picture."""
_MIN_SIDE_MM: Final = 9.0
_MARGIN_MM: Final = 1.5
_TONE_RATIO: Final = 0.8
"""Of the paper; a card's tinted ground is lighter, and its print then goes into the masks."""
_MIN_FILL: Final = 0.35
_MAX_SHARE: Final = 0.7
_MIN_TONES: Final = 12.0


def find_pictures(pixels: Pixels, dpi: int) -> tuple[Box, ...]:
    """Return boxes of pictures on a page, in its pixels, from the top; none overlaps another."""
    scale = min(1.0, _LOOK_DPI / dpi)
    height, width = pixels.shape[:2]
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    dark, _ = darkest_and_brightest(small)
    toned = (dark < float(np.percentile(dark, 80)) * _TONE_RATIO).astype(np.uint8)
    side = _px(_SOLID_MM) | 1
    solid = cv2.morphologyEx(toned, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    joined = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = [tuple(int(value) for value in stats[index]) for index in range(1, count)]
    pictures = [
        (left, top, left + wide, top + high)
        for left, top, wide, high, area in found
        if _is_picture(dark[top : top + high, left : left + wide], area, dark.size)
    ]
    margin = _px(_MARGIN_MM)
    grown = [
        (max(0, a - margin), max(0, b - margin), min(size[0], c + margin), min(size[1], d + margin))
        for a, b, c, d in pictures
    ]
    return tuple(
        _page_box(box, scale, width, height) for box in sorted(_merged(grown), key=lambda box: box[1])
    )


def _is_picture(dark: npt.NDArray[np.uint8], area: int, page_area: int) -> bool:
    smallest = _px(_MIN_SIDE_MM)
    large_enough = min(dark.shape) >= smallest and area >= _MIN_FILL * dark.size
    return large_enough and area < _MAX_SHARE * page_area and float(dark.std()) > _MIN_TONES


def _merged(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Join boxes that overlap until none does."""
    done: list[tuple[int, int, int, int]] = []
    for box in boxes:
        now = box
        while (hit := next((other for other in done if _overlap(now, other)), None)) is not None:
            done.remove(hit)
            now = (min(now[0], hit[0]), min(now[1], hit[1]), max(now[2], hit[2]), max(now[3], hit[3]))
        done.append(now)
    return done


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _page_box(box: tuple[int, int, int, int], scale: float, width: int, height: int) -> Box:
    left, top = round(box[0] / scale), round(box[1] / scale)
    right, bottom = min(width, round(box[2] / scale)), min(height, round(box[3] / scale))
    return Box(left, top, right - left, bottom - top)


def _px(millimetres: float) -> int:
    return max(1, round(millimetres * _LOOK_DPI / MM_PER_INCH))
