"""Drawing a document's pages to pixels by PDFium, which shares no code with the writer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pikepdf
import pypdfium2  # type: ignore[import-untyped]

from scanning.errors import PdfNotFaithful
from scanning.page import CleanPage
from scanning.pdf.assembly import add_page
from scanning.pdf.layer import AnyLayer
from scanning.pdf.pdfium import PDFIUM
from scanning.stages.decode import Pixels

POINTS_PER_INCH: Final = 72


def page_size_pt(page: CleanPage) -> tuple[float, float]:
    """Return width and height of a page in points."""
    return page.width_px * POINTS_PER_INCH / page.dpi, page.height_px * POINTS_PER_INCH / page.dpi


def draw_page(document: Any, number: int, dpi: int) -> Pixels:
    """Return page `number` (from 1) of an open document as RGB; the caller holds PDFium's lock.

    Raises:
        PdfNotFaithful: it cannot be drawn.
    """
    try:
        page = document[number - 1]
        picture = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True).to_numpy()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise PdfNotFaithful("a page cannot be drawn", page_no=number) from error
    if picture.ndim == 2 or picture.shape[2] == 1:
        picture = np.repeat(picture.reshape(*picture.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(picture[..., :3])


def draw_layers(page: CleanPage, layers: Sequence[AnyLayer], dpi: int) -> Pixels:
    """Return what a reader will show of a page made of these layers.

    Raises:
        PdfNotFaithful: it cannot be drawn.
    """
    out = io.BytesIO()
    with pikepdf.Pdf.new() as pdf:
        add_page(pdf, page_size_pt(page), layers)
        pdf.save(out, compress_streams=False)
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(out.getvalue())
        except pypdfium2.PdfiumError as error:
            raise PdfNotFaithful("cannot be read back") from error
        try:
            return draw_page(document, 1, dpi)
        finally:
            document.close()
