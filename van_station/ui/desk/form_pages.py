"""The pages of a form in one row: which is shown, how many gaps each has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from van_station.ui import parts, theme, words
from van_station.ui.desk.form_model import FormPage
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

TAB_PX = 150
"""A tab narrower than this, at usual text size, shows its number only."""
WINDOW_PX = 1366


class _Tab:
    """One page's button: its name and how many gaps it has; the number only where there is little room."""

    def __init__(self, desk: Frame, number: int, pick: parts.Act, *, small: bool) -> None:
        self._desk, self._small, self._number = desk, small, number
        self._drawn: tuple[object, ...] = ()
        self._icon = ft.Icon(ft.Icons.CIRCLE_OUTLINED, size=18 * min(desk.look.scale, 1.5))
        self._label = parts.text("", Style.LABEL_MEDIUM, expand=None if small else True)
        self._gaps = parts.text("", Style.LABEL_MEDIUM, color=desk.palette.on_accent_soft)
        self._badge = ft.Container(
            self._gaps,
            bgcolor=desk.palette.accent_soft,
            border_radius=999,
            padding=ft.Padding.symmetric(horizontal=8, vertical=1),
        )
        row: list[ft.Control] = [self._icon, self._label, self._badge]
        self._button = ft.OutlinedButton(
            content=ft.Row(row, spacing=6, tight=small), on_click=desk.on(pick), expand=not small or None
        )
        self.view = parts.tid(f"page-{number}", self._button, expand=not small or None)

    def show(self, page: FormPage, *, current: bool) -> None:
        """Draw it as it stands; nothing is sent when nothing changed."""
        if self._drawn == (page.title, len(page.gaps), current):
            return
        self._drawn = (page.title, len(page.gaps), current)
        desk, p, gaps = self._desk, self._desk.palette, len(page.gaps)
        title = words.either(desk.texts, *page.title)
        standing = desk.say("form.page_gaps", count=gaps) if gaps else desk.say("form.page_done")
        self._label.value = str(self._number) if self._small else title
        self._gaps.value, self._badge.visible = desk.texts.count(gaps), bool(gaps)
        self._badge.tooltip = standing
        self._icon.icon = ft.Icons.CHECK_CIRCLE_ROUNDED if not gaps else ft.Icons.PENDING_OUTLINED
        self._icon.color = p.good if not gaps else p.accent
        self._label.color = p.on_primary_soft if current else p.text
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.primary_soft if current else p.card
        look.padding = ft.Padding.symmetric(horizontal=11, vertical=14)  # 44 px and more with its one line
        resting = ft.BorderSide(2 if current else 1, p.primary if current else p.edge)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        look.alignment = ft.Alignment.CENTER_LEFT
        self._button.style = look
        self._button.tooltip = f"{title}: {standing}"
        self.view.selected = current


class PageStrip:
    """All pages beside each other; numbers only where their names would not fit.

    Args:
        desk: the window.
        pick: gets the key of the page that is pressed.
    """

    def __init__(self, desk: Frame, pick: Callable[[str], Awaitable[None]]) -> None:
        self._desk, self._pick = desk, pick
        self._keys: tuple[str, ...] = ()
        self._tabs: list[_Tab] = []
        self._title = parts.text("", Style.TITLE_MEDIUM, expand=True)
        self.view = ft.Container(visible=False)

    def draw(self, pages: Sequence[FormPage], current: str) -> bool:
        """Show these pages. Returns whether they are other pages than before."""
        keys = tuple(page.key for page in pages)
        fresh = keys != self._keys
        if fresh:
            self._keys = keys
            self._make(pages)
        self.view.visible = len(pages) > 1
        for tab, page in zip(self._tabs, pages, strict=True):
            tab.show(page, current=page.key == current)
            if page.key == current:
                self._title.value = words.either(self._desk.texts, *page.title)
        return fresh

    def _make(self, pages: Sequence[FormPage]) -> None:
        room = (self._desk.page.width or WINDOW_PX) - 2 * theme.GAP_L
        small = room / max(len(pages), 1) < self._desk.size(TAB_PX)
        self._tabs = [self._tab(index, page.key, small=small) for index, page in enumerate(pages)]
        tabs: list[ft.Control] = [tab.view for tab in self._tabs]
        self._title = parts.text("", Style.TITLE_MEDIUM, expand=True)
        if small:
            heading = ft.Semantics(header=True, content=self._title, expand=True)
            self.view.content = ft.Row([*tabs, heading], spacing=6)
        else:
            stretch = ft.CrossAxisAlignment.STRETCH
            self.view.content = ft.Row(tabs, spacing=6, vertical_alignment=stretch, intrinsic_height=True)

    def _tab(self, index: int, key: str, *, small: bool) -> _Tab:
        async def pick() -> None:
            await self._pick(key)

        return _Tab(self._desk, index + 1, pick, small=small)
