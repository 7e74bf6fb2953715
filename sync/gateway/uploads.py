"""tus 1.0.0 for blobs: creation, creation-with-upload, checksum; answered only after syncing to disk.

A blob's address is its id, so a repeated creation finds what is there. A new request takes an upload
over from a dead one that still holds it, and keeps the bytes that one had received.
"""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal, TypeAlias

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sync.errors import BlobDamaged, LinkLost, ProtocolBroken, Refused
from sync.gateway.blobs import PartWriter
from sync.gateway.core import GatewayCore
from sync.gateway.serving import REST

Admit: TypeAlias = Callable[[GatewayCore, Request, bytes | None], Awaitable[str]]

SILENCE_S = 60.0
"""A sender that gives nothing for so long is let go; what it sent is kept."""
DRAIN_S = 0.05
"""A request that was taken over has so long for each piece on its way, and `DRAIN_TOTAL_S` for all."""
DRAIN_TOTAL_S = 0.2
_VERSION = "1.0.0"
_EXTENSIONS = "creation,creation-with-upload,checksum"
_ALGORITHMS = ("sha256", "sha1")
_NUMBER = re.compile(r"[0-9]{1,15}")
_OCTETS = "application/offset+octet-stream"


class UploadRoutes:
    """The routes below /v1/uploads.

    Args:
        core: the gateway.
        admit: checks a request's signature.
    """

    def __init__(self, core: GatewayCore, *, admit: Admit) -> None:
        self._core = core
        self._admit = admit
        self._holders: dict[str, _Holder] = {}

    def add_to(self, app: FastAPI) -> None:
        """Mount the routes."""
        app.add_api_route("/v1/uploads", self.options, methods=["OPTIONS"])
        app.add_api_route("/v1/uploads", self.create, methods=["POST"])
        app.add_api_route("/v1/uploads/{blob_id}", self.head, methods=["HEAD"])
        app.add_api_route("/v1/uploads/{blob_id}", self.patch, methods=["PATCH"])

    async def options(self) -> Response:
        """Say what this server can do."""
        headers = {
            "Tus-Version": _VERSION,
            "Tus-Extension": _EXTENSIONS,
            "Tus-Max-Size": str(self._core.settings.max_blob_bytes),
            "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
        }
        return _tus(204, headers)

    async def create(self, request: Request) -> Response:
        """Begin a blob, with as much of its content as comes along."""
        await self._enter(request)
        size_bytes = _read_number(request, "upload-length")
        blob_id = _read_blob_id(request)
        async with self._hold(blob_id) as holder:
            offset = await run_in_threadpool(self._core.blobs.create, blob_id, size_bytes)
            fresh = offset == 0 and not self._core.blobs.is_whole(blob_id)
            if fresh and request.headers.get("content-type") == _OCTETS:
                offset = await self._receive(request, blob_id, 0, holder)
            elif size_bytes == 0:
                await run_in_threadpool(self._core.blobs.finish, blob_id)
        return _tus(201, {"Location": f"/v1/uploads/{blob_id}", "Upload-Offset": str(offset)})

    async def head(self, request: Request, blob_id: str) -> Response:
        """Say how much is held, after the request that is still sending has been ended."""
        await self._enter(request)
        async with self._hold(blob_id):
            state = await run_in_threadpool(self._core.blobs.state, blob_id)
            if state is not None and state[0] == state[1]:
                await run_in_threadpool(self._core.blobs.finish, blob_id)
        if state is None:
            return _tus(404, {"Cache-Control": "no-store"})
        headers = {"Upload-Offset": str(state[0]), "Upload-Length": str(state[1])}
        return _tus(200, headers | {"Cache-Control": "no-store"})

    async def patch(self, request: Request, blob_id: str) -> Response:
        """Append at the offset given; after the last byte the content must hash to the blob's id."""
        await self._enter(request)
        if request.headers.get("content-type") != _OCTETS:
            raise ProtocolBroken("content type of a PATCH")
        offset = _read_number(request, "upload-offset")
        async with self._hold(blob_id) as holder:
            offset = await self._receive(request, blob_id, offset, holder)
        return _tus(204, {"Upload-Offset": str(offset)})

    async def _enter(self, request: Request) -> None:
        await self._admit(self._core, request, None)
        if request.headers.get("tus-resumable") != _VERSION:
            raise ProtocolBroken("Tus-Resumable is not 1.0.0")

    @contextlib.asynccontextmanager
    async def _hold(self, blob_id: str) -> AsyncIterator["_Holder"]:
        self._core.blobs.path(blob_id)
        mine = _Holder()
        before = self._holders.get(blob_id)
        self._holders[blob_id] = mine
        try:
            if before is not None:
                before.taken.set()
                await before.gone.wait()
            yield mine
        finally:
            mine.gone.set()
            if self._holders.get(blob_id) is mine:
                del self._holders[blob_id]

    async def _receive(self, request: Request, blob_id: str, offset: int, holder: "_Holder") -> int:
        """Append the body; return the bytes held, synced. What came before a cut stays."""
        expected = _read_checksum(request)
        if self._core.blobs.is_whole(blob_id):
            raise Refused("blob is whole", reason="sync.offset_wrong")
        writer = self._core.blobs.open_part(blob_id, offset=offset)
        try:
            await _copy(request, writer, holder, expected)
        finally:
            await run_in_threadpool(writer.close)
        return await run_in_threadpool(self._core.blobs.finish, blob_id)


