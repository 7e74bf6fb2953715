"""Looking at a signed PDF: by whom, when, and whether it is still as it was signed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from van_station.security.certificate_checks import facts_of
from van_station.security.copy_signing import CopyCheck, Intactness, Level

_END = b"%%EOF"
# What pyHanko and asn1crypto raise over bytes that are no honest PDF or CMS.
_BROKEN = (
    PdfError,
    SignatureValidationError,
    SigningError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    OSError,
)


def read(pdf: bytes) -> PdfFileReader:
    """Return a reader of the bytes."""
    return PdfFileReader(io.BytesIO(pdf), strict=False)


def look(pdf: bytes, trusted: Sequence[x509.Certificate]) -> CopyCheck:
    """Return what the newest signature says; all of them must be intact."""
    try:
        reader = read(pdf)
        embedded = reader.embedded_regular_signatures
        if not embedded:
            return CopyCheck(Intactness.UNSIGNED)
    except _BROKEN:
        return CopyCheck(Intactness.UNREADABLE)
    try:
        return _looked(pdf, reader, embedded, trusted)
    except _BROKEN:
        return CopyCheck(Intactness.ALTERED)


def _looked(
    pdf: bytes,
    reader: PdfFileReader,
    embedded: Sequence[EmbeddedPdfSignature],
    trusted: Sequence[x509.Certificate],
) -> CopyCheck:
    last = embedded[-1]
    certificate = facts_of(last.signer_cert)
    statuses = [_status(each, trusted) for each in embedded]
    good = all(_intact(status) for status in statuses) and not _trailing(pdf)
    stamped = _stamped_at(statuses[-1], reader)
    level = _level(reader, stamped=stamped is not None)
    return CopyCheck(
        Intactness.INTACT if good else Intactness.ALTERED,
        level,
        certificate,
        stamped or last.self_reported_timestamp,
        bool(statuses[-1].trusted) if trusted else None,
    )


def _status(embedded: EmbeddedPdfSignature, trusted: Sequence[x509.Certificate]) -> PdfSignatureStatus:
    """Check bytes and signature, and the chain as of the moment that the signature names."""
    context = ValidationContext(
        trust_roots=list(trusted),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=embedded.self_reported_timestamp,
    )
    return validate_pdf_signature(embedded, context, ts_validation_context=context)


def _intact(status: PdfSignatureStatus) -> bool:
    whole = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    level = status.modification_level
    kept = level is not None and level <= ModificationLevel.LTA_UPDATES
    return bool(status.intact and status.valid and whole and kept and status.docmdp_ok)


def _trailing(pdf: bytes) -> bool:
    """Tell whether something stands behind the file's end."""
    return bool(pdf[pdf.rfind(_END) + len(_END) :].strip())


def _stamped_at(status: PdfSignatureStatus, reader: PdfFileReader) -> datetime | None:
    """Return the moment that an authority said, by the signature's own time-stamp or one of the document."""
    own = status.timestamp_validity
    if own is not None and own.intact and own.valid:
        return own.timestamp
    for stamp in reader.embedded_timestamp_signatures:
        if moment := _document_stamp(stamp):
            return moment
    return None


def _document_stamp(stamp: EmbeddedPdfSignature) -> datetime | None:
    status = validate_pdf_timestamp(stamp, ValidationContext(trust_roots=[], allow_fetching=False))
    return status.timestamp if status.intact and status.valid else None


def _level(reader: PdfFileReader, *, stamped: bool) -> Level:
    if not stamped:
        return Level.B
    return Level.LT if "/DSS" in reader.root else Level.T
