"""Network scanners that announce themselves (mDNS, `_uscans._tcp` and `_uscan._tcp`).

What is announced is a hint only: a device counts once it answered as an eSCL scanner itself. Runs in the
driver process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from scanning.devices.escl_driver import describe
from scanning.devices.link import DriverLink
from scanning.devices.network_address import AddressRefused, network_id, normal_address
from scanning.devices.settings import DeviceConfig

SERVICES: Final = ("_uscans._tcp.local.", "_uscan._tcp.local.")
_MAX_FOUND: Final = 64
_LISTING_SILENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Announced:
    """A scanner as mDNS tells of it."""

    address: str
    uuid: str
    label: str


class _Nowhere:
    """A sink for drivers that are only asked something."""

    def write(self, data: bytes | memoryview, /) -> int:
        return len(data)


def describe_network(config: DeviceConfig) -> list[dict[str, Any]]:
    """Return what a listing tells of typed and announced scanners, all asked at the same time."""
    typed = [normal_address(each.address) for each in config.network]
    ids = {address: (network_id(address), "") for address in typed}
    for each in find_announced(config.find_network_s) if config.find_network else ():
        ids.setdefault(each.address, (network_id(each.address, each.uuid), each.label))
    quick = replace(config, network_timeout_s=min(config.network_timeout_s, _LISTING_SILENCE_S))
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda item: describe(item[0], item[1], quick, DriverLink(_Nowhere())), ids.values())
        )
    return [entry for entry, address in zip(found, ids, strict=True) if address in typed or not entry["note"]]


def find_announced(seconds: float) -> tuple[Announced, ...]:
    """Listen so long for scanners; none when there is no network, or zeroconf is not installed."""
    try:
        import zeroconf  # noqa: PLC0415  only whoever looks pays for it
    except ImportError:
        return ()
    heard: list[Announced] = []
    lock = threading.Lock()

    def on_change(zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        if state_change.name != "Added":
            return
        info = zeroconf.get_service_info(service_type, name, 800)
        told = announced(service_type, info) if info is not None else None
        with lock:
            if told is not None and len(heard) < _MAX_FOUND:
                heard.append(told)

    try:
        line = zeroconf.Zeroconf()
    except OSError:
        return ()
    try:
        zeroconf.ServiceBrowser(line, list(SERVICES), handlers=[on_change])
        threading.Event().wait(seconds)
    finally:
        line.close()
    with lock:
        return once_each(heard)


def announced(service_type: str, info: Any) -> Announced | None:
    """Return what a service record says, or None when it says nothing that could be an address."""
    addresses = info.parsed_addresses()
    plain = next((each for each in addresses if ":" not in each), None)
    if plain is None or not info.port:
        return None
    scheme = "https" if service_type.startswith("_uscans") else "http"
    told = {_letters(key).lower(): _letters(value) for key, value in info.properties.items()}
    path = told.get("rs", "").strip("/") or "eSCL"
    try:
        address = normal_address(f"{scheme}://{plain}:{info.port}/{path}")
    except AddressRefused:
        return None
    return Announced(address, told.get("uuid", ""), told.get("ty", "")[:80])


def once_each(heard: Iterable[Announced]) -> tuple[Announced, ...]:
    """Return each scanner once: one that speaks https and http is spoken to over https."""
    chosen: dict[str, Announced] = {}
    for each in sorted(heard, key=lambda found: (not found.address.startswith("https"), found.address)):
        chosen.setdefault(each.uuid or each.address, each)
    return tuple(sorted(chosen.values(), key=lambda found: (found.label, found.address)))


def _letters(data: bytes | None) -> str:
    text = (data or b"").decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()
