"""Hybrid logical clock: stamps that never run backwards and stay near the wall clock."""

import re
import threading
from collections.abc import Callable

MAX_AHEAD_MS = 24 * 3600 * 1000
"""A stamp further ahead than this is not followed: one broken battery must not move a whole fleet."""
_MAX_COUNTER = 999_999
_STAMP = re.compile(r"[0-9]{13}\.[0-9]{6}")


def is_stamp(text: str) -> bool:
    """Whether `text` is "<13 digits unix ms>.<6 digits counter>"."""
    return _STAMP.fullmatch(text) is not None


class HybridClock:
    """Gives stamps `f"{unix_ms:013d}.{counter:06d}"` that sort as text.

    Stamps order what is *shown*; they never decide what is kept (see `sync.merge`),
    so a skewed clock costs no data and is never a reason to refuse.

    Args:
        now_ms: wall clock, milliseconds since 1970 UTC.
        last: the last stamp given before a restart, "" for none.
    """

    def __init__(self, now_ms: Callable[[], int], last: str = "") -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._ms, self._counter = _split(last) if last else (0, 0)

    def tick(self) -> str:
        """Return a stamp greater than every one given before and every one observed."""
        with self._lock:
            now = max(self._now_ms(), 0)
            if now > self._ms:
                self._ms, self._counter = now, 0
            elif self._counter < _MAX_COUNTER:
                self._counter += 1
            else:
                self._ms, self._counter = self._ms + 1, 0
            return f"{self._ms:013d}.{self._counter:06d}"

    def observe(self, stamp: str) -> None:
        """Take note of another site's stamp, so that our next one is later.

        A stamp more than `MAX_AHEAD_MS` ahead of our wall clock is left alone.

        Raises:
            ValueError: not a stamp.
        """
        seen = _split(stamp)
        with self._lock:
            if seen[0] <= self._now_ms() + MAX_AHEAD_MS:
                self._ms, self._counter = max((self._ms, self._counter), seen)


def _split(stamp: str) -> tuple[int, int]:
    if not is_stamp(stamp):
        raise ValueError("not a stamp")
    ms, counter = stamp.split(".")
    return int(ms), int(counter)
