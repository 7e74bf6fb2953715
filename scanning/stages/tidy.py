"""Shadow at the edges, punch holes and dust taken off the paper; nothing that could be ink is touched.

Coloured dots (seals, pens) and their surroundings are left as they are, and so is every stroke larger than a
speck. What is cleaned takes the paper's own colour beside it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.page import MM_PER_INCH
from scanning.stages.blank import is_punch_hole
from scanning.stages.decode import Pixels
from scanning.stages.proxy import PROXY_DPI, Proxy, darkest_and_brightest

_MARGIN_MM: Final = 28.0
_SHADOW_FALL: Final = 0.97
"""Paper darker than this share of the page's own is in shadow."""
_EVERY: Final = 3
_MAX_LIFT: Final = 2.6
"""Deeper shadow than this has lost what was in it: it is left for a person to see."""
_COLOR_SPREAD: Final = 30
_COLOR_REACH_MM: Final = 2.0
_SPECK_MM: Final = 0.22
_SPECK_RATIO: Final = 0.75
_LONELY_MM: Final = 1.6
_MAX_SPECKS: Final = 5_000
_SPECK_CELLS: Final = 4
_WEAK_RATIO: Final = 0.94
_CROWD_CELLS: Final = 8

Mask = npt.NDArray[np.bool_]


def tidy(pixels: Pixels, proxy: Proxy) -> Pixels:
    """Return the page without edge shadows, punch holes and specks; the same array when there are none."""
    colored = _colored(proxy)
    done = _lit_evenly(pixels, proxy, colored)
    done = _without_holes(done, pixels, proxy, colored)
    return _without_specks(done, pixels, proxy, colored)


def _colored(proxy: Proxy) -> Mask:
    """Return where the small copy has colour of its own, and around it: seals, pens, photos, tinted print."""
    if proxy.color.ndim == 2:
        return np.zeros(proxy.dark.shape, np.bool_)
    dark, bright = darkest_and_brightest(proxy.color)
    spread = bright.astype(np.int16) - dark
    paper = int(np.median(spread[proxy.paper])) if proxy.paper.any() else 0
    reach = 2 * proxy.mm(_COLOR_REACH_MM) + 1
    tinted = (spread > paper + _COLOR_SPREAD).astype(np.uint8)
    return np.asarray(cv2.dilate(tinted, np.ones((reach, reach), np.uint8)) > 0)


def _lit_evenly(pixels: Pixels, proxy: Proxy, colored: Mask) -> Pixels:
    """Lift the margins to the paper's light, where it falls off smoothly towards an edge of the paper."""
    light = None if proxy.backing else _light(proxy, colored)  # on a dark backing the rim is no shadow
    if light is None:
        return pixels
    size = (pixels.shape[1], pixels.shape[0])
    lift = cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)
    rows, columns = np.nonzero(light > 1.0)
    top, bottom = int(rows.min() / proxy.scale), min(size[1], int((rows.max() + 2) / proxy.scale))
    left, right = int(columns.min() / proxy.scale), min(size[0], int((columns.max() + 2) / proxy.scale))
    out = pixels.copy()
    part = lift[top:bottom, left:right]
    lifted = out[top:bottom, left:right].astype(np.float32) * (part[..., None] if out.ndim == 3 else part)
    out[top:bottom, left:right] = np.clip(lifted, 0, 255).astype(np.uint8)
    return out


def _light(proxy: Proxy, colored: Mask) -> npt.NDArray[np.float32] | None:
    """Return by how much each dot of the small copy is to be multiplied, None when nowhere.

    A shadow is a fall of light along an edge: the brightest paper of each short stretch of a row or column
    there is darker than the page's. Columns (and rows) are lifted by one value along their whole length, so
    that a seal or a stroke keeps its colour relative to its paper.
    """
    _, bright = darkest_and_brightest(proxy.color)
    known = proxy.paper & ~colored
    if not known.any():
        return None
    page = float(np.percentile(bright[known], 75))
    margin = proxy.mm(_MARGIN_MM)
    lift = np.ones(bright.shape, np.float32)
    for axis in (0, 1):
        profile = _profile(bright, axis)
        factor = np.where(profile < page * _SHADOW_FALL, page / np.maximum(profile, 1.0), 1.0)
        factor[margin:-margin] = 1.0
        factor = np.where((factor > _MAX_LIFT) | (profile <= 0), 1.0, _from_edge(factor, margin))
        smooth = cv2.GaussianBlur(factor.astype(np.float32)[None, :], (0, 0), 1.5)[0]
        lift *= smooth[None, :] if axis == 0 else smooth[:, None]
    return lift if float(lift.max()) > 1.01 else None


def _profile(bright: Pixels, axis: int) -> npt.NDArray[np.float64]:
    """Return how bright the paper is for each column (axis 0) or row (axis 1): its upper quartile."""
    shown = bright[:: _EVERY if axis == 0 else 1, :: _EVERY if axis == 1 else 1]
    return np.asarray(np.percentile(shown, 75, axis=axis), np.float64)


