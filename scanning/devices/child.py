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
    if order.get("list"):
        _list(link)
        return 0
    _scan(link, order)
    return 0


def _heed(link: DriverLink) -> None:
    """Wait for the word to stop; if the driver does not, leave without it."""
    word = sys.stdin.buffer.readline(64)
    link.cancelled.set()
    if not word:
        threading.Event().wait(_ORPHAN_GRACE_S)
        os._exit(3)


def _list(link: DriverLink) -> None:
    from scanning.devices.sane_driver import describe_devices  # noqa: PLC0415  loads libsane

    link.devices(describe_devices())


def _scan(link: DriverLink, order: dict[str, object]) -> None:
    """Scan, tell the end, and only then put the device away: backends hang there too."""
    device_id, settings, config = from_json(order)
    link.alive()
    with ExitStack() as afterwards, link.telling_the_end():
        if device_id.startswith("folder:"):
            scan_folder(device_id, settings, config, link)
        else:
            from scanning.devices.sane_driver import scan_sane  # noqa: PLC0415  loads libsane

            scan_sane(device_id.removeprefix("sane:"), settings, link, afterwards)


if __name__ == "__main__":
    # A C library's exit handlers may hang too: leave at once, everything is flushed.
    os._exit(main())
