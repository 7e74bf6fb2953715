"""The queue (*hàng chờ*): who is at the counter, who comes next, the lanes side by side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import flet as ft

from van_station.rules.access import Act
from van_station.rules.queueing import IN_LINE, Lane, TicketAct, TicketStatus
from van_station.services.errors import ServiceError
from van_station.services.queue import LaneSummary, TicketView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.card_reader import CardReader
from van_station.ui.desk.procedure_picker import choose_procedure
from van_station.ui.desk.queue_counter import KEY_ACTS, Counter, CounterActs
from van_station.ui.desk.queue_lanes import LaneActs, LaneColumn, minutes
from van_station.ui.desk.queue_ticket import TicketActs, TicketDetails, ask_lane
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

SIDE_BY_SIDE_PX = 1240
"""From this width at text scale 100 % the three lanes stand beside each other."""
COUNTER_PX = 410
SLIP_MARK = "VS1T|"


def looks_like_slip(text: str) -> bool:
    """Whether fast-typed characters are the code of a ticket's slip."""
    return text.upper().startswith(SLIP_MARK)


def slip_text(text: str) -> str:
    """Return a slip's code as it was printed, whatever Shift and Caps Lock made of the reader's letters."""
    mark, label, *ids = [*text.strip().split("|"), "", "", ""][:4]
    return "|".join([mark.upper(), label.upper(), *[each.lower() for each in ids]])


