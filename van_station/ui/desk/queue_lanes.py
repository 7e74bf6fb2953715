"""A lane of the queue on screen: how it stands, and its tickets in the order in which they came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import flet as ft

from van_station.rules.access import Act
from van_station.rules.queueing import IN_LINE, Lane, TicketAct, TicketStatus
from van_station.services.queue import LaneSummary, TicketView
from van_station.ui import parts, theme, words
from van_station.ui.desk.queue_counter import AT_COUNTER, wish
from van_station.ui.parts import Style
from van_station.ui.session import Desk

LANE_ICONS = {
    Lane.WELCOME: ft.Icons.WAVING_HAND_OUTLINED,
    Lane.DIGITISE: ft.Icons.DOCUMENT_SCANNER_OUTLINED,
    Lane.DIGITAL_HELP: ft.Icons.PHONELINK_SETUP_OUTLINED,
}
MOST_ROWS = 80
"""Rows drawn of a lane; the rest is counted."""
RowKey = tuple[TicketView, int]
"""What a row was drawn from: the ticket, waiting time aside, and the minutes shown."""


@dataclass(frozen=True, slots=True)
class LaneActs:
    """What can be done in a lane."""

    choose: Callable[[Lane], Awaitable[None]]
    open: Callable[[TicketView], Awaitable[None]]
    act: Callable[[TicketView, TicketAct], Awaitable[None]]


def minutes(ticket: TicketView, now: datetime) -> int:
    """Return how long a ticket waits, or waited until it was called."""
    if ticket.status not in IN_LINE:
        return ticket.waited_min
    return max(int((now - ticket.created_at).total_seconds() // 60), 0)


def in_order(tickets: Sequence[TicketView]) -> list[TicketView]:
    """Return a lane's tickets as one reads them: at counters, in line as they will be called, put aside."""
    there = [ticket for ticket in tickets if ticket.status in AT_COUNTER]
    line = sorted(
        (ticket for ticket in tickets if ticket.status in IN_LINE),
        key=lambda ticket: (ticket.place is None, ticket.place or 0),
    )
    return [*there, *line, *[ticket for ticket in tickets if ticket.status is TicketStatus.SKIPPED]]


