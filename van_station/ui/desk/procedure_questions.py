"""The questions of a procedure, one after another as large answers to press; what was said stands below."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.json_values import JsonValue, Pointer
from van_station.services.guidance import Advice, AskedQuestion
from van_station.ui import parts, theme, words
from van_station.ui.desk import procedure_words
from van_station.ui.desk.procedures_state import next_question, trail
from van_station.ui.parts import Style
from van_station.ui.session import Desk

Answered = Callable[[Pointer, JsonValue], Awaitable[None]]
Forgot = Callable[[Pointer], Awaitable[None]]
Asked = Callable[[], Awaitable[None]]


class ProcedureQuestions:
    """The next question, and the trail of answers.

    Args:
        desk: the window.
        answered: gets the pointer of the question and the answer that was pressed.
        forget: asks a question again.
        back: takes the latest answer back.
        restart: asks everything again.
        hold: while True, presses are a card reader's, nobody's wish.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        answered: Answered,
        forget: Forgot,
        back: Asked,
        restart: Asked,
        hold: Callable[[], bool],
    ) -> None:
        self._desk, self._answered, self._forget, self._hold = desk, answered, forget, hold
        self._question: AskedQuestion | None = None
        self._buttons: list[ft.OutlinedButton] = []
        stretch = ft.CrossAxisAlignment.STRETCH
        self._body = ft.Column(spacing=theme.GAP_M, horizontal_alignment=stretch)
        say = desk.say
        self._back = parts.Press(
            desk,
            "question-back",
            say("procedures.back"),
            back,
            kind="text",
            icon=ft.Icons.UNDO_ROUNDED,
            shortcut="Backspace",
        )
        self._restart = parts.Press(
            desk,
            "questions-restart",
            say("procedures.restart"),
            restart,
            kind="text",
            icon=ft.Icons.RESTART_ALT_ROUNDED,
        )
        self.view = parts.card(desk, [self._body], title=say("procedures.questions"))

    def show(self, advice: Advice) -> None:
        """Draw the next question; the caller updates the view."""
        said = trail(advice)
        self._question = next_question(advice)
        self._buttons = []
        if self._question is not None:
            self._body.controls = self._asking(advice, self._question)
        else:
            self._body.controls = [self._finished(advice)]
        for press in (self._back, self._restart):
            press.set(disabled=not said)
        if advice.questions:
            self._body.controls.append(ft.Row([self._back.view, self._restart.view], wrap=True))
        if said:
            self._body.controls.append(
                parts.heading(self._desk.say("procedures.answered"), Style.TITLE_SMALL)
            )
            self._body.controls += [self._said(question) for question in said]

    async def focus(self) -> None:
        """Give the keyboard to the first answer, or to what follows when nothing is left to ask."""
        if self._buttons:
            await self._desk.focus(self._buttons[0])

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self._question is not None

    async def choose(self, number: int) -> None:
        """Take the answer with this number, from 1; nothing for a number that no answer has."""
        question = self._question
        if question is not None and 1 <= number <= len(question.choices):
            await self._take(question.pointer, question.choices[number - 1][0])

    async def _take(self, pointer: Pointer, value: JsonValue) -> None:
        if not self._hold():
            await self._answered(pointer, value)

    # ------------------------------------------------------------------ drawing
    def _asking(self, advice: Advice, question: AskedQuestion) -> list[ft.Control]:
        desk = self._desk
        number = [each.pointer for each in advice.questions].index(question.pointer) + 1
        progress = desk.say("procedures.question_of", number=number, total=len(advice.questions))
        text = words.label(desk.texts, question.text)
        asked: list[ft.Control] = [
            parts.text(progress, Style.LABEL_MEDIUM, color=desk.palette.quiet),
            parts.tid("question", parts.text(text, Style.HEADLINE_SMALL), live_region=True),
        ]
        if question.help is not None:
            asked.append(
                parts.text(
                    words.label(desk.texts, question.help), Style.BODY_MEDIUM, color=desk.palette.quiet
                )
            )
        asked += [
            self._answer(question, at, value) for at, (value, _) in enumerate(question.choices, start=1)
        ]
        asked.append(parts.text(desk.say("procedures.keys_hint"), Style.BODY_SMALL, color=desk.palette.quiet))
        return asked

    def _answer(self, question: AskedQuestion, number: int, value: JsonValue) -> ft.Control:
        desk, p = self._desk, self._desk.palette

        async def take() -> None:
            await self._take(question.pointer, value)

        cap = ft.Container(
            parts.text(str(number), Style.TITLE_MEDIUM, color=p.on_primary_soft),
            bgcolor=p.primary_soft,
            width=desk.size(34),
            height=desk.size(34),
            alignment=ft.Alignment.CENTER,
            border_radius=theme.RADIUS_S,
        )
        row: list[ft.Control] = [cap]
        if isinstance(value, bool):
            icon = ft.Icons.CHECK_CIRCLE_OUTLINE_ROUNDED if value else ft.Icons.HIGHLIGHT_OFF_ROUNDED
            row.append(ft.Icon(icon, color=p.good if value else p.bad, size=26 * min(desk.look.scale, 1.5)))
        label = procedure_words.answer_text(desk, question, value)
        row.append(parts.text(label, Style.TITLE_MEDIUM, color=p.text, expand=True))
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.card
        look.padding = ft.Padding.symmetric(horizontal=16, vertical=16)
        look.side = {
            ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus),
            ft.ControlState.DEFAULT: ft.BorderSide(1.5, p.edge),
        }
        button = ft.OutlinedButton(
            content=ft.Row(row, spacing=theme.GAP_M), on_click=desk.on(take), style=look
        )
        self._buttons.append(button)
        return parts.tid(f"answer-{number}", button)

    def _finished(self, advice: Advice) -> ft.Control:
        desk = self._desk
        if not advice.questions:
            return parts.notice(
                desk, desk.say("procedures.no_questions"), "info", identifier="questions-done"
            )
        told = desk.say("procedures.all_answered_hint", count=len(advice.papers), all=advice.all_papers)
        sentence = f"{desk.say('procedures.all_answered')}. {told}"
        return parts.notice(desk, sentence, "good", identifier="questions-done")

    def _said(self, question: AskedQuestion) -> ft.Control:
        desk, p = self._desk, self._desk.palette

        async def again() -> None:
            if not self._hold():
                await self._forget(question.pointer)

        text = words.label(desk.texts, question.text)
        answer = procedure_words.answer_text(desk, question, question.answer)
        content = ft.Row(
            [
                ft.Icon(ft.Icons.CHECK_ROUNDED, color=p.good, size=20 * min(desk.look.scale, 1.5)),
                ft.Column(
                    [
                        parts.text(text, Style.BODY_SMALL, color=p.quiet),
                        parts.text(answer, Style.LABEL_LARGE, color=p.text),
                    ],
                    spacing=0,
                    expand=True,
                ),
                ft.Icon(ft.Icons.EDIT_OUTLINED, color=p.quiet, size=20 * min(desk.look.scale, 1.5)),
            ],
            spacing=theme.GAP_M,
        )
        look = theme.button_style(p, "text")
        look.padding = ft.Padding.symmetric(horizontal=10, vertical=8)
        button = ft.TextButton(
            content=content,
            on_click=desk.on(again),
            style=look,
            tooltip=desk.say("procedures.change_answer", question=text),
        )
        return parts.tid(f"said-{question.pointer.strip('/')}", button)
