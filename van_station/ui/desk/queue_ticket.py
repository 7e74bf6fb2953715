"""One ticket out of the line: who it is, what can be done with it, and whose machine holds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import flet as ft

from van_station.rules.access import Act
from van_station.rules.leases import HANDED_OVER
from van_station.rules.queueing import OVER, Lane, TicketAct, acts_for
from van_station.services.queue import TicketView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.queue_counter import wish
from van_station.ui.desk.queue_lanes import LANE_ICONS
from van_station.ui.parts import Style
from van_station.ui.session import Desk

_ACTS: tuple[tuple[TicketAct, str, ft.IconData], ...] = (
    (TicketAct.CALL, "queue.call_this", ft.Icons.CAMPAIGN_OUTLINED),
    (TicketAct.RECALL, "queue.recall", ft.Icons.CAMPAIGN_OUTLINED),
    (TicketAct.PUT_BACK, "queue.put_back", ft.Icons.UNDO_ROUNDED),
    (TicketAct.TRANSFER, "queue.transfer", ft.Icons.MOVE_UP_ROUNDED),
    (TicketAct.FINISH, "queue.finish", ft.Icons.CHECK_ROUNDED),
    (TicketAct.NO_SHOW, "queue.no_show", ft.Icons.PERSON_OFF_OUTLINED),
)


def offered_acts(ticket: TicketView) -> list[TicketAct]:
    """Return what a ticket's sheet offers: an act that is the same as another is offered once."""
    allowed = acts_for(ticket.status)
    offered = [act for act, _, _ in _ACTS if act in allowed]
    if TicketAct.CALL in offered and TicketAct.RECALL in offered:
        offered.remove(TicketAct.CALL)
    return offered


@dataclass(frozen=True, slots=True)
class TicketActs:
    """What the sheet's buttons do; `reload` draws the line anew."""

    act: Callable[[TicketView, TicketAct], Awaitable[None]]
    reload: Callable[[], Awaitable[None]]


