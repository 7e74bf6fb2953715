"""The number just given, so large that it can be read across the table; its slip, and what to bring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.errors import ServiceError
from van_station.services.queue import TicketView
from van_station.services.ticket_slips import SlipForm
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.intake_cards import NextCard
from van_station.ui.parts import Style
from van_station.ui.session import Desk

MOST_PAPERS = 4
PREVIEW_HEIGHT = 330
ROLLS: tuple[tuple[str, SlipForm, SlipForm], ...] = (
    ("58", "png-58", "escpos-58"),
    ("80", "png-80", "escpos-80"),
)
"""Width of the thermal paper in mm, its picture, its print job."""


class TicketSheet:
    """One ticket, shown once it was given out.

    Args:
        desk: the window.
        ticket: just given out.
        after: runs when the volunteer goes on to the next person.
        next_card: a line that takes the next person's card.
    """

    def __init__(
        self, desk: Desk, ticket: TicketView, after: Callable[[], Awaitable[None]], next_card: NextCard
    ) -> None:
        self._desk, self._ticket, self._after, self._next_card = desk, ticket, after, next_card
        next_card.go_on, next_card.close = self._done, self._close
        self._dialog: ft.AlertDialog | None = None
        self._facts = ft.Column(
            spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.CENTER, expand=3
        )
        self._slip = ft.Container(alignment=ft.Alignment.CENTER, height=PREVIEW_HEIGHT)
        self._rolls = {width: self._roll(width) for width, _, _ in ROLLS}
        self._save = parts.Press(
            desk,
            "ticket-save",
            desk.say("intake.ticket_save"),
            None,
            kind="text",
            icon=ft.Icons.DOWNLOAD_OUTLINED,
        )

    def _roll(self, width: str) -> parts.Tile:
        async def pick() -> None:
            await self._preview(width)

        label = self._desk.say(f"intake.ticket_{width}")
        return parts.Tile(self._desk, f"ticket-{width}", label, pick, compact=True)

    # ------------------------------------------------------------------ opening
    async def open(self) -> None:
        """Show the number at once, and what needs a moment when it comes."""
        desk, say, p = self._desk, self._desk.say, self._desk.palette
        ticket = self._ticket
        party = await desk.run(desk.work.intake.party, ticket.id)
        number = parts.text(ticket.label, Style.DISPLAY_LARGE, color=p.primary)
        lane = words.choice(desk.texts, "lane", ticket.lane.value)
        rows: list[ft.Control] = [
            parts.tid("ticket-number", number),
            parts.badge(desk, lane, "info"),
            parts.text(ticket.person_name, Style.TITLE_LARGE, text_align=ft.TextAlign.CENTER),
        ]
        others = [member.full_name for member in party.members[1:]]
        if others:
            told = say("party.same_ticket", names=", ".join(others))
            people = parts.text(told, Style.BODY_MEDIUM, text_align=ft.TextAlign.CENTER)
            rows.append(parts.tid("ticket-party", people))
        if party.business_name:
            rows.append(parts.tid("ticket-business", parts.text(party.business_name, Style.BODY_MEDIUM)))
        rows.append(parts.tid("ticket-wait", parts.text(self._wait(), Style.BODY_LARGE, color=p.quiet)))
        self._facts.controls = [*rows, *await self._papers()]
        print_title = say("intake.ticket_print")
        address = desk.offer(lambda: desk.work.intake.ticket_slip(desk.me, ticket.id), print_title)
        printing = parts.Press(
            desk, "ticket-print", print_title, None, url=address, icon=ft.Icons.PRINT_OUTLINED
        )
        next_one = parts.Press(desk, "ticket-done", say("intake.next_person"), self._done, kind="filled")
        self._dialog = dialogs.sheet(
            desk,
            say("intake.ticket_title"),
            [self._body(), self._next_card.view],
            [printing.view, next_one.view],
            icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
            tone="good",
            width=820,
        )
        desk.later(self._preview("80"))

    def _body(self) -> ft.Control:
        rolls = ft.Row(
            [*[tile.view for tile in self._rolls.values()], self._save.view],
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
            wrap=True,
        )
        box = ft.Container(
            self._facts,
            bgcolor=self._desk.palette.raised,
            border_radius=theme.RADIUS_L,
            padding=theme.GAP_L,
            col={"xs": 12, "sm": 7},
        )
        slip = ft.Column(
            [
                parts.text(self._desk.say("intake.ticket_preview"), Style.LABEL_MEDIUM),
                self._slip,
                rolls,
            ],
            spacing=theme.GAP_S,
            col={"xs": 12, "sm": 5},
        )
        return ft.ResponsiveRow([box, slip], spacing=theme.GAP_L, run_spacing=theme.GAP_M)

    def _wait(self) -> str:
        say, ticket = self._desk.say, self._ticket
        if not ticket.wait_min:
            wait = say("intake.ticket_wait_none")
        else:
            wait = say("queue.wait_about", minutes=ticket.wait_min)
        if ticket.place:
            wait = f"{say('intake.ticket_ahead', count=ticket.place)} · {wait}"
        return wait

    async def _papers(self) -> list[ft.Control]:
        """Return the short list of what to bring; nothing when no procedure is known."""
        desk, ticket = self._desk, self._ticket
        if not ticket.procedure_code:
            return []
        try:
            advice = await desk.run(
                desk.work.guidance.advice, ticket.procedure_code, group=ticket.priority_group
            )
        except ServiceError:
            return []  # the number stands; the list is told at the counter
        names = [
            words.label(desk.texts, paper.name)
            for paper in advice.papers
            if paper.certain and paper.required and not paper.from_form
        ]
        if not names:
            return []
        lines: list[ft.Control] = [
            parts.text(f"• {name}", Style.BODY_SMALL, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)
            for name in names[:MOST_PAPERS]
        ]
        if len(names) > MOST_PAPERS:
            more = desk.say("intake.ticket_papers_more", count=len(names) - MOST_PAPERS)
            lines.append(parts.text(more, Style.BODY_SMALL, color=desk.palette.quiet))
        title = parts.text(desk.say("intake.ticket_papers"), Style.LABEL_LARGE)
        column = ft.Column([title, *lines], spacing=2, horizontal_alignment=ft.CrossAxisAlignment.START)
        return [parts.tid("ticket-papers", column)]

    # ------------------------------------------------------------------ the slip
    async def _preview(self, width: str) -> None:
        """Draw the slip as a thermal printer would, and offer its print job."""
        desk, ticket = self._desk, self._ticket
        picture, job = next((png, bytes_) for each, png, bytes_ in ROLLS if each == width)
        slip = desk.work.intake.ticket_slip
        try:
            page = await desk.run(slip, desk.me, ticket.id, picture)
        except ServiceError:
            self._slip.content = parts.notice(desk, desk.say("intake.ticket_no_preview"), "warn")
        else:
            label = desk.say("intake.ticket_preview")
            image = ft.Image(
                src=page.data, height=PREVIEW_HEIGHT, fit=ft.BoxFit.CONTAIN, semantics_label=label
            )
            self._slip.content = parts.tid("ticket-picture", image)
        for each, tile in self._rolls.items():
            tile.set(selected=each == width)
        title = desk.say("intake.ticket_save")
        self._save.set(url=desk.offer(lambda: slip(desk.me, ticket.id, job), title, save=True))
        if self._dialog is not None and self._dialog.open:
            self._dialog.update()

    def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)

    async def _done(self) -> None:
        self._close()
        await self._after()


async def show_ticket(
    desk: Desk, ticket: TicketView, after: Callable[[], Awaitable[None]], next_card: NextCard
) -> None:
    """Show a ticket; `after` runs when the volunteer goes on to the next person."""
    await TicketSheet(desk, ticket, after, next_card).open()
