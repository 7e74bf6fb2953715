"""Pictures taken by a phone or camera: told from scans, and their sheet laid flat."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from scanning.page import Encoding, PageLimits, RawPage
from scanning.pictures import claimed_dpi
from scanning.stages.decode import decode, to_image
from scanning.stages.perspective import find_sheet, flatten

_MAKER, _EXPOSURE, _LENS = 0x010F, 0x829A, 0x920A
_EXIF_PAGE: Final = 0x8769
_SCREEN_DPI: Final = (72, 96)
_SHAPES: Final = (4 / 3, 3 / 2, 16 / 9)
_SHAPE_TOLERANCE: Final = 0.01
_MIN_PIXELS: Final = 2_500_000


def taken_by_camera(raw: RawPage) -> bool:
    """Return True for a JPEG whose notes tell of a camera, or that has a camera's shape and size.

    Wrong guesses cost little: a scan fills its picture and has no table around it.
    """
    if raw.encoding is not Encoding.JPEG:
        return False
    try:
        header = Image.open(io.BytesIO(raw.image), formats=("JPEG",))
        notes = header.getexif()
        inner = notes.get_ifd(_EXIF_PAGE)
        claimed = header.info.get("dpi")
        on_paper = claimed is not None and round(float(claimed[0])) not in _SCREEN_DPI
    except (OSError, ValueError, ArithmeticError, SyntaxError, Image.DecompressionBombError):
        return False
    if _EXPOSURE in inner or _LENS in inner:
        return True
    if _MAKER in notes and not on_paper:
        return True
    short, long = sorted(header.size)
    shaped = any(abs(long / max(short, 1) / shape - 1) < _SHAPE_TOLERANCE for shape in _SHAPES)
    return not on_paper and shaped and short * long >= _MIN_PIXELS


def lay_flat(raw: RawPage, limits: PageLimits) -> RawPage | None:
    """Return the sheet of a camera's picture as if it had been scanned; None when no sheet is clear.

    Raises:
        PageUnreadable: damaged or not a picture.
        PageTooLarge: over `limits`.
    """
    pixels = decode(raw, limits)
    sheet = find_sheet(pixels)
    if sheet is None:
        return None
    flat = flatten(pixels, sheet)
    packed = np.ascontiguousarray(flat.pixels)
    encoding = Encoding.RGB if packed.ndim == 3 else Encoding.GRAY
    dpi = flat.dpi or claimed_dpi(to_image(packed))
    return replace(
        raw,
        image=packed.tobytes(),
        encoding=encoding,
        width_px=packed.shape[1],
        height_px=packed.shape[0],
        dpi=dpi,
    )
