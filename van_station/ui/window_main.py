"""What happens in one window: sign in, work, lock, sign out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import flet as ft

from van_station.services.door import Door, SignedIn
from van_station.ui import dialogs, theme
from van_station.ui.desk.places import PLACES
from van_station.ui.frame import Look
from van_station.ui.handout import Handout
from van_station.ui.session import Desk
from van_station.ui.shell import Shell
from van_station.ui.signin import Lock, SignIn

log = logging.getLogger(__name__)
TICK_S = 5.0


class Main(Protocol):
    """Draws one window. `absolute` turns an address of ours into one an outside browser can open."""

    def __call__(
        self, page: ft.Page, handout: Handout, *, absolute: Callable[[str], str] | None = None
    ) -> Coroutine[Any, Any, None]:
        """Draw it, and keep drawing."""


def main_for(door: Door, look: Look, *, idle_lock_s: float) -> Main:
    """Return Flet's entry: it draws one window, for the people behind `door`."""

    async def main(page: ft.Page, handout: Handout, *, absolute: Callable[[str], str] | None = None) -> None:
        ft.context.disable_auto_update()  # type: ignore[no-untyped-call]
        desk = Desk(page, door, handout, look, idle_lock_s=idle_lock_s)
        desk.absolute = absolute or desk.absolute
        await Window(desk).open()

    return main


class Window:
    """Which face a window shows, and what moves it from one to the next."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.sign_out = self._sign_out
        self._root = ft.Container(expand=True)
        self._shell: Shell | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Dress the page and show the sign-in page."""
        page, desk = self.desk.page, self.desk
        page.session.error = self._crashed  # type: ignore[method-assign,assignment]
        page.fonts = {name: f"/fonts/{file}" for name, file in theme.FONT_FILES.items()}
        page.padding = 0
        page.on_keyboard_event = self._on_key
        page.on_resize = self._on_resize
        page.on_disconnect = self._on_disconnect
        page.on_connect = self._on_connect
        page.on_close = self._on_close
        desk.dress()
        page.add(self._root)
        page.update()
        self._ticker = asyncio.get_running_loop().create_task(self._tick())
        await self._show_sign_in()

    # ------------------------------------------------------------------ faces
    async def _show_sign_in(self) -> None:
        self._shell = None
        face = SignIn(self.desk, self._entered, self._show_sign_in)
        await self._put(face, face.view)
        await self.desk.focus(face.login)

    async def _entered(self, signed_in: SignedIn) -> None:
        self.desk.enter(signed_in.workspace, signed_in.actor)
        await self._show_shell()

    async def _show_shell(self, name: str = "", where: dict[str, str] | None = None) -> None:
        self._shell = shell = Shell(
            self.desk, PLACES, lock=self._lock, sign_out=self._sign_out, redraw=self._redraw
        )
        self.desk.go = shell.go
        await self._put(shell, shell.view)
        await shell.show(name, where)

    async def _redraw(self) -> None:
        if self._shell is not None:
            await self._show_shell(self._shell.name, self._shell.where)

    async def _lock(self) -> None:
        if self._shell is None or isinstance(self.desk.face, Lock):
            return
        dialogs.close_all(self.desk)
        face = Lock(self.desk, self._unlocked, self._sign_out)
        await self._put(face, face.view)

    async def _unlocked(self) -> None:
        await self._redraw()

    async def _sign_out(self) -> None:
        dialogs.close_all(self.desk)
        await self._close_face()
        await self.desk.leave()
        await self._show_sign_in()

    async def _put(self, face: Any, view: ft.Control) -> None:
        await self._close_face()
        self.desk.face = face
        self._root.content = view
        self._root.update()

    async def _close_face(self) -> None:
        face, self.desk.face = self.desk.face, None
        if face is not None:
            await self.desk.guarded(face.close)

    # ------------------------------------------------------------------ the page's own events
    async def _on_key(self, event: ft.KeyboardEvent) -> None:
        self.desk.touch()
        if self.desk.face is not None:
            await self.desk.guarded(self.desk.face.on_key, event)

    async def _on_resize(self, _event: Any) -> None:
        if self._shell is not None and self.desk.face is self._shell:
            await self.desk.guarded(self._shell.resized)

    async def _on_disconnect(self, _event: Any) -> None:
        self.desk.deafen()

    async def _on_connect(self, _event: Any) -> None:
        self.desk.listen()
        if self._shell is not None and self.desk.face is self._shell:
            await self._redraw()

    async def _on_close(self, _event: Any) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        await self._close_face()
        await self.desk.leave()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self.desk.actor is not None and self.desk.idle_s() > self.desk.idle_lock_s:
                await self.desk.guarded(self._lock)
            elif self.desk.face is not None:
                await self.desk.guarded(self.desk.face.tick)

    def _crashed(self, _message: str) -> None:
        """Flet's own reaction replaces the whole window by a red box with a traceback."""
        log.error("Flet reported an unhandled error")
        self.desk.defect(RuntimeError())
