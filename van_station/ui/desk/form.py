"""The form (*tờ khai*): drawn from the rules' nodes, every field kept as soon as it is left."""

from __future__ import annotations

import asyncio

import flet as ft

from van_station.rules.form_nodes import ArrayNode, FieldNode, Node
from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import DossierView, FormView
from van_station.ui import parts, theme, words
from van_station.ui.debounce import Latest
from van_station.ui.desk.form_boxes import Boxes, FormActs, shown_text
from van_station.ui.desk.step import Goto, Step
from van_station.ui.parts import Style
from van_station.ui.session import Desk

AUTOSAVE_S = 0.7


class FormProgress:
    """What was touched and what stands saved; decides which problems are shown. No window in here."""

    def __init__(self) -> None:
        self.saved: dict[str, str] = {}
        self.touched: set[str] = set()
        self.show_all = False

    def learn(self, nodes: tuple[Node, ...]) -> None:
        """Take note of what the form holds."""
        for node in fields_of(nodes):
            self.saved[node.pointer] = shown_text(node)

    def is_new(self, pointer: str, value: JsonValue) -> bool:
        """Whether an answer differs from what is kept."""
        return self.saved.get(pointer, "") != ("" if value is None else str(value))

    def shown_problems(self, form: FormView) -> list[tuple[str, str, dict[str, str | int]]]:
        """Return (pointer, code, details) of the problems to show: of fields that were touched, or all."""
        return [
            (problem.pointer, problem.code, dict(problem.args))
            for problem in form.problems
            if self.show_all or problem.pointer in self.touched
        ]


def fields_of(nodes: tuple[Node, ...]) -> list[FieldNode]:
    """Return all fields of a layout, hidden ones too, in order."""
    found: list[FieldNode] = []
    for node in nodes:
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, ArrayNode):
            for item in node.items:
                found += fields_of(item)
        else:
            found += fields_of(node.children)
    return found


