"""Stage 0 for camera pictures: find the sheet on the table and look at it from straight above.

Unsure means no: a picture without one clear sheet is kept whole. A sheet is a convex quadrilateral, whole
in the picture, light and hardly coloured along the inside of its rim, of another colour than what lies
along the outside, with edges that can be followed on all four sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import A4_MM, MM_PER_INCH
from scanning.stages.decode import Pixels

Points: TypeAlias = npt.NDArray[np.float64]
"""Four corners (x, y) in page pixels: top left, top right, bottom right, bottom left of the picture."""

_SMALL_PX: Final = 900
_MIN_AREA: Final = 0.12
_MAX_AREA: Final = 0.97
_MIN_ANGLE_DEG: Final = 40.0
_RIM_PX: Final = 3.0
"""A corner nearer to the picture's rim (small pixels) may be cut off."""
_SAMPLES: Final = 48
_REACH_PX: Final = 9
_MIN_STEP: Final = 5.0
_MIN_SUPPORT: Final = 0.62
_MIN_SUPPORT_MEAN: Final = 0.8
_MIN_LIGHT: Final = 95.0
_MAX_COLOUR: Final = 34.0
_MIN_DIFFERENCE: Final = 4.5
"""Mean over the sides; a printed frame has paper on both sides and stays under 2. One side may show none:
on a light table the paper's own shadow can be as light as the paper."""
_RING_PX: Final = (7, 13)
CARD_MM: Final = (85.6, 53.98)
_A_RATIO: Final = A4_MM[1] / A4_MM[0]
_CARD_RATIO: Final = CARD_MM[0] / CARD_MM[1]
_SNAP: Final = 0.06
_DPI_RANGE: Final = (50, 1200)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was found.

    Attributes:
        corners: in pixels of the picture.
        ratio: long side over short side, as the sheet lies on the table: that of A paper (A4 and A5 are the
            same shape), of a card, or as measured when it is neither.
        long_mm: 297 for A paper (an A5 sheet can't be told from an A4 one further away), 85.6 for a card,
            else 0.
    """

    corners: Points
    ratio: float
    long_mm: float


@dataclass(frozen=True, slots=True)
class Flat:
    """A sheet seen from straight above: its pixels, and their resolution (0: size unknown)."""

    pixels: Pixels
    dpi: int


def find_sheet(pixels: Pixels) -> Sheet | None:
    """Return the one sheet of a picture, or None when there is none, or doubt.

    Args:
        pixels: rows x columns (grey) or rows x columns x 3 (RGB).
    """
    color = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    height, width = color.shape[:2]
    scale = min(1.0, _SMALL_PX / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = cv2.resize(color, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB).astype(np.float32)
    best: tuple[float, Points] | None = None
    seen: list[Points] = []
    for rough in _candidates(lab):
        if any(np.abs(rough - other).max() < 6 for other in seen):
            continue
        seen.append(rough)
        fitted = _fit(lab, rough)
        if fitted is None or not _is_whole(fitted, size) or not _is_paper(lab, fitted):
            continue
        area = float(cv2.contourArea(fitted.astype(np.float32)))
        if best is None or area > best[0]:
            best = (area, fitted)
    if best is None:
        return None
    corners = (best[1] + 0.5) * [width / size[0], height / size[1]] - 0.5
    ratio, long_mm = _shape(corners, (width, height))
    return Sheet(corners, ratio, long_mm)


def flatten(pixels: Pixels, sheet: Sheet) -> Flat:
    """Return the sheet as seen from straight above, in the resolution that the picture has of it."""
    corners = sheet.corners
    across = max(_length(corners[0], corners[1]), _length(corners[3], corners[2]))
    down = max(_length(corners[1], corners[2]), _length(corners[0], corners[3]))
    long_px = max(across, down)
    upright = _stands(corners, pixels.shape[1], pixels.shape[0])
    width, height = (long_px / sheet.ratio, long_px) if upright else (long_px, long_px / sheet.ratio)
    size = (max(8, round(width)), max(8, round(height)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(pixels, warp, size, flags=cv2.INTER_AREA | cv2.INTER_LINEAR)
    dpi = round(max(size) * MM_PER_INCH / sheet.long_mm) if sheet.long_mm else 0
    return Flat(np.asarray(flat, np.uint8), min(max(dpi, _DPI_RANGE[0]), _DPI_RANGE[1]) if dpi else 0)


# ---------------------------------------------------------------------- candidates
def _candidates(lab: npt.NDArray[np.float32]) -> Iterator[Points]:
    """Yield rough quadrilaterals, from what differs from the table and from edges."""
    for mask in _masks(lab):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:12]:
            hull = cv2.convexHull(contour)
            if cv2.contourArea(hull) < 0.8 * _MIN_AREA * mask.size:
                continue
            around = cv2.arcLength(hull, closed=True)
            for tolerance in (0.015, 0.03, 0.05, 0.08):
                quad = cv2.approxPolyDP(hull, tolerance * around, closed=True)
                if len(quad) == 4:
                    yield _in_order(quad[:, 0].astype(np.float64))
                    break


def _masks(lab: npt.NDArray[np.float32]) -> Iterator[Any]:
    height, width = lab.shape[:2]
    band = max(4, round(0.03 * min(height, width)))
    rim = np.concatenate(
        [
            lab[:band].reshape(-1, 3),
            lab[-band:].reshape(-1, 3),
            lab[:, :band].reshape(-1, 3),
            lab[:, -band:].reshape(-1, 3),
        ]
    )
    closing = np.ones((9, 9), np.uint8)
    for table in (np.median(rim, axis=0), np.percentile(rim, 25, axis=0), np.percentile(rim, 75, axis=0)):
        far = np.linalg.norm(lab - table.astype(np.float32), axis=2)
        grey = np.clip(far * 2, 0, 255).astype(np.uint8)
        _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        yield cv2.morphologyEx(mask, cv2.MORPH_CLOSE, closing)
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, closing)
    light = np.clip(lab[..., 0], 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, closing)
    for low, high in ((60, 150), (25, 70), (10, 30)):
        edges: Any = np.zeros(light.shape, np.uint8)
        for channel in range(3):
            plane = np.clip(lab[..., channel], 0, 255).astype(np.uint8)
            edges |= cv2.Canny(plane, low, high)
        yield cv2.morphologyEx(cv2.dilate(edges, np.ones((3, 3), np.uint8)), cv2.MORPH_CLOSE, closing)


def _in_order(quad: Points) -> Points:
    """Return corners clockwise from the top left."""
    middle = quad.mean(axis=0)
    turned = quad[np.argsort(np.arctan2(*(quad - middle).T[::-1]))]
    first = int(np.argmin(turned.sum(axis=1)))
    return np.roll(turned, -first, axis=0)


# ---------------------------------------------------------------------- judging
def _fit(lab: npt.NDArray[np.float32], rough: Points) -> Points | None:
    """Follow the four sides and return where they meet; None when a side can't be followed."""
    quad = rough
    for _ in range(2):
        lines, supports = [], []
        for index in range(4):
            line, support = _side(lab, quad[index], quad[(index + 1) % 4])
            if line is None:
                return None
            lines.append(line)
            supports.append(support)
        corners = [_meet(lines[index - 1], lines[index]) for index in range(4)]
        if any(corner is None for corner in corners):
            return None
        quad = np.array(corners, np.float64)
    followed = min(supports) >= _MIN_SUPPORT and float(np.mean(supports)) >= _MIN_SUPPORT_MEAN
    return quad if followed else None


_Line: TypeAlias = tuple[float, float, float, float]


def _side(lab: npt.NDArray[np.float32], start: Points, end: Points) -> tuple[_Line | None, float]:
    """Return the line (direction x, y, point x, y) along a side, and the share of it that is an edge."""
    along = end - start
    length = float(np.hypot(*along))
    if length < 2 * _REACH_PX:
        return None, 0.0
    normal = np.array([-along[1], along[0]]) / length
    places = start + np.linspace(0.05, 0.95, _SAMPLES)[:, None] * along
    steps = np.arange(-_REACH_PX, _REACH_PX + 1, dtype=np.float64)
    grid = (places[:, None, :] + steps[None, :, None] * normal).astype(np.float32)
    profile = cv2.remap(lab, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    change = np.linalg.norm(profile[:, 2:] - profile[:, :-2], axis=2)
    peak = np.argmax(change, axis=1)
    strong = change.max(axis=1) >= _MIN_STEP
    if strong.sum() < _SAMPLES // 3:
        return None, 0.0
    offsets = steps[1:-1][peak] + _between(change, peak)
    points = places + offsets[:, None] * normal
    fitted = cv2.fitLine(points[strong].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    for _ in range(3):
        distance = np.abs((points - fitted[2:]) @ np.array([-fitted[1], fitted[0]]))
        near = strong & (distance < 2.0)
        if near.sum() < _SAMPLES // 3:
            return None, 0.0
        fitted = cv2.fitLine(points[near].astype(np.float32), cv2.DIST_L2, 0, 0.01, 0.01).ravel()
    return (float(fitted[0]), float(fitted[1]), float(fitted[2]), float(fitted[3])), float(near.mean())


def _between(change: npt.NDArray[np.float32], peak: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return where between the samples the change is greatest, by a parabola; -0.5..0.5."""
    rows = np.arange(len(peak))
    left = change[rows, np.maximum(peak - 1, 0)]
    right = change[rows, np.minimum(peak + 1, change.shape[1] - 1)]
    bend = left - 2 * change[rows, peak] + right
    shift = np.where(np.abs(bend) > 1e-6, (left - right) / (2 * np.where(np.abs(bend) > 1e-6, bend, 1)), 0.0)
    return np.clip(shift, -0.5, 0.5).astype(np.float64)


def _meet(one: _Line, other: _Line) -> Points | None:
    matrix = np.array([[one[0], -other[0]], [one[1], -other[1]]])
    if abs(np.linalg.det(matrix)) < 0.2:
        return None
    along = np.linalg.solve(matrix, np.array([other[2] - one[2], other[3] - one[3]]))
    return np.array([one[2] + along[0] * one[0], one[3] + along[0] * one[1]])


def _is_whole(quad: Points, size: tuple[int, int]) -> bool:
    """Return True for a convex quadrilateral of sensible size and angles that lies inside the picture."""
    inside = (quad > _RIM_PX).all() and (quad < np.array(size) - 1 - _RIM_PX).all()
    plain = quad.astype(np.float32)
    share = cv2.contourArea(plain) / (size[0] * size[1])
    if not inside or not cv2.isContourConvex(plain) or not _MIN_AREA <= share <= _MAX_AREA:
        return False
    for index in range(4):
        before, after = quad[index - 1] - quad[index], quad[(index + 1) % 4] - quad[index]
        cosine = before @ after / (np.hypot(*before) * np.hypot(*after))
        if abs(cosine) > np.cos(np.deg2rad(_MIN_ANGLE_DEG)):
            return False
    return True


def _is_paper(lab: npt.NDArray[np.float32], quad: Points) -> bool:
    """Return True when the rim is light and plain inside, and something else begins outside, on each side."""
    middle = quad.mean(axis=0)
    differences: list[float] = []
    for index in range(4):
        start, end = quad[index], quad[(index + 1) % 4]
        along = (end - start) / np.hypot(*(end - start))
        normal = np.array([-along[1], along[0]])
        if normal @ (middle - start) < 0:
            normal = -normal
        inner = _strip(lab, start, end, normal)
        outer = _strip(lab, start, end, -normal)
        colour = float(np.hypot(inner[1] - 128, inner[2] - 128))
        if inner[0] < _MIN_LIGHT or colour > _MAX_COLOUR:
            return False
        differences.append(float(np.linalg.norm(inner - outer)))
    return float(np.mean(differences)) >= _MIN_DIFFERENCE and sorted(differences)[1] >= 0.6 * _MIN_DIFFERENCE


def _strip(
    lab: npt.NDArray[np.float32], start: Points, end: Points, normal: Points
) -> npt.NDArray[np.float64]:
    """Return the median colour (L, a, b) of a strip that runs beside a line."""
    places = start + np.linspace(0.08, 0.92, _SAMPLES)[:, None] * (end - start)
    away = np.arange(*_RING_PX, dtype=np.float64)
    grid = (places[:, None, :] + away[None, :, None] * normal).astype(np.float32)
    colours = cv2.remap(lab, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.median(colours.reshape(-1, 3), axis=0), np.float64)


# ---------------------------------------------------------------------- true shape
def _shape(corners: Points, size: tuple[int, int]) -> tuple[float, float]:
    """Return (ratio, length of the long side in mm or 0) of the sheet as it lies on the table."""
    ratio = _true_ratio(corners, size)
    ratio = max(ratio, 1 / ratio)
    if abs(ratio / _A_RATIO - 1) <= _SNAP:
        return _A_RATIO, A4_MM[1]
    if abs(ratio / _CARD_RATIO - 1) <= _SNAP:
        return _CARD_RATIO, CARD_MM[0]
    return ratio, 0.0


def _stands(corners: Points, width: int, height: int) -> bool:
    """Return True when the sheet's long side runs down the picture."""
    return _true_ratio(corners, (width, height)) < 1


def _true_ratio(corners: Points, size: tuple[int, int]) -> float:
    """Return width over height of the rectangle behind four corners.

    The lens is taken as plain and its axis as the picture's middle; the focal length then follows from the
    two vanishing points. Seen from nearly above they are far away, and the sides' lengths tell the ratio.

    Source: Zhang and He, Whiteboard scanning and image enhancement, 2007, section 3.
    """
    shifted = corners - np.array(size) / 2
    m1, m2, m4, m3 = (np.array([x, y, 1.0]) for x, y in shifted)  # their order: row by row
    k2 = np.cross(m1, m4) @ m3 / (np.cross(m2, m4) @ m3)
    k3 = np.cross(m1, m4) @ m2 / (np.cross(m3, m4) @ m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    plain = (_length(corners[0], corners[1]) + _length(corners[3], corners[2])) / (
        _length(corners[1], corners[2]) + _length(corners[0], corners[3])
    )
    if abs(n2[2]) < 0.02 or abs(n3[2]) < 0.02:
        return float(plain)
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    longest = max(size)
    if not (0.4 * longest) ** 2 < focal2 < (6 * longest) ** 2:
        return float(plain)
    weight = np.array([1 / focal2, 1 / focal2, 1.0])
    return float(np.sqrt((n2 * n2 * weight).sum() / (n3 * n3 * weight).sum()))


def _length(one: Points, other: Points) -> float:
    return float(np.hypot(*(other - one)))
