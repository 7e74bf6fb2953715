"""Opens the desk in a window: a native one where there is one, else the browser.

Three ways, the first that is there:
1. Flet's desktop client, where somebody put it on this machine (`flet_desktop` downloads it at first start:
   no way in a van without signal, so only a client that is already unpacked counts).
2. A QtWebEngine window around the loopback page (extra `window`).
3. The browser.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path


class Way(StrEnum):
    """How a window is opened on this machine."""

    FLET_CLIENT = "flet_client"
    QT = "qt"
    BROWSER = "browser"


def way() -> Way:
    """Return the way this machine has; asks nobody and downloads nothing."""
    if flet_client() is not None:
        return Way.FLET_CLIENT
    return Way.QT if qt_is_there() else Way.BROWSER


def qt_is_there() -> bool:
    """Whether the extra `window` is installed and there is a display to draw on."""
    try:
        found = importlib.util.find_spec("PySide6.QtWebEngineWidgets") is not None
    except ModuleNotFoundError:
        return False
    display = (
        os.name == "nt"
        or sys.platform == "darwin"
        or os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
    )
    return found and bool(display)


def flet_client(home: Path | None = None) -> Path | None:
    """Return the folder of Flet's unpacked desktop client, None where it was never put.

    Args:
        home: the folder under which clients are kept; `~/.flet` unless told.
    """
    if importlib.util.find_spec("flet_desktop") is None:
        return None
    given = os.environ.get("FLET_VIEW_PATH")
    folders = (
        [Path(given)] if given else sorted((home or Path.home() / ".flet").glob("client/*"), reverse=True)
    )
    for folder in folders:
        if folder.is_dir() and any(folder.iterdir()):
            return folder
    return None


def show(url: str, chosen: Way, *, closed: Callable[[], None] | None = None) -> None:
    """Open the launch address in a QtWebEngine window and wait for it, or in the browser.

    Args:
        url: opens only once; it is told to our own window through its input, never on a command line.
        chosen: `Way.QT` or `Way.BROWSER`.
        closed: called when the native window was closed; nobody can wait for a browser's tab.
    """
    if chosen is not Way.QT:
        webbrowser.open(url)
        return
    command = [sys.executable, "-m", "van_station.ui.qt_window"]
    subprocess.run(command, input=f"{url}\n".encode(), check=False)  # noqa: S603 -- our own interpreter, no shell
    if closed is not None:
        closed()
