"""Who may talk to the loopback page: Host, Origin and a cookie that only the launch address hands out.

flet-web checks nothing by itself: its websocket accepts any Origin, and it answers
`Access-Control-Allow-Origin: *`; without this guard any page open in the same browser could drive the desk.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LAUNCH_TTL_S = 600
_METHODS = frozenset({"GET", "HEAD", "PUT"})
_PAGE_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' blob: data: {sockets}; media-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)


class LaunchTokens:
    """Addresses that open the desk exactly once.

    Args:
        clock: seconds that only ever grow.
        ttl_s: how long a token that nobody used stays good.
    """

    def __init__(self, clock: Callable[[], float], *, ttl_s: float = LAUNCH_TTL_S) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._until: dict[str, float] = {}

    def mint(self) -> str:
        """Return a new token, good for one use."""
        token = secrets.token_urlsafe(24)
        self._until[token] = self._clock() + self._ttl_s
        return token

    def redeem(self, offered: str) -> bool:
        """Use a token up; False when it is unknown, used or too old."""
        now = self._clock()
        self._until = {token: until for token, until in self._until.items() if until > now}
        for token in self._until:
            if hmac.compare_digest(token.encode(), offered.encode()):
                del self._until[token]
                return True
        return False


class Guard:
    """Pure ASGI middleware around the whole desk; nothing is served to a stranger.

    Args:
        app: what is guarded.
        tokens: launch tokens that may be exchanged for the cookie.
        port: the port that is listened on; Host and Origin must name it.
        refusal: what a stranger reads, in the interface's language.
    """

    def __init__(self, app: ASGIApp, tokens: LaunchTokens, port: int, *, refusal: str) -> None:
        self._app = app
        self._tokens = tokens
        self._refusal = refusal
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._cookie_name = (
            f"van_station_{port}"  # cookies ignore ports: two desks must not overwrite each other
        )
        self._cookie = secrets.token_urlsafe(32)  # lives as long as this process
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts))
        self._page_csp = _PAGE_CSP.format(sockets=sockets).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let lifespan through; check everything else."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        origin = headers.get("origin")
        if self._known_host(headers) and origin in self._origins and self._has_cookie(headers):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4403})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if not self._known_host(headers) or headers.get("origin", _first(self._origins)) not in self._origins:
            await self._refuse(403, scope, receive, send)
        elif scope["method"] not in _METHODS:
            await self._refuse(405, scope, receive, send)
        elif self._has_cookie(headers):
            await self._serve(scope, receive, send)
        elif self._tokens.redeem(_launch_token(scope)):
            await self._welcome(scope, receive, send)
        else:
            await self._refuse(401, scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._tightened(message.get("headers", []), scope["path"])}
            await send(message)

        await self._app(scope, receive, guarded)

    def _tightened(self, headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
        """Drop what flet-web opens, add what a browser should refuse; an answer's own policy is kept."""
        own = {name.lower() for name, _ in headers}
        kept = [(name, value) for name, value in headers if name.lower() != b"access-control-allow-origin"]
        wanted = [
            (b"content-security-policy", self._page_csp),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if not path.startswith(("/canvaskit/", "/assets/", "/fonts/", "/main.dart.")):
            wanted.append((b"cache-control", b"no-store"))
        return kept + [(name, value) for name, value in wanted if name not in own]

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = RedirectResponse(quote(scope["path"]), 303, headers={"Cache-Control": "no-store"})
        answer.set_cookie(self._cookie_name, self._cookie, httponly=True, samesite="strict", path="/")
        await answer(scope, receive, send)

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        answer = PlainTextResponse(self._refusal, status, headers={"Cache-Control": "no-store"})
        await answer(scope, receive, send)

    def _known_host(self, headers: dict[str, str]) -> bool:
        return headers.get("host", "") in self._hosts

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie_name)
        except CookieError:
            return False
        return morsel is not None and hmac.compare_digest(morsel.value.encode(), self._cookie.encode())


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _first(origins: frozenset[str]) -> str:
    return next(iter(origins))


def _launch_token(scope: Scope) -> str:
    query: str = scope.get("query_string", b"").decode("latin-1")
    return parse_qs(query).get("t", [""])[0]
