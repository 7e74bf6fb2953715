"""Run the desk: a server on the loopback address, until it is told to stop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from van_station.i18n import Language, Texts
from van_station.services.door import Door
from van_station.settings.assets import assets_root
from van_station.ui import host as hosting
from van_station.ui import theme
from van_station.ui.frame import Look
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
    """The desk's server. `run` blocks; `stop` may be called from any thread or handler of signals."""

    def __init__(self, door: Door, settings: UiSettings) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((LOOPBACK, settings.port))
        texts = Texts(settings.language)
        look = Look(settings.language, settings.mode, settings.text_scale)
        self.host = hosting.build(
            main_for(door, look, idle_lock_s=settings.idle_lock_min * 60),
            port=self._socket.getsockname()[1],
            fonts=settings.fonts or assets_root() / "fonts",
            app_name=texts.say("app.name"),
            refusal=texts.say("app.open_from_icon"),
        )
        config = uvicorn.Config(
            self.host.app,
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=hosting.WS_MAX_BYTES,
            timeout_graceful_shutdown=2,
            server_header=False,
        )
        self._server = uvicorn.Server(config)

    def run(self, on_ready: Callable[[str], None]) -> None:
        """Serve until `stop` or Ctrl+C; `on_ready` gets the address that opens the desk once.

        `on_ready` runs in a thread of its own: it may open a window and wait for it.
        """
        asyncio.run(self._run(on_ready))

    def stop(self) -> None:
        """Let the server end after what it is doing."""
        self._server.should_exit = True

    async def _run(self, on_ready: Callable[[str], None]) -> None:
        announcing = asyncio.create_task(self._announce(on_ready))
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            announcing.cancel()
            self._socket.close()

    async def _announce(self, on_ready: Callable[[str], None]) -> None:
        while not self._server.started:
            await asyncio.sleep(0.01)
        threading.Thread(target=on_ready, args=(self.host.launch_url(),), daemon=True).start()


def serve(door: Door, settings: UiSettings, *, on_ready: Callable[[str], None]) -> None:
    """Run the desk until Ctrl+C; `on_ready` gets the address that opens it once."""
    DeskServer(door, settings).run(on_ready)
