"""Changing the rows of a repeated group; one that was removed can be had back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import FormView
from van_station.ui import parts, theme
from van_station.ui.desk.form_saving import Saving
from van_station.ui.parts import Style
from van_station.ui.session import Desk


class Rows:
    """Adds, removes, moves and copies rows; a strip says that one is gone, its button puts it back.

    Args:
        desk: the window.
        after: draws the form as it stands after a change.
        to_last: gives the keyboard to the first field of the last row of a group.
    """

    def __init__(
        self, desk: Desk, after: Callable[[FormView], None], to_last: Callable[[str], Awaitable[None]]
    ) -> None:
        self._desk, self._after, self._to_last = desk, after, to_last
        self._dossier_id = ""
        self._saving: Saving | None = None
        self._kept: tuple[str, int, JsonValue] | None = None
        p = desk.palette
        self._undo = parts.Press(
            desk,
            "undo-remove",
            desk.say("form.undo"),
            self._restore,
            kind="tonal",
            icon=ft.Icons.UNDO_ROUNDED,
        )
        sentence = desk.say("form.row_removed")
        said = parts.text(sentence, Style.BODY_MEDIUM, color=p.on_primary_soft, expand=True)
        close = parts.icon_button(
            desk, "undo-close", ft.Icons.CLOSE_ROUNDED, desk.say("common.close"), self._close
        )
        self.view = ft.Container(
            ft.Row([parts.tid("row-removed", said, live_region=True, expand=True), self._undo.view, close]),
            bgcolor=p.primary_soft,
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.symmetric(horizontal=16, vertical=2),
            visible=False,
        )

    def of(self, dossier_id: str, saving: Saving) -> None:
        """Work on this dossier from now on; the caller updates the view."""
        self._dossier_id, self._saving = dossier_id, saving
        self._forget()

    async def add(self, pointer: str) -> None:
        """Add an empty row and go there."""
        await self._change(self._desk.work.dossiers.add_item, pointer)
        await self._to_last(pointer)

    async def remove(self, pointer: str, index: int) -> None:
        """Remove a row; the keyboard goes to the way back."""
        dossiers = self._desk.work.dossiers
        if self._saving is not None:
            await self._saving.flush()
        item = await self._desk.run(dossiers.item, self._dossier_id, pointer, index)
        await self._change(dossiers.remove_item, pointer, index)
        self._kept = (pointer, index, item)
        self.view.visible = True
        self.view.update()
        await self._desk.focus(self._undo.button)

    async def move(self, pointer: str, index: int, to: int) -> None:
        """Put a row elsewhere."""
        await self._change(self._desk.work.dossiers.move_item, pointer, index, to)

    async def duplicate(self, pointer: str, index: int) -> None:
        """Put a copy behind a row."""
        await self._change(self._desk.work.dossiers.duplicate_item, pointer, index)

    async def _restore(self) -> None:
        if self._kept is not None:
            await self._change(self._desk.work.dossiers.restore_item, *self._kept)
        await self._close()

    async def _change(self, work: Callable[..., FormView], *place: object) -> None:
        async def act() -> FormView:
            return await self._desk.run(work, self._desk.me, self._dossier_id, *place)

        if self._saving is not None:
            self._after(await self._saving.alone(act))

    def _forget(self) -> None:
        self._kept = None
        self.view.visible = False

    async def _close(self) -> None:
        self._forget()
        self.view.update()
