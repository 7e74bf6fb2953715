"""Assembles a PDF/A-2b in memory.

`pikepdf.pdfa.save` would do it in one call, but writes the unencrypted document to a temporary file on the
way; so its three steps (prepare, save, validate) are called here on memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String, pdfa

from scanning.errors import PdfRefused
from scanning.page import CleanPage
from scanning.pdf.assembly import add_page
from scanning.pdf.drawn import POINTS_PER_INCH, page_size_pt
from scanning.pdf.glyphless import Codes, font_object
from scanning.pdf.picture import Quality, picture_layers
from scanning.pdf.text_layer import text_operators
from scanning.text import TextLayer

_FLAVOUR: Final = "2b"


def write(
    pages: Iterable[CleanPage],
    *,
    layers: Iterable[TextLayer | None],
    title: str,
    language: str = "vi-VN",
    created: datetime,
    quality: Quality = "small",
) -> bytes:
    """Return a PDF/A-2b of the pages, validated, with the words of `layers` searchable behind them.

    Args:
        pages: at least one; blank ones are written like others, leaving them out is the caller's choice. Each
            is looked at once, in order: an iterable that opens them from a store holds one at a time.
        layers: one for each page, None where no text was read.
        title: shown by readers and stored in clear in the metadata: no personal data.
        language: BCP 47 tag of the text.
        created: with time zone.
        quality: see `picture_layers`.

    Raises:
        PdfRefused: the result is not valid PDF/A-2b.
        PageUnreadable: a page's picture is damaged.
        ValueError: no pages, another number of layers than of pages, or `created` without a time zone.
    """
    if created.tzinfo is None:
        raise ValueError("created needs a time zone")
    with pikepdf.Pdf.new() as pdf:
        codes = Codes()
        for page, layer in zip(pages, layers, strict=True):  # ValueError when they are not as many
            _add_page(pdf, page, layer, codes, quality=quality)
        if not len(pdf.pages):
            raise ValueError("a document needs a page")
        if len(codes):  # the font comes last: only now are all its characters known
            font = font_object(pdf, codes)
            for pdf_page in pdf.pages:
                pdf_page.obj.Resources.Font = Dictionary(F0=font)
        _describe(pdf, title=title, language=language, created=created)
        return _save(pdf)


def _add_page(
    pdf: pikepdf.Pdf,
    page: CleanPage,
    text: TextLayer | None,
    codes: Codes,
    *,
    quality: Quality,
) -> None:
    words = b""
    if text is not None and text.words:
        points_per_px = POINTS_PER_INCH / page.dpi
        words = text_operators(text, codes, page_height_px=page.height_px, points_per_px=points_per_px)
    add_page(pdf, page_size_pt(page), picture_layers(page, quality), words=words)


def _describe(pdf: pikepdf.Pdf, *, title: str, language: str, created: datetime) -> None:
    pdf.Root.Lang = String(language)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata["dc:language"] = {language}
        metadata["xmp:CreateDate"] = created.isoformat(timespec="seconds")
        metadata["xmp:ModifyDate"] = created.isoformat(timespec="seconds")
        metadata["xmp:CreatorTool"] = "scanning"


def _save(pdf: pikepdf.Pdf) -> bytes:
    settings = pdfa.resolve_save_kwargs(_FLAVOUR)
    pdfa.prepare(pdf, _FLAVOUR)
    out = io.BytesIO()
    pdf.save(out, **settings)
    out.seek(0)
    report = pdfa.validate_written(out, _FLAVOUR, save_kwargs=settings)
    if report.verdict != "pass":
        rules = tuple(sorted({finding.rule for finding in report.findings}))
        raise PdfRefused("not valid PDF/A-2b", rules=rules)
    return out.getvalue()
