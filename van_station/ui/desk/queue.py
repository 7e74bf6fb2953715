"""The queue (*hàng chờ*): who is at the counter, who comes next, how each lane stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import flet as ft

from van_station.rules.access import Act
from van_station.rules.queueing import IN_LINE, Lane, TicketAct, TicketStatus, acts_for
from van_station.services.queue import LaneSummary, TicketView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.procedure_picker import choose_procedure
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

LANE_ICONS = {
    Lane.WELCOME: ft.Icons.WAVING_HAND_OUTLINED,
    Lane.DIGITISE: ft.Icons.DOCUMENT_SCANNER_OUTLINED,
    Lane.DIGITAL_HELP: ft.Icons.PHONELINK_SETUP_OUTLINED,
}
AT_COUNTER = frozenset({TicketStatus.CALLED, TicketStatus.SERVING})


def mine(tickets: Sequence[TicketView], counter: str) -> list[TicketView]:
    """Return the tickets at a counter, the one called last first."""
    here = [ticket for ticket in tickets if ticket.status in AT_COUNTER and ticket.counter == counter]
    return sorted(here, key=lambda ticket: ticket.called_at or ticket.created_at, reverse=True)


class QueueScreen(Screen):
    """Lanes on top, the counter on the left, the line on the right."""

    kinds = frozenset({"dossier", "person", "ticket", "trip"})

    def __init__(self, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(desk)
        self._now = now
        self._lane = Lane.DIGITISE if desk.me.may(Act.SUBMIT) else Lane.WELCOME
        self._tickets: tuple[TicketView, ...] = ()
        self._summaries: tuple[LaneSummary, ...] = ()
        self._chosen = ""
        self._trip_open = True
        self._drawn_minutes: list[int] = []
        self._lane_tiles = {lane: self._lane_tile(lane) for lane in Lane}
        self._counter = ft.Column(
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
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
                ft.Column([ft.Row([self._call.view]), self._counter], spacing=theme.GAP_M, expand=True),
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
        ticket = self._present()
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

    async def _load(self) -> None:
        queue = self.desk.work.queue
        trip = await self.desk.run(self.desk.work.trips.current)
        tickets, summaries = await self.desk.run(queue.tickets), await self.desk.run(queue.lanes)
        drawn = (tickets, summaries, trip is not None)
        if drawn == (self._tickets, self._summaries, self._trip_open) and self._line_title.controls:
            return
        self._tickets, self._summaries, self._trip_open = drawn
        self._draw()
        self.view.update()

    # ------------------------------------------------------------------ drawing
    def _draw(self) -> None:
        self._draw_lanes()
        self._draw_line()
        self._draw_counter()

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
        rows = [self._row(ticket) for ticket in [*elsewhere, *waiting, *aside]]
        if not self._trip_open:
            self._line.controls = [
                parts.empty(desk, ft.Icons.AIRPORT_SHUTTLE_OUTLINED, desk.say("trip.none_open"))
            ]
        else:
            self._line.controls = rows or [
                parts.empty(desk, ft.Icons.CHAIR_OUTLINED, desk.say("queue.empty"))
            ]

    def _row(self, ticket: TicketView) -> ft.Control:
        desk, p = self.desk, self.desk.palette
        what = ticket.procedure_name or words.choice(desk.texts, "need", ticket.need)
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

    # ------------------------------------------------------------------ the counter
    def _present(self) -> TicketView | None:
        here = mine(self._tickets, self.desk.me.counter)
        chosen = [ticket for ticket in here if ticket.id == self._chosen]
        return next(iter(chosen or here), None)

    def _draw_counter(self) -> None:
        desk = self.desk
        here = mine(self._tickets, desk.me.counter)
        present = self._present()
        if present is None:
            text = desk.say("queue.nobody_here", counter=desk.me.counter)
            self._counter.controls = [
                parts.card(
                    desk, [parts.empty(desk, ft.Icons.CAMPAIGN_OUTLINED, text, identifier="counter-empty")]
                )
            ]
            return
        others = [self._other(ticket) for ticket in here if ticket.id != present.id]
        self._counter.controls = [self._ticket_card(present)]
        if others:
            self._counter.controls.append(ft.Row(others, wrap=True, spacing=theme.GAP_S))

    def _other(self, ticket: TicketView) -> ft.Control:
        async def pick() -> None:
            self._chosen = ticket.id
            self._draw_counter()
            self._counter.update()

        return parts.Press(self.desk, f"counter-{ticket.label}", ticket.label, pick).view

    def _ticket_card(self, ticket: TicketView) -> ft.Control:
        desk, say, p = self.desk, self.desk.say, self.desk.palette
        state = words.choice(desk.texts, "ticket_status", ticket.status.value)
        marks: list[ft.Control] = [
            parts.tid(
                "serving-status", parts.badge(desk, state, "good", ft.Icons.PERSON_PIN_CIRCLE_OUTLINED)
            ),
            parts.badge(desk, say("queue.times_called", times=ticket.times_called)),
        ]
        if ticket.priority_group:
            name = words.choice(desk.texts, "priority", ticket.priority_group)
            marks.append(parts.badge(desk, name, "warn", ft.Icons.STAR_ROUNDED))
        what = ticket.procedure_name or words.choice(desk.texts, "need", ticket.need)
        return parts.card(
            desk,
            [
                ft.Row(
                    [
                        parts.tid(
                            "serving-number", parts.text(ticket.label, Style.DISPLAY_LARGE, color=p.primary)
                        ),
                        ft.Column(
                            [
                                parts.text(ticket.person_name, Style.HEADLINE_SMALL),
                                parts.text(what, Style.BODY_MEDIUM, color=p.quiet),
                            ],
                            spacing=4,
                            expand=True,
                        ),
                    ],
                    spacing=theme.GAP_L,
                ),
                ft.Row(marks, wrap=True, spacing=theme.GAP_S),
                ft.Row(self._acts(ticket), wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S),
            ],
        )

    def _acts(self, ticket: TicketView) -> list[ft.Control]:
        desk, say = self.desk, self.desk.say
        allowed = acts_for(ticket.status)
        shown: list[ft.Control] = []

        async def dossier() -> None:
            await self._open_dossier(ticket)

        label = say("queue.open_dossier_again") if ticket.dossier_id else say("queue.open_dossier")
        icon = ft.Icons.FOLDER_OPEN_OUTLINED
        kind: parts.Kind = "filled" if ticket.status is TicketStatus.SERVING else "tonal"
        shown.append(parts.Press(desk, "open-dossier", label, dossier, kind=kind, icon=icon).view)
        for act, key, picture in _ACTS:
            if act in allowed:
                shown.append(self._act_button(ticket, act, key, picture))
        return shown

    def _act_button(self, ticket: TicketView, act: TicketAct, key: str, icon: ft.IconData) -> ft.Control:
        async def go() -> None:
            if act is TicketAct.TRANSFER:
                self._ask_lane(ticket)
            elif act is TicketAct.NO_SHOW:
                question = self.desk.say("queue.no_show_question", label=ticket.label)
                dialogs.ask(
                    self.desk,
                    question,
                    yes=self.desk.say("queue.no_show"),
                    act=lambda: self._do(ticket, act),
                    danger=True,
                )
            else:
                await self._do(ticket, act)

        main = act in (TicketAct.SERVE, TicketAct.FINISH)
        kind: parts.Kind = "filled" if act is TicketAct.SERVE else "tonal" if main else "outlined"
        shortcut = "F10" if main else ""
        return parts.Press(
            self.desk, f"act-{act.value}", self.desk.say(key), go, kind=kind, icon=icon, shortcut=shortcut
        ).view

    # ------------------------------------------------------------------ acts
    async def _call_next(self) -> None:
        desk = self.desk
        ticket = await desk.run(desk.work.queue.call_next, desk.me, self._lane)
        if ticket is None:
            desk.snack(desk.say("queue.empty"), tone="neutral")
            return
        self._chosen = ticket.id
        desk.snack(desk.say("queue.called", label=ticket.label, counter=ticket.counter))
        await self._load()

    async def _do(self, ticket: TicketView, act: TicketAct, lane: Lane | None = None) -> None:
        desk = self.desk
        after = await desk.run(desk.work.queue.act, desk.me, ticket.id, act, lane=lane)
        if act in (TicketAct.RECALL, TicketAct.CALL):
            self._chosen = ticket.id
            desk.snack(desk.say("queue.called", label=after.label, counter=after.counter))
        else:
            state = words.choice(desk.texts, "ticket_status", after.status.value)
            desk.snack(f"{after.label}: {state}")
        await self._load()

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


_ACTS: tuple[tuple[TicketAct, str, ft.IconData], ...] = (
    (TicketAct.SERVE, "queue.start", ft.Icons.PLAY_ARROW_ROUNDED),
    (TicketAct.FINISH, "queue.finish", ft.Icons.CHECK_ROUNDED),
    (TicketAct.RECALL, "queue.recall", ft.Icons.CAMPAIGN_OUTLINED),
    (TicketAct.SKIP, "queue.skip", ft.Icons.SKIP_NEXT_ROUNDED),
    (TicketAct.PUT_BACK, "queue.put_back", ft.Icons.UNDO_ROUNDED),
    (TicketAct.TRANSFER, "queue.transfer", ft.Icons.MOVE_UP_ROUNDED),
    (TicketAct.NO_SHOW, "queue.no_show", ft.Icons.PERSON_OFF_OUTLINED),
)
