"""Dossiers (*hồ sơ*): find one, see how all stand."""

from __future__ import annotations

import flet as ft

from van_station.rules.dossiers import DossierState
from van_station.services.dossier_views import DossierLine
from van_station.ui import parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.business_hits import BusinessHits
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

STATE_TONES: dict[DossierState, theme.Tone] = {
    DossierState.DRAFT: "neutral",
    DossierState.READY: "info",
    DossierState.QUEUED: "warn",
    DossierState.ACKNOWLEDGED: "good",
    DossierState.SUPPLEMENT: "bad",
    DossierState.DONE: "good",
    DossierState.VOIDED: "neutral",
}
STATE_ICONS: dict[DossierState, ft.IconData] = {
    DossierState.DRAFT: ft.Icons.EDIT_NOTE_ROUNDED,
    DossierState.READY: ft.Icons.TASK_OUTLINED,
    DossierState.QUEUED: ft.Icons.OUTBOX_OUTLINED,
    DossierState.ACKNOWLEDGED: ft.Icons.VERIFIED_OUTLINED,
    DossierState.SUPPLEMENT: ft.Icons.ASSIGNMENT_RETURN_OUTLINED,
    DossierState.DONE: ft.Icons.CHECK_CIRCLE_ROUNDED,
    DossierState.VOIDED: ft.Icons.BLOCK_ROUNDED,
}
_FILTERS: tuple[DossierState | None, ...] = (
    None,
    DossierState.DRAFT,
    DossierState.QUEUED,
    DossierState.ACKNOWLEDGED,
    DossierState.SUPPLEMENT,
    DossierState.VOIDED,
)
PAGE = 100


def state_badge(desk: Desk, state: DossierState) -> ft.Control:
    """Return the coloured word for a dossier's state."""
    return parts.badge(
        desk, words.choice(desk.texts, "dossier_state", state.value), STATE_TONES[state], STATE_ICONS[state]
    )


class DossiersScreen(Screen):
    """A search line, states to choose from, and the list, newest first."""

    kinds = frozenset({"dossier", "outbox_item", "stored_file"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._state: DossierState | None = None
        self._latest = Latest(0.15)
        search, self._search = parts.field(
            desk,
            "dossier-search",
            desk.say("dossier.search"),
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._typed,
            act=self._first,
            autofocus=True,
        )
        self._tiles = {state: self._tile(state) for state in _FILTERS}
        self._businesses = BusinessHits(desk)
        self._list = ft.ListView(expand=True, spacing=theme.GAP_S)
        self._lines: tuple[DossierLine, ...] = ()
        self._rows: dict[str, tuple[DossierLine, ft.Control]] = {}
        self.view = ft.Column(
            [
                parts.card(
                    desk,
                    [
                        search,
                        ft.Row(
                            [tile.view for tile in self._tiles.values()],
                            wrap=True,
                            spacing=theme.GAP_S,
                            run_spacing=theme.GAP_S,
                        ),
                    ],
                ),
                self._businesses.view,
                self._list,
            ],
            spacing=theme.GAP_M,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def _tile(self, state: DossierState | None) -> parts.Tile:
        desk = self.desk

        async def pick() -> None:
            self._state = state
            for other, tile in self._tiles.items():
                tile.set(selected=other is state)
            await self._load()
            self.view.update()

        name = words.choice(desk.texts, "dossier_state", state.value) if state else desk.say("common.all")
        tile = parts.Tile(desk, f"state-{state.value if state else 'all'}", name, pick, compact=True)
        tile.set(selected=state is None)
        return tile

    async def enter(self, where: Where) -> None:
        """Load the list."""
        self._list.controls = [parts.loading(self.desk)]
        self._list.update()
        await self._load()
        await self.focus()

    async def focus(self) -> None:
        """Give the keyboard to the search line."""
        await self.desk.focus(self._search)

    async def changed(self, kinds: frozenset[str]) -> None:
        """A dossier moved on, here or elsewhere."""
        await self._load()

    async def _typed(self) -> None:
        if await self._latest.settled():
            await self._load()

    async def _first(self) -> None:
        if self._lines:
            await self.desk.go("dossier", id=self._lines[0].id)
        else:
            await self._businesses.open_first()

    async def _load(self) -> None:
        desk = self.desk
        text = self._search.value or ""
        self._lines = await desk.run(desk.work.dossiers.find, text, self._state, PAGE)
        businesses = await self._businesses.find(text if self._state is None else "")
        rows = {line.id: self._kept_row(line) for line in self._lines}
        self._rows = {line.id: (line, rows[line.id]) for line in self._lines}
        self._list.controls = list(rows.values())
        if not self._lines and not businesses:
            sentence = (
                desk.say("common.search_nothing", query=text)
                if text.strip()
                else desk.say("dossier.list_empty")
            )
            self._list.controls = [parts.empty(desk, ft.Icons.FOLDER_OFF_OUTLINED, sentence)]
        self.view.update()

    def _kept_row(self, line: DossierLine) -> ft.Control:
        """Return the row that stands already where nothing about it changed; it may have the keyboard."""
        kept = self._rows.get(line.id)
        return kept[1] if kept is not None and kept[0] == line else self._row(line)

    def _row(self, line: DossierLine) -> ft.Control:
        desk, p = self.desk, self.desk.palette

        async def open_it() -> None:
            await desk.go("dossier", id=line.id)

        marks: list[ft.Control] = [state_badge(desk, line.state)]
        if line.platform_status is not None:
            marks.append(
                parts.badge(desk, words.choice(desk.texts, "platform_status", line.platform_status), "info")
            )
        if line.outbox_reason:
            marks.append(
                parts.badge(desk, desk.say("outbox_state.parked"), "bad", ft.Icons.REPORT_PROBLEM_OUTLINED)
            )
        content = ft.Row(
            [
                ft.Column(
                    [
                        parts.text(line.person_name, Style.TITLE_MEDIUM, color=p.text),
                        parts.text(
                            words.either(desk.texts, line.procedure_name, line.procedure_name_en),
                            Style.BODY_SMALL,
                            color=p.quiet,
                            max_lines=1,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                    ],
                    spacing=2,
                    expand=5,
                ),
                ft.Column(
                    [
                        parts.text(line.number, Style.LABEL_LARGE, color=p.primary),
                        parts.text(desk.texts.datetime(line.created_at), Style.BODY_SMALL, color=p.quiet),
                    ],
                    spacing=2,
                    expand=4,
                ),
                ft.Container(
                    parts.text(
                        desk.say("dossier.component_pages", count=line.pages), Style.BODY_SMALL, color=p.quiet
                    ),
                    width=desk.size(72),
                ),
                ft.Row(marks, spacing=6, run_spacing=4, wrap=True, expand=4),
                ft.Icon(ft.Icons.CHEVRON_RIGHT_ROUNDED, color=p.quiet),
            ],
            spacing=theme.GAP_L,
        )
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.card
        look.side = {
            ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus),
            ft.ControlState.DEFAULT: ft.BorderSide(1, p.line),
        }
        button = ft.OutlinedButton(content=content, on_click=desk.on(open_it), style=look)
        return parts.tid(f"dossier-{line.number}", button)
