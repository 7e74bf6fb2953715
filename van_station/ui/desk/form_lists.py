"""One of many answers: type a few letters, with or without marks; only the hits travel to the window."""

from __future__ import annotations

import flet as ft

from van_station.rules.form_nodes import FieldKind, FieldNode, Option
from van_station.rules.form_options import ListEntry, OptionList, search_options
from van_station.ui import parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.form_field import FieldBox, FormActs
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

HITS = 8
SEARCH_S = 0.12


class ListBox(FieldBox):
    """A line to search with; arrows go through the hits, Enter takes one, Esc leaves all as it was."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self._hits: tuple[Option, ...] = ()
        self._at = 0
        self._latest = Latest(SEARCH_S)
        self._has_keyboard = False
        self._local = _as_list(node) if node.kind is FieldKind.CHOICE else None
        super().__init__(desk, node, acts)

    def _make(self) -> ft.Control:
        _, self._text = parts.field(
            self._desk,
            f"field{self.node.pointer}",
            "",
            hint=self._desk.say("form.list_hint"),
            change=self._typed,
            act=self._entered,
            blur=self._left,
            autocorrect=False,
            dense=self._desk.look.scale < 1.2,
        )
        self._text.label = None
        self._text.content_padding = ft.Padding.symmetric(horizontal=14, vertical=13)
        self._text.suffix_icon = ft.Icons.UNFOLD_MORE_ROUNDED
        self._text.on_focus = self._focused
        self._panel = ft.Column(spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._news = parts.text("", Style.LABEL_SMALL, color=self._desk.palette.quiet)
        self._drawer = ft.Container(
            ft.Column(
                [parts.tid(f"hits{self.node.pointer}", self._news, live_region=True), self._panel],
                spacing=4,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=self._desk.palette.card,
            border=ft.Border.all(2, self._desk.palette.primary),
            border_radius=theme.RADIUS_M,
            padding=8,
            visible=False,
        )
        line = ft.Column([self._head, self._text, self._message], spacing=5)
        line.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        merged = ft.MergeSemantics(parts.tid(f"field{self.node.pointer}", line))
        whole = ft.Column([merged, self._drawer], spacing=4)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return whole

    @property
    def keyboard(self) -> ft.Control:
        """The line itself."""
        return self._text

    @property
    def is_open(self) -> bool:
        """Whether hits are shown."""
        return bool(self._drawer.visible)

    def _take(self) -> None:
        self._text.read_only = self.off
        p = self._desk.palette
        self._text.fill_color = self._text.bgcolor = p.raised if self.off else p.card
        if not self._has_keyboard:
            self._text.value = self._shown()

    def _shown(self) -> str:
        node = self.node
        if node.answer_label is not None:
            return words.label(self._desk.texts, node.answer_label)
        return "" if node.value is None else str(node.value)

    def _say(self) -> None:
        super()._say()
        edge = theme.field_border(self._desk.palette)
        if self._remark.problem is not None and self._remark.tone == "bad":
            edge[ft.ControlState.DEFAULT] = edge[ft.ControlState.ERROR]
        self._text.border = edge

    # ------------------------------------------------------------------ searching
    async def search(self, query: str) -> None:
        """Look up hits for some words and show them."""
        if self._local is not None:
            entries = search_options(self._local, query, HITS if query else len(self._local))
            by_code = {str(option.value): option for option in self.node.options}
            self._hits = tuple(by_code[entry.code] for entry in entries)
        else:
            entries = await self._acts.options(self.node.list_name, query)
            self._hits = tuple(Option(entry.code, entry.label) for entry in entries)
        self._at, was_open = 0, self.is_open
        self._draw()
        if not was_open:
            await self._acts.reveal(self.anchor)

    def _draw(self) -> None:
        desk = self._desk
        self._rows = [self._row(index, hit) for index, hit in enumerate(self._hits)]
        self._panel.controls = list[ft.Control](self._rows)
        self._mark()
        self._drawer.visible = True
        self._news.value = (
            desk.say("form.list_hits", count=len(self._hits)) if self._hits else desk.say("form.list_nothing")
        )
        self.view.update()

    def _row(self, index: int, hit: Option) -> ft.Control:
        async def take() -> None:
            self._at = index
            await self._choose()

        label = parts.text(words.label(self._desk.texts, hit.label), Style.BODY_LARGE, expand=True)
        button = ft.TextButton(content=ft.Row([label]), on_click=self._desk.on(take))
        view = parts.tid(f"hit{self.node.pointer}-{index}", button)
        view.data = (button, label)
        return view

    def _mark(self) -> None:
        p = self._desk.palette
        for index, view in enumerate(self._panel.controls):
            button, label = view.data
            here = index == self._at
            look = theme.button_style(p, "text")
            look.padding = ft.Padding.symmetric(horizontal=12, vertical=12)
            look.bgcolor = p.primary_soft if here else p.card
            button.style = look
            label.color = p.on_primary_soft if here else p.text
            if isinstance(view, ft.Semantics):
                view.selected = here

    def _close(self) -> None:
        self._hits = ()
        self._drawer.visible = False
        self._panel.controls = []

    # ------------------------------------------------------------------ what people do
    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Arrows go through the hits, Esc closes them; Alt+Down opens them."""
        if self.off:
            return False
        if event.key == "Arrow Down" and not self.is_open:
            typed = self._text.value or ""
            await self.search("" if event.alt or typed == self._shown() else typed)
            return True
        if self.is_open and event.key in ("Arrow Down", "Arrow Up") and self._hits:
            self._at = (self._at + (1 if event.key == "Arrow Down" else -1)) % len(self._hits)
            self._mark()
            self._news.value = words.label(self._desk.texts, self._hits[self._at].label)
            self._drawer.update()
            return True
        if self.is_open and event.key == "Escape":
            self._close()
            self._text.value = self._shown()
            self.view.update()
            return True
        return False

    async def _focused(self, _event: object) -> None:
        self._has_keyboard = True
        await self._acts.look(self.node.pointer)

    async def _typed(self) -> None:
        if not await self._latest.settled():
            return
        query = (self._text.value or "").strip()
        if query:
            await self.search(query)
        else:
            self._close()
            self.view.update()
            await self._acts.answer(self.node.pointer, None)

    async def _entered(self) -> None:
        self._latest.drop()
        typed = (self._text.value or "").strip()
        if typed and typed != self._shown():
            if not self.is_open:
                await self.search(typed)
            if self._hits:
                await self._choose()
            return
        self._close()
        await self._acts.next(self.node.pointer)

    async def _choose(self) -> None:
        hit = self._hits[self._at]
        self._latest.drop()
        self._close()
        self._text.value = words.label(self._desk.texts, hit.label)
        self._has_keyboard = False
        self.view.update()
        await self._acts.answer(self.node.pointer, hit.value)
        await self._acts.next(self.node.pointer)

    async def _left(self) -> None:
        """A press on a hit takes the keyboard away first: what was typed stays until then."""
        self._has_keyboard = False
        if not self.is_open and not self.off:
            await self._settle()

    async def leave(self) -> None:
        """The keyboard is at another field: take what is typed when it can only mean one thing."""
        if self.is_open:
            await self._settle()
            self._close()
            self.view.update()

    async def _settle(self) -> None:
        typed = (self._text.value or "").strip()
        if typed == self._shown():
            return
        if len(self._hits) == 1:
            await self._acts.answer(self.node.pointer, self._hits[0].value)
        elif not typed:
            await self._acts.answer(self.node.pointer, None)
        else:
            self._text.value = self._shown()


def _as_list(node: FieldNode) -> OptionList:
    return OptionList([ListEntry(str(option.value), option.label) for option in node.options])
