"""Intake (*tiếp đón, phân loại*): card, need, number: three acts; everything else beside that path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.errors import IntakeRefused
from van_station.services.intake import CardView
from van_station.ui import dialogs, parts, theme
from van_station.ui.debounce import Latest
from van_station.ui.desk.intake_address import AddressStrip
from van_station.ui.desk.intake_cards import CardStrip, NextCard
from van_station.ui.desk.intake_field import IntakeHub
from van_station.ui.desk.intake_known import KnownStrip, NoCardPanel
from van_station.ui.desk.intake_party import BusinessPanel, FamilyPanel
from van_station.ui.desk.intake_person import PersonPanel
from van_station.ui.desk.intake_state import TYPED, IntakeState, first_error, in_rows
from van_station.ui.desk.intake_told import ToldStrip
from van_station.ui.desk.intake_wish import WishPanel
from van_station.ui.desk.ticket_sheet import show_ticket
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

DIGITS = frozenset("123456")
DIGIT_PAUSE_S = 0.15
"""A digit is a choice when nothing follows it; a card reader's next key comes within this time."""


class IntakeScreen(Screen):
    """One person at a time; what is typed survives going to another screen and back."""

    kinds = frozenset({"trip"})
    keys = (
        ("1 – 6", "shell.key_digit"),
        ("Alt + 1 – 6", "shell.key_digit_alt"),
        ("Alt + N", "shell.key_family"),
        ("Alt + B", "shell.key_business"),
        ("Alt + K", "shell.key_no_card"),
        ("Alt + S", "shell.key_show_id"),
        ("Alt + M", "shell.key_address"),
        ("Alt + U", "priority_rule.title"),
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.hub = hub = IntakeHub(desk)
        self._cards = CardStrip(hub, self._filled, self._catch)
        hub.check, hub.read, hub.redraw = self._check, self._cards.read, self._redraw
        hub.onward = self._onward
        self._digit = Latest(DIGIT_PAUSE_S)
        self._pending_digit = 0
        self._taking = False
        self._told = ToldStrip(hub)
        self._known = KnownStrip(hub)
        self._person = PersonPanel(hub)
        self._address = AddressStrip(hub)
        self._no_card = NoCardPanel(hub)
        self._family = FamilyPanel(hub)
        self._business = BusinessPanel(hub)
        self._wish = WishPanel(hub)
        self._toggles = {
            "family": self._toggle("family", "party.family", "Alt+N", self._flip_family),
            "business": self._toggle("business", "business.open", "Alt+B", self._flip_business),
            "no-card": self._toggle("no-card", "intake.no_card", "Alt+K", self._flip_no_card),
        }
        self._no_trip = ft.Column(spacing=0, visible=False)
        stretch = ft.CrossAxisAlignment.STRETCH
        self._roll = ft.Column(
            [self._no_trip, self._person_card(), self._wish.view],
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=stretch,
        )
        self.view = ft.Column(
            [self._roll, self._foot()],
            spacing=theme.GAP_S,
            expand=True,
            horizontal_alignment=stretch,
        )

    @property
    def state(self) -> IntakeState:
        """What stands in the fields."""
        return self.hub.state

    # ------------------------------------------------------------------ layout
    def _person_card(self) -> ft.Control:
        toggles = ft.Row(
            [tile.view for tile in self._toggles.values()],
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
        )
        return parts.card(
            self.desk,
            [
                self._cards.view,
                self._told.view,
                self._known.view,
                self._person.view,
                self._address.view,
                toggles,
                self._no_card.view,
                self._family.view,
                self._business.view,
            ],
            padding=16,
            spacing=theme.GAP_M,
        )

    def _toggle(self, name: str, key: str, shortcut: str, act: Callable[[], Awaitable[None]]) -> parts.Tile:
        label = self.desk.say(key)
        press = self.hub.unless_reading(act)
        return parts.Tile(self.desk, f"open-{name}", label, press, compact=True, key=shortcut)

    def _foot(self) -> ft.Control:
        say = self.desk.say
        take = parts.Press(
            self.desk,
            "issue-ticket",
            say("intake.issue_ticket"),
            self._take_in,
            kind="filled",
            icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
            shortcut="F9",
            show_key=True,
        )
        clear = parts.Press(
            self.desk,
            "clear",
            say("common.clear"),
            self._clear,
            kind="text",
            icon=ft.Icons.BACKSPACE_OUTLINED,
            shortcut="F10",
            show_key=True,
        )
        return ft.Row([clear.view, take.view], alignment=ft.MainAxisAlignment.END, spacing=theme.GAP_M)

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Put what was typed before back, load needs and groups, and listen to the reader."""
        self._cards.listen()
        await self._wish.load()
        await self._load_trip()
        await self._known.read()
        await self._business.look_up()
        self._show_all()
        self.view.update()
        if not self.state.full_name:
            await self._person.focus()

    async def leave(self) -> None:
        """Another screen hears the reader now."""
        self._cards.deafen()

    async def focus(self) -> None:
        """Give the keyboard to the first field."""
        await self._person.focus()

    async def changed(self, kinds: frozenset[str]) -> None:
        """The trip was opened or closed."""
        await self._load_trip()
        self._no_trip.update()

    async def _load_trip(self) -> None:
        trip = await self.desk.run(self.desk.work.trips.current)
        self._no_trip.visible = trip is None
        self._no_trip.controls = (
            [] if trip else [parts.notice(self.desk, self.desk.say("trip.none_open"), "warn")]
        )

    # ------------------------------------------------------------------ keys
    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Listen for a card; F9 gives the number, F10 clears, digits choose the need, Alt the rest."""
        self._digit.drop()
        chosen, self._pending_digit = self._pending_digit, 0
        if self.hub.reader.key(event):
            dialogs.close_all(self.desk)
            await self._cards.ask_again("card.no_field")
            return True
        if event.key == "F9":
            if chosen:  # a quick hand: the digit was still being waited for
                await self._wish.choose_number(chosen)
            await self._take_in()
            return True
        if event.key == "F10":
            await self._clear()
            return True
        if event.alt and not event.ctrl:
            return await self._alt(event.key.upper().removeprefix("DIGIT "))
        digit = event.key.removeprefix("Numpad ")
        if digit in DIGITS and not (event.ctrl or event.meta or event.shift or self.hub.typing_at):
            self._pending_digit = int(digit)
            self.desk.later(self._digit_pressed(int(digit)))
            return True
        return False

    async def _digit_pressed(self, number: int) -> None:
        if await self._digit.settled() and not self.hub.reader.busy:
            self._pending_digit = 0
            await self._wish.choose_number(number)

    async def _alt(self, key: str) -> bool:
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "N": self._flip_family,
            "B": self._flip_business,
            "K": self._flip_no_card,
            "S": self._person.flip,
            "M": self._address.use_first,
            "U": self._open_rules,
        }
        if key in DIGITS:
            await self._wish.choose_number(int(key))
        elif key in acts:
            await acts[key]()
        else:
            return False
        return True

    async def _onward(self) -> None:
        await self._wish.focus()

    async def _open_rules(self) -> None:
        self._wish.rules()

    # ------------------------------------------------------------------ what is rarer
    async def _flip_family(self) -> None:
        state = self.state
        state.family_open = not state.family_open
        self.hub.stop_typing("companions/")
        if state.family_open and not state.family:
            state.add_companion()
        await self._redraw()
        if state.family_open:
            await self._family.focus()

    async def _flip_business(self) -> None:
        self.state.business_open = not self.state.business_open
        self.hub.stop_typing("business/")
        await self._redraw()
        if self.state.business_open:
            await self._business.focus()

    async def _flip_no_card(self) -> None:
        self.state.no_card = not self.state.no_card
        await self._redraw()
        await self._check("no_card")
        if self.state.no_card:
            await self._person.focus("full_name")

    # ------------------------------------------------------------------ checking
    async def _check(self, place: str) -> None:
        """Ask what is wrong with what stands there now, and show it."""
        state, desk = self.state, self.desk
        if place == "address-ward":
            await self._address.find_ward()
            return
        if place == "id_number":
            await self._look_up()
        await self._address.read()
        rows = state.filled_rows()
        found = in_rows(await desk.run(desk.work.intake.check, state.draft()), rows)
        state.notes = state.with_card_notes(found)
        await self._suggest_group()
        if place.startswith("business/") or place in ("card", "id_number", "consent"):
            await self._business.look_up()
        self._address.show()
        self._show_notes()
        self.view.update()

    async def _look_up(self) -> None:
        """Look whether somebody with this number was here before."""
        number, state = self.state.draft().id_number, self.state
        if state.known is not None and state.known.id_number != number:
            state.known = None
        if state.known is None and len(number) == 12:
            state.known = await self.desk.run(self.desk.work.intake.known, number)
        await self._known.read()
        self._known.show()

    async def _suggest_group(self) -> None:
        state, desk = self.state, self.desk
        if "priority_group" in state.touched or (state.group is not None and not state.group_suggested):
            return
        draft = state.draft()
        suggested = await desk.run(desk.work.intake.suggest_groups, draft.birth_date, draft.birth_text)
        state.group = suggested[0] if suggested else None
        state.group_suggested = bool(suggested)
        self._wish.show_groups()

    def _show_notes(self) -> None:
        for panel in (self._person, self._family, self._business, self._wish):
            panel.show_notes()

    # ------------------------------------------------------------------ cards
    async def _filled(self, card: CardView) -> None:
        """Put a card where it belongs: to the person, or to the next of the family while that is open."""
        state, desk = self.state, self.desk
        own = state.draft().id_number
        if state.family_open and (own or state.full_name.strip()) and card.draft.id_number != own:
            row = state.row_for_card(card.draft.id_number)
            if row is None:
                desk.snack(desk.say("intake.card_again"), tone="bad")
                return
            row.fill_from(card)
            await self._redraw()
            await self._check("companions")
            self.hub.typing_at = ""
            await self._family.focus_relation(row)
        else:
            state.fill_from(card)
            self.hub.typing_at = ""
            await self._known.read(again=True)
            await self._address.read()
            self._show_all()
            await self._check("card")
            await self._wish.focus()
        desk.snack(desk.say("intake.card_filled"))

    async def _catch(self) -> None:
        """Show why a card must be read again; a field gets the keyboard, only fields hear all letters."""
        self._show_all()
        self.view.update()
        await self._roll.scroll_to(offset=0, duration=0)
        await self._person.catch()

    # ------------------------------------------------------------------ drawing
    async def _redraw(self) -> None:
        self._show_all()
        self.view.update()

    def _show_all(self) -> None:
        for panel in (
            self._cards,
            self._told,
            self._known,
            self._person,
            self._address,
            self._no_card,
            self._family,
            self._business,
            self._wish,
        ):
            panel.show()
        state = self.state
        open_now = {"family": state.family_open, "business": state.business_open, "no-card": state.no_card}
        for name, tile in self._toggles.items():
            tile.set(selected=open_now[name])
        self._show_notes()

    # ------------------------------------------------------------------ the number
    async def _clear(self) -> None:
        if self.hub.reader.busy:
            return
        self.state.clear()
        self._cards.forget()
        self.hub.strict = False
        self._wish.clear()
        await self._known.read()
        self._show_all()
        self.view.update()
        await self._person.focus()
        await self._roll.scroll_to(offset=0, duration=0)

    async def _take_in(self) -> None:
        """Give the number, once, however often the key is pressed meanwhile."""
        if self.hub.reader.busy or self._taking:
            return
        self._taking = True
        try:
            await self._give_number()
        finally:
            self._taking = False

    async def _give_number(self) -> None:
        desk, state = self.desk, self.state
        draft, rows = state.draft(), state.filled_rows()
        try:
            ticket = await desk.run(desk.work.intake.take_in, desk.me, draft)
        except IntakeRefused as refused:
            self.hub.strict = True
            state.notes = in_rows(refused.notes, rows)
            self._show_notes()
            self.view.update()
            await self._focus_on(first_error(state.notes))
            desk.snack(desk.say("intake.mend_first"), tone="bad")
            return
        await self._clear()
        await show_ticket(desk, ticket, self._go_on, NextCard(self.hub))

    async def _go_on(self) -> None:
        """Take the next person; their card may have been read while the number was still shown."""
        if self.state.full_name:
            await self._wish.focus()
        else:
            await self._person.focus()

    async def _focus_on(self, place: str) -> None:
        """Give the keyboard to what has to be mended first."""
        if place in TYPED:
            await self._person.focus(place)
        elif place.startswith("companions/"):
            await self._family.focus_note(place)
        elif place.startswith("business/"):
            await self._business.focus(place.partition("/")[2])
        elif place == "need":
            await self._wish.focus()
