"""HPKE with MLKEM768_X25519: wraps small keys for somebody who is not here.

Raw forms: private = ML-KEM-768 seed (64 bytes) + X25519 (32); public = ML-KEM-768 (1184) + X25519 (32).
Suite: RFC 9180 with the hybrid KEM of `cryptography` 50, HKDF-SHA256, AES-256-GCM.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from van_station.security.errors import DamagedFile, KeyRefused

_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1184
PRIVATE_BYTES = _SEED_BYTES + 32
PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + 32
WRAPPED_KEY_BYTES = 1168
"""Length of a wrapped 32-byte key: 1120 of encapsulation, 32, and a tag of 16."""

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def new_platform_keys() -> tuple[bytes, bytes]:
    """Return (private, public) in raw form, for a platform's or a recovery key pair."""
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    private = mlkem.private_bytes_raw() + x25519.private_bytes_raw()
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return private, public


def key_id(public_key: bytes) -> bytes:
    """Return 8 bytes that tell public keys apart; not a proof of anything."""
    return hashlib.sha256(public_key).digest()[:8]


class Wrapper:
    """Wraps 32-byte keys for the holder of a private key.

    Raises:
        KeyRefused: `public_key` is not one in raw form.
    """

    def __init__(self, public_key: bytes) -> None:
        if len(public_key) != PUBLIC_BYTES:
            raise KeyRefused(f"a public key has {PUBLIC_BYTES} bytes")
        try:
            self._key = hpke.MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(public_key[:_MLKEM_PUBLIC_BYTES]),
                X25519PublicKey.from_public_bytes(public_key[_MLKEM_PUBLIC_BYTES:]),
            )
        except ValueError as error:
            raise KeyRefused("not a public key") from error
        self.key_id = key_id(public_key)

    def wrap(self, key: bytes, info: bytes) -> bytes:
        """Return `WRAPPED_KEY_BYTES` bytes that only the private key's holder can unwrap under `info`."""
        return _SUITE.encrypt(key, self._key, info=info)


class Unwrapper:
    """Unwraps keys with a private key in raw form.

    Raises:
        KeyRefused: `private_key` is not one in raw form.
    """

    def __init__(self, private_key: bytes) -> None:
        if len(private_key) != PRIVATE_BYTES:
            raise KeyRefused(f"a private key has {PRIVATE_BYTES} bytes")
        mlkem = MLKEM768PrivateKey.from_seed_bytes(private_key[:_SEED_BYTES])
        x25519 = X25519PrivateKey.from_private_bytes(private_key[_SEED_BYTES:])
        self._key = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.key_id = key_id(public)

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Return the key; DamagedFile when it was wrapped for another key or `info`, or was changed."""
        try:
            return _SUITE.decrypt(wrapped, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise DamagedFile("wrapped key does not open") from error

    def __repr__(self) -> str:
        return f"<Unwrapper {self.key_id.hex()}>"
