"""Procedures (*thủ tục*): find one, ask its questions, tell the citizen what to bring."""

from __future__ import annotations

import time

import flet as ft

from van_station.rules.json_values import JsonValue, Pointer
from van_station.services.guidance import Advice
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk import procedure_words
from van_station.ui.desk.intake_state import IntakeState
from van_station.ui.desk.procedure_advice import ProcedureAdvice
from van_station.ui.desk.procedure_list import ProcedureList
from van_station.ui.desk.procedure_questions import ProcedureQuestions
from van_station.ui.desk.procedures_state import ProceduresState, digit
from van_station.ui.desk.reader_guard import ReaderGuard
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk
from van_station.ui.wedge import character

TAKES_IN = frozenset({"volunteer", "supervisor"})
"""Who has the intake screen."""
WITH_ANSWERS = "digitise"
"""What somebody came for who was guided and hands in now, until they say otherwise."""
READER_PAUSE_S = 0.2
"""A digit of a person stands alone for this long; one of a card reader does not."""


class ProceduresScreen(Screen):
    """The list, or one procedure with its questions on the left and the answer to them on the right."""

    kinds = frozenset({"catalogue", "trip"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._list = ProcedureList(desk, self._open)
        self._reader = ReaderGuard(time.monotonic)
        self._digits = Latest(READER_PAUSE_S)
        self._advice: Advice | None = None
        self._number: parts.Press | None = None
        self._ward: str | None = None
        stretch = ft.CrossAxisAlignment.STRETCH
        self._room = ft.Container(expand=True)
        self._head = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch)
        self._questions = ProcedureQuestions(
            desk,
            answered=self._answer,
            forget=self._forget,
            back=self._back,
            restart=self._restart,
            hold=lambda: self._reader.busy,
        )
        self._told = ProcedureAdvice(desk, self._choose_group)
        self._foot = ft.Row(wrap=True, alignment=ft.MainAxisAlignment.END, spacing=theme.GAP_M)
        self._opened = ft.Column(
            [self._head, self._columns(), self._foot],
            spacing=theme.GAP_S,
            expand=True,
            horizontal_alignment=stretch,
        )
        self.view = self._room

    @property
    def state(self) -> ProceduresState:
        """What was searched and answered."""
        return self.desk.state(ProceduresState)

    def _columns(self) -> ft.Control:
        def column(view: ft.Control, share: int) -> ft.Control:
            return ft.Column(
                [view],
                scroll=ft.ScrollMode.AUTO,
                expand=share,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            )

        return ft.Row(
            [column(self._questions.view, 5), column(self._told.view, 7)],
            spacing=theme.GAP_M,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Show the list, or the procedure that stood open or is asked for by its `code`."""
        if where.get("code", self.state.code) != self.state.code:
            self.state.open(where["code"])
        self._room.content = parts.loading(self.desk)
        self._room.update()
        trip = await self.desk.run(self.desk.work.trips.current)
        self._ward = trip.ward_code if trip is not None else None
        await self._show()

    async def changed(self, kinds: frozenset[str]) -> None:
        """Another edition came into force, or the van stands in another ward."""
        trip = await self.desk.run(self.desk.work.trips.current)
        self._ward = trip.ward_code if trip is not None else None
        if "catalogue" in kinds:
            self.state.restart()
            await self._list.renew()
        await self._show(move=False)

    async def focus(self) -> None:
        """Give the keyboard to the search line, or to the first answer."""
        if not self.state.code:
            await self._list.focus()
        elif self._questions.asking:
            await self._questions.focus()
        else:
            await self.desk.focus(self._print_home.button)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Digits answer, Backspace goes back, F9 takes a number, F10 shows sources or goes to the list."""
        if dialogs.showing(self.desk) or event.ctrl or event.alt or event.meta:
            return False
        if not self.state.code:
            if event.key == "F10":
                await self._list.focus_first()
                return True
            return False
        return await self._key_of_opened(event)

    async def _key_of_opened(self, event: ft.KeyboardEvent) -> bool:
        if event.key in ("Enter", "Numpad Enter"):
            self._digits.drop()
            return False
        if character(event.key, shift=event.shift):
            self._reader.press()
        number = 0 if event.shift else digit(event.key)
        if number:
            if await self._digits.settled() and self._reader.alone:
                await self._questions.choose(number)
            return True
        self._digits.drop()
        acts = {"Backspace": self._back, "F9": self._take_main, "F10": self._told.toggle_sources}
        act = acts.get(event.key)
        if act is not None:
            await act()
        return act is not None

    # ------------------------------------------------------------------ acts
    async def _open(self, code: str) -> None:
        self.state.open(code)
        await self._show()

    async def _to_list(self) -> None:
        self.state.close()
        await self._show()

    async def _answer(self, pointer: Pointer, value: JsonValue) -> None:
        self.state.answer(pointer, value)
        await self._tell()

    async def _forget(self, pointer: Pointer) -> None:
        self.state.forget(pointer)
        await self._tell()

    async def _back(self) -> None:
        asked = [question.pointer for question in self._advice.questions] if self._advice else []
        if self.state.back(asked):
            await self._tell()
        else:
            await self._to_list()

    async def _restart(self) -> None:
        self.state.restart()
        await self._tell()

    async def _take_main(self) -> None:
        """Go to intake, with the answers when there are some."""
        await self._take_in(answers=bool(self._answered))

    async def _take_number(self) -> None:
        """Go to intake with this procedure and group; the answers stay with nobody."""
        await self._take_in(answers=False)

    async def _take_in(self, *, answers: bool) -> None:
        desk, state = self.desk, self.state
        if desk.me.role.value not in TAKES_IN or not state.code:
            return
        intake, guidance = desk.state(IntakeState), desk.work.guidance
        intake.choose(await desk.run(desk.work.catalogue.get, state.code))
        intake.told = None
        if answers:
            intake.told = await desk.run(guidance.hand_over, desk.me, state.code, dict(state.answers))
            intake.need = intake.need or WITH_ANSWERS
        if state.group is not None:
            intake.group, intake.group_suggested = state.group, False
        state.close()
        await desk.go("intake")

    async def _choose_group(self) -> None:
        desk = self.desk
        groups = await desk.run(desk.work.intake.groups)
        holder: list[ft.AlertDialog] = []

        def tile(code: str | None, name: str) -> ft.Control:
            async def pick() -> None:
                dialogs.close(holder[0])
                self.state.group = code
                await self._tell(move=False)

            made = parts.Tile(desk, f"group-{code or 'none'}", name, pick, compact=True)
            made.set(selected=self.state.group == code)
            return made.view

        async def close() -> None:
            dialogs.close(holder[0])

        tiles = [tile(None, desk.say("procedures.priority_nobody"))]
        tiles += [
            tile(group.code, words.choice(desk.texts, "priority", group.code) or group.name)
            for group in groups
        ]
        cancel = parts.Press(desk, "ask-no", desk.say("common.cancel"), close, kind="text", autofocus=True)
        body: list[ft.Control] = [ft.Row(tiles, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)]
        title = desk.say("procedures.priority_choose")
        holder.append(
            dialogs.sheet(desk, title, body, [cancel.view], icon=ft.Icons.PERSON_SEARCH_OUTLINED, width=760)
        )

    # ------------------------------------------------------------------ drawing
    async def _show(self, *, move: bool = True) -> None:
        if not self.desk.work.catalogue.has(self.state.code):
            self.state.close()
            self._advice = None
            self._room.content = self._list.view
            self._room.update()
            await self._list.load()
            if move:
                await self._list.focus()
            return
        await self._ask()
        self._draw_head()
        self._draw_foot()
        self._room.content = self._opened
        self._draw()
        self._room.update()
        if move:
            await self.focus()

    async def _tell(self, *, move: bool = True) -> None:
        """Ask again what is needed now, and draw it; the keyboard goes to the next question."""
        await self._ask()
        self._draw()
        self._opened.update()
        if move:
            await self.focus()

    async def _ask(self) -> None:
        state, work = self.state, self.desk.work
        self._advice = await self.desk.run(
            work.guidance.advice, state.code, dict(state.answers), group=state.group, ward=self._ward
        )

    def _draw(self) -> None:
        if self._advice is not None:
            self._questions.show(self._advice)
            self._told.show(self._advice)
            self._say_what_goes_along()

    @property
    def _answered(self) -> int:
        """How many of the questions that are asked now have an answer."""
        return len(self._advice.questions) - self._advice.open_questions if self._advice else 0

    def _say_what_goes_along(self) -> None:
        """Let the main button say whether the answers go to intake."""
        if self._number is None:
            return
        say, count = self.desk.say, self._answered
        self._number.set(label=say("procedures.take_answers" if count else "procedures.take_number"))
        self._number.button.tooltip = say("procedures.take_answers_hint", count=count) if count else "F9"
        self._number_only.view.visible = bool(count)

    def _draw_head(self) -> None:
        advice, desk = self._advice, self.desk
        if advice is None:
            return
        p = desk.palette
        back = parts.icon_button(
            desk,
            "to-list",
            ft.Icons.ARROW_BACK_ROUNDED,
            desk.say("procedures.to_list"),
            self._to_list,
        )
        name = ft.Column(
            [
                parts.tid(
                    "procedure-name",
                    parts.heading(words.label(desk.texts, advice.name), Style.TITLE_LARGE),
                ),
                parts.text(
                    f"{advice.code} · {words.label(desk.texts, advice.authority)}",
                    Style.BODY_SMALL,
                    color=p.quiet,
                ),
            ],
            spacing=0,
            expand=True,
        )
        picture = ft.Container(
            ft.Icon(procedure_words.domain_icon(advice.domain), color=p.on_primary_soft, size=28),
            bgcolor=p.primary_soft,
            border_radius=theme.RADIUS_M,
            padding=10,
        )
        row: list[ft.Control] = [back, picture, name]
        if advice.confidence != "verified":
            mark = desk.say("procedures.unverified_mark")
            row.append(parts.badge(desk, mark, "warn", ft.Icons.PRIORITY_HIGH_ROUNDED))
        self._head.controls = [ft.Row(row, spacing=theme.GAP_M)]
        if not advice.in_force:
            told = desk.say("procedures.not_in_force")
            self._head.controls.append(parts.notice(desk, told, "bad", identifier="not-in-force"))

    def _draw_foot(self) -> None:
        desk, state, work = self.desk, self.state, self.desk.work
        desk.withdraw_offers()
        home_title, blank_title = desk.say("procedures.print_home"), desk.say("procedures.print_blank")
        code = state.code
        home = desk.offer(
            lambda: work.guidance.take_home(
                desk.me, code, dict(state.answers), group=state.group, ward=self._ward
            ),
            home_title,
        )
        blank = desk.offer(lambda: work.official_forms.blank(desk.me, code), blank_title)
        self._print_home = parts.Press(
            desk, "print-home", home_title, None, kind="tonal", url=home, icon=ft.Icons.PRINT_OUTLINED
        )
        print_blank = parts.Press(
            desk, "print-blank", blank_title, None, url=blank, icon=ft.Icons.EDIT_DOCUMENT
        )
        self._foot.controls = [print_blank.view, self._print_home.view]
        if desk.me.role.value in TAKES_IN:
            self._number_only = parts.Press(
                desk,
                "take-number-only",
                desk.say("procedures.take_number_only"),
                self._take_number,
                kind="text",
            )
            self._number = parts.Press(
                desk,
                "take-number",
                desk.say("procedures.take_number"),
                self._take_main,
                kind="filled",
                icon=ft.Icons.CONFIRMATION_NUMBER_OUTLINED,
                shortcut="F9",
                show_key=True,
            )
            self._foot.controls = [self._number_only.view, *self._foot.controls, self._number.view]
