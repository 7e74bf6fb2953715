"""What one citizen needs for a procedure: papers, fees, time, law; redrawn with every answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.json_values import Pointer
from van_station.services.guidance import Advice, FeeLine, NeededPaper
from van_station.ui import parts, theme, words
from van_station.ui.desk import procedure_words
from van_station.ui.desk.procedures_state import PaperGroup, ProceduresState, grouped
from van_station.ui.parts import Style
from van_station.ui.session import Desk


class ProcedureAdvice:
    """Cards beside the questions; the two buttons in them stay, so that the keyboard stays on them.

    Args:
        desk: the window.
        choose_group: asks which priority group the citizen belongs to.
    """

    def __init__(self, desk: Desk, choose_group: Callable[[], Awaitable[None]]) -> None:
        self._desk = desk
        self._advice: Advice | None = None
        stretch = ft.CrossAxisAlignment.STRETCH
        self._papers, self._fees, self._facts, self._laws = (
            ft.Column(spacing=theme.GAP_M, horizontal_alignment=stretch) for _ in range(4)
        )
        self._sources = parts.Press(
            desk,
            "sources",
            desk.say("procedures.sources_show"),
            self.toggle_sources,
            kind="text",
            icon=ft.Icons.FACT_CHECK_OUTLINED,
            shortcut="F10",
        )
        self._group = parts.Press(
            desk,
            "fee-group",
            "",
            choose_group,
            kind="outlined",
            icon=ft.Icons.PERSON_SEARCH_OUTLINED,
        )
        say = desk.say
        cards: list[ft.Control] = [
            parts.card(desk, [self._papers], title=say("procedures.papers"), trailing=self._sources.view),
            parts.card(desk, [self._fees, self._group.view], title=say("procedures.fees")),
            parts.card(desk, [self._facts], title=say("procedures.facts")),
            parts.card(desk, [self._laws], title=say("procedures.laws")),
        ]
        self.view = ft.Column(cards, spacing=theme.GAP_M, horizontal_alignment=stretch)

    @property
    def _state(self) -> ProceduresState:
        return self._desk.state(ProceduresState)

    async def toggle_sources(self) -> None:
        """Show or hide where each paper is written."""
        self._state.sources = not self._state.sources
        if self._advice is not None:
            self.show(self._advice)
            self.view.update()

    def show(self, advice: Advice) -> None:
        """Draw advice; the caller updates the view."""
        self._advice = advice
        desk, state = self._desk, self._state
        key = "procedures.sources_hide" if state.sources else "procedures.sources_show"
        self._sources.set(label=desk.say(key))
        group = words.choice(desk.texts, "priority", state.group) if state.group else ""
        self._group.set(
            label=desk.say("procedures.priority", group=group or desk.say("procedures.priority_none"))
        )
        self._papers.controls = self._draw_papers(advice)
        self._fees.controls = [self._fee(fee) for fee in advice.fees] or [
            parts.text(desk.say("procedures.fees_none"), Style.BODY_LARGE)
        ]
        self._facts.controls = self._draw_facts(advice)
        self._laws.controls = self._draw_laws(advice)

    # ------------------------------------------------------------------ papers
    def _draw_papers(self, advice: Advice) -> list[ft.Control]:
        desk = self._desk
        drawn: list[ft.Control] = []
        if advice.open_questions:
            sentence = desk.say("procedures.papers_open", count=advice.open_questions)
            drawn.append(
                parts.tid("papers-open", parts.text(sentence, Style.BODY_SMALL, color=desk.palette.quiet))
            )
        if not advice.papers:
            drawn.append(parts.empty(desk, ft.Icons.TASK_OUTLINED, desk.say("procedures.papers_none")))
        questions = {each.pointer: words.label(desk.texts, each.text) for each in advice.questions}
        for group, papers in grouped(advice.papers):
            drawn.append(self._paper_group(group, papers, questions))
        return drawn

    def _paper_group(
        self, group: PaperGroup, papers: tuple[NeededPaper, ...], questions: dict[Pointer, str]
    ) -> ft.Control:
        desk = self._desk
        ground, ink = theme.tone_colours(desk.palette, procedure_words.GROUP_TONES[group])
        head = ft.Container(
            ft.Row(
                [
                    ft.Icon(
                        procedure_words.GROUP_ICONS[group], color=ink, size=26 * min(desk.look.scale, 1.5)
                    ),
                    ft.Semantics(
                        header=True,
                        expand=True,
                        content=parts.text(
                            desk.say(f"procedures.group_{group.value}"), Style.TITLE_SMALL, color=ink
                        ),
                    ),
                    parts.text(desk.texts.count(len(papers)), Style.TITLE_MEDIUM, color=ink),
                ],
                spacing=theme.GAP_M,
            ),
            bgcolor=ground,
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.symmetric(horizontal=14, vertical=8),
        )
        rows = [self._paper(paper, questions) for paper in papers]
        column = ft.Column(
            [head, *rows], spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        return parts.tid(f"papers-{group.value}", column)

    def _paper(self, paper: NeededPaper, questions: dict[Pointer, str]) -> ft.Control:
        desk, p = self._desk, self._desk.palette
        lines: list[ft.Control] = [
            parts.text(words.label(desk.texts, paper.name), Style.BODY_LARGE, color=p.text),
            parts.text(procedure_words.paper_kind(desk, paper), Style.BODY_SMALL, color=p.quiet),
        ]
        if paper.note is not None:
            lines.append(parts.text(words.label(desk.texts, paper.note), Style.BODY_SMALL, color=p.accent))
        if self._state.sources:
            lines += self._origin(paper, questions)
        elif paper.confidence == "unverified":
            lines.append(ft.Row([procedure_words.sure_badge(desk, paper.confidence)], wrap=True))
        box = ft.Container(
            ft.Column(lines, spacing=2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            padding=ft.Padding.only(left=14, right=8, bottom=2),
        )
        return parts.tid(f"paper-{paper.code}", box)

    def _origin(self, paper: NeededPaper, questions: dict[Pointer, str]) -> list[ft.Control]:
        """Return where a paper is written, how sure that is, and which answers decided about it."""
        desk, p = self._desk, self._desk.palette
        lines: list[ft.Control] = [
            parts.text(desk.say("procedures.source", source=paper.source), Style.BODY_SMALL)
        ]
        because = [questions[pointer] for pointer in sorted(paper.because) if pointer in questions]
        if because:
            told = desk.say("procedures.because", questions="; ".join(because))
            lines.append(parts.text(told, Style.BODY_SMALL, color=p.quiet))
        lines.append(ft.Row([procedure_words.sure_badge(desk, paper.confidence)], wrap=True))
        return lines

    # ------------------------------------------------------------------ fees
    def _fee(self, fee: FeeLine) -> ft.Control:
        desk, p = self._desk, self._desk.palette
        known = fee.amount_vnd is not None
        lines: list[ft.Control] = [
            parts.text(words.choice(desk.texts, "channel", fee.channel), Style.LABEL_LARGE),
            parts.text(
                procedure_words.amount(desk, fee.amount_vnd),
                Style.TITLE_LARGE,
                color=p.text if known else p.accent,
            ),
        ]
        waived = procedure_words.waiver(desk, fee)
        if waived:
            lines.append(parts.text(waived, Style.BODY_SMALL, color=p.good))
        if not known:
            hint = desk.say("procedures.fee_unknown_hint")
            lines.append(parts.text(hint, Style.BODY_SMALL, color=p.quiet))
        if fee.source:
            told = desk.say("procedures.source", source=fee.source)
            lines.append(parts.text(told, Style.BODY_SMALL, color=p.quiet))
        icon = procedure_words.CHANNEL_ICONS.get(fee.channel, ft.Icons.PAYMENTS_OUTLINED)
        row = ft.Row(
            [
                ft.Icon(icon, color=p.primary, size=28 * min(desk.look.scale, 1.5)),
                ft.Column(lines, spacing=2, expand=True),
                procedure_words.sure_badge(desk, fee.confidence),
            ],
            spacing=theme.GAP_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        return parts.tid(f"fee-{fee.channel}", row)

    # ------------------------------------------------------------------ facts
    def _draw_facts(self, advice: Advice) -> list[ft.Control]:
        desk = self._desk
        say = desk.say
        time = procedure_words.time_limit(desk, advice.time_value, advice.time_unit)
        if advice.valid_to is None:
            valid = say("procedures.valid_from", start=advice.valid_from)
        else:
            valid = say("procedures.valid_between", start=advice.valid_from, end=advice.valid_to)
        pairs = [
            (
                say("procedures.time"),
                f"{time} ({procedure_words.sure(desk, advice.time_confidence)}: {advice.time_source})",
            ),
            (say("procedures.authority"), words.label(desk.texts, advice.authority)),
            (say("procedures.form"), words.label(desk.texts, advice.form_name)),
            (say("procedures.van"), words.choice(desk.texts, "van_role", advice.van_role)),
            (say("procedures.validity"), valid),
            (
                say("procedures.version"),
                say("procedures.version_of", version=advice.version, edition=advice.edition),
            ),
        ]
        drawn = [parts.facts(desk, pairs)]
        if advice.notes:
            drawn.append(parts.heading(say("procedures.notes"), Style.TITLE_MEDIUM))
        return drawn + [self._note(words.label(desk.texts, note)) for note in advice.notes]

    def _note(self, text: str) -> ft.Control:
        icon = ft.Icon(ft.Icons.INFO_OUTLINE_ROUNDED, color=self._desk.palette.primary)
        return ft.Row(
            [icon, parts.text(text, Style.BODY_MEDIUM, expand=True)],
            spacing=theme.GAP_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    def _draw_laws(self, advice: Advice) -> list[ft.Control]:
        desk = self._desk
        drawn: list[ft.Control] = [
            ft.Row(
                [
                    parts.text(text, Style.BODY_MEDIUM, expand=True),
                    procedure_words.sure_badge(desk, confidence),
                ],
                spacing=theme.GAP_M,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
            for text, confidence in advice.laws
        ]
        told = desk.say("procedures.source", source=advice.source)
        drawn.append(parts.text(told, Style.BODY_SMALL, color=desk.palette.quiet))
        return drawn
