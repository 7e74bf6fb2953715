"""The driver process: one order in, frames out.

Drivers are foreign code: they hang, crash and print. So each runs here, apart, started afresh (never
forked) as `python -m scanning.devices.child`. The order is one line of JSON on stdin; a second line, or
stdin's end because our parent died, means cancel. Frames leave on the first stdout; whatever a C library
prints goes nowhere, since it might name files or people.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import ExitStack
from typing import Final

from scanning.devices.folder_driver import scan_folder
from scanning.devices.link import DriverLink
from scanning.devices.options import options_to_json
from scanning.devices.settings import from_json

MAX_ORDER: Final = 1024 * 1024
_ORPHAN_GRACE_S: Final = 10.0


def main() -> int:
    """Carry out the order on stdin."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    order = json.loads(sys.stdin.buffer.readline(MAX_ORDER))
    link = DriverLink(out)
    threading.Thread(target=_heed, args=(link,), daemon=True).start()
    match order.get("ask"):
        case "list":
            _list(link, order)
        case "options":
            _tell_options(link, order)
        case _:
            _scan(link, order)
    return 0


def _heed(link: DriverLink) -> None:
    """Wait for the word to stop; if the driver does not, leave without it."""
    word = sys.stdin.buffer.readline(64)
    link.cancelled.set()
    if not word:
        threading.Event().wait(_ORPHAN_GRACE_S)
        os._exit(3)


def _list(link: DriverLink, order: dict[str, object]) -> None:
    """Say which devices of one kind there are."""
    _, _, config = from_json(order)
    match order["kind"]:
        case "sane":
            from scanning.devices.sane_driver import describe_devices  # noqa: PLC0415  loads libsane

            link.devices(describe_devices())
        case "escl":
            from scanning.devices.network_search import describe_network  # noqa: PLC0415  loads requests

            link.devices(describe_network(config))
        case "wia":
            from scanning.devices.wia_driver import describe_wia  # noqa: PLC0415  Windows only

            link.devices(describe_wia())


def _tell_options(link: DriverLink, order: dict[str, object]) -> None:
    """Say what one device lets be set, or why that can't be told."""
    device_id, _, config = from_json(order)
    with link.telling_the_end():
        if device_id.startswith("escl:"):
            from scanning.devices.escl_driver import escl_options  # noqa: PLC0415  loads requests

            found = escl_options(device_id, config, link)
        elif device_id.startswith("wia:"):
            from scanning.devices.wia_driver import wia_options  # noqa: PLC0415  Windows only

            found = wia_options(device_id.removeprefix("wia:"))
        else:
            from scanning.devices.sane_options import sane_options  # noqa: PLC0415  loads libsane

            found = sane_options(device_id.removeprefix("sane:"))
        link.options(options_to_json(found))


def _scan(link: DriverLink, order: dict[str, object]) -> None:
    """Scan, tell the end, and only then put the device away: backends hang there too."""
    device_id, settings, config = from_json(order)
    link.alive()
    with ExitStack() as afterwards, link.telling_the_end():
        if device_id.startswith("folder:"):
            scan_folder(device_id, settings, config, link)
        elif device_id.startswith("escl:"):
            from scanning.devices.escl_driver import scan_escl  # noqa: PLC0415  loads requests

            scan_escl(device_id, settings, config, link)
        elif device_id.startswith("wia:"):
            from scanning.devices.wia_driver import scan_wia  # noqa: PLC0415  Windows only

            scan_wia(device_id.removeprefix("wia:"), settings, link)
        else:
            from scanning.devices.sane_driver import scan_sane  # noqa: PLC0415  loads libsane

            scan_sane(device_id.removeprefix("sane:"), settings, link, afterwards)


if __name__ == "__main__":
    # A C library's exit handlers may hang too: leave at once, everything is flushed.
    os._exit(main())
