"""The HTTP exchange as both ends write it: headers, signed message, JSON forms, problem codes.

Format: docs/formats/exchange.md.
"""

import base64
import binascii
import re
from collections.abc import Mapping

from sync import errors
from sync.canonical import JsonValue
from sync.changes import ChangeId
from sync.endpoint import (
    FeedEvent,
    FeedPage,
    OfficialCode,
    PaymentNotice,
    PushReply,
    RefusedChange,
    ServerInfo,
    StatusChanged,
)
from sync.errors import ProtocolBroken, SyncError
from sync.receipts import read_number, read_text

SITE, TIME, NONCE, SIGNATURE = "X-Sync-Site", "X-Sync-Time", "X-Sync-Nonce", "X-Sync-Signature"
CODE, LATEST = "X-Sync-Code", "X-Sync-Latest"
"""A refusal's code and `latest_ms` again, for answers to HEAD, which have no body."""
UNSIGNED_BODY = "stream"
"""Stands for the body's hash in requests that carry blob bytes: the blob id in the address covers these."""

MAX_BATCH_BYTES = 8 * 1024 * 1024
MAX_BATCH_CHANGES = 2000
MAX_PACKED_BYTES = 4 * 1024 * 1024
MAX_JSON_BYTES = 256 * 1024
MAX_FEED_LIMIT = 500

_HEX = re.compile(r"[0-9a-f]{1,64}")
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_TEXT = re.compile(r"[^\x00-\x1f]{0,200}")
_MOMENT = re.compile(r"[0-9TZ:.+-]{1,40}")


def signed_message(method: str, target: str, body_hash: str, site: str, time_ms: int, nonce: str) -> bytes:
    """Return the bytes a request's signature covers.

    Args:
        method: upper case.
        target: path and query exactly as sent.
        body_hash: hex SHA-256 of the body, or `UNSIGNED_BODY`.
        site: the sending site, hex.
        time_ms: sender's clock, milliseconds since 1970 UTC.
        nonce: 32 hex digits, never used twice.
    """
    return "\n".join(("sync.request.1", method, target, body_hash, site, str(time_ms), nonce)).encode()


def server_info_as_json(info: ServerInfo) -> dict[str, JsonValue]:
    """Return the JSON form of /v1/hello."""
    return {
        "tenant": info.tenant,
        "gateway_id": info.gateway_id,
        "time": info.time,
        "receipt_public_key": base64.b64encode(info.receipt_public_key).decode(),
        "platform_public_key": base64.b64encode(info.platform_public_key).decode(),
        "max_blob_bytes": info.max_blob_bytes,
        "software": info.software,
    }


