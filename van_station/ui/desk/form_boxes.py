"""Controls for the nodes of a form: made once, then told what changed, so that nobody loses the caret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from van_station.rules.form_dates import format_date_vi
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode, Node
from van_station.rules.json_values import JsonValue
from van_station.ui import parts, theme, words
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

MAX_TILES = 5
Columns = dict[str | ft.ResponsiveRowBreakpoint, int | float]
_HALF: Columns = {"xs": 12, "md": 6}
_FULL: Columns = {"xs": 12}


@dataclass(frozen=True, slots=True)
class FormActs:
    """What the boxes may do; all pointers are JSON pointers into the answers."""

    answer: Callable[[str, JsonValue], Awaitable[None]]
    typing: Callable[[str, str], Awaitable[None]]
    add: Callable[[str], Awaitable[None]]
    remove: Callable[[str, int], Awaitable[None]]
    editable: bool


class FieldBox:
    """One field; `update` changes what the service says, never what is being typed."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self._desk, self._acts, self.node = desk, acts, node
        self._has_keyboard = False
        self._problem: str | None = None
        self._saved_mark = False
        self._tiles: dict[JsonValue, parts.Tile] = {}
        self._message = parts.text("", Style.BODY_SMALL)
        self.control: ft.Control = self._make(node)
        wide = node.kind in (FieldKind.MULTILINE, FieldKind.CHECKBOX) or bool(self._tiles)
        self.view = ft.Container(self.control, col=_FULL if wide else _HALF)
        self.update(node, problem=None)

    @property
    def _name(self) -> str:
        return words.label(self._desk.texts, self.node.label)

    def _make(self, node: FieldNode) -> ft.Control:
        if node.kind is FieldKind.CHECKBOX:
            return self._make_checkbox(node)
        if node.kind is FieldKind.CHOICE:
            return self._make_choice(node)
        return self._make_text(node)

    # ------------------------------------------------------------------ kinds
    def _make_text(self, node: FieldNode) -> ft.Control:
        async def typing() -> None:
            self._saved_mark = False
            await self._acts.typing(self.node.pointer, self._text.value or "")

        async def done() -> None:
            await self._acts.answer(self.node.pointer, self._text.value or "")

        async def left() -> None:
            self._has_keyboard = False
            await done()

        hint = self._desk.say("form.date_hint") if node.kind is FieldKind.DATE else ""
        keyboard = {
            FieldKind.NUMBER: ft.KeyboardType.NUMBER,
            FieldKind.DATE: ft.KeyboardType.DATETIME,
        }.get(node.kind)
        view, self._text = parts.field(
            self._desk,
            f"field{node.pointer}",
            self._title(node),
            value=shown_text(node),
            hint=hint,
            change=typing,
            act=None if node.kind is FieldKind.MULTILINE else done,
            blur=left,
            multiline=node.kind is FieldKind.MULTILINE,
            min_lines=2 if node.kind is FieldKind.MULTILINE else None,
            max_lines=6 if node.kind is FieldKind.MULTILINE else None,
            keyboard_type=keyboard,
            max_length=None,
        )
        self._text.on_focus = self._focused
        return view

    async def _focused(self, _event: object) -> None:
        self._has_keyboard = True

    def _make_checkbox(self, node: FieldNode) -> ft.Control:
        async def flipped() -> None:
            await self._acts.answer(self.node.pointer, bool(self._check.value))

        p = self._desk.palette
        self._check = ft.Checkbox(
            label=self._title(node),
            value=bool(node.value),
            on_change=self._desk.on(flipped, again=True),
            label_style=ft.TextStyle(color=p.text),
            overlay_color={ft.ControlState.FOCUSED: ft.Colors.with_opacity(0.35, p.focus)},
            border_side=ft.BorderSide(2, p.edge),
            splash_radius=26,
        )
        box = ft.Container(self._check, padding=ft.Padding.symmetric(vertical=8))
        return ft.Column([parts.tid(f"field{node.pointer}", box), self._message], spacing=0)

    def _make_choice(self, node: FieldNode) -> ft.Control:
        if len(node.options) > MAX_TILES:
            return self._make_dropdown(node)
        self._caption = parts.text(self._title(node), Style.LABEL_LARGE)
        for index, option in enumerate(node.options):
            self._tiles[option.value] = self._choice_tile(
                index, option.value, words.label(self._desk.texts, option.label)
            )
        row = ft.Row(
            [tile.view for tile in self._tiles.values()],
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
        )
        return parts.tid(
            f"field{node.pointer}", ft.Column([self._caption, row, self._message], spacing=6), container=True
        )

    def _choice_tile(self, index: int, value: str | int, label: str) -> parts.Tile:
        async def pick() -> None:
            for other, tile in self._tiles.items():
                tile.set(selected=other == value)
            self.view.update()
            await self._acts.answer(self.node.pointer, value)

        return parts.Tile(self._desk, f"choice{self.node.pointer}-{index}", label, pick, compact=True)

    def _make_dropdown(self, node: FieldNode) -> ft.Control:
        async def picked() -> None:
            chosen = {str(option.value): option.value for option in self.node.options}.get(
                self._drop.value or ""
            )
            await self._acts.answer(self.node.pointer, chosen)

        options = [
            (str(option.value), words.label(self._desk.texts, option.label)) for option in node.options
        ]
        view, self._drop = parts.dropdown(
            self._desk, f"field{node.pointer}", self._title(node), options, change=picked, expand=True
        )
        return ft.Column([ft.Row([view]), self._message], spacing=4)

    # ------------------------------------------------------------------ telling
    def _title(self, node: FieldNode) -> str:
        title = words.label(self._desk.texts, node.label)
        return f"{title} *" if node.required else title

    def update(self, node: FieldNode, *, problem: str | None) -> None:
        """Take over visibility, state and the problem; the value only where nobody is typing."""
        self.node, self._problem = node, problem
        self.view.visible = node.visible
        off = not (node.enabled and self._acts.editable)
        if node.kind is FieldKind.CHECKBOX:
            self._check.value, self._check.disabled = bool(node.value), off
        elif self._tiles:
            for value, tile in self._tiles.items():
                tile.set(selected=value == node.value)
                tile.button.disabled = off
            self._caption.value = self._title(node)
        elif node.kind is FieldKind.CHOICE:
            self._drop.value = None if node.value is None else str(node.value)
            self._drop.disabled = off
        else:
            self._text.read_only = off
            self._text.label = self._title(node)
            if not self._has_keyboard and (self._text.value or "") != shown_text(node):
                self._text.value = shown_text(node)
        self._say()

    def saved(self) -> None:
        """Show that the answer is kept."""
        self._saved_mark = True
        self._say()
        self.view.update()

    def _say(self) -> None:
        desk, p = self._desk, self._desk.palette
        say = desk.say
        if self._problem:
            words_, colour = self._problem, p.bad
        elif self._saved_mark:
            words_, colour = f"✓ {say('common.saved')}", p.good
        elif self.node.origin:
            words_, colour = words.choice(desk.texts, "form_origin", self.node.origin), p.quiet
        else:
            help_ = self.node.help
            words_, colour = (words.label(desk.texts, help_) if help_ else ""), p.quiet
        if self.node.kind in (FieldKind.CHECKBOX, FieldKind.CHOICE):
            self._message.value, self._message.color = words_, colour
            self._message.visible = bool(words_)
        else:
            self._text.error = words_ if self._problem else None
            self._text.helper = None if self._problem else words_ or None
            self._text.helper_style = ft.TextStyle(color=colour)

    async def focus(self) -> None:
        """Give this field the keyboard."""
        if self.node.kind is FieldKind.CHECKBOX:
            return
        if self._tiles:
            await self._desk.focus(next(iter(self._tiles.values())).button)
        elif self.node.kind is FieldKind.CHOICE:
            await self._desk.focus(self._drop)
        else:
            await self._desk.focus(self._text)


