"""Reading a document back by another route than it was written.

The writer goes through pikepdf and Pillow; here PDFium renders each page, as a reader would, and the picture
is compared with the page it should show. A swapped, inverted, missing or misplaced image does not pass, nor
does a page with ink of any colour missing: see `scanning.pdf.likeness`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]

from scanning.errors import PdfNotFaithful
from scanning.page import CleanPage
from scanning.pdf.drawn import draw_page, page_size_pt
from scanning.pdf.likeness import COMPARE_DPI, compare, expected_pixels
from scanning.pdf.pdfium import PDFIUM

_SIZE_TOLERANCE: Final = 0.005


def verify(data: bytes, pages: Sequence[CleanPage]) -> None:
    """Check that the document shows exactly these pages, in this order; each is looked at once.

    Raises:
        PdfNotFaithful: cannot be read, another number or size of pages, or a page that does not show
            what it should.
        PageUnreadable: a page to compare with is damaged.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise PdfNotFaithful("cannot be read back") from error
    try:
        with PDFIUM:
            count = len(document)
        if count != len(pages):
            raise PdfNotFaithful("another number of pages")
        for number, page in enumerate(pages, start=1):
            _compare(document, number, page)
    finally:
        with PDFIUM:
            document.close()


def _compare(document: Any, number: int, page: CleanPage) -> None:
    with PDFIUM:  # others may draw between two pages
        _check_size(document, number, page)
        shown = draw_page(document, number, COMPARE_DPI)
    found = compare(shown, expected_pixels(page, (shown.shape[1], shown.shape[0])))
    if found.fault is not None:
        raise PdfNotFaithful(found.fault, page_no=number, difference=found.difference)


def _check_size(document: Any, number: int, page: CleanPage) -> None:
    try:
        size_pt = document.get_page_size(number - 1)
    except pypdfium2.PdfiumError as error:
        raise PdfNotFaithful("a page cannot be drawn", page_no=number) from error
    for shown_pt, wanted_pt in zip(size_pt, page_size_pt(page), strict=True):
        if abs(shown_pt - wanted_pt) > max(1.0, wanted_pt * _SIZE_TOLERANCE):
            raise PdfNotFaithful("a page of another size", page_no=number)
