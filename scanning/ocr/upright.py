"""Reading a page whichever way it lies, and telling which way is up.

Looking for the way up costs half a reading, so it is asked for only when the lines run down the page or what
was read is doubtful: upright pages read with a mean confidence above 70, turned ones at 35 to 48.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scanning.errors import OcrUnavailable
from scanning.ocr.tesseract import find_rotation, read
from scanning.page import CleanPage
from scanning.pictures import load
from scanning.pipeline import open_clean, rotate
from scanning.stages.proxy import PROXY_DPI, make_proxy
from scanning.stages.skew import lines_run_down
from scanning.text import TextLayer

SURE: Final = 70.0
_HOPELESS: Final = 55.0
_MIN_WORDS: Final = 4
_GAIN: Final = 8.0
"""Mean confidence that a turn must gain: a page is never turned for a hair."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read on a page, and how it had to be turned for that.

    Attributes:
        turned_deg: quarter turn clockwise that sets the page upright: 0, 90, 180 or 270.
        layer: the words, with places on the page once it is turned.
    """

    turned_deg: int
    layer: TextLayer


def read_upright(page: CleanPage, *, language: str = "vie", timeout_s: float = 60.0) -> Reading:
    """Read a page and find its way up; the page itself is not changed, see `turned`.

    Pages that nobody can tell the way up of (a signature, a photo) stay as they lie.

    Raises:
        OcrUnavailable, OcrFailed, OcrTooSlow, PageUnreadable: as `ocr.read`.
    """
    if lies_on_its_side(page):
        first = _told(page, timeout_s)
        turns = (first,) if first in (90, 270) else (90, 270)
        return _best(page, [*turns, 0] if first is None else [*turns], language, timeout_s)
    asis = Reading(0, read(page, language=language, timeout_s=timeout_s))
    if asis.layer.mean_confidence >= SURE:
        return asis
    return _turned_if_better(page, asis, language, timeout_s)


def turned(page: CleanPage, reading: Reading) -> CleanPage:
    """Return the page as it was read: turned upright, or the same one."""
    return rotate(page, reading.turned_deg)


def lies_on_its_side(page: CleanPage) -> bool:
    """Return True when the page's lines run down it; told from its ink, without reading."""
    image = open_clean(page)
    scale = min(1.0, PROXY_DPI / page.dpi)
    image.draft(image.mode, (round(image.width * scale), round(image.height * scale)))
    shown = load(image)
    pixels = np.asarray(shown if shown.mode in ("RGB", "L") else shown.convert("RGB"))
    return lines_run_down(
        make_proxy(pixels, max(PROXY_DPI, round(page.dpi * shown.width / page.width_px))).ink
    )


def _turned_if_better(page: CleanPage, asis: Reading, language: str, timeout_s: float) -> Reading:
    turn = _told(page, timeout_s)
    if turn == 0:
        return asis
    if turn is None:
        doubtful = asis.layer.mean_confidence < _HOPELESS and len(asis.layer.words) >= _MIN_WORDS
        if not doubtful:
            return asis
        turn = 180
    other = _read_turned(page, turn, language, timeout_s)
    gained = other.layer.mean_confidence - asis.layer.mean_confidence
    return other if gained >= _GAIN and len(other.layer.words) >= _MIN_WORDS else asis


def _best(page: CleanPage, turns: list[int], language: str, timeout_s: float) -> Reading:
    """Return the first surely read turn, else the one read with most confidence."""
    best: Reading | None = None
    for turn in turns:
        reading = _read_turned(page, turn, language, timeout_s)
        if reading.layer.mean_confidence >= SURE and len(reading.layer.words) >= _MIN_WORDS:
            return reading
        if best is None or reading.layer.mean_confidence > best.layer.mean_confidence:
            best = reading
    assert best is not None
    return best


def _read_turned(page: CleanPage, turn: int, language: str, timeout_s: float) -> Reading:
    return Reading(turn, read(rotate(page, turn), language=language, timeout_s=timeout_s))


def _told(page: CleanPage, timeout_s: float) -> int | None:
    """Return what the OCR program says of the way up; None when it can't, or lacks the data for it."""
    try:
        return find_rotation(page, timeout_s=timeout_s)
    except OcrUnavailable:
        return None
