"""Sealed files: encrypted once, stored, relayed and uploaded as they are.

Format: docs/formats/sealed-file.md.
"""

import hashlib
import os
import struct
from dataclasses import dataclass, field

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from van_station.security.errors import DamagedFile
from van_station.security.wrapping import WRAPPED_KEY_BYTES, Unwrapper, Wrapper

MAGIC = b"VSSEALED"
VERSION = 1
MAX_PLAIN_BYTES = 512 * 1024 * 1024
LOCAL_KEY_BYTES = 12 + 32 + 16
_FIXED = struct.Struct(">8sBB8sH")
HEADER_BYTES = _FIXED.size + WRAPPED_KEY_BYTES
_SUITE_HYBRID = 1
_INFO = b"van-station sealed file 1\n"
_LOCAL = b"van-station local file key 1\n"
_MAX_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class SealContext:
    """What a sealed file belongs to; it opens under the same three names only."""

    tenant: str
    dossier_id: str
    file_id: str

    def encoded(self) -> bytes:
        """Return the three names, each as a 2-byte length and UTF-8; ValueError for an empty or long one."""
        names = [name.encode() for name in (self.tenant, self.dossier_id, self.file_id)]
        if not all(1 <= len(name) <= _MAX_NAME_BYTES for name in names):
            raise ValueError("a seal context needs three names of 1 to 200 bytes")
        return b"".join(struct.pack(">H", len(name)) + name for name in names)


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What comes of sealing.

    Attributes:
        blob_id: hex SHA-256 of `body`.
        body: the sealed file.
        local_key: what this machine needs to open it again, 60 bytes, useless on another machine.
            Dropping it makes the file seal-only.
    """

    blob_id: str
    body: bytes
    local_key: bytes = field(repr=False)


class Sealer:
    """Seals files for the platform, and opens those whose local key this machine still has."""

    def __init__(self, wrapper: Wrapper, blob_key: bytes) -> None:
        self._wrapper = wrapper
        self._local = AESGCM(blob_key)

    def seal(self, plain: bytes, context: SealContext) -> SealedFile:
        """Encrypt `plain` under a fresh key, wrapped for the platform.

        Raises:
            ValueError: larger than `MAX_PLAIN_BYTES`, or a malformed context.
        """
        if len(plain) > MAX_PLAIN_BYTES:
            raise ValueError("too large to seal")
        names = context.encoded()
        key = Cobblestone256Encryptor.generate_key()
        wrapped = self._wrapper.wrap(key, _INFO + names)
        header = _FIXED.pack(MAGIC, VERSION, _SUITE_HYBRID, self._wrapper.key_id, len(wrapped)) + wrapped
        encryptor = Cobblestone256Encryptor(key, _binding(header, names))
        body = b"".join((header, encryptor.update(plain), encryptor.finalize()))
        nonce = os.urandom(12)
        local_key = nonce + self._local.encrypt(nonce, key, _LOCAL + names)
        return SealedFile(hashlib.sha256(body).hexdigest(), body, local_key)

    def open(self, body: bytes, local_key: bytes, context: SealContext) -> bytes:
        """Return the plain file, all of it checked before any of it is returned.

        Raises:
            DamagedFile: anything does not fit: bytes, length, context, key.
        """
        names = context.encoded()
        if len(local_key) != LOCAL_KEY_BYTES:
            raise DamagedFile("local key is malformed")
        try:
            key = self._local.decrypt(local_key[:12], local_key[12:], _LOCAL + names)
        except InvalidTag as error:
            raise DamagedFile("local key does not open") from error
        _read_header(body)
        return _decrypt(body, key, names)

    def __reduce__(self) -> str:
        raise TypeError("sealers are not copied or stored")

    def __repr__(self) -> str:
        return f"<Sealer for {self._wrapper.key_id.hex()}>"


class PlatformOpener:
    """Opens sealed files with the platform's private key; lives at the centre, never in a van."""

    def __init__(self, private_key: bytes) -> None:
        self._unwrapper = Unwrapper(private_key)

    def open(self, body: bytes, context: SealContext) -> bytes:
        """Return the plain file, all of it checked before any of it is returned.

        Raises:
            DamagedFile: anything does not fit: bytes, length, context, key.
        """
        names = context.encoded()
        key_id, wrapped = _read_header(body)
        if key_id != self._unwrapper.key_id:
            raise DamagedFile("sealed for another platform key")
        return _decrypt(body, self._unwrapper.unwrap(wrapped, _INFO + names), names)

    def __repr__(self) -> str:
        return f"<PlatformOpener {self._unwrapper.key_id.hex()}>"


def _read_header(body: bytes) -> tuple[bytes, bytes]:
    if len(body) < HEADER_BYTES:
        raise DamagedFile("too short for a sealed file")
    magic, version, suite, key_id, length = _FIXED.unpack_from(body)
    if (magic, version, suite, length) != (MAGIC, VERSION, _SUITE_HYBRID, WRAPPED_KEY_BYTES):
        raise DamagedFile("not a sealed file of a known version")
    return key_id, body[_FIXED.size : HEADER_BYTES]


def _decrypt(body: bytes, key: bytes, names: bytes) -> bytes:
    decryptor = Cobblestone256Decryptor(key, _binding(body[:HEADER_BYTES], names))
    try:
        return decryptor.update(memoryview(body)[HEADER_BYTES:]) + decryptor.finalize()
    except (InvalidTag, ValueError) as error:
        raise DamagedFile("content does not open") from error


def _binding(header: bytes, names: bytes) -> bytes:
    """Return the content's context: no header can be put before another body, no body under another name."""
    return _INFO + hashlib.sha256(header).digest() + names
