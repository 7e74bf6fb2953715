"""How far the page leans, and taking it out."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.stages.decode import Pixels

MAX_SKEW_DEG: Final = 8.0
_MIN_INK: Final = 150
_MIN_CONTRAST: Final = 2.0
"""Best angle over the median one: sample text has 15 and more, signatures up to 1.7."""
_MAX_POINTS: Final = 40_000
_BINS_PER_PIXEL: Final = 2
_FEW_POINTS: Final = 8_000
_DOWN_OVER_ACROSS: Final = 1.6
_MIN_DOWN: Final = 4.0
"""A signature reaches 2.5 by chance; small print 9."""

_Indices = npt.NDArray[np.intp]
_Points = npt.NDArray[np.float32]


def estimate_skew(ink: npt.NDArray[np.bool_]) -> float | None:
    """Return the lean of text lines in degrees, clockwise positive; None without lines to tell it by.

    Ink is projected along many angles; at the right one, lines of text fall into sharp peaks. Coarse steps of
    half a degree, then finer ones around the best. A signature has no such angle: it is alike at all of them.
    """
    rows, columns = np.nonzero(ink)
    if rows.size < _MIN_INK:
        return None
    x, y = _across(rows, columns, ink.shape)
    best, contrast = _coarse_lean(x, y)
    if lines_run_down(ink):  # a page on its side leans as its lines do, seen from its own side
        x, y = _along(rows, columns, ink.shape)
        best, contrast = _coarse_lean(x, y)
    if contrast < (_MIN_CONTRAST if abs(best) < MAX_SKEW_DEG else _MIN_DOWN):
        return None  # at the last angle looked at, a scrawl may pass for a line
    for span, pace in ((0.5, 0.1), (0.12, 0.02)):
        angles = np.arange(best - span, best + span + pace / 2, pace)
        scores = [_sharpness(x, y, float(angle)) for angle in angles]
        best = float(angles[int(np.argmax(scores))])
    return best


def lines_run_down(ink: npt.NDArray[np.bool_]) -> bool:
    """Return True when lines of text stand upright on the picture: the page lies on its side.

    The rules of a table run both ways; so lines must be clearly sharper down than across.
    """
    rows, columns = np.nonzero(ink)
    if rows.size < _MIN_INK:
        return False
    _, across = _coarse_lean(*_across(rows, columns, ink.shape, _FEW_POINTS))
    _, down = _coarse_lean(*_along(rows, columns, ink.shape, _FEW_POINTS))
    return down > max(_MIN_DOWN, _DOWN_OVER_ACROSS * across)


def _across(
    rows: _Indices, columns: _Indices, shape: tuple[int, ...], most: int = _MAX_POINTS
) -> tuple[_Points, _Points]:
    """Return x from the middle, and y, of at most `most` dots."""
    step = max(1, rows.size // most)
    return columns[::step].astype(np.float32) - shape[1] / 2, rows[::step].astype(np.float32)


def _along(
    rows: _Indices, columns: _Indices, shape: tuple[int, ...], most: int = _MAX_POINTS
) -> tuple[_Points, _Points]:
    """Return the same dots as `_across` would give them with the page turned a quarter clockwise."""
    return _across(columns, shape[0] - 1 - rows, (shape[1], shape[0]), most)


def _coarse_lean(x: _Points, y: _Points) -> tuple[float, float]:
    """Return the best angle by steps of half a degree, and how much it stands out of the median one."""
    coarse = np.arange(-MAX_SKEW_DEG, MAX_SKEW_DEG + 0.25, 0.5)
    scores = [_sharpness(x, y, float(angle)) for angle in coarse]
    return float(coarse[int(np.argmax(scores))]), max(scores) / max(float(np.median(scores)), 1e-9)


def paper_lean(paper: npt.NDArray[np.bool_]) -> float | None:
    """Return the lean of the paper's own edges in degrees, for textless sides on a dark backing."""
    points = cv2.findNonZero(paper.astype(np.uint8))
    if points is None:
        return None
    angle = float(cv2.minAreaRect(cv2.convexHull(points))[2])
    lean = (angle + 45) % 90 - 45
    return lean if abs(lean) < MAX_SKEW_DEG else None


def _sharpness(x: npt.NDArray[np.float32], y: npt.NDArray[np.float32], angle_deg: float) -> float:
    """Return how peaked the projection along the angle is."""
    lean = math.radians(angle_deg)
    along = (y * math.cos(lean) - x * math.sin(lean)) * _BINS_PER_PIXEL
    histogram = np.bincount((along - along.min()).astype(np.int32)).astype(np.float64)
    smooth = np.convolve(histogram, (0.25, 0.5, 0.25))
    return float(np.square(np.diff(smooth)).sum())


def straighten(pixels: Pixels, skew_deg: float, fill: tuple[int, ...]) -> Pixels:
    """Return the page turned back by `skew_deg` about its centre, same size; corners take colour `fill`."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), skew_deg, 1.0)
    turned = cv2.warpAffine(
        pixels,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=fill,
    )
    return np.asarray(turned, np.uint8)


def paper_color(pixels: Pixels, paper: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the median colour of the paper on a small copy, one value for each channel."""
    inside = pixels[paper] if paper.any() else pixels.reshape(-1, *pixels.shape[2:])
    return tuple(int(value) for value in np.atleast_1d(np.median(inside, axis=0)))
