"""What WIA is to its driver: scanners with numbered properties, and refusals with numbers."""

from __future__ import annotations

from typing import Final, Protocol

_FAULTS: Final = {
    0x80210002: "scan.jammed",
    0x80210003: "scan.no_paper",
    0x80210004: "scan.mispick",
    0x80210005: "scan.unplugged",
    0x80210006: "scan.busy",
    0x80210007: "scan.busy",
    0x80210008: "scan.device_aborted",
    0x80210009: "scan.unplugged",
    0x8021000A: "scan.io",
    0x8021000B: "scan.unsupported",
    0x8021000C: "scan.bad_setting",
    0x8021000D: "scan.busy",
    0x8021000E: "scan.driver_crashed",
    0x8021000F: "scan.driver_crashed",
    0x80210015: "scan.unplugged",
    0x80210016: "scan.cover_open",
    0x80210017: "scan.io",
    0x80210020: "scan.double_feed",
    0x80070005: "scan.denied",
    0x8007000E: "scan.no_memory",
    0x80070057: "scan.bad_setting",
    0x80004004: "scan.cancelled",
}
"""HRESULT -> fault code; anything else counts as an I/O error."""


class WiaRefused(Exception):
    """WIA answered with an HRESULT of failure."""

    def __init__(self, hresult: int) -> None:
        super().__init__(f"{hresult & 0xFFFFFFFF:#010x}")
        self.hresult = hresult & 0xFFFFFFFF

    @property
    def code(self) -> str:
        """The fault code of it."""
        return _FAULTS.get(self.hresult, "scan.io")


class WiaScanner(Protocol):
    """A scanner of Windows: properties by number, and pages. Every call may raise `WiaRefused`."""

    def read(self, number: int) -> int | None:
        """Return a property of the device or else of its item; None when it has none."""

    def span(self, number: int) -> tuple[int, ...] | None:
        """Return (low, high, step) of a range, the values of a list, or None."""

    def is_range(self, number: int) -> bool:
        """Return True when `span` is a range and not a list of values."""

    def write(self, number: int, value: int) -> None:
        """Set a property."""

    def transfer(self) -> bytes:
        """Scan one page; return a picture file (JPEG, PNG or BMP wrapped as PNG)."""


class WiaSystem(Protocol):
    """Windows' list of scanners."""

    def scanners(self) -> list[tuple[str, str]]:
        """Return (id, name) of each."""

    def open(self, device_id: str) -> WiaScanner:
        """Connect to one."""
