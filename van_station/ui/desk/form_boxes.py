"""Controls for the nodes of a form: made once, then told what changed, so that nobody loses the caret."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import flet as ft

from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupKind, GroupNode, Node
from van_station.ui import parts, theme, words
from van_station.ui.desk.form_choices import PaperBox, TickBox, TilesBox, YesNoBox, fits_tiles, is_question
from van_station.ui.desk.form_days import DateBox, PartialDateBox
from van_station.ui.desk.form_field import FULL, QUIET, FieldBox, FormActs, Remark
from van_station.ui.desk.form_items import ArrayBox
from van_station.ui.desk.form_lists import ListBox
from van_station.ui.desk.form_texts import CalculatedBox, TextBox
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

FIRST_FIELDS = 12
"""So many fields fill a usual window; the others of a page follow when these are painted."""
MORE_FIELDS = 24
_KINDS: dict[FieldKind, type[FieldBox]] = {
    FieldKind.ATTACHMENT: PaperBox,
    FieldKind.DATE: DateBox,
    FieldKind.PARTIAL_DATE: PartialDateBox,
    FieldKind.LIST: ListBox,
    FieldKind.CHOICE: ListBox,
    FieldKind.CHECKBOX: TickBox,
}


def field_box(
    desk: Frame, node: FieldNode, acts: FormActs, pledges: frozenset[str] = frozenset()
) -> FieldBox:
    """Return the control for a field."""
    kind: type[FieldBox] = _KINDS.get(node.kind, TextBox)
    if node.read_only and node.kind is not FieldKind.ATTACHMENT:
        kind = CalculatedBox
    elif node.kind is FieldKind.CHOICE and fits_tiles(node):
        kind = TilesBox
    elif is_question(node, pledges):
        kind = YesNoBox
    return kind(desk, node, acts)


class GroupBox:
    """A titled box, a plain stack, fields side by side, or a text."""

    def __init__(self, desk: Frame, node: GroupNode) -> None:
        self._node = node
        self.inside = ft.ResponsiveRow(spacing=theme.GAP_M, run_spacing=theme.GAP_M)
        title = words.label(desk.texts, node.label) if node.label else ""
        note = words.label(desk.texts, node.help) if node.help else ""
        notes: list[ft.Control] = []
        if note:
            notes.append(parts.text(note, Style.BODY_SMALL, color=desk.palette.quiet))
        if node.kind is GroupKind.LABEL:
            inside: ft.Control = parts.text(title, Style.BODY_LARGE, color=desk.palette.quiet)
        elif title:
            inside = parts.card(
                desk, [*notes, self.inside], title=title, padding=theme.GAP_M, spacing=theme.GAP_S
            )
        else:
            inside = ft.Column([*notes, self.inside]) if notes else self.inside
        self.view = ft.Container(inside, col=FULL, visible=node.visible)

    def update(self, node: GroupNode) -> bool:
        """Show or hide. Returns whether that changed."""
        self._node = node
        changed = self.view.visible is not node.visible
        self.view.visible = node.visible
        return changed


class Boxes:
    """All boxes of a form, found again by pointer; groups by their key.

    Args:
        desk: the window.
        acts: what fields may do.
        pledges: yes-or-no fields that only *yes* satisfies.
    """

    def __init__(self, desk: Frame, acts: FormActs, pledges: frozenset[str] = frozenset()) -> None:
        self._desk, self._acts, self._pledges = desk, acts, pledges
        self.fields: dict[str, FieldBox] = {}
        self.arrays: dict[str, ArrayBox] = {}
        self._groups: dict[str, GroupBox] = {}
        self._remarks: Mapping[str, Remark] = {}
        self._later: deque[tuple[list[ft.Control], Node]] = deque()
        self._budget = 0

    # ------------------------------------------------------------------ making
    def page(self, nodes: Sequence[Node], into: list[ft.Control] | None = None) -> list[ft.Control]:
        """Return the controls of a page, in a list of their row; the rest of many comes with `more`."""
        made: list[ft.Control] = [] if into is None else into
        self._budget = FIRST_FIELDS
        self._fill(made, tuple(nodes))
        return made

    def more(self) -> bool:
        """Make some more of the controls that wait. Returns whether there were any."""
        if not self._later:
            return False
        self._budget = MORE_FIELDS
        waiting, self._later = self._later, deque()
        while waiting:
            target, node = waiting.popleft()
            self._put(target, node)
        return True

    @property
    def unfinished(self) -> bool:
        """Whether controls wait to be made."""
        return bool(self._later)

    def _fill(self, target: list[ft.Control], nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            self._put(target, node)

    def _put(self, target: list[ft.Control], node: Node) -> None:
        if self._budget <= 0:
            self._later.append((target, node))
        else:
            target.append(self.view(node))

    def view(self, node: Node) -> ft.Control:
        """Return the control of a node, made on first sight."""
        if isinstance(node, FieldNode):
            return self._field(node).view
        if isinstance(node, ArrayNode):
            array = self.arrays.get(node.pointer)
            if array is None:
                array = ArrayBox(self._desk, node, self._fill, self._acts)
                self.arrays[node.pointer] = array
                array.update(node, self._remarks.get(node.pointer, QUIET))
            return array.view
        group = self._groups.get(node.key)
        if group is None:
            group = self._groups[node.key] = GroupBox(self._desk, node)
            self._fill(group.inside.controls, node.children)
            if node.kind is GroupKind.HORIZONTAL:
                _side_by_side(group.inside)
        return group.view

    def _field(self, node: FieldNode) -> FieldBox:
        box = self.fields.get(node.pointer)
        if box is None or box.node.kind is not node.kind:
            box = self.fields[node.pointer] = field_box(self._desk, node, self._acts, self._pledges)
            box.update(node, self._remarks.get(node.pointer, QUIET))
            self._budget -= node.visible
        return box

    # ------------------------------------------------------------------ telling
    def update(self, nodes: Sequence[Node], remarks: Mapping[str, Remark]) -> tuple[list[ft.Control], bool]:
        """Tell every box that was made what the form says now.

        Args:
            nodes: of the page that is shown, or of another one, after the last answer.
            remarks: what to say at fields, by pointer.

        Returns:
            What looks different, and whether more than fields changed: groups came, went or got items.
        """
        self._remarks = remarks
        grown = self.unfinished
        while self.more():
            pass
        changed: list[ft.Control] = []
        return changed, self._tell(nodes, changed) or grown

    def _tell(self, nodes: Sequence[Node], changed: list[ft.Control]) -> bool:
        outer = False
        for node in nodes:
            if isinstance(node, FieldNode):
                box = self.fields.get(node.pointer)
                if box is None:
                    continue
                seen = box.view.visible
                if box.update(node, self._remarks.get(node.pointer, QUIET)):
                    changed.append(box.view)
                    outer = outer or box.view.visible is not seen
            elif isinstance(node, ArrayNode):
                array = self.arrays.get(node.pointer)
                if array is None:
                    continue
                if array.update(node, self._remarks.get(node.pointer, QUIET)):
                    changed.append(array.view)
                    outer = True
                for item in node.items:
                    outer = self._tell(item, changed) or outer
            else:
                group = self._groups.get(node.key)
                if group is not None and group.update(node):
                    changed.append(group.view)
                    outer = True
                outer = self._tell(node.children, changed) or outer
        return outer


def _side_by_side(row: ft.ResponsiveRow) -> None:
    """Give children that stand beside each other equal columns, two at least in a usual window."""
    share = max(12 // max(len(row.controls), 1), 3)
    for each in row.controls:
        each.col = {"xs": 12, "md": max(share, 6) if share < 4 else share}
