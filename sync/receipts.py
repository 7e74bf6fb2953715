"""The receipt: the gateway's signed word that it holds a dossier. Format: docs/formats/receipt.md."""

import re
from dataclasses import dataclass, replace

from sync.canonical import JsonValue, canonical, parse
from sync.errors import ProtocolBroken, ReceiptRefused
from sync.signing import Sign, is_signed

MAX_FILES = 1000
MAX_RECEIPT_BYTES = 128 * 1024
_DOMAIN = b"sync.receipt.1\n"
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class DossierManifest:
    """What a machine hands in.

    Attributes:
        dossier_id: lower-case hex.
        version: 1, 2, ... ; a supplement is a new version.
        site: whose changes hold the dossier's data.
        last_seq: the last of that site's changes that belongs to it.
        files: blob ids, in any order.
    """

    dossier_id: str
    version: int
    site: str
    last_seq: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway signs.

    Attributes:
        dossier_id, version, site, last_seq: as submitted.
        files: blob ids, sorted.
        chain_head: digest of the site's change `last_seq` ("" when last_seq is 0, or when that
            place is a hole): countersigns the site's history up to there.
        official_code: the platform's code, "" when it gives one later.
        platform_status: 1..10, national list.
        received_at: gateway's clock, ISO 8601 UTC.
        gateway_id: hex.
        signature: hex Ed25519, "" before signing.
    """

    dossier_id: str
    version: int
    site: str
    last_seq: int
    files: tuple[str, ...]
    chain_head: str
    official_code: str
    platform_status: int
    received_at: str
    gateway_id: str
    signature: str = ""

    def body(self) -> bytes:
        """Return the canonical JSON that is signed (after the domain line)."""
        return canonical(_as_json(self))


def _as_json(receipt: Receipt) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {
        name: getattr(receipt, name) for name in Receipt.__slots__ if name != "signature"
    }
    return body | {"files": list(receipt.files)}


def make_receipt(receipt: Receipt, sign: Sign) -> Receipt:
    """Return `receipt` with sorted files and the gateway's signature."""
    plain = replace(receipt, files=tuple(sorted(receipt.files)), signature="")
    return replace(plain, signature=sign(_DOMAIN + plain.body()).hex())


def verify_receipt(receipt: Receipt, public_key: bytes, *, submitted: DossierManifest) -> None:
    """Check that a receipt is genuine and about exactly what was submitted.

    Raises:
        ReceiptRefused: wrong signature, or another dossier, version, site, position or file list.
    """
    signature = receipt.signature if re.fullmatch(r"[0-9a-f]{128}", receipt.signature) else ""
    if not is_signed(_DOMAIN + receipt.body(), bytes.fromhex(signature), public_key):
        raise ReceiptRefused("signature does not fit")
    said = (receipt.dossier_id, receipt.version, receipt.site, receipt.last_seq, receipt.files)
    ours = (submitted.dossier_id, submitted.version, submitted.site, submitted.last_seq)
    if said != (*ours, tuple(sorted(set(submitted.files)))):
        raise ReceiptRefused("not about what was submitted")


def encode_receipt(receipt: Receipt) -> bytes:
    """Return canonical JSON `{"body": {...}, "signature": hex}`, to keep and to send."""
    return canonical({"body": _as_json(receipt), "signature": receipt.signature})


def decode_receipt(data: bytes) -> Receipt:
    """Read a receipt; its form is checked, its signature is not.

    Raises:
        TooLarge, ProtocolBroken: not a receipt.
    """
    match parse(data, max_bytes=MAX_RECEIPT_BYTES):
        case {"body": dict(body), "signature": str(signature)} if re.fullmatch(r"[0-9a-f]{128}", signature):
            return replace(_read_body(body), signature=signature)
    raise ProtocolBroken("not a receipt")


def _read_body(body: dict[str, JsonValue]) -> Receipt:
    if body.keys() != set(Receipt.__slots__) - {"signature"}:
        raise ProtocolBroken("not a receipt")
    return Receipt(
        dossier_id=read_text(body, "dossier_id", _ID),
        version=read_number(body, "version", at_least=1),
        site=read_text(body, "site", _ID),
        last_seq=read_number(body, "last_seq"),
        files=read_files(body),
        chain_head=read_text(body, "chain_head", re.compile(r"(?:[0-9a-f]{64})?")),
        official_code=read_text(body, "official_code", re.compile(r"[0-9A-Z.-]{0,64}")),
        platform_status=read_number(body, "platform_status", at_least=1, at_most=10),
        received_at=read_text(body, "received_at", re.compile(r"[0-9TZ:.+-]{1,40}")),
        gateway_id=read_text(body, "gateway_id", _ID),
    )


def manifest_as_json(manifest: DossierManifest) -> dict[str, JsonValue]:
    """Return the JSON form of a manifest, files sorted and each named once."""
    return {
        "dossier_id": manifest.dossier_id,
        "version": manifest.version,
        "site": manifest.site,
        "last_seq": manifest.last_seq,
        "files": [*sorted(set(manifest.files))],
    }


def read_manifest(body: JsonValue) -> DossierManifest:
    """Read a manifest of an untrusted origin.

    Raises:
        ProtocolBroken: not a manifest.
    """
    if not isinstance(body, dict):
        raise ProtocolBroken("not a manifest")
    return DossierManifest(
        dossier_id=read_text(body, "dossier_id", _ID),
        version=read_number(body, "version", at_least=1),
        site=read_text(body, "site", _ID),
        last_seq=read_number(body, "last_seq"),
        files=read_files(body),
    )


def read_text(body: dict[str, JsonValue], name: str, pattern: re.Pattern[str]) -> str:
    """Return a text of a JSON object that matches `pattern` whole; ProtocolBroken otherwise."""
    value = body.get(name)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ProtocolBroken(f"{name} is malformed")
    return value


def read_number(body: dict[str, JsonValue], name: str, *, at_least: int = 0, at_most: int = 2**53 - 1) -> int:
    """Return an integer of a JSON object within bounds; ProtocolBroken otherwise."""
    value = body.get(name)
    if type(value) is not int or not at_least <= value <= at_most:
        raise ProtocolBroken(f"{name} is malformed")
    return value


def read_files(body: dict[str, JsonValue]) -> tuple[str, ...]:
    """Return the sorted blob ids under "files"; ProtocolBroken when unsorted, repeated or too many."""
    value = body.get("files")
    if not isinstance(value, list) or len(value) > MAX_FILES:
        raise ProtocolBroken("files is malformed")
    files = tuple(item for item in value if isinstance(item, str) and _HASH.fullmatch(item))
    if len(files) != len(value) or list(files) != sorted(set(files)):
        raise ProtocolBroken("files is malformed")
    return files
