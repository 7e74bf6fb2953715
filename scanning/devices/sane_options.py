"""Options of SANE devices: told as they are, set and read back; runs in the driver process only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

import _sane
import sane

from scanning.devices.link import DriverFault
from scanning.devices.options import DeviceOption, OptionKind, OptionValue
from scanning.devices.sane_status import status_code

_KINDS: Final[dict[int, OptionKind]] = {0: "flag", 1: "whole", 2: "number", 3: "text", 4: "button"}
_UNITS: Final = {1: "px", 2: "bit", 3: "mm", 4: "dpi", 5: "%", 6: "us"}
_WORD: Final = 4
_MAX_CHOICES: Final = 200


def sane_options(name: str) -> tuple[DeviceOption, ...]:
    """Open a device and tell all its options, sleeping ones and buttons too.

    Raises:
        DriverFault: it can't be opened.
    """
    sane.init()
    try:
        device = sane.open(name)
    except (_sane.error, RuntimeError) as error:
        raise DriverFault(status_code(error)) from error
    try:
        return tuple(
            _told(device, option) for name, option in device.opt.items() if name and option.type in _KINDS
        )
    finally:
        device.close()


def set_options(device: Any, options: Iterable[tuple[str, OptionValue]]) -> None:
    """Set the device's own options as wanted, each read back.

    Raises:
        DriverFault: `scan.option_unknown` or `scan.bad_setting`, with the option's name.
    """
    for name, value in options:
        if name not in device.opt:
            raise DriverFault("scan.option_unknown", name)
        if not settable(device, name):
            raise DriverFault("scan.bad_setting", name)
        set_option(device, name, value)


def settable(device: Any, name: str) -> bool:
    """Return True when the device has the option, awake and open to change."""
    option = device.opt.get(name)
    return option is not None and bool(option.is_active() and option.is_settable())


def set_option(device: Any, name: str, value: OptionValue | None) -> None:
    """Set and read back: python-sane takes misspelt names and clamps wild values without a word.

    Raises:
        DriverFault: `scan.bad_setting` when the device made something else of it.
    """
    if value is None or not settable(device, name):
        return
    try:
        setattr(device, name, value)
        got = getattr(device, name)
    except TypeError as error:
        raise DriverFault("scan.bad_setting", name) from error
    numbers = isinstance(value, int | float) and isinstance(got, int | float)
    same = abs(got - value) < 1 if numbers else got == value
    if not same:
        raise DriverFault("scan.bad_setting", name)


def _told(device: Any, option: Any) -> DeviceOption:
    kind = _KINDS[option.type]
    choices, low, high, step = _limits(option.constraint)
    return DeviceOption(
        name=option.py_name,
        title=str(option.title or ""),
        kind=kind,
        unit=_UNITS.get(option.unit, ""),
        choices=choices,
        low=low,
        high=high,
        step=step,
        value=_value(device, option, kind),
        settable=bool(option.is_active() and option.is_settable()),
    )


def _limits(constraint: Any) -> tuple[tuple[OptionValue, ...], float | None, float | None, float | None]:
    if isinstance(constraint, tuple):
        low, high, step = (float(each) for each in constraint)
        return (), low, high, step or None
    if isinstance(constraint, list):
        return tuple(constraint[:_MAX_CHOICES]), None, None, None
    return (), None, None, None


def _value(device: Any, option: Any, kind: OptionKind) -> OptionValue | None:
    """Read what is set; None for a button, a sleeping option, and a whole table of numbers."""
    if kind == "button" or not option.is_active() or (kind != "text" and option.size > _WORD):
        return None
    with suppress(AttributeError, TypeError, ValueError, RuntimeError, _sane.error):
        value = getattr(device, option.py_name)
        if kind == "flag":
            return bool(value)
        if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
            return value
    return None
