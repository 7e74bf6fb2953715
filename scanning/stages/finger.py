"""A finger that holds the paper down and covers its edge: seen in pictures taken by hand."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import Box
from scanning.stages.proxy import Proxy

_MIN_MM: Final = 8.0
_MAX_MM: Final = 45.0
_MIN_SOLID: Final = 0.72
_MAX_GRAIN: Final = 14.0
_DARKER_THAN_PAPER: Final = 0.93
_RED_OVER_BLUE: Final = (12, 110)
"""Skin is warmer than paper and duller than a seal: how much red passes blue, lightest to deepest skin."""
_MIN_RED: Final = 70
_CR: Final = (136, 172)
_CB: Final = (92, 128)
_REACH_MM: Final = 2.0


def find_finger(proxy: Proxy) -> Box | None:
    """Return the box of the largest finger over the paper's edge, in proxy pixels; None without one.

    It is as warm as skin and warmer than this paper, smooth, solid, 8 to 45 mm wide, and comes in from
    outside: a portrait stands inside the paper, a seal is redder, a wooden table is larger.
    """
    if proxy.color.ndim == 2:
        return None
    skin = _skin(proxy)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(skin, connectivity=8)
    smallest, largest = proxy.mm(_MIN_MM), proxy.mm(_MAX_MM)
    best: tuple[int, Box] | None = None
    for index in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[index])
        if min(width, height) < smallest or min(width, height) > largest or max(width, height) > 2 * largest:
            continue
        blob = labels == index
        box = Box(left, top, width, height)
        if _is_solid(blob, box, area) and _comes_in(proxy, blob, box) and _is_smooth(proxy, blob):
            best = max(best or (0, box), (area, box), key=lambda each: each[0])
    return best[1] if best else None


def _skin(proxy: Proxy) -> npt.NDArray[np.uint8]:
    """Return 1 where the small copy has the colour of skin and is darker and warmer than the paper."""
    tones = cv2.cvtColor(cv2.GaussianBlur(proxy.color, (3, 3), 0), cv2.COLOR_RGB2YCrCb).astype(np.int16)
    shown = proxy.color.astype(np.int16)
    paper = np.median(proxy.color[proxy.paper], axis=0) if proxy.paper.any() else np.full(3, 255.0)
    warmth = shown[..., 0] - shown[..., 2]
    like = (
        (tones[..., 1] >= _CR[0]) & (tones[..., 1] <= _CR[1])
        & (tones[..., 2] >= _CB[0]) & (tones[..., 2] <= _CB[1])
        & (warmth >= _RED_OVER_BLUE[0] + max(0.0, float(paper[0] - paper[2])))
        & (warmth <= _RED_OVER_BLUE[1])
        & (shown[..., 0] >= _MIN_RED)
        & (shown[..., 1] < float(paper[1]) * _DARKER_THAN_PAPER)
    )  # fmt: skip
    return cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8)


def _is_solid(blob: npt.NDArray[np.bool_], box: Box, area: int) -> bool:
    """Return True for a blob that fills its own hull: not a frame, not lines of text."""
    cut = blob[box.top : box.top + box.height, box.left : box.left + box.width].astype(np.uint8)
    points = cv2.findNonZero(cut)
    return points is not None and area >= _MIN_SOLID * float(cv2.contourArea(cv2.convexHull(points)) + 1)


def _comes_in(proxy: Proxy, blob: npt.NDArray[np.bool_], box: Box) -> bool:
    """Return True when the blob reaches over the paper's edge and covers some paper."""
    height, width = blob.shape
    reach = proxy.mm(_REACH_MM)
    at_rim = (
        box.left <= reach or box.top <= reach or box.left + box.width >= width - reach
        or box.top + box.height >= height - reach
    )  # fmt: skip
    # a light finger on a dark table is taken for paper that bulges: so the paper's rim counts as outside
    rim = 2 * reach + 1
    deep = cv2.erode(proxy.paper.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    outside = proxy.backing and bool((blob & ~deep).sum() > proxy.mm(3.0) ** 2)
    covered = int((blob & proxy.paper).sum())
    return (at_rim or outside) and covered >= proxy.mm(_MIN_MM) ** 2 // 2


def _is_smooth(proxy: Proxy, blob: npt.NDArray[np.bool_]) -> bool:
    """Return True without print or pattern inside: skin shades slowly."""
    inner = cv2.erode(blob.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not inner.any():
        return False
    gray = cv2.cvtColor(proxy.color, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grain = np.abs(gray - cv2.GaussianBlur(gray, (0, 0), 2.0))
    return float(np.percentile(grain[inner], 90)) < _MAX_GRAIN
