"""Signing keys on PKCS#11 tokens (*USB ký số*), through the driver that the token's maker gives.

The driver runs in this process: one that crashes takes the desk with it (what was kept is safe). One token
is used at a time: drivers are seldom safe for threads.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, ObjectClass, TokenFlag
from pkcs11 import exceptions as faults
from pyhanko.sign.pkcs11 import PKCS11Signer

from van_station.security.certificate_checks import require_may_sign
from van_station.security.copy_signing import (
    NoDriver,
    NoSigningKey,
    PinMissing,
    SigningError,
    Token,
    TokenGone,
    TokenLocked,
    WrongPin,
    WrongPinLastTry,
)
from van_station.security.key_holders import OpenKey

_GONE = (faults.DeviceRemoved, faults.TokenNotPresent, faults.TokenNotRecognised, faults.SlotIDInvalid)
_WRONG = (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange)
_ONE_AT_A_TIME = threading.Lock()


class TokenDriver:
    """A PKCS#11 module by its path; it is loaded when it is first needed."""

    def __init__(self, module: Path | None) -> None:
        self._module = module

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens plugged in now; NoDriver when the module can't be used."""
        with _ONE_AT_A_TIME:
            return tuple(_described(token) for token in self._present())

    def holder(self, token_id: str) -> TokenKey:
        """Return the key holder of one of them."""
        return TokenKey(self, token_id)

    def find(self, token_id: str) -> Any:
        """Return the driver's own token object; TokenGone when it is not there."""
        for token in self._present():
            if _id_of(token) == token_id:
                return token
        raise TokenGone

    def _present(self) -> list[Any]:
        library = self._library()
        found = []
        try:
            for slot in library.get_slots(token_present=True):
                with contextlib.suppress(faults.PKCS11Error):
                    token = slot.get_token()
                    if TokenFlag.TOKEN_INITIALIZED in token.flags:
                        found.append(token)
        except faults.PKCS11Error as error:
            raise NoDriver from error
        return found

    def _library(self) -> Any:
        if self._module is None or not self._module.is_file():
            raise NoDriver
        try:
            return pkcs11.lib(str(self._module))
        except (faults.PKCS11Error, OSError, RuntimeError) as error:
            raise NoDriver from error


class TokenKey:
    """The signing key of a token that is plugged in."""

    def __init__(self, driver: TokenDriver, token_id: str) -> None:
        self._driver, self._token_id = driver, token_id

    @contextmanager
    def open(self, secret: str, now: datetime) -> Iterator[OpenKey]:
        """Log in, find the key, and log out in the end.

        Raises:
            PinMissing, TokenGone, TokenLocked, WrongPin, WrongPinLastTry, NoDriver, NoSigningKey, and as
            `require_may_sign`.
        """
        if not secret:
            raise PinMissing
        with _ONE_AT_A_TIME:
            session = self._logged_in(secret)
            try:
                yield OpenKey(self._signer(session, now), self._explain)
            finally:
                with contextlib.suppress(faults.PKCS11Error):
                    session.close()

    def _logged_in(self, secret: str) -> Any:
        token = self._driver.find(self._token_id)
        if TokenFlag.USER_PIN_LOCKED in token.flags:  # asking all the same would help nobody
            raise TokenLocked
        try:
            return token.open(user_pin=secret)
        except faults.PinLocked:
            raise TokenLocked from None
        except _WRONG:
            raise self._after_wrong_pin() from None
        except _GONE:
            raise TokenGone from None
        except faults.PKCS11Error as error:
            raise self._explain(error) from error

    def _after_wrong_pin(self) -> SigningError:
        """Say what the token tells of the tries left."""
        try:
            flags = self._driver.find(self._token_id).flags
        except SigningError:
            return WrongPin()
        if TokenFlag.USER_PIN_LOCKED in flags:
            return TokenLocked()
        return WrongPinLastTry() if TokenFlag.USER_PIN_FINAL_TRY in flags else WrongPin()

    def _signer(self, session: Any, now: datetime) -> PKCS11Signer:
        """Return the signer of the first certificate that has its key here and may sign now."""
        try:
            owned, others = _certificates(session)
        except faults.PKCS11Error as error:
            raise self._explain(error) from error
        if not owned:
            raise NoSigningKey
        refusal: SigningError | None = None
        for key_id, certificate in owned:
            try:
                require_may_sign(certificate, now)
            except SigningError as error:
                refusal = refusal or error
            else:
                return PKCS11Signer(session, signing_cert=certificate, key_id=key_id, ca_chain=others)
        raise refusal or NoSigningKey

    def _explain(self, error: Exception) -> SigningError:
        if isinstance(error, SigningError):
            return error
        if isinstance(error, _GONE):
            return TokenGone()
        try:
            self._driver.find(self._token_id)
        except SigningError:
            return TokenGone()
        return SigningError()


def _certificates(session: Any) -> tuple[list[tuple[bytes, x509.Certificate]], list[x509.Certificate]]:
    """Return certificates with a private key of the same id, and all of them."""
    owned, everything = [], []
    for found in list(
        session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    ):  # one search at a time
        certificate = x509.Certificate.load(found[Attribute.VALUE])
        everything.append(certificate)
        key_id = found[Attribute.ID]
        mine = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: key_id}
        if key_id and list(session.get_objects(mine)):
            owned.append((bytes(key_id), certificate))
    return owned, everything


def _described(token: Any) -> Token:
    flags = token.flags
    return Token(
        id=_id_of(token),
        label=_text(token.label),
        maker=_text(token.manufacturer_id),
        locked=TokenFlag.USER_PIN_LOCKED in flags,
        last_try=TokenFlag.USER_PIN_FINAL_TRY in flags,
        few_tries=TokenFlag.USER_PIN_COUNT_LOW in flags,
    )


def _id_of(token: Any) -> str:
    serial = token.serial if isinstance(token.serial, bytes) else str(token.serial).encode()
    return f"{serial.hex()}-{_text(token.label)}"


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")
