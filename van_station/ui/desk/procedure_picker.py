"""Finding a procedure (*thủ tục*) by everyday words, with or without marks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.session import Desk

LIMIT = 6
Chosen = Callable[[ProcedureCard], Awaitable[None]]


async def _nothing(_text: str) -> bool:
    return False


class ProcedurePicker:
    """A search line and its hits; Enter takes the first.

    Args:
        desk: the window.
        chosen: gets the procedure that was taken.
        hold: while True, presses are a card reader's, nobody's wish.
        divert: offered the text at Enter before it is a search; True when it was something else.
        autofocus: whether the line takes the keyboard when it appears.
    """

    def __init__(
        self,
        desk: Desk,
        chosen: Chosen,
        *,
        hold: Callable[[], bool] = lambda: False,
        divert: Callable[[str], Awaitable[bool]] = _nothing,
        autofocus: bool = False,
    ) -> None:
        self._desk, self._chosen, self._hold, self._divert = desk, chosen, hold, divert
        self._found: tuple[ProcedureCard, ...] = ()
        self._latest = Latest(0.15)
        stretch = ft.CrossAxisAlignment.STRETCH
        self._hits = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch, visible=False)
        line, self._field = parts.field(
            desk,
            "procedure-search",
            desk.say("intake.procedure_search"),
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._typed,
            act=self._first,
            autofocus=autofocus,
        )
        self.view = ft.Column([line, self._hits], spacing=theme.GAP_S, horizontal_alignment=stretch)

    async def focus(self) -> None:
        """Give the line the keyboard."""
        await self._desk.focus(self._field)

    def clear(self) -> None:
        """Forget what was typed and found; the caller updates the view."""
        self._latest.drop()
        self._field.value, self._found = "", ()
        self._draw("")

    async def search(self, query: str) -> None:
        """Show what a query finds; the first ones of the catalogue for ""."""
        self._found = await self._desk.run(self._desk.work.catalogue.search, query, LIMIT)
        self._draw(query)
        self._hits.update()

    def _draw(self, query: str) -> None:
        self._hits.controls = [self._hit(card) for card in self._found]
        if query.strip() and not self._found:
            nothing = self._desk.say("common.search_nothing", query=query)
            self._hits.controls = [parts.text(nothing, color=self._desk.palette.quiet)]
        self._hits.visible = bool(self._hits.controls)

    async def _typed(self) -> None:
        if not await self._latest.settled():
            return
        query = self._field.value or ""
        if query.strip():
            await self.search(query)
        else:
            self.clear()
            self._hits.update()

    async def _first(self) -> None:
        text = self._field.value or ""
        if await self._divert(text):
            self._field.value = ""
            self._field.update()
        elif self._found:
            await self._chosen(self._found[0])

    def _hit(self, card: ProcedureCard) -> ft.Control:
        async def pick() -> None:
            if not self._hold():
                await self._chosen(card)

        name = words.either(self._desk.texts, card.name, card.name_en)
        icon = ft.Icons.DESCRIPTION_OUTLINED
        pieces = [card.code]
        if card.unverified:
            pieces.append(self._desk.say("dossier.procedure_unverified_mark"))
        caption = " · ".join(pieces)
        return parts.Tile(self._desk, f"procedure-{card.code}", name, pick, icon=icon, caption=caption).view


def choose_procedure(desk: Desk, chosen: Callable[[str], Awaitable[None]]) -> None:
    """Open a sheet to choose from, for a ticket that came without a procedure; `chosen` gets the code."""
    holder: list[ft.AlertDialog] = []

    async def done(card: ProcedureCard) -> None:
        dialogs.close(holder[0])
        await chosen(card.code)

    async def close() -> None:
        dialogs.close(holder[0])

    picker = ProcedurePicker(desk, done, autofocus=True)
    cancel = parts.Press(desk, "ask-no", desk.say("common.cancel"), close, kind="text")
    title = desk.say("intake.procedure_choose")
    icon = ft.Icons.DESCRIPTION_OUTLINED
    holder.append(dialogs.sheet(desk, title, [picker.view], [cancel.view], icon=icon, width=680))
    desk.later(picker.search(""))
