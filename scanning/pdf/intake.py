"""PDFs that exist already: taken over to the byte when they are fine as they are, refused in words when not.

Nothing is decompressed but what must be: claimed sizes are added up first. What acts by itself (scripts,
launches, forms in XML, files inside) has no place in a dossier.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pikepdf

from scanning.errors import PdfNotTaken

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_PAGES: Final = 500
MAX_OBJECTS: Final = 200_000
MAX_STREAM_BYTES: Final = 64 * 1024 * 1024
MAX_PIXELS: Final = 89_000_000
_MAX_RATIO: Final = 1000
_PIECE: Final = 1024 * 1024
_MAX_HEAD_BYTES: Final = 4096
_READ_ON_OPENING: Final = re.compile(rb"/(?:ObjStm|XRef)\b")
"""Tables and packed objects are decompressed by whoever opens the file: they are measured before that."""
_STREAM: Final = re.compile(rb"stream\r?\n")
_MAX_FILTERS: Final = 3
_MAX_SIDE_PT: Final = 14_400
_ACTING_KEYS: Final = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/XFA",
    "/RichMedia",
)
_ACTIONS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"})
_ANNOTATIONS: Final = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"})


class PdfFault(StrEnum):
    """Why a PDF is not taken."""

    DAMAGED = "damaged"
    LOCKED = "locked"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    ACTS = "acts"


@dataclass(frozen=True, slots=True)
class TakenPdf:
    """A PDF that may go into a dossier as it is.

    Attributes:
        data: the bytes, unchanged: signatures in it stay good.
        pages: how many.
        has_text: True when it can be searched.
        claims_pdfa: what it says of itself, such as `2B`; "" when nothing. Not checked.
    """

    data: bytes
    pages: int
    has_text: bool
    claims_pdfa: str


def take_pdf(data: bytes, *, max_bytes: int = MAX_BYTES, max_pages: int = MAX_PAGES) -> TakenPdf:
    """Look through a PDF without rendering it, and return it unchanged.

    Raises:
        PdfNotTaken: with `reason`, one of `PdfFault`.
    """
    if len(data) > max_bytes:
        raise PdfNotTaken("too many bytes", reason=PdfFault.TOO_LARGE)
    for found in _READ_ON_OPENING.finditer(data):
        start = _STREAM.search(data, found.end(), found.end() + _MAX_HEAD_BYTES)
        if start is not None and not _stays_small(memoryview(data)[start.end() :]):
            raise PdfNotTaken("a stream swells", reason=PdfFault.TOO_LARGE)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True, attempt_recovery=False) as pdf:
            return _looked_through(pdf, data, max_pages)
    except pikepdf.PasswordError as error:
        raise PdfNotTaken("locked by a password", reason=PdfFault.LOCKED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise PdfNotTaken("not a whole PDF", reason=PdfFault.DAMAGED) from error


def _looked_through(pdf: pikepdf.Pdf, data: bytes, max_pages: int) -> TakenPdf:
    if pdf.is_encrypted:
        raise PdfNotTaken("encrypted", reason=PdfFault.LOCKED)
    if len(pdf.objects) > MAX_OBJECTS:
        raise PdfNotTaken("too many objects", reason=PdfFault.TOO_LARGE)
    claimed = int(pdf.Root.Pages.get("/Count", 0))
    if claimed > max_pages:  # before the page tree is walked
        raise PdfNotTaken("too many pages", reason=PdfFault.TOO_MANY_PAGES)
    count = len(pdf.pages)
    if count > max_pages:
        raise PdfNotTaken("too many pages", reason=PdfFault.TOO_MANY_PAGES)
    if not count:
        raise PdfNotTaken("no pages", reason=PdfFault.DAMAGED)
    for each in pdf.objects:
        _check_object(each)
    for page in pdf.pages:
        if max(float(side) for side in page.mediabox) > _MAX_SIDE_PT:
            raise PdfNotTaken("a page of impossible size", reason=PdfFault.TOO_LARGE)
    return TakenPdf(data, count, _has_text(pdf), _claims(pdf))


def _check_object(each: Any) -> None:
    """Refuse what acts or what would swell beyond bounds; dictionaries within are looked at too."""
    if isinstance(each, pikepdf.Stream):
        _check_stream(each)
    elif isinstance(each, pikepdf.Array):
        for inner in each:
            _check_inner(inner)
    if not isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        return
    keys = {str(key) for key in each.keys()}  # noqa: SIM118  pikepdf's objects iterate over something else
    if keys & set(_ACTING_KEYS) or _acts(each, keys):
        raise PdfNotTaken("it acts by itself", reason=PdfFault.ACTS)
    for key in keys:
        _check_inner(each.get(key))


def _check_inner(inner: Any) -> None:
    """Look at what stands inside another object; what has a number of its own is looked at by that."""
    if getattr(inner, "is_indirect", True):
        return
    if isinstance(inner, pikepdf.Array):
        for each in inner:
            _check_inner(each)
    elif isinstance(inner, pikepdf.Dictionary):
        _check_object(inner)


def _acts(each: Any, keys: set[str]) -> bool:
    kind = str(each.get("/S", "")) if "/S" in keys else ""
    look = str(each.get("/Subtype", "")) if "/Subtype" in keys else ""
    return kind in _ACTIONS or look in _ANNOTATIONS or str(each.get("/Type", "")) == "/EmbeddedFile"


def _check_stream(stream: pikepdf.Stream) -> None:
    filters = stream.get("/Filter")
    names = [] if filters is None else list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    raw = int(stream.get("/Length", 0))
    if raw > MAX_STREAM_BYTES or len(names) > _MAX_FILTERS:
        raise PdfNotTaken("a stream too large", reason=PdfFault.TOO_LARGE)
    if sum(str(name) in ("/FlateDecode", "/LZWDecode", "/RunLengthDecode") for name in names) > 1:
        raise PdfNotTaken("compressed twice", reason=PdfFault.TOO_LARGE)
    if str(stream.get("/Subtype", "")) == "/Image":
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if pixels > MAX_PIXELS:
            raise PdfNotTaken("a picture too large", reason=PdfFault.TOO_LARGE)
        return
    swells = "/FlateDecode" in map(str, names) and raw * _MAX_RATIO > MAX_STREAM_BYTES
    if swells and not _stays_small(memoryview(stream.read_raw_bytes())):
        raise PdfNotTaken("a stream swells", reason=PdfFault.TOO_LARGE)


def _stays_small(deflated: memoryview) -> bool:
    """Return False when a stream is larger than allowed; it is undone piece by piece up to the bound."""
    undo = zlib.decompressobj()
    total, at = 0, 0
    rest: bytes | memoryview = b""
    while not undo.eof and (rest or at < len(deflated)):
        if not rest:
            rest, at = deflated[at : at + _PIECE], at + _PIECE
        try:
            total += len(undo.decompress(rest, _PIECE))
        except zlib.error:
            return True  # damaged streams are a reader's matter; they do not swell
        if total > MAX_STREAM_BYTES:
            return False
        rest = undo.unconsumed_tail
    return True


def _has_text(pdf: pikepdf.Pdf) -> bool:
    return any("/Font" in (page.obj.get("/Resources") or {}) for page in pdf.pages)


def _claims(pdf: pikepdf.Pdf) -> str:
    try:
        with pdf.open_metadata() as metadata:
            return str(metadata.pdfa_status)
    except (pikepdf.PdfError, ValueError, KeyError):
        return ""
