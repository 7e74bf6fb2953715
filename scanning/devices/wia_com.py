"""WIA's automation objects through comtypes: Windows only, imported when used.

**Not tried on real hardware.**
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from scanning.devices.wia_words import WiaRefused, WiaScanner

_JPEG: Final = "{B96B3CAE-0728-11D3-9D7B-0000F81EF32E}"
_SCANNER: Final = 1
_RANGE, _LIST = 1, 2


class WindowsScanners:
    """WIA's device manager."""

    def __init__(self) -> None:
        import comtypes.client  # noqa: PLC0415  Windows only

        with _as_refusal():
            self._manager = comtypes.client.CreateObject("WIA.DeviceManager")

    def scanners(self) -> list[tuple[str, str]]:
        """Return (id, name) of each scanner."""
        with _as_refusal():
            return [
                (str(info.DeviceID), str(info.Properties("Name").Value))
                for info in self._manager.DeviceInfos
                if info.Type == _SCANNER
            ]

    def open(self, device_id: str) -> WiaScanner:
        """Connect to one."""
        with _as_refusal():
            for info in self._manager.DeviceInfos:
                if str(info.DeviceID) == device_id:
                    return _Scanner(info.Connect())
        raise WiaRefused(0x80210015)


class _Scanner:
    def __init__(self, device: Any) -> None:
        self._device = device
        self._item = device.Items(1)

    def read(self, number: int) -> int | None:
        found = self._property(number)
        with _as_refusal():
            return int(found.Value) if found is not None else None

    def span(self, number: int) -> tuple[int, ...] | None:
        found = self._property(number)
        if found is None:
            return None
        with _as_refusal():
            if found.SubType == _RANGE:
                return int(found.SubTypeMin), int(found.SubTypeMax), int(found.SubTypeStep)
            if found.SubType == _LIST:
                return tuple(int(value) for value in found.SubTypeValues)
        return None

    def is_range(self, number: int) -> bool:
        found = self._property(number)
        with _as_refusal():
            return found is not None and found.SubType == _RANGE

    def write(self, number: int, value: int) -> None:
        found = self._property(number)
        if found is not None:
            with _as_refusal():
                found.Value = value

    def transfer(self) -> bytes:
        with _as_refusal():
            return bytes(self._item.Transfer(_JPEG).FileData.BinaryData)

    def _property(self, number: int) -> Any:
        """Return a property of the device or else of its item, None when neither has it."""
        with _as_refusal():
            for owner in (self._device, self._item):
                if owner.Properties.Exists(str(number)):
                    return owner.Properties(str(number))
        return None


@contextmanager
def _as_refusal() -> Iterator[None]:
    """Turn COM's errors into ours; comtypes raises COMError(hresult, ...), ctypes OSError(winerror)."""
    try:
        yield
    except OSError as error:
        raise WiaRefused(int(getattr(error, "winerror", 0) or 0x80004005)) from error
    except Exception as error:
        if type(error).__name__ != "COMError":
            raise
        raise WiaRefused(int(getattr(error, "hresult", 0x80004005))) from error
