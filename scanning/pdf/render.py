"""A page of a document as a picture, in memory."""

from __future__ import annotations

import io
from typing import Final

import pypdfium2  # type: ignore[import-untyped]

from scanning.errors import PageUnreadable
from scanning.pdf.pdfium import PDFIUM

MAX_SIDE_PX: Final = 4000
_QUALITY: Final = 80


def render_page(data: bytes, index: int, *, max_px: int = 1600) -> bytes:
    """Return page `index` (0-based) of a PDF as JPEG, at most `max_px` (bounded at 4,000) on its long side.

    Raises:
        PageUnreadable: no PDF, or no such page.
    """
    wanted_px = max(16, min(max_px, MAX_SIDE_PX))
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise PageUnreadable("PDF cannot be opened") from error
        try:
            if not 0 <= index < len(document):
                raise PageUnreadable("no such page")
            page = document[index]
            scale = wanted_px / max(*page.get_size(), 1)
            image = page.render(scale=scale).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise PageUnreadable("PDF page cannot be drawn") from error
        finally:
            document.close()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
