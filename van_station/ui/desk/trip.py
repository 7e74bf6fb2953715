"""Trip (*chuyến xe*): the supervisor opens today's stop, or sees which one is open."""

from __future__ import annotations

from dataclasses import dataclass, field

import flet as ft

from van_station.services.trips import SERVICES, OpenTrip, TripView, WardView
from van_station.ui import dialogs, parts, theme
from van_station.ui.debounce import Latest
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

PERIODS = ("morning", "afternoon", "day")
NEED_ICONS = {
    "guidance": ft.Icons.MENU_BOOK_OUTLINED,
    "vneid": ft.Icons.PHONELINK_SETUP_OUTLINED,
    "digitise": ft.Icons.DOCUMENT_SCANNER_OUTLINED,
    "payment": ft.Icons.QR_CODE_2_ROUNDED,
    "lookup": ft.Icons.MANAGE_SEARCH_ROUNDED,
    "training": ft.Icons.CAST_FOR_EDUCATION_OUTLINED,
}


@dataclass(slots=True)
class TripPlan:
    """What the supervisor has said so far."""

    query: str = ""
    ward: WardView | None = None
    place: str = ""
    period: str = "day"
    services: set[str] = field(default_factory=lambda: set(SERVICES))

    def wish(self) -> OpenTrip:
        """Return what the service is asked."""
        chosen = tuple(code for code in SERVICES if code in self.services)
        return OpenTrip(self.ward.code if self.ward else "", self.place, self.period, chosen)  # type: ignore[arg-type]


