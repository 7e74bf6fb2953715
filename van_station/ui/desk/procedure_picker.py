"""Finding a procedure (*thủ tục*) by everyday words, with or without marks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.procedure_words import time_limit
from van_station.ui.session import Desk

LIMIT = 6
PASTED_S = 2.0
"""A text that is no search, and to which nothing was added for so long, was pasted."""
Chosen = Callable[[ProcedureCard], Awaitable[None]]


async def _nothing(_text: str) -> None:
    """Nothing but searches is typed here."""


def _nowhere(_place: str) -> None:
    """Nobody asks where the keyboard is."""


def facts_of(desk: Desk, card: ProcedureCard) -> str:
    """Return code, authority, time and fee of a procedure in one line."""
    say = desk.say
    if card.time_value is None:
        time = say("intake.procedure_time_unknown")
    elif card.time_value == 0:
        time = say("intake.procedure_same_day")
    else:
        time = say("intake.procedure_time", time=time_limit(desk, card.time_value, card.time_unit))
    if card.fee is None:
        fee = say("intake.procedure_fee_unknown")
    elif card.fee.amount_vnd == 0:
        fee = say("intake.procedure_free")
    else:
        fee = desk.texts.money(card.fee.amount_vnd)
    if card.fee is not None and card.fee.unverified:
        fee = f"{fee} ({say('confidence.unverified')})"
    pieces = [card.code, card.authority, time, fee]
    if card.replaces:
        pieces.insert(1, say("intake.procedure_replaces", code=card.replaces))
    if card.unverified:
        pieces.append(say("dossier.procedure_unverified_mark"))
    return " · ".join(pieces)


class ProcedurePicker:
    """A search line and its hits; Enter takes the first.

    Args:
        desk: the window.
        chosen: gets the procedure that was taken.
        hold: while True, presses are a card reader's, nobody's wish.
        divert: takes what is no search but something else, such as a card.
        foreign: tells what `divert` takes.
        heard: told of every change of the line.
        autofocus: whether the line takes the keyboard when it appears.
        at: told where the keyboard is: the line's id, or "" when it went elsewhere.
    """

    def __init__(
        self,
        desk: Desk,
        chosen: Chosen,
        *,
        hold: Callable[[], bool] = lambda: False,
        divert: Callable[[str], Awaitable[None]] = _nothing,
        foreign: Callable[[str], bool] = lambda _: False,
        heard: Callable[[str], None] = _nowhere,
        autofocus: bool = False,
        at: Callable[[str], None] = _nowhere,
    ) -> None:
        self._at, self._foreign, self._heard = at, foreign, heard
        self._desk, self._chosen, self._hold, self._divert = desk, chosen, hold, divert
        self._found: tuple[ProcedureCard, ...] = ()
        self._found_for = ""
        """What the hits were found for: Enter never takes one that an older text found."""
        self._latest, self._pasted = Latest(0.15), Latest(PASTED_S)
        stretch = ft.CrossAxisAlignment.STRETCH
        self._hits = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch, visible=False)
        line, self._field = parts.field(
            desk,
            "procedure-search",
            desk.say("intake.procedure_search"),
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._typed,
            act=self._first,
            blur=self._went,
            on_focus=desk.on(self._came, again=True),
            autofocus=autofocus,
        )
        self.view = ft.Column([line, self._hits], spacing=theme.GAP_S, horizontal_alignment=stretch)

    async def _came(self) -> None:
        self._at("procedure-search")

    async def _went(self) -> None:
        self._at("")

    async def focus(self) -> None:
        """Give the line the keyboard."""
        await self._desk.focus(self._field)

    def clear(self) -> None:
        """Forget what was typed and found; the caller updates the view."""
        self._latest.drop()
        self._field.value, self._found, self._found_for = "", (), ""
        self._draw("")

    async def search(self, query: str) -> None:
        """Show what a query finds; the first ones of the catalogue for ""."""
        self._found = await self._desk.run(self._desk.work.catalogue.search, query, LIMIT)
        self._found_for = query
        self._draw(query)
        self._hits.update()

    def _draw(self, query: str) -> None:
        self._hits.controls = [self._hit(card) for card in self._found]
        if query.strip() and not self._found:
            nothing = self._desk.say("common.search_nothing", query=query)
            self._hits.controls = [parts.text(nothing, color=self._desk.palette.quiet)]
        self._hits.visible = bool(self._hits.controls)

    async def _typed(self) -> None:
        self._heard(self._field.value or "")
        if self._foreign(self._field.value or ""):
            self._latest.drop()
            if await self._pasted.settled():
                await self._diverted()
            return
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
        if self._foreign(text):
            await self._diverted()
            return
        if not text.strip():
            return
        if text != self._found_for:
            self._latest.drop()
            await self.search(text)
        if self._found:
            await self._chosen(self._found[0])

    async def _diverted(self) -> None:
        self._pasted.drop()
        text, self._field.value = self._field.value or "", ""
        self._field.update()
        if text:
            await self._divert(text)

    def _hit(self, card: ProcedureCard) -> ft.Control:
        async def pick() -> None:
            if not self._hold():
                await self._chosen(card)

        name = words.either(self._desk.texts, card.name, card.name_en)
        icon = ft.Icons.DESCRIPTION_OUTLINED
        caption = facts_of(self._desk, card)
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
