"""The form (*tờ khai*): page by page, every answer kept shortly after the last key, gaps found by key."""

from __future__ import annotations

import asyncio
import contextlib

import flet as ft

from van_station.rules.form_options import ListEntry
from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import DossierView, FormView
from van_station.ui import parts, theme, words
from van_station.ui.desk.form_boxes import Boxes
from van_station.ui.desk.form_field import FieldBox, FormActs
from van_station.ui.desk.form_foot import Foot
from van_station.ui.desk.form_lists import HITS, ListBox
from van_station.ui.desk.form_model import FormModel
from van_station.ui.desk.form_pages import PageStrip
from van_station.ui.desk.form_prints import PrintButtons
from van_station.ui.desk.form_remarks import remarks
from van_station.ui.desk.form_rows import Rows
from van_station.ui.desk.form_saving import Saving
from van_station.ui.desk.form_sheet import FormSheet
from van_station.ui.desk.step import Goto, Step
from van_station.ui.frame import SETTLE_S
from van_station.ui.session import Desk

SINGLE_UPDATES = 6
"""More fields that change at once travel as one update of the page."""


class FormStep(Step):
    """The form of a dossier."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        super().__init__(desk, goto)
        self._dossier_id = self._version = ""
        self._boxes: Boxes | None = None
        self.model = FormModel()
        self.saving = Saving(self._keep, self._kept, self._told)
        self._at = ""
        self._sheet = FormSheet(desk)
        self._pages = PageStrip(desk, self._turn_to)
        self._foot = Foot(desk, gap=self._next_gap, go_on=self._go_on, again=self._again)
        self._prints = PrintButtons(desk, self._again)
        self._rows = Rows(desk, self._after, self._to_last_row)
        self.view = ft.Column(
            [self._pages.view, self._sheet.view, self._rows.view, self._foot.view],
            spacing=theme.GAP_S,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    # ------------------------------------------------------------------ coming and going
    async def prepare(self, dossier: DossierView) -> None:
        """Draw the dossier's form before it is shown: nobody sees the last one's, and it is painted once."""
        if (dossier.id, dossier.procedure_version) != (self._dossier_id, self._version):
            self._dossier_id, self.model, self._boxes = dossier.id, FormModel(), None
            self._version = dossier.procedure_version
            self.saving = Saving(self._keep, self._kept, self._told)
            self._rows.of(dossier.id, self.saving)
        form = await self.desk.run(self.desk.work.dossiers.form, dossier.id)
        self._lay_out(form, dossier)

    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Go to a field when `where` names one."""
        if where.get("field") and self.model.form is not None:
            self.model.show_all = True
            self._draw(self.model.form)
            self.view.update()
            await self.go_to(where["field"])

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """Somebody else answered, a paper was scanned, or the dossier may not be edited any more."""
        if "dossier" not in kinds and "component" not in kinds:
            return
        if self.saving.busy or dossier.id != self._dossier_id:
            return
        form = await self.desk.run(self.desk.work.dossiers.form, dossier.id)
        if self.saving.busy or form == self.model.form:
            return
        if dossier.procedure_version != self._version:
            await self.prepare(dossier)
            self.view.update()
        elif self.model.form is not None and form.editable != self.model.form.editable:
            self._boxes = None
            self._lay_out(form, dossier)
            self.view.update()
        else:
            self._after(form)

    async def leave(self) -> None:
        """Keep what was typed last; what the disk refuses stays on the page."""
        await self._leave_list("")
        await self.saving.flush()

    async def focus(self) -> None:
        """Give the keyboard to the first gap, else to what leads on."""
        gap = self.model.next_gap("")
        if self.model.form is not None and self.model.form.editable and gap is not None:
            await self.go_to(gap)
        else:
            await self.desk.focus(self._foot.next.button)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 goes on, F10 to the next gap, Page Up and Page Down turn pages; fields use the others."""
        box = self._boxes.fields.get(self._at) if self._boxes else None
        if box is not None and await box.on_key(event):
            return True
        if event.key == "F9":
            await self._go_on()
        elif event.key == "F10":
            await self._next_gap(backwards=event.ctrl or event.shift)
        elif event.key in ("Page Down", "Page Up") and not (event.ctrl or event.alt):
            await self._turn(1 if event.key == "Page Down" else -1)
        else:
            return False
        return True

    # ------------------------------------------------------------------ drawing
    def _lay_out(self, form: FormView, dossier: DossierView) -> None:
        desk = self.desk
        title = parts.heading(words.either(desk.texts, form.title, form.title_en))
        notes: list[ft.Control] = []
        if dossier.procedure.unverified:
            sentence = desk.say("dossier.procedure_unverified", law=dossier.procedure.law)
            notes.append(parts.notice(desk, sentence, "warn", identifier="procedure-source"))
        if not form.editable:
            notes.append(parts.notice(desk, desk.say("form.read_only"), "info"))
        self._sheet.write_head([title, self._prints.offer(dossier.id)], notes)
        if self._boxes is None:
            self._boxes = Boxes(desk, self._acts(editable=form.editable), form.pledges)
            self._sheet.forget()
        self._draw(form)

    def _acts(self, *, editable: bool) -> FormActs:
        return FormActs(
            answer=self._answer,
            typing=self.saving.typed,
            next=self._next_field,
            look=self._look,
            options=self._options,
            add=self._rows.add,
            remove=self._rows.remove,
            move=self._rows.move,
            duplicate=self._rows.duplicate,
            papers=lambda component_id: self.goto("papers", component=component_id),
            reveal=self._sheet.to,
            editable=editable,
        )

    def _draw(self, form: FormView) -> tuple[list[ft.Control], bool]:
        """Take the form over; returns which fields look different, and whether more than fields changed."""
        self.model.take(form)
        changed: list[ft.Control] = []
        outer = self._pages.draw(self.model.pages, self.model.page_key)
        self._foot.show(form, self.model)
        if self._boxes is None:
            return changed, True
        said = remarks(self.desk.texts, self.model)
        for page in self.model.pages:
            views, more = self._boxes.update(page.nodes, said)
            if page.key == self.model.page_key:  # what is on other pages is in no window now
                changed, outer = views, more or outer
        turned = self._sheet.show(self.model, self._boxes)
        return changed, outer or turned

    def _after(self, form: FormView, *also: ft.Control) -> None:
        """Draw a form that changed, sending no more than what looks different."""
        changed, outer = self._draw(form)
        if outer or len(changed) > SINGLE_UPDATES:
            self.view.update()
            return
        alone = [view for view in also if view not in changed]
        self.desk.page.update(*changed, *alone, self._pages.view, self._foot.view)

    # ------------------------------------------------------------------ answers
    async def _keep(self, pointer: str, value: JsonValue) -> FormView:
        work = self.desk.work.dossiers.answer
        return await self.desk.run(work, self.desk.me, self._dossier_id, pointer, value)

    async def _kept(self, pointer: str, form: FormView) -> None:
        box = self._boxes.fields.get(pointer) if self._boxes else None
        self._after(form, *([box.view] if box is not None and box.kept() else []))

    def _told(self) -> None:
        self._foot.stand(self.saving)
        with contextlib.suppress(RuntimeError):  # the form is in no window any more; what is typed is kept
            self._foot.view.update()

    async def _answer(self, pointer: str, value: JsonValue) -> None:
        fresh = pointer not in self.model.touched
        self.model.touched.add(pointer)
        if self.model.is_new(pointer, value) or pointer in self.saving.waiting:
            await self.saving.answer(pointer, value)
        elif fresh and self.model.form is not None:
            self._after(self.model.form)

    async def _again(self) -> None:
        await self.saving.flush()

    async def _options(self, list_name: str, query: str) -> tuple[ListEntry, ...]:
        return await self.desk.run(self.desk.work.dossiers.options, list_name, query, HITS)

    async def _to_last_row(self, pointer: str) -> None:
        first = self.model.first_of_last_item(pointer)
        if first is not None:
            await self.go_to(first)

    # ------------------------------------------------------------------ going about
    async def _look(self, pointer: str) -> None:
        await self._leave_list(pointer)
        self._at = pointer

    async def _leave_list(self, but: str) -> None:
        """Close the hits of the list that was searched, when the keyboard has gone elsewhere."""
        box = self._boxes.fields.get(self._at) if self._boxes and self._at != but else None
        if isinstance(box, ListBox):
            await box.leave()

    async def _turn(self, step: int) -> None:
        key = self.model.page_beside(step)
        if key is not None:
            await self._turn_to(key)
            await self._land(key)

    async def _land(self, key: str) -> None:
        """Give the keyboard to a page just turned to: the field that had it is in no window any more."""
        place = self.model.landing(key)
        if place is not None and self.model.form is not None and self.model.form.editable:
            await self._focus(place, scroll=False)
        else:
            await self.desk.focus(self._foot.next.button)

    async def _turn_to(self, key: str) -> None:
        await self._leave_list("")
        self.model.page_key = key
        if self.model.form is not None:
            self._draw(self.model.form)
            self.view.update()
            await self._sheet.to_top()

    async def go_to(self, pointer: str) -> None:
        """Show a field, on whatever page it is, and give it the keyboard."""
        key = self.model.page_of(pointer)
        if key is None:
            return
        if key != self.model.page_key:
            await self._turn_to(key)
        await self._focus(pointer, scroll=True)

    async def _focus(self, pointer: str, *, scroll: bool) -> None:
        boxes = self._boxes
        if boxes is None:
            return
        if pointer not in boxes.fields and pointer not in boxes.arrays:
            self._sheet.fill_now(boxes)
        box = boxes.fields.get(pointer) or boxes.arrays.get(pointer)
        if box is None:
            return
        self._at = pointer
        if scroll and pointer != self.model.first(self.model.page_key):
            await self._sheet.to(box.anchor)
        await box.focus()

    async def _next_field(self, pointer: str) -> None:
        """Enter was pressed: go to the field behind, perhaps on the next page."""
        follower = self.model.after(pointer)
        if follower is None:
            await self.desk.focus(self._foot.next.button)
            return
        if self.model.page_of(follower) != self.model.page_key:
            await self._turn_to(self.model.page_of(follower) or "")
        box = self._boxes.fields.get(follower) if self._boxes else None
        await self._focus(follower, scroll=not is_line(box))
        if box is not None and is_line(box):
            await asyncio.sleep(SETTLE_S)  # Enter makes the browser drop the keyboard a moment later
            await box.focus()

    async def _next_gap(self, *, backwards: bool = False) -> None:
        await self.leave()
        self.model.show_all = True
        if self.model.form is not None:
            self._after(self.model.form)
        gap = self.model.next_gap(self._at, backwards=backwards)
        if gap is not None:
            await self.go_to(gap)

    async def _go_on(self) -> None:
        """Go on to the papers, or to the first gap; nothing is left behind that the disk refused."""
        await self.leave()
        if self.saving.waiting:
            return
        form = self.model.form
        if form is not None and form.problems and form.editable:
            self.model.show_all = True
            self._after(form)
            self.desk.snack(self.desk.say("form.problem_count", count=len(self.model.gaps)), tone="bad")
            gap = self.model.next_gap("")
            if gap is not None:
                await self.go_to(gap)
            return
        await self.goto("papers")


def is_line(box: FieldBox | None) -> bool:
    """Whether a field is a line to type into, which Flutter brings into view by itself."""
    return box is not None and isinstance(box.keyboard, ft.TextField)
