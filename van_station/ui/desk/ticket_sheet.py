"""The number just given, so large that it can be read across the table, and its slip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.queue import TicketView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.parts import Style
from van_station.ui.session import Desk


async def show_ticket(desk: Desk, ticket: TicketView, after: Callable[[], Awaitable[None]]) -> None:
    """Show a ticket; `after` runs when the volunteer goes on to the next person."""
    say = desk.say
    lanes = await desk.run(desk.work.queue.lanes)
    wait = next((lane.estimated_wait_min for lane in lanes if lane.lane == ticket.lane), 0)
    holder: list[ft.AlertDialog] = []

    async def done() -> None:
        dialogs.close(holder[0])
        await after()

    print_title = say("intake.ticket_print")
    address = desk.offer(lambda: desk.work.intake.ticket_slip(desk.me, ticket.id), print_title)
    printing = parts.Press(desk, "ticket-print", print_title, None, url=address, icon=ft.Icons.PRINT_OUTLINED)
    next_one = parts.Press(
        desk, "ticket-done", say("intake.next_person"), done, kind="filled", autofocus=True
    )
    p = desk.palette
    column = ft.Column(
        [
            parts.tid("ticket-number", parts.text(ticket.label, Style.DISPLAY_LARGE, color=p.primary)),
            parts.badge(desk, words.choice(desk.texts, "lane", ticket.lane.value), "info"),
            parts.text(ticket.person_name, Style.TITLE_LARGE),
            parts.text(say("queue.wait_about", minutes=wait), Style.BODY_LARGE, color=p.quiet),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=theme.GAP_S,
    )
    body = ft.Container(
        column,
        alignment=ft.Alignment.CENTER,
        bgcolor=p.raised,
        border_radius=theme.RADIUS_L,
        padding=theme.GAP_L,
    )
    holder.append(
        dialogs.sheet(
            desk,
            say("intake.ticket_title"),
            [body],
            [printing.view, next_one.view],
            icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
            tone="good",
            width=480,
        )
    )
