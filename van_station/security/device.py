"""The machine's key, and what follows from it."""

import hashlib
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from van_station.security.errors import KeyRefused
from van_station.security.sealing import Sealer
from van_station.security.signing import Signer
from van_station.security.wrapping import Wrapper

DEVICE_KEY_BYTES = 32
_STORE = b"van-station store key 1"
_SIGNING = b"van-station signing key 1"
_BLOBS = b"van-station blob key 1"


def new_device_key() -> bytes:
    """Return a fresh device key: 32 random bytes, all other keys of the machine follow from it."""
    return os.urandom(DEVICE_KEY_BYTES)


class DeviceKeys:
    """An unlocked machine. Lives in memory only, and shows nothing when printed.

    Attributes:
        site_id: 32 hex digits that follow from the machine's public signing key.
    """

    def __init__(self, device_key: bytes) -> None:
        if len(device_key) != DEVICE_KEY_BYTES:
            raise KeyRefused("a device key has 32 bytes")
        self._key = device_key
        self._signer = Signer(Ed25519PrivateKey.from_private_bytes(self._derive(_SIGNING)))
        self.site_id: str = hashlib.sha256(self._signer.public_key).hexdigest()[:32]

    def store_key(self) -> bytes:
        """Return the 32-byte key of the store. To be handed to `Store.open` and nobody else."""
        return self._derive(_STORE)

    def signer(self) -> Signer:
        """Return the machine's signer."""
        return self._signer

    def sealer(self, platform_public_key: bytes) -> Sealer:
        """Return a sealer for the holder of the platform's private key; KeyRefused for a malformed key."""
        return Sealer(Wrapper(platform_public_key), self._derive(_BLOBS))

    def device_key(self) -> bytes:
        """Return the device key itself, for the keyring's slots only."""
        return self._key

    def _derive(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=purpose).derive(self._key)

    def __reduce__(self) -> str:
        raise TypeError("device keys are not copied or stored")

    def __repr__(self) -> str:
        return f"<DeviceKeys of {self.site_id[:8]}>"
