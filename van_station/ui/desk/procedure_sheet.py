"""A sheet to choose a procedure, for a ticket that came without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.session import Desk


def choose_procedure(desk: Desk, chosen: Callable[[str], Awaitable[None]]) -> None:
    """Open the sheet; `chosen` gets the code."""
    _Sheet(desk, chosen).open()


class _Sheet:
    def __init__(self, desk: Desk, chosen: Callable[[str], Awaitable[None]]) -> None:
        self._desk, self._chosen = desk, chosen
        self._found: tuple[ProcedureCard, ...] = ()
        self._latest = Latest(0.15)
        self._hits = ft.Column(spacing=theme.GAP_S)
        self._view, self._field = parts.field(
            desk,
            "procedure-search",
            desk.say("intake.procedure_search"),
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._typed,
            act=self._first,
            autofocus=True,
        )
        self._dialog: ft.AlertDialog | None = None

    def open(self) -> None:
        cancel = parts.Press(self._desk, "ask-no", self._desk.say("common.cancel"), self._close, kind="text")
        title = self._desk.say("intake.procedure_choose")
        self._dialog = dialogs.sheet(
            self._desk, title, [self._view, self._hits], [cancel.view], icon=ft.Icons.DESCRIPTION_OUTLINED, width=680
        )
        self._desk.later(self._search(""))

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._desk, self._dialog)

    async def _typed(self) -> None:
        if await self._latest.settled():
            await self._search(self._field.value or "")

    async def _search(self, query: str) -> None:
        self._found = await self._desk.run(self._desk.work.catalogue.search, query, 6)
        self._hits.controls = [self._hit(card) for card in self._found]
        if not self._found:
            nothing = self._desk.say("common.search_nothing", query=query)
            self._hits.controls = [parts.text(nothing, color=self._desk.palette.quiet)]
        self._hits.update()

    def _hit(self, card: ProcedureCard) -> ft.Control:
        async def pick() -> None:
            await self._pick(card)

        name = words.either(self._desk.texts, card.name, card.name_en)
        icon = ft.Icons.DESCRIPTION_OUTLINED
        return parts.Tile(self._desk, f"procedure-{card.code}", name, pick, icon=icon, caption=card.code).view

    async def _first(self) -> None:
        if self._found:
            await self._pick(self._found[0])

    async def _pick(self, card: ProcedureCard) -> None:
        await self._close()
        await self._chosen(card.code)
