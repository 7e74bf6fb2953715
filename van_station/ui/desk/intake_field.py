"""One line to type in at intake: checked as it is typed, and never mistaken for a card reader's typing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import flet as ft

from van_station.services.errors import FieldNote
from van_station.ui import parts, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.card_reader import CardReader
from van_station.ui.desk.intake_state import IntakeState
from van_station.ui.session import Desk

WHOLE_S = 2.0
"""A card in a field to which nothing was added for so long was pasted, or its reader sends no Enter."""


class IntakeHub:
    """What the panels of the intake screen share.

    Attributes:
        desk: the window.
        reader: follows a card reader that types.
        pasted: waits longer than a reader pauses, until what stands in a field is all that comes.
        typing_at: name of the field that has the keyboard, "" while a digit is a choice and no text.
        check: asks the services what is wrong, and redraws.
        read: takes a card's text, or says why not.
        redraw: shows the state anew, after it was changed by something other than typing.
        onward: gives the keyboard to what usually comes next, when the button that had it is gone.
        strict: every error is shown, also of fields nobody came to yet.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        intake = desk.work.intake
        self.reader = CardReader(intake.looks_like_card, seems_card=intake.seems_card)
        self.typing_at = ""
        self.strict = False
        self.checking = Latest(0.35)
        self.pasted = Latest(WHOLE_S)
        self.check: Callable[[str], Awaitable[None]] = self._nothing
        self.read: Callable[[str], Awaitable[None]] = self._nothing
        self.redraw: Callable[[], Awaitable[None]] = self._nothing
        self.onward: Callable[[], Awaitable[None]] = self._nothing

    async def _nothing(self, *_anything: object) -> None:
        """The screen has not taken its place yet."""

    @property
    def state(self) -> IntakeState:
        """What stands in the fields."""
        return self.desk.state(IntakeState)

    def stop_typing(self, beginning: str) -> None:
        """A field that goes from the screen has the keyboard no more."""
        if self.typing_at.startswith(beginning):
            self.typing_at = ""

    def unless_reading(self, act: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
        """Return `act` for a button: a press while a reader types is its Space or Enter, nobody's wish."""

        async def press() -> None:
            if not self.reader.busy:
                await act()

        return press


class WatchedField:
    """A text field with its place in the state.

    Args:
        hub: of the screen.
        place: name in the state and in notes, such as `phone` or `companions/0/full_name`; also the test id.
        label: what is to be typed.
        get: reads the state.
        put: writes the state.
        enter: where the keyboard goes on Enter.
        leave: turns what was typed into how it is kept on screen, when the keyboard goes elsewhere.
        more: passed to Flet's field.
    """

    def __init__(
        self,
        hub: IntakeHub,
        place: str,
        label: str,
        *,
        get: Callable[[], str],
        put: Callable[[str], None],
        enter: Callable[[], Awaitable[None]] | None = None,
        leave: Callable[[str], str] = str,
        hint: str = "",
        **more: Any,
    ) -> None:
        self._hub, self.place = hub, place
        self._get, self._put, self._enter, self._leave = get, put, enter, leave
        self.view, self.control = parts.field(
            hub.desk,
            place,
            label,
            hint=hint,
            change=self._typed,
            act=self._entered,
            blur=self._left,
            on_focus=hub.desk.on(self._came, again=True),
            **more,
        )

    def show(self) -> None:
        """Write what the state holds into the field; the caller updates the view."""
        self.control.value = self._get()
        self._hub.reader.put(self.place, self._get())

    def set(self, value: str) -> None:
        """Write into state and field."""
        self._put(value)
        self.show()

    def tell(self, notes: Sequence[FieldNote]) -> None:
        """Show what is wrong or doubtful."""
        desk = self._hub.desk
        said = {
            note.severity: words.note(desk.texts, note.code, dict(note.details)) for note in reversed(notes)
        }
        self.control.error = said.get("error")
        self.control.helper = said.get("warning")
        self.control.helper_style = ft.TextStyle(color=desk.palette.accent)

    async def focus(self) -> None:
        """Give the field the keyboard."""
        await self._hub.desk.focus(self.control)

    async def _came(self) -> None:
        self._hub.typing_at = self.place

    async def _typed(self) -> None:
        value = self.control.value or ""
        self._hub.reader.typed(self.place, value)
        self._put(value)
        if self._hub.desk.work.intake.seems_card(value):
            if await self._hub.pasted.settled():
                await self._took_card()
        elif await self._hub.checking.settled() and not self._hub.reader.busy:
            self._hub.state.touched.add(self.place)
            await self._hub.check(self.place)

    async def _took_card(self) -> bool:
        """Take a card that stands in the field, whole or torn, out of it; False when there is none."""
        card, before = self._hub.reader.entered(self.place, self.control.value or "")
        if not card:
            return False
        self._hub.pasted.drop()
        self.set(before)
        self.view.update()
        await self._hub.read(card)
        return True

    async def _entered(self) -> None:
        if not await self._took_card() and self._enter is not None:
            await self._enter()

    async def _left(self) -> None:
        if self._hub.typing_at == self.place:
            self._hub.typing_at = ""
        if await self._took_card():
            return
        value = self.control.value or ""
        kept = self._leave(value)
        if kept != value:
            self.set(kept)
        self._hub.state.touched.add(self.place)
        await self._hub.check(self.place)
