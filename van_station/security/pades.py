"""PAdES signatures on digitised copies, by pyHanko: made, looked at again, and topped up later.

Everything is an incremental update in memory: the bytes that were there stay, and nothing touches a file.
Source: ETSI EN 319 142-1 (levels), ISO 19005-2 6.4.3 (signatures in PDF/A-2).
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError as PyhankoSigningError
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info

from van_station.security import certificate_checks as checks
from van_station.security.copy_looks import look, read
from van_station.security.copy_signing import (
    CopyCheck,
    Intactness,
    Level,
    NoTimeStamp,
    NotSignable,
    Revocation,
    SignatureBroken,
    SignedCopy,
    SigningError,
    Token,
)
from van_station.security.key_holders import KeyHolder, OpenKey, Pkcs12File
from van_station.security.stamp_place import StampStyle, stamp_box
from van_station.security.time_stamps import BoundedTimeStamper
from van_station.security.tokens import TokenDriver

FIELD = "ChungThucBanSao"
DIGEST = "sha256"
_TIME_STAMP_FAULTS = (timestamps.common_utils.TimestampRequestError, OSError)

for _name in ("pyhanko", "pyhanko_certvalidator"):  # they name certificate holders
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class PadesSigning:
    """What a desk signs copies with.

    Args:
        module: the token's PKCS#11 driver; None: no token.
        tsa_url: the time-stamp authority; "": no time-stamps.
        trusted: certificates of issuers that are believed.
        timeout_s: most seconds to wait for the authority, and for each answer about a certificate.
    """

    def __init__(
        self,
        *,
        module: Path | None = None,
        tsa_url: str = "",
        trusted: Sequence[x509.Certificate] = (),
        timeout_s: float = 5.0,
    ) -> None:
        self._driver = TokenDriver(module)
        self._tsa_url, self._trusted, self._timeout_s = tsa_url, tuple(trusted), timeout_s

    @property
    def stamps_time(self) -> bool:
        """Whether a time-stamp authority is configured."""
        return bool(self._tsa_url)

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens plugged in now; NoDriver when their driver can't be used."""
        return self._driver.tokens()

    def file_signer(self, data: bytes) -> PadesSigner:
        """Return the signer of a PKCS#12 file's bytes."""
        return PadesSigner(self, Pkcs12File(data))

    def token_signer(self, token_id: str) -> PadesSigner:
        """Return the signer of a token."""
        return PadesSigner(self, self._driver.holder(token_id))

    def check(self, pdf: bytes) -> CopyCheck:
        """Look at a PDF; never raises for what is in it."""
        return look(pdf, self._trusted)

    def top_up(self, pdf: bytes, at: datetime) -> SignedCopy:
        """Add a document time-stamp, and the material for later checks where it can be had.

        Raises:
            NoTimeStamp: none to be had now; SignatureBroken: the signature there is not intact.
        """
        found = self.check(pdf)
        if found.state is not Intactness.INTACT or found.certificate is None:
            raise SignatureBroken
        if not self._tsa_url:
            raise NoTimeStamp
        stamper = signers.PdfTimeStamper(self.time_stamper())
        try:
            out = stamper.timestamp_pdf(_writer(pdf), DIGEST, output=io.BytesIO())
        except _TIME_STAMP_FAULTS as error:
            raise NoTimeStamp from error
        data = self.with_material(out.getvalue())
        fresh = self.check(data)
        if fresh.state is not Intactness.INTACT or fresh.level in (None, Level.B):
            raise SignatureBroken
        return SignedCopy(
            data, fresh.level or Level.B, found.certificate, found.signed_at or at, at, Revocation.NOT_CHECKED
        )

    # ------------------------------------------------------------------ for the sessions
    def time_stamper(self) -> BoundedTimeStamper:
        """Return a fresh asker of the authority."""
        return BoundedTimeStamper(self._tsa_url, timeout_s=self._timeout_s)

    def revocation(self, key: OpenKey) -> Revocation:
        """Ask whether the certificate was taken back; CertificateRevoked if so."""
        return checks.ask_revocation(key.certificate, self._trusted, key.chain, timeout_s=self._timeout_s)

    def with_material(self, pdf: bytes, chain: Sequence[x509.Certificate] = ()) -> bytes:
        """Return the PDF with chain, OCSP answers and CRLs for later checks (B-LT), or as it is."""
        embedded = read(pdf).embedded_regular_signatures[-1]
        roots = checks.anchors(embedded.signer_cert, self._trusted, [*chain, *embedded.other_embedded_certs])
        context = checks.validation_context(roots, chain, timeout_s=self._timeout_s)
        try:
            paths = asyncio.run(collect_validation_info(embedded, context))
        except (*checks.CANNOT_TELL, PyhankoSigningError, PdfError):
            return pdf
        out = io.BytesIO()
        writer: Any = _writer(pdf)
        contents = embedded.pkcs7_content.hex().encode("ascii")
        DocumentSecurityStore.supply_dss_in_writer(writer, contents, paths=paths, validation_context=context)
        writer.write(out)
        return out.getvalue()


