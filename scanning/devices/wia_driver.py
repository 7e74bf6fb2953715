"""Scanners of Windows by WIA; runs in the driver process only.

**Not tried on real hardware.** Written from the documentation of WIA's properties and errors, and tested
against a fake that follows it.
One transfer is one page, as with SANE, so pages come as they are scanned and stay in memory on our side.
TWAIN is left alone: its 64-bit manager is unreliable, and WIA drivers exist for the same devices.
"""

from __future__ import annotations

from typing import Any, Final

from scanning.devices.file_pages import pages_of
from scanning.devices.link import DriverFault, DriverLink
from scanning.devices.options import DeviceOption
from scanning.devices.settings import ScanSettings
from scanning.devices.wia_words import WiaRefused, WiaScanner, WiaSystem
from scanning.errors import PageTooLarge, PageUnreadable
from scanning.page import MM_PER_INCH, PageLimits, RawPage

UNTESTED: Final = "scan.untested"

# properties of the device and of its item (WIA reference, wiadef.h)
CAPABILITIES, SELECT, PAGES = 3086, 3088, 3096
INTENT, X_DPI, Y_DPI, X_START, Y_START, X_EXTENT, Y_EXTENT = 6146, 6147, 6148, 6149, 6150, 6151, 6152
BRIGHTNESS, CONTRAST = 6154, 6155
FEEDER, FLATBED, DUPLEX = 1, 2, 4
_COLOR, _GRAY = 1, 2
_EXTRA: Final = {"brightness": BRIGHTNESS, "contrast": CONTRAST}
_NO_PAPER: Final = 0x80210003


def describe_wia(system: WiaSystem | None = None) -> list[dict[str, Any]]:
    """Return what a listing tells of Windows' scanners; each says that it is untested."""
    system = system or _windows()
    found = []
    for device_id, name in system.scanners():
        entry: dict[str, Any] = {
            "id": f"wia:{device_id}",
            "kind": "wia",
            "label": name,
            "has_feeder": False,
            "has_duplex": False,
            "has_flatbed": True,
            "note": UNTESTED,
            "certificate": "",
        }
        try:
            able = system.open(device_id).read(CAPABILITIES) or FLATBED
            entry |= {
                "has_feeder": bool(able & FEEDER),
                "has_duplex": bool(able & DUPLEX),
                "has_flatbed": bool(able & FLATBED),
            }
        except WiaRefused as error:
            entry["note"] = error.code
        found.append(entry)
    return found


def wia_options(device_id: str, system: WiaSystem | None = None) -> tuple[DeviceOption, ...]:
    """Tell what a scanner lets be set, in the words that SANE uses.

    Raises:
        DriverFault: it can't be opened.
    """
    try:
        scanner = (system or _windows()).open(device_id)
        able = scanner.read(CAPABILITIES) or FLATBED
        names = {"flatbed": FLATBED, "adf": FEEDER, "adf-duplex": DUPLEX}
        sources = tuple(name for name, bit in names.items() if able & bit)
        found = [
            DeviceOption("source", "Scan source", "text", choices=sources),
            _numbered(scanner, "resolution", X_DPI, "dpi"),
        ]
        found += [
            _numbered(scanner, name, number, "")
            for name, number in _EXTRA.items()
            if scanner.read(number) is not None
        ]
    except WiaRefused as error:
        raise DriverFault(error.code) from error
    return tuple(found)


def scan_wia(
    device_id: str,
    settings: ScanSettings,
    link: DriverLink,
    system: WiaSystem | None = None,
    limits: PageLimits | None = None,
) -> None:
    """Scan until the feeder is empty, enough pages were taken, or something is wrong.

    Raises:
        DriverFault: with the code of what ended the scan; pages sent before stay valid.
    """
    try:
        scanner = (system or _windows()).open(device_id)
        dpi = _prepare(scanner, settings)
    except WiaRefused as error:
        raise DriverFault(error.code) from error
    wanted = 1 if settings.source == "flatbed" else settings.max_pages
    while wanted is None or link.sent < wanted:
        link.page_no = link.sent + 1
        link.alive()
        if link.cancelled.is_set():
            raise DriverFault("scan.cancelled")
        try:
            data = scanner.transfer()
        except WiaRefused as error:
            if error.hresult == _NO_PAPER and link.sent:
                return
            raise DriverFault(error.code) from error
        page = _page(data, dpi, link.page_no, limits or PageLimits())
        link.page(page, source=page.sequence)


