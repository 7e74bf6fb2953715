"""Who was here before (*người đã từng đến*), and who has no card at hand: offered, never taken by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.people import PersonView
from van_station.services.returning import MetBefore
from van_station.ui import parts, theme, words
from van_station.ui.desk.consent_sheet import ConsentSheet
from van_station.ui.desk.intake_field import IntakeHub
from van_station.ui.desk.intake_state import spoken_phone
from van_station.ui.parts import Style

MOST_FOUND = 5


class KnownStrip:
    """Says that the person was here, asks for consent, then offers what differs, one thing at a time."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._met: MetBefore | None = None
        self._met_id = ""
        self._take_next: parts.Press | None = None
        self.view = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )

    async def read(self, *, again: bool = False) -> None:
        """Ask how often the person was here; without their consent that is all that is said."""
        person, desk = self._hub.state.known, self._hub.desk
        if person is None:
            self._met, self._met_id = None, ""
        elif again or person.id != self._met_id:
            self._met = await desk.run(desk.work.returning.met_before, desk.me, person.id)
            self._met_id = person.id
            if again:  # what they agree to shows more of them
                known = await desk.run(desk.work.intake.known, person.id_number)
                self._hub.state.known = known or person

    def show(self) -> None:
        """Draw; the caller updates the view."""
        person, met = self._hub.state.known, self._met
        self.view.visible = person is not None and met is not None
        if person is not None and met is not None:
            self.view.controls = [self._line(met), *self._offer(person, met)]

    def _line(self, met: MetBefore) -> ft.Control:
        desk, say = self._hub.desk, self._hub.desk.say
        if met.last_at is not None:
            said = say("returning.was_here", day=met.last_at, times=met.visits)
        else:
            said = say("returning.known")
        label = say("returning.consents") if met.answers_allowed else say("returning.ask")
        ask = parts.Press(
            desk,
            "consent-ask",
            label,
            self._hub.unless_reading(self._ask),
            kind="text" if met.answers_allowed else "tonal",
            icon=ft.Icons.HANDSHAKE_OUTLINED,
        )
        return parts.notice(
            desk, said, "good", icon=ft.Icons.HISTORY_ROUNDED, actions=[ask.view], identifier="known"
        )

    async def _ask(self) -> None:
        person = self._hub.state.known
        if person is not None:
            await ConsentSheet(self._hub.desk, person.id, self._consented).open()

    async def _consented(self) -> None:
        await self.read(again=True)
        await self._hub.redraw()
        await self._hub.check("consent")

    def _offer(self, person: PersonView, met: MetBefore) -> list[ft.Control]:
        """Return the next thing on offer; nothing without consent."""
        names = self._hub.state.earlier_offers()
        self._take_next = None
        if not names or not met.answers_allowed:
            return []
        desk, say, name = self._hub.desk, self._hub.desk.say, names[0]
        value = spoken_phone(person.phone) if name == "phone" else person.address
        said = f"{say(f'intake.{name}')}: {value}"
        if met.last_at is not None:
            said = f"{said}. {say('returning.source_visit', day=met.last_at)}"
        take = parts.Press(
            desk,
            f"earlier-take-{name}",
            say("returning.take"),
            self._hub.unless_reading(self._take(name, value)),
            kind="tonal",
        )
        skip = parts.Press(
            desk,
            f"earlier-skip-{name}",
            say("returning.skip"),
            self._hub.unless_reading(self._skip(name)),
            kind="text",
        )
        self._take_next = take
        return [
            parts.notice(
                desk,
                said,
                "info",
                icon=ft.Icons.REPLAY_ROUNDED,
                actions=[take.view, skip.view],
                identifier=f"earlier-{name}",
            )
        ]

    def _take(self, name: str, value: str) -> Callable[[], Awaitable[None]]:
        async def take() -> None:
            setattr(self._hub.state, name, value)
            self._hub.state.touched.add(name)
            await self._hub.redraw()
            await self._hub.check(name)
            await self._go_on()

        return take

    def _skip(self, name: str) -> Callable[[], Awaitable[None]]:
        async def skip() -> None:
            self._hub.state.skipped_offers.add(name)
            await self._hub.redraw()
            await self._go_on()

        return skip

    async def _go_on(self) -> None:
        """Give the keyboard to the next offer, or to what comes after the last."""
        if self._take_next is not None:
            await self._hub.desk.focus(self._take_next.button)
        else:
            await self._hub.onward()


class NoCardPanel:
    """Says what happens without a card, and finds an earlier visit by name and year of birth."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self._found: tuple[PersonView, ...] | None = None
        desk = hub.desk
        self._find = parts.Press(
            desk,
            "earlier-find",
            desk.say("intake.earlier_find"),
            hub.unless_reading(self._search),
            kind="tonal",
            icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        )
        self._hits = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.view = ft.Column(
            [
                parts.notice(
                    desk,
                    desk.say("intake.no_card_means"),
                    "warn",
                    icon=ft.Icons.BADGE_OUTLINED,
                    identifier="no-card-means",
                ),
                ft.Row([self._find.view]),
                self._hits,
            ],
            spacing=theme.GAP_S,
            visible=False,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def show(self) -> None:
        """Show the panel while there is no card; the caller updates the view."""
        self.view.visible = self._hub.state.no_card
        if not self._hub.state.no_card:
            self._found = None
        self._draw()

    async def _search(self) -> None:
        desk, draft = self._hub.desk, self._hub.state.draft()
        year = str(draft.birth_date.year) if draft.birth_date else draft.birth_text[-4:]
        if not draft.full_name or not year:
            desk.snack(desk.say("intake.earlier_need_name"), tone="bad")
            return
        found = await desk.run(desk.work.search.find, desk.me, f"{draft.full_name} {year}", MOST_FOUND)
        self._found = found.people
        self._draw()
        self.view.update()

    def _draw(self) -> None:
        desk, say = self._hub.desk, self._hub.desk.say
        if self._found is None:
            self._hits.controls = []
        elif not self._found:
            none = parts.text(say("intake.earlier_none"), Style.BODY_MEDIUM, color=desk.palette.quiet)
            self._hits.controls = [parts.tid("earlier-none", none)]
        else:
            tiles = [self._hit(at, person) for at, person in enumerate(self._found)]
            self._hits.controls = [
                parts.text(say("intake.earlier_pick"), Style.BODY_SMALL, color=desk.palette.quiet),
                ft.Row(tiles, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S),
            ]

    def _hit(self, at: int, person: PersonView) -> ft.Control:
        async def pick() -> None:
            self._hub.state.fill_from_earlier(person)
            self._found = None
            await self._hub.redraw()
            await self._hub.check("full_name")
            await self._hub.onward()

        pieces = [person.full_name, words.day_text(person.birth_date, person.birth_text), person.masked_id]
        label = " · ".join(piece for piece in pieces if piece)
        return parts.Tile(
            self._hub.desk, f"earlier-{at}", label, self._hub.unless_reading(pick), compact=True
        ).view