class PadesSigner:
    """A key holder with everything around it."""

    def __init__(self, engine: PadesSigning, holder: KeyHolder) -> None:
        self._engine, self._holder = engine, holder

    @contextmanager
    def open(self, secret: str, now: datetime) -> Iterator[PadesSession]:
        """Open the key, and ask whether its certificate was taken back."""
        with self._holder.open(secret, now) as key:
            yield PadesSession(self._engine, key, self._engine.revocation(key))


class PadesSession:
    """Signs one copy after another with an open key; an authority that failed once is not asked again."""

    def __init__(self, engine: PadesSigning, key: OpenKey, revocation: Revocation) -> None:
        self._engine, self._key, self._revocation = engine, key, revocation
        self._stamper = engine.time_stamper() if engine.stamps_time else None
        self._stamp_refused: str | None = None
        self.certificate = checks.facts_of(key.certificate)

    def sign(self, pdf: bytes, stamp: bytes, at: datetime) -> SignedCopy:
        """Return the PDF signed and looked at again; see `SigningSession`."""
        data = self._signed(pdf, stamp, at)
        if self._stamper is not None and self._revocation is Revocation.GOOD:
            data = self._engine.with_material(data, self._key.chain)
        found = self._engine.check(data)
        if found.state is not Intactness.INTACT or found.certificate != self.certificate:
            raise SigningError
        level = found.level or Level.B
        stamped = found.signed_at if level is not Level.B else None
        return SignedCopy(data, level, self.certificate, at, stamped, self._revocation, self._stamp_refused)

    def _signed(self, pdf: bytes, stamp: bytes, at: datetime) -> bytes:
        if self._stamper is not None:
            try:
                return self._written(pdf, stamp, at, self._stamper)
            except _TIME_STAMP_FAULTS:
                self._stamper, self._stamp_refused = None, NoTimeStamp.code
        return self._written(pdf, stamp, at, None)

    def _written(self, pdf: bytes, stamp: bytes, at: datetime, stamper: BoundedTimeStamper | None) -> bytes:
        try:
            writer = _writer(pdf)
            name = _field_name(writer)
            append_signature_field(writer, SigFieldSpec(name, on_page=0, box=stamp_box(writer, stamp)))
            meta = signers.PdfSignatureMetadata(
                field_name=name,
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                name=self.certificate.holder,
            )
            signer = _AtSigner(
                meta, self._key.signer, timestamper=stamper, stamp_style=StampStyle(stamp=stamp)
            )
            signer.at = at
            out = asyncio.run(signer.async_sign_pdf(writer, output=io.BytesIO()))
        except (SigningError, *_TIME_STAMP_FAULTS):
            raise
        except (PdfError, ValueError, KeyError, IndexError, PyhankoSigningError) as error:
            explained = self._key.explain(error)
            raise (NotSignable() if type(explained) is SigningError else explained) from error
        except Exception as error:  # whatever a driver raises
            raise self._key.explain(error) from error
        data: bytes = out.getvalue()
        return data


class _AtSigner(signers.PdfSigner):
    """Says the moment that it was given, not the machine's own."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: Any = False) -> Any:  # noqa: FBT002
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


class _Writer(IncrementalPdfFileWriter):
    """Leaves the document's metadata alone: written anew they would not be PDF/A's any more."""

    def _update_meta(self) -> None:
        pass


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    writer = _Writer(io.BytesIO(pdf), strict=False)
    if writer.prev.encrypted:
        raise NotSignable
    return writer


def _field_name(writer: IncrementalPdfFileWriter) -> str:
    """Return a name that no signature of the file has yet."""
    count = len(writer.prev.embedded_signatures)
    return f"{FIELD}{count + 1}" if count else FIELD
