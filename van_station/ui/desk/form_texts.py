"""Fields to type into: a line, several lines, a number; and answers that the form works out by itself."""

from __future__ import annotations

from typing import Any

import flet as ft

from van_station.rules.form_nodes import FieldKind, FieldNode
from van_station.ui import parts, theme
from van_station.ui.desk.form_field import FieldBox, FormActs
from van_station.ui.desk.form_model import shown_text
from van_station.ui.frame import Frame

_KEYBOARDS = {
    "phone": ft.KeyboardType.PHONE,
    "email": ft.KeyboardType.EMAIL,
    "id_number": ft.KeyboardType.NUMBER,
    "tax_code": ft.KeyboardType.NUMBER,
}


class TextBox(FieldBox):
    """A line, or several, to type into; the name stands above it, so that it may be long."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self.wide = node.kind is FieldKind.MULTILINE or (node.hint == "address" and desk.look.scale < 1.2)
        self._has_keyboard = False
        super().__init__(desk, node, acts)

    def _make(self) -> ft.Control:
        lines = self.node.kind is FieldKind.MULTILINE
        more: dict[str, Any] = {"min_lines": 2, "max_lines": 6} if lines else {}
        _, self._text = parts.field(
            self._desk,
            f"field{self.node.pointer}",
            "",
            value=shown_text(self.node, self._desk.look.language),
            hint=self._hint(),
            change=self._typing,
            act=None if lines else self._done,
            blur=self._left,
            multiline=lines,
            keyboard_type=_KEYBOARDS.get(self.node.hint, self._keys()),
            autocorrect=False,
            dense=self._desk.look.scale < 1.2,
            **more,
        )
        self._text.label = None
        self._text.content_padding = ft.Padding.symmetric(horizontal=14, vertical=13)
        self._text.on_focus = self._focused
        whole = ft.Column([self._head, self._text, self._message], spacing=5)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        # Merged, so that whoever hears the screen hears name, field, help and fault as one thing.
        return ft.MergeSemantics(parts.tid(f"field{self.node.pointer}", whole))

    def _keys(self) -> ft.KeyboardType:
        return ft.KeyboardType.NUMBER if self.node.kind is FieldKind.NUMBER else ft.KeyboardType.TEXT

    def _hint(self) -> str:
        return ""

    @property
    def keyboard(self) -> ft.Control:
        """The line itself."""
        return self._text

    def _take(self) -> None:
        off = self.off
        if self._text.read_only is not off:
            self._text.read_only = off
            p = self._desk.palette
            self._text.fill_color = self._text.bgcolor = p.raised if off else p.card
        shown = shown_text(self.node, self._desk.look.language)
        if not self._has_keyboard and (self._text.value or "") != shown:
            self._text.value = shown

    def _say(self) -> None:
        super()._say()
        p = self._desk.palette
        wrong = self._remark.problem is not None and self._remark.tone == "bad"
        if wrong is not getattr(self, "_wrong", False):
            self._wrong = wrong
            edge = theme.field_border(p)
            if wrong:
                edge[ft.ControlState.DEFAULT] = edge[ft.ControlState.ERROR]
            self._text.border = edge

    # ------------------------------------------------------------------ what people do
    async def _focused(self, _event: object) -> None:
        self._has_keyboard = True
        await self._acts.look(self.node.pointer)

    async def _typing(self) -> None:
        self._kept = False
        await self._acts.typing(self.node.pointer, self._text.value or "")

    async def _done(self) -> None:
        await self._acts.answer(self.node.pointer, self._text.value or "")
        await self._acts.next(self.node.pointer)

    async def _left(self) -> None:
        self._has_keyboard = False
        if not self.off:
            await self._acts.answer(self.node.pointer, self._text.value or "")


class CalculatedBox(FieldBox):
    """An answer that the form works out by itself: shown, never typed."""

    def _make(self) -> ft.Control:
        p = self._desk.palette
        self._shown = parts.text("", parts.Style.BODY_LARGE, selectable=True)
        surface = ft.Container(
            self._shown,
            bgcolor=p.raised,
            border=ft.Border.all(1, p.line),
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        )
        whole = ft.Column([self._head, surface, self._message], spacing=5)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return ft.MergeSemantics(parts.tid(f"field{self.node.pointer}", whole, read_only=True))

    @property
    def keyboard(self) -> None:
        """Nothing to type."""
        return None

    def _take(self) -> None:
        self._shown.value = shown_text(self.node, self._desk.look.language) or "—"
