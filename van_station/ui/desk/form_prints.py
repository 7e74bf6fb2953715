"""The official form on paper: to print, or to look at first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.paper import PrintedPage
from van_station.ui import parts, theme
from van_station.ui.session import Desk

WAIT_S = 5.0


class PrintButtons:
    """Two buttons whose press opens a page; what was typed last is on it.

    Args:
        desk: the window.
        settle: keeps what is typed.
    """

    def __init__(self, desk: Desk, settle: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._settle = desk, settle
        say = desk.say
        self._print = parts.Press(
            desk, "form-print", say("form.print"), None, kind="outlined", icon=ft.Icons.PRINT_OUTLINED
        )
        self._look = parts.Press(
            desk, "form-look", say("form.look_print"), None, kind="text", icon=ft.Icons.VISIBILITY_OUTLINED
        )
        self._row = ft.Row([self._look.view, self._print.view], spacing=theme.GAP_S, tight=True, wrap=True)

    def offer(self, dossier_id: str) -> ft.Control:
        """Return the buttons for a dossier, with fresh addresses."""
        desk, loop = self._desk, asyncio.get_running_loop()

        def make() -> PrintedPage:
            asyncio.run_coroutine_threadsafe(_done(self._settle()), loop).result(WAIT_S)
            return desk.work.official_forms.print(desk.me, dossier_id)

        address = desk.offer(make, desk.say("form.title"))
        self._print.set(url=address)
        self._look.set(url=f"{address}?look")
        return self._row


async def _done(work: Awaitable[None]) -> None:
    await work
