"""How a page's picture is laid into a document: split into layers where nothing is lost by it.

Each try is drawn by PDFium and compared with the page before it is taken; one that loses ink is passed
over for the next, larger one: layers, a JPEG of 200 dpi, at last the page's own. No scan fails for its size.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final, Literal

from PIL import Image

from scanning.errors import PdfNotFaithful
from scanning.page import CleanPage
from scanning.pdf.drawn import draw_layers
from scanning.pdf.layer import AnyLayer, Layer
from scanning.pdf.likeness import COMPARE_DPI, compare, decoded, expected_pixels
from scanning.pdf.mixed import MASK_DPI, at_mask_dpi, split
from scanning.pictures import encode_jpeg
from scanning.pipeline import open_clean

Quality = Literal["small", "archive"]
SMALL_DPI: Final = 200
MIN_SPLIT_DPI: Final = 140
"""Coarser pages have letters of a few dots: a mask of one bit would tell them worse than greys do."""
MAX_SPLIT_PX: Final = 36_000_000
_SMALL_QUALITY: Final = 60
_BLANK_QUALITY: Final = 40
_SURELY_SMALL_BYTES: Final = 60_000
_log: Final = logging.getLogger(__name__)

_Layers = tuple[AnyLayer, ...]


def picture_layers(page: CleanPage, quality: Quality) -> _Layers:
    """Return the layers of a page, bottom first.

    `archive` keeps the JPEG to the byte. `small` is ink masks of 300 dpi over a small background, or at most
    200 dpi as one JPEG where that would lose ink or be no smaller.

    Raises:
        PageUnreadable: the page's picture is damaged.
    """
    image = open_clean(page)
    own: _Layers = (Layer(page.image, "DCTDecode", *image.size, image.mode == "L"),)
    keepable = image.mode in ("RGB", "L")
    if quality == "archive":
        return own if keepable else (_whole(page),)
    for layers in _tries(page):
        if _shows(page, layers):
            return layers
    return own if keepable else (_whole(page),)


def _tries(page: CleanPage) -> Iterator[_Layers]:
    """Yield ways to lay the page, smallest first."""
    image = decoded(page)
    whole: _Layers = ()
    mask_px = image.width * image.height * (MASK_DPI / page.dpi) ** 2
    if page.dpi >= MIN_SPLIT_DPI and mask_px <= MAX_SPLIT_PX:
        mixed = _tried(lambda: split(*at_mask_dpi(image, page.dpi)))
        if size_bytes(mixed) > _SURELY_SMALL_BYTES:
            whole = (_whole(page, image),)
        if mixed and (not whole or size_bytes(mixed) < size_bytes(whole)):
            yield mixed
    yield whole or (_whole(page, image),)


def _tried(make: Callable[[], _Layers]) -> _Layers:
    """Return the layers, none when they cannot be made: the page is kept whole then, whatever it was."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001  compression is never a reason to lose a scan
        _log.warning("page kept whole: %s", type(error).__name__)
        return ()


def _shows(page: CleanPage, layers: _Layers) -> bool:
    try:
        shown = draw_layers(page, layers, COMPARE_DPI)
    except PdfNotFaithful:
        return False
    fault = compare(shown, expected_pixels(page, (shown.shape[1], shown.shape[0]))).fault
    if fault is not None:
        _log.info("a larger way to keep a page: %s", fault)
    return fault is None


def size_bytes(layers: _Layers) -> int:
    """Return how many bytes the images of some layers take."""
    pictures = sum(len(layer.data) for layer in layers if isinstance(layer, Layer))
    return pictures + sum(len(layer.mask.data) for layer in layers if layer.mask is not None)


def _whole(page: CleanPage, image: Image.Image | None = None) -> Layer:
    """Return the page as one JPEG of at most `SMALL_DPI`."""
    small = _at_most(decoded(page) if image is None else image, page.dpi, SMALL_DPI)
    level = _BLANK_QUALITY if page.blank else _SMALL_QUALITY
    data = encode_jpeg(small, quality=level, dpi=min(page.dpi, SMALL_DPI))
    return Layer(data, "DCTDecode", *small.size, small.mode == "L")


def _at_most(image: Image.Image, dpi: int, limit_dpi: int) -> Image.Image:
    if dpi <= limit_dpi:
        return image
    size = (max(1, round(image.width * limit_dpi / dpi)), max(1, round(image.height * limit_dpi / dpi)))
    return image.resize(size, Image.Resampling.HAMMING)
