"""The web server inside the desk: Flet's page, our handouts and fonts, all behind the guard."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import flet as ft
import flet_web.fastapi as flet_fastapi
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from van_station.ui import flet_guards
from van_station.ui.guard import Guard, LaunchTokens
from van_station.ui.handout import Handout

SESSION_TIMEOUT_S = 300  # a window that lost its connection may come back this long; then it is signed out
WS_MAX_BYTES = 1 << 20  # what a window may send at once; files come in through the inbox
_WEB_FILES = Path(__file__).parent / "web"  # the picture shown while the window loads, the page's icon


@dataclass(frozen=True, slots=True)
class Host:
    """A guarded application, ready for a server, and the ways to reach it."""

    app: ASGIApp
    tokens: LaunchTokens
    handout: Handout
    port: int

    def launch_url(self) -> str:
        """Return a fresh address that opens the desk exactly once."""
        return self.absolute("/")

    def absolute(self, address: str) -> str:
        """Return where a browser that was never here finds an address of ours; good once."""
        return f"http://127.0.0.1:{self.port}{address}?t={self.tokens.mint()}"


def build(
    main: Callable[[ft.Page, Handout], Awaitable[None]],
    *,
    port: int,
    fonts: Path,
    app_name: str,
    refusal: str,
    clock: Callable[[], float] = time.monotonic,
) -> Host:
    """Put Flet's page, the handouts and the fonts behind one guard.

    Args:
        main: draws one window.
        port: the port the server listens on.
        fonts: folder of font files, served under /fonts.
        app_name: title of the page.
        refusal: sentence for whoever comes without the launch address.
        clock: seconds that only ever grow; for expiry of tokens and handouts.
    """
    flet_guards.apply(session_timeout_s=SESSION_TIMEOUT_S)
    _quiet_flet()
    for name in (
        "FLET_UPLOAD_DIR",
        "FLET_ASSETS_DIR",
        "FLET_WEB_PATH",
        "FLET_WEB_NO_CDN",
        "FLET_WEBSOCKET_HANDLER_ENDPOINT",
    ):
        os.environ.pop(name, None)  # an environment left over must not open what is closed here
    handout, tokens = Handout(clock), LaunchTokens(clock)

    async def window(page: ft.Page) -> None:
        await main(page, handout)

    root = flet_fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    root.router.routes.extend(handout.routes())
    root.mount("/fonts", StaticFiles(directory=fonts))
    root.mount(
        "/",
        flet_fastapi.app(
            window,
            assets_dir=str(_WEB_FILES),
            app_name=app_name,
            app_short_name=app_name,
            no_cdn=True,
            upload_dir=None,  # flet-web would write uploads to disk in the clear
            secret_key=secrets.token_hex(32),
            session_timeout_seconds=SESSION_TIMEOUT_S,
        ),
    )
    return Host(Guard(root, tokens, port, refusal=refusal), tokens, handout, port)


def _quiet_flet() -> None:
    """Flet logs every frame at DEBUG, and frames hold what is typed."""
    for name in ("flet", "flet_web", "flet_transport", "flet_object_patch", "flet_controls", "flet_core"):
        logging.getLogger(name).setLevel(logging.WARNING)
