"""One edition as one signed file. The bytes are described in `docs/formats/catalogue.md`.

Nothing is decompressed or parsed before length and signature are right; even then the size that the header
claims is a bound that unpacking may not pass.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from van_station.rules.catalogue_edition import ABOUT, MAX_FILES, Edition, load_edition
from van_station.rules.errors import CatalogueRefused

MAGIC = b"VSCATv2\n"
SIGNING_CONTEXT = b"van-station/catalogue/2\x00"
MAX_BUNDLE_BYTES = 4 * 1024 * 1024
MAX_HEADER_BYTES = 2048
MAX_UNPACKED_BYTES = 40 * 1024 * 1024
SIGNATURE_BYTES = 64
KEY_ID_CHARS = 16
_FIELDS = frozenset({"format", "version", "issued_on", "files", "unpacked", "digest", "key_id"})

Sign = Callable[[bytes], bytes]
"""Ed25519 over a message: 64 bytes."""
Verify = Callable[[str, bytes, bytes], bool]
"""Whether (key id, message, signature) is right; False for a key that is not trusted."""


class BundleRefused(CatalogueRefused):
    """A file that is no bundle we may install; nothing of it was used.

    Codes: `catalogue.not_a_bundle`, `catalogue.too_large`, `catalogue.torn`, `catalogue.bad_signature`.
    """

    code = "catalogue.not_a_bundle"


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle whose signature was right.

    Attributes:
        edition: checked, every form in it too.
        digest: hex SHA-256 of the whole file.
        key_id: which trusted key signed it.
        signature: hex.
    """

    edition: Edition
    digest: str
    key_id: str
    signature: str


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys, no spaces, UTF-8: the same bytes for the same content."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def key_id(public_key: bytes) -> str:
    """Return the short name of a key: the first 16 hex digits of its SHA-256."""
    return sha256(public_key).hexdigest()[:KEY_ID_CHARS]


def content_digest(files: Mapping[str, Any]) -> str:
    """Return hex SHA-256 of the canonical content: equal exactly when two editions say the same."""
    return sha256(canonical(files)).hexdigest()


def build(files: Mapping[str, Any], *, public_key: bytes, sign: Sign) -> bytes:
    """Return the bundle of an edition.

    Args:
        files: parsed JSON by path; checked first.
        public_key: 32 raw bytes, of the key that signs.
        sign: with that key.

    Raises:
        EditionRefused: with every fault; BundleRefused: larger than a bundle may be.
    """
    return pack(load_edition(files), key=key_id(public_key), sign=sign)


def pack(edition: Edition, *, key: str, sign: Sign) -> bytes:
    """Return the bundle of an edition that was loaded before; `key` is the id of the key that signs."""
    files = edition.files
    content = canonical(files)
    packed = zlib.compress(content, 9)
    header = canonical(
        {
            "format": files[ABOUT]["format"],
            "version": edition.version,
            "issued_on": edition.issued_on.isoformat(),
            "files": len(files),
            "unpacked": len(content),
            "digest": sha256(content).hexdigest(),
            "key_id": key,
        }
    )
    start = MAGIC + len(header).to_bytes(4, "big") + header + len(packed).to_bytes(4, "big") + packed
    bundle = start + sign(SIGNING_CONTEXT + sha256(start).digest())
    if len(bundle) > MAX_BUNDLE_BYTES or len(content) > MAX_UNPACKED_BYTES:
        raise BundleRefused(code="catalogue.too_large", most=MAX_BUNDLE_BYTES // 1024 // 1024)
    return bundle


def open_bundle(data: bytes, verify: Verify, *, strict: bool = True) -> Bundle:
    """Return what a bundle holds: signature first, then content, then every procedure and form.

    Args:
        data: the file.
        verify: with the keys that are trusted here.
        strict: as for `load_edition`; False for a bundle that was opened strictly before.

    Raises:
        BundleRefused: not a bundle, too large, torn, or not signed by a trusted key.
        EditionRefused: rightly signed, but faulty; with every fault.
    """
    header, packed, start, signature = _split(data)
    key = header["key_id"]
    if not verify(key, SIGNING_CONTEXT + sha256(start).digest(), signature):
        raise BundleRefused(code="catalogue.bad_signature", key=key)
    files = _unpacked(header, packed)
    edition = load_edition(files, strict=strict)
    if (edition.version, edition.issued_on.isoformat()) != (header["version"], header["issued_on"]):
        raise BundleRefused(code="catalogue.torn")
    return Bundle(edition, sha256(data).hexdigest(), key, signature.hex())


def _split(data: bytes) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Return header, compressed content, what was signed and the signature; every length is checked."""
    if len(data) > MAX_BUNDLE_BYTES:
        raise BundleRefused(code="catalogue.too_large", most=MAX_BUNDLE_BYTES // 1024 // 1024)
    if not data.startswith(MAGIC):
        raise BundleRefused
    raw, at = _piece(data, len(MAGIC), MAX_HEADER_BYTES)
    packed, at = _piece(data, at, MAX_BUNDLE_BYTES)
    signature = data[at:]
    if len(signature) != SIGNATURE_BYTES:
        raise BundleRefused(code="catalogue.torn")
    return _header(raw), packed, data[:at], signature


def _piece(data: bytes, at: int, most: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 4], "big")
    end = at + 4 + length
    if length > most or end > len(data):
        raise BundleRefused(code="catalogue.torn")
    return data[at + 4 : end], end


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as broken:
        raise BundleRefused(code="catalogue.torn") from broken
    texts = ("version", "issued_on", "digest", "key_id")
    if (
        not isinstance(header, dict)
        or header.keys() != _FIELDS
        or not all(isinstance(header[name], str) for name in texts)
        or not all(type(header[name]) is int for name in ("format", "files", "unpacked"))
        or canonical(header) != raw
    ):
        raise BundleRefused(code="catalogue.torn")
    return header


def _unpacked(header: Mapping[str, Any], packed: bytes) -> dict[str, Any]:
    claimed = header["unpacked"]
    if not 0 < claimed <= MAX_UNPACKED_BYTES or header["files"] > MAX_FILES:
        raise BundleRefused(code="catalogue.too_large", most=MAX_UNPACKED_BYTES // 1024 // 1024)
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed, claimed + 1)
    except zlib.error as broken:
        raise BundleRefused(code="catalogue.torn") from broken
    sound = unpacker.eof and not unpacker.unused_data and len(content) == claimed
    if not sound or sha256(content).hexdigest() != header["digest"]:
        raise BundleRefused(code="catalogue.torn")
    try:
        files = json.loads(content)
    except (ValueError, RecursionError) as broken:
        raise BundleRefused(code="catalogue.torn") from broken
    if not isinstance(files, dict) or len(files) != header["files"]:
        raise BundleRefused(code="catalogue.torn")
    return files
