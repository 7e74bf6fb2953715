"""How the gateway is served: bounded headers, no access log, and no received byte thrown away."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEADER_BYTES = 32 * 1024
REST = "sync.rest"
"""In a request's scope after its connection broke: body bytes that had arrived and were not read yet."""


class _KeepsTheRest(H11Protocol):
    """Hands what had arrived of a body to the request when the line breaks; uvicorn forgets it."""

    def connection_lost(self, exc: Exception | None) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.scope[REST] = bytes(self.cycle.body)  # type: ignore[literal-required]
        super().connection_lost(exc)


def server_config(app: ASGIApp) -> uvicorn.Config:
    """Return the server settings; nothing is logged for a request, addresses carry ids."""
    return uvicorn.Config(
        app,
        http=_KeepsTheRest,
        ws="none",
        lifespan="off",
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        timeout_keep_alive=30,
        limit_concurrency=256,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


class GatewayServer(uvicorn.Server):
    """A uvicorn server that calls `ready` as soon as it listens."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None]) -> None:
        super().__init__(server_config(app))
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        await super().startup(sockets)
        self._ready()
