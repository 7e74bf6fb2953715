"""The list of procedures (*thủ tục*): search, fields of life with pictures, and a row for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.access import Act, may
from van_station.services.catalogue import ProcedureCard, SuccessorView
from van_station.ui import parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk import procedure_words
from van_station.ui.desk.procedures_state import ProceduresState, domains, in_domain
from van_station.ui.parts import Style
from van_station.ui.session import Desk

MOST = 500
Opened = Callable[[str], Awaitable[None]]


class ProcedureList:
    """Everything the catalogue knows, found by everyday words.

    Args:
        desk: the window.
        opened: gets the code of the procedure that was chosen.
    """

    def __init__(self, desk: Desk, opened: Opened) -> None:
        self._desk, self._opened = desk, opened
        self._latest = Latest(0.15)
        self._cards: tuple[ProcedureCard, ...] = ()
        self._rows: dict[str, tuple[ProcedureCard, ft.OutlinedButton, ft.Control]] = {}
        self._choices: tuple[str, ...] = ()
        self._tiles: dict[str, parts.Tile] = {}
        line, self._field = parts.field(
            desk,
            "procedure-search",
            desk.say("procedures.search"),
            value=self._state.query,
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._typed,
            act=self._first,
            autofocus=True,
        )
        self._filter = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._hint = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        self._list = ft.ListView(expand=True, spacing=theme.GAP_S)
        self._count = parts.text("", Style.BODY_SMALL, color=desk.palette.quiet)
        self._edition = parts.text("", Style.BODY_SMALL, color=desk.palette.quiet)
        self.view = ft.Column(
            [parts.card(desk, [line, self._filter], padding=16), self._hint, self._list, self._foot()],
            spacing=theme.GAP_M,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    @property
    def _state(self) -> ProceduresState:
        return self._desk.state(ProceduresState)

    def _foot(self) -> ft.Control:
        row: list[ft.Control] = [
            parts.tid("procedure-count", self._count),
            parts.tid("edition", self._edition),
        ]
        if may(self._desk.me.role, Act.INSTALL_CATALOGUE):
            label = self._desk.say("procedures.editions")
            icon = ft.Icons.LIBRARY_BOOKS_OUTLINED
            row.append(
                parts.Press(self._desk, "to-editions", label, self._to_editions, kind="text", icon=icon).view
            )
        return ft.Row(row, spacing=theme.GAP_L, wrap=True, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)

    async def _to_editions(self) -> None:
        await self._desk.go("editions")

    # ------------------------------------------------------------------ finding
    async def load(self) -> None:
        """Find what the search line and the filter say, and draw it."""
        desk, state = self._desk, self._state
        found = await desk.run(desk.work.catalogue.search, state.query, MOST)
        gone = await desk.run(desk.work.catalogue.successor, state.query.strip()[:40])
        if not self._choices:
            self._choices = domains(await desk.run(desk.work.catalogue.search, "", MOST))
            self._draw_filter()
        self._cards = in_domain(found, state.domain, self._choices)
        self._draw(gone)

    async def renew(self) -> None:
        """Another edition came into force."""
        self._choices, self._rows = (), {}
        await self.load()

    async def focus(self) -> None:
        """Give the keyboard to the search line."""
        await self._desk.focus(self._field)

    async def focus_first(self) -> None:
        """Give the keyboard to the first procedure found."""
        if self._cards:
            await self._desk.focus(self._rows[self._cards[0].code][1])

    async def _typed(self) -> None:
        self._state.query = self._field.value or ""
        if await self._latest.settled():
            await self.load()

    async def _first(self) -> None:
        text = self._field.value or ""
        if self._desk.work.intake.looks_like_card(text):
            self._field.value = self._state.query = ""
            self._desk.snack(self._desk.say("procedures.card_elsewhere"), tone="info")
            await self.load()
            self.view.update()
            return
        self._state.query = text
        self._latest.drop()
        await self.load()
        if self._cards:
            await self._opened(self._cards[0].code)

    # ------------------------------------------------------------------ drawing
    def _draw(self, gone: SuccessorView | None) -> None:
        desk, state = self._desk, self._state
        edition = desk.work.catalogue.edition
        self._hint.controls = [self._gone(gone)] if gone is not None else []
        self._hint.visible = gone is not None
        self._list.controls = [self._kept_row(card) for card in self._cards]
        if not self._cards and gone is None:
            key = "procedures.none_in_domain" if state.domain else "common.search_nothing"
            sentence = desk.texts.fill(key, {"query": state.query.strip()})
            self._list.controls = [parts.empty(desk, ft.Icons.SEARCH_OFF_ROUNDED, sentence)]
        self._count.value = desk.say("procedures.count", count=len(self._cards))
        self._edition.value = desk.say(
            "procedures.edition", version=edition.version, issued_on=edition.issued_on
        )
        self.view.update()

    def _draw_filter(self) -> None:
        self._tiles = {domain: self._domain_tile(domain) for domain in ("", *self._choices)}
        self._filter.controls = [tile.view for tile in self._tiles.values()]

    def _domain_tile(self, domain: str) -> parts.Tile:
        desk = self._desk

        async def pick() -> None:
            self._state.domain = domain
            for other, tile in self._tiles.items():
                tile.set(selected=other == domain)
            await self.load()

        tile = parts.Tile(
            desk,
            f"domain-{domain or 'all'}",
            procedure_words.domain_name(desk, domain),
            pick,
            icon=procedure_words.domain_icon(domain),
            compact=True,
        )
        tile.set(selected=self._state.domain == domain)
        return tile

    def _gone(self, gone: SuccessorView) -> ft.Control:
        desk = self._desk
        words_of_it = {
            "code": gone.code,
            "name": gone.name,
            "reason": words.either(desk.texts, gone.reason_vi, gone.reason_en),
            "successor": f"{gone.successor} {gone.successor_name}",
        }
        key = "procedures.replaced" if gone.successor else "procedures.repealed"
        return parts.notice(desk, desk.texts.fill(key, words_of_it), "warn", identifier="procedure-gone")

    def _kept_row(self, card: ProcedureCard) -> ft.Control:
        kept = self._rows.get(card.code)
        if kept is None or kept[0] != card:
            self._rows[card.code] = kept = (card, *self._row(card))
        return kept[2]

    def _row(self, card: ProcedureCard) -> tuple[ft.OutlinedButton, ft.Control]:
        desk, p = self._desk, self._desk.palette

        async def open_it() -> None:
            await self._opened(card.code)

        authority = words.either(desk.texts, card.authority, card.authority_en)
        content = ft.Row(
            [
                ft.Icon(
                    procedure_words.domain_icon(card.domain),
                    color=p.primary,
                    size=28 * min(desk.look.scale, 1.5),
                ),
                ft.Column(
                    [
                        parts.text(
                            words.either(desk.texts, card.name, card.name_en),
                            Style.TITLE_MEDIUM,
                            color=p.text,
                        ),
                        parts.text(f"{card.code} · {authority}", Style.BODY_SMALL, color=p.quiet),
                    ],
                    spacing=2,
                    expand=7,
                ),
                self._time_and_fee(card),
                ft.Row(self._marks(card), spacing=6, run_spacing=4, wrap=True, expand=3),
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
        return button, parts.tid(f"procedure-{card.code}", button)

    def _time_and_fee(self, card: ProcedureCard) -> ft.Control:
        desk, p = self._desk, self._desk.palette
        facts = (
            (
                ft.Icons.SCHEDULE_ROUNDED,
                procedure_words.time_limit(desk, card.time_value, card.time_unit),
            ),
            (ft.Icons.PAYMENTS_OUTLINED, procedure_words.card_fee(desk, card)),
        )
        rows: list[ft.Control] = [
            ft.Row(
                [
                    ft.Icon(icon, size=18 * min(desk.look.scale, 1.5), color=p.quiet),
                    parts.text(fact, Style.BODY_SMALL, color=p.text, expand=True),
                ],
                spacing=6,
            )
            for icon, fact in facts
        ]
        return ft.Column(rows, spacing=2, expand=3)

    def _marks(self, card: ProcedureCard) -> list[ft.Control]:
        desk = self._desk
        marks: list[ft.Control] = []
        if card.replaces:
            marks.append(
                parts.badge(
                    desk,
                    desk.say("procedures.replaces", code=card.replaces),
                    "info",
                    ft.Icons.SWAP_HORIZ_ROUNDED,
                )
            )
        if card.unverified:
            marks.append(
                parts.badge(
                    desk,
                    desk.say("procedures.unverified_mark"),
                    "warn",
                    ft.Icons.PRIORITY_HIGH_ROUNDED,
                )
            )
        return marks
