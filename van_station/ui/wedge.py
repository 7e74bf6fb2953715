"""Tells a card reader that types like a keyboard from a person: by its speed and its closing Enter."""

from __future__ import annotations

from collections.abc import Callable

MAX_GAP_S = 0.25
"""A longer pause between two keys begins anew. Readers make none, but a desk that draws hears them late."""
MEAN_GAP_S = 0.04
HOLD_S = 0.3
"""The reader's Enter also presses the button that has the keyboard; that press comes a moment later."""
MIN_CHARS = 12
MAX_CHARS = 1100
"""No card is longer. Of more keys in one burst (a stuck key, a broken reader) nothing is kept."""
_NAMED = {"Space": " ", " ": " "}


def character(key: str, *, shift: bool) -> str:
    """Return the character that a key label stands for, "" for a key that types nothing.

    Labels of letters come in upper case whatever was typed; Shift says which it was.
    """
    label = key.removeprefix("Numpad ") if key.startswith("Numpad ") and len(key) == 8 else key
    if label in _NAMED:
        return _NAMED[label]
    if len(label) != 1:
        return ""
    return label.upper() if shift else label.lower()


class Wedge:
    """Collects fast keys.

    Args:
        clock: seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chars: list[str] = []
        self._count = 0
        self._first = self._last = 0.0
        self._hold_until = 0.0

    def press(self, char: str) -> None:
        """Take note of a character just typed."""
        now = self._clock()
        if not self._count or now - self._last > MAX_GAP_S:
            self._chars, self._count, self._first = [], 0, now
        self._count += 1
        self._last = now
        if self._count <= MAX_CHARS:
            self._chars.append(char)
        else:
            self._chars.clear()

    @property
    def began(self) -> float:
        """When the latest burst began."""
        return self._first

    @property
    def busy(self) -> bool:
        """Whether a reader seems to be typing at this moment; buttons should hold still."""
        now = self._clock()
        reading = self._count >= 4 and now - self._last <= MAX_GAP_S and self._fast()
        return reading or now < self._hold_until

    def enter(self) -> str:
        """Return what a reader typed before this Enter, "" when a person did."""
        chars, now = self._chars, self._clock()
        quick = len(chars) >= MIN_CHARS and now - self._last <= MAX_GAP_S and self._fast()
        self._chars, self._count = [], 0
        if not quick:
            return ""
        self._hold_until = now + HOLD_S
        return "".join(chars)

    def _fast(self) -> bool:
        return (self._last - self._first) / max(self._count - 1, 1) <= MEAN_GAP_S
