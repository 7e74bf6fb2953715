"""What a device lets be set: discovered, never assumed. Values cross a pipe as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

OptionKind = Literal["flag", "whole", "number", "text", "button"]
OptionValue = bool | int | float | str
_ROUNDING: Final = 1e-3


@dataclass(frozen=True, slots=True)
class DeviceOption:
    """One option of a device.

    Attributes:
        name: the device's own name of it, as `ScanSettings.options` takes it.
        title: words of the device for people, mostly English; "" when it has none.
        kind: a `button` is pressed, not set.
        unit: `mm`, `dpi`, `px`, `%`, `bit`, `us`, or "".
        choices: values it takes and no other; empty when any, or a range.
        low, high, step: its range; None where there is none (a `step` of None: continuous).
        value: what is set now; None when it can't be told.
        settable: False when it only tells something, or sleeps under another option's value.
    """

    name: str
    title: str
    kind: OptionKind
    unit: str = ""
    choices: tuple[OptionValue, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    value: OptionValue | None = None
    settable: bool = True

    def takes(self, value: OptionValue) -> bool:
        """Return True when the device says that it takes this value."""
        if not self.settable or isinstance(value, bool) is not (self.kind == "flag"):
            return False
        if isinstance(value, str) is not (self.kind == "text"):
            return False
        if self.choices:
            return any(_same(value, choice) for choice in self.choices)
        if isinstance(value, str | bool):
            return True
        return (self.low is None or value >= self.low - _ROUNDING) and (
            self.high is None or value <= self.high + _ROUNDING
        )


@dataclass(frozen=True, slots=True)
class Unfit:
    """An option that a device does not take as it was saved."""

    name: str
    value: OptionValue
    known: bool
    """False: the device has no such option (any more); True: it takes other values."""


def unfit_options(
    wanted: Iterable[tuple[str, OptionValue]], offered: Iterable[DeviceOption]
) -> tuple[Unfit, ...]:
    """Return what of `wanted` the device would not take: named, so that nobody drops it silently."""
    by_name = {option.name: option for option in offered}
    return tuple(
        Unfit(name, value, known=name in by_name)
        for name, value in wanted
        if name not in by_name or not by_name[name].takes(value)
    )


def options_to_json(options: Iterable[DeviceOption]) -> list[dict[str, Any]]:
    """Return options as plain JSON values."""
    return [asdict(option) for option in options]


def options_from_json(entries: Iterable[Mapping[str, Any]]) -> tuple[DeviceOption, ...]:
    """Read back what `options_to_json` wrote.

    Raises:
        TypeError, KeyError, ValueError: something else.
    """
    return tuple(DeviceOption(**{**entry, "choices": tuple(entry["choices"])}) for entry in entries)


def _same(one: OptionValue, other: OptionValue) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < _ROUNDING
    return one == other