def _page(data: bytes, dpi: int, sequence: int, limits: PageLimits) -> RawPage:
    suffix = ".png" if data.startswith(b"\x89PNG") else ".jpg"
    try:
        page = next(iter(pages_of(data, suffix, limits)))
    except PageTooLarge as error:
        raise DriverFault("scan.page_too_large") from error
    except PageUnreadable as error:
        raise DriverFault("scan.page_incomplete") from error
    return RawPage(
        page.image, page.encoding, page.width_px, page.height_px, dpi, sequence, f"page-{sequence}"
    )


def _prepare(scanner: WiaScanner, settings: ScanSettings) -> int:
    """Set source, colour, resolution and area, each read back; return the resolution that it will use."""
    able = scanner.read(CAPABILITIES) or FLATBED
    wanted = FLATBED if settings.source == "flatbed" else FEEDER
    if not able & wanted or (settings.duplex and settings.source == "adf" and not able & DUPLEX):
        raise DriverFault("scan.bad_setting")
    if able & FEEDER:
        both = DUPLEX if settings.duplex and wanted == FEEDER else 0
        _set(scanner, SELECT, wanted | both)
        if wanted == FEEDER:
            _set(scanner, PAGES, 1)
    _set(scanner, INTENT, _COLOR if settings.mode == "color" else _GRAY)
    dpi = _nearest(scanner, X_DPI, settings.dpi)
    _set(scanner, X_DPI, dpi)
    _set(scanner, Y_DPI, dpi)
    if settings.page_size_mm is not None:
        _set(scanner, X_START, 0)
        _set(scanner, Y_START, 0)
        for number, side_mm in zip((X_EXTENT, Y_EXTENT), settings.page_size_mm, strict=True):
            _set(scanner, number, _nearest(scanner, number, round(side_mm * dpi / MM_PER_INCH)))
    for name, value in settings.options:
        extra = _EXTRA.get(name)
        if extra is None or scanner.read(extra) is None:
            raise DriverFault("scan.option_unknown", name)
        _set(scanner, extra, int(value), name)
    return dpi


def _set(scanner: WiaScanner, number: int, value: int, name: str = "") -> None:
    if scanner.read(number) is None:
        return
    scanner.write(number, value)
    if scanner.read(number) != value:
        raise DriverFault("scan.bad_setting", name)


def _nearest(scanner: WiaScanner, number: int, value: int) -> int:
    offered = scanner.span(number)
    if offered is None:
        return value
    if scanner.is_range(number):
        low, high, step = offered[0], offered[1], max(offered[2], 1)
        return min(max(low + round((value - low) / step) * step, low), high)
    return min(offered, key=lambda each: (abs(each - value), -each), default=value)


def _numbered(scanner: WiaScanner, name: str, number: int, unit: str) -> DeviceOption:
    offered = scanner.span(number)
    value = scanner.read(number)
    if offered is None:
        return DeviceOption(name, name.capitalize(), "whole", unit, value=value)
    if scanner.is_range(number):
        low, high, step = offered[0], offered[1], offered[2]
        return DeviceOption(
            name, name.capitalize(), "whole", unit, low=low, high=high, step=step, value=value
        )
    return DeviceOption(name, name.capitalize(), "whole", unit, choices=tuple(offered), value=value)


def _windows() -> WiaSystem:
    from scanning.devices.wia_com import WindowsScanners  # noqa: PLC0415  needs Windows and comtypes

    return WindowsScanners()
