"""The gateway's web face: bounds first, then the core; every refusal is problem+json with a code.

Format: docs/formats/exchange.md.
"""

import hashlib
import re

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from sync import wire
from sync.canonical import JsonValue, canonical, parse
from sync.errors import LinkLost, NotEnrolled, ProtocolBroken, SyncError, TooLarge
from sync.gateway.core import SOFTWARE, GatewayCore
from sync.gateway.gate import SignedRequest
from sync.gateway.platform import Platform, ReferencePlatform
from sync.gateway.serving import MAX_HEADER_BYTES
from sync.gateway.settings import GatewaySettings
from sync.gateway.uploads import UploadRoutes
from sync.receipts import encode_receipt, read_manifest, read_number, read_text

_LOOPBACK = {"127.0.0.1", "::1"}
_HEX = re.compile(r"[0-9a-f]{1,64}")


def create_app(settings: GatewaySettings, *, platform: Platform | None = None) -> FastAPI:
    """Return the ASGI app of one gateway; its core is `app.state.core`.

    Args:
        settings: see `GatewaySettings`.
        platform: where dossiers go; the reference when None.
    """
    core = GatewayCore(settings, platform=platform)
    app = FastAPI(
        title=SOFTWARE,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False},  # environment variables must not send anything anywhere
    )
    app.state.core = core
    app.router.redirect_slashes = False
    app.add_exception_handler(SyncError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Exception, _break_down)
    _add_public(app, core)
    _add_signed(app, core)
    UploadRoutes(core, admit=_admit).add_to(app)
    app.add_middleware(_HeaderBound)
    if settings.reference_platform and core.reference is not None:
        _add_reference(app, core.reference)
    return app


class _HeaderBound:
    """Refuses requests whose headers are larger than any of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = sum(len(name) + len(value) for name, value in scope.get("headers", ()))
        if size <= MAX_HEADER_BYTES:
            return await self._app(scope, receive, send)
        status, body = wire.problem_of(TooLarge("headers"))
        return await problem(status, body)(scope, receive, send)


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SyncError)
    status, body = wire.problem_of(error)
    return problem(status, body)


async def _refuse_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body: dict[str, JsonValue] = {"status": error.status_code, "title": str(error.detail)}
    return problem(error.status_code, body | {"type": "about:blank", "code": f"http.{error.status_code}"})


async def _break_down(_request: Request, _error: Exception) -> Response:
    body: dict[str, JsonValue] = {"type": "about:blank", "status": 500, "title": "defect in the gateway"}
    return problem(500, body | {"code": "sync.server_busy"})


def problem(status: int, body: dict[str, JsonValue]) -> Response:
    """Return an application/problem+json answer (RFC 9457); the connection closes, its body may be unread."""
    return Response(
        canonical(body),
        status,
        {"Connection": "close"} | wire.problem_headers(body),
        media_type="application/problem+json",
    )


def answer(body: JsonValue, status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(canonical(body), status, media_type="application/json")


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Return the body, reading no more than `max_bytes`.

    Raises:
        TooLarge: there is more.
        LinkLost: the sender went away.
    """
    if int(request.headers.get("content-length") or 0) > max_bytes:
        raise TooLarge(f"more than {max_bytes} bytes")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                raise TooLarge(f"more than {max_bytes} bytes")
    except ClientDisconnect as error:
        raise LinkLost("sender went away") from error
    return bytes(body)


def signed_request(request: Request, body_hash: str) -> SignedRequest:
    """Return what a request says about itself."""
    query = request.scope["query_string"]
    target = request.scope["raw_path"] + (b"?" + query if query else b"")
    headers = request.headers
    return SignedRequest(
        method=request.method,
        target=target.decode("latin-1"),
        body_hash=body_hash,
        site=headers.get(wire.SITE, ""),
        time=headers.get(wire.TIME, ""),
        nonce=headers.get(wire.NONCE, ""),
        signature=headers.get(wire.SIGNATURE, ""),
    )


async def _admit(core: GatewayCore, request: Request, body: bytes | None) -> str:
    body_hash = wire.UNSIGNED_BODY if body is None else hashlib.sha256(body).hexdigest()
    return await run_in_threadpool(core.gate.admit, signed_request(request, body_hash))