def _from_edge(factor: npt.NDArray[np.float64], margin: int) -> npt.NDArray[np.float64]:
    """Keep a fall that begins at the edge and ends before the margin does; a dark band inside is print."""
    out = np.ones_like(factor)
    for run, into in ((factor[:margin], out[:margin]), (factor[::-1][:margin], out[::-1][:margin])):
        ends = np.flatnonzero(run <= 1.0)
        skipped = int(np.argmax(run > 1.0)) if (run > 1.0).any() else 0
        stop = next((int(end) for end in ends if end > skipped), None)
        if skipped <= 3 and stop is not None:
            into[skipped:stop] = run[skipped:stop]
    return out


def _without_holes(done: Pixels, pixels: Pixels, proxy: Proxy, colored: Mask) -> Pixels:
    """Paint punch holes over with the paper around them."""
    ink = proxy.ink.astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for index in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[index])
        blob = labels[top : top + height, left : left + width] == index
        if (
            not is_punch_hole(proxy, left, width, height, area)
            or (colored[top : top + height, left : left + width] & blob).any()
        ):
            continue
        done = done.copy() if done is pixels else done
        grow = 2
        box = [
            value / proxy.scale
            for value in (left - grow, top - grow, left + width + grow, top + height + grow)
        ]
        centre = (round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2))
        axes = (round((box[2] - box[0]) / 2), round((box[3] - box[1]) / 2))
        cv2.ellipse(done, centre, axes, 0, 0, 360, _paper_beside(proxy, left, top, width, height), -1)
    return done


def _paper_beside(proxy: Proxy, left: int, top: int, width: int, height: int) -> tuple[int, ...]:
    reach = max(width, height)
    rows, columns = (
        slice(max(0, top - reach), top + height + reach),
        slice(max(0, left - reach), left + width + reach),
    )
    near = proxy.color[rows, columns].reshape(-1, *proxy.color.shape[2:])
    level = proxy.dark[rows, columns].ravel()
    paper = near[level >= np.percentile(level, 50)]
    return tuple(int(value) for value in np.atleast_1d(np.median(paper, axis=0)))


def _without_specks(done: Pixels, pixels: Pixels, proxy: Proxy, colored: Mask) -> Pixels:
    """Paint over specks smaller than any dot of a letter that stand alone on empty paper.

    Where to look is told by the small copy; a row of specks is print, and stays.
    """
    green = np.asarray(done if done.ndim == 2 else cv2.extractChannel(done, 1), np.uint8)
    paper = np.asarray(cv2.medianBlur(proxy.dark, 21), np.uint8)
    lonely = 2 * proxy.mm(_LONELY_MM) + 1
    spots = _dark_cells(green, proxy, paper) & ~_busy(proxy, paper, lonely) & ~colored & proxy.paper
    crowd = cv2.boxFilter(spots.astype(np.float32), -1, (lonely, lonely), normalize=False) > _CROWD_CELLS
    count, _, stats, _ = cv2.connectedComponentsWithStats((spots & ~crowd).astype(np.uint8), connectivity=8)
    if count > _MAX_SPECKS:
        return done
    for left, top, width, height, _area in stats[1:]:
        rows = slice(max(0, int((top - 1) / proxy.scale)), int((top + height + 1) / proxy.scale))
        columns = slice(max(0, int((left - 1) / proxy.scale)), int((left + width + 1) / proxy.scale))
        level = int(paper[top, left])
        ink = (green[rows, columns] < level * _SPECK_RATIO).astype(np.uint8)
        if not _is_speck(ink, proxy):
            continue
        done = done.copy() if done is pixels else done
        wide = cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0
        done[rows, columns][wide] = _paper_beside(proxy, int(left), int(top), 6, 6)
    return done


def _dark_cells(green: Pixels, proxy: Proxy, paper: Pixels) -> Mask:
    """Return which dots of the small copy have a dark dot of the page in them."""
    side = max(1, round(1 / proxy.scale)) | 1
    darkest = cv2.erode(green, np.ones((side, side), np.uint8))
    height, width = paper.shape
    small = cv2.resize(darkest, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.compare(small, cv2.convertScaleAbs(paper, alpha=_SPECK_RATIO), cv2.CMP_LT) > 0)


def _busy(proxy: Proxy, paper: Pixels, lonely: int) -> Mask:
    """Return where something larger than a speck stands, however pale, and around it."""
    weak = cv2.compare(proxy.dark, cv2.convertScaleAbs(paper, alpha=_WEAK_RATIO), cv2.CMP_LT)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] > _SPECK_CELLS
    large[0] = False
    return np.asarray(cv2.dilate(large[labels].astype(np.uint8), np.ones((lonely, lonely), np.uint8)) > 0)


def _is_speck(ink: npt.NDArray[np.uint8], proxy: Proxy) -> bool:
    """Return True for one lone blot of ink no larger than a speck."""
    largest = max(1, round(_SPECK_MM * PROXY_DPI / proxy.scale / MM_PER_INCH))
    _left, _top, width, height = cv2.boundingRect(ink)
    return 0 < width <= largest and 0 < height <= largest
