"""Stage 1: bytes to pixels, bounded."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from scanning.errors import PageUnreadable
from scanning.page import Encoding, PageLimits, RawPage
from scanning.pictures import check_pixels, load, open_bounded

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""Rows x columns (grey) or rows x columns x 3 (RGB)."""


def decode(raw: RawPage, limits: PageLimits) -> Pixels:
    """Return the page's pixels, turned as the camera says it was held.

    Raises:
        PageUnreadable: damaged, cut off or not a picture.
        PageTooLarge: claims more than `limits`; found before decoding.
    """
    if raw.encoding in (Encoding.RGB, Encoding.GRAY):
        return _packed(raw, limits)
    image = open_bounded(raw.image, limits, formats=("JPEG", "PNG"))
    load(image)
    ImageOps.exif_transpose(image, in_place=True)
    upright: Image.Image = image
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        upright = Image.alpha_composite(paper, layer)
    mode = "L" if upright.mode in ("1", "L", "I;16", "I") else "RGB"
    return np.asarray(upright if upright.mode == mode else upright.convert(mode))


def _packed(raw: RawPage, limits: PageLimits) -> Pixels:
    check_pixels(raw.width_px, raw.height_px, limits)
    shape: tuple[int, ...] = (raw.height_px, raw.width_px)
    if raw.encoding is Encoding.RGB:
        shape = (*shape, 3)
    if len(raw.image) != int(np.prod(shape)):
        raise PageUnreadable("rows do not add up to the page")
    return np.frombuffer(raw.image, np.uint8).reshape(shape)


def to_image(pixels: Pixels) -> Image.Image:
    """Return the pixels as a Pillow image, without a copy where it can be had."""
    array: Any = np.ascontiguousarray(pixels)
    return Image.fromarray(array)