def read_server_info(body: JsonValue) -> ServerInfo:
    """Read /v1/hello; ProtocolBroken when it is something else, for instance a portal's sign-in page."""
    fields = _object(body)
    return ServerInfo(
        tenant=read_text(fields, "tenant", re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")),
        gateway_id=read_text(fields, "gateway_id", _HEX),
        time=read_text(fields, "time", _MOMENT),
        receipt_public_key=_read_bytes(fields, "receipt_public_key"),
        platform_public_key=_read_bytes(fields, "platform_public_key"),
        max_blob_bytes=read_number(fields, "max_blob_bytes"),
        software=read_text(fields, "software", _TEXT),
    )


def push_reply_as_json(reply: PushReply) -> dict[str, JsonValue]:
    """Return the JSON form of the answer to /v1/changes."""
    refused: list[JsonValue] = [
        {"site": item.id.site, "seq": item.id.seq, "code": item.code} for item in reply.refused
    ]
    return {"vector": {**reply.vector}, "refused": refused}


def read_push_reply(body: JsonValue) -> PushReply:
    """Read the answer to /v1/changes."""
    fields = _object(body)
    vector = _object(fields.get("vector"))
    refused = []
    for item in _items(fields.get("refused")):
        place = ChangeId(read_text(item, "site", _HEX), read_number(item, "seq", at_least=1))
        refused.append(RefusedChange(place, read_text(item, "code", _CODE)))
    return PushReply({site: read_number(vector, site) for site in vector}, tuple(refused))


def event_as_json(event: FeedEvent) -> dict[str, JsonValue]:
    """Return the JSON form of one feed event."""
    kinds = {OfficialCode: "official_code", StatusChanged: "status", PaymentNotice: "payment"}
    return {"kind": kinds[type(event)]} | {name: getattr(event, name) for name in event.__slots__}


def feed_page_as_json(page: FeedPage) -> dict[str, JsonValue]:
    """Return the JSON form of the answer to /v1/feed."""
    return {"events": [event_as_json(event) for event in page.events], "next_cursor": page.next_cursor}


def read_feed_page(body: JsonValue) -> FeedPage:
    """Read the answer to /v1/feed; events of a kind we do not know are passed over."""
    fields = _object(body)
    events = [read_event(item) for item in _items(fields.get("events"))]
    return FeedPage(tuple(event for event in events if event), read_number(fields, "next_cursor"))


def read_event(fields: dict[str, JsonValue]) -> FeedEvent | None:
    """Read one feed event; None for a kind of a later version."""
    match fields.get("kind"):
        case "official_code":
            code = read_text(fields, "code", re.compile(r"[0-9A-Z.-]{1,64}"))
            return OfficialCode(read_text(fields, "dossier_id", _HEX), code)
        case "status":
            return StatusChanged(
                dossier_id=read_text(fields, "dossier_id", _HEX),
                status=read_number(fields, "status", at_least=1, at_most=10),
                at=read_text(fields, "at", _MOMENT),
                note=read_text(fields, "note", _TEXT),
            )
        case "payment":
            return PaymentNotice(
                notice_id=read_text(fields, "notice_id", _HEX),
                reference=read_text(fields, "reference", _TEXT),
                amount_vnd=read_number(fields, "amount_vnd"),
                bank_time=read_text(fields, "bank_time", _MOMENT),
            )
    return None


PROBLEM_STATUS: Mapping[type[SyncError], int] = {
    errors.NotEnrolled: 401,
    errors.Refused: 409,
    errors.TooLarge: 413,
    errors.ProtocolBroken: 400,
    errors.ChangeRefused: 422,
    errors.ReceiptRefused: 409,
    errors.BlobDamaged: 460,
    errors.MissingParts: 409,
    errors.LinkLost: 409,
    errors.RequestReplayed: 409,
    errors.StaleRequest: 409,
    errors.ServerBusy: 503,
}
"""HTTP status of each refusal; the nearest class counts."""


def problem_of(error: SyncError) -> tuple[int, dict[str, JsonValue]]:
    """Return status and problem+json members for an error; `reason` travels as the code."""
    status = next((PROBLEM_STATUS[kind] for kind in type(error).__mro__ if kind in PROBLEM_STATUS), 500)
    code = error.reason if isinstance(error, errors.Refused) else error.code
    body: dict[str, JsonValue] = {"type": "about:blank", "status": status, "code": code, "title": str(error)}
    if isinstance(error, errors.MissingParts):
        body |= {"blob_ids": [*error.blob_ids], "last_seq": error.last_seq}
    if isinstance(error, errors.StaleRequest):
        body["latest_ms"] = error.latest_ms
    return status, body


def problem_headers(body: dict[str, JsonValue]) -> dict[str, str]:
    """Return the headers that repeat a problem's code and, where it has one, `latest_ms`."""
    return {
        header: str(body[name]) for header, name in ((CODE, "code"), (LATEST, "latest_ms")) if name in body
    }


def problem_in_headers(headers: Mapping[str, str]) -> dict[str, JsonValue]:
    """Return what `problem_headers` put in; anything else there is left out."""
    latest = headers.get(LATEST, "")
    found: dict[str, JsonValue] = {"code": headers.get(CODE, "")}
    return found | ({"latest_ms": int(latest)} if re.fullmatch(r"[0-9]{1,15}", latest) else {})


def error_of(status: int, body: JsonValue) -> SyncError:
    """Return the exception for an answer of 400 and above; the reverse of `problem_of`."""
    fields = body if isinstance(body, dict) else {}
    code = fields.get("code")
    reason = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    if not reason:
        return errors.ServerBusy(f"status {status}") if status >= 500 else ProtocolBroken(f"status {status}")
    if reason in {errors.MissingParts.code, errors.StaleRequest.code}:
        return _read_detailed(reason, fields)
    kinds = (errors.BlobDamaged, errors.TooLarge, errors.LinkLost, errors.ServerBusy, errors.RequestReplayed)
    for kind in kinds:
        if reason == kind.code:
            return kind(f"status {status}")
    if status == 401:
        return errors.NotEnrolled(f"status {status}", reason=reason)
    if status >= 500 or status in {408, 425, 429}:
        return errors.ServerBusy(f"status {status}")
    return errors.Refused(f"status {status}", reason=reason)


def _read_detailed(reason: str, fields: dict[str, JsonValue]) -> SyncError:
    try:
        if reason == errors.StaleRequest.code:
            return errors.StaleRequest(read_number(fields, "latest_ms"))
        value = fields.get("blob_ids")
        ids = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        return errors.MissingParts(tuple(ids), read_number(fields, "last_seq"))
    except ProtocolBroken as error:
        return error


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ProtocolBroken("not an object")
    return value


def _items(value: JsonValue) -> list[dict[str, JsonValue]]:
    if not isinstance(value, list):
        raise ProtocolBroken("not a list")
    return [_object(item) for item in value]


def _read_bytes(fields: dict[str, JsonValue], name: str) -> bytes:
    value = fields.get(name)
    try:
        return base64.b64decode(value if isinstance(value, str) else "!", validate=True)
    except binascii.Error as error:
        raise ProtocolBroken(f"{name} is malformed") from error
