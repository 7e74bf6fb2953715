"""One page at full size from memory: whole, dot by dot, or its seal; what was found is drawn on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.page_geometry import Part
from van_station.services.capture_events import PageView
from van_station.ui import parts, theme, words
from van_station.ui.desk.review_state import Placed, Zoom, look_at
from van_station.ui.parts import Style
from van_station.ui.session import Desk

FIRST_VIEW = (640.0, 480.0)
PAN_SHARE = 0.25
WHEEL_STEP = 1.2
_EDGE_PX = 8
_PAN_MS = 30


class PageStage:
    """Shows a picture of a page and lets one look closer. It knows no batch.

    Args:
        desk: the window.
        closer: called when the page is looked at closer than before: a finer picture may be needed.
    """

    def __init__(self, desk: Desk, closer: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._closer = desk, closer
        self.zoom = Zoom()
        self.show_marks = True
        self._page: PageView | None = None
        self._view = FIRST_VIEW
        self._size = (1.0, 1.0)
        self._grabbed: ft.Offset | None = None
        self._overlay: Callable[[Placed], list[ft.Control]] | None = None
        self._image = ft.Image(src=b"", fit=ft.BoxFit.FILL, gapless_playback=True, visible=False)
        self._paper = ft.Container(self._image, bgcolor="#FFFFFF")
        self._caption = parts.text("", Style.LABEL_LARGE)
        self._chip = ft.Container(
            self._caption,
            left=12,
            top=12,
            border_radius=theme.RADIUS_S,
            padding=ft.Padding.symmetric(horizontal=12, vertical=6),
            visible=False,
        )
        self._stack = ft.Stack([self._paper, self._chip], expand=True)
        pad = ft.GestureDetector(
            self._stack,
            on_pan_start=self._on_grab,
            on_pan_update=self._on_pan,
            on_scroll=self._on_wheel,
            on_double_tap=desk.on(self._flip),
            drag_interval=_PAN_MS,
        )
        self._frame = ft.Container(
            pad,
            expand=True,
            bgcolor=desk.palette.raised,
            border_radius=theme.RADIUS_M,
            clip_behavior=ft.ClipBehavior.HARD_EDGE,
            on_size_change=self._on_size,
            size_change_interval=100,
        )
        self._percent = parts.text("", Style.LABEL_LARGE, color=desk.palette.quiet)
        self.percent = parts.tid("zoom", self._percent)
        self.view = ft.Semantics(
            identifier="stage", container=True, image=True, content=self._frame, expand=True
        )

    @property
    def scale(self) -> float:
        """Screen pixels a page pixel."""
        return self._placed().width / max(self._size[0], 1)

    @property
    def view_px(self) -> int:
        """The longer side of the view."""
        return round(max(self._view))

    # ------------------------------------------------------------------ what is shown
    def show(self, page: PageView, picture: bytes | None, label: str, *, caption: str = "") -> None:
        """Show a page; another page is shown whole first. None keeps the picture that is there."""
        if self._page is None or self._page.key != page.key:
            self.zoom = Zoom()
        self._page = page
        self._size = (float(page.width_px), float(page.height_px))
        self._put(picture, label, caption)

    def show_size(self, picture: bytes, size: tuple[float, float], label: str, *, caption: str) -> None:
        """Show a picture that is not the page as it would be kept: its original, or all around it."""
        self.zoom, self._size = Zoom(), size
        self._page = None
        self._put(picture, label, caption)

    def update(self) -> None:
        """Send what was drawn."""
        self.view.update()
        self.percent.update()

    def clear(self) -> None:
        """Show nothing."""
        self._page, self._image.visible, self._chip.visible = None, False, False
        self._stack.controls = [self._chip]

    def overlay(self, make: Callable[[Placed], list[ft.Control]] | None) -> None:
        """Let something be drawn over the page instead of what was found on it."""
        self._overlay = make
        self.draw()

    def _put(self, picture: bytes | None, label: str, caption: str) -> None:
        if picture is not None:
            self._image.src, self._image.visible = picture, True
        self._image.semantics_label = self.view.label = label
        ground, ink = theme.tone_colours(self._desk.palette, "info")
        self._caption.value, self._caption.color, self._chip.bgcolor = caption, ink, ground
        self._chip.visible = bool(caption)
        self.draw()

    # ------------------------------------------------------------------ how close
    async def whole(self) -> None:
        """Show the whole page."""
        await self._look(Zoom())

    async def dots(self) -> None:
        """Show the page dot by dot."""
        await self._look(Zoom(1.0, self.zoom.x, self.zoom.y))

    async def at(self, part: Part) -> None:
        """Look at a part of the page."""
        await self._look(look_at(part, self._size, self._inner()))

    async def step(self, factor: float) -> None:
        """Look closer or from farther away."""
        await self._look(self.zoom.closer(self._size, self._inner(), factor))

    async def pan(self, right: int, down: int) -> None:
        """Move the page by a quarter of the view."""
        by = (right * self._view[0] * PAN_SHARE, down * self._view[1] * PAN_SHARE)
        await self._look(self.zoom.panned(self._size, self._inner(), by))

    async def _look(self, zoom: Zoom) -> None:
        self.zoom = zoom
        self.draw()
        self.update()
        await self._closer()

    async def _flip(self) -> None:
        await (self.dots() if self.zoom.scale is None else self.whole())

    # ------------------------------------------------------------------ drawing
    def _inner(self) -> tuple[float, float]:
        return self._view[0] - 2 * _EDGE_PX, self._view[1] - 2 * _EDGE_PX

    def _placed(self) -> Placed:
        placed = self.zoom.place(self._size, self._inner())
        return Placed(placed.left + _EDGE_PX, placed.top + _EDGE_PX, placed.width, placed.height)

    def draw(self) -> None:
        """Put the page and what lies over it; the caller updates."""
        placed = self._placed()
        self._paper.left, self._paper.top = placed.left, placed.top
        self._paper.width = self._image.width = placed.width
        self._paper.height = self._image.height = placed.height
        over = self._overlay(placed) if self._overlay is not None else self._marks(placed)
        self._stack.controls = [self._paper, *over, self._chip]
        self._percent.value = f"{self.scale * 100:.0f} %" if self._page is not None else ""

    def _marks(self, placed: Placed) -> list[ft.Control]:
        """Return boxes around what was found, each with its words."""
        if self._page is None or not self.show_marks:
            return []
        ground, ink = theme.tone_colours(self._desk.palette, "warn")
        boxes: list[ft.Control] = []
        for mark in self._page.marks:
            if mark.part is None:
                continue
            at = placed.part(mark.part)
            said = parts.text(words.note(self._desk.texts, mark.code, {}), Style.LABEL_MEDIUM, color=ink)
            boxes.append(
                ft.Container(
                    left=at.left, top=at.top, width=at.width, height=at.height, border=ft.Border.all(3, ink)
                )
            )
            boxes.append(
                ft.Container(
                    said,
                    left=max(at.left, _EDGE_PX),
                    top=max(at.top, _EDGE_PX),
                    bgcolor=ground,
                    border_radius=4,
                    padding=ft.Padding.symmetric(horizontal=8, vertical=3),
                )
            )
        return boxes

    # ------------------------------------------------------------------ events
    async def _on_size(self, event: ft.LayoutSizeChangeEvent[ft.LayoutControl]) -> None:
        if (event.width, event.height) != self._view and min(event.width, event.height) > 1:
            self._view = (event.width, event.height)
            self.draw()
            self.update()

    async def _on_grab(self, event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        self._grabbed = event.global_position

    async def _on_pan(self, event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        if self.zoom.scale is not None and self._grabbed is not None:
            self._desk.touch()
            now, before = event.global_position, self._grabbed
            by, self._grabbed = (before.x - now.x, before.y - now.y), now
            self.zoom = self.zoom.panned(self._size, self._inner(), by)
            self.draw()
            self._stack.update()

    async def _on_wheel(self, event: ft.ScrollEvent[ft.GestureDetector]) -> None:
        if self._overlay is None:
            self._desk.touch()
            await self.step(1 / WHEEL_STEP if event.scroll_delta.y > 0 else WHEEL_STEP)
