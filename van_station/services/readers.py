"""Readers that are not keyboards (*đầu đọc nối tiếp*): what they read, and whether they are there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from van_station.peripherals.serial_readers import ReaderState, SerialPort, serial_ports

__all__ = ["Reader", "ReaderState", "Readers", "SerialPort"]

Heard = Callable[[str], None]
Changed = Callable[[ReaderState], None]


class Reader(Protocol):
    """Something that reads codes on a thread of its own."""

    def start(self) -> None:
        """Begin to listen."""

    def stop(self) -> None:
        """Stop listening; returns when the device is closed."""


class Readers:
    """Hands what a reader read to the screen in front, which knows what to do with it.

    Args:
        make: builds the machine's reader from what to tell; None when none is set up.
    """

    def __init__(self, make: Callable[[Heard, Changed], Reader] | None = None) -> None:
        self._lock = threading.Lock()
        self._listeners: list[tuple[Heard, Changed]] = []
        self._state: ReaderState | None = None
        self._reader = make(self._heard, self._changed) if make is not None else None

    @property
    def state(self) -> ReaderState | None:
        """Whether the reader is there; None when none is set up, or it was not looked for yet."""
        return self._state

    def ports(self) -> tuple[SerialPort, ...]:
        """Return the ports of this machine, for the technician who sets a reader up."""
        return serial_ports()

    def start(self) -> None:
        """Begin to listen to the reader."""
        if self._reader is not None:
            self._reader.start()

    def stop(self) -> None:
        """Let go of the reader."""
        if self._reader is not None:
            self._reader.stop()

    def listen(self, heard: Heard, changed: Changed = lambda _: None) -> Callable[[], None]:
        """Tell codes and comings and goings to a screen, from the reader's thread; returns the way out.

        Only the screen that listened last is told codes: one card fills one form.
        """
        entry = (heard, changed)
        with self._lock:
            self._listeners.append(entry)

        def leave() -> None:
            with self._lock:
                if entry in self._listeners:
                    self._listeners.remove(entry)

        return leave

    def _heard(self, text: str) -> None:
        with self._lock:
            front = self._listeners[-1] if self._listeners else None
        if front is not None:
            front[0](text)

    def _changed(self, state: ReaderState) -> None:
        self._state = state
        with self._lock:
            listeners = list(self._listeners)
        for _, changed in listeners:
            changed(state)
