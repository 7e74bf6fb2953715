"""Intake (*tiếp đón, phân loại*): card or typing, wish, procedure, priority, and a number on paper."""

from __future__ import annotations

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.services.errors import IntakeRefused
from van_station.services.intake import CardView, GroupChoice
from van_station.ui import parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.card_reader import CardReader
from van_station.ui.desk.intake_state import TYPED, IntakeState, first_error
from van_station.ui.desk.procedure_picker import ProcedurePicker
from van_station.ui.desk.ticket_sheet import show_ticket
from van_station.ui.desk.trip import NEED_ICONS
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk
from van_station.ui.uploads import PictureChooser

SEXES = ("male", "female")
_NEEDS_PROCEDURE = frozenset({"digitise", "guidance"})


class IntakeScreen(Screen):
    """One person at a time; what is typed survives going to another screen and back."""

    kinds = frozenset({"trip"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.reader = CardReader(desk.work.intake.looks_like_card)
        self._pictures = PictureChooser(desk)
        self._checking = Latest(0.35)
        self._all_notes = False
        self._groups: tuple[GroupChoice, ...] = ()
        self._fields: dict[str, ft.TextField] = {}
        self._views: dict[str, ft.Control] = {}
        for name in TYPED:
            self._make_field(name)
        self._sexes = {code: self._sex_tile(code) for code in SEXES}
        self._needs: dict[str, parts.Tile] = {}
        self._group_tiles: dict[str | None, parts.Tile] = {}
        self._card_strip = ft.Container()
        self._notes = ft.Column(spacing=theme.GAP_S, visible=False)
        self._wish = ft.Column(spacing=theme.GAP_M)
        stretch = ft.CrossAxisAlignment.STRETCH
        self._procedure_box = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch)
        self._group_box = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._no_trip = ft.Column(spacing=0, visible=False)
        self._picker = ProcedurePicker(
            desk, self._take_procedure, hold=lambda: self.reader.busy, divert=self._card_in_search
        )
        self.view = ft.Column(
            [
                ft.Column(
                    [self._no_trip, self._person_card(), self._wish_card()],
                    spacing=theme.GAP_M,
                    expand=True,
                    scroll=ft.ScrollMode.AUTO,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
                self._foot(),
            ],
            spacing=theme.GAP_S,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    @property
    def state(self) -> IntakeState:
        """What stands in the fields."""
        return self.desk.state(IntakeState)

    # ------------------------------------------------------------------ layout
    def _person_card(self) -> ft.Control:
        say = self.desk.say
        sexes = ft.Row(
            [
                parts.text(say("intake.sex"), Style.LABEL_LARGE, color=self.desk.palette.quiet),
                *[tile.view for tile in self._sexes.values()],
            ],
            spacing=theme.GAP_S,
            wrap=True,
        )
        grid = ft.ResponsiveRow(
            [
                ft.Container(self._views["id_number"], col={"xs": 12, "md": 4}),
                ft.Container(self._views["full_name"], col={"xs": 12, "md": 5}),
                ft.Container(self._views["birth"], col={"xs": 12, "md": 3}),
                ft.Container(sexes, col={"xs": 12, "md": 4}, padding=ft.Padding.only(top=3)),
                ft.Container(self._views["address"], col={"xs": 12, "md": 5}),
                ft.Container(self._views["phone"], col={"xs": 12, "md": 3}),
            ],
            spacing=theme.GAP_M,
            run_spacing=theme.GAP_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        return parts.card(self.desk, [self._card_strip, grid], padding=16)

    def _wish_card(self) -> ft.Control:
        say = self.desk.say
        return parts.card(
            self.desk,
            [
                parts.heading(say("intake.need"), Style.TITLE_MEDIUM),
                self._wish,
                parts.heading(say("intake.procedure"), Style.TITLE_MEDIUM),
                self._procedure_box,
                self._notes,
                ft.Row(
                    [
                        parts.heading(say("intake.priority"), Style.TITLE_MEDIUM),
                        parts.text(
                            say("intake.priority_hint"), Style.BODY_SMALL, color=self.desk.palette.quiet
                        ),
                    ],
                    spacing=theme.GAP_M,
                    wrap=True,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                self._group_box,
            ],
            padding=16,
        )

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
        )
        clear = parts.Press(
            self.desk,
            "clear",
            say("common.clear"),
            self._clear,
            kind="text",
            icon=ft.Icons.BACKSPACE_OUTLINED,
            shortcut="F10",
        )
        return ft.Row([clear.view, take.view], alignment=ft.MainAxisAlignment.END, spacing=theme.GAP_M)

    def _make_field(self, name: str) -> None:
        say = self.desk.say
        labels = {
            "id_number": "id_number",
            "full_name": "full_name",
            "birth": "birth_date",
            "phone": "phone",
            "address": "address",
        }
        hints = {"id_number": "id_number_hint", "birth": "birth_hint"}

        async def typed() -> None:
            await self._typed(name)

        async def entered() -> None:
            await self._entered(name)

        async def left() -> None:
            self.state.touched.add(name)
            await self._check()

        view, control = parts.field(
            self.desk,
            name,
            say(f"intake.{labels[name]}"),
            hint=say(f"intake.{hints[name]}") if name in hints else "",
            change=typed,
            act=entered,
            blur=left,
            autofocus=name == "id_number",
            capitalization=ft.TextCapitalization.WORDS if name == "full_name" else None,
        )
        self._fields[name], self._views[name] = control, view

    def _sex_tile(self, code: str) -> parts.Tile:
        async def pick() -> None:
            if self.reader.busy:
                return
            self.state.sex = "" if self.state.sex == code else code
            self._show_sex()
            await self._check()

        return parts.Tile(self.desk, f"sex-{code}", self.desk.say(f"intake.sex_{code}"), pick, compact=True)

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Put what was typed before back, and load needs and groups."""
        desk = self.desk
        if not self._needs:
            needs = await desk.run(desk.work.intake.needs)
            self._groups = await desk.run(desk.work.intake.groups)
            self._draw_needs(needs)
        await self._load_trip()
        self._show_all()
        self.view.update()
        if not self.state.full_name:
            await self.desk.focus(self._fields["id_number"])

    async def focus(self) -> None:
        """Give the keyboard to the first field."""
        await self.desk.focus(self._fields["id_number"])

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

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Listen for a card; F9 gives the number, F10 clears."""
        card = self.reader.key(event)
        if card:
            await self._read(card)
            return True
        if event.key == "F9":
            await self._take_in()
            return True
        if event.key == "F10":
            await self._clear()
            return True
        return False

    # ------------------------------------------------------------------ typing
    async def _typed(self, name: str) -> None:
        value = self._fields[name].value or ""
        self.reader.typed(name, value)
        setattr(self.state, name, value)
        if await self._checking.settled() and not self.reader.busy:
            self.state.touched.add(name)
            await self._check()
            if name == "id_number":
                await self._look_up()

    async def _entered(self, name: str) -> None:
        value = self._fields[name].value or ""
        card, before = self.reader.entered(name, value)
        if card:
            self._put(name, before)
            await self._read(card)
            return
        following = TYPED[(TYPED.index(name) + 1) % len(TYPED)]
        await self.desk.focus(self._fields[following])

    async def _look_up(self) -> None:
        """Offer what was noted at an earlier visit."""
        number = self.state.draft().id_number
        known = self.state.known
        if len(number) == 12 and (known is None or known.id_number != number):
            self.state.known = await self.desk.run(self.desk.work.intake.known, number)
            self._show_card_strip()
            self._card_strip.update()

    async def _check(self) -> None:
        state = self.state
        state.notes = await self.desk.run(self.desk.work.intake.check, state.draft())
        await self._suggest_group()
        self._show_notes()
        self.view.update()

    async def _suggest_group(self) -> None:
        state = self.state
        draft = state.draft()
        if state.group is not None and not state.group_suggested:
            return
        suggested = await self.desk.run(
            self.desk.work.intake.suggest_groups, draft.birth_date, draft.birth_text
        )
        state.group = suggested[0] if suggested else None
        state.group_suggested = bool(suggested)
        self._show_groups()

    # ------------------------------------------------------------------ cards
    async def _read(self, text: str) -> None:
        self._filled(await self.desk.run(self.desk.work.intake.read_card, text))
        await self._after_card()

    async def _choose_picture(self) -> None:
        if self.reader.busy:
            return
        picture = await self._pictures.choose()
        if picture is None:
            return
        self._filled(await self.desk.run(self.desk.work.intake.read_card_picture, picture))
        await self._after_card()

    def _filled(self, card: CardView) -> None:
        self.state.fill_from(card)
        self.state.notes = card.notes

    async def _after_card(self) -> None:
        self._show_all()
        await self._check()
        self.desk.snack(self.desk.say("intake.card_filled"))

    async def _use_earlier(self) -> None:
        self.state.fill_from_earlier()
        self.state.touched |= set(TYPED)
        self._show_all()
        await self._check()

    # ------------------------------------------------------------------ drawing
    def _put(self, name: str, value: str) -> None:
        setattr(self.state, name, value)
        self._fields[name].value = value
        self.reader.put(name, value)

    def _show_all(self) -> None:
        for name in TYPED:
            self._put(name, getattr(self.state, name))
        self._show_sex()
        self._show_need()
        self._show_procedure()
        self._show_groups()
        self._show_card_strip()
        self._show_notes()

    def _show_sex(self) -> None:
        for code, tile in self._sexes.items():
            tile.set(selected=self.state.sex == code)

    def _show_card_strip(self) -> None:
        desk, state = self.desk, self.state
        label = desk.say("intake.card_picture")
        pick = parts.Press(
            desk, "card-picture", label, self._choose_picture, kind="text", icon=ft.Icons.IMAGE_OUTLINED
        )
        if state.known is not None:
            use = parts.Press(
                desk, "use-earlier", desk.say("intake.returning_use"), self._use_earlier, kind="tonal"
            )
            strip = parts.notice(
                desk,
                desk.say("intake.returning_known", name=state.known.full_name),
                "good",
                actions=[use.view, pick.view],
                identifier="known",
            )
        elif state.from_card:
            strip = parts.notice(
                desk, desk.say("intake.card_filled"), "good", actions=[pick.view], identifier="card-filled"
            )
        else:
            strip = parts.notice(
                desk,
                desk.say("intake.card_scan"),
                "info",
                icon=ft.Icons.QR_CODE_SCANNER_ROUNDED,
                actions=[pick.view],
                identifier="card-scan",
            )
        self._card_strip.content = strip

    def _show_notes(self) -> None:
        desk, state = self.desk, self.state
        for name, control in self._fields.items():
            notes = state.notes_for(name, all_fields=self._all_notes)
            errors = [note for note in notes if note.severity == "error"]
            warnings = [note for note in notes if note.severity == "warning"]
            control.error = (
                words.note(desk.texts, errors[0].code, dict(errors[0].details)) if errors else None
            )
            control.helper = (
                words.note(desk.texts, warnings[0].code, dict(warnings[0].details)) if warnings else None
            )
            control.helper_style = ft.TextStyle(color=desk.palette.accent)
        rest = [
            note
            for note in state.notes
            if note.field not in {"id_number", "full_name", "birth", "birth_date", "phone", "address"}
            and (self._all_notes or (note.severity == "warning" and note.field in state.touched))
        ]
        self._notes.controls = [
            parts.notice(
                desk,
                words.note(desk.texts, note.code, dict(note.details)),
                "bad" if note.severity == "error" else "warn",
            )
            for note in rest
        ]
        self._notes.visible = bool(rest)

    def _draw_needs(self, needs: tuple[str, ...]) -> None:
        self._needs = {code: self._need_tile(code) for code in needs}
        self._wish.controls = [
            ft.ResponsiveRow(
                [ft.Container(tile.view, col={"xs": 12, "sm": 6, "lg": 4}) for tile in self._needs.values()],
                spacing=theme.GAP_S,
                run_spacing=theme.GAP_S,
            )
        ]
        self._group_tiles = {group.code: self._group_tile(group) for group in self._groups}
        self._group_box.controls = [tile.view for tile in self._group_tiles.values()]

    def _need_tile(self, code: str) -> parts.Tile:
        async def pick() -> None:
            if self.reader.busy:
                return
            self.state.need = code
            self.state.touched.add("need")
            self._show_need()
            await self._check()
            if code in _NEEDS_PROCEDURE and self.state.procedure is None:
                await self._picker.focus()

        return parts.Tile(
            self.desk, f"need-{code}", self.desk.say(f"need.{code}"), pick, icon=NEED_ICONS.get(code)
        )

    def _show_need(self) -> None:
        for code, tile in self._needs.items():
            tile.set(selected=self.state.need == code)

    def _group_tile(self, group: GroupChoice) -> parts.Tile:
        async def pick() -> None:
            if self.reader.busy:
                return
            self.state.group = None if self.state.group == group.code else group.code
            self.state.group_suggested = False
            self._show_groups()
            self._group_box.update()

        name = words.choice(self.desk.texts, "priority", group.code) or group.name
        tile = parts.Tile(self.desk, f"group-{group.code}", name, pick, compact=True)
        tile.button.tooltip = group.law
        return tile

    def _show_groups(self) -> None:
        for code, tile in self._group_tiles.items():
            tile.set(selected=self.state.group == code)

    # ------------------------------------------------------------------ procedure
    async def _card_in_search(self, text: str) -> bool:
        """Take a card that was read while the keyboard was at the search."""
        if not self.desk.work.intake.looks_like_card(text):
            return False
        await self._read(text)
        return True

    async def _take_procedure(self, card: ProcedureCard | None) -> None:
        self.state.procedure = card
        self.state.touched.add("procedure_code")
        self._picker.clear()
        self._show_procedure()
        await self._check()

    def _show_procedure(self) -> None:
        card, desk = self.state.procedure, self.desk
        if card is None:
            self._procedure_box.controls = [self._picker.view]
            return

        async def drop() -> None:
            await self._take_procedure(None)
            await self._picker.focus()

        change = parts.Press(desk, "procedure-change", desk.say("common.change"), drop, kind="text")
        name = f"{words.either(desk.texts, card.name, card.name_en)} · {card.code}"
        icon = ft.Icons.DESCRIPTION_OUTLINED
        self._procedure_box.controls = [
            parts.notice(desk, name, "info", icon=icon, actions=[change.view], identifier="procedure-chosen")
        ]

    # ------------------------------------------------------------------ the number
    async def _clear(self) -> None:
        if self.reader.busy:
            return
        self.state.clear()
        self._all_notes = False
        self._picker.clear()
        self._show_all()
        self.view.update()
        await self.desk.focus(self._fields["id_number"])

    async def _take_in(self) -> None:
        if self.reader.busy:
            return
        desk = self.desk
        try:
            ticket = await desk.run(desk.work.intake.take_in, desk.me, self.state.draft())
        except IntakeRefused as refused:
            self._all_notes = True
            self.state.notes = refused.notes
            self._show_notes()
            self.view.update()
            name = first_error(refused.notes)
            if name in self._fields:
                await self.desk.focus(self._fields[name])
            desk.snack(desk.say("intake.mend_first"), tone="bad")
            return
        await self._clear()
        await show_ticket(desk, ticket, self._to_first_field)

    async def _to_first_field(self) -> None:
        await self.desk.focus(self._fields["id_number"])
