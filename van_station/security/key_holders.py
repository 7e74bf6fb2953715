"""Signing keys in PKCS#12 files: opened in memory with a passphrase that is not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asn1crypto import pkcs12, x509
from pyhanko.sign import signers

from van_station.security.certificate_checks import require_may_sign
from van_station.security.copy_signing import (
    NotASignerFile,
    PinMissing,
    SigningError,
    WrongPassphrase,
)

MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True)
class OpenKey:
    """A key ready to sign.

    Attributes:
        signer: pyHanko's handle; the key itself stays where it lies.
        explain: turns what went wrong while signing into a SigningError.
    """

    signer: signers.Signer
    explain: Callable[[Exception], SigningError]

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""
        found = self.signer.signing_cert
        if found is None:
            raise SigningError
        return found

    @property
    def chain(self) -> list[x509.Certificate]:
        """The other certificates that came with it."""
        return list(self.signer.cert_registry)


class KeyHolder(Protocol):
    """Where a key lies."""

    def open(self, secret: str, now: datetime) -> AbstractContextManager[OpenKey]:
        """Open the key with its PIN or passphrase; SigningError when it must not or can't sign now."""


class Pkcs12File:
    """A PKCS#12 file (.p12, .pfx), as bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @contextmanager
    def open(self, secret: str, now: datetime) -> Iterator[OpenKey]:
        """Open the file.

        Raises:
            PinMissing, NotASignerFile, WrongPassphrase, and as `require_may_sign`.
        """
        if not secret:
            raise PinMissing
        if len(self._data) > MAX_FILE_BYTES or not _looks_right(self._data):
            raise NotASignerFile
        signer = self._load(secret)
        require_may_sign(signer.signing_cert, now)
        yield OpenKey(signer, lambda _: SigningError())

    def _load(self, secret: str) -> signers.SimpleSigner:
        try:
            signer: signers.SimpleSigner = signers.SimpleSigner.load_pkcs12_data(
                self._data, (), secret.encode()
            )
        except (AttributeError, TypeError, NotImplementedError):  # no certificate, or no key, in it
            raise NotASignerFile from None
        except ValueError:
            raise WrongPassphrase from None
        return signer


def _looks_right(data: bytes) -> bool:
    try:
        return bool(pkcs12.Pfx.load(data, strict=True)["version"].native == "v3")
    except (ValueError, TypeError, KeyError):
        return False
