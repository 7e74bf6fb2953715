"""What every field of a form has: its name, where the answer came from, what is wrong, that it is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, Literal

import flet as ft

from van_station.rules.form_nodes import FieldNode
from van_station.rules.form_options import ListEntry
from van_station.rules.json_values import JsonValue
from van_station.ui import parts, theme, words
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

Tone = Literal["bad", "warn"]
Columns = dict[str | ft.ResponsiveRowBreakpoint, int | float]
FULL: Columns = {"xs": 12}
LARGE_TEXT = 1.4
"""From this text scale on, fields stand below each other in small windows."""


_serials = count()


def anchor(pointer: str) -> str:
    """Return a name to scroll to; never the same twice.

    Flet takes a new control with an old one's key for the old one, and freezes it: the same field of the next
    dossier must not have the same name.
    """
    return f"at{pointer}~{next(_serials)}"


async def _nothing(*_arguments: Any) -> None:
    """Nobody listens."""


async def _no_options(_list_name: str, _query: str) -> tuple[ListEntry, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class FormActs:
    """What the fields may do; all places are JSON pointers into the answers.

    Attributes:
        answer: keep an answer now.
        typing: keep a text when nobody has typed for a moment.
        next: go to the field behind this one.
        look: a field took the keyboard, or "" lost it.
        options: the best entries of a list for some words.
        add, remove, move, duplicate: items of repeated groups.
        papers: go where a component is scanned, by its id.
        reveal: scroll to a field's anchor, so that what opens below it is seen.
        editable: whether anything may be changed.
    """

    answer: Callable[[str, JsonValue], Awaitable[Any]] = _nothing
    typing: Callable[[str, str], Awaitable[None]] = _nothing
    next: Callable[[str], Awaitable[None]] = _nothing
    look: Callable[[str], Awaitable[None]] = _nothing
    options: Callable[[str, str], Awaitable[tuple[ListEntry, ...]]] = _no_options
    add: Callable[[str], Awaitable[None]] = _nothing
    remove: Callable[[str, int], Awaitable[None]] = _nothing
    move: Callable[[str, int, int], Awaitable[None]] = _nothing
    duplicate: Callable[[str, int], Awaitable[None]] = _nothing
    papers: Callable[[str], Awaitable[None]] = _nothing
    reveal: Callable[[str], Awaitable[None]] = _nothing
    editable: bool = True


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said below a field.

    Attributes:
        problem: a sentence, None when nothing is wrong.
        tone: `bad` stops the dossier, `warn` asks to look again.
        day: of the earlier dossier that the answer came from, or of the guidance.
        paper: (component id, pages scanned) for an answer that stands for a paper.
    """

    problem: str | None = None
    tone: Tone = "bad"
    day: date | None = None
    paper: tuple[str, int] | None = field(default=None)


QUIET = Remark()


