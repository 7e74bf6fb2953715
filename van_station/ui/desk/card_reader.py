"""Card text at the intake screen, typed by a reader into whatever has the keyboard, or into nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import flet as ft

from van_station.ui.wedge import MAX_GAP_S, Wedge, character


class CardReader:
    """Follows keys and fields, and says when a whole card has come.

    Args:
        looks_like_card: what a card's text looks like (rules, through the intake service).
        clock: seconds that only ever grow.
    """

    def __init__(
        self, looks_like_card: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._looks_like_card = looks_like_card
        self._clock = clock
        self._wedge = Wedge(clock)
        self._before: dict[str, str] = {}
        self._seen: dict[str, tuple[str, float]] = {}

    @property
    def busy(self) -> bool:
        """Whether a reader is typing: a press of a button now is its Space or Enter, nobody's wish."""
        return self._wedge.busy

    def key(self, event: ft.KeyboardEvent) -> str:
        """Take a key of the page; return the card's text when this is its closing Enter."""
        if event.key in ("Enter", "Numpad Enter"):
            text = self._wedge.enter()
            into_field = any(self._clock() - at <= MAX_GAP_S for _, at in self._seen.values())
            return text if text and not into_field and self._looks_like_card(text) else ""
        if not (event.ctrl or event.alt or event.meta):
            char = character(event.key, shift=event.shift)
            if char:
                self._wedge.press(char)
        return ""

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
        """Take Enter in a field: (card text, what the field held before); ("", value) when it is no card."""
        before = self._before.get(name, "")
        added = value[len(before) :] if before and value.startswith(before) else value
        for text in (added, value):
            if self._looks_like_card(text):
                return text, before if text is added and text is not value else ""
        return "", value
