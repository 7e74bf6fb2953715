"""Old address, today's ward (*địa chỉ cũ, địa chỉ mới*): offered side by side, never changed silently."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.addresses import AddressStatus
from van_station.services.addresses import AddressOffer
from van_station.services.trips import WardView
from van_station.ui import parts, theme
from van_station.ui.desk.intake_field import IntakeHub, WatchedField
from van_station.ui.parts import Style

MOST_WARDS = 6


class AddressStrip:
    """Says what the address means today, and asks where nobody but the citizen knows."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._query = ""
        self._found: tuple[WardView, ...] = ()
        self._search = WatchedField(
            hub,
            "address-ward",
            hub.desk.say("intake.ward_search"),
            get=lambda: self._query,
            put=self._asked,
            enter=self._take_first,
            icon=ft.Icons.SEARCH_ROUNDED,
        )
        self._hits = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self.view = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )

    def _asked(self, value: str) -> None:
        self._query = value

    # ------------------------------------------------------------------ asking
    async def read(self) -> None:
        """Look the address up when it is another one than before; the caller draws."""
        state, desk = self._hub.state, self._hub.desk
        if state.address == state.address_asked:
            return
        self._query, self._found = "", ()
        if not state.address.strip():
            state.forget_ward()
            return
        state.read_address(await desk.run(desk.work.addresses.today, state.address))

    async def find_ward(self) -> None:
        """Find wards for what was typed into the search."""
        desk = self._hub.desk
        query = self._query.strip()
        self._found = await desk.run(desk.work.trips.wards, query, MOST_WARDS) if query else ()
        self.show()
        self.view.update()

    async def use_first(self) -> bool:
        """Take the one address of today that is on offer; False when there is none to take."""
        offers = self._open_offers()
        if len(offers) != 1:
            return False
        self._hub.state.use_address(offers[0])
        await self._hub.redraw()
        return True

    async def _take_first(self) -> None:
        if not self._found:
            await self.find_ward()
        if self._found:
            await self._pick(self._found[0])()

    def _open_offers(self) -> tuple[AddressOffer, ...]:
        state = self._hub.state
        if state.address_read is None or state.ward_code or state.address_kept:
            return ()
        return state.address_read.offers

    def _use(self, offer: AddressOffer) -> Callable[[], Awaitable[None]]:
        async def use() -> None:
            self._hub.state.use_address(offer)
            await self._go_on()

        return use

    async def _go_on(self) -> None:
        """What had the keyboard is answered and gone."""
        self._hub.stop_typing("address-ward")
        await self._hub.redraw()
        await self._hub.onward()

    async def _keep(self) -> None:
        self._hub.state.keep_address()
        await self._go_on()

    def _pick(self, ward: WardView) -> Callable[[], Awaitable[None]]:
        async def pick() -> None:
            state = self._hub.state
            state.ward_code, state.ward_name = ward.code, ward.full_name
            self._query, self._found = "", ()
            await self._go_on()

        return pick

    # ------------------------------------------------------------------ drawing
    def show(self) -> None:
        """Draw what there is to say; the caller updates the view."""
        state = self._hub.state
        self._search.show()
        read = state.address_read
        if read is None or not state.address.strip():
            self.view.controls = []
        elif state.ward_code or state.address_kept:
            self.view.controls = self._settled()
        elif read.status is AddressStatus.MAPPED:
            self.view.controls = [self._mapped(read.offers[0])]
        elif read.status is AddressStatus.ASK:
            self.view.controls = self._ask(read.offers)
        elif read.status is AddressStatus.OUTSIDE:
            self.view.controls = [self._small(self._hub.desk.say("intake.address_outside"))]
        else:
            self.view.controls = self._unknown()
        self.view.visible = bool(self.view.controls)

    def _small(self, words: str) -> ft.Control:
        sentence = parts.text(words, Style.BODY_MEDIUM, color=self._hub.desk.palette.quiet)
        return parts.tid("address-said", sentence)

    def _settled(self) -> list[ft.Control]:
        state = self._hub.state
        if not state.ward_name:
            return []
        return [self._small(self._hub.desk.say("intake.address_ward", ward=state.ward_name))]

    def _mapped(self, offer: AddressOffer) -> ft.Control:
        hub, say = self._hub, self._hub.desk.say
        use = parts.Press(
            hub.desk,
            "address-use",
            say("intake.address_use"),
            hub.unless_reading(self._use(offer)),
            kind="tonal",
            shortcut="Alt+M",
            show_key=True,
        )
        words = say("intake.address_mapped", was=offer.was, now=offer.written)
        return parts.notice(
            hub.desk,
            words,
            "info",
            icon=ft.Icons.SWAP_HORIZ_ROUNDED,
            actions=[use.view, self._keep_button()],
            identifier="address-mapped",
        )

    def _keep_button(self) -> ft.Control:
        hub = self._hub
        label = hub.desk.say("intake.address_keep")
        return parts.Press(hub.desk, "address-keep", label, hub.unless_reading(self._keep), kind="text").view

    def _ask(self, offers: tuple[AddressOffer, ...]) -> list[ft.Control]:
        hub, say = self._hub, self._hub.desk.say
        named = len({offer.was for offer in offers}) > 1
        was = next((offer.was for offer in offers if offer.was), hub.state.address)
        said = say("intake.address_ask_which") if named else say("intake.address_ask", was=was)
        question = parts.notice(
            hub.desk,
            said,
            "warn",
            icon=ft.Icons.HELP_OUTLINE_ROUNDED,
            actions=[self._keep_button()],
            identifier="address-ask",
        )
        tiles: list[ft.Control] = []
        for offer in offers:
            share = say(f"ward_share.{offer.how.value}")
            caption = f"{offer.was}: {share}" if named and offer.was else share
            tile = parts.Tile(
                hub.desk,
                f"address-{offer.ward_code}",
                offer.ward_name,
                hub.unless_reading(self._use(offer)),
                caption=caption,
                icon=ft.Icons.PLACE_OUTLINED,
            )
            tiles.append(ft.Container(tile.view, col={"xs": 12, "sm": 6, "lg": 4}))
        return [question, ft.ResponsiveRow(tiles, spacing=theme.GAP_S, run_spacing=theme.GAP_S)]

    def _unknown(self) -> list[ft.Control]:
        hub = self._hub
        question = parts.notice(
            hub.desk,
            hub.desk.say("intake.address_unknown"),
            "warn",
            icon=ft.Icons.HELP_OUTLINE_ROUNDED,
            actions=[self._keep_button()],
            identifier="address-unknown",
        )
        self._hits.controls = [
            parts.Tile(
                hub.desk,
                f"ward-{ward.code}",
                ward.full_name,
                hub.unless_reading(self._pick(ward)),
                compact=True,
            ).view
            for ward in self._found
        ]
        self._hits.visible = bool(self._found)
        return [question, self._search.view, self._hits]
