"""The queue (*hàng chờ*): who is at the counter, who comes next, how each lane stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import flet as ft

from van_station.rules.access import Act
from van_station.rules.queueing import IN_LINE, Lane, TicketAct, TicketStatus
from van_station.services.queue import LaneSummary, TicketView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.procedure_picker import choose_procedure
from van_station.ui.desk.queue_counter import AT_COUNTER, Counter, CounterActs, wish
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

LANE_ICONS = {
    Lane.WELCOME: ft.Icons.WAVING_HAND_OUTLINED,
    Lane.DIGITISE: ft.Icons.DOCUMENT_SCANNER_OUTLINED,
    Lane.DIGITAL_HELP: ft.Icons.PHONELINK_SETUP_OUTLINED,
}
RowKey = tuple[TicketView, int]
"""What a row was drawn from: the ticket, waiting time aside, and the minutes shown."""


class QueueScreen(Screen):
    """Lanes on top, the counter on the left, the line on the right."""

    kinds = frozenset({"dossier", "person", "ticket", "trip"})

    def __init__(self, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(desk)
        self._now = now
        self._lane = Lane.DIGITISE if desk.me.may(Act.SUBMIT) else Lane.WELCOME
        self._tickets: tuple[TicketView, ...] = ()
        self._summaries: tuple[LaneSummary, ...] = ()
        self._to_counter = False
        self._rows: dict[str, tuple[RowKey, ft.Control]] = {}
        self._trip_open = True
        self._drawn_minutes: list[int] = []
        self._lane_tiles = {lane: self._lane_tile(lane) for lane in Lane}
        self._counter = Counter(desk, CounterActs(self._act, self._open_dossier))
        self._line = ft.ListView(expand=True, spacing=theme.GAP_S)
        self._line_title = ft.Row(alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True)
        self._call = parts.Press(
            desk,
            "call-next",
            desk.say("queue.call_next"),
            self._call_next,
            kind="filled",
            icon=ft.Icons.CAMPAIGN_ROUNDED,
            shortcut="F9",
            big=True,
            expand=True,
        )
        self.view = self._layout()

    # ------------------------------------------------------------------ layout
    def _layout(self) -> ft.Control:
        lanes = ft.ResponsiveRow(
            [ft.Container(tile.view, col={"xs": 12, "sm": 4}) for tile in self._lane_tiles.values()],
            spacing=theme.GAP_M,
        )
        line = ft.Container(
            ft.Column([self._line_title, self._line], spacing=theme.GAP_M, expand=True),
            bgcolor=self.desk.palette.card,
            border=ft.Border.all(1, self.desk.palette.line),
            border_radius=theme.RADIUS_L,
            padding=theme.GAP_L,
            expand=5,
        )
        columns: list[ft.Control] = [line]
        if self.desk.me.may(Act.CALL_TICKET):
            counter = ft.Container(
                ft.Column([ft.Row([self._call.view]), self._counter.view], spacing=theme.GAP_M, expand=True),
                expand=5,
            )
            columns.insert(0, counter)
        below = ft.Row(
            columns, spacing=theme.GAP_L, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )
        return ft.Column([lanes, below], spacing=theme.GAP_L, expand=True)

    def _lane_tile(self, lane: Lane) -> parts.Tile:
        async def pick() -> None:
            self._lane = lane
            self._draw()
            self.view.update()

        return parts.Tile(
            self.desk,
            f"lane-{lane.value}",
            words.choice(self.desk.texts, "lane", lane.value),
            pick,
            icon=LANE_ICONS[lane],
            caption=" ",
        )

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Load and draw the line."""
        await self._load()
        await self.focus()

    async def focus(self) -> None:
        """Give the keyboard to the counter, or to the lanes where one only looks."""
        if self.desk.me.may(Act.CALL_TICKET):
            await self._focus_next()
        else:
            await self.desk.focus(self._lane_tiles[self._lane].button)

    async def changed(self, kinds: frozenset[str]) -> None:
        """Somebody took a number or was called, here or elsewhere."""
        await self._load()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 calls the next one, F10 finishes the one at the counter."""
        if not self.desk.me.may(Act.CALL_TICKET):
            return False
        if event.key == "F9":
            await self._call_next()
            return True
        ticket = self._counter.present
        if event.key == "F10" and ticket is not None:
            await self._do(
                ticket, TicketAct.FINISH if ticket.status is TicketStatus.SERVING else TicketAct.SERVE
            )
            return True
        return False

    async def tick(self) -> None:
        """Waiting times grow; nobody is asked for that."""
        minutes = [self._minutes(ticket) for ticket in self._tickets]
        if minutes != self._drawn_minutes:
            self._draw_line()
            self._line.update()

    def _minutes(self, ticket: TicketView) -> int:
        """Return how long a ticket waits, or waited until it was called."""
        if ticket.status not in IN_LINE:
            return ticket.waited_min
        return max(int((self._now() - ticket.created_at).total_seconds() // 60), 0)

    def _read(self) -> tuple[tuple[TicketView, ...], tuple[LaneSummary, ...], bool]:
        work = self.desk.work
        return work.queue.tickets(), work.queue.lanes(), work.trips.current() is not None

    async def _load(self) -> None:
        drawn = await self.desk.run(self._read)
        if drawn == (self._tickets, self._summaries, self._trip_open) and self._line_title.controls:
            return
        self._tickets, self._summaries, self._trip_open = drawn
        self._draw()
        self.view.update()
        if self._to_counter:
            self._to_counter = False
            self.desk.later(self._focus_next())

    async def _focus_next(self) -> None:
        """Give the keyboard to what comes next, the button pressed last may be gone."""
        if self._counter.present is None:
            await self.desk.focus(self._call.button)
        else:
            await self._counter.focus()

    # ------------------------------------------------------------------ drawing
    def _draw(self) -> None:
        self._draw_lanes()
        self._draw_line()
        self._counter.draw(self._tickets)

    def _draw_lanes(self) -> None:
        desk = self.desk
        for summary in self._summaries:
            tile = self._lane_tiles[Lane(summary.lane)]
            pieces = [desk.say("queue.waiting", count=summary.waiting)]
            if summary.priority_waiting:
                pieces.append(desk.say("queue.priority_waiting", count=summary.priority_waiting))
            if summary.waiting:
                pieces.append(desk.say("queue.wait_about", minutes=summary.estimated_wait_min))
            tile.caption(" · ".join(pieces))
        for lane, tile in self._lane_tiles.items():
            tile.set(selected=lane is self._lane)

    def _draw_line(self) -> None:
        desk = self.desk
        self._drawn_minutes = [self._minutes(ticket) for ticket in self._tickets]
        here = [ticket for ticket in self._tickets if ticket.lane == self._lane]
        waiting = [ticket for ticket in here if ticket.status in IN_LINE]
        aside = [ticket for ticket in here if ticket.status is TicketStatus.SKIPPED]
        elsewhere = [ticket for ticket in here if ticket.status in AT_COUNTER]
        self._line_title.controls = [
            parts.heading(words.choice(desk.texts, "lane", self._lane.value)),
            parts.tid(
                "waiting-count", parts.badge(desk, desk.say("queue.waiting", count=len(waiting)), "info")
            ),
        ]
        rows = [self._kept_row(ticket) for ticket in [*elsewhere, *waiting, *aside]]
        if not self._trip_open:
            self._line.controls = [
                parts.empty(desk, ft.Icons.AIRPORT_SHUTTLE_OUTLINED, desk.say("trip.none_open"))
            ]
        else:
            self._line.controls = rows or [
                parts.empty(desk, ft.Icons.CHAIR_OUTLINED, desk.say("queue.empty"))
            ]

    def _kept_row(self, ticket: TicketView) -> ft.Control:
        """Return the row that stands already where nothing about it changed."""
        key = (replace(ticket, waited_min=0), self._minutes(ticket))
        kept = self._rows.get(ticket.id)
        if kept is None or kept[0] != key:
            kept = self._rows[ticket.id] = key, self._row(ticket)
        return kept[1]

    def _row(self, ticket: TicketView) -> ft.Control:
        desk, p = self.desk, self.desk.palette
        what = wish(desk, ticket)
        marks: list[ft.Control] = []
        if ticket.priority_group:
            name = words.choice(desk.texts, "priority", ticket.priority_group)
            marks.append(parts.badge(desk, name, "warn", ft.Icons.STAR_ROUNDED))
        if ticket.status not in IN_LINE:
            tone: theme.Tone = "good" if ticket.status in AT_COUNTER else "neutral"
            state = words.choice(desk.texts, "ticket_status", ticket.status.value)
            marks.append(parts.badge(desk, f"{state} {ticket.counter}".strip(), tone))
        waited = desk.say("common.minutes", minutes=self._minutes(ticket))
        content = ft.Row(
            [
                ft.Container(
                    parts.text(ticket.label, Style.HEADLINE_MEDIUM, color=p.primary), width=desk.size(86)
                ),
                ft.Column(
                    [
                        parts.text(ticket.person_name, Style.TITLE_MEDIUM),
                        parts.text(
                            what,
                            Style.BODY_SMALL,
                            color=p.quiet,
                            max_lines=1,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                        ft.Row(marks, wrap=True, spacing=6, run_spacing=4, visible=bool(marks)),
                    ],
                    spacing=3,
                    expand=True,
                ),
                parts.text(waited, Style.LABEL_MEDIUM, color=p.quiet),
                *self._row_acts(ticket),
            ],
            spacing=theme.GAP_M,
        )
        box = ft.Container(
            content,
            bgcolor=p.card,
            border=ft.Border.only(
                left=ft.BorderSide(5, p.accent if ticket.is_priority else p.line),
                bottom=ft.BorderSide(1, p.line),
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=10),
        )
        return parts.tid(f"ticket-{ticket.label}", box, container=True)

    def _row_acts(self, ticket: TicketView) -> list[ft.Control]:
        """Return what the officer may do from the line itself: take somebody back who was passed over."""
        if not self.desk.me.may(Act.CALL_TICKET) or ticket.status is not TicketStatus.SKIPPED:
            return []

        async def recall() -> None:
            await self._do(ticket, TicketAct.RECALL)

        label = self.desk.say("queue.recall")
        return [parts.Press(self.desk, f"recall-{ticket.label}", label, recall, kind="tonal").view]

    # ------------------------------------------------------------------ acts
    async def _call_next(self) -> None:
        """Call; the news of it, which every window hears, redraws."""
        desk = self.desk
        self._counter.choose("")
        self._to_counter = True
        ticket = await desk.run(desk.work.queue.call_next, desk.me, self._lane)
        if ticket is None:
            desk.snack(desk.say("queue.empty"), tone="neutral")
            return
        self._counter.choose(ticket.id)
        desk.snack(desk.say("queue.called", label=ticket.label, counter=ticket.counter))

    async def _act(self, ticket: TicketView, act: TicketAct) -> None:
        """Do what a button of the counter says, after a question where it needs one."""
        if act is TicketAct.TRANSFER:
            self._ask_lane(ticket)
        elif act is TicketAct.NO_SHOW:
            question = self.desk.say("queue.no_show_question", label=ticket.label)
            yes = self.desk.say("queue.no_show")
            dialogs.ask(self.desk, question, yes=yes, act=lambda: self._do(ticket, act), danger=True)
        else:
            await self._do(ticket, act)

    async def _do(self, ticket: TicketView, act: TicketAct, lane: Lane | None = None) -> None:
        desk = self.desk
        calling = act in (TicketAct.RECALL, TicketAct.CALL)
        if calling:
            self._counter.choose(ticket.id)
        self._to_counter = not calling
        after = await desk.run(desk.work.queue.act, desk.me, ticket.id, act, lane=lane)
        if calling:
            desk.snack(desk.say("queue.called", label=after.label, counter=after.counter))
        else:
            state = words.choice(desk.texts, "ticket_status", after.status.value)
            desk.snack(f"{after.label}: {state}")

    def _ask_lane(self, ticket: TicketView) -> None:
        desk = self.desk
        holder: list[ft.AlertDialog] = []
        lanes = [lane for lane in Lane if lane is not ticket.lane]
        body: list[ft.Control] = [self._lane_choice(ticket, lane, holder) for lane in lanes]

        async def no() -> None:
            dialogs.close(holder[0])

        cancel = parts.Press(desk, "ask-no", desk.say("common.cancel"), no, kind="text", autofocus=True)
        title = desk.say("queue.transfer_to", label=ticket.label)
        holder.append(dialogs.sheet(desk, title, body, [cancel.view], icon=ft.Icons.MOVE_UP_ROUNDED))

    def _lane_choice(self, ticket: TicketView, lane: Lane, holder: list[ft.AlertDialog]) -> ft.Control:
        async def go() -> None:
            dialogs.close(holder[0])
            await self._do(ticket, TicketAct.TRANSFER, lane)

        name = words.choice(self.desk.texts, "lane", lane.value)
        return parts.Tile(self.desk, f"to-{lane.value}", name, go, icon=LANE_ICONS[lane]).view

    async def _open_dossier(self, ticket: TicketView) -> None:
        desk = self.desk
        if ticket.status is TicketStatus.CALLED:
            await desk.run(desk.work.queue.act, desk.me, ticket.id, TicketAct.SERVE)
        if ticket.dossier_id is None and not ticket.procedure_code:
            self._ask_procedure(ticket)
            return
        await self._start(ticket, None)

    async def _start(self, ticket: TicketView, procedure_code: str | None) -> None:
        desk = self.desk
        dossier = await desk.run(desk.work.dossiers.start, desk.me, ticket.id, procedure_code)
        await desk.go("dossier", id=dossier.id)

    def _ask_procedure(self, ticket: TicketView) -> None:

        async def chosen(code: str) -> None:
            await self._start(ticket, code)

        choose_procedure(self.desk, chosen)
