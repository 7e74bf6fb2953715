"""Waiting until somebody has stopped typing."""

from __future__ import annotations

import asyncio


class Latest:
    """Lets only the latest of a burst go on.

    Args:
        pause_s: how long it has to be quiet.
    """

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._count = 0

    async def settled(self) -> bool:
        """Wait; True when nobody called again meanwhile."""
        self._count += 1
        mine = self._count
        await asyncio.sleep(self._pause_s)
        return mine == self._count

    def drop(self) -> None:
        """Let whoever waits at the moment give up."""
        self._count += 1
