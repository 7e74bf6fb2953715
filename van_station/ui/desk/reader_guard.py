"""Keeps a card reader, which types like a keyboard, from answering questions with the digits of a card."""

from __future__ import annotations

from collections.abc import Callable

GAP_S = 0.3
"""Characters closer than this belong to one burst; a person reads a question between two answers."""
BURST = 4
HOLD_S = 0.8
"""The reader's Enter also presses the button that has the keyboard; that press comes a moment later."""


class ReaderGuard:
    """Counts characters that follow each other closely.

    Args:
        clock: seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._count = 0
        self._last = 0.0

    def press(self) -> None:
        """Take note of a character just typed."""
        now = self._clock()
        self._count = self._count + 1 if self._count and now - self._last <= GAP_S else 1
        self._last = now

    @property
    def alone(self) -> bool:
        """Whether the latest character stood alone so far."""
        return self._count == 1

    @property
    def busy(self) -> bool:
        """Whether a burst is going on or has just ended: presses are nobody's wish then."""
        return self._count >= BURST and self._clock() - self._last <= HOLD_S
