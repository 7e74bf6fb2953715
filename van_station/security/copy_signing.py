"""Signing a digitised copy (*ký số bản số hóa*): what is asked of a signer, and what comes back.

No cryptography here: this module also loads where the extra `sign` is not installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from van_station.security.errors import SecurityError


class Level(StrEnum):
    """PAdES levels (ETSI EN 319 142-1): signed; time-stamped; with the material to check it years later."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"


class Revocation(StrEnum):
    """What the issuer said about the certificate when the copy was signed."""

    GOOD = "good"
    NOT_CHECKED = "not_checked"
    """No line, no address in the certificate, or its issuer is not known here."""


class Intactness(StrEnum):
    """What a look at a signed copy found."""

    INTACT = "intact"
    ALTERED = "altered"
    """Bytes changed after signing, or something was added that a signed copy must not have."""
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says of its holder. `sha256` is its fingerprint, 64 hex digits."""

    holder: str = field(repr=False)
    issuer: str = field(repr=False)
    serial: str
    """Hex, without leading zeros."""
    sha256: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class SignedCopy:
    """A PDF with a signature that was read back and found intact."""

    data: bytes = field(repr=False)
    level: Level
    certificate: CertificateFacts
    signed_at: datetime
    time_stamped_at: datetime | None
    revocation: Revocation
    stamp_refused: str | None = None
    """Code of why a time-stamp that was wanted is not there."""


@dataclass(frozen=True)
class CopyCheck:
    """What a signed PDF says now. `trusted` is None while no issuer's certificates are configured."""

    state: Intactness
    level: Level | None = None
    certificate: CertificateFacts | None = None
    signed_at: datetime | None = None
    """The time-stamp's moment where there is one, else the signer's own clock."""
    trusted: bool | None = None


@dataclass(frozen=True)
class Token:
    """A token (*USB ký số*) plugged in now, by the words and flags it gives of itself."""

    id: str
    """Tells it from the others while it is plugged in."""
    label: str
    maker: str
    locked: bool = False
    last_try: bool = False
    """One more wrong PIN locks it."""
    few_tries: bool = False
    """A wrong PIN was given before."""


class SigningSession(Protocol):
    """A signer that was opened with its PIN or passphrase, for some copies."""

    @property
    def certificate(self) -> CertificateFacts:
        """Whose certificate signs."""

    def sign(self, pdf: bytes, stamp: bytes, at: datetime) -> SignedCopy:
        """Return the PDF signed, with the one-page PDF `stamp` shown in the top margin of page 1.

        Raises:
            SigningError: and the given PDF is as it was.
        """


class Signer(Protocol):
    """Where a signing key lies: a PKCS#12 file, a PKCS#11 token."""

    def open(self, secret: str, now: datetime) -> AbstractContextManager[SigningSession]:
        """Open the key for some signatures; PIN or passphrase are not kept.

        Raises:
            SigningError: wrong or locked PIN, no key, a certificate that must not sign now.
        """


class CopySigning(Protocol):
    """Everything a desk needs to sign copies and to look at signed ones."""

    @property
    def stamps_time(self) -> bool:
        """Whether a time-stamp authority is configured."""

    def tokens(self) -> Sequence[Token]:
        """Return the tokens plugged in now; SigningError when their driver can't be used."""

    def file_signer(self, data: bytes) -> Signer:
        """Return the signer of a PKCS#12 file's bytes."""

    def token_signer(self, token_id: str) -> Signer:
        """Return the signer of a token."""

    def check(self, pdf: bytes) -> CopyCheck:
        """Look at a PDF: signed by whom, when, and whether it is still as it was signed."""

    def top_up(self, pdf: bytes, at: datetime) -> SignedCopy:
        """Add a time-stamp to a copy that was signed without one, and what later checks need.

        Raises:
            SigningError: no time-stamp to be had now, or the signature is not intact.
        """


class SigningError(SecurityError):
    """No signature was made; whatever was to be signed is as it was."""

    code = "sign.failed"


class WrongPin(SigningError):
    """The token or the file does not open with this PIN or passphrase."""

    code = "sign.wrong_pin"


class WrongPinLastTry(SigningError):
    """A wrong PIN, and the token says that the next wrong one locks it."""

    code = "sign.wrong_pin_last_try"


class WrongPassphrase(SigningError):
    """The PKCS#12 file does not open with this passphrase."""

    code = "sign.wrong_passphrase"


class PinMissing(SigningError):
    """No PIN or passphrase was given."""

    code = "sign.pin_missing"


class TokenLocked(SigningError):
    """Too many wrong PINs: only the token's issuer opens it again."""

    code = "sign.token_locked"


class TokenGone(SigningError):
    """The token was pulled out, or is not there."""

    code = "sign.token_gone"
    retryable = True


class NoDriver(SigningError):
    """The token's driver (PKCS#11 module) is not configured, not there or can't be loaded."""

    code = "sign.no_driver"


class NotASignerFile(SigningError):
    """The file is no PKCS#12 file (.p12, .pfx), or has no key in it."""

    code = "sign.not_a_signer_file"


class NoSigningKey(SigningError):
    """The token holds no certificate with a private key of its own."""

    code = "sign.no_key"


class CertificateExpired(SigningError):
    """The certificate ended before today."""

    code = "sign.expired"


class CertificateNotYetValid(SigningError):
    """The certificate begins later than now, or this machine's clock is slow."""

    code = "sign.not_yet_valid"


class CertificateRevoked(SigningError):
    """The issuer has taken the certificate back."""

    code = "sign.revoked"


class WrongKeyUsage(SigningError):
    """The certificate is for something else, e.g. for encryption or for a server."""

    code = "sign.wrong_key_usage"


class NotSignable(SigningError):
    """The PDF can't be signed: damaged, encrypted, or without a page."""

    code = "sign.not_signable"


class NoTimeStamp(SigningError):
    """The time-stamp authority is not configured, does not answer, or answers wrongly."""

    code = "sign.no_time_stamp"
    retryable = True


class SignatureBroken(SigningError):
    """A signature is there and no longer fits the bytes."""

    code = "sign.altered"
