"""The two families of ciphers that travel documents speak: 3DES with retail MAC, and AES with CMAC.

No primitive is made here: DES, AES and CMAC are those of `cryptography`; the retail MAC is put together
from its 3DES, as ISO/IEC 9797-1 algorithm 3 is defined. Source: ICAO Doc 9303 part 11 sections 9.7.1 and
9.8.6.
"""

import hashlib
from enum import IntEnum
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from van_station.security.errors import BrokenChipAnswer

MAC_BYTES = 8


class KeyUse(IntEnum):
    """What a derived key is for: the counter of section 9.7.1."""

    ENCRYPT = 1
    AUTHENTICATE = 2
    PASSWORD = 3


class ChipCipher(Protocol):
    """One session's keys, which it never gives away.

    Attributes:
        block_bytes: size of a block, and of the send sequence counter.
    """

    block_bytes: int

    def encrypt(self, padded: bytes, counter: bytes) -> bytes:
        """Return whole blocks encrypted under this counter."""

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """Return whole blocks decrypted, still padded."""

    def mac(self, message: bytes) -> bytes:
        """Return 8 bytes that authenticate a message of any length."""

    def message_mac(self, counter: bytes, message: bytes) -> bytes:
        """Return 8 bytes that authenticate a protected command or reply under this counter."""


def derived_key(secret: bytes, use: KeyUse, key_bytes: int) -> bytes:
    """Return a key of 16, 24 or 32 bytes; DES parity bits are left as they fall, for DES ignores them.

    Source: ICAO Doc 9303 part 11 sections 9.7.1.1 (3DES) and 9.7.1.2 (AES).
    """
    material = secret + int(use).to_bytes(4, "big")
    if key_bytes == 16:
        return hashlib.sha1(material, usedforsecurity=False).digest()[:16]  # the standard's choice
    return hashlib.sha256(material).digest()[:key_bytes]


def padded(data: bytes, block_bytes: int) -> bytes:
    """Return data with a 1 bit and zeros to whole blocks (ISO/IEC 9797-1 method 2)."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block_bytes)


def unpadded(data: bytes) -> bytes:
    """Return data without its padding; BrokenChipAnswer when it carries none."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise BrokenChipAnswer("padding")
    return stripped[:-1]


class TripleDesCipher:
    """3DES in CBC mode with a zero vector, and the retail MAC; the only choice that BAC leaves."""

    block_bytes = 8

    def __init__(self, encrypting: bytes, authenticating: bytes) -> None:
        """Take two keys of 16 bytes each."""
        self._key = TripleDES(encrypting + encrypting[:8])
        first, second = authenticating[:8], authenticating[8:]
        self._single = TripleDES(first * 3)
        self._final = TripleDES(first + second + first)

    def encrypt(self, padded: bytes, counter: bytes) -> bytes:
        """See `ChipCipher`; the counter plays no part in 3DES encryption."""
        del counter
        return _cbc(self._key, bytes(8), padded, decrypting=False)

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """See `ChipCipher`."""
        del counter
        return _cbc(self._key, bytes(8), data, decrypting=True)

    def mac(self, message: bytes) -> bytes:
        """See `ChipCipher`: single DES up to the last block, which is encrypted with both keys."""
        blocks = padded(message, 8)
        chained = bytes(8)
        if len(blocks) > 8:
            chained = _cbc(self._single, bytes(8), blocks[:-8], decrypting=False)[-8:]
        return _cbc(self._final, chained, blocks[-8:], decrypting=False)

    def message_mac(self, counter: bytes, message: bytes) -> bytes:
        """See `ChipCipher`."""
        return self.mac(counter + message)

    def __repr__(self) -> str:
        return "<TripleDesCipher>"


class AesCipher:
    """AES in CBC mode, its vector the encrypted counter, and CMAC cut to 8 bytes."""

    block_bytes = 16

    def __init__(self, encrypting: bytes, authenticating: bytes) -> None:
        """Take two keys of 16, 24 or 32 bytes each."""
        self._key = algorithms.AES(encrypting)
        self._mac_key = algorithms.AES(authenticating)

    def encrypt(self, padded: bytes, counter: bytes) -> bytes:
        """See `ChipCipher`."""
        return _cbc(self._key, self._vector(counter), padded, decrypting=False)

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """See `ChipCipher`."""
        return _cbc(self._key, self._vector(counter), data, decrypting=True)

    def mac(self, message: bytes) -> bytes:
        """See `ChipCipher`."""
        cmac = CMAC(self._mac_key)
        cmac.update(message)
        return cmac.finalize()[:MAC_BYTES]

    def message_mac(self, counter: bytes, message: bytes) -> bytes:
        """See `ChipCipher`: secure messaging pads before CMAC does its own."""
        return self.mac(padded(counter + message, 16))

    def _vector(self, counter: bytes) -> bytes:
        return _cbc(self._key, bytes(16), counter, decrypting=False)  # one block: the same as ECB

    def __repr__(self) -> str:
        return "<AesCipher>"


def decrypted_nonce(password_key: bytes, nonce: bytes) -> bytes:
    """Return PACE's nonce in the open (AES-CBC, zero vector; section 4.4.3.3)."""
    return _cbc(algorithms.AES(password_key), bytes(16), nonce, decrypting=True)


def _cbc(key: TripleDES | algorithms.AES, vector: bytes, data: bytes, *, decrypting: bool) -> bytes:
    if not data or len(data) % len(vector):
        raise BrokenChipAnswer("not whole blocks")
    cipher = Cipher(key, modes.CBC(vector))
    step = cipher.decryptor() if decrypting else cipher.encryptor()
    return step.update(data) + step.finalize()
