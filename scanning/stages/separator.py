"""Is this side a separator sheet? Told from the small copy: the sheet's code is large."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import zxingcpp

from scanning.stages.decode import Pixels
from scanning.stages.proxy import Proxy

MARK: Final = "VSEP1|"
_MAX_LETTERS: Final = 40


def is_separator(proxy: Proxy) -> bool:
    """Return True when one of the side's large QR codes is a separator's, however it lies."""
    gray = proxy.color if proxy.color.ndim == 2 else cv2.cvtColor(proxy.color, cv2.COLOR_RGB2GRAY)
    return any(is_mark(text) for text in codes_on(np.asarray(gray, np.uint8)))


def is_mark(text: str) -> bool:
    """Return True for a code's text that begins as a separator's and is no longer than one."""
    return text.startswith(MARK) and len(text) <= _MAX_LETTERS


def codes_on(gray: Pixels) -> list[str]:
    """Return the texts of the QR codes of a grey picture."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(np.ascontiguousarray(gray), formats=formats)
    return [str(code.text) for code in found]
