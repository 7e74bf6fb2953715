"""Where cards come in at intake (*quét thẻ*): a reader on a line, a picture, the chip; a strip says how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.errors import Refused
from van_station.services.intake import CardView
from van_station.services.readers import ReaderState
from van_station.ui import parts
from van_station.ui.debounce import Latest
from van_station.ui.desk.chip_sheet import ChipSheet, offers_chip
from van_station.ui.desk.intake_field import WHOLE_S, IntakeHub
from van_station.ui.uploads import PictureChooser


class CardStrip:
    """The line on top: hold a card to the reader, or choose another way.

    Args:
        hub: of the screen.
        filled: takes a card that was read.
        refused: runs when a card must be read again: shows this strip, gives a field the keyboard.
    """

    def __init__(
        self,
        hub: IntakeHub,
        filled: Callable[[CardView], Awaitable[None]],
        refused: Callable[[], Awaitable[None]],
    ) -> None:
        self._hub, self._filled, self._refused = hub, filled, refused
        self._why = ""
        """Why the latest card must be read again, and how."""
        self._pictures = PictureChooser(hub.desk)
        self._leave_reader: Callable[[], None] | None = None
        self.view = ft.Container()

    # ------------------------------------------------------------------ reading
    async def read(self, text: str) -> None:
        """Take the text of a card's code; one that cannot be used is said on the strip."""
        try:
            card = await self._hub.desk.run(self._hub.desk.work.intake.read_card, text)
        except Refused as refused:
            await self.ask_again(refused.code)
            return
        self.forget()
        await self._filled(card)

    async def ask_again(self, code: str) -> None:
        """Say why a card must be read again.

        Not in a sheet, which would take the keyboard from the field that the next reading needs.
        """
        said = self._hub.desk.texts.error(code)
        self._why = f"{said.happened} {said.next_step}"
        await self._refused()
        self._hub.desk.snack(self._why, tone="bad")

    def forget(self) -> None:
        """The next card is awaited."""
        self._why = ""

    def listen(self) -> None:
        """Hear the reader that is not a keyboard; harmless when already listening."""
        if self._leave_reader is None:
            desk = self._hub.desk
            self._leave_reader = desk.work.readers.listen(
                lambda text: desk.from_thread(self._heard, text),
                lambda _state: desk.from_thread(self._reader_changed),
            )

    def deafen(self) -> None:
        """Another screen hears the reader now."""
        leave, self._leave_reader = self._leave_reader, None
        if leave is not None:
            leave()

    async def _heard(self, text: str) -> None:
        if self._hub.desk.work.intake.looks_like_card(text):
            await self.read(text)
        else:
            await self.ask_again("card.not_a_card")

    async def _reader_changed(self) -> None:
        self.show()
        self.view.update()

    async def _choose_picture(self) -> None:
        desk = self._hub.desk
        picture = await self._pictures.choose()
        if picture is not None:
            card = await desk.run(desk.work.intake.read_card_picture, picture)
            self.forget()
            await self._filled(card)

    async def _open_chip(self) -> None:
        """Ask for what opens the chip; what it says is compared with what stands here already."""
        await ChipSheet(self._hub.desk, self._hub.state.draft(), self._filled).open()

    # ------------------------------------------------------------------ drawing
    def show(self) -> None:
        """Say whether a card was read; the caller updates the view."""
        desk, filled = self._hub.desk, self._hub.state.from_card
        actions = [*self._reader_state()]
        if offers_chip(desk):
            label, icon = desk.say("chip.open"), ft.Icons.CONTACTLESS_OUTLINED
            actions.append(self._way("chip-open", label, self._open_chip, icon))
        label, icon = desk.say("intake.card_picture"), ft.Icons.IMAGE_OUTLINED
        actions.append(self._way("card-picture", label, self._choose_picture, icon))
        if self._why:
            self.view.content = parts.notice(desk, self._why, "bad", actions=actions, identifier="card-again")
            return
        self.view.content = parts.notice(
            desk,
            desk.say("intake.card_filled") if filled else desk.say("intake.card_scan"),
            "good" if filled else "info",
            icon=None if filled else ft.Icons.QR_CODE_SCANNER_ROUNDED,
            actions=actions,
            identifier="card-filled" if filled else "card-scan",
        )

    def _way(
        self, identifier: str, label: str, act: Callable[[], Awaitable[None]], icon: ft.IconData
    ) -> ft.Control:
        press = self._hub.unless_reading(act)
        return parts.Press(self._hub.desk, identifier, label, press, kind="text", icon=icon).view

    def _reader_state(self) -> list[ft.Control]:
        desk = self._hub.desk
        state = desk.work.readers.state
        if state is None:
            return []
        ready = state is ReaderState.READY
        said = desk.say("intake.reader_ready") if ready else desk.say("intake.reader_missing")
        return [parts.tid("reader-state", parts.badge(desk, said, "good" if ready else "warn"))]


class NextCard:
    """A line for the next person's card while the number just given is still shown; Enter alone goes on.

    Args:
        hub: of the screen.
    """

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._pasted = Latest(WHOLE_S)
        self.go_on: Callable[[], Awaitable[None]] = self._nothing
        self.close: Callable[[], None] = lambda: None
        """Takes the number away; set by the sheet, as is `go_on`."""
        desk = hub.desk
        self.view, self.control = parts.field(
            desk,
            "next-card",
            desk.say("intake.next_card"),
            change=self._typed,
            act=self._entered,
            icon=ft.Icons.QR_CODE_SCANNER_ROUNDED,
            autofocus=True,
        )

    async def _nothing(self) -> None:
        """No sheet shows this line yet."""

    async def _typed(self) -> None:
        value = self.control.value or ""
        self._hub.reader.typed("next-card", value)
        if self._hub.desk.work.intake.seems_card(value) and await self._pasted.settled():
            await self._take()

    async def _entered(self) -> None:
        if (self.control.value or "").strip():
            await self._take()
        else:
            await self.go_on()

    async def _take(self) -> None:
        self._pasted.drop()
        text, self.control.value = self.control.value or "", ""
        if text:
            self.close()
            await self._hub.read(text)
