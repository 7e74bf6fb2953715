"""Reading a document back by another route than it was written.

The writer goes through pikepdf and Pillow; here PDFium renders each page, as a reader would, and the picture
is compared with the page it should show. A swapped, inverted, missing or misplaced image does not pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from scanning.errors import PdfNotFaithful
from scanning.page import CleanPage
from scanning.pdf.pdfium import PDFIUM
from scanning.pictures import load
from scanning.pipeline import open_clean

MAX_DIFFERENCE: Final = 4.0
"""Mean difference in grey levels allowed; JPEG at the small quality makes about 1."""
MIN_LIKENESS: Final = 0.85
"""Least correlation of what is drawn, on pages with anything drawn on them."""
_COMPARE_DPI: Final = 72
_POINTS_PER_INCH: Final = 72
_MIN_DETAIL: Final = 3.0
_SIZE_TOLERANCE: Final = 0.005


_Gray = npt.NDArray[np.float32]


def verify(data: bytes, pages: Sequence[CleanPage]) -> None:
    """Check that the document shows exactly these pages, in this order; each is looked at once.

    Raises:
        PdfNotFaithful: cannot be read, another number or size of pages, or a page that looks different.
        PageUnreadable: a page to compare with is damaged.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise PdfNotFaithful("cannot be read back") from error
        try:
            if len(document) != len(pages):
                raise PdfNotFaithful("another number of pages")
            for number, page in enumerate(pages, start=1):
                _compare(document, number, page)
        finally:
            document.close()


def _compare(document: Any, number: int, page: CleanPage) -> None:
    shown = _rendered(document, number)
    _check_size(document, number, page)
    expected = _expected(page, (shown.shape[1], shown.shape[0]))
    difference = float(np.abs(shown - expected).mean())
    if difference > MAX_DIFFERENCE or not _alike(shown, expected):
        raise PdfNotFaithful("a page looks different", page_no=number, difference=difference)


def _rendered(document: Any, number: int) -> _Gray:
    try:
        page = document[number - 1]
        picture = page.render(scale=_COMPARE_DPI / _POINTS_PER_INCH).to_pil().convert("L")
        page.close()
    except pypdfium2.PdfiumError as error:
        raise PdfNotFaithful("a page cannot be drawn", page_no=number) from error
    return np.asarray(picture, np.float32)


def _check_size(document: Any, number: int, page: CleanPage) -> None:
    width_pt, height_pt = document.get_page_size(number - 1)
    for shown_pt, size_px in ((width_pt, page.width_px), (height_pt, page.height_px)):
        wanted_pt = size_px * _POINTS_PER_INCH / page.dpi
        if abs(shown_pt - wanted_pt) > max(1.0, wanted_pt * _SIZE_TOLERANCE):
            raise PdfNotFaithful("a page of another size", page_no=number)


def _expected(page: CleanPage, size: tuple[int, int]) -> _Gray:
    image = open_clean(page)
    image.draft("L", (size[0] * 2, size[1] * 2))
    return np.asarray(load(image).convert("L").resize(size, Image.Resampling.BOX), np.float32)


def _alike(shown: _Gray, expected: _Gray) -> bool:
    """Return True when what is drawn matches; an all but empty page has only its tone to match."""
    if expected.std() < _MIN_DETAIL:
        return bool(shown.std() < 2 * _MIN_DETAIL)
    if shown.std() == 0:
        return False
    return float(np.corrcoef(shown.ravel(), expected.ravel())[0, 1]) >= MIN_LIKENESS
