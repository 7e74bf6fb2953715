"""Who else is on the ticket: the family (*người cùng nhà*), and the business somebody speaks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.businesses import BusinessOffer
from van_station.services.parties import MAX_COMPANIONS, RELATIONS
from van_station.ui import parts, theme
from van_station.ui.desk.intake_field import IntakeHub, WatchedField
from van_station.ui.desk.intake_state import BUSINESS, CompanionEntry, capital_words, masked, spoken_phone
from van_station.ui.parts import Style

_COMPANION = (("full_name", "full_name", 5), ("birth", "birth_date", 3), ("id_number", "id_number", 4))


class FamilyPanel:
    """A row for each companion; the next card fills the next row."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._fields: list[dict[str, WatchedField]] = []
        self._relations: list[dict[str, parts.Tile]] = []
        self._rows = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._drawn: list[tuple[int, bool]] = []
        desk = hub.desk
        self._add = parts.Press(
            desk,
            "family-add",
            desk.say("party.add"),
            hub.unless_reading(self._another),
            kind="tonal",
            icon=ft.Icons.PERSON_ADD_ALT_OUTLINED,
        )
        self._too_many = ft.Column(spacing=0)
        self.view = ft.Container(
            ft.Column(
                [
                    parts.heading(desk.say("party.family_title"), Style.TITLE_MEDIUM),
                    parts.text(
                        desk.say("party.family_hint", most=MAX_COMPANIONS),
                        Style.BODY_SMALL,
                        color=desk.palette.quiet,
                    ),
                    self._rows,
                    self._too_many,
                    ft.Row([self._add.view]),
                ],
                spacing=theme.GAP_S,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=desk.palette.ground,
            border_radius=theme.RADIUS_M,
            padding=theme.GAP_M,
        )

    # ------------------------------------------------------------------ acts
    async def _another(self) -> None:
        if self._hub.state.add_companion() is not None:
            await self._hub.redraw()
            await self.focus()

    async def focus(self) -> None:
        """Give the keyboard to the first row in which no name stands."""
        names = [one.full_name.strip() for one in self._hub.state.family]
        at = next((index for index, name in enumerate(names) if not name), len(names) - 1)
        if 0 <= at < len(self._fields):
            await self._fields[at]["full_name"].focus()

    async def focus_relation(self, entry: CompanionEntry) -> None:
        """Ask how somebody whose card was just read belongs to the family."""
        family = self._hub.state.family
        at = next((at for at, one in enumerate(family) if one is entry), None)
        if at is not None and at < len(self._relations):
            await self._hub.desk.focus(self._relations[at][RELATIONS[0]].button)

    async def focus_note(self, place: str) -> None:
        """Give the keyboard to the field of a note such as `companions/0/full_name`."""
        _, number, name = place.split("/")
        field = self._fields[int(number)].get(name)
        if field is not None:
            await field.focus()

    def _remove(self, entry: CompanionEntry) -> Callable[[], Awaitable[None]]:
        async def remove() -> None:
            state = self._hub.state
            state.family = [one for one in state.family if one is not entry]
            self._drawn = []
            self._hub.stop_typing("companions/")
            await self._hub.redraw()
            await self._hub.check("companions")
            await self._hub.desk.focus(self._add.button)

        return remove

    def _relate(self, entry: CompanionEntry, relation: str) -> Callable[[], Awaitable[None]]:
        async def pick() -> None:
            entry.relation = "" if entry.relation == relation else relation
            self.show()
            self.view.update()

        return pick

    # ------------------------------------------------------------------ drawing
    def show(self) -> None:
        """Draw the rows there are; a row that stands stays the same controls."""
        state = self._hub.state
        self.view.visible = state.family_open
        wanted = [(id(one), one.was_read) for one in state.family]
        if wanted != self._drawn:
            self._drawn = wanted
            self._fields, self._relations = [], []
            self._rows.controls = [self._row(at, one) for at, one in enumerate(state.family)]
        for fields, tiles, one in zip(self._fields, self._relations, state.family, strict=True):
            for field in fields.values():
                field.show()
            for code, tile in tiles.items():
                tile.set(selected=one.relation == code)
        self._add.set(disabled=len(state.family) >= MAX_COMPANIONS)

    def _row(self, at: int, one: CompanionEntry) -> ft.Control:
        hub, say = self._hub, self._hub.desk.say
        fields = {name: self._field(at, one, name, label) for name, label, _ in _COMPANION}
        tiles = {
            code: parts.Tile(
                hub.desk,
                f"relation-{at}-{code}",
                say(f"relation.{code}"),
                hub.unless_reading(self._relate(one, code)),
                compact=True,
            )
            for code in RELATIONS
        }
        self._fields.append(fields)
        self._relations.append(tiles)
        cells: list[ft.Control] = []
        for name, _, width in _COMPANION:
            cell: ft.Control = fields[name].view
            if name == "id_number" and one.was_read and masked(one.id_number):
                number = say("intake.id_masked", number=masked(one.id_number))
                cell = ft.Container(
                    parts.text(number, Style.BODY_MEDIUM), padding=ft.Padding.symmetric(vertical=14)
                )
            cells.append(ft.Container(cell, col={"xs": 12, "md": width}))
        remove = parts.icon_button(
            hub.desk,
            f"family-remove-{at}",
            ft.Icons.PERSON_REMOVE_OUTLINED,
            say("party.remove", number=at + 2),
            hub.unless_reading(self._remove(one)),
        )
        head = ft.Row(
            [
                ft.ResponsiveRow(cells, spacing=theme.GAP_S, run_spacing=theme.GAP_S, expand=True),
                remove,
            ],
            spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        relations = ft.Row(
            [tile.view for tile in tiles.values()], wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S
        )
        title = parts.text(say("party.person", number=at + 2), Style.LABEL_LARGE)
        return ft.Column([title, head, relations], spacing=theme.GAP_S)

    def _field(self, at: int, one: CompanionEntry, name: str, label: str) -> WatchedField:
        following = {"full_name": "birth", "birth": "id_number", "id_number": "full_name"}[name]

        async def go_on() -> None:
            await self._fields[at][following].focus()

        return WatchedField(
            self._hub,
            f"companions/{at}/{name}",
            self._hub.desk.say(f"intake.{label}"),
            get=lambda: getattr(one, name),
            put=lambda value: setattr(one, name, value),
            enter=go_on,
            leave=capital_words if name == "full_name" else str,
        )

    def show_notes(self) -> None:
        """Show errors and warnings at their fields."""
        state, strict = self._hub.state, self._hub.strict
        for fields in self._fields:
            for field in fields.values():
                field.tell(state.notes_at(field.place, all_fields=strict))


class BusinessPanel:
    """The household business or enterprise the person came for."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._fields = {name: self._field(name) for name in BUSINESS}
        self._drawn: tuple[BusinessOffer, ...] = ()
        desk = hub.desk
        self._offers = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        cells: list[ft.Control] = [
            ft.Container(self._fields[name].view, col={"xs": 12, "md": width})
            for name, width in (("tax_code", 3), ("name", 6), ("phone", 3), ("address", 12))
        ]
        self.view = ft.Container(
            ft.Column(
                [
                    parts.heading(desk.say("business.title"), Style.TITLE_MEDIUM),
                    ft.ResponsiveRow(cells, spacing=theme.GAP_S, run_spacing=theme.GAP_S),
                    self._offers,
                ],
                spacing=theme.GAP_M,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=desk.palette.ground,
            border_radius=theme.RADIUS_M,
            padding=theme.GAP_M,
        )

    def _field(self, name: str) -> WatchedField:
        hub = self._hub

        async def go_on() -> None:
            await self._fields[BUSINESS[(BUSINESS.index(name) + 1) % len(BUSINESS)]].focus()

        def put(value: str) -> None:
            hub.state.business[name] = value

        return WatchedField(
            hub,
            f"business/{name}",
            hub.desk.say(f"business.{name}"),
            get=lambda: hub.state.business[name],
            put=put,
            enter=go_on,
            leave=spoken_phone if name == "phone" else str,
        )

    async def focus(self, name: str = "tax_code") -> None:
        """Give a field the keyboard."""
        await self._fields[name].focus()

    def show(self) -> None:
        """Show what the state holds."""
        self.view.visible = self._hub.state.business_open
        for field in self._fields.values():
            field.show()
        self.show_offers()

    # ------------------------------------------------------------------ met before
    async def look_up(self) -> None:
        """Look whether this business was here before, for the person at the desk."""
        state, desk = self._hub.state, self._hub.desk
        query = state.business_query() if state.business_open else ""
        number = state.draft().id_number
        state.business_found = ()
        if query:
            state.business_found = await desk.run(desk.work.businesses.offers, desk.me, query, number)
        self.show_offers()

    def show_offers(self) -> None:
        """Draw the businesses that may be taken over, when they are others; the caller updates the view.

        A look-up runs whenever a field is left: a button that the keyboard has just come to must stay.
        """
        offers = self._hub.state.business_offers()
        if offers == self._drawn:
            return
        self._drawn = offers
        self._offers.controls = [self._offer(offer) for offer in offers]
        self._offers.visible = bool(offers)

    def _offer(self, offer: BusinessOffer) -> ft.Control:
        desk, say = self._hub.desk, self._hub.desk.say
        pieces = [offer.name]
        if offer.shown_tax_code:
            pieces.append(say("business.code_is", code=offer.shown_tax_code))
        if offer.last_at is not None:
            pieces.append(say("returning.source_visit", day=offer.last_at))
        said = " · ".join(pieces)
        if offer.covered:
            said = f"{said}. {say('business.covered')}"
        place = offer.business_id
        take = parts.Press(
            desk,
            f"business-take-{place}",
            say("returning.take"),
            self._hub.unless_reading(self._take(offer)),
            kind="tonal",
        )
        skip = parts.Press(
            desk,
            f"business-skip-{place}",
            say("returning.skip"),
            self._hub.unless_reading(self._skip(offer)),
            kind="text",
        )
        return parts.notice(
            desk,
            said,
            "info",
            icon=ft.Icons.STOREFRONT_OUTLINED,
            actions=[take.view, skip.view],
            identifier=f"business-offer-{place}",
        )

    def _take(self, offer: BusinessOffer) -> Callable[[], Awaitable[None]]:
        async def take() -> None:
            self._hub.state.take_business(offer)
            await self._hub.redraw()
            await self._hub.check("business/name")
            await self._hub.onward()

        return take

    def _skip(self, offer: BusinessOffer) -> Callable[[], Awaitable[None]]:
        async def skip() -> None:
            self._hub.state.skipped_offers.add(f"business/{offer.business_id}")
            await self._hub.redraw()
            await self._fields["name"].focus()

        return skip

    def show_notes(self) -> None:
        """Show errors and warnings at their fields."""
        for field in self._fields.values():
            field.tell(self._hub.state.notes_at(field.place, all_fields=self._hub.strict))
