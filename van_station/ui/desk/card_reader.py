"""Card text at the intake screen, typed by a reader into whatever has the keyboard, or into nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

import flet as ft

from van_station.ui.wedge import MAX_CHARS, MAX_GAP_S, Wedge, character

MAX_BEFORE = 400
"""Into longer texts a card is only looked for at their end."""


class CardReader:
    """Follows keys and fields, and says when a whole card has come.

    What came through a field is exact. Of what came while no field had the keyboard only those letters are
    known that came as keys: enough for a slip, never for a name.

    Args:
        looks_like_card: what a whole code looks like (rules, through the services).
        seems_card: what was meant as one, be it torn; as `looks_like_card` unless told.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        looks_like_card: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
        *,
        seems_card: Callable[[str], bool] | None = None,
    ) -> None:
        self._looks_like_card = looks_like_card
        self._seems_card = seems_card or looks_like_card
        self._clock = clock
        self._wedge = Wedge(clock)
        self._keys: deque[str] = deque(maxlen=MAX_CHARS)
        self._keys_began = 0.0
        self._before: dict[str, str] = {}
        self._seen: dict[str, tuple[str, float]] = {}

    @property
    def busy(self) -> bool:
        """Whether a reader is typing: a press of a button now is its Space or Enter, nobody's wish."""
        return self._wedge.busy

    def key(self, event: ft.KeyboardEvent) -> str:
        """Take a key of the page; return what a reader typed into no field, when this is its closing Enter.

        Letters that came without keys are not in it. A desk that draws hears keys late: what seems a card is
        one however slowly its keys were heard.
        """
        if event.key in ("Enter", "Numpad Enter"):
            quick, began = self._wedge.enter(), self._wedge.began
            slow, slow_began = "".join(self._keys), self._keys_began
            self._keys.clear()
            for text, since in ((quick, began), (slow, slow_began)):
                if self._seems_card(text) and not self._a_field_changed_since(since):
                    return text
            return ""
        if not (event.ctrl or event.alt or event.meta):
            char = character(event.key, shift=event.shift)
            if char:
                self._wedge.press(char)
                if not self._keys:
                    self._keys_began = self._clock()
                self._keys.append(char)
        return ""

    def _a_field_changed_since(self, then: float) -> bool:
        return any(at >= then for _, at in self._seen.values())

    def typed(self, name: str, value: str) -> None:
        """Take a change of a field; a pause before it makes the text before it what a person wrote."""
        now = self._clock()
        earlier, at = self._seen.get(name, ("", 0.0))
        if now - at > MAX_GAP_S:
            self._before[name] = earlier
        self._seen[name] = (value, now)

    def put(self, name: str, value: str) -> None:
        """The program itself wrote this into a field."""
        self._seen[name] = (value, 0.0)
        self._before[name] = value

    def entered(self, name: str, value: str) -> tuple[str, str]:
        """Find a card in a field: (its text, what the field held before); ("", value) when there is none.

        The text may be a torn card's: whoever reads it refuses it, and the field is rid of it.
        """
        if not self._seems_card(value):
            return "", value
        before = self._before.get(name, "")
        if self._seems_card(before):  # of a card that came in pieces
            before = ""
        pieces = [*_inserted(before, value)] if before else []
        for text, rest in (*((piece, before) for piece in pieces), (value, "")):
            if self._looks_like_card(text):
                return text, rest
        return (pieces[0], before) if pieces and self._seems_card(pieces[0]) else (value, "")


def _inserted(before: str, value: str) -> Iterator[str]:
    """Yield what may have been put into a text to make it another one: at its end first, then elsewhere."""
    more = len(value) - len(before)
    if more <= 0:
        return
    if value.startswith(before):
        yield value[len(before) :]
    if len(before) > MAX_BEFORE:
        return
    for at in range(len(before)):
        if value[:at] != before[:at]:
            return
        if value[at + more :] == before[at:]:
            yield value[at : at + more]
