"""How a page's picture is laid into a document: a stack of layers, each an image in its own compression.

Today a page is one JPEG layer. A split into ink masks and background (mixed raster content) adds layers here;
the writer paints whatever stack it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

from scanning.page import CleanPage
from scanning.pictures import encode_jpeg, load
from scanning.pipeline import open_clean

Quality = Literal["small", "archive"]
SMALL_DPI: Final = 200
_SMALL_QUALITY: Final = 60
_BLANK_QUALITY: Final = 40


@dataclass(frozen=True, slots=True)
class Layer:
    """One image, painted over the whole page.

    Attributes:
        data: the compressed bytes as they stand in the document.
        filter_name: the PDF filter that undoes the compression, such as `DCTDecode`.
        gray: one channel instead of three.
    """

    data: bytes
    filter_name: str
    width_px: int
    height_px: int
    gray: bool


def picture_layers(page: CleanPage, quality: Quality) -> tuple[Layer, ...]:
    """Return the layers of a page, bottom first.

    `archive` keeps the JPEG to the byte; `small` is at most 200 dpi, which still reads and prints well.

    Raises:
        PageUnreadable: the page's picture is damaged.
    """
    image = open_clean(page)
    if quality == "archive" and image.mode in ("RGB", "L"):
        return (Layer(page.image, "DCTDecode", *image.size, image.mode == "L"),)
    load(image)
    small = _at_most(image if image.mode in ("RGB", "L") else image.convert("RGB"), page.dpi, SMALL_DPI)
    level = _BLANK_QUALITY if page.blank else _SMALL_QUALITY
    data = encode_jpeg(small, quality=level, dpi=min(page.dpi, SMALL_DPI))
    return (Layer(data, "DCTDecode", *small.size, small.mode == "L"),)


def _at_most(image: Image.Image, dpi: int, limit_dpi: int) -> Image.Image:
    if dpi <= limit_dpi:
        return image
    size = (max(1, round(image.width * limit_dpi / dpi)), max(1, round(image.height * limit_dpi / dpi)))
    return image.resize(size, Image.Resampling.HAMMING)
