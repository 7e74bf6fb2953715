"""A step of a dossier's page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.dossier_views import DossierView
from van_station.ui.session import Desk

Goto = Callable[..., Awaitable[None]]


class Step:
    """One step: it is shown a dossier, and asks for another step through `goto(name, **where)`."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        self.desk, self.goto = desk, goto
        self.view: ft.Control = ft.Container()

    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Draw the step for a dossier."""

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """The dossier or something of it changed."""

    async def focus(self) -> None:
        """Give the keyboard to what comes next here."""

    async def leave(self) -> None:
        """Save what is half typed."""

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Use a key; True when it is used up."""
        return False
