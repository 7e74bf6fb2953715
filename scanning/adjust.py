"""What a person does to a page after the stages: cut it elsewhere, look at it as it came, find its seals."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from PIL import Image

from scanning.page import Box, CleanPage, Encoding, PageLimits, RawPage
from scanning.pictures import encode_jpeg, load
from scanning.pipeline import CleanOptions, clean, open_clean
from scanning.stages.decode import Pixels, decode, to_image
from scanning.stages.inks import find_inks

_KEPT_QUALITY: Final = 90
_MATCH_PX: Final = 1000
_SURE: Final = 0.6
_SEAL_DPI: Final = 150
_SEAL_GRAIN: Final = 4
_LEAST_SEAL_MM: Final = 9.0
_LEAST_SEAL_FILL: Final = 0.12
_MM_PER_INCH: Final = 25.4


def keepable(raw: RawPage) -> RawPage:
    """Return a page as it came, small enough to be kept: packed rows become a JPEG, pictures stay."""
    if raw.encoding not in (Encoding.RGB, Encoding.GRAY):
        return raw
    image = to_image(decode(raw, PageLimits()))
    return replace(raw, image=encode_jpeg(image, quality=_KEPT_QUALITY, dpi=raw.dpi), encoding=Encoding.JPEG)


def uncropped(raw: RawPage, options: CleanOptions | None = None) -> CleanPage:
    """Return a page through all stages but the cutting: straight, with everything the scanner saw around it.

    Raises:
        PageUnreadable, PageTooLarge: as `clean`.
    """
    return clean(raw, replace(options or CleanOptions(), crop=False))


def cut(page: CleanPage, box: Box) -> CleanPage:
    """Return the part of a page inside `box` (kept on the page); findings lie where they lay on the paper."""
    left, top = max(0, box.left), max(0, box.top)
    right = min(page.width_px, box.left + box.width)
    bottom = min(page.height_px, box.top + box.height)
    if right <= left or bottom <= top:
        raise ValueError("nothing of the page is left")
    image = load(open_clean(page)).crop((left, top, right, bottom))
    return replace(
        page,
        image=encode_jpeg(image, quality=_KEPT_QUALITY, dpi=page.dpi),
        width_px=image.width,
        height_px=image.height,
        findings=tuple(replace(finding, box=None) for finding in page.findings),
    )


def find_part(page: CleanPage, whole: CleanPage) -> Box:
    """Return where on `whole` a page lies that was cut out of it, in pixels of `whole`, to about 0.3 mm.

    The whole of it when the page is not smaller, or when it can't be told (an empty page on empty ground).
    """
    everything = Box(0, 0, whole.width_px, whole.height_px)
    if page.width_px >= whole.width_px and page.height_px >= whole.height_px:
        return everything
    shrink = max(1.0, max(whole.width_px, whole.height_px) / _MATCH_PX)
    ground, piece = _small_grey(whole, shrink), _small_grey(page, shrink)
    if piece.shape[0] > ground.shape[0] or piece.shape[1] > ground.shape[1]:
        return everything
    _, score, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(ground, piece, cv2.TM_CCOEFF_NORMED))
    if not score >= _SURE:
        return everything
    left_px = min(round(left * shrink), whole.width_px - page.width_px)
    top_px = min(round(top * shrink), whole.height_px - page.height_px)
    return Box(max(0, left_px), max(0, top_px), page.width_px, page.height_px)


def look_at_raw(raw: RawPage, max_px: int = 1600) -> bytes:
    """Return the page as it came as a JPEG to look at, `max_px` on its long side."""
    image = to_image(decode(raw, PageLimits()))
    image.thumbnail((max_px, max_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return encode_jpeg(image, quality=80, dpi=72)


def picture_size(picture: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG in pixels, from its header."""
    return Image.open(io.BytesIO(picture), formats=("JPEG",)).size


def turned(picture: bytes, quarters: int) -> bytes:
    """Return a JPEG turned clockwise by quarter turns."""
    turn = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    if not quarters % 4:
        return picture
    image = load(Image.open(io.BytesIO(picture), formats=("JPEG",)))
    return encode_jpeg(image.transpose(turn[quarters % 4]), quality=80, dpi=72)


def seal_boxes(page: CleanPage) -> tuple[Box, ...]:
    """Return where red ink lies closely enough for a seal, largest first, in pixels of the page."""
    image = open_clean(page)
    shrink = max(1, round(page.dpi / _SEAL_DPI))
    image.draft(image.mode, (page.width_px // shrink, page.height_px // shrink))
    pixels = np.asarray(load(image))
    if pixels.ndim == 2:
        return ()
    grain = _SEAL_GRAIN * page.width_px / pixels.shape[1]  # pixels of the page for each dot looked at
    warm = find_inks(pixels).warm.astype(np.uint8)
    size = (max(1, warm.shape[1] // _SEAL_GRAIN), max(1, warm.shape[0] // _SEAL_GRAIN))
    small = (cv2.resize(warm * 255, size, interpolation=cv2.INTER_AREA) > 24).astype(np.uint8)
    reach = max(3, round(page.dpi / grain * 3.0 / _MM_PER_INCH)) | 1
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    least = _LEAST_SEAL_MM / _MM_PER_INCH * page.dpi / grain
    found = [
        Box(*(round(int(side) * grain) for side in (left, top, width, height)))
        for left, top, width, height, area in stats[1:]
        if min(width, height) >= least and area >= _LEAST_SEAL_FILL * width * height
    ]
    found.sort(key=lambda box: -box.width * box.height)
    return tuple(box for at, box in enumerate(found) if not any(_inside(box, other) for other in found[:at]))


def _inside(box: Box, other: Box) -> bool:
    right, bottom = box.left + box.width, box.top + box.height
    across = other.left <= box.left and right <= other.left + other.width
    return across and other.top <= box.top and bottom <= other.top + other.height


def _small_grey(page: CleanPage, shrink: float) -> Pixels:
    image = open_clean(page)
    size = (max(1, round(page.width_px / shrink)), max(1, round(page.height_px / shrink)))
    image.draft("L", size)
    return np.asarray(load(image).convert("L").resize(size, Image.Resampling.BOX), np.uint8)