class QueueScreen(Screen):
    """The counter on the left, the lanes on the right; in a narrow window the chosen lane alone."""

    kinds = frozenset({"dossier", "lease_request", "person", "ticket", "trip"})
    keys = (
        ("Alt + R", "shell.key_queue_recall"),
        ("Alt + Q", "shell.key_queue_skip"),
        ("Alt + T", "shell.key_queue_back"),
        ("Alt + C", "shell.key_queue_transfer"),
        ("Alt + V", "shell.key_queue_absent"),
        ("Alt + H", "shell.key_queue_dossier"),
    )

    def __init__(self, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(desk)
        self._now = now
        self.reader = CardReader(looks_like_slip)
        self._leave_reader: Callable[[], None] | None = None
        self._may_call = desk.me.may(Act.CALL_TICKET)
        self._served = desk.work.queue.lanes_of(desk.me.counter)
        self._lane = self._first_lane()
        self._tickets: tuple[TicketView, ...] = ()
        self._summaries: tuple[LaneSummary, ...] = ()
        self._trip_open = self._loaded = False
        self._to_counter = False
        self._drawn_minutes: list[int] = []
        acts = LaneActs(self._choose_lane, self._open_ticket, self._act)
        self._columns = {lane: LaneColumn(desk, lane, acts, served=lane in self._served) for lane in Lane}
        self._counter = Counter(desk, CounterActs(self._act, self._open_dossier))
        self._call = parts.Press(
            desk,
            "call-next",
            desk.say("queue.call_next"),
            self._call_next,
            kind="filled",
            icon=ft.Icons.CAMPAIGN_ROUNDED,
            shortcut="F9",
            show_key=True,
            big=True,
            expand=True,
        )
        self._said = ft.Row(wrap=True, spacing=theme.GAP_M, run_spacing=theme.GAP_XS)
        self._side_by_side: bool | None = None
        self._room = ft.Container(expand=True)
        self.view = self._room
        self._lay_out()

    def _first_lane(self) -> Lane | None:
        """Return the lane to call: None for all of a counter that the settings give lanes to."""
        if len(self._served) == 1:
            return self._served[0]
        if len(self._served) < len(Lane):
            return None
        return Lane.DIGITISE if self.desk.me.may(Act.SUBMIT) else Lane.WELCOME

    # ------------------------------------------------------------------ layout
    def _is_wide(self) -> bool:
        return (self.desk.page.width or 1366) / self.desk.look.scale >= SIDE_BY_SIDE_PX

    def _lay_out(self) -> None:
        """Stand the lanes beside each other where there is room."""
        wide = self._is_wide()
        if wide == self._side_by_side:
            return
        self._side_by_side = wide
        columns: list[ft.Control] = [self._counter_column(wide=wide)] if self._may_call else []
        if wide:
            columns += [self._lane_box(column, with_tile=True) for column in self._columns.values()]
            self._room.content = self._row(columns)
            return
        tiles = ft.ResponsiveRow(
            [ft.Container(column.tile.view, col={"xs": 12, "sm": 4}) for column in self._columns.values()],
            spacing=theme.GAP_M,
        )
        self._boxes = {
            lane: self._lane_box(column, with_tile=False) for lane, column in self._columns.items()
        }
        columns += list(self._boxes.values())
        self._room.content = ft.Column([tiles, self._row(columns)], spacing=theme.GAP_M, expand=True)

    def _row(self, columns: list[ft.Control]) -> ft.Control:
        return ft.Row(
            columns, spacing=theme.GAP_M, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )

    def _counter_column(self, *, wide: bool) -> ft.Control:
        column = ft.Column(
            [ft.Row([self._call.view]), self._said, self._counter.view], spacing=theme.GAP_S, expand=True
        )
        if wide:
            return ft.Container(column, width=self.desk.size(COUNTER_PX))
        return ft.Container(column, expand=5)

    def _lane_box(self, column: LaneColumn, *, with_tile: bool) -> ft.Container:
        inside: list[ft.Control] = [column.tile.view] if with_tile else []
        return ft.Container(
            ft.Column(
                [*inside, column.list],
                spacing=theme.GAP_S,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=self.desk.palette.card,
            border=ft.Border.all(1, self.desk.palette.line),
            border_radius=theme.RADIUS_L,
            padding=10,
            expand=4 if with_tile else 5,
        )

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Load and draw the lines, and listen for slips."""
        if self._leave_reader is None:
            desk = self.desk
            self._leave_reader = desk.work.readers.listen(lambda text: desk.from_thread(self._find, text))
        if not self._loaded:
            for column in self._columns.values():
                column.say_instead(parts.loading(self.desk))
            self.view.update()
        await self._load()
        await self.focus()

    async def leave(self) -> None:
        """Another screen hears the reader now."""
        leave, self._leave_reader = self._leave_reader, None
        if leave is not None:
            leave()

    async def focus(self) -> None:
        """Give the keyboard to the counter, or to the lanes where one only looks."""
        if self._may_call:
            await self._focus_next()
        else:
            await self.desk.focus(self._columns[self._shown_lane()].tile.button)

    async def changed(self, kinds: frozenset[str]) -> None:
        """Somebody took a number or was called, here or elsewhere."""
        await self._load()

    async def resized(self) -> None:
        """Stand the lanes beside each other, or show one, as there is room now."""
        if self._is_wide() != self._side_by_side and self._loaded:
            self._lay_out()
            self._draw()
            self.view.update()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 calls, F10 starts or finishes, Alt with a letter the rest; a slip that is scanned is found."""
        slip = self.reader.key(event)
        if slip:
            await self._find(slip)
            return True
        if not self._may_call:
            return False
        if event.key == "F9":
            await self._call_next()
            return True
        ticket = self._counter.present
        return ticket is not None and await self._counter_key(ticket, event)

    async def _counter_key(self, ticket: TicketView, event: ft.KeyboardEvent) -> bool:
        """Use a key for the one at the counter."""
        if event.key == "F10":
            serving = ticket.status is TicketStatus.SERVING
            await self._do(ticket, TicketAct.FINISH if serving else TicketAct.SERVE)
            return True
        if event.alt and not event.ctrl:
            return await self._alt(ticket, event.key.upper())
        return False

    async def _alt(self, ticket: TicketView, key: str) -> bool:
        if key == "H":
            await self._open_dossier(ticket)
            return True
        act = KEY_ACTS.get(key)
        if act is None or not self._counter.allows(act):
            return False
        await self._act(ticket, act)
        return True

    async def tick(self) -> None:
        """Waiting times grow; nobody is asked for that."""
        now = self._now()
        if [minutes(ticket, now) for ticket in self._tickets] != self._drawn_minutes:
            self._draw_lines()
            self.view.update()

    # ------------------------------------------------------------------ loading
    def _read(self) -> tuple[tuple[TicketView, ...], tuple[LaneSummary, ...], bool]:
        work = self.desk.work
        return work.queue.tickets(), work.queue.lanes(), work.trips.current() is not None

    async def _load(self) -> None:
        try:
            drawn = await self.desk.run(self._read)
        except ServiceError as error:
            self._show_trouble(error)
            return
        fits = self._is_wide() == self._side_by_side
        self._lay_out()
        if fits and self._loaded and drawn == (self._tickets, self._summaries, self._trip_open):
            return
        self._tickets, self._summaries, self._trip_open = drawn
        self._loaded = True
        self._draw()
        self.view.update()
        if self._to_counter:
            self._to_counter = False
            self.desk.later(self._focus_next())

    def _show_trouble(self, error: ServiceError) -> None:
        """Say why nothing can be shown, and how to go on."""
        desk, self._loaded = self.desk, False
        text = desk.texts.error(error.code, **error.details)
        for column in self._columns.values():
            retry = parts.Press(
                desk, f"queue-retry-{column.lane.value}", desk.say("common.retry"), self._load, kind="tonal"
            )
            column.say_instead(
                parts.empty(
                    desk,
                    ft.Icons.ERROR_OUTLINE_ROUNDED,
                    f"{text.happened} {text.next_step}",
                    action=retry.view,
                    identifier="queue-trouble",
                )
            )
        self.view.update()

    async def _focus_next(self) -> None:
        """Give the keyboard to what comes next, the button pressed last may be gone."""
        if self._counter.present is None:
            await self.desk.focus(self._call.button)
        else:
            await self._counter.focus()

    # ------------------------------------------------------------------ drawing
    def _shown_lane(self) -> Lane:
        return self._lane or self._served[0]

    def _here(self, lane: Lane) -> list[TicketView]:
        return [ticket for ticket in self._tickets if ticket.lane is lane]

    def _draw(self) -> None:
        self._draw_lines()
        self._counter.draw(self._tickets)

    def _draw_lines(self) -> None:
        desk, now = self.desk, self._now()
        self._drawn_minutes = [minutes(ticket, now) for ticket in self._tickets]
        called = (self._lane,) if self._lane else self._served
        for summary in self._summaries:
            self._columns[Lane(summary.lane)].draw_tile(summary, self._here(Lane(summary.lane)), now)
        for lane, column in self._columns.items():
            column.tile.set(selected=lane in called)
            if self._trip_open:
                column.draw_rows(self._here(lane), now)
            else:
                closed = ft.Icons.AIRPORT_SHUTTLE_OUTLINED
                column.say_instead(parts.empty(desk, closed, desk.say("trip.none_open")))
            if not self._side_by_side:
                self._boxes[lane].visible = lane is self._shown_lane()
        waiting = sum(ticket.status in IN_LINE and ticket.lane in called for ticket in self._tickets)
        names = ", ".join(words.choice(desk.texts, "lane", lane.value) for lane in called)
        said = desk.say("queue.serves", counter=desk.me.counter, lanes=names)
        count = parts.badge(desk, desk.say("queue.waiting", count=waiting), "info")
        hint = parts.badge(desk, desk.say("queue.scan_hint"), "neutral", ft.Icons.QR_CODE_SCANNER_ROUNDED)
        self._said.controls = [
            parts.tid("waiting-count", count),
            parts.tid("queue-serves", parts.text(said, Style.LABEL_MEDIUM, color=desk.palette.quiet)),
            hint,
        ]

    # ------------------------------------------------------------------ finding
    async def _find(self, text: str) -> None:
        """Open the ticket whose slip was scanned."""
        desk = self.desk
        ticket = await desk.run(desk.work.intake.slips.find, desk.me, slip_text(text))
        await self._details(ticket)

    async def _open_ticket(self, ticket: TicketView) -> None:
        if not self.reader.busy:
            await self._details(ticket)

    async def _details(self, ticket: TicketView) -> None:
        dialogs.close_all(self.desk)
        await TicketDetails(self.desk, ticket, TicketActs(self._act, self._load)).open()

    async def _choose_lane(self, lane: Lane) -> None:
        """Call this lane alone; pressed again, all lanes of a counter that serves several."""
        if self.reader.busy:
            return
        several = 1 < len(self._served) < len(Lane)
        self._lane = None if several and self._lane is lane else lane
        self._draw()
        self.view.update()

    # ------------------------------------------------------------------ acts
    async def _call_next(self) -> None:
        """Call; the news of it, which every window hears, redraws."""
        if self.reader.busy:
            return
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
        """Do what a button says, after a question where it needs one."""
        if self.reader.busy:
            return
        if act is TicketAct.TRANSFER:
            ask_lane(self.desk, ticket, self._transfer(ticket))
        elif act is TicketAct.NO_SHOW:
            question = self.desk.say("queue.no_show_question", label=ticket.label)
            yes = self.desk.say("queue.no_show")
            dialogs.ask(self.desk, question, yes=yes, act=lambda: self._do(ticket, act), danger=True)
        else:
            await self._do(ticket, act)

    def _transfer(self, ticket: TicketView) -> Callable[[Lane], Awaitable[None]]:
        async def go(lane: Lane) -> None:
            await self._do(ticket, TicketAct.TRANSFER, lane)

        return go

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

    # ------------------------------------------------------------------ dossiers
    async def _open_dossier(self, ticket: TicketView) -> None:
        desk = self.desk
        if self.reader.busy:
            return
        if ticket.status is TicketStatus.CALLED:
            await desk.run(desk.work.queue.act, desk.me, ticket.id, TicketAct.SERVE)
        if ticket.dossier_id is None and not ticket.procedure_code:

            async def chosen(code: str) -> None:
                await self._start(ticket, code)

            choose_procedure(desk, chosen)
            return
        await self._start(ticket, None)

    async def _start(self, ticket: TicketView, procedure_code: str | None) -> None:
        desk = self.desk
        dossier = await desk.run(desk.work.dossiers.start, desk.me, ticket.id, procedure_code)
        await desk.go("dossier", id=dossier.id)
