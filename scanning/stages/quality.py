"""What a person should look at again: sharpness, light, edges, resolution."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import Box, Finding
from scanning.stages.decode import Pixels
from scanning.stages.finger import find_finger
from scanning.stages.proxy import Proxy, darkest_and_brightest

MIN_SHARPNESS: Final = 0.17
DARK_LEVEL: Final = 120
PALE_LEVEL: Final = 0.62
_CLEARLY_DARKER: Final = 0.8
_DARKEST_PERCENT: Final = 0.2
_PATCH_PX: Final = 900
_WINDOW_PX: Final = 15
_MIN_CONTRAST: Final = 50
_MIN_EDGE_PX: Final = 400
_CUT_RUNS: Final = 6
_CUT_RUN_PX: Final = 25


def judge(pixels: Pixels, proxy: Proxy, *, dpi: int, min_dpi: int) -> tuple[Finding, ...]:
    """Return the findings on a page that is not blank."""
    findings: list[Finding] = []
    if dpi < min_dpi:
        findings.append(Finding.of("scan.low_resolution", value=float(dpi)))
    if proxy.paper_level < DARK_LEVEL:
        findings.append(Finding.of("scan.too_dark", value=proxy.paper_level))
    elif (pale := paleness(pixels, proxy)) > PALE_LEVEL:
        findings.append(Finding.of("scan.too_pale", value=round(pale, 3)))
    finger = find_finger(proxy)
    if finger is not None:
        findings.append(Finding.of("scan.finger", box=_on_page(finger, proxy.scale)))
    sharp = sharpness(pixels, proxy)
    if sharp is not None and sharp < MIN_SHARPNESS:
        findings.append(Finding.of("scan.blurred", value=round(sharp, 3)))
    findings.extend(_cut_off(proxy, pixels.shape[1], pixels.shape[0]))
    return tuple(findings)


def paleness(pixels: Pixels, proxy: Proxy) -> float:
    """Return how bright the darkest ink is beside the paper, 0..1, where the most ink is; 1 without any.

    Print reaches 0.1 to 0.4. Looked at are the darkest two thousandths of a square of 900 dots, or a tenth of
    what ink there is: a single dot of dirt does not speak for a faded page.
    """
    if not proxy.ink.any():
        return 1.0
    patch = _densest(pixels, proxy)
    dark, bright = darkest_and_brightest(patch)
    paper = float(np.percentile(bright, 90))
    inked = float((dark < paper * _CLEARLY_DARKER).mean()) * 100
    share = min(_DARKEST_PERCENT, inked / 10)
    return float(np.percentile(cv2.GaussianBlur(dark, (3, 3), 0.5), share)) / max(paper, 1.0)


def _on_page(box: Box, scale: float) -> Box:
    return Box(*(round(value / scale) for value in (box.left, box.top, box.width, box.height)))


def sharpness(pixels: Pixels, proxy: Proxy) -> float | None:
    """Return how steep edges are: the share of an edge's contrast crossed in one pixel, 0..1.

    Measured where the most ink is, so that a page is not called blurred for its empty part. About 0.4 / sigma
    for a blur of `sigma` pixels. None when there are too few edges.
    """
    patch = _densest_patch(pixels, proxy)
    window = np.ones((_WINDOW_PX, _WINDOW_PX), np.uint8)
    smooth = cv2.GaussianBlur(patch, (3, 3), 0.6)
    contrast = cv2.subtract(cv2.dilate(smooth, window), cv2.erode(smooth, window)).astype(np.float32)
    steps_x = np.abs(np.diff(smooth.astype(np.int16), axis=1, prepend=smooth[:, :1]))
    steps_y = np.abs(np.diff(smooth.astype(np.int16), axis=0, prepend=smooth[:1]))
    edges = contrast > max(_MIN_CONTRAST, float(np.percentile(contrast, 90)) * 0.5)
    if int(edges.sum()) < _MIN_EDGE_PX:
        return None
    slope = np.maximum(steps_x, steps_y)[edges] / contrast[edges]
    return float(np.percentile(slope, 95))


def _densest_patch(pixels: Pixels, proxy: Proxy) -> Pixels:
    """Return a grey square of the page with the most ink in it."""
    patch = _densest(pixels, proxy)
    return np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY) if patch.ndim == 3 else patch, np.uint8)


def _densest(pixels: Pixels, proxy: Proxy) -> Pixels:
    side = max(8, round(_PATCH_PX * proxy.scale))
    density = cv2.boxFilter(proxy.ink.astype(np.float32), -1, (side, side), borderType=cv2.BORDER_CONSTANT)
    row, column = np.unravel_index(int(np.argmax(density)), density.shape)
    top = max(0, round(int(row) / proxy.scale) - _PATCH_PX // 2)
    left = max(0, round(int(column) / proxy.scale) - _PATCH_PX // 2)
    return pixels[top : top + _PATCH_PX, left : left + _PATCH_PX]


def _cut_off(proxy: Proxy, width: int, height: int) -> list[Finding]:
    """Many short runs of ink on the very edge are lines of text going over it; one long run is a shadow."""
    if proxy.backing:
        return []  # the paper's own edge is in the picture, nothing is missing
    around = cv2.dilate(proxy.dark, np.ones((21, 21), np.uint8))
    ink = proxy.dark < around * 0.7
    strip = round(min(width, height) * 0.03)
    edges = (
        (ink[:, :2].any(axis=1), Box(0, 0, strip, height)),
        (ink[:, -2:].any(axis=1), Box(width - strip, 0, strip, height)),
        (ink[:2].any(axis=0), Box(0, 0, width, strip)),
        (ink[-2:].any(axis=0), Box(0, height - strip, width, strip)),
    )
    return [
        Finding.of("scan.cut_off", box=box, value=float(runs))
        for line, box in edges
        if (runs := _short_runs(np.asarray(line))) >= _CUT_RUNS
    ]


def _short_runs(line: npt.NDArray[np.bool_]) -> int:
    steps = np.diff(np.concatenate(([0], line.astype(np.int8), [0])))
    lengths = np.flatnonzero(steps == -1) - np.flatnonzero(steps == 1)
    return int(((lengths >= 2) & (lengths <= _CUT_RUN_PX)).sum())