class GroupBox:
    """A titled stack of boxes."""

    def __init__(self, desk: Frame, node: GroupNode, boxes: Boxes) -> None:
        children: list[ft.Control] = [boxes.view(child) for child in node.children]
        grid = ft.ResponsiveRow(children, spacing=theme.GAP_M, run_spacing=theme.GAP_M)
        if node.label is None:
            self.view = ft.Container(grid, col=_FULL)
        else:
            title = words.label(desk.texts, node.label)
            self.view = ft.Container(parts.card(desk, [grid], title=title), col=_FULL)
        self.update(node)

    def update(self, node: GroupNode) -> None:
        """Show or hide."""
        self.view.visible = node.visible


class ArrayBox:
    """A repeated group: a card an item, a button to add one."""

    def __init__(self, desk: Frame, node: ArrayNode, boxes: Boxes, acts: FormActs) -> None:
        self._desk, self._boxes, self._acts = desk, boxes, acts
        self._items = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._count = -1
        self._message = parts.text("", Style.BODY_SMALL, color=desk.palette.bad)

        async def add() -> None:
            await acts.add(self.node.pointer)

        self._add = parts.Press(
            desk, f"add{node.pointer}", desk.say("form.add_row"), add, kind="tonal", icon=ft.Icons.ADD_ROUNDED
        )
        title = words.label(desk.texts, node.label)
        self.view = ft.Container(
            parts.card(desk, [self._items, self._message, ft.Row([self._add.view])], title=title), col=_FULL
        )
        self.update(node, problem=None)

    def update(self, node: ArrayNode, *, problem: str | None) -> None:
        """Show, hide, and lay items out anew when their number changed."""
        self.node = node
        self.view.visible = node.visible
        self._message.value, self._message.visible = problem or "", bool(problem)
        if len(node.items) != self._count:
            self._count = len(node.items)
            self._items.controls = [self._item(index, item) for index, item in enumerate(node.items)]
        self._add.button.visible = node.can_add and self._acts.editable

    def _item(self, index: int, item: tuple[Node, ...]) -> ft.Control:
        desk = self._desk

        async def remove() -> None:
            await self._acts.remove(self.node.pointer, index)

        name = desk.say(
            "form.row_title", title=words.label(desk.texts, self.node.item_label), number=index + 1
        )
        head: list[ft.Control] = [parts.text(name, Style.TITLE_SMALL, expand=True)]
        if self.node.can_remove and self._acts.editable:
            head.append(
                parts.Press(
                    desk,
                    f"remove{self.node.pointer}-{index}",
                    desk.say("form.remove_row"),
                    remove,
                    kind="text",
                    icon=ft.Icons.DELETE_OUTLINE_ROUNDED,
                ).view
            )
        grid = ft.ResponsiveRow(
            [self._boxes.view(node) for node in item], spacing=theme.GAP_M, run_spacing=theme.GAP_M
        )
        return ft.Container(
            ft.Column([ft.Row(head), grid], spacing=theme.GAP_S),
            bgcolor=desk.palette.ground,
            border_radius=theme.RADIUS_M,
            padding=theme.GAP_M,
        )