class FormStep(Step):
    """The form of a dossier."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        super().__init__(desk, goto)
        self._dossier_id = ""
        self._form: FormView | None = None
        self._boxes: Boxes | None = None
        self._progress = FormProgress()
        self._order = asyncio.Lock()
        self._latest: dict[str, Latest] = {}
        self._typing: dict[str, str] = {}
        self._body = ft.Column(
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self._bar = ft.ProgressBar(value=0, bar_height=8, border_radius=4, expand=True)
        self._count = parts.text("", Style.LABEL_MEDIUM, color=desk.palette.quiet)
        self._saved = parts.text("", Style.LABEL_MEDIUM, color=desk.palette.good)
        self._next = parts.Press(
            desk,
            "form-next",
            desk.say("common.next"),
            self._go_on,
            kind="filled",
            icon=ft.Icons.ARROW_FORWARD_ROUNDED,
            shortcut="F9",
        )
        foot = ft.Row(
            [
                self._bar,
                parts.tid("form-progress", self._count),
                parts.tid("form-saved", self._saved, live_region=True),
            ],
            spacing=theme.GAP_M,
        )
        self.view = ft.Column([self._body, foot], spacing=theme.GAP_S, expand=True)

    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Draw the dossier's form, and go to a field when `where` names one."""
        if dossier.id != self._dossier_id or self._boxes is None:
            self._dossier_id, self._progress = dossier.id, FormProgress()
            self._boxes = None
        form = await self.desk.run(self.desk.work.dossiers.form, dossier.id)
        self._lay_out(form, self._doubt(dossier))
        if where.get("field"):
            self._progress.show_all = True
            self._draw(form)
            self.view.update()
            await self._focus(where["field"])
        else:
            self.view.update()

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """Somebody else answered, or the dossier may not be edited any more."""
        if "dossier" not in kinds or self._order.locked():
            return
        form = await self.desk.run(self.desk.work.dossiers.form, dossier.id)
        if self._form is not None and form.editable != self._form.editable:
            self._boxes = None
            self._lay_out(form, self._doubt(dossier))
        else:
            self._draw(form)
        self.view.update()

    async def leave(self) -> None:
        """Keep what was typed last."""
        for pointer, text in list(self._typing.items()):
            await self._answer(pointer, text)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 goes on to the papers, or to the first thing to mend."""
        if event.key == "F9":
            await self._go_on()
            return True
        return False

    # ------------------------------------------------------------------ drawing
    def _doubt(self, dossier: DossierView) -> list[ft.Control]:
        """Return the strip that says so when nobody has checked what the catalogue knows of a procedure."""
        if not dossier.procedure.unverified:
            return []
        sentence = self.desk.say("dossier.procedure_unverified", law=dossier.procedure.law)
        return [parts.notice(self.desk, sentence, "warn", identifier="procedure-source")]

    async def focus(self) -> None:
        """Give the keyboard to the first field that lacks something, else to what leads on."""
        form = self._form
        if form is not None and form.editable and form.problems:
            await self._focus(form.problems[0].pointer)
        else:
            await self.desk.focus(self._next.button)

    def _lay_out(self, form: FormView, doubt: list[ft.Control]) -> None:
        if self._boxes is None:
            acts = FormActs(self._answer, self._typed, self._add, self._remove, form.editable)
            self._boxes = Boxes(self.desk, acts)
            grid = ft.ResponsiveRow(
                [self._boxes.view(node) for node in form.nodes], spacing=theme.GAP_M, run_spacing=theme.GAP_M
            )
            title = words.either(self.desk.texts, form.title, form.title_en)
            head = parts.text(title, Style.TITLE_LARGE)
            note = [] if form.editable else [parts.notice(self.desk, self.desk.say("form.read_only"), "info")]
            self._body.controls = [head, *doubt, *note, grid, ft.Row([self._next.view])]
            self._progress.learn(form.nodes)
        self._draw(form)

    def _draw(self, form: FormView) -> None:
        self._form = form
        if self._boxes is None:
            return
        sentences = {
            pointer: words.note(self.desk.texts, code, details)
            for pointer, code, details in self._progress.shown_problems(form)
        }
        self._boxes.update(form.nodes, sentences)
        say = self.desk.say
        self._bar.value = form.answered / form.total if form.total else 1
        left = len(form.problems)
        self._count.value = say("form.ready") if not left else say("form.problem_count", count=left)
        self._count.color = self.desk.palette.good if not left else self.desk.palette.quiet

    # ------------------------------------------------------------------ answers
    async def _typed(self, pointer: str, text: str) -> None:
        self._typing[pointer] = text
        if await self._latest.setdefault(pointer, Latest(AUTOSAVE_S)).settled() and pointer in self._typing:
            await self._answer(pointer, text)

    async def _answer(self, pointer: str, value: JsonValue) -> None:
        self._typing.pop(pointer, None)
        self._progress.touched.add(pointer)
        if not self._progress.is_new(pointer, value):
            if self._form is not None:
                self._draw(self._form)
                self.view.update()
            return
        async with self._order:
            work = self.desk.work.dossiers.answer
            self._saved.value = self.desk.say("common.saving")
            self._saved.update()
            form = await self.desk.run(work, self.desk.me, self._dossier_id, pointer, value)
            self._progress.saved[pointer] = "" if value is None else str(value)
            self._after(form)
            if self._boxes is not None and pointer in self._boxes.fields:
                self._boxes.fields[pointer].saved()

    async def _add(self, pointer: str) -> None:
        async with self._order:
            self._after(
                await self.desk.run(self.desk.work.dossiers.add_item, self.desk.me, self._dossier_id, pointer)
            )
        if self._form is not None:
            fresh = [
                node
                for node in fields_of(self._form.nodes)
                if node.pointer.startswith(f"{pointer}/") and node.visible
            ]
            count = {node.pointer.removeprefix(f"{pointer}/").partition("/")[0] for node in fresh}
            last = max((int(index) for index in count if index.isdecimal()), default=0)
            first = next((node for node in fresh if node.pointer.startswith(f"{pointer}/{last}/")), None)
            if first is not None:
                await self._focus(first.pointer)

    async def _remove(self, pointer: str, index: int) -> None:
        async with self._order:
            work = self.desk.work.dossiers.remove_item
            form = await self.desk.run(work, self.desk.me, self._dossier_id, pointer, index)
            self._progress.learn(form.nodes)
            self._after(form)

    def _after(self, form: FormView) -> None:
        self._draw(form)
        self._saved.value = self.desk.say("common.saved")
        self.view.update()

    async def _go_on(self) -> None:
        await self.leave()
        form = await self.desk.run(self.desk.work.dossiers.form, self._dossier_id)
        if form.problems and form.editable:
            self._progress.show_all = True
            self._draw(form)
            self.view.update()
            self.desk.snack(self.desk.say("form.problem_count", count=len(form.problems)), tone="bad")
            await self._focus(form.problems[0].pointer)
            return
        await self.goto("papers")

    async def _focus(self, pointer: str) -> None:
        box = self._boxes.fields.get(pointer) if self._boxes else None
        if box is not None:
            await box.focus()
