"""Pages out of one file's bytes: JPEG, PNG, TIFF of many pages, PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageSequence

from scanning.errors import PageUnreadable, ScanningError
from scanning.page import Encoding, PageLimits
from scanning.pictures import check_pixels, claimed_dpi, encode_jpeg, encode_png, load, open_bounded

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf"})
_QUALITY: Final = 92
_PDF_DPI: Final = 300
_POINTS_PER_INCH: Final = 72


class TooManyPages(ScanningError):
    """The file claims more pages than we take from one."""

    code = "scan.file_too_many_pages"


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of a file, encoded."""

    image: bytes
    encoding: Encoding
    width_px: int
    height_px: int
    dpi: int


def pages_of(data: bytes, suffix: str, limits: PageLimits) -> Iterator[FilePage]:
    """Yield the pages of a file, each decoded once so that only whole ones pass.

    Raises:
        PageUnreadable: not what its name says, damaged or cut off.
        PageTooLarge: a page claims too many pixels; found before decoding it.
        TooManyPages: the file claims too many pages.
    """
    if suffix == ".pdf":
        return _pdf_pages(data, limits)
    if suffix in (".tif", ".tiff"):
        return _tiff_pages(data, limits)
    return iter((_picture(data, limits),))


def _picture(data: bytes, limits: PageLimits) -> FilePage:
    image = open_bounded(data, limits, formats=("JPEG", "PNG"))
    width_px, height_px = image.size
    encoding = Encoding.JPEG if image.format == "JPEG" else Encoding.PNG
    dpi = claimed_dpi(image)
    if encoding is Encoding.JPEG:
        image.draft("L", (width_px // 8, height_px // 8))  # reads every byte at a fraction of the cost
    load(image)
    return FilePage(data, encoding, width_px, height_px, dpi)


def _tiff_pages(data: bytes, limits: PageLimits) -> Iterator[FilePage]:
    image = open_bounded(data, limits, formats=("TIFF",))
    try:
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
            if number > limits.max_pages:
                raise TooManyPages("too many pages")
            check_pixels(*frame.size, limits)
            yield _encode(load(frame), claimed_dpi(frame))
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PageUnreadable("TIFF is damaged") from error


def _encode(image: Image.Image, dpi: int) -> FilePage:
    """Encode a decoded page: bitonal losslessly, the rest as JPEG."""
    if image.mode in ("1", "P"):
        flat = image.convert("1" if image.mode == "1" else "RGB")
        return FilePage(encode_png(flat, dpi=dpi), Encoding.PNG, *image.size, dpi)
    flat = image.convert("L" if image.mode in ("L", "LA", "I", "I;16", "F") else "RGB")
    return FilePage(encode_jpeg(flat, quality=_QUALITY, dpi=dpi), Encoding.JPEG, *image.size, dpi)


def _pdf_pages(data: bytes, limits: PageLimits) -> Iterator[FilePage]:
    """Render each page at 300 dpi: what a reader would see, whatever the images inside are cut into."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  only the driver of a folder with PDFs pays

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PageUnreadable("PDF is damaged or locked") from error
    try:
        if len(document) > limits.max_pages:
            raise TooManyPages("too many pages")
        if not len(document):
            raise PageUnreadable("PDF without pages")
        for index in range(len(document)):
            yield _pdf_page(document, index, limits)
    except pypdfium2.PdfiumError as error:
        raise PageUnreadable("PDF page is damaged") from error
    finally:
        document.close()


def _pdf_page(document: Any, index: int, limits: PageLimits) -> FilePage:
    page = document[index]
    scale = _PDF_DPI / _POINTS_PER_INCH
    width_pt, height_pt = page.get_size()
    check_pixels(int(width_pt * scale), int(height_pt * scale), limits)
    image = page.render(scale=scale).to_pil().convert("RGB")
    page.close()
    return _encode(image, _PDF_DPI)
