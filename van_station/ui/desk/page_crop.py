"""Cutting a page by hand: four edges, by keys in millimetres or by dragging, on all that the scanner saw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from van_station.rules.page_geometry import EDGES, Crop, part_left
from van_station.services.capture_events import CropView
from van_station.ui import parts, theme
from van_station.ui.desk.review_state import Placed
from van_station.ui.parts import Style
from van_station.ui.session import Desk

STEP_MM, BIG_STEP_MM = 1.0, 5.0
_HANDLE_PX = 44.0
_PAN_MS = 40
_ARROWS = {
    ("left", "Arrow Right"): 1,
    ("left", "Arrow Left"): -1,
    ("right", "Arrow Left"): 1,
    ("right", "Arrow Right"): -1,
    ("top", "Arrow Down"): 1,
    ("top", "Arrow Up"): -1,
    ("bottom", "Arrow Up"): 1,
    ("bottom", "Arrow Down"): -1,
}
"""Edge and key -> inwards or outwards."""


@dataclass(frozen=True, slots=True)
class CropActs:
    """What the frame asks of the screen."""

    apply: Callable[[], Awaitable[None]]
    cancel: Callable[[], Awaitable[None]]
    moved: Callable[[], None]
    """The cut is another now: draw the page."""


class CropFrame:
    """The cut being made: drawn over the page, with its row of buttons."""

    def __init__(self, desk: Desk, acts: CropActs) -> None:
        self._desk, self._acts = desk, acts
        self._shown: CropView | None = None
        self.crop = Crop()
        self._edge = "left"
        self._placed = Placed(0, 0, 1, 1)
        self._grabbed: dict[str, float] = {}
        say = desk.say
        self._tiles = {edge: self._tile(edge) for edge in EDGES}
        self._words = parts.text("", Style.BODY_MEDIUM)
        self._apply = parts.Press(
            desk, "crop-apply", say("review.crop_apply"), acts.apply, kind="filled", shortcut="C"
        )
        found = parts.Press(desk, "crop-found", say("review.crop_found"), self._as_found, kind="tonal")
        whole = parts.Press(desk, "crop-whole", say("review.crop_whole"), self._as_whole, kind="tonal")
        cancel = parts.Press(
            desk, "crop-cancel", say("common.cancel"), acts.cancel, kind="text", shortcut="Esc"
        )
        tiles = [self._tiles[edge].view for edge in EDGES]
        row: list[ft.Control] = [*tiles, self._apply.view, found.view, whole.view, cancel.view]
        self.view = ft.Column(
            [
                ft.Row(row, wrap=True, spacing=theme.GAP_XS, run_spacing=theme.GAP_XS),
                parts.tid("crop-words", self._words, live_region=True),
            ],
            spacing=theme.GAP_XS,
            tight=True,
            visible=False,
        )

    @property
    def on(self) -> bool:
        """Whether a page is being cut."""
        return self._shown is not None

    def begin(self, shown: CropView) -> None:
        """Begin with the cut as it is; the caller updates and gives the keyboard to `first`."""
        self._shown, self.crop, self._edge = shown, shown.crop, "left"
        self.view.visible = True
        self._say()

    def end(self) -> None:
        """No page is being cut any more."""
        self._shown, self.view.visible = None, False

    @property
    def first(self) -> ft.OutlinedButton:
        """What gets the keyboard at the beginning."""
        return self._tiles["left"].button

    def chosen(self) -> Crop | None:
        """Return the cut to keep; None when it is what the machine found."""
        return None if self._shown is None or self.crop == self._shown.found else self.crop

    def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Pull the chosen edge."""
        way = _ARROWS.get((self._edge, event.key))
        if way is None or event.ctrl or event.alt:
            return event.key.startswith("Arrow ")
        self._pull(self._edge, way * (BIG_STEP_MM if event.shift else STEP_MM))
        return True

    def overlay(self, placed: Placed) -> list[ft.Control]:
        """Return what is drawn over the page: what goes is dark, edges can be dragged."""
        shown = self._shown
        if shown is None:
            return []
        self._placed = placed
        kept = placed.part(part_left(self.crop, shown.width_mm, shown.height_mm))
        right, bottom = kept.left + kept.width, kept.top + kept.height
        end_right, end_bottom = placed.left + placed.width, placed.top + placed.height
        dark = [
            (placed.left, placed.top, placed.width, kept.top - placed.top),
            (placed.left, bottom, placed.width, end_bottom - bottom),
            (placed.left, kept.top, kept.left - placed.left, kept.height),
            (right, kept.top, end_right - right, kept.height),
        ]
        shade = ft.Colors.with_opacity(0.5, "#000000")
        controls: list[ft.Control] = [
            ft.Container(left=x, top=y, width=max(w, 0), height=max(h, 0), bgcolor=shade)
            for x, y, w, h in dark
        ]
        p = self._desk.palette
        controls.append(
            ft.Container(
                left=kept.left,
                top=kept.top,
                width=kept.width,
                height=kept.height,
                border=ft.Border.all(2, p.primary),
                ignore_interactions=True,
            )
        )
        middle_x, middle_y = kept.left + kept.width / 2, kept.top + kept.height / 2
        spots = {
            "left": (kept.left, middle_y),
            "top": (middle_x, kept.top),
            "right": (right, middle_y),
            "bottom": (middle_x, bottom),
        }
        return controls + [self._handle(edge, *spots[edge]) for edge in EDGES]

    # ------------------------------------------------------------------ inside
    def _handle(self, edge: str, x: float, y: float) -> ft.Control:
        p = self._desk.palette
        upright = edge in ("left", "right")
        bar = ft.Container(
            width=8 if upright else 36,
            height=36 if upright else 8,
            bgcolor=p.focus if edge == self._edge else p.primary,
            border_radius=4,
        )

        async def grab(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
            self._edge = edge
            self._grabbed[edge] = event.global_position.x if upright else event.global_position.y

        async def drag(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
            self._desk.touch()
            now = event.global_position.x if upright else event.global_position.y
            before = self._grabbed.get(edge, now)
            self._grabbed[edge] = now
            self._pull(edge, self._mm(now - before, upright=upright) * (1 if edge in ("left", "top") else -1))

        return ft.GestureDetector(
            ft.Container(bar, width=_HANDLE_PX, height=_HANDLE_PX, alignment=ft.Alignment.CENTER),
            key=f"crop-{edge}",
            left=x - _HANDLE_PX / 2,
            top=y - _HANDLE_PX / 2,
            on_pan_start=grab,
            on_pan_update=drag,
            drag_interval=_PAN_MS,
            mouse_cursor=ft.MouseCursor.RESIZE_LEFT_RIGHT if upright else ft.MouseCursor.RESIZE_UP_DOWN,
        )

    def _mm(self, px: float, *, upright: bool) -> float:
        if self._shown is None:
            return 0.0
        if upright:
            return px / self._placed.width * self._shown.width_mm
        return px / self._placed.height * self._shown.height_mm

    def _tile(self, edge: str) -> parts.Tile:
        async def pick() -> None:
            self._edge = edge
            self._say()
            self._acts.moved()

        tile = parts.Tile(
            self._desk, f"crop-{edge}", self._desk.say(f"review.crop_{edge}"), pick, compact=True
        )
        tile.button.on_focus = self._desk.on(pick, again=True)
        return tile

    def _pull(self, edge: str, by_mm: float) -> None:
        if self._shown is not None:
            self.crop = self.crop.pulled(edge, by_mm, self._shown.width_mm, self._shown.height_mm)
            self._say()
            self._acts.moved()

    async def _as_found(self) -> None:
        self._set(self._shown.found if self._shown is not None else Crop())

    async def _as_whole(self) -> None:
        self._set(Crop())

    def _set(self, crop: Crop) -> None:
        self.crop = crop
        self._say()
        self._acts.moved()

    def _say(self) -> None:
        shown = self._shown
        if shown is None:
            return
        for edge, tile in self._tiles.items():
            tile.set(selected=edge == self._edge)
        width = shown.width_mm - self.crop.left - self.crop.right
        height = shown.height_mm - self.crop.top - self.crop.bottom
        edge = self._desk.say(f"review.crop_{self._edge}")
        off = getattr(self.crop, self._edge)
        self._words.value = self._desk.say(
            "review.crop_words",
            edge=edge,
            off=_mm_words(off),
            width=_mm_words(width),
            height=_mm_words(height),
        )


def _mm_words(value: float) -> str:
    return f"{value:.0f}"
