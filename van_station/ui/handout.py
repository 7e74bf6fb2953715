"""What the window fetches or sends beside the websocket: pages to print, files to save, pictures to read.

All of it stays in memory, behind the guard, under addresses nobody can guess, for a short while.
flet-web's own upload route would write a citizen's card to a folder: it is left out, this takes its place.
"""

from __future__ import annotations

import asyncio
import html
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

BLOB_TTL_S = 120
OFFER_TTL_S = 8 * 3600
INBOX_TTL_S = 120
MAX_UPLOAD_BYTES = 20 << 20
_FRAMED = {"Content-Security-Policy": "frame-ancestors 'self'", "Cache-Control": "no-store"}
_PRINT_CSP = (
    "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
_PRINT_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<style>html,body,iframe{{margin:0;width:100%;height:100%;border:0;display:block}}</style>
<iframe id="page" title="{title}" src="/blob/{key}"></iframe>
<script>document.getElementById("page").onload=e=>location.search||setTimeout(()=>e.target.contentWindow.print(),300)</script></html>"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished file in memory."""

    file_name: str
    media_type: str
    data: bytes


class SheetRefused(Exception):
    """The page cannot be made now; the text is already a sentence for the reader."""


Producer = Callable[[], Awaitable[Sheet]]


@dataclass(slots=True)
class _Offer:
    producer: Producer
    title: str
    language: str
    save: bool
    until: float


@dataclass(slots=True)
class _Waiting:
    future: asyncio.Future[bytes]
    until: float
    max_bytes: int


class Handout:
    """Keeps offers (pages made on demand), blobs (pages just made) and inboxes (pictures on their way in).

    Args:
        clock: seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._offers: dict[str, _Offer] = {}
        self._blobs: dict[str, tuple[float, Sheet]] = {}
        self._inboxes: dict[str, _Waiting] = {}

    def offer(self, producer: Producer, *, title: str, language: str, save: bool = False) -> str:
        """Return the address under which `producer` will be asked for its page when somebody opens it.

        Args:
            producer: makes the page; raises `SheetRefused` when it can't be made.
            title: of the browser's print page.
            language: of that title.
            save: hand it over as a file to keep instead of a page to print.
        """
        key = self._key()
        self._offers[key] = _Offer(producer, title, language, save, self._clock() + OFFER_TTL_S)
        return f"/{'save' if save else 'print'}/{key}"

    def withdraw(self, address: str) -> None:
        """Forget an offer: its screen was left or its user signed out."""
        self._offers.pop(address.rpartition("/")[2], None)

    def inbox(self, *, max_bytes: int = MAX_UPLOAD_BYTES) -> tuple[str, asyncio.Future[bytes]]:
        """Return a one-time address to PUT a file to, and where its bytes will appear."""
        self._forget_old()
        key = self._key()
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._inboxes[key] = _Waiting(future, self._clock() + INBOX_TTL_S, max_bytes)
        return f"/inbox/{key}", future

    def routes(self) -> list[Route]:
        """The four addresses, to be mounted before Flet's catch-all."""
        return [
            Route("/print/{key}", self._print, methods=["GET"]),
            Route("/save/{key}", self._save, methods=["GET"]),
            Route("/blob/{key}", self._blob, methods=["GET"]),
            Route("/inbox/{key}", self._receive, methods=["PUT"]),
        ]

    async def _print(self, request: Request) -> Response:
        offer = self._found_offer(request)
        if offer is None:
            return _gone()
        try:
            sheet = await offer.producer()
        except SheetRefused as refused:
            return _refusal(offer, str(refused))
        if sheet.media_type.startswith("image/"):
            return self._inline(sheet)
        key = self._put_blob(sheet)
        page = _PRINT_PAGE.format(key=key, title=html.escape(offer.title), language=offer.language)
        return HTMLResponse(
            page, headers={"Content-Security-Policy": _PRINT_CSP, "Cache-Control": "no-store"}
        )

    async def _save(self, request: Request) -> Response:
        offer = self._found_offer(request)
        if offer is None:
            return _gone()
        try:
            sheet = await offer.producer()
        except SheetRefused:
            return Response(status_code=204)  # the window stays as it is; whoever offered it says why
        disposition = f"attachment; filename*=UTF-8''{quote(sheet.file_name)}"
        return Response(sheet.data, media_type=sheet.media_type, headers={"Content-Disposition": disposition})

    async def _blob(self, request: Request) -> Response:
        self._forget_old()
        found = self._blobs.get(request.path_params["key"])
        return self._inline(found[1]) if found else _gone()

    async def _receive(self, request: Request) -> Response:
        self._forget_old()
        waiting = self._inboxes.pop(request.path_params["key"], None)
        if waiting is None or waiting.future.done():
            return _gone()
        try:
            body = await _bounded_body(request, waiting.max_bytes)
        except ClientDisconnect:
            waiting.future.cancel()
            return _gone()
        if body is None:
            waiting.future.set_exception(UploadTooLarge(waiting.max_bytes))
            return PlainTextResponse("", 413)
        waiting.future.set_result(body)
        return PlainTextResponse("")

    def _inline(self, sheet: Sheet) -> Response:
        disposition = f"inline; filename*=UTF-8''{quote(sheet.file_name)}"
        headers = {**_FRAMED, "Content-Disposition": disposition}
        return Response(sheet.data, media_type=sheet.media_type, headers=headers)

    def _put_blob(self, sheet: Sheet) -> str:
        self._forget_old()
        key = self._key()
        self._blobs[key] = (self._clock() + BLOB_TTL_S, sheet)
        return key

    def _found_offer(self, request: Request) -> _Offer | None:
        self._forget_old()
        return self._offers.get(request.path_params["key"])

    def _forget_old(self) -> None:
        now = self._clock()
        self._offers = {key: offer for key, offer in self._offers.items() if offer.until > now}
        self._blobs = {key: blob for key, blob in self._blobs.items() if blob[0] > now}
        for key in [key for key, waiting in self._inboxes.items() if waiting.until <= now]:
            self._inboxes.pop(key).future.cancel()

    @staticmethod
    def _key() -> str:
        return secrets.token_urlsafe(18)


class UploadTooLarge(Exception):
    """The file sent is larger than the inbox takes."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"more than {max_bytes} bytes")
        self.max_bytes = max_bytes


async def _bounded_body(request: Request, max_bytes: int) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > max_bytes:
            return None
        body += chunk
    return bytes(body)


def _gone() -> Response:
    return PlainTextResponse("", 404, headers={"Cache-Control": "no-store"})


def _refusal(offer: _Offer, sentence: str) -> Response:
    page = (
        f'<!doctype html><html lang="{offer.language}"><meta charset="utf-8">'
        f"<title>{html.escape(offer.title)}</title>"
        '<body style="font:1.2rem/1.6 sans-serif;margin:3rem;max-width:40rem">'
        f'<p role="alert">{html.escape(sentence)}</p>'
    )
    csp = "default-src 'none'; style-src 'unsafe-inline'"
    return HTMLResponse(page, 409, headers={"Content-Security-Policy": csp, "Cache-Control": "no-store"})
