"""Whether a certificate may sign now: its days, what it is for, and whether its issuer took it back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    CRLFetchError,
    OCSPFetchError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from van_station.security.copy_signing import (
    CertificateExpired,
    CertificateFacts,
    CertificateNotYetValid,
    CertificateRevoked,
    Revocation,
    WrongKeyUsage,
)
from van_station.security.errors import KeyRefused

MAX_TRUSTED = 64
MAX_CERTIFICATE_BYTES = 256 * 1024
CANNOT_TELL = (PathError, ValidationError, CRLFetchError, OCSPFetchError, OSError, ValueError)
"""What looking at a chain raises when it leads nowhere or nobody answers."""
_SUFFIXES = (".cer", ".crt", ".der", ".pem")
_SIGNING = frozenset({"digital_signature", "non_repudiation"})


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Return what a certificate says, for people to read."""
    return CertificateFacts(
        holder=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        serial=f"{certificate.serial_number:X}",
        sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )


def require_may_sign(certificate: x509.Certificate, now: datetime) -> None:
    """Refuse a certificate that must not sign now.

    Raises:
        CertificateNotYetValid, CertificateExpired: by its own days.
        WrongKeyUsage: neither digitalSignature nor nonRepudiation, or a certificate of an authority.
    """
    if now < certificate.not_valid_before:
        raise CertificateNotYetValid
    if now > certificate.not_valid_after:
        raise CertificateExpired
    usage = certificate.key_usage_value
    if certificate.ca or (usage is not None and not _SIGNING & set(usage.native)):
        raise WrongKeyUsage


def read_trusted(folder: Path | None) -> tuple[x509.Certificate, ...]:
    """Return the issuers' certificates (PEM or DER) of a folder.

    Raises:
        KeyRefused: the folder is not there, or a file in it holds no certificate.
    """
    if folder is None:
        return ()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)[:MAX_TRUSTED]
    except OSError as error:
        raise KeyRefused(folder.name) from error
    return tuple(certificate for path in paths for certificate in _read(path))


def validation_context(
    trusted: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    *,
    timeout_s: float,
    now: datetime | None = None,
) -> ValidationContext:
    """Return how certificates are looked at: online with bounded waiting, asking for revocation."""
    return ValidationContext(
        trust_roots=list(trusted),
        other_certs=list(others),
        allow_fetching=timeout_s > 0,
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=max(timeout_s, 0.1)),
        revocation_mode="hard-fail",
        moment=now,
    )


def anchors(
    certificate: x509.Certificate, trusted: Sequence[x509.Certificate], chain: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the roots to ask about revocation with: the configured ones, and the signer's own."""
    own = [each for each in chain if each.self_issued and each.sha256 != certificate.sha256]
    return [*trusted, *own]


def ask_revocation(
    certificate: x509.Certificate,
    trusted: Sequence[x509.Certificate],
    chain: Sequence[x509.Certificate],
    *,
    timeout_s: float,
) -> Revocation:
    """Ask the issuer (OCSP, then CRL) whether it took the certificate back.

    Raises:
        CertificateRevoked: it did. Not being able to ask is an answer of its own, never a refusal: a van
        signs without a line.
    """
    if timeout_s <= 0 or not (certificate.ocsp_urls or certificate.crl_distribution_points):
        return Revocation.NOT_CHECKED
    context = validation_context(anchors(certificate, trusted, chain), chain, timeout_s=timeout_s)
    validator = CertificateValidator(certificate, intermediate_certs=list(chain), validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except RevokedError:
        raise CertificateRevoked from None
    except CANNOT_TELL:
        return Revocation.NOT_CHECKED
    return Revocation.GOOD


def _read(path: Path) -> list[x509.Certificate]:
    data = path.read_bytes()[:MAX_CERTIFICATE_BYTES]
    try:
        if pem.detect(data):
            return [x509.Certificate.load(der) for _, _, der in pem.unarmor(data, multiple=True)]
        return [x509.Certificate.load(data, strict=True)]
    except (ValueError, TypeError) as error:
        raise KeyRefused(path.name) from error


def _name(name: x509.Name) -> str:
    parts = name.native
    found = parts.get("common_name") or parts.get("organization_name") or name.human_friendly
    return str(found[0] if isinstance(found, list) else found)
