"""The buttons of the review: what is done to pages, how one looks at them. They stay the same controls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import flet as ft

from van_station.ui import parts
from van_station.ui.session import Desk

Act = Callable[[], Awaitable[None]]

PAGE_TOOLS: tuple[tuple[str, str, str, ft.IconData], ...] = (
    ("left", "scan.rotate_left", "Shift + R", ft.Icons.ROTATE_LEFT_ROUNDED),
    ("right", "scan.rotate_right", "R", ft.Icons.ROTATE_RIGHT_ROUNDED),
    ("earlier", "scan.move_up", "Ctrl + ←", ft.Icons.ARROW_BACK_ROUNDED),
    ("later", "scan.move_down", "Ctrl + →", ft.Icons.ARROW_FORWARD_ROUNDED),
    ("drop", "review.drop", "Delete", ft.Icons.DELETE_OUTLINE_ROUNDED),
    ("undo", "review.undo", "Ctrl + Z", ft.Icons.UNDO_ROUNDED),
    ("redo", "review.redo", "Ctrl + Y", ft.Icons.REDO_ROUNDED),
    ("crop", "review.crop", "C", ft.Icons.CROP_ROUNDED),
    ("split", "review.split", "S", ft.Icons.CALL_SPLIT_ROUNDED),
    ("merge", "review.merge", "M", ft.Icons.MERGE_ROUNDED),
    ("rescan", "review.rescan", "Q", ft.Icons.RESTART_ALT_ROUNDED),
    ("insert", "review.insert", "I", ft.Icons.POST_ADD_ROUNDED),
)
LOOK_TOOLS: tuple[tuple[str, str, str, ft.IconData], ...] = (
    ("fit", "review.fit", "V", ft.Icons.FIT_SCREEN_ROUNDED),
    ("dots", "review.dots", "T", ft.Icons.ONE_X_MOBILEDATA_ROUNDED),
    ("seal", "review.seal", "D", ft.Icons.APPROVAL_OUTLINED),
    ("closer", "review.closer", "+", ft.Icons.ZOOM_IN_ROUNDED),
    ("farther", "review.farther", "-", ft.Icons.ZOOM_OUT_ROUNDED),
    ("compare", "review.compare", "B", ft.Icons.COMPARE_ROUNDED),
    ("marks", "review.marks", "P", ft.Icons.RULE_ROUNDED),
)

KEYS: tuple[tuple[str, str], ...] = (
    ("← → ↑ ↓", "review.key_choose"),
    ("Page Up/Down", "review.key_page"),
    ("Home / End", "review.key_ends"),
    ("Shift + ← →", "review.key_range"),
    ("Ctrl + ← →", "review.key_move"),
    ("1 … 9", "review.key_component"),
    *((key, words) for _, words, key, _ in PAGE_TOOLS if not key.startswith("Ctrl + ←") and "→" not in key),
    *((key, words) for _, words, key, _ in LOOK_TOOLS),
    ("F9", "review.key_scan"),
    ("F10", "review.key_keep"),
    ("Esc", "review.key_leave"),
)
"""For the help: (key, text key)."""


class ReviewTools:
    """Pictures to press: `view` is what is done to pages, `look` is how one looks at them.

    Args:
        desk: the window.
        acts: by the tools' names.
    """

    def __init__(self, desk: Desk, acts: Mapping[str, Act]) -> None:
        self._desk = desk
        self._buttons: dict[str, ft.IconButton] = {}
        self.view = self._row(PAGE_TOOLS, acts)
        self.view.alignment = ft.MainAxisAlignment.CENTER
        self.look = self._row(LOOK_TOOLS, acts)

    def _row(self, tools: tuple[tuple[str, str, str, ft.IconData], ...], acts: Mapping[str, Act]) -> ft.Row:
        made: list[ft.Control] = []
        for name, words, key, icon in tools:
            view = parts.icon_button(
                self._desk, f"tool-{name}", icon, f"{self._desk.say(words)} ({key})", acts[name]
            )
            if isinstance(view.content, ft.IconButton):
                self._buttons[name] = view.content
            made.append(view)
        return ft.Row(made, spacing=0, run_spacing=0, wrap=True)

    def draw(self, *, dropped: bool, undo: bool, redo: bool, on: Mapping[str, bool]) -> None:
        """Show what pressing does now. Nothing is ever switched off: whoever has the keyboard keeps it."""
        p = self._desk.palette
        drop = self._buttons["drop"]
        drop.icon = ft.Icons.RESTORE_FROM_TRASH_OUTLINED if dropped else ft.Icons.DELETE_OUTLINE_ROUNDED
        words = self._desk.say("scan.restore_page") if dropped else self._desk.say("review.drop")
        drop.tooltip = f"{words} (Delete)"
        self._buttons["undo"].icon_color = p.primary if undo else p.quiet
        self._buttons["redo"].icon_color = p.primary if redo else p.quiet
        for name, lit in on.items():
            self._buttons[name].bgcolor = p.primary_soft if lit else None