def _add_public(app: FastAPI, core: GatewayCore) -> None:
    @app.get("/health")
    async def health() -> Response:
        return answer({"ok": True})

    @app.get("/v1/hello")
    async def hello() -> Response:
        return answer(wire.server_info_as_json(core.hello()))

    @app.get("/metrics")
    async def metrics() -> Response:
        counts = await run_in_threadpool(core.counts)
        lines = [f"sync_gateway_{name} {count}\n" for name, count in sorted(counts.items())]
        return Response("".join(lines), media_type="text/plain; version=0.0.4")

    @app.post("/v1/enrol")
    async def enrol(request: Request) -> Response:
        body = await read_body(request, max_bytes=wire.MAX_JSON_BYTES)
        fields = _object(parse(body, max_bytes=wire.MAX_JSON_BYTES))
        code = read_text(fields, "code", re.compile(r".{1,200}"))
        public_key = _read_key(fields)
        asked = signed_request(request, hashlib.sha256(body).hexdigest())
        await run_in_threadpool(core.gate.enrol, asked, code, public_key)
        return answer(wire.server_info_as_json(core.hello()), 201)


def _add_signed(app: FastAPI, core: GatewayCore) -> None:
    @app.post("/v1/changes")
    async def changes(request: Request) -> Response:
        body = await read_body(request, max_bytes=wire.MAX_PACKED_BYTES)
        site = await _admit(core, request, body)
        reply = await run_in_threadpool(core.push_packed, site, body)
        return answer(wire.push_reply_as_json(reply))

    @app.post("/v1/dossiers/{dossier_id}/submit")
    async def submit(request: Request, dossier_id: str) -> Response:
        body = await read_body(request, max_bytes=wire.MAX_JSON_BYTES)
        await _admit(core, request, body)
        manifest = read_manifest(parse(body, max_bytes=wire.MAX_JSON_BYTES))
        if manifest.dossier_id != dossier_id:
            raise ProtocolBroken("address and body name different dossiers")
        receipt = await run_in_threadpool(core.submissions.submit, manifest)
        return Response(encode_receipt(receipt), media_type="application/json")

    @app.get("/v1/feed")
    async def feed(request: Request) -> Response:
        await _admit(core, request, b"")
        after, limit = _read_count(request, "after", 0), _read_count(request, "limit", 100)
        page = await run_in_threadpool(core.submissions.feed, after, limit)
        return answer(wire.feed_page_as_json(page))


def _add_reference(app: FastAPI, reference: ReferencePlatform) -> None:
    @app.post("/reference/pay")
    async def pay(request: Request) -> Response:
        fields = await _read_loopback(request)
        notice = await run_in_threadpool(
            reference.pay,
            read_text(fields, "reference", re.compile(r"[^\x00-\x1f]{1,100}")),
            read_number(fields, "amount_vnd", at_least=1, at_most=10**15),
            notice_id=read_text(
                fields | {"notice_id": fields.get("notice_id", "")}, "notice_id", _OPTIONAL_HEX
            ),
        )
        return answer(wire.event_as_json(notice), 201)

    @app.post("/reference/status")
    async def status(request: Request) -> Response:
        fields = await _read_loopback(request)
        event = await run_in_threadpool(
            reference.set_status,
            read_text(fields, "dossier_id", _HEX),
            read_number(fields, "status", at_least=1, at_most=10),
            note=read_text(
                fields | {"note": fields.get("note", "")}, "note", re.compile(r"[a-z0-9_.]{0,64}")
            ),
        )
        return answer(wire.event_as_json(event), 201)


_OPTIONAL_HEX = re.compile(r"[0-9a-f]{0,64}")


async def _read_loopback(request: Request) -> dict[str, JsonValue]:
    if request.client is None or request.client.host not in _LOOPBACK:
        raise NotEnrolled("loopback only", reason="sync.loopback_only")
    body = await read_body(request, max_bytes=wire.MAX_JSON_BYTES)
    return _object(parse(body, max_bytes=wire.MAX_JSON_BYTES))


def _object(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ProtocolBroken("not an object")
    return value


def _read_key(fields: dict[str, JsonValue]) -> bytes:
    value = fields.get("public_key")
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError as error:
        raise ProtocolBroken("public_key is malformed") from error


def _read_count(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if re.fullmatch(r"[0-9]{1,15}", text) is None:
        raise ProtocolBroken(f"{name} is malformed")
    return int(text)
