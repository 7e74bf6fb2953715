"""Codes in a picture: the card photographed instead of scanned."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_PICTURE_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


class PeripheralError(Exception):
    """Whatever a device or its data makes impossible, on purpose."""

    code = "peripheral.failed"
    retryable = False


class PictureUnreadable(PeripheralError):
    """Not a picture that we open: empty, damaged, of another kind, or larger than the bounds."""

    code = "card.picture_unreadable"


def read_qr_codes(data: bytes) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture, largest code first; () when there is none.

    Args:
        data: JPEG, PNG or WebP, at most 32 MiB and 60 million pixels; both bounded before decoding.

    Raises:
        PictureUnreadable: see the class.
    """
    image = _opened(data)
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(code.text for code in sorted(found, key=_extent, reverse=True))


def _opened(data: bytes) -> Image.Image:
    if not 0 < len(data) <= MAX_PICTURE_BYTES:
        raise PictureUnreadable("empty or too large")
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnreadable("not a picture") from error
    if image.width * image.height > MAX_PICTURE_PIXELS:
        raise PictureUnreadable("too many pixels")
    try:
        return image.convert("L")
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureUnreadable("damaged") from error


def _extent(code: zxingcpp.Barcode) -> int:
    at = code.position
    return abs(at.bottom_right.x - at.top_left.x) * abs(at.bottom_right.y - at.top_left.y)
