"""A fake of ours: Windows' scanners as the WIA reference describes them. No real device stands behind it."""

from __future__ import annotations

from scanning.devices import wia_driver as wia
from scanning.devices.wia_words import WiaRefused

RANGES = {
    wia.X_EXTENT: (1, 2550, 1),
    wia.Y_EXTENT: (1, 4200, 1),
    wia.BRIGHTNESS: (-1000, 1000, 1),
}


class FakeScanner:
    """Pages and faults in the order in which transfers give them."""

    def __init__(self, *gives: bytes | int, able: int = wia.FEEDER | wia.FLATBED | wia.DUPLEX) -> None:
        self.gives = list(gives)
        self.values = {
            wia.CAPABILITIES: able,
            wia.SELECT: wia.FLATBED,
            wia.PAGES: 0,
            wia.INTENT: 0,
            wia.X_DPI: 200,
            wia.Y_DPI: 200,
            wia.X_START: 0,
            wia.Y_START: 0,
            wia.X_EXTENT: 100,
            wia.Y_EXTENT: 100,
            wia.BRIGHTNESS: 0,
        }
        self.stubborn: set[int] = set()

    def read(self, number: int) -> int | None:
        return self.values.get(number)

    def span(self, number: int) -> tuple[int, ...] | None:
        return (75, 150, 300, 600) if number in (wia.X_DPI, wia.Y_DPI) else RANGES.get(number)

    def is_range(self, number: int) -> bool:
        return number in RANGES

    def write(self, number: int, value: int) -> None:
        if number not in self.stubborn:
            self.values[number] = value

    def transfer(self) -> bytes:
        given = self.gives.pop(0) if self.gives else 0x80210003
        if isinstance(given, int):
            raise WiaRefused(given - 2**32)  # as COM gives it: a negative number
        return given


class FakeWindows:
    """A Windows with the scanners it is given."""

    def __init__(self, **scanners: FakeScanner) -> None:
        self._scanners = scanners

    def scanners(self) -> list[tuple[str, str]]:
        return [(name, f"Fake {name}") for name in self._scanners]

    def open(self, device_id: str) -> FakeScanner:
        if device_id not in self._scanners:
            raise WiaRefused(0x80210015)
        return self._scanners[device_id]
