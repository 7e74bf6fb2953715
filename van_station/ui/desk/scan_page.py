"""One page of a batch: its small picture with what was found on it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from van_station.services.capture_events import PageView
from van_station.ui import parts, theme
from van_station.ui.desk.page_words import out_words, page_notes
from van_station.ui.parts import Style
from van_station.ui.session import Desk

THUMBNAIL = (118, 160)


@dataclass(frozen=True, slots=True)
class PageActs:
    """What can be done with the chosen page."""

    view: Callable[[], Awaitable[None]]
    rotate: Callable[[int], Awaitable[None]]
    """Quarters, clockwise."""
    move: Callable[[int], Awaitable[None]]
    drop: Callable[[], Awaitable[None]]
    """Leave out, or take back."""


class PageTools:
    """One row of pictures to press; they stay the same controls, so the keyboard stays where it is."""

    def __init__(self, desk: Desk, acts: PageActs) -> None:
        self._desk = desk
        say = desk.say

        async def turn_left() -> None:
            await acts.rotate(-1)

        async def turn_right() -> None:
            await acts.rotate(1)

        async def earlier() -> None:
            await acts.move(-1)

        async def later() -> None:
            await acts.move(1)

        tools = [
            ("page-view", f"{say('review.open')} (F11)", acts.view, ft.Icons.ZOOM_IN_ROUNDED),
            ("page-left", f"{say('scan.rotate_left')} (Shift + R)", turn_left, ft.Icons.ROTATE_LEFT_ROUNDED),
            ("page-right", f"{say('scan.rotate_right')} (R)", turn_right, ft.Icons.ROTATE_RIGHT_ROUNDED),
            ("page-earlier", say("scan.move_up"), earlier, ft.Icons.ARROW_BACK_ROUNDED),
            ("page-later", say("scan.move_down"), later, ft.Icons.ARROW_FORWARD_ROUNDED),
            ("page-drop", say("scan.delete_page"), acts.drop, ft.Icons.DELETE_OUTLINE_ROUNDED),
        ]
        self._number = parts.text("", Style.LABEL_LARGE)
        self._buttons = {
            name: parts.icon_button(desk, name, icon, label, act) for name, label, act, icon in tools
        }
        self.view = ft.Row(
            [self._number, *self._buttons.values()],
            spacing=theme.GAP_XS,
            tight=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def draw(self, page: PageView | None, *, off: bool) -> None:
        """Say which page is chosen; no row for none."""
        self.view.visible = page is not None
        if page is None:
            return
        say = self._desk.say
        self._number.value = say("scan.page_number", number=page.index + 1)
        for each in self._buttons.values():
            button = each.content
            if isinstance(button, ft.IconButton):
                button.disabled = off
        drop = self._buttons["page-drop"].content
        if isinstance(drop, ft.IconButton):
            drop.icon = (
                ft.Icons.RESTORE_FROM_TRASH_OUTLINED if page.dropped else ft.Icons.DELETE_OUTLINE_ROUNDED
            )
            label = say("scan.restore_page") if page.dropped else say("scan.delete_page")
            drop.tooltip = f"{label} (Delete)"


class Thumb:
    """One page in the grid; its picture crosses the wire once for each way it looks."""

    def __init__(self, desk: Desk, page: PageView, press: Callable[[str], Awaitable[None]]) -> None:
        self._desk = desk
        self.page = page
        self._had = ""

        async def pressed() -> None:
            await press(page.key)

        grown = min(desk.look.scale, 1.5)
        width, height = (side * grown for side in THUMBNAIL)
        self._image = ft.Image(
            src=b"",
            width=width,
            height=height,
            fit=ft.BoxFit.CONTAIN,
            exclude_from_semantics=True,
            gapless_playback=True,
            visible=False,
        )
        self._label = parts.text("", Style.LABEL_MEDIUM)
        self._mark = parts.text("", Style.LABEL_SMALL, text_align=ft.TextAlign.CENTER)
        self._strip = ft.Container(
            self._mark, left=0, right=0, bottom=0, padding=ft.Padding.symmetric(horizontal=4, vertical=3)
        )
        picture = ft.Stack(
            [ft.Container(self._image, bgcolor="#FFFFFF", width=width, height=height), self._strip],
            width=width,
            height=height,
        )
        column = ft.Column(
            [picture, self._label],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self.button = ft.OutlinedButton(content=column, on_click=desk.on(pressed))
        self.view = parts.tid(f"page-{page.key}", self.button)

    @property
    def lacks_picture(self) -> bool:
        """Whether the page looks otherwise than its small picture."""
        return self._had != self.page.stamp

    def give(self, picture: bytes) -> None:
        """Show a small picture of the page as it was drawn last; the caller updates the view."""
        self._had = self.page.stamp
        self._image.src, self._image.visible = picture, True

    def draw(self, page: PageView, number: int, *, selected: bool) -> None:
        """Say what was found on the page, and whether it stays."""
        desk, p = self._desk, self._desk.palette
        self.page = page
        self._label.value = desk.say("scan.page_number", number=number)
        notes = page_notes(desk.texts, page)
        if page.dropped:
            notes.insert(0, out_words(desk.texts, page))
        self._mark.value = "\n".join(notes)
        ground, ink = theme.tone_colours(p, "neutral" if page.dropped else "warn")
        self._mark.color, self._strip.bgcolor = ink, ground
        self._strip.visible = bool(notes)
        self._image.opacity = 0.35 if page.dropped else 1
        look = theme.button_style(p, "outlined")
        look.padding = ft.Padding.all(8)
        look.bgcolor = p.primary_soft if selected else p.card
        resting = ft.BorderSide(2.5 if selected else 1, p.primary if selected else p.line)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        self.button.style = look
        self.view.selected = selected
        self.view.label = ". ".join([self._label.value, *notes])
