"""The strip of small pages: documents under each other; only what is in sight is drawn and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import flet as ft

from van_station.services.capture_events import BatchView, PageView
from van_station.ui import parts, theme
from van_station.ui.desk.page_words import out_words, page_notes
from van_station.ui.desk.review_state import Chosen, StripRow, in_sight, lay_out, scroll_to_see
from van_station.ui.parts import Style
from van_station.ui.session import Desk

TILE = (112, 128)
LABEL_PX = 34
HEAD_PX = 54
MARGIN_PX = 190
"""So much above and below is drawn too, for the next turn of the wheel."""
LETTERS = {1: 13, 2: 24, 3: 40}
"""So much of a paper's name fits over so many columns; the whole of it stands beside the page."""
_GROUP = "pages"
_SCROLL_MS = 60


@dataclass(frozen=True, slots=True)
class StripActs:
    """What a person does to the strip."""

    choose: Callable[[str, bool], Awaitable[None]]
    """A page's key, and whether all up to it are meant."""
    drop_on: Callable[[str, str], Awaitable[None]]
    """The page dragged, the page it was let go on."""
    thumbnail: Callable[[str], bytes]
    """Blocking."""


class PageStrip:
    """Small pages in order, by document."""

    def __init__(self, desk: Desk, acts: StripActs) -> None:
        self._desk, self._acts = desk, acts
        self._grown = min(desk.look.scale, 1.5)
        self.columns = columns_for(desk)
        self._batch = BatchView((), (), can_undo=False, can_redo=False, running=False, keeping=False)
        self._chosen = Chosen()
        self._names: Mapping[str, str] = {}
        self._rows: tuple[StripRow, ...] = ()
        self._drawn = (0, 0)
        self._scrolled, self._view_px = 0.0, 560.0
        self._tiles: dict[str, _Tile] = {}
        self._lines: dict[tuple[object, ...], ft.Control] = {}
        self._fetching = asyncio.Lock()
        self._above, self._below = ft.Container(height=0), ft.Container(height=0)
        self._column = ft.Column(
            [self._above, self._below],
            spacing=0,
            scroll=ft.ScrollMode.AUTO,
            on_scroll=self._on_scroll,
            scroll_interval=_SCROLL_MS,
            expand=True,
        )
        width = self.columns * (TILE[0] + 16) * self._grown + 16
        self.view = ft.Container(
            ft.Semantics(
                identifier="strip", container=True, label=desk.say("review.pages"), content=self._column
            ),
            width=width,
            on_size_change=self._on_size,
            size_change_interval=100,
        )

    # ------------------------------------------------------------------ drawing
    def show(self, batch: BatchView, chosen: Chosen, names: Mapping[str, str]) -> None:
        """Take over how the batch stands; the caller updates, then awaits `fill`."""
        self._batch, self._chosen, self._names = batch, chosen, names
        self._rows = lay_out(
            batch.documents,
            columns=self.columns,
            head_px=HEAD_PX * self._grown,
            page_px=(TILE[1] + LABEL_PX) * self._grown,
        )
        self._draw()

    async def reveal(self) -> None:
        """Scroll to the page one is at."""
        to = scroll_to_see(
            self._rows, self._chosen.current, scrolled_px=self._scrolled, view_px=self._view_px
        )
        if to is not None:
            self._scrolled = to
            self._draw()
            self._column.update()
            await self._column.scroll_to(offset=to, duration=0)

    async def fill(self) -> None:
        """Fetch the small pictures that are in sight and not there yet."""
        async with self._fetching:
            lacking = [tile for tile in self._tiles.values() if tile.lacks_picture]
            if not lacking:
                return
            pictures = await self._desk.run(self._fetch, [tile.page.key for tile in lacking])
            for tile in lacking:
                tile.give(pictures.get(tile.page.key))
            self._column.update()

    def _fetch(self, keys: list[str]) -> dict[str, bytes]:
        return {key: picture for key in keys if (picture := _or_none(self._acts.thumbnail, key))}

    def _draw(self) -> None:
        first, last = in_sight(
            self._rows, scrolled_px=self._scrolled, view_px=self._view_px, margin_px=MARGIN_PX * self._grown
        )
        rows = self._rows[first:last]
        pages = {page.key: page for page in self._batch.pages}
        chosen = set(self._chosen.keys([page.key for page in self._batch.pages]))
        lines: dict[tuple[object, ...], ft.Control] = {}
        tiles: dict[str, _Tile] = {}
        for row in rows:
            for key in row.keys:
                tile = tiles[key] = self._tiles.get(key) or _Tile(self._desk, pages[key], self._acts)
                tile.draw(
                    pages[key], chosen=key in chosen, current=key == self._chosen.current, grown=self._grown
                )
            name = ("head", row.document) if not row.keys else row.keys
            lines[name] = self._lines.get(name) or self._line(row, tiles)
            if not row.keys:
                self._head_words(lines[name], row.document)
        self._tiles, self._lines, self._drawn = tiles, lines, (first, last)
        total = self._rows[-1].top_px + self._rows[-1].height_px if self._rows else 0.0
        self._above.height = rows[0].top_px if rows else 0
        self._below.height = total - (rows[-1].top_px + rows[-1].height_px) if rows else 0
        self._column.controls = [self._above, *lines.values(), self._below]

    def _line(self, row: StripRow, tiles: Mapping[str, _Tile]) -> ft.Control:
        if row.keys:
            return ft.Row([tiles[key].view for key in row.keys], spacing=0, height=row.height_px)
        title = parts.text("", Style.LABEL_LARGE)
        facts = parts.text("", Style.LABEL_SMALL, color=self._desk.palette.quiet)
        return ft.Container(
            ft.Column([title, facts], spacing=0, tight=True),
            height=row.height_px,
            padding=ft.Padding.only(left=8, top=8, right=8),
            data=(title, facts),
        )

    def _head_words(self, head: ft.Control, index: int) -> None:
        document, say = self._batch.documents[index], self._desk.say
        title, facts = head.data
        name = self._names.get(document.component_id, say("review.document_elsewhere"))
        title.value = f"{index + 1}. {shortened(name, LETTERS[self.columns])}"
        facts.value = say("review.document_pages", count=document.kept)

    # ------------------------------------------------------------------ events
    async def _on_scroll(self, event: ft.OnScrollEvent) -> None:
        self._scrolled, self._view_px = event.pixels, event.viewport_dimension
        await self._look_again()

    async def _on_size(self, event: ft.LayoutSizeChangeEvent[ft.LayoutControl]) -> None:
        self._view_px = event.height
        await self._look_again()

    async def _look_again(self) -> None:
        """Draw other lines when those in sight come near the end of what is drawn."""
        half = MARGIN_PX * self._grown / 2
        seen = in_sight(self._rows, scrolled_px=self._scrolled, view_px=self._view_px, margin_px=half)
        if self._rows and not (self._drawn[0] <= seen[0] and seen[1] <= self._drawn[1]):
            self._draw()
            self._column.update()
            await self.fill()


