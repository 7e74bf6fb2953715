"""Ed25519: the only file of this library that knows a cryptographic package."""

from collections.abc import Callable
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Sign: TypeAlias = Callable[[bytes], bytes]
"""Signs a message: 64 bytes of Ed25519."""

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def new_private_key() -> bytes:
    """Return 32 random bytes that are an Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """Return the 32-byte public key of a raw private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def signer(private_key: bytes) -> Sign:
    """Return a function that signs with a raw private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether `signature` over `message` is of the holder of `public_key`; False for malformed input."""
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
