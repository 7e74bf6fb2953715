"""The counter's side of the queue: who stands here, and what can be done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import flet as ft

from van_station.rules.queueing import TicketAct, TicketStatus, acts_for
from van_station.services.queue import TicketView
from van_station.ui import parts, theme, words
from van_station.ui.parts import Style
from van_station.ui.session import Desk

AT_COUNTER = frozenset({TicketStatus.CALLED, TicketStatus.SERVING})
MAIN_ACTS = frozenset({TicketAct.SERVE, TicketAct.FINISH})
_ACTS: tuple[tuple[TicketAct, str, ft.IconData], ...] = (
    (TicketAct.SERVE, "queue.start", ft.Icons.PLAY_ARROW_ROUNDED),
    (TicketAct.FINISH, "queue.finish", ft.Icons.CHECK_ROUNDED),
    (TicketAct.RECALL, "queue.recall", ft.Icons.CAMPAIGN_OUTLINED),
    (TicketAct.SKIP, "queue.skip", ft.Icons.SKIP_NEXT_ROUNDED),
    (TicketAct.PUT_BACK, "queue.put_back", ft.Icons.UNDO_ROUNDED),
    (TicketAct.TRANSFER, "queue.transfer", ft.Icons.MOVE_UP_ROUNDED),
    (TicketAct.NO_SHOW, "queue.no_show", ft.Icons.PERSON_OFF_OUTLINED),
)
KEYS = {
    TicketAct.SERVE: "F10",
    TicketAct.FINISH: "F10",
    TicketAct.RECALL: "Alt+R",
    TicketAct.SKIP: "Alt+Q",
    TicketAct.PUT_BACK: "Alt+T",
    TicketAct.TRANSFER: "Alt+C",
    TicketAct.NO_SHOW: "Alt+V",
}
KEY_ACTS = {key.removeprefix("Alt+"): act for act, key in KEYS.items() if key.startswith("Alt+")}
"""What Alt with a letter does, by the letter."""


def mine(tickets: Sequence[TicketView], counter: str) -> list[TicketView]:
    """Return the tickets at a counter, the one called last first."""
    here = [ticket for ticket in tickets if ticket.status in AT_COUNTER and ticket.counter == counter]
    return sorted(here, key=lambda ticket: ticket.called_at or ticket.created_at, reverse=True)


def wish(desk: Desk, ticket: TicketView) -> str:
    """Return what somebody came for, in the window's language where the catalogue has it."""
    catalogue = desk.work.catalogue
    if ticket.procedure_code and catalogue.has(ticket.procedure_code):
        card = catalogue.get(ticket.procedure_code)
        return words.either(desk.texts, card.name, card.name_en)
    return ticket.procedure_name or words.choice(desk.texts, "need", ticket.need)


@dataclass(frozen=True, slots=True)
class CounterActs:
    """What the counter's buttons do."""

    act: Callable[[TicketView, TicketAct], Awaitable[None]]
    open_dossier: Callable[[TicketView], Awaitable[None]]


