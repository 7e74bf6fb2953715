"""What scrolls: the head of a form and one page of it; long pages are painted in portions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import flet as ft

from van_station.ui import theme
from van_station.ui.desk.form_boxes import Boxes
from van_station.ui.desk.form_model import FormModel
from van_station.ui.frame import Frame

FIRST_PAUSE_S, PAUSE_S = 0.12, 0.03
"""Time for the window to paint a portion before the next one is sent."""
BESIDE_BAR = ft.Padding.only(right=12)
"""Room for the scroll bar."""


class FormSheet:
    """Shows the page that the model names; a page is made when it is first shown, and kept.

    Each page has a row of its own: a list that changes while its control is in no window is told to the
    window against what the window showed before, and comes out wrong.
    """

    def __init__(self, desk: Frame) -> None:
        self._desk = desk
        self._built: dict[str, ft.ResponsiveRow] = {}
        self._filling: asyncio.Task[object] | None = None
        self._notes = ft.Column()
        self._top = ft.Container(padding=BESIDE_BAR)
        self._room = ft.Container(padding=BESIDE_BAR)
        self.view = ft.Column(
            [self._top, self._room],
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def write_head(self, head: Sequence[ft.Control], notes: Sequence[ft.Control]) -> None:
        """Set what stands above the first page; the head stands above the last one, too."""
        stretch = ft.CrossAxisAlignment.STRETCH
        self._notes = ft.Column(list(notes), spacing=theme.GAP_S, horizontal_alignment=stretch)
        row = ft.Row(list(head), wrap=True, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
        self._top.content = ft.Column([row, self._notes], spacing=theme.GAP_S, horizontal_alignment=stretch)

    def forget(self) -> None:
        """The boxes are others now."""
        self._built = {}

    def show(self, model: FormModel, boxes: Boxes) -> bool:
        """Show the model's page; what doesn't fit into the window follows by itself.

        Returns whether it is another page than before.
        """
        page = model.page
        if page is None:
            return False
        if page.key not in self._built:
            row = ft.ResponsiveRow(spacing=theme.GAP_M, run_spacing=theme.GAP_M)
            boxes.page(page.nodes, row.controls)
            self._built[page.key] = row
        turned = self._room.content is not self._built[page.key]
        if turned:
            self._room.content = self._built[page.key]
        first, last = model.pages[0].key, model.pages[-1].key
        self._top.visible = page.key in (first, last)
        self._notes.visible = page.key == first and bool(self._notes.controls)
        if boxes.unfinished and (self._filling is None or self._filling.done()):
            self._filling = self._desk.later(self._fill(boxes))
        return turned

    def fill_now(self, boxes: Boxes) -> None:
        """Paint all portions: somebody wants to go to a field further down."""
        while boxes.more():
            pass
        self._room.update()

    async def _fill(self, boxes: Boxes) -> None:
        await asyncio.sleep(FIRST_PAUSE_S)
        while boxes.more():
            with contextlib.suppress(RuntimeError):  # in no window yet, or no more: it comes with the sheet
                self._room.update()
            await asyncio.sleep(PAUSE_S)

    async def to_top(self) -> None:
        """Scroll to the beginning of the page."""
        await self.view.scroll_to(offset=0, duration=0)

    async def to(self, anchor: str) -> None:
        """Scroll to a field or repeated group."""
        await self.view.scroll_to(scroll_key=anchor, duration=0)
