"""Closing the day (*kết ca*): one balance everybody can check, the tables, the files, the signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from van_station.rules.tallies import DossierCount
from van_station.services.reports import Format, TallyView
from van_station.services.trips import TripView
from van_station.ui import dialogs, parts, theme
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

_FORMATS: tuple[tuple[Format, str, ft.IconData], ...] = (
    ("xlsx", "close.export_xlsx", ft.Icons.TABLE_VIEW_OUTLINED),
    ("csv", "close.export_csv", ft.Icons.NOTES_ROUNDED),
    ("pdf", "close.export_pdf", ft.Icons.PICTURE_AS_PDF_OUTLINED),
)


class CloseScreen(Screen):
    """The open trip's figures, or the last one's when it is closed."""

    kinds = frozenset({"dossier", "payment", "receipt_row", "ticket", "trip"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._trip: TripView | None = None
        self._tally: TallyView | None = None
        self._main: ft.Control | None = None
        self._offers: dict[str, str] = {}
        self._body = ft.Column(
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self.view = self._body

    async def enter(self, where: Where) -> None:
        """Load the figures."""
        self._offers.clear()
        self._tally = None
        self._body.controls = [parts.loading(self.desk)]
        self._body.update()
        await self._load()
        await self.focus()

    async def focus(self) -> None:
        """Give the keyboard to closing, or to signing out afterwards."""
        if self._main is not None:
            await self.desk.focus(self._main)

    async def changed(self, kinds: frozenset[str]) -> None:
        """The figures moved."""
        await self._load()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 closes the day."""
        if event.key == "F9" and self._trip is not None and self._trip.state == "open":
            await self._ask()
            return True
        return False

    async def _load(self) -> None:
        desk = self.desk
        trip = await desk.run(desk.work.trips.current)
        if trip is None:
            recent = await desk.run(desk.work.trips.recent)
            trip = recent[0] if recent else None
        self._trip = trip
        if trip is None:
            self._body.controls = [
                parts.card(
                    desk, [parts.empty(desk, ft.Icons.FACT_CHECK_OUTLINED, desk.say("trip.none_open"))]
                )
            ]
        else:
            tally = await desk.run(desk.work.reports.tally, trip.id, desk.texts)
            if tally == self._tally:
                return  # whoever has the keyboard keeps it
            self._tally = tally
            self._draw(tally)
        self._body.update()

    # ------------------------------------------------------------------ drawing
    def _draw(self, tally: TallyView) -> None:
        sections: list[ft.Control] = [
            ft.Container(self._section(section), col={"xs": 12, "lg": 12 if len(section.columns) > 3 else 6})
            for section in tally.sections
        ]
        self._body.controls = [
            self._balance_card(tally),
            *self._hints(tally),
            ft.ResponsiveRow(sections, spacing=theme.GAP_M, run_spacing=theme.GAP_M),
        ]

    def _balance_card(self, tally: TallyView) -> ft.Control:
        desk, say, p = self.desk, self.desk.say, self.desk.palette
        total = tally.day.total
        boxes: list[ft.Control] = [
            self._number(
                "close-captured", total.captured, say("close.captured"), p.primary_soft, p.on_primary_soft
            ),
            self._sign("="),
            self._number(
                "close-acknowledged",
                total.acknowledged,
                say("close.acknowledged"),
                p.good_soft,
                p.on_good_soft,
            ),
            self._sign("+"),
            self._number(
                "close-pending", total.pending, say("close.pending"), p.accent_soft, p.on_accent_soft
            ),
            self._sign("+"),
            self._number("close-voided", total.voided, say("close.voided"), p.raised, p.text),
        ]
        title = f"{tally.trip.place} · {desk.texts.date(tally.trip.day)}"
        return parts.card(
            desk,
            [
                ft.Row(boxes, spacing=theme.GAP_M, vertical_alignment=ft.CrossAxisAlignment.CENTER),
                self._verdict(total),
                ft.Row(self._buttons(tally), wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S),
            ],
            title=title,
            trailing=parts.tid(
                "trip-state", parts.badge(desk, say(f"trip_state.{tally.trip.state}"), "info")
            ),
            padding=theme.GAP_XL,
        )

    def _verdict(self, total: DossierCount) -> ft.Control:
        desk, say = self.desk, self.desk.say
        if total.balanced:
            return parts.notice(
                desk, f"{say('close.balance_ok')}: {say('close.balance')}", "good", identifier="balanced"
            )
        difference = total.captured - total.acknowledged - total.pending - total.voided
        return parts.notice(
            desk, say("close.balance_off", difference=difference), "bad", identifier="balanced"
        )

    def _number(self, identifier: str, count: int, label: str, ground: str, ink: str) -> ft.Control:
        number = parts.text(self.desk.texts.count(count), Style.DISPLAY_MEDIUM, color=ink)
        column = ft.Column(
            [
                parts.tid(identifier, number),
                parts.text(label, Style.LABEL_LARGE, color=ink, text_align=ft.TextAlign.CENTER),
            ],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        return ft.Container(
            column,
            bgcolor=ground,
            border_radius=theme.RADIUS_L,
            padding=ft.Padding.symmetric(horizontal=theme.GAP_L, vertical=theme.GAP_M),
            expand=True,
            alignment=ft.Alignment.CENTER,
        )

    def _sign(self, sign: str) -> ft.Control:
        return parts.text(sign, Style.DISPLAY_SMALL, color=self.desk.palette.quiet)

    def _hints(self, tally: TallyView) -> list[ft.Control]:
        desk, say = self.desk, self.desk.say
        shown: list[ft.Control] = []
        if tally.trip.state != "open":
            shown.append(parts.notice(desk, say("close.signed_out_hint"), "info", identifier="day-closed"))
        if tally.not_sent:
            shown.append(parts.notice(desk, say("close.pending_hint", count=tally.not_sent), "info"))
        if tally.open_tickets and tally.trip.state == "open":
            shown.append(
                parts.notice(
                    desk,
                    say("close.tickets_open", count=tally.open_tickets),
                    "warn",
                    identifier="tickets-open",
                )
            )
        if tally.drafts:
            shown.append(parts.notice(desk, say("close.drafts_open", count=tally.drafts), "warn"))
        return shown

    def _buttons(self, tally: TallyView) -> list[ft.Control]:
        desk, say = self.desk, self.desk.say
        shown: list[ft.Control] = []
        if tally.trip.state == "open":
            close = parts.Press(
                desk,
                "close-day",
                say("close.sign"),
                self._ask,
                kind="filled",
                icon=ft.Icons.DRAW_OUTLINED,
                shortcut="F9",
                big=True,
            )
            shown.append(close.view)
            self._main = close.button
        else:
            leave = parts.Press(
                desk,
                "close-sign-out",
                say("shell.sign_out"),
                desk.sign_out,
                kind="filled",
                icon=ft.Icons.LOGOUT_ROUNDED,
                big=True,
            )
            shown.append(leave.view)
            self._main = leave.button
        for form, key, icon in _FORMATS:
            shown.append(
                parts.Press(
                    desk, f"export-{form}", say(key), None, icon=icon, url=self._address(tally, form)
                ).view
            )
        return shown

    def _address(self, tally: TallyView, form: Format) -> str:
        if form not in self._offers:
            desk, trip_id = self.desk, tally.trip.id
            make = lambda: desk.work.reports.export(desk.me, trip_id, form)  # noqa: E731 -- as short as it says
            self._offers[form] = desk.offer(make, desk.say("close.title"), save=form != "pdf")
        return self._offers[form]

    def _section(self, section: Any) -> ft.Control:
        """Return a table of the tally; drawn by its shape, the figures are ready."""
        desk, p = self.desk, self.desk.palette
        rows = [*section.rows, *([section.totals] if section.totals is not None else [])]
        last = len(section.rows)
        lines: list[ft.Control] = [
            self._cells([column.title for column in section.columns], section, header=True)
        ]
        for index, row in enumerate(rows):
            written = [
                _written(desk, cell, column.kind) for cell, column in zip(row, section.columns, strict=True)
            ]
            lines.append(self._cells(written, section, total=index == last))
        if not rows:
            lines.append(parts.text(desk.say("common.none"), color=p.quiet))
        if section.how:
            lines.append(parts.text(section.how, Style.BODY_SMALL, color=p.quiet))
        return parts.card(desk, lines, title=section.title, spacing=0)

    def _cells(
        self, cells: list[str], section: Any, *, header: bool = False, total: bool = False
    ) -> ft.Control:
        p = self.desk.palette
        style = Style.LABEL_MEDIUM if header else Style.TITLE_SMALL if total else Style.BODY_MEDIUM
        shown: list[ft.Control] = []
        for cell, column in zip(cells, section.columns, strict=True):
            left = column.kind == "text"
            shown.append(
                parts.text(
                    cell,
                    style,
                    expand=3 if left else 1,
                    text_align=ft.TextAlign.LEFT if left else ft.TextAlign.RIGHT,
                    color=p.quiet if header else p.text,
                )
            )
        return ft.Container(
            ft.Row(shown, spacing=theme.GAP_M),
            padding=ft.Padding.symmetric(vertical=8),
            border=ft.Border.only(bottom=ft.BorderSide(1, p.line)),
        )

    # ------------------------------------------------------------------ closing
    async def _ask(self) -> None:
        desk = self.desk
        dialogs.ask(desk, desk.say("close.close_question"), yes=desk.say("close.sign"), act=self._close)

    async def _close(self) -> None:
        desk = self.desk
        if self._trip is None:
            return
        await desk.run(desk.work.reports.close, desk.me, self._trip.id)
        desk.snack(desk.say("close.closed"))
        await self._load()
        await self.focus()


def _written(desk: Desk, cell: Any, kind: str) -> str:
    """Return a cell of a table as people read it."""
    texts = desk.texts
    writers: dict[str, Callable[[Any], str]] = {
        "count": lambda value: texts.count(int(value)),
        "money": lambda value: texts.money(int(value)),
        "percent": lambda value: texts.percent(float(value)),
        "minutes": lambda value: desk.say("common.minutes", minutes=round(float(value))),
        "moment": texts.datetime,
        "date": texts.date,
    }
    return "–" if cell is None else writers.get(kind, str)(cell)
