"""A scanned paper to sign, and what stands on its stamp."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2

from scanning import clean, pdf
from scanning.samples import make_sample_stack
from tests.scanning.conftest import as_raw

FONT = Path(__file__).parents[2] / "assets" / "fonts" / "InterTabular-Regular.ttf"


@cache
def scanned_letter() -> bytes:
    """Return a letter of one page as the desk keeps it, PDF/A-2b."""
    stack = make_sample_stack(3, 1, kinds=("letter",), dpi=100, font=FONT)
    pages = [clean(as_raw(sample.image, dpi=100)) for sample in stack]
    return pdf.write(pages, layers=[None], title="", created=datetime.now(UTC), quality="small")


def stamp_text(data: bytes) -> str:
    """Return the words of the signature that is seen on page 1."""
    flat = pikepdf.new()
    with pikepdf.open(io.BytesIO(data)) as opened:
        form = opened.pages[0].Annots[0].AP.N
        flat.add_blank_page(page_size=(float(form.BBox[2]), float(form.BBox[3])))
        flat.pages[0].Resources = pikepdf.Dictionary(XObject={"/S": flat.copy_foreign(form)})
        flat.pages[0].Contents = flat.make_stream(b"/S Do")
        out = io.BytesIO()
        flat.save(out)
    text: str = pypdfium2.PdfDocument(out.getvalue())[0].get_textpage().get_text_range()
    return " ".join(text.split())
