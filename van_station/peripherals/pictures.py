"""Codes in a picture: the card photographed instead of scanned."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_PICTURE_PIXELS = 60_000_000
MAX_DOUBLED_PIXELS = 4_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")

Grey = NDArray[np.uint8]
"""Height by width, 0 black to 255 white."""


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
    picture = np.asarray(_opened(data), dtype=np.uint8)
    for attempt in _ATTEMPTS:
        found = zxingcpp.read_barcodes(
            attempt(picture), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        if found:
            return tuple(code.text for code in sorted(found, key=_extent, reverse=True))
    return ()


def _as_is(picture: Grey) -> Grey:
    return picture


def _evenly_lit(picture: Grey) -> Grey:
    """Divide by the light that falls on it, and stretch what is left: dim pictures and shadows."""
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    light = cv2.resize(
        cv2.GaussianBlur(small, (0, 0), 12),
        (picture.shape[1], picture.shape[0]),
        interpolation=cv2.INTER_LINEAR,
    )
    even = picture.astype(np.float32) / (np.asarray(light, dtype=np.float32) + 1)
    low, high = np.percentile(even[::4, ::4], (1, 99))
    return _grey(np.clip((even - low) * (255 / max(high - low, 1e-3)), 0, 255))


def _without_noise(picture: Grey) -> Grey:
    return _evenly_lit(_grey(cv2.GaussianBlur(cv2.medianBlur(picture, 3), (0, 0), 1.2)))


def _sharper(picture: Grey) -> Grey:
    """Undo some blur, on a finer grid so that thin modules stay apart."""
    even = _evenly_lit(_bounded(picture))
    fine = cv2.resize(even, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(fine, (0, 0), 5)
    return _grey(cv2.addWeighted(fine, 3.5, soft, -2.5, 0))


def _bounded(picture: Grey) -> Grey:
    """Return it no larger than doubling it is cheap."""
    scale = min(1.0, (MAX_DOUBLED_PIXELS / picture.size) ** 0.5)
    if scale == 1.0:
        return picture
    return _grey(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _grey(picture: object) -> Grey:
    return np.asarray(picture, dtype=np.uint8)


_ATTEMPTS: tuple[Callable[[Grey], Grey], ...] = (_as_is, _evenly_lit, _without_noise, _sharper)
"""From the cheapest on; most pictures need the first only."""


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