class FieldBox:
    """One field. `update` changes what the service says, never what is being typed."""

    wide = False
    """Whether it takes a whole row."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self._desk, self._acts, self.node = desk, acts, node
        self._remark = QUIET
        self._kept = False
        self._label = parts.text(self.title, Style.LABEL_LARGE, expand=True, expand_loose=True)
        self._origin = Origin(desk)
        self._message = parts.text("", Style.BODY_SMALL, visible=False)
        self._head = ft.Row(
            [self._label, self._origin.view],
            spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.END,
        )
        self.control: ft.Control = self._make()
        self.anchor = anchor(node.pointer)
        key = ft.ScrollKey(self.anchor)  # type: ignore[call-arg]  # Flet's decorator hides the constructor
        self.view = ft.Container(self.control, col=FULL if self.wide else half(desk), key=key)
        self._show()

    # ------------------------------------------------------------------ for each kind
    def _make(self) -> ft.Control:
        """Return the control, label and message included; called once."""
        raise NotImplementedError

    def _take(self) -> None:
        """Show the node's answer and whether it may be changed."""
        raise NotImplementedError

    @property
    def keyboard(self) -> ft.Control | None:
        """What takes the keyboard; None when nothing does."""
        raise NotImplementedError

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Use a key while this field has the keyboard."""
        return False

    # ------------------------------------------------------------------ for all
    @property
    def name(self) -> str:
        """The field's name in the window's language."""
        return words.label(self._desk.texts, self.node.label)

    @property
    def title(self) -> str:
        """The name, marked when an answer is needed."""
        return f"{self.name} *" if self.node.required else self.name

    @property
    def off(self) -> bool:
        """Whether it can't be changed now."""
        return not (self.node.enabled and self._acts.editable)

    def update(self, node: FieldNode, remark: Remark = QUIET) -> bool:
        """Take over what the service says. Returns whether anything looks different."""
        if node == self.node and remark == self._remark:
            return False
        if remark.problem:
            self._kept = False
        self.node, self._remark = node, remark
        self._show()
        return True

    def kept(self) -> bool:
        """Show that the answer is on the disk. Returns whether anything looks different."""
        changed, self._kept = not self._kept, True
        self._say()
        return changed

    async def focus(self) -> None:
        """Give this field the keyboard."""
        if self.keyboard is not None:
            await self._desk.focus(self.keyboard)

    def _show(self) -> None:
        self.view.visible = self.node.visible
        self._label.value = self.title
        self._take()
        self._say()

    def _say(self) -> None:
        """Write the line below: what is wrong, else what helps; and the chip beside the name."""
        self._origin.show(self.node, self._remark.day, kept=self._kept)
        text, colour = self._sentence()
        self._message.value, self._message.color = text, colour
        self._message.visible = bool(text)

    def _sentence(self) -> tuple[str, str]:
        p = self._desk.palette
        if self._remark.problem:
            return self._remark.problem, p.bad if self._remark.tone == "bad" else p.accent
        help_ = self.node.help
        return (words.label(self._desk.texts, help_) if help_ else ""), p.quiet


class Origin:
    """A chip beside a field's name: where its answer came from, or that it is kept."""

    def __init__(self, desk: Frame) -> None:
        self._desk = desk
        self._icon = ft.Icon(ft.Icons.CHECK_ROUNDED, size=16 * min(desk.look.scale, 1.5))
        self._words = parts.text("", Style.LABEL_SMALL)
        self.view = ft.Container(
            ft.Row([self._icon, self._words], spacing=4, tight=True),
            border_radius=999,
            padding=ft.Padding.symmetric(horizontal=8, vertical=1),
            visible=False,
        )

    def show(self, node: FieldNode, day: date | None, *, kept: bool) -> None:
        """Say it; nothing for an answer that somebody typed here earlier."""
        desk, p = self._desk, self._desk.palette
        how = "saved" if kept else ("calculated" if node.read_only and not node.component else node.origin)
        if not how or (node.value is None and how != "saved"):
            self.view.visible = False
            return
        if how in ("earlier", "told") and day is not None:
            self._words.value = desk.say(f"form_origin.{how}_on", day=day)
        else:
            self._words.value = (
                desk.say("common.saved") if kept else words.choice(desk.texts, "form_origin", how)
            )
        tip = f"form_origin_tip.{how}"
        self.view.tooltip = desk.say(tip) if tip in desk.texts else None
        self._icon.icon = _ICONS.get(how, ft.Icons.EDIT_OUTLINED)
        ground, ink = theme.tone_colours(p, "good" if kept else "info")
        self.view.bgcolor = ground
        self._icon.color = self._words.color = ink
        self.view.visible = True


_ICONS: dict[str, ft.IconData] = {
    "saved": ft.Icons.CHECK_ROUNDED,
    "card": ft.Icons.BADGE_OUTLINED,
    "chip": ft.Icons.CONTACTLESS_OUTLINED,
    "intake": ft.Icons.PERSON_OUTLINE_ROUNDED,
    "earlier": ft.Icons.HISTORY_ROUNDED,
    "told": ft.Icons.RECORD_VOICE_OVER_OUTLINED,
    "calculated": ft.Icons.CALCULATE_OUTLINED,
    "default": ft.Icons.AUTO_AWESOME_OUTLINED,
}


def half(desk: Frame) -> Columns:
    """Return the columns of a field of usual length."""
    if desk.look.scale >= LARGE_TEXT:
        return {"xs": 12, "xl": 6}
    return {"xs": 12, "md": 6}