class LaneColumn:
    """One lane: a tile on top, below it the tickets."""

    def __init__(self, desk: Desk, lane: Lane, acts: LaneActs, *, served: bool) -> None:
        self._desk, self.lane, self._acts, self._served = desk, lane, acts, served
        self._rows: dict[str, tuple[RowKey, ft.Control]] = {}
        self.tile = parts.Tile(
            desk,
            f"lane-{lane.value}",
            words.choice(desk.texts, "lane", lane.value),
            self._choose,
            icon=LANE_ICONS[lane],
            caption=" ",
        )
        self.list = ft.ListView(expand=True, spacing=theme.GAP_S)

    async def _choose(self) -> None:
        await self._acts.choose(self.lane)

    # ------------------------------------------------------------------ drawing
    def draw_tile(self, summary: LaneSummary, tickets: Sequence[TicketView], now: datetime) -> None:
        """Say how the lane stands; the caller updates the view."""
        say = self._desk.say
        pieces = [say("queue.waiting", count=summary.waiting)]
        if summary.priority_waiting:
            pieces.append(say("queue.priority_waiting", count=summary.priority_waiting))
        if summary.waiting:
            pieces.append(say("queue.wait_about", minutes=summary.estimated_wait_min))
            waits = [minutes(ticket, now) for ticket in tickets if ticket.status in IN_LINE]
            pieces.append(say("queue.longest", minutes=max(waits, default=0)))
        if not self._served:
            pieces.append(say("queue.not_here"))
        self.tile.caption(" · ".join(pieces))

    def draw_rows(self, tickets: Sequence[TicketView], now: datetime) -> None:
        """Show the tickets; the caller updates the list."""
        desk = self._desk
        ordered = in_order(tickets)
        kept = {ticket.id for ticket in ordered}
        self._rows = {key: row for key, row in self._rows.items() if key in kept}
        rows = [self._kept_row(ticket, now) for ticket in ordered[:MOST_ROWS]]
        if len(ordered) > MOST_ROWS:
            more = desk.say("queue.more", count=len(ordered) - MOST_ROWS)
            rows.append(parts.text(more, Style.BODY_SMALL, color=desk.palette.quiet))
        self.list.controls = rows or [
            parts.empty(
                desk,
                ft.Icons.CHAIR_OUTLINED,
                desk.say("queue.empty"),
                identifier=f"lane-empty-{self.lane.value}",
            )
        ]

    def say_instead(self, control: ft.Control) -> None:
        """Show something else than tickets."""
        self._rows.clear()
        self.list.controls = [control]

    def _kept_row(self, ticket: TicketView, now: datetime) -> ft.Control:
        """Return the row that stands already where nothing about it changed."""
        key = (replace(ticket, waited_min=0), minutes(ticket, now))
        kept = self._rows.get(ticket.id)
        if kept is None or kept[0] != key:
            kept = self._rows[ticket.id] = key, self._row(ticket, now)
        return kept[1]

    def _row(self, ticket: TicketView, now: datetime) -> ft.Control:
        desk, p = self._desk, self._desk.palette

        async def pick() -> None:
            await self._acts.open(ticket)

        label = parts.text(ticket.label, Style.HEADLINE_SMALL, color=p.primary)
        words_of_it: list[ft.Control] = [
            parts.text(ticket.person_name, Style.LABEL_LARGE, color=p.text),
            parts.text(wish(desk, ticket), Style.BODY_SMALL, color=p.quiet),
            parts.text(self._wait(ticket, now), Style.BODY_SMALL, color=p.quiet),
        ]
        marks = self._marks(ticket)
        if marks:
            words_of_it.append(ft.Row(marks, wrap=True, spacing=6, run_spacing=4))
        look = theme.button_style(p, "outlined")
        look.padding = ft.Padding.symmetric(horizontal=12, vertical=10)
        look.bgcolor = p.card
        resting = ft.BorderSide(2.5 if ticket.is_priority else 1, p.accent if ticket.is_priority else p.line)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        button = ft.OutlinedButton(
            content=ft.Row(
                [
                    ft.Container(label, width=desk.size(66)),
                    ft.Column(words_of_it, spacing=2, expand=True),
                ],
                spacing=10,
            ),
            on_click=desk.on(pick),
            style=look,
        )
        row = parts.tid(f"ticket-{ticket.label}", button)
        again = self._recall(ticket)
        return ft.Column([row, *again], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    def _wait(self, ticket: TicketView, now: datetime) -> str:
        say, waited = self._desk.say, minutes(ticket, now)
        if ticket.status not in IN_LINE or ticket.wait_min is None:
            return say("queue.waited", waited=waited)
        if ticket.wait_min == 0:
            return f"{say('queue.waited', waited=waited)} · {say('queue.wait_now')}"
        return say("queue.wait_row", waited=waited, left=ticket.wait_min)

    def _marks(self, ticket: TicketView) -> list[ft.Control]:
        desk = self._desk
        marks: list[ft.Control] = []
        if ticket.priority_group:
            name = words.choice(desk.texts, "priority", ticket.priority_group)
            marks.append(parts.badge(desk, name, "warn", ft.Icons.STAR_ROUNDED))
        if ticket.status not in IN_LINE:
            tone: theme.Tone = "good" if ticket.status in AT_COUNTER else "neutral"
            state = words.choice(desk.texts, "ticket_status", ticket.status.value)
            marks.append(parts.badge(desk, f"{state} {ticket.counter}".strip(), tone))
        if not ticket.is_held_here:
            marks.append(parts.badge(desk, desk.say("queue.elsewhere"), "info", ft.Icons.DEVICES_ROUNDED))
        return marks

    def _recall(self, ticket: TicketView) -> list[ft.Control]:
        """Return what takes somebody back who was passed over, right in the line."""
        if not self._desk.me.may(Act.CALL_TICKET) or ticket.status is not TicketStatus.SKIPPED:
            return []

        async def recall() -> None:
            await self._acts.act(ticket, TicketAct.RECALL)

        label = self._desk.say("queue.recall")
        return [parts.Press(self._desk, f"recall-{ticket.label}", label, recall, kind="tonal").view]
