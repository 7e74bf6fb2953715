"""The ways into the chip of a travel document or citizen card: PACE where it is offered, else BAC.

What opens a chip stands printed on it: the machine-readable zone (MRZ) or the card access number (CAN).
Keys made from them stay in this room; a `SecureSession` comes out. Source: ICAO Doc 9303 part 11 sections
4.2 to 4.4.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable
from enum import IntEnum

from van_station.security.chip_ciphers import KeyUse, TripleDesCipher, derived_key
from van_station.security.chip_commands import Command, Transmit, ask, authenticated, data_of
from van_station.security.errors import BrokenChipAnswer, KeyRefused, WrongChipKey
from van_station.security.secure_messaging import SecureSession

_MRZ_KEY = re.compile(r"[A-Z0-9<]{9}[0-9][0-9<]{6}[0-9][0-9<]{6}[0-9]")
_CAN = re.compile(r"[0-9]{6}")
_NONCE_BYTES = 8
_KEY_BYTES = 16


class PasswordKind(IntEnum):
    """Which secret of the card: the reference of MSE:Set AT (section 4.4.4.1)."""

    MRZ = 1
    CAN = 2


class ChipPassword:
    """What opens a chip, as read or typed from the card; nothing of it shows."""

    def __init__(self, kind: PasswordKind, secret: bytes) -> None:
        """Use `of_mrz` or `of_can`."""
        self.kind = kind
        self._secret = secret

    @classmethod
    def of_mrz(cls, information: str) -> "ChipPassword":
        """Return the password of number, birth and expiry, each with its check digit (24 characters).

        Raises:
            KeyRefused: not of that shape.
        """
        if _MRZ_KEY.fullmatch(information) is None:
            raise KeyRefused("24 characters of an MRZ open a chip")
        digest = hashlib.sha1(information.encode("ascii"), usedforsecurity=False).digest()
        return cls(PasswordKind.MRZ, digest)

    @classmethod
    def of_can(cls, number: str) -> "ChipPassword":
        """Return the password of a card access number of six digits; KeyRefused otherwise."""
        if _CAN.fullmatch(number) is None:
            raise KeyRefused("a card access number has six digits")
        return cls(PasswordKind.CAN, number.encode("ascii"))

    def pace_key(self, key_bytes: int) -> bytes:
        """Return the key of PACE's nonce; for this room only."""
        return derived_key(self._secret, KeyUse.PASSWORD, key_bytes)

    def bac_cipher(self) -> TripleDesCipher:
        """Return the cipher of BAC's authentication; for this room only.

        Raises:
            KeyRefused: BAC knows no card access number.
        """
        if self.kind is not PasswordKind.MRZ:
            raise KeyRefused("BAC needs the MRZ")
        return _triple_des(self._secret[:_KEY_BYTES])

    def __reduce__(self) -> str:
        raise TypeError("passwords are not copied or stored")

    def __repr__(self) -> str:
        return f"<ChipPassword {self.kind.name}>"


def open_by_bac(
    transmit: Transmit, password: ChipPassword, *, random: Callable[[int], bytes] = os.urandom
) -> SecureSession:
    """Authenticate by Basic Access Control (section 4.3); the application must be selected before.

    Raises:
        WrongChipKey, ChipLocked: the chip refuses the password.
        ChipNotSupported: it gives no challenge.
        BrokenChipAnswer: its own proof does not fit.
        KeyRefused: the password is a card access number.
    """
    cipher = password.bac_cipher()
    challenge = data_of(ask(transmit, Command(0x00, 0x84, 0, 0, expected=_NONCE_BYTES)))
    if len(challenge) != _NONCE_BYTES:
        raise BrokenChipAnswer("length of a challenge")
    nonce, key = random(_NONCE_BYTES), random(_KEY_BYTES)
    sealed = cipher.encrypt(nonce + challenge + key, b"")
    proof = sealed + cipher.mac(sealed)
    answer = authenticated(ask(transmit, Command(0x00, 0x82, 0, 0, proof, expected=len(proof))))
    if len(answer) != len(proof) or not hmac.compare_digest(cipher.mac(answer[:32]), answer[32:]):
        raise WrongChipKey("the chip's proof")
    opened = cipher.decrypt(answer[:32], b"")
    if opened[:8] != challenge or opened[8:16] != nonce:
        raise BrokenChipAnswer("the chip's proof is of another conversation")
    seed = bytes(ours ^ theirs for ours, theirs in zip(key, opened[16:], strict=True))
    return SecureSession(_triple_des(seed), challenge[4:] + nonce[4:])


def _triple_des(seed: bytes) -> TripleDesCipher:
    return TripleDesCipher(
        derived_key(seed, KeyUse.ENCRYPT, _KEY_BYTES), derived_key(seed, KeyUse.AUTHENTICATE, _KEY_BYTES)
    )
