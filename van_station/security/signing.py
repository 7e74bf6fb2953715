"""Ed25519 signatures of machines, gateways and catalogues."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from van_station.security.errors import KeyRefused

KEY_BYTES = 32


def new_signing_key() -> bytes:
    """Return 32 random bytes that are an Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (64 bytes) over `message` was made with this key (32 raw bytes, Ed25519)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Signer:
    """Signs with a private key that it does not give away.

    Attributes:
        public_key: 32 raw bytes.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key: bytes = key.public_key().public_bytes_raw()

    @classmethod
    def from_private(cls, private_key: bytes) -> "Signer":
        """Return the signer of a raw private key; KeyRefused unless it is 32 bytes."""
        if len(private_key) != KEY_BYTES:
            raise KeyRefused("a signing key has 32 bytes")
        return cls(Ed25519PrivateKey.from_private_bytes(private_key))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""
        return self._key.sign(message)

    def __reduce__(self) -> str:
        raise TypeError("signers are not copied or stored")

    def __repr__(self) -> str:
        return f"<Signer of {self.public_key.hex()[:8]}>"