class TripScreen(Screen):
    """Today's trip."""

    kinds = frozenset({"trip"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._body = ft.Column(
            spacing=theme.GAP_L,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self.view = self._body
        self._search = Latest(0.15)
        self._open: TripView | None = None

    async def enter(self, where: Where) -> None:
        """Show the open trip, or the way to open one."""
        self._body.controls = [parts.loading(self.desk)]
        self._body.update()
        await self._load()

    async def changed(self, kinds: frozenset[str]) -> None:
        """Another window opened or closed a trip."""
        await self._load()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 opens the trip."""
        if event.key == "F9" and self._open is None:
            await self._ask()
            return True
        return False

    async def _load(self) -> None:
        desk = self.desk
        self._open = await desk.run(desk.work.trips.current)
        recent = await desk.run(desk.work.trips.recent)
        first = self._opened_card(self._open) if self._open else self._plan_card()
        self._body.controls = [first, self._recent_card([trip for trip in recent if trip != self._open])]
        self._body.update()

    # ------------------------------------------------------------------ an open trip
    def _opened_card(self, trip: TripView) -> ft.Control:
        desk, say = self.desk, self.desk.say
        services = ft.Row(
            [parts.badge(desk, say(f"need.{code}"), "info", NEED_ICONS.get(code)) for code in trip.services],
            wrap=True,
            spacing=theme.GAP_S,
        )
        opened = say("trip.opened_at", at=trip.opened_at) if trip.opened_at else ""
        go = [
            parts.Press(
                desk,
                "to-queue",
                say("shell.nav_queue"),
                self._to_queue,
                kind="filled",
                icon=ft.Icons.GROUPS_OUTLINED,
            ),
            parts.Press(
                desk, "to-close", say("close.title"), self._to_close, icon=ft.Icons.FACT_CHECK_OUTLINED
            ),
        ]
        return parts.card(
            desk,
            [
                ft.Row([parts.badge(desk, say("trip_state.open"), "good", ft.Icons.CHECK_CIRCLE_ROUNDED)]),
                parts.tid("trip-place", parts.text(trip.place, Style.DISPLAY_SMALL)),
                parts.text(
                    f"{trip.ward_name} · {desk.texts.date(trip.day)}",
                    Style.HEADLINE_SMALL,
                    color=desk.palette.quiet,
                ),
                parts.text(opened, Style.BODY_LARGE, color=desk.palette.quiet),
                services,
                ft.Row([press.view for press in go], wrap=True, spacing=theme.GAP_S),
            ],
            padding=theme.GAP_XL,
        )

    async def _to_queue(self) -> None:
        await self.desk.go("queue")

    async def _to_close(self) -> None:
        await self.desk.go("close")

    # ------------------------------------------------------------------ opening one
    def _plan_card(self) -> ft.Control:
        desk, say, plan = self.desk, self.desk.say, self.desk.state(TripPlan)
        ward_view, self._ward = parts.field(
            desk,
            "ward",
            say("trip.ward_search"),
            value=plan.ward.full_name if plan.ward else plan.query,
            icon=ft.Icons.SEARCH_ROUNDED,
            change=self._ward_typed,
            act=self._take_first,
            autofocus=True,
        )
        self._hits = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S, visible=False)
        self._found: tuple[WardView, ...] = ()
        place_view, self._place = parts.field(
            desk,
            "place",
            say("trip.place"),
            value=plan.place,
            icon=ft.Icons.PLACE_OUTLINED,
            hint=say("trip.place_hint"),
            change=self._place_typed,
            act=self._ask,
        )
        self._periods = {code: self._period_tile(code) for code in PERIODS}
        self._services = {code: self._service_tile(code) for code in SERVICES}
        open_button = parts.Press(
            desk,
            "open-trip",
            say("trip.open"),
            self._ask,
            kind="filled",
            icon=ft.Icons.FLAG_ROUNDED,
            shortcut="F9",
            big=True,
        )
        return parts.card(
            desk,
            [
                parts.notice(desk, say("trip.none_open"), "info"),
                ft.ResponsiveRow(
                    [
                        ft.Container(ward_view, col={"xs": 12, "md": 6}),
                        ft.Container(place_view, col={"xs": 12, "md": 6}),
                    ],
                    spacing=theme.GAP_M,
                    run_spacing=theme.GAP_M,
                ),
                self._hits,
                parts.text(say("trip.period"), Style.LABEL_LARGE),
                ft.Row([tile.view for tile in self._periods.values()], wrap=True, spacing=theme.GAP_S),
                parts.text(say("trip.services"), Style.LABEL_LARGE),
                ft.ResponsiveRow(
                    [
                        ft.Container(tile.view, col={"xs": 12, "md": 6, "lg": 4})
                        for tile in self._services.values()
                    ],
                    spacing=theme.GAP_S,
                    run_spacing=theme.GAP_S,
                ),
                ft.Row([open_button.view]),
            ],
            title=say("trip.open"),
            padding=theme.GAP_L,
        )

    def _period_tile(self, code: str) -> parts.Tile:
        plan = self.desk.state(TripPlan)

        async def pick() -> None:
            plan.period = code
            for other, tile in self._periods.items():
                tile.set(selected=other == code)
                tile.view.update()

        tile = parts.Tile(
            self.desk, f"period-{code}", self.desk.say(f"trip_period.{code}"), pick, compact=True
        )
        tile.set(selected=plan.period == code)
        return tile

    def _service_tile(self, code: str) -> parts.Tile:
        plan = self.desk.state(TripPlan)

        async def flip() -> None:
            plan.services ^= {code}
            tile.set(selected=code in plan.services)
            tile.view.update()

        tile = parts.Tile(
            self.desk, f"service-{code}", self.desk.say(f"need.{code}"), flip, icon=NEED_ICONS.get(code)
        )
        tile.set(selected=code in plan.services)
        return tile

    async def _ward_typed(self) -> None:
        plan = self.desk.state(TripPlan)
        plan.query, plan.ward = self._ward.value or "", None
        if not await self._search.settled():
            return
        self._found = (
            await self.desk.run(self.desk.work.trips.wards, plan.query, 8) if plan.query.strip() else ()
        )
        self._hits.controls = [self._ward_hit(ward) for ward in self._found]
        if plan.query.strip() and not self._found:
            words = self.desk.say("common.search_nothing", query=plan.query)
            self._hits.controls = [parts.text(words, color=self.desk.palette.quiet)]
        self._hits.visible = bool(self._hits.controls)
        self._hits.update()

    def _ward_hit(self, ward: WardView) -> ft.Control:
        async def pick() -> None:
            await self._pick(ward)

        return parts.Press(self.desk, f"ward-{ward.code}", ward.full_name, pick, kind="tonal").view

    async def _take_first(self) -> None:
        if self._found:
            await self._pick(self._found[0])

    async def _pick(self, ward: WardView) -> None:
        plan = self.desk.state(TripPlan)
        plan.ward, plan.query = ward, ward.full_name
        self._ward.value = ward.full_name
        self._hits.controls, self._hits.visible = [], False
        self._ward.update()
        self._hits.update()
        await self.desk.focus(self._place)

    async def _place_typed(self) -> None:
        self.desk.state(TripPlan).place = self._place.value or ""

    async def _ask(self) -> None:
        desk, plan = self.desk, self.desk.state(TripPlan)
        self._ward.error = None if plan.ward else desk.say("trip.ward_missing")
        self._place.error = None if plan.place.strip() else desk.say("trip.place_missing")
        self._ward.update()
        self._place.update()
        if plan.ward is None or not plan.place.strip():
            await self.desk.focus(self._place if plan.ward else self._ward)
            return
        question = desk.say("trip.open_question", place=plan.place.strip(), ward=plan.ward.full_name)
        dialogs.ask(desk, question, yes=desk.say("trip.open"), act=self._do_open)

    async def _do_open(self) -> None:
        desk = self.desk
        trip = await desk.run(desk.work.trips.open, desk.me, desk.state(TripPlan).wish())
        desk.forget_state(TripPlan)
        desk.snack(desk.say("trip.opened", place=trip.place))
        await self._load()

    # ------------------------------------------------------------------ earlier ones
    def _recent_card(self, trips: list[TripView]) -> ft.Control:
        desk = self.desk
        rows: list[ft.Control] = [
            ft.Row(
                [
                    ft.Container(
                        parts.text(desk.texts.date(trip.day), Style.BODY_LARGE), width=desk.size(120)
                    ),
                    parts.text(f"{trip.place}, {trip.ward_name}", Style.BODY_LARGE, expand=True),
                    parts.badge(desk, desk.say(f"trip_state.{trip.state}")),
                ],
                spacing=theme.GAP_M,
            )
            for trip in trips
        ]
        if not rows:
            rows = [parts.text(desk.say("trip.no_earlier"), Style.BODY_LARGE, color=desk.palette.quiet)]
        return parts.card(desk, rows, title=desk.say("trip.earlier"))
