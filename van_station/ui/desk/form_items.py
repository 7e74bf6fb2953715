"""Repeated groups: one card an item, named after its answers; added, removed, copied, put elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from van_station.rules.form_nodes import ArrayNode, Node
from van_station.ui import parts, theme, words
from van_station.ui.desk.form_field import FULL, QUIET, FormActs, Remark, anchor
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

Fill = Callable[[list[ft.Control], tuple[Node, ...]], None]
"""Puts the controls of nodes into a list, at once or a little later."""


class ItemCard:
    """One item: its name, what can be done with it, its fields."""

    def __init__(self, desk: Frame, node: ArrayNode, index: int, fill: Fill, acts: FormActs) -> None:
        self._desk, self._index, self._acts = desk, index, acts
        self._pointer = node.pointer
        self._title = parts.text("", Style.TITLE_SMALL, expand=True)
        self._tools = {
            "up": self._tool("up", ft.Icons.ARROW_UPWARD_ROUNDED, "form.item_up", self._up),
            "down": self._tool("down", ft.Icons.ARROW_DOWNWARD_ROUNDED, "form.item_down", self._down),
            "copy": self._tool("copy", ft.Icons.CONTENT_COPY_ROUNDED, "form.item_copy", self._copy),
            "remove": self._tool("remove", ft.Icons.DELETE_OUTLINE_ROUNDED, "form.remove_row", self._remove),
        }
        head = ft.Row([self._title, *self._tools.values()], spacing=0)
        self._fields = ft.ResponsiveRow(spacing=theme.GAP_M, run_spacing=theme.GAP_M)
        fill(self._fields.controls, node.items[index])
        self.view = ft.Container(
            ft.Column(
                [head, self._fields], spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
            bgcolor=desk.palette.ground,
            border=ft.Border.all(1, desk.palette.line),
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.only(left=theme.GAP_M, right=theme.GAP_S, top=4, bottom=theme.GAP_M),
        )
        self.update(node)

    def _tool(self, name: str, icon: ft.IconData, key: str, act: parts.Act) -> ft.Semantics:
        identifier = f"{name}{self._pointer}-{self._index}"
        return parts.icon_button(self._desk, identifier, icon, self._desk.say(key), act)

    def update(self, node: ArrayNode) -> None:
        """Take over the item's name and what may be done with it."""
        desk = self._desk
        kind = words.label(desk.texts, node.item_label)
        name = desk.say("form.row_title", title=kind, number=self._index + 1)
        own = words.label(desk.texts, node.titles[self._index]) if self._index < len(node.titles) else ""
        self._title.value = f"{name} · {own}" if own else name
        usable = self._acts.editable and node.enabled
        moving = usable and node.can_move
        self._tools["up"].visible = moving and self._index > 0
        self._tools["down"].visible = moving and self._index < len(node.items) - 1
        self._tools["copy"].visible = usable and node.can_add
        self._tools["remove"].visible = usable and node.can_remove

    async def _up(self) -> None:
        await self._acts.move(self._pointer, self._index, self._index - 1)

    async def _down(self) -> None:
        await self._acts.move(self._pointer, self._index, self._index + 1)

    async def _copy(self) -> None:
        await self._acts.duplicate(self._pointer, self._index)

    async def _remove(self) -> None:
        await self._acts.remove(self._pointer, self._index)


class ArrayBox:
    """A repeated group and the button that adds an item."""

    def __init__(self, desk: Frame, node: ArrayNode, fill: Fill, acts: FormActs) -> None:
        self._desk, self._fill, self._acts = desk, fill, acts
        self.node, self._remark = node, QUIET
        self._items = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.cards: list[ItemCard] = []
        self._message = parts.text("", Style.BODY_SMALL, color=desk.palette.bad, visible=False)
        self._help = parts.text("", Style.BODY_SMALL, color=desk.palette.quiet, visible=False)

        async def add() -> None:
            await acts.add(self.node.pointer)

        item = words.label(desk.texts, node.item_label)
        self._add = parts.Press(
            desk,
            f"add{node.pointer}",
            desk.say("form.add_item", item=item) if item else desk.say("form.add_row"),
            add,
            kind="tonal",
            icon=ft.Icons.ADD_ROUNDED,
        )
        title = words.label(desk.texts, node.label) + (" *" if node.required else "")
        self.anchor = anchor(node.pointer)
        self.view = ft.Container(
            parts.card(
                desk,
                [self._help, self._items, self._message, ft.Row([self._add.view])],
                title=title,
                padding=theme.GAP_M,
            ),
            col=FULL,
            key=ft.ScrollKey(self.anchor),  # type: ignore[call-arg]  # as in form_field
        )
        self._show()

    def update(self, node: ArrayNode, remark: Remark = QUIET) -> bool:
        """Take over what the service says. Returns whether anything looks different."""
        if node == self.node and remark == self._remark:
            return False
        self.node, self._remark = node, remark
        self._show()
        return True

    async def focus(self) -> None:
        """Give the keyboard to the button that adds an item."""
        await self._desk.focus(self._add.button)

    def _show(self) -> None:
        node, desk = self.node, self._desk
        self.view.visible = node.visible
        self._help.value = words.label(desk.texts, node.help) if node.help else ""
        self._help.visible = bool(node.help)
        self._message.value = self._remark.problem or ""
        self._message.visible = bool(self._remark.problem)
        if len(self.cards) > len(node.items):
            del self.cards[len(node.items) :]
            self._items.controls = [card.view for card in self.cards]
        for card in self.cards:
            card.update(node)
        for index in range(len(self.cards), len(node.items)):
            self.cards.append(ItemCard(desk, node, index, self._fill, self._acts))
            self._items.controls = [card.view for card in self.cards]
        self._add.button.visible = node.can_add and self._acts.editable