class TicketDetails:
    """The sheet of one ticket."""

    def __init__(self, desk: Desk, ticket: TicketView, acts: TicketActs) -> None:
        self._desk, self._ticket, self._acts = desk, ticket, acts
        self._dialog: ft.AlertDialog | None = None

    async def open(self) -> None:
        """Show the sheet."""
        desk, say, ticket = self._desk, self._desk.say, self._ticket
        party = await desk.run(desk.work.intake.party, ticket.id)
        close = parts.Press(
            desk, "ticket-close", say("common.close"), self._close, kind="text", autofocus=True
        )
        self._dialog = dialogs.sheet(
            desk,
            say("queue.ticket_title", label=ticket.label),
            [
                self._facts([member.full_name for member in party.members[1:]]),
                *self._lease(),
                self._buttons(),
            ],
            [close.view],
            icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
            width=640,
        )

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)

    def _facts(self, others: Sequence[str]) -> ft.Control:
        desk, say, ticket = self._desk, self._desk.say, self._ticket
        state = words.choice(desk.texts, "ticket_status", ticket.status.value)
        marks: list[ft.Control] = [
            parts.tid("ticket-state", parts.badge(desk, f"{state} {ticket.counter}".strip(), "info")),
            parts.badge(desk, words.choice(desk.texts, "lane", ticket.lane.value), "neutral"),
        ]
        if ticket.priority_group:
            name = words.choice(desk.texts, "priority", ticket.priority_group)
            marks.append(parts.badge(desk, name, "warn", ft.Icons.STAR_ROUNDED))
        lines: list[ft.Control] = [
            parts.text(ticket.person_name, Style.TITLE_LARGE),
            parts.text(wish(desk, ticket), Style.BODY_MEDIUM, color=desk.palette.quiet),
        ]
        if others:
            lines.append(parts.text(say("party.same_ticket", names=", ".join(others)), Style.BODY_MEDIUM))
        if ticket.wait_min:
            lines.append(parts.text(say("queue.wait_about", minutes=ticket.wait_min), Style.BODY_MEDIUM))
        lines.append(ft.Row(marks, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S))
        return ft.Column(lines, spacing=theme.GAP_S)

    # ------------------------------------------------------------------ acts
    def _buttons(self) -> ft.Control:
        desk, ticket = self._desk, self._ticket
        buttons: list[ft.Control] = []
        if desk.me.may(Act.CALL_TICKET) and ticket.is_held_here:
            offered = offered_acts(ticket)
            buttons = [self._button(act, key, icon) for act, key, icon in _ACTS if act in offered]
        return ft.Row(buttons, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S, visible=bool(buttons))

    def _button(self, act: TicketAct, key: str, icon: ft.IconData) -> ft.Control:
        async def go() -> None:
            await self._close()
            await self._acts.act(self._ticket, act)

        label = self._desk.say(key)
        return parts.Press(self._desk, f"do-{act.value}", label, go, kind="tonal", icon=icon).view

    # ------------------------------------------------------------------ leases
    def _lease(self) -> list[ft.Control]:
        desk, say, ticket = self._desk, self._desk.say, self._ticket
        if ticket.is_held_here or ticket.status in OVER:
            return []
        acts: list[ft.Control] = []
        if desk.me.may(Act.CALL_TICKET) and ticket.status in HANDED_OVER:
            ask = parts.Press(
                desk,
                "lease-ask",
                say("queue.ask_over"),
                self._ask_over,
                kind="filled",
                icon=ft.Icons.MOVE_TO_INBOX_OUTLINED,
            )
            acts.append(ask.view)
        if desk.me.may(Act.TRIP):
            take = parts.Press(
                desk,
                "lease-reclaim",
                say("queue.reclaim"),
                self._ask_reclaim,
                icon=ft.Icons.WARNING_AMBER_ROUNDED,
            )
            acts.append(take.view)
        told = parts.notice(
            desk,
            say("queue.elsewhere_means"),
            "warn",
            icon=ft.Icons.DEVICES_ROUNDED,
            identifier="lease-elsewhere",
        )
        return [told, ft.Row(acts, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)]

    async def _ask_over(self) -> None:
        desk, ticket = self._desk, self._ticket
        await desk.run(desk.work.queue.leases.fetch, desk.me, ticket.id)
        after = await desk.run(desk.work.queue.get, ticket.id)
        await self._close()
        await self._acts.reload()
        if after.is_held_here:
            desk.snack(desk.say("queue.came", label=ticket.label))
        else:
            desk.snack(desk.say("queue.asked", label=ticket.label), tone="neutral")

    async def _ask_reclaim(self) -> None:
        desk, ticket = self._desk, self._ticket

        async def reclaim() -> None:
            await desk.run(desk.work.queue.leases.reclaim, desk.me, ticket.id)
            await self._acts.reload()
            desk.snack(desk.say("queue.came", label=ticket.label))

        await self._close()
        question = desk.say("queue.reclaim_question", label=ticket.label)
        dialogs.ask(desk, question, yes=desk.say("queue.reclaim"), act=reclaim, danger=True)


def ask_lane(desk: Desk, ticket: TicketView, go: Callable[[Lane], Awaitable[None]]) -> None:
    """Ask to which lane a ticket shall go; `go` gets it."""
    holder: list[ft.AlertDialog] = []

    def choice(lane: Lane, number: int) -> ft.Control:
        async def pick() -> None:
            dialogs.close(holder[0])
            await go(lane)

        name = words.choice(desk.texts, "lane", lane.value)
        tile = parts.Tile(desk, f"to-{lane.value}", name, pick, icon=LANE_ICONS[lane])
        tile.button.autofocus = number == 0
        return tile.view

    async def no() -> None:
        dialogs.close(holder[0])

    lanes = [lane for lane in Lane if lane is not ticket.lane]
    cancel = parts.Press(desk, "ask-no", desk.say("common.cancel"), no, kind="text")
    title = desk.say("queue.transfer_to", label=ticket.label)
    body = [choice(lane, number) for number, lane in enumerate(lanes)]
    holder.append(dialogs.sheet(desk, title, body, [cancel.view], icon=ft.Icons.MOVE_UP_ROUNDED))
