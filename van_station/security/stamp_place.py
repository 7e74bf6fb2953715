"""Where the visible sign of a signature stands: in the top margin of page 1, on the right.

The agency's signature on a digitised copy: top right of the first page, no picture of a seal, agency and
moment of signing (NĐ 30/2020/NĐ-CP Phụ lục I, as `digitisation_rules.json` has it). How far from the edges is
our own choice: 6 mm, which keeps it in the top margin, above where a paper's text usually begins.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import AppearanceContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle

MARGIN_PT = 6 / 25.4 * 72
MOST_WIDE = 0.55
"""Most of the page's width that it takes."""
MOST_HIGH = 0.10
"""Most of the page's height; small papers get a small one."""


def stamp_box(writer: IncrementalPdfFileWriter, stamp: bytes) -> Any:
    """Return (left, bottom, right, top) in the page's own space, turned pages included."""
    left, bottom, right, top, turned = _page(writer)
    wide, high = (right - left, top - bottom) if turned % 180 == 0 else (top - bottom, right - left)
    width, height = _size(stamp)
    scale = min(1.0, MOST_WIDE * wide / width, MOST_HIGH * high / height)
    width, height = width * scale, height * scale
    margin = min(MARGIN_PT, 0.03 * min(wide, high))
    x, y = wide - margin - width, high - margin - height  # as the page is seen, from its bottom left
    match turned:
        case 90:
            return left + high - y - height, bottom + x, left + high - y, bottom + x + width
        case 180:
            return left + wide - x - width, bottom + high - y - height, left + wide - x, bottom + high - y
        case 270:
            return left + y, bottom + wide - x - width, left + y + height, bottom + wide - x
    return left + x, bottom + y, left + x + width, bottom + y + height


@dataclass(frozen=True)
class StampStyle(BaseStampStyle):
    """Shows a one-page PDF, upright however the page is turned; opaque letters, no transparency."""

    stamp: bytes = field(default=b"", repr=False)

    def create_stamp(
        self, writer: BasePdfFileWriter, box: layout.BoxConstraints, text_params: dict[str, Any]
    ) -> Any:
        """Return the appearance for a box."""
        del text_params
        return _Stamp(writer, box, self.stamp)


class _Stamp(AppearanceContent):
    def __init__(self, writer: BasePdfFileWriter, box: layout.BoxConstraints, stamp: bytes) -> None:
        super().__init__(writer=writer, box=box)
        self._stamp = stamp

    def register(self) -> Any:
        """Take the page over as the appearance itself, turned as the page is."""
        writer: Any = self.writer
        reference: Any = writer.import_page_as_xobject(_reader(self._stamp))
        form = reference.get_object()
        turned = _page(writer)[4]
        cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turned]
        numbers = (cos, sin, -sin, cos, 0, 0)
        number: Any = generic.NumberObject
        form[pdf_name("/Matrix")] = generic.ArrayObject([number(each) for each in numbers])
        return reference


def _page(handler: Any) -> tuple[float, float, float, float, int]:
    """Return the visible box of page 1 and by how much it is turned clockwise when shown."""
    page = handler.find_page_for_modification(0)[0].get_object()
    box = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox")
    x1, y1, x2, y2 = (float(each) for each in box)
    turned = int(_inherited(page, "/Rotate") or 0) % 360
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2), turned if turned % 90 == 0 else 0


def _inherited(page: Any, name: str) -> Any:
    for _ in range(64):  # deeper than any honest page tree
        if name in page:
            return page[name]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    return None


def _size(stamp: bytes) -> tuple[float, float]:
    left, bottom, right, top, _ = _page(_reader(stamp))
    return right - left, top - bottom


def _reader(stamp: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(stamp))
