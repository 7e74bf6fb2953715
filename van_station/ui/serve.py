"""Run the desk: a server on the loopback address, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import flet as ft
import uvicorn

from van_station.i18n import Language, Texts
from van_station.services.door import Door
from van_station.settings.assets import assets_root
from van_station.ui import host as hosting
from van_station.ui import theme, window
from van_station.ui.frame import Look
from van_station.ui.window import Way
from van_station.ui.window_main import main_for

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class UiSettings:
    """How the windows look at first, and where they are served.

    Args:
        port: 0 takes any free one.
        language: of the sign-in page; a person may change it for their window.
        mode: colours.
        text_scale: 1.0 to 2.0.
        idle_lock_min: lock a window after so many minutes without a key or a press.
        fonts: folder of the font files; None takes the product's own.
    """

    port: int = 0
    language: Language = "vi"
    mode: theme.Mode = "light"
    text_scale: float = 1.0
    idle_lock_min: float = 5
    fonts: Path | None = None


class DeskServer:
    """The desk's server. `run` blocks; `stop` may be called from any thread.

    Args:
        door: where people sign in.
        settings: how the windows look, and the port.
    """

    def __init__(self, door: Door, settings: UiSettings) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # a desk started again at once finds its port still in TIME_WAIT
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, settings.port))
        texts = Texts(settings.language)
        look = Look(settings.language, settings.mode, settings.text_scale)
        self.main = main_for(door, look, idle_lock_s=settings.idle_lock_min * 60)
        self.host = hosting.build(
            self.main,
            port=self._socket.getsockname()[1],
            fonts=settings.fonts or assets_root() / "fonts",
            app_name=texts.say("app.name"),
            refusal=texts.say("app.open_from_icon"),
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.host.app,
                log_level="warning",
                access_log=False,
                ws="websockets-sansio",
                ws_max_size=hosting.WS_MAX_BYTES,
                timeout_graceful_shutdown=2,
                server_header=False,
            )
        )

    def run(self, on_ready: Callable[[str], None]) -> None:
        """Serve until `stop` or Ctrl+C; `on_ready` gets the address that opens the desk once.

        `on_ready` runs in a thread of its own: it may open a window and wait for it.
        """
        asyncio.run(self._run(on_ready))

    def run_native(self) -> None:
        """Serve, and show the desk in Flet's own client until its window is closed."""
        asyncio.run(self._run_native())

    def stop(self) -> None:
        """Let the server end after what it is doing."""
        self._server.should_exit = True

    async def _run(self, on_ready: Callable[[str], None]) -> None:
        def announce() -> None:
            threading.Thread(target=on_ready, args=(self.host.launch_url(),), daemon=True).start()

        announcing = asyncio.create_task(self._when_ready(announce))
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            announcing.cancel()
            self._socket.close()

    async def _run_native(self) -> None:
        """Print pages and exports come from the server; the window itself talks over Flet's own socket."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        try:
            await self._when_ready(lambda: None)
            await ft.run_async(self._native_window, view=ft.AppView.FLET_APP, assets_dir=str(assets_root()))
        finally:
            self.stop()
            await serving
            self._socket.close()

    async def _native_window(self, page: ft.Page) -> None:
        await self.main(page, self.host.handout, absolute=self.host.absolute)

    async def _when_ready(self, act: Callable[[], None]) -> None:
        while not self._server.started:  # noqa: ASYNC110 -- uvicorn offers no event for it
            await asyncio.sleep(0.01)
        act()


def serve(door: Door, settings: UiSettings, *, on_ready: Callable[[str], None]) -> None:
    """Run the desk until Ctrl+C; `on_ready` gets the address that opens it once."""
    DeskServer(door, settings).run(on_ready)


def open_desk(door: Door, settings: UiSettings) -> Way:
    """Run the desk in the best window of this machine, until it is closed or Ctrl+C; returns which it was."""
    server, chosen = DeskServer(door, settings), window.way()
    if chosen is Way.FLET_CLIENT:
        server.run_native()
    else:
        server.run(lambda url: window.show(url, chosen, closed=server.stop))
    return chosen
