"""Which key does what in the review."""

from __future__ import annotations

import flet as ft

Press = tuple[str, int | str, bool | int]
PAGES = 10
_LETTERS = {
    "S": "split",
    "M": "merge",
    "Q": "rescan",
    "I": "insert",
    "C": "crop",
    "V": "fit",
    "T": "dots",
    "D": "seal",
    "B": "compare",
    "P": "marks",
}
_SIGNS = {
    "+": "closer",
    "=": "closer",
    "Numpad Add": "closer",
    "-": "farther",
    "Numpad Subtract": "farther",
    "Delete": "drop",
    "F9": "scan",
    "F10": "keep",
    "Escape": "escape",
}
_CTRL = {"Z": "undo", "Y": "redo", "Arrow Left": "earlier", "Arrow Right": "later"}
_FAR = 1_000_000


def review_act(event: ft.KeyboardEvent, *, zoomed: bool, columns: int) -> Press | None:
    """Return what a key does: (act, first argument, second argument); None when it does nothing here.

    Args:
        event: the key.
        zoomed: one looks closely: plain arrows move the page under the view.
        columns: pages side by side in the strip.
    """
    key = event.key if len(event.key) > 1 else event.key.upper()
    if event.alt or event.ctrl:
        name = None if event.alt else _CTRL.get(key)
        return (name, 0, False) if name else None
    if zoomed and not event.shift and key.startswith("Arrow "):
        return _pan(key)
    if step := _step(key, columns, 1 if zoomed else PAGES):
        return ("step", step, event.shift)
    digit = key.removeprefix("Numpad ")
    if len(digit) == 1 and digit in "123456789":
        return ("digit", digit, False)
    name = _LETTERS.get(key) or _SIGNS.get(key)
    if key == "R":
        name = "left" if event.shift else "right"
    return (name, 0, False) if name else None


def _step(key: str, columns: int, pages: int) -> int:
    return {
        "Arrow Left": -1,
        "Arrow Right": 1,
        "Arrow Up": -columns,
        "Arrow Down": columns,
        "Page Up": -pages,
        "Page Down": pages,
        "Home": -_FAR,
        "End": _FAR,
    }.get(key, 0)


def _pan(key: str) -> Press:
    right, down = {
        "Arrow Left": (-1, 0),
        "Arrow Right": (1, 0),
        "Arrow Up": (0, -1),
        "Arrow Down": (0, 1),
    }[key]
    return ("pan", right, down)
