"""Dates: typed in any usual way, picked from a calendar, or known only in part, as a lunar year."""

from __future__ import annotations

from datetime import date, datetime

import flet as ft

from van_station.rules.form_dates import parse_date_vi
from van_station.rules.form_lunar import lunar_year_name
from van_station.rules.form_nodes import FieldNode
from van_station.rules.form_partial_dates import read_partial_date, show_partial_date, stored_partial_date
from van_station.ui import parts, theme, words
from van_station.ui.desk.form_field import FormActs
from van_station.ui.desk.form_texts import TextBox
from van_station.ui.frame import Frame

FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2100, 12, 31)


class DateBox(TextBox):
    """A whole day, typed `22/11/2026`; Alt+Down opens the calendar."""

    def _make(self) -> ft.Control:
        line = super()._make()
        line.expand = True
        self._calendar = parts.icon_button(
            self._desk,
            f"calendar{self.node.pointer}",
            ft.Icons.CALENDAR_MONTH_OUTLINED,
            f"{self._desk.say('form.open_calendar')} (Alt + ↓)",
            self.pick,
        )
        beside = ft.Container(self._calendar, padding=ft.Padding.only(top=24 * self._desk.look.scale))
        return ft.Row([line, beside], spacing=2, vertical_alignment=ft.CrossAxisAlignment.START)

    def _keys(self) -> ft.KeyboardType:
        return ft.KeyboardType.DATETIME

    def _hint(self) -> str:
        return self._desk.say("form.date_hint")

    def _take(self) -> None:
        super()._take()
        self._calendar.visible = not self.off

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Alt+Down opens the calendar."""
        if event.alt and event.key == "Arrow Down" and not self.off:
            await self.pick()
            return True
        return False

    async def pick(self) -> None:
        """Open the calendar at the day that is typed, else at today."""
        typed = parse_date_vi(self._text.value or "")
        start = typed or date.today()  # noqa: DTZ011 -- which month the calendar opens at, nothing else

        async def picked() -> None:
            if isinstance(picker.value, datetime):
                await self._picked(day_of(picker.value))

        picker = ft.DatePicker(
            value=datetime(start.year, start.month, start.day, 12),  # noqa: DTZ001 -- a day, no moment
            first_date=datetime(FIRST_DAY.year, 1, 1),  # noqa: DTZ001
            last_date=datetime(LAST_DAY.year, 12, 31),  # noqa: DTZ001
            help_text=self.name,
            on_change=self._desk.on(picked),
        )
        self._desk.page.show_dialog(picker)

    async def _picked(self, day: date) -> None:
        self._text.value = words.day_text(day)
        self._text.update()
        await self._acts.answer(self.node.pointer, self._text.value)
        await self._acts.next(self.node.pointer)


def day_of(value: datetime) -> date:
    """Return the day that was picked; a moment in UTC means midnight where the window stands."""
    return value.astimezone().date() if value.tzinfo is not None else value.date()


class PartialDateBox(TextBox):
    """A day, a month, a year or a lunar year in one line; says how it was understood, asks when unsure."""

    def __init__(self, desk: Frame, node: FieldNode, acts: FormActs) -> None:
        self._choices: list[parts.Tile] = []
        self._asked: tuple[str, ...] = ()
        self._candidates = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S, visible=False)
        super().__init__(desk, node, acts)

    def _make(self) -> ft.Control:
        line = super()._make()
        whole = ft.Column([line, self._candidates], spacing=6)
        whole.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return whole

    def _hint(self) -> str:
        return self._desk.say("form.partial_date_hint")

    def _take(self) -> None:
        super()._take()
        asked = tuple(str(option.value) for option in self.node.suggestions)
        if asked != self._asked:
            self._asked = asked
            self._choices = [self._choice(value) for value in asked]
            self._candidates.controls = [tile.view for tile in self._choices]
        self._candidates.visible = bool(asked) and not self.off

    def _choice(self, stored: str) -> parts.Tile:
        async def take() -> None:
            self._has_keyboard = False
            await self._acts.answer(self.node.pointer, stored)
            await self._acts.next(self.node.pointer)

        label = show_partial_date(stored, self._desk.look.language)
        return parts.Tile(
            self._desk, f"choice{self.node.pointer}-{stored}", label, take,
            icon=ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED, compact=True,
        )  # fmt: skip

    async def _typing(self) -> None:
        self._say()
        self._message.update()
        await super()._typing()

    async def _done(self) -> None:
        await self._acts.answer(self.node.pointer, self._text.value or "")
        if self._choices:
            await self._desk.focus(self._choices[0].button)
        else:
            await self._acts.next(self.node.pointer)

    def _sentence(self) -> tuple[str, str]:
        typed = (self._text.value or "") if self._has_keyboard else str(self.node.value or "")
        meant = understood(self._desk, typed)
        if meant and (self._has_keyboard or not self._remark.problem):
            return meant, self._desk.palette.quiet
        return super()._sentence()


def understood(desk: Frame, typed: str) -> str:
    """Return how a partial date is understood, "" when it is not, or is whole and says so itself."""
    known = stored_partial_date(typed) or read_partial_date(typed).date
    if known is None:
        return ""
    if known.lunar:
        first, last = known.earliest, known.latest
        name = lunar_year_name(known.year)
        return desk.say("form.understood_lunar", name=name, first=first, last=last)
    if known.month is None:
        return desk.say("form.understood_year", year=str(known.year), name=lunar_year_name(known.year))
    if known.day is None:
        return desk.say("form.understood_month", month=str(known.month), year=str(known.year))
    return ""
