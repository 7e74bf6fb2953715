"""SANE scanners through python-sane; runs in the driver process only.

python-sane's own `multi_scan` and `scan` are not used: the first takes a feeder that runs empty *inside* a
page for a normal end and loses that page without a word, the second cancels after each page, which stops a
feeder. So `start` and the low-level `snap(no_cancel)` are driven here, and each page is measured against
`get_parameters`.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

import _sane
import sane
from PIL import Image

from scanning.devices.link import DriverFault, DriverLink
from scanning.devices.sane_options import set_option, set_options, settable
from scanning.devices.sane_status import status_code
from scanning.devices.settings import ScanSettings
from scanning.page import Encoding, RawPage
from scanning.pictures import encode_jpeg

_QUALITY: Final = 90
_CHANNELS: Final = {"color": 3, "gray": 1, "grey": 1}


def describe_devices() -> list[dict[str, Any]]:
    """Return id, label and abilities of every SANE device; opening one may fail, listing it does not."""
    sane.init()
    found = []
    for name, vendor, model, _kind in sane.get_devices():
        sources: tuple[str, ...] = ()
        note = ""
        try:
            device = sane.open(name)
            sources = _sources(device)
            device.close()
        except (_sane.error, RuntimeError) as error:
            note = status_code(error)
        found.append(
            {
                "id": f"sane:{name}",
                "kind": "sane",
                "label": f"{vendor} {model}",
                "has_feeder": any(_is_feeder(source) for source in sources),
                "has_duplex": any("duplex" in source.lower() for source in sources),
                "has_flatbed": not sources or any(not _is_feeder(source) for source in sources),
                "note": note,
                "certificate": "",
            }
        )
    return found


def scan_sane(name: str, settings: ScanSettings, link: DriverLink, afterwards: ExitStack) -> None:
    """Scan until the feeder is empty, enough pages were taken, or something is wrong.

    Args:
        name: SANE's name of the device.
        settings: how the pages are wanted.
        link: where pages go.
        afterwards: takes what is to be done once the end was told. A backend may hang in its `cancel` (the
            test device does, once in fifty faults), and the fault must not be lost in it.

    Raises:
        DriverFault: with the code of what ended the scan; pages sent before stay valid.
    """
    sane.init()
    device = _open(name)
    afterwards.callback(device.close)
    afterwards.callback(device.cancel)
    try:
        dpi = _prepare(device, settings)
        _feed(device, settings, dpi, link)
    except _sane.error as error:
        raise DriverFault(_unplugged_or(status_code(error), name)) from error


def _open(name: str) -> Any:
    try:
        return sane.open(name)
    except (_sane.error, RuntimeError) as error:
        code = status_code(error)
        raise DriverFault(_unplugged_or("scan.io" if code == "scan.bad_setting" else code, name)) from error


def _unplugged_or(code: str, name: str) -> str:
    """SANE has no status for a cable pulled out: an I/O error on a device that is no longer listed is one."""
    if code != "scan.io":
        return code
    try:
        listed = any(entry[0] == name for entry in sane.get_devices())
    except (_sane.error, RuntimeError):
        return code
    return code if listed else "scan.unplugged"


def _feed(device: Any, settings: ScanSettings, dpi: int, link: DriverLink) -> None:
    single = settings.source == "flatbed" or not _sources(device)  # without a feeder, nothing ever runs empty
    wanted = 1 if single else settings.max_pages
    while wanted is None or link.sent < wanted:
        link.page_no = link.sent + 1
        link.alive()
        try:
            device.start()
        except _sane.error as error:
            if status_code(error) == "scan.no_paper" and link.sent:
                return  # the feeder is empty between two pages: the only normal end
            raise
        page = _take_page(device, settings, dpi, link)
        link.page(page, source=page.sequence)


def _take_page(device: Any, settings: ScanSettings, dpi: int, link: DriverLink) -> RawPage:
    channels, width_px, lines = _agreed(device)

    def progress(_line: int, _lines: int) -> None:
        try:  # an exception out of this callback would crash the process
            link.alive()
            if link.cancelled.is_set():
                device.cancel()
        except Exception:  # noqa: BLE001
            link.cancelled.set()

    if link.cancelled.is_set():
        raise DriverFault("scan.cancelled")
    try:
        data, got_width, got_height, got_channels, sample_bytes = device.dev.snap(True, False, progress)
    except RuntimeError as error:
        raise DriverFault("scan.no_data") from error
    if not data:
        raise DriverFault("scan.no_data")
    allowed_heights = {lines, device.get_parameters()[2][1]} - {-1}
    whole = got_width == width_px and got_channels == channels and sample_bytes == 1
    whole = whole and (not allowed_heights or got_height in allowed_heights)
    if not whole or len(data) != got_width * got_height * got_channels:
        raise DriverFault("scan.cancelled" if link.cancelled.is_set() else "scan.page_incomplete")
    return _as_page(data, (got_width, got_height), channels, dpi, link.page_no, raw=settings.raw)


def _agreed(device: Any) -> tuple[int, int, int]:
    """Return (channels, width, lines) as the device announces them.

    Raises:
        DriverFault: a form of data that python-sane would hand over sheared or with lines lost.
    """
    form, _last, (width_px, lines), depth, bytes_per_line = device.get_parameters()
    channels = _CHANNELS.get(form)
    if channels is None or depth != 8 or bytes_per_line != width_px * channels:
        raise DriverFault("scan.unsupported")
    return channels, width_px, lines


def _as_page(
    data: bytearray, size: tuple[int, int], channels: int, dpi: int, sequence: int, *, raw: bool
) -> RawPage:
    encoding = Encoding.RGB if channels == 3 else Encoding.GRAY
    image = bytes(data) if raw else b""
    if not raw:
        mode = "RGB" if channels == 3 else "L"
        picture = Image.frombuffer(mode, size, data, "raw", mode, 0, 1)
        image, encoding = encode_jpeg(picture, quality=_QUALITY, dpi=dpi, full_chroma=True), Encoding.JPEG
    return RawPage(image, encoding, *size, dpi, sequence, f"page-{sequence}")


def _prepare(device: Any, settings: ScanSettings) -> int:
    """Set what the device has, read each value back, and return the resolution it will use.

    Raises:
        DriverFault: the device does not take what was asked.
    """
    set_option(device, "source", _pick_source(device, settings))
    set_option(
        device,
        "mode",
        _pick(device, "mode", ("color", "colour") if settings.mode == "color" else ("gray", "grey")),
    )
    if "depth" in device.opt and device.opt["depth"].is_active():
        set_option(device, "depth", 8)
    dpi = _nearest(device, "resolution", settings.dpi)
    set_option(device, "resolution", dpi)
    if settings.page_size_mm is not None:
        for name, value in zip(
            ("tl_x", "tl_y", "br_x", "br_y"), (0.0, 0.0, *settings.page_size_mm), strict=True
        ):
            if settable(device, name):
                setattr(device, name, _within(device.opt[name].constraint, value))
    set_options(device, settings.options)
    return round(dpi)


def _within(constraint: Any, value: float) -> float:
    if isinstance(constraint, tuple):
        return min(max(value, float(constraint[0])), float(constraint[1]))
    if isinstance(constraint, list) and constraint:
        return float(min(constraint, key=lambda offered: abs(float(offered) - value)))
    return value


def _nearest(device: Any, name: str, value: float) -> float:
    return _within(device.opt[name].constraint, float(value)) if name in device.opt else value


def _pick(device: Any, name: str, words: tuple[str, ...]) -> str | None:
    """Return the offered value that holds one of the words; None when the option is missing."""
    if not settable(device, name):
        return None
    offered = device.opt[name].constraint or ()
    for value in offered:
        if any(word in str(value).lower() for word in words):
            return str(value)
    raise DriverFault("scan.bad_setting")


def _sources(device: Any) -> tuple[str, ...]:
    option = device.opt.get("source")
    return tuple(str(value) for value in (option.constraint or ())) if option is not None else ()


def _is_feeder(source: str) -> bool:
    return "adf" in source.lower() or "feeder" in source.lower()


def _pick_source(device: Any, settings: ScanSettings) -> str | None:
    """Choose among names that every backend spells its own way."""
    offered = _sources(device)
    if not offered:
        return None
    if settings.source == "flatbed":
        fitting = [name for name in offered if not _is_feeder(name)]
    elif settings.duplex:
        fitting = [name for name in offered if "duplex" in name.lower()]
    else:
        fitting = [name for name in offered if _is_feeder(name) and "duplex" not in name.lower()]
    if not fitting:
        raise DriverFault("scan.bad_setting")
    return fitting[0]
