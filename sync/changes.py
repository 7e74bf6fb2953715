"""The change log's entry: what one person wrote into one field, chained, signed, and its batch codec.

Format: docs/formats/change-log.md.
"""

import dataclasses
import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sync.canonical import JsonValue, canonical, parse
from sync.clock import is_stamp
from sync.errors import ChainBroken, ChangeRefused, ProtocolBroken, TooLarge
from sync.signing import Sign, is_signed

DELETED = "~deleted"
"""Field name of a tombstone; its value is true, or false for a record that was brought back."""
MAX_VALUE_BYTES = 256 * 1024
MAX_REPLACES = 512
MAX_SEQ = 2**53 - 1
_DOMAIN = b"sync.change.1\n"
_BATCH_VERSION = 1
_HEX_ID = re.compile(r"[0-9a-f]{1,64}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AUTHOR = re.compile(r"[A-Za-z0-9._-]{0,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"(?:[0-9a-f]{128})?")


class ChangeId(NamedTuple):
    """Who wrote it, and the how-manieth of that site it is (from 1)."""

    site: str
    seq: int


@dataclass(frozen=True, slots=True)
class Change:
    """One value written into one field of one record, by one person on one site.

    Attributes:
        site: the writing machine, lower-case hex.
        seq: 1, 2, 3 ... per site, without a gap.
        stamp: hybrid clock (`sync.clock`); orders what is shown, decides nothing.
        entity: table name of the record.
        record_id: lower-case hex.
        field: column name, or `DELETED`.
        value: the column's value as JSON.
        replaces: the heads its author saw and replaces, knowingly.
        author: user id of the person.
        schema: number of the record layout it was written with.
        previous: hex SHA-256 (`digest`) of this site's change seq - 1, "" for seq 1.
        signature: hex Ed25519 of the site's key over the digest's 32 bytes, "" when unsigned.
    """

    site: str
    seq: int
    stamp: str
    entity: str
    record_id: str
    field: str
    value: JsonValue = dataclasses.field(hash=False)
    replaces: tuple[ChangeId, ...]
    author: str
    schema: int
    previous: str
    signature: str

    def id(self) -> ChangeId:
        """Return what names this change everywhere."""
        return ChangeId(self.site, self.seq)


def digest(change: Change) -> str:
    """Return hex SHA-256 over the canonical encoding without the signature: what is chained and signed.

    Raises:
        ChangeRefused: the value is not JSON.
    """
    body = _as_json(change)
    del body["signature"]
    return hashlib.sha256(_DOMAIN + _encode(body, change)).hexdigest()


def sign(change: Change, signer: Sign) -> Change:
    """Return a copy with its signature in hex.

    Raises:
        ChangeRefused: malformed, so no other side would take it.
    """
    check(change)
    return dataclasses.replace(change, signature=signer(bytes.fromhex(digest(change))).hex())


def verify(change: Change, public_key: bytes) -> None:
    """Check form and signature of one change.

    Raises:
        ChangeRefused: malformed, or not signed by the holder of `public_key`.
    """
    check(change)
    if not is_signed(bytes.fromhex(digest(change)), bytes.fromhex(change.signature), public_key):
        raise ChangeRefused("signature does not fit", site=change.site, seq=change.seq)


def verify_chain(changes: Sequence[Change], *, previous: str) -> str:
    """Check that `changes` are consecutive links of one site's chain.

    Args:
        changes: in order of seq.
        previous: digest of the change before the first one, "" at the start of a site.

    Returns:
        Digest of the last change (`previous` when there is none).

    Raises:
        ChainBroken: a gap, another order, another site, or a changed link.
    """
    expected_seq = changes[0].seq if changes and previous else 1
    for change in changes:
        if change.site != changes[0].site or change.seq != expected_seq or change.previous != previous:
            raise ChainBroken("link does not fit", site=change.site, seq=change.seq)
        previous = digest(change)
        expected_seq += 1
    return previous


def check(change: Change) -> None:
    """Check the form of a change: names, bounds, value.

    Raises:
        ChangeRefused: something is out of its bounds; the message names the attribute only.
    """
    wrong = next((name for name, fits in _findings(change) if not fits), "")
    if wrong:
        raise ChangeRefused(f"{wrong} is malformed", site=change.site, seq=change.seq)
    if len(_encode(change.value, change)) > MAX_VALUE_BYTES:
        raise ChangeRefused("value is too large", site=change.site, seq=change.seq)


def _findings(change: Change) -> list[tuple[str, bool]]:
    return [
        ("site", _HEX_ID.fullmatch(change.site) is not None),
        ("seq", 1 <= change.seq <= MAX_SEQ),
        ("stamp", is_stamp(change.stamp)),
        ("entity", _NAME.fullmatch(change.entity) is not None),
        ("record_id", _HEX_ID.fullmatch(change.record_id) is not None),
        ("field", change.field == DELETED or _NAME.fullmatch(change.field) is not None),
        ("replaces", _are_earlier(change.replaces, change.id())),
        ("author", _AUTHOR.fullmatch(change.author) is not None),
        ("schema", 0 <= change.schema <= MAX_SEQ),
        (
            "previous",
            change.previous == "" if change.seq == 1 else _HASH.fullmatch(change.previous) is not None,
        ),
        ("signature", _SIGNATURE.fullmatch(change.signature) is not None),
    ]


def _are_earlier(ids: tuple[ChangeId, ...], own: ChangeId) -> bool:
    return (
        len(ids) <= MAX_REPLACES
        and list(ids) == sorted(set(ids))
        and all(_HEX_ID.fullmatch(site) and 1 <= seq <= MAX_SEQ for site, seq in ids)
        and all(seq < own.seq for site, seq in ids if site == own.site)
    )


def _encode(value: JsonValue, change: Change) -> bytes:
    try:
        return canonical(value)
    except ValueError as error:
        raise ChangeRefused("value is not JSON", site=change.site, seq=change.seq) from error


def _as_json(change: Change) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {name: getattr(change, name) for name in Change.__slots__}
    body["replaces"] = [[site, seq] for site, seq in change.replaces]
    return body


def encode_batch(changes: Sequence[Change]) -> bytes:
    """Return `changes` as zlib-compressed canonical JSON, for one request.

    Raises:
        ChangeRefused: a value is not JSON.
    """
    items = b",".join(_encode(_as_json(change), change) for change in changes)
    return zlib.compress(b'{"changes":[' + items + b'],"v":%d}' % _BATCH_VERSION, 6)


def encoded_size(change: Change) -> int:
    """Return the bytes of a change's canonical JSON, before compression; ChangeRefused when it has none."""
    return len(_encode(_as_json(change), change))


def decode_batch(data: bytes, *, max_bytes: int, max_changes: int) -> list[Change]:
    """Read a batch of an untrusted origin; forms are checked, signatures are not.

    Args:
        data: as `encode_batch` wrote it.
        max_bytes: bound on the plain JSON; no more than this is ever unpacked.
        max_changes: bound on their number.

    Raises:
        TooLarge: beyond a bound.
        ProtocolBroken: not a batch.
        ChangeRefused: one change in it is malformed.
    """
    changes = []
    for item in decode_items(data, max_bytes=max_bytes, max_changes=max_changes):
        if isinstance(item, ChangeRefused):
            raise item
        changes.append(item)
    return changes


def decode_items(data: bytes, *, max_bytes: int, max_changes: int) -> list[Change | ChangeRefused]:
    """Read a batch as `decode_batch` does, but give a malformed change as the refusal that names its place.

    Raises:
        TooLarge: beyond a bound.
        ProtocolBroken: not a batch, or a change in it does not even say its site and seq.
    """
    body = parse(_unpack(data, max_bytes), max_bytes=max_bytes)
    if not isinstance(body, dict) or body.get("v") != _BATCH_VERSION:
        raise ProtocolBroken("not a batch of changes")
    items = body.get("changes")
    if not isinstance(items, list):
        raise ProtocolBroken("not a batch of changes")
    if len(items) > max_changes:
        raise TooLarge(f"{len(items)} changes, {max_changes} allowed")
    return [_read_item(item) for item in items]


def _unpack(data: bytes, max_bytes: int) -> bytes:
    if len(data) > max_bytes:
        raise TooLarge(f"{len(data)} packed bytes, {max_bytes} allowed")
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise ProtocolBroken("not compressed") from error
    if len(plain) > max_bytes:
        raise TooLarge(f"unpacks to more than {max_bytes} bytes")
    if not stream.eof or stream.unused_data:
        raise ProtocolBroken("compressed stream is cut, or something follows it")
    return plain


_TEXTS = ("site", "stamp", "entity", "record_id", "field", "author", "previous", "signature")
_NUMBERS = ("seq", "schema")


def _read_item(item: JsonValue) -> Change | ChangeRefused:
    fields = item if isinstance(item, dict) else {}
    match fields.get("site"), fields.get("seq"):
        case str(site), int(seq) if _HEX_ID.fullmatch(site) and type(seq) is int and 1 <= seq <= MAX_SEQ:
            try:
                return _read_change(fields)
            except ChangeRefused as error:
                return error
            except ProtocolBroken as error:
                return ChangeRefused(str(error), site=site, seq=seq)
    raise ProtocolBroken("not a change")


def _read_change(item: dict[str, JsonValue]) -> Change:
    if item.keys() != set(Change.__slots__):
        raise ProtocolBroken("members are not those of a change")
    if not all(isinstance(item[name], str) for name in _TEXTS):
        raise ProtocolBroken("a text of a change is not text")
    if not all(type(item[name]) is int for name in _NUMBERS):
        raise ProtocolBroken("a number of a change is not a number")
    plain: dict[str, object] = {**item, "replaces": _read_ids(item["replaces"])}
    change = Change(**plain)  # type: ignore[arg-type]  # each was checked above
    check(change)
    return change


def _read_ids(value: JsonValue) -> tuple[ChangeId, ...]:
    if not isinstance(value, list) or len(value) > MAX_REPLACES:
        raise ProtocolBroken("replaces is not a list of ids")
    ids = []
    for item in value:
        match item:
            case [str(site), int(seq)] if type(seq) is int:
                ids.append(ChangeId(site, seq))
            case _:
                raise ProtocolBroken("replaces is not a list of ids")
    return tuple(ids)
