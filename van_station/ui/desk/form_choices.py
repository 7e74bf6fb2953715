"""Answers to press: one of a few, yes or no, a declaration to tick, a paper that is scanned."""

from __future__ import annotations

import flet as ft

from van_station.rules.form_nodes import FieldKind, FieldNode
from van_station.rules.json_values import JsonValue
from van_station.ui import parts, theme, words
from van_station.ui.desk.form_field import FieldBox, FormActs
from van_station.ui.frame import Frame

MAX_TILES = 5
MAX_TILE_LETTERS = 150
"""More answers, or longer ones in all, are searched instead of laid out."""


def fits_tiles(node: FieldNode) -> bool:
    """Whether all answers of a choice may lie side by side."""
    letters = sum(max(len(option.label.vi), len(option.label.en)) for option in node.options)
    return len(node.options) <= 2 or (len(node.options) <= MAX_TILES and letters <= MAX_TILE_LETTERS)


class TilesBox(FieldBox):
    """One of a few answers, each a tile; a tile pressed again stays pressed."""

    wide = True

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        letters = sum(len(option.label.vi) for option in node.options)
        self.wide = len(node.options) > 2 or letters > 26 or desk.look.scale > 1.2
        super().__init__(desk, node, acts)

    def _choices(self) -> list[tuple[JsonValue, str]]:
        return [(o.value, words.label(self._desk.texts, o.label)) for o in self.node.options]

    def _make(self) -> ft.Control:
        self._tiles: dict[JsonValue, parts.Tile] = {}
        for index, (value, label) in enumerate(self._choices()):
            self._tiles[value] = self._tile(index, value, label)
        row = ft.Row(
            [tile.view for tile in self._tiles.values()],
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
        )
        whole = ft.Column([self._head, row, self._message], spacing=6)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return parts.tid(f"field{self.node.pointer}", whole, container=True)

    def _tile(self, index: int, value: JsonValue, label: str) -> parts.Tile:
        async def pick() -> None:
            if self.off:
                return
            for other, tile in self._tiles.items():
                tile.set(selected=other == value)
            self.view.update()
            await self._acts.look(self.node.pointer)
            await self._acts.answer(self.node.pointer, value)

        tile = parts.Tile(
            self._desk, f"choice{self.node.pointer}-{index}", label, pick,
            icon=ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED, compact=True,
        )  # fmt: skip
        tile.view.hint_text = self.name
        tile.button.on_focus = self._looked
        return tile

    async def _looked(self, _event: object) -> None:
        await self._acts.look(self.node.pointer)

    @property
    def keyboard(self) -> ft.Control:
        """The chosen tile, else the first."""
        chosen = next((tile for tile in self._tiles.values() if tile.selected), None)
        return (chosen or next(iter(self._tiles.values()))).button

    def _take(self) -> None:
        for value, tile in self._tiles.items():
            picked = self.node.value is not None and value == self.node.value
            if tile.selected is not picked:
                tile.set(selected=picked)
            tile.button.disabled = self.off


class YesNoBox(TilesBox):
    """A question: yes, no, or not answered yet."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        super().__init__(desk, node, acts)
        self.wide = False

    def _choices(self) -> list[tuple[JsonValue, str]]:
        return [(True, self._desk.say("common.yes")), (False, self._desk.say("common.no"))]


class TickBox(FieldBox):
    """A statement to tick; nothing is ticked beforehand unless the paper form says so."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self.wide = len(node.label.vi) > 60
        super().__init__(desk, node, acts)

    def _make(self) -> ft.Control:
        async def flip() -> None:
            if self.off:
                return
            value = not self._ticked
            self._draw(value)
            self.view.update()
            await self._acts.look(self.node.pointer)
            await self._acts.answer(self.node.pointer, value)

        self._ticked = False
        self._mark = ft.Icon(
            ft.Icons.CHECK_BOX_OUTLINE_BLANK_ROUNDED, size=24 * min(self._desk.look.scale, 1.5)
        )
        self._button = ft.OutlinedButton(
            content=ft.Row([self._mark, self._label, self._origin.view], spacing=10),
            on_click=self._desk.on(flip, again=True),
        )
        self._button.on_focus = self._looked
        self._tick = parts.tid(f"field{self.node.pointer}", self._button, checked=False)
        self._draw(False)
        whole = ft.Column([self._tick, self._message], spacing=4)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return whole

    async def _looked(self, _event: object) -> None:
        await self._acts.look(self.node.pointer)

    @property
    def keyboard(self) -> ft.Control:
        """The tile."""
        return self._button

    def _take(self) -> None:
        if self._ticked is not bool(self.node.value):
            self._draw(bool(self.node.value))
        self._button.disabled = self.off

    def _draw(self, ticked: bool) -> None:  # noqa: FBT001 -- what it is
        p = self._desk.palette
        self._ticked = ticked
        self._mark.icon = ft.Icons.CHECK_BOX_ROUNDED if ticked else ft.Icons.CHECK_BOX_OUTLINE_BLANK_ROUNDED
        self._mark.color = p.primary if ticked else p.quiet
        self._label.color = p.on_primary_soft if ticked else p.text
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.primary_soft if ticked else p.card
        look.padding = ft.Padding.symmetric(horizontal=14, vertical=12)
        resting = ft.BorderSide(2 if ticked else 1.5, p.primary if ticked else p.edge)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        self._button.style = look
        self._tick.checked = ticked


class PaperBox(FieldBox):
    """An answer that a scanned paper gives: says whether it is there, and leads to the scanner."""

    wide = True

    def _make(self) -> ft.Control:
        async def go() -> None:
            if self._remark.paper is not None:
                await self._acts.papers(self._remark.paper[0])

        self._badge = ft.Container()
        self._press = parts.Press(
            self._desk,
            f"papers{self.node.pointer}",
            self._desk.say("form.to_papers"),
            go,
            icon=ft.Icons.DOCUMENT_SCANNER_OUTLINED,
        )
        row = ft.Row([self._badge, self._press.view], spacing=theme.GAP_M, wrap=True)
        whole = ft.Column([self._head, row, self._message], spacing=6)
        return parts.tid(f"field{self.node.pointer}", whole, container=True)

    @property
    def keyboard(self) -> ft.Control:
        """The way to the scanner."""
        return self._press.button

    def _take(self) -> None:
        pages = self._remark.paper[1] if self._remark.paper else 0
        desk = self._desk
        self._badge.content = (
            parts.badge(desk, desk.say("form.paper_there", pages=pages), "good", ft.Icons.CHECK_ROUNDED)
            if pages
            else parts.badge(desk, desk.say("form.paper_not_there"), "warn", ft.Icons.DESCRIPTION_OUTLINED)
        )
        self._press.button.visible = self._remark.paper is not None


def is_question(node: FieldNode, pledges: frozenset[str]) -> bool:
    """Whether a yes-or-no answer is asked for: *no* is an answer then, other than a box left empty."""
    if node.kind is not FieldKind.CHECKBOX or node.pointer in pledges:
        return False
    return node.required or node.label.vi.rstrip().endswith("?")