class Boxes:
    """All boxes of a form, found again by pointer; groups by their place."""

    def __init__(self, desk: Frame, acts: FormActs) -> None:
        self._desk, self._acts = desk, acts
        self.fields: dict[str, FieldBox] = {}
        self._arrays: dict[str, ArrayBox] = {}
        self._groups: dict[str, GroupBox] = {}

    def view(self, node: Node) -> ft.Control:
        """Return the control of a node, made on first sight."""
        if isinstance(node, FieldNode):
            box = self.fields.get(node.pointer)
            if box is None or box.node.kind is not node.kind:
                box = self.fields[node.pointer] = FieldBox(self._desk, node, self._acts)
            return box.view
        if isinstance(node, ArrayNode):
            array = self._arrays.get(node.pointer)
            if array is None:
                array = self._arrays[node.pointer] = ArrayBox(self._desk, node, self, self._acts)
            return array.view
        key = _group_key(node)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = GroupBox(self._desk, node, self)
        return group.view

    def update(self, nodes: tuple[Node, ...], problems: dict[str, str]) -> None:
        """Tell every box what the form says now.

        Args:
            nodes: the layout after the last answer.
            problems: sentence by pointer, only those to be shown.
        """
        for node in nodes:
            if isinstance(node, FieldNode):
                self.view(node)
                self.fields[node.pointer].update(node, problem=problems.get(node.pointer))
            elif isinstance(node, ArrayNode):
                self.view(node)
                self._arrays[node.pointer].update(node, problem=problems.get(node.pointer))
                for item in node.items:
                    self.update(item, problems)
            else:
                self.view(node)
                self._groups[_group_key(node)].update(node)
                self.update(node.children, problems)


def shown_text(node: FieldNode) -> str:
    """Return an answer as it stands in a text field."""
    if node.value is None:
        return ""
    if node.kind is FieldKind.DATE and isinstance(node.value, str):
        return format_date_vi(node.value)
    return str(node.value)


def _group_key(node: GroupNode) -> str:
    """Return what tells a group from the others: the pointers inside it never change."""
    title = node.label.vi if node.label else ""
    return f"{title}:{_first_pointer(node.children)}"


def _first_pointer(children: tuple[Node, ...]) -> str:
    for child in children:
        if isinstance(child, FieldNode | ArrayNode):
            return child.pointer
        found = _first_pointer(child.children)
        if found:
            return found
    return ""