class Counter:
    """The person at this counter; its buttons stay the same controls, so the keyboard stays where it is."""

    def __init__(self, desk: Desk, acts: CounterActs) -> None:
        self._desk, self._do = desk, acts
        self._tickets: Sequence[TicketView] = ()
        self._chosen = ""
        self.present: TicketView | None = None
        """Who is at the counter; with several, the one that was chosen."""
        p = desk.palette
        self._number = parts.text("", Style.DISPLAY_MEDIUM, color=p.primary)
        self._name = parts.text("", Style.HEADLINE_SMALL)
        self._what = parts.text("", Style.BODY_MEDIUM, color=p.quiet)
        self._marks = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._open = parts.Press(
            desk,
            "open-dossier",
            desk.say("queue.open_dossier"),
            self._open_it,
            kind="tonal",
            icon=ft.Icons.FOLDER_OPEN_OUTLINED,
            shortcut="Alt+H",
            show_key=True,
            fill=True,
        )
        self._buttons = {act: self._act_button(act, key, icon) for act, key, icon in _ACTS}
        self._cells = {"open": ft.Container(self._open.view, col=12)} | {
            act.value: ft.Container(button.view, col=12 if act in MAIN_ACTS else 6)
            for act, button in self._buttons.items()
        }
        self._card = self._ticket_card()
        self._nobody = parts.card(
            desk,
            [
                parts.empty(
                    desk,
                    ft.Icons.CAMPAIGN_OUTLINED,
                    desk.say("queue.nobody_here", counter=desk.me.counter),
                    identifier="counter-empty",
                )
            ],
        )
        self._others = ft.Row(wrap=True, spacing=theme.GAP_S)
        self.view = ft.Column(
            [self._card, self._nobody, self._others],
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def _ticket_card(self) -> ft.Container:
        head = ft.Row(
            [
                parts.tid("serving-number", self._number),
                self._marks,
            ],
            spacing=theme.GAP_M,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        who = ft.Column([self._name, self._what], spacing=2)
        acts = ft.ResponsiveRow([*self._cells.values()], spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        return parts.card(self._desk, [head, who, acts], padding=14, spacing=theme.GAP_S)

    def _act_button(self, act: TicketAct, key: str, icon: ft.IconData) -> parts.Press:
        async def go() -> None:
            if self.present is not None:
                await self._do.act(self.present, act)

        kind: parts.Kind = "filled" if act is TicketAct.SERVE else "tonal" if act in MAIN_ACTS else "outlined"
        return parts.Press(
            self._desk,
            f"act-{act.value}",
            self._desk.say(key),
            go,
            kind=kind,
            icon=icon if act in MAIN_ACTS else None,  # two of the others share a line with their keys
            shortcut=KEYS[act],
            show_key=True,
            fill=True,
        )

    async def _open_it(self) -> None:
        if self.present is not None:
            await self._do.open_dossier(self.present)

    def allows(self, act: TicketAct) -> bool:
        """Whether this may be done with the one who is present."""
        return self.present is not None and act in acts_for(self.present.status)

    def choose(self, ticket_id: str) -> None:
        """Show this one first; "" shows who was called last."""
        self._chosen = ticket_id

    # ------------------------------------------------------------------ drawing
    def draw(self, tickets: Sequence[TicketView]) -> None:
        """Show who is at this counter; the caller updates the view."""
        self._tickets = tickets
        here = mine(tickets, self._desk.me.counter)
        chosen = [ticket for ticket in here if ticket.id == self._chosen]
        self.present = next(iter(chosen or here), None)
        self._card.visible, self._nobody.visible = self.present is not None, self.present is None
        others = [ticket for ticket in here if ticket is not self.present]
        self._others.controls = [self._other(ticket) for ticket in others]
        self._others.visible = bool(others)
        if self.present is not None:
            self._draw_card(self.present)

    def _draw_card(self, ticket: TicketView) -> None:
        desk, say = self._desk, self._desk.say
        self._number.value, self._name.value = ticket.label, ticket.person_name
        self._what.value = wish(desk, ticket)
        state = words.choice(desk.texts, "ticket_status", ticket.status.value)
        mark = parts.badge(desk, state, "good", ft.Icons.PERSON_PIN_CIRCLE_OUTLINED)
        self._marks.controls = [
            parts.tid("serving-status", mark),
            parts.badge(desk, say("queue.times_called", times=ticket.times_called)),
        ]
        if ticket.priority_group:
            name = words.choice(desk.texts, "priority", ticket.priority_group)
            self._marks.controls.append(parts.badge(desk, name, "warn", ft.Icons.STAR_ROUNDED))
        label = say("queue.open_dossier_again") if ticket.dossier_id else say("queue.open_dossier")
        self._open.set(label=label, kind="filled" if ticket.status is TicketStatus.SERVING else "tonal")
        allowed = acts_for(ticket.status)
        for act, button in self._buttons.items():
            button.view.visible = act in allowed
            self._cells[act.value].visible = act in allowed

    def _other(self, ticket: TicketView) -> ft.Control:
        async def pick() -> None:
            self._chosen = ticket.id
            self.draw(self._tickets)
            self.view.update()

        return parts.Press(self._desk, f"counter-{ticket.label}", ticket.label, pick).view

    async def focus(self) -> None:
        """Give the keyboard to what comes next for the person at the counter."""
        if self.present is None:
            return
        serve = self._buttons[TicketAct.SERVE]
        await self._desk.focus(serve.button if serve.view.visible else self._open.button)