class _Holder:
    """One request that has an upload: `taken` by a newer one, `gone` when its bytes are synced."""

    def __init__(self) -> None:
        self.taken = asyncio.Event()
        self.gone = asyncio.Event()
        self._drain_until = 0.0

    def drain_s(self) -> float:
        """Return how long to wait, once taken over, for the next piece that is on its way."""
        now = asyncio.get_running_loop().time()
        self._drain_until = self._drain_until or now + DRAIN_TOTAL_S
        return min(DRAIN_S, self._drain_until - now)


async def _copy(
    request: Request, writer: PartWriter, holder: _Holder, expected: tuple[str, bytes] | None
) -> None:
    running = hashlib.new(expected[0], usedforsecurity=False) if expected else None
    chunks = request.stream().__aiter__()
    taken = asyncio.create_task(holder.taken.wait())
    try:
        while (chunk := await _next_chunk(chunks, taken, holder)) is not None:
            await run_in_threadpool(writer.write, chunk)
            if running is not None:
                running.update(chunk)
    except ClientDisconnect as error:
        rest: bytes = request.scope.get(REST, b"")
        await run_in_threadpool(writer.write, rest[: writer.room])
        raise LinkLost("sender went away") from error
    finally:
        taken.cancel()
    if running is not None and expected is not None and running.digest() != expected[1]:
        writer.undo()
        raise BlobDamaged("body does not match its checksum")


async def _next_chunk(
    chunks: AsyncIterator[bytes], taken: "asyncio.Task[Literal[True]]", holder: _Holder
) -> bytes | None:
    """Return the next piece, None at the end; LinkLost on silence or a takeover."""
    coming = asyncio.create_task(_anext(chunks))
    both: set[asyncio.Task[Any]] = {coming, taken}
    try:
        await asyncio.wait(both, timeout=SILENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if taken.done() and (left_s := holder.drain_s()) > 0:
            await asyncio.wait({coming}, timeout=left_s)  # its line is dead, but pieces may have arrived
        if not coming.done() or (taken.done() and holder.drain_s() <= 0):
            raise LinkLost("a newer request took the upload over" if taken.done() else "silence")
        return coming.result()
    finally:
        coming.cancel()


async def _anext(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _tus(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": _VERSION} | headers)


def _read_number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if _NUMBER.fullmatch(text) is None:
        raise ProtocolBroken(f"{name} is malformed")
    return int(text)


def _read_blob_id(request: Request) -> str:
    """Return the value of "blob_id" in Upload-Metadata ("key base64,key base64")."""
    for pair in request.headers.get("upload-metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "blob_id":
            return _decode(value).decode("latin-1")
    raise ProtocolBroken("Upload-Metadata has no blob_id")


def _read_checksum(request: Request) -> tuple[str, bytes] | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise ProtocolBroken("checksum algorithm is unknown")
    return algorithm, _decode(value)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolBroken("not base64") from error
