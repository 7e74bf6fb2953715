"""What every screen of the desk is: a plain class that owns stable controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from van_station.ui.session import Desk

Where = dict[str, str]


class Screen:
    """A screen has a `view` and is told of entering, leaving, changes and keys.

    Never a subclass of a Flet control: a method called `flip` or `align` would be taken for a property.
    """

    kinds: frozenset[str] = frozenset()
    """Kinds of things this screen shows; others don't wake it."""

    keys: tuple[tuple[str, str], ...] = ()
    """Keys of this screen beside everybody's: (key, text key of what it does), for the help."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.view: ft.Control = ft.Container(expand=True)

    async def enter(self, where: Where) -> None:
        """Draw what `where` asks for; called each time the screen is shown."""

    async def leave(self) -> None:
        """Save what is half typed; called before another screen is shown."""

    async def changed(self, kinds: frozenset[str]) -> None:
        """Redraw after somebody, perhaps on another machine, changed something."""

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Use a key; True when it is used up."""
        return False

    async def focus(self) -> None:
        """Give the keyboard to what comes next on this screen."""

    async def resized(self) -> None:
        """The window is wider or narrower now."""

    async def tick(self) -> None:
        """A few seconds went by: times in words may have moved on."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen one can go to from the top."""

    name: str
    label_key: str
    icon: ft.IconData
    make: Callable[[Desk], Screen]
    roles: frozenset[str]
    in_navigation: bool = True
    key: str = ""
    """A key of its own, the same for every role; the others get theirs in order."""
