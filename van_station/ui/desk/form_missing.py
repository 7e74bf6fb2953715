"""What a dossier still lacks (*còn thiếu*), at one glance: answers, papers, certifying, the fee."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from van_station.i18n import Texts
from van_station.services.dossier_views import ComponentView, DossierView, FormView, Missing
from van_station.services.paper import PrintedPage
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.form_model import FormModel
from van_station.ui.parts import Style
from van_station.ui.session import Desk

Goto = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What lacks, by the step where it is put right.

    Attributes:
        answers, papers: what stops the dossier.
        unseen: papers in the dossier or to be shown that no officer has looked at yet.
        fee: whether money is still to come, or to be named.
    """

    answers: tuple[Missing, ...]
    papers: tuple[Missing, ...]
    unseen: tuple[ComponentView, ...]
    fee: bool

    @property
    def count(self) -> int:
        """How many things there are to do."""
        return len(self.answers) + len(self.papers) + len(self.unseen) + self.fee


def lacking(dossier: DossierView, missing: tuple[Missing, ...]) -> Lacking:
    """Sort out what `Dossiers.missing` found, and what else a person would look for."""
    if not dossier.editable:
        return Lacking((), (), (), fee=False)
    free = dossier.fee is not None and dossier.fee.amount_vnd == 0
    paid = dossier.payment_state is not None and dossier.payment_state.value == "matched"
    there = [each for each in dossier.components if each.applies and (each.files or each.kind == "show")]
    return Lacking(
        tuple(gap for gap in missing if gap.kind == "form"),
        tuple(gap for gap in missing if gap.kind == "component"),
        tuple(each for each in there if not each.seen),
        fee=not (free or paid),
    )


def captions(texts: Texts, found: Lacking, *, editable: bool) -> dict[str, str]:
    """Return a few words for each step's tile."""
    if not editable:
        return {"form": "", "papers": "", "fee": "", "submit": ""}
    say = texts.say
    papers = [say("missing.papers", count=len(found.papers))] if found.papers else []
    if found.unseen:
        papers.append(say("missing.unseen", count=len(found.unseen)))
    return {
        "form": say("missing.answers", count=len(found.answers)) if found.answers else say("missing.none"),
        "papers": " · ".join(papers) or say("missing.none"),
        "fee": say("missing.fee") if found.fee else say("missing.none"),
        "submit": say("missing.count", count=found.count) if found.count else say("missing.ready"),
    }


class MissingSheet:
    """A sheet over the dossier that lists everything and leads there; it can be printed to take home.

    Args:
        desk: the window.
        goto: shows a step of the dossier.
    """

    def __init__(self, desk: Desk, goto: Goto) -> None:
        self._desk, self._goto = desk, goto
        self._dialog: ft.AlertDialog | None = None

    def show(self, dossier: DossierView, found: Lacking, form: FormView) -> None:
        """Open it."""
        desk, say = self._desk, self._desk.say
        body: list[ft.Control] = []
        for title, gaps in self._by_page(found.answers, form):
            body.append(self._part(f"{say('form.title')} · {title}" if title else say("form.title"), gaps))
        if found.papers:
            rows = [self._row(gap, "papers", component=gap.where) for gap in found.papers]
            body.append(self._part(say("missing.papers_title"), rows))
        if found.unseen:
            rows = [self._paper(each) for each in found.unseen]
            body.append(self._part(say("missing.unseen_title"), rows))
        if found.fee:
            body.append(self._part(say("dossier.step_fee"), [self._press("fee", say("missing.fee"), "fee")]))
        if not body:
            body.append(parts.notice(desk, say("missing.all_there"), "good"))

        def make() -> PrintedPage:
            return desk.work.guidance.missing_page(desk.me, dossier.id)

        page = parts.Press(
            desk, "missing-print", say("missing.print"), None, kind="tonal", icon=ft.Icons.PRINT_OUTLINED,
            url=desk.offer(make, say("missing.print")),
        )  # fmt: skip
        done = parts.Press(
            desk, "missing-close", say("common.close"), self._close, kind="filled", autofocus=not found.count
        )
        title = say("missing.title", count=found.count) if found.count else say("missing.title_none")
        self._dialog = dialogs.sheet(
            desk, title, body, [page.view, done.view], icon=ft.Icons.CHECKLIST_ROUNDED, width=720
        )

    def _by_page(self, gaps: tuple[Missing, ...], form: FormView) -> list[tuple[str, list[ft.Control]]]:
        model = FormModel()
        model.take(form)
        by_page: dict[str, list[ft.Control]] = {}
        titles = {page.key: words.either(self._desk.texts, *page.title) for page in model.pages}
        for gap in gaps:
            key = model.page_of(gap.where) or ""
            by_page.setdefault(titles.get(key, ""), []).append(self._row(gap, "form", field=gap.where))
        return list(by_page.items())

    def _part(self, title: str, rows: list[ft.Control]) -> ft.Control:
        column = ft.Column([parts.heading(title, Style.TITLE_SMALL), *rows], spacing=2)
        column.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return column

    def _row(self, gap: Missing, step: str, **where: str) -> ft.Control:
        name = words.either(self._desk.texts, gap.label, gap.label_en) or words.note(
            self._desk.texts, gap.code, dict(gap.args)
        )
        return self._press(gap.where, name, step, **where)

    def _paper(self, paper: ComponentView) -> ft.Control:
        name = words.either(self._desk.texts, paper.name, paper.name_en)
        return self._press(paper.id, name, "papers", component=paper.id)

    def _press(self, identifier: str, name: str, step: str, **where: str) -> ft.Control:
        async def go() -> None:
            await self._close()
            await self._goto(step, **where)

        p = self._desk.palette
        row = ft.Row(
            [
                ft.Icon(ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED, color=p.accent, size=18),
                parts.text(name, Style.BODY_LARGE, expand=True),
                ft.Icon(ft.Icons.ARROW_FORWARD_ROUNDED, color=p.primary, size=18),
            ],
            spacing=theme.GAP_S,
        )
        look = theme.button_style(p, "text")
        look.padding = ft.Padding.symmetric(horizontal=10, vertical=12)
        return parts.tid(
            f"lacks-{identifier}", ft.TextButton(content=row, on_click=self._desk.on(go), style=look)
        )

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)
