"""A page's picture as a stack of layers, each an image in its own compression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from scanning.pdf.bitonal import Bitonal

Color = tuple[int, int, int]


class Place(NamedTuple):
    """A box as shares of the page's width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


WHOLE_PAGE: Final = Place(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Layer:
    """One image, painted over the whole page or a box of it.

    Attributes:
        data: the compressed bytes as they stand in the document.
        filter_name: the PDF filter that undoes the compression, such as `DCTDecode`.
        gray: one channel instead of three.
        place: where it is painted.
        mask: where it shows, over the same place; None for everywhere.
    """

    data: bytes
    filter_name: str
    width_px: int
    height_px: int
    gray: bool
    place: Place = WHOLE_PAGE
    mask: Bitonal | None = None


@dataclass(frozen=True, slots=True)
class Stencil:
    """One colour painted through a mask, over the whole page or a box of it, see `Layer`."""

    mask: Bitonal
    color: Color
    place: Place = WHOLE_PAGE


AnyLayer = Layer | Stencil
