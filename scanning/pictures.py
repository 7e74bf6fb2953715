"""Opening pictures from outside: bounded before they are decoded."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from scanning.errors import PageTooLarge, PageUnreadable
from scanning.page import A4_MM, MM_PER_INCH, PageLimits

FORMATS: Final = ("JPEG", "PNG", "TIFF")
_DPI_RANGE: Final = (50, 1200)
_DEFAULT_DPI: Final = 300


def open_bounded(data: bytes, limits: PageLimits, *, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Read a picture's header; nothing is decoded yet.

    Raises:
        PageTooLarge: more bytes or pixels than allowed.
        PageUnreadable: empty, not a picture, or of another format.
    """
    if len(data) > limits.max_bytes:
        raise PageTooLarge("too many bytes", claimed=len(data), limit=limits.max_bytes)
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise PageTooLarge("too many pixels", claimed=0, limit=limits.max_pixels) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PageUnreadable("not a picture") from error
    check_pixels(*image.size, limits)
    return image


def check_pixels(width_px: int, height_px: int, limits: PageLimits) -> None:
    """Refuse sizes that a page cannot have.

    Raises:
        PageTooLarge: more pixels than allowed.
        PageUnreadable: no pixels at all.
    """
    if width_px <= 0 or height_px <= 0:
        raise PageUnreadable("no pixels")
    if width_px * height_px > limits.max_pixels:
        raise PageTooLarge("too many pixels", claimed=width_px * height_px, limit=limits.max_pixels)


def load(image: Image.Image) -> Image.Image:
    """Decode the picture, whole or not at all.

    Raises:
        PageUnreadable: damaged or cut off.
    """
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PageUnreadable("picture is damaged or cut off") from error
    return image


def claimed_dpi(image: Image.Image) -> int:
    """Return the picture's own resolution, or the one that makes an A4-shaped picture A4, or 300."""
    claimed = image.info.get("dpi")
    if claimed and _DPI_RANGE[0] <= float(claimed[0]) <= _DPI_RANGE[1]:
        return round(float(claimed[0]))
    short, long = sorted(image.size)
    if abs(long / short - A4_MM[1] / A4_MM[0]) < 0.08:
        guessed = round(short * MM_PER_INCH / A4_MM[0])
        return min(max(guessed, _DPI_RANGE[0]), _DPI_RANGE[1])
    return _DEFAULT_DPI


def encode_jpeg(image: Image.Image, *, quality: int, dpi: int, full_chroma: bool = False) -> bytes:
    """Encode `RGB` or `L` as JPEG with its resolution."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(dpi, dpi), subsampling=0 if full_chroma else 2)
    return out.getvalue()


def encode_png(image: Image.Image, *, dpi: int) -> bytes:
    """Encode losslessly; for bitonal pages, where JPEG is both larger and worse."""
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()
