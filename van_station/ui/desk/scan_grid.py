"""The last pages that came, small, beside the scanner: a dozen at once; the review shows all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import PageView
from van_station.ui import parts, theme
from van_station.ui.desk.scan_page import Thumb
from van_station.ui.parts import Style
from van_station.ui.session import Desk

SHOWN = 12


def shown_pages(pages: tuple[PageView, ...], key: str) -> tuple[PageView, ...]:
    """Return the pages to draw: all of a small batch, else the dozen in which the chosen one is."""
    index = next((page.index for page in pages if page.key == key), 0)
    first = index // SHOWN * SHOWN
    return pages[first : first + SHOWN]


class ThumbGrid:
    """Small pages; each can be pressed and has a place of its own for the keyboard."""

    def __init__(self, desk: Desk, press: Callable[[str], Awaitable[None]]) -> None:
        self._desk, self._press = desk, press
        self._thumbs: dict[str, Thumb] = {}
        self._row = ft.Row(
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        self._more = parts.text("", Style.BODY_MEDIUM, color=desk.palette.quiet, visible=False)
        self.view = ft.Column([self._row, self._more], spacing=theme.GAP_S)

    def clear(self) -> None:
        """Let all pictures go."""
        self._thumbs.clear()

    def button(self, key: str) -> ft.OutlinedButton:
        """Return what of a drawn page can have the keyboard."""
        return self._thumbs[key].button

    async def load(self, batch: CaptureBatch | None, pages: tuple[PageView, ...], key: str) -> None:
        """Fetch the small pictures of what is to be drawn."""
        for page in shown_pages(pages, key):
            thumb = self._thumb(page)
            thumb.page = page
            if thumb.lacks_picture and batch is not None:
                thumb.give(await self._desk.run(batch.thumbnail, page.key))

    def draw(self, pages: tuple[PageView, ...], selected: str) -> None:
        """Draw the dozen around the chosen page; the caller updates."""
        shown = shown_pages(pages, selected)
        keys = [page.key for page in shown]
        for gone in [key for key in self._thumbs if key not in keys]:
            del self._thumbs[gone]
        for page in shown:
            self._thumb(page).draw(page, page.index + 1, selected=page.key == selected)
        self._row.controls = [self._thumbs[key].view for key in keys]
        self.view.visible = bool(keys)
        self._more.visible = len(pages) > SHOWN
        first, last = (shown[0].index + 1, shown[-1].index + 1) if shown else (0, 0)
        self._more.value = self._desk.say("review.shown", first=first, last=last, total=len(pages))

    def _thumb(self, page: PageView) -> Thumb:
        if page.key not in self._thumbs:
            self._thumbs[page.key] = Thumb(self._desk, page, self._press)
        return self._thumbs[page.key]