class _Tile:
    """One small page. It never has the keyboard, so it may come and go under the fingers."""

    def __init__(self, desk: Desk, page: PageView, acts: StripActs) -> None:
        self._desk, self.page = desk, page
        self._stamp, self._had = "", ""
        grown = min(desk.look.scale, 1.5)
        width, height = TILE[0] * grown, TILE[1] * grown

        async def choose() -> None:
            await acts.choose(self.page.key, False)

        async def choose_to() -> None:
            await acts.choose(self.page.key, True)

        async def accept(event: ft.DragTargetEvent) -> None:
            await acts.drop_on(str(event.src.data), self.page.key)

        self._image = ft.Image(
            src=b"",
            width=width - 12,
            height=height - 12,
            fit=ft.BoxFit.CONTAIN,
            exclude_from_semantics=True,
            gapless_playback=True,
            visible=False,
        )
        self._strip_words = parts.text("", Style.LABEL_SMALL, text_align=ft.TextAlign.CENTER, max_lines=2)
        self._band = ft.Container(
            self._strip_words,
            left=0,
            right=0,
            bottom=0,
            padding=ft.Padding.symmetric(horizontal=2, vertical=2),
        )
        paper = ft.Container(
            self._image, bgcolor="#FFFFFF", width=width - 12, height=height - 12, border_radius=4
        )
        self._number = parts.text("", Style.LABEL_MEDIUM)
        self._box = ft.Container(
            ft.Column(
                [ft.Stack([paper, self._band], width=width - 12, height=height - 12), self._number],
                spacing=2,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            width=width + 12,
            padding=6,
            margin=2,
            border_radius=theme.RADIUS_S,
        )
        press = ft.GestureDetector(
            self._box,
            on_tap=desk.on(choose, again=True),
            on_secondary_tap=desk.on(choose_to, again=True),
            mouse_cursor=ft.MouseCursor.CLICK,
        )
        ghost = ft.Container(
            bgcolor=desk.palette.primary_soft,
            border=ft.Border.all(2, desk.palette.primary),
            width=width / 2,
            height=height / 2,
            opacity=0.8,
        )
        drag = ft.Draggable(group=_GROUP, content=press, content_feedback=ghost, data=page.key)
        target = ft.DragTarget(group=_GROUP, content=drag, on_accept=desk.on(accept))
        self.view = ft.Semantics(identifier=f"sheet-{page.key}", content=target, button=True)

    @property
    def lacks_picture(self) -> bool:
        return self._had != self._stamp

    def give(self, picture: bytes | None) -> None:
        self._had = self._stamp
        if picture is not None:
            self._image.src, self._image.visible = picture, True

    def draw(self, page: PageView, *, chosen: bool, current: bool, grown: float) -> None:
        del grown
        desk, p = self._desk, self._desk.palette
        self.page, self._stamp = page, page.stamp
        self._number.value = str(page.index + 1)
        notes = page_notes(desk.texts, page)
        left_out = out_words(desk.texts, page)
        self._strip_words.value = left_out or (notes[0] if notes else "")
        ground, ink = theme.tone_colours(p, "neutral" if left_out else "warn")
        self._strip_words.color, self._band.bgcolor = ink, ground
        self._band.visible = bool(self._strip_words.value)
        self._image.opacity = 0.35 if page.dropped else 1
        self._box.bgcolor = p.primary_soft if chosen else None
        width = 3 if current else 1
        self._box.border = ft.Border.all(width, p.focus if current else p.primary if chosen else p.line)
        self._number.color = p.on_primary_soft if chosen else p.text
        self.view.selected = chosen
        words = [desk.say("scan.page_number", number=page.index + 1), left_out, *notes]
        self.view.label = ". ".join(word for word in words if word)


def columns_for(desk: Desk) -> int:
    """Return how many small pages lie side by side in a window of this width."""
    width = (desk.page.width or 1366) / desk.look.scale
    return 1 if width < 1000 else 2 if width < 1600 else 3


def shortened(name: str, most: int) -> str:
    """Return the beginning of a name, whole words of at most about `most` letters."""
    if len(name) <= most:
        return name
    return name[: most + 1].rsplit(" ", 1)[0][:most] + "…"


def _or_none(thumbnail: Callable[[str], bytes], key: str) -> bytes | None:
    """Return a small picture; None for a page that went or is damaged: its frame stays empty."""
    try:
        return thumbnail(key)
    except Exception as error:
        if not isinstance(getattr(error, "code", None), str):
            raise
        return None
