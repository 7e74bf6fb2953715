"""The form's controls stay the same objects while answers come and go: that is what keeps caret and focus."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import flet as ft
import pytest

from van_station.rules.catalogue_edition import load_edition
from van_station.rules.form_nodes import FieldProblem
from van_station.rules.forms import load_form
from van_station.services.dossier_views import FormView
from van_station.settings.assets import catalogue_files
from van_station.ui.desk.form import FormProgress, fields_of
from van_station.ui.desk.form_boxes import Boxes, FormActs, shown_text
from van_station.ui.frame import Frame, Look


def titled(name: str, **more: object) -> dict[str, object]:
    return {"title": name, "x-title-en": name, **more}


def control(name: str, **more: object) -> dict[str, object]:
    return {"type": "Control", "scope": f"#/properties/{name}", **more}


CHOICES = [titled("A", const="a"), titled("B", const="b")]
PERSON = {"type": "object", "properties": {"name": titled("Tên", type="string", maxLength=80)}}
SCHEMA = {
    "type": "object",
    "properties": {
        "name": titled("Họ tên", type="string", maxLength=80),
        "born": titled("Ngày sinh", type="string", format="date"),
        "married": titled("Đã kết hôn", type="boolean"),
        "spouse": titled("Vợ, chồng", type="string", maxLength=80),
        "kind": titled("Loại", type="string", oneOf=CHOICES),
        "members": titled("Thành viên", type="array", items=titled("Người", **PERSON), maxItems=3),
    },
    "required": ["name"],
}
MARRIED = {"scope": "#/properties/married", "schema": {"const": True}}
UI = {
    "type": "VerticalLayout",
    "elements": [
        control("name"),
        control("born"),
        control("married"),
        control("spouse", rule={"effect": "SHOW", "condition": MARRIED}),
        control("kind"),
        control("members", options={"detail": {"type": "VerticalLayout", "elements": [control("name")]}}),
    ],
}


@pytest.fixture
def form():
    return load_form(SCHEMA, UI)


def in_window(test):
    """Run a test where a window's loop runs."""

    async def run() -> None:
        frame = Frame(SimpleNamespace(), Look())
        done: list[tuple] = []

        async def note(*arguments: object) -> None:
            done.append(arguments)

        test(frame, Boxes(frame, FormActs(note, note, note, note, editable=True)), done)

    asyncio.run(run())


def test_controls_survive_every_answer(form):
    def check(_frame, boxes, _done):
        answers = form.empty()
        nodes = form.layout(answers)
        for node in nodes:
            boxes.view(node)
        before = {pointer: id(box.control) for pointer, box in boxes.fields.items()}
        for pointer, value in (("/name", "An"), ("/married", True), ("/spouse", "Bình"), ("/married", False)):
            answers = form.set(answers, pointer, value)
            boxes.update(form.layout(answers), {})
        assert {pointer: id(boxes.fields[pointer].control) for pointer in before} == before

    in_window(check)


def test_a_conditional_field_appears_and_disappears_where_it_is(form):
    def check(_frame, boxes, _done):
        answers = form.empty()
        boxes.update(form.layout(answers), {})
        assert boxes.fields["/spouse"].view.visible is False
        answers = form.set(answers, "/married", True)
        boxes.update(form.layout(answers), {})
        assert boxes.fields["/spouse"].view.visible is True

    in_window(check)


def test_what_is_being_typed_is_never_overwritten(form):
    def check(_frame, boxes, _done):
        answers = form.empty()
        boxes.update(form.layout(answers), {})
        box = boxes.fields["/name"]
        box._has_keyboard = True
        box._text.value = "Nguyễn V"
        boxes.update(form.layout(form.set(answers, "/name", "Nguyễn")), {})
        assert box._text.value == "Nguyễn V"
        box._has_keyboard = False
        boxes.update(form.layout(form.set(answers, "/name", "Nguyễn")), {})
        assert box._text.value == "Nguyễn"

    in_window(check)


def test_days_are_shown_as_people_write_them(form):
    answers = form.set(form.empty(), "/born", "5/3/1958")
    shown = {node.pointer: shown_text(node) for node in fields_of(form.layout(answers))}
    assert shown["/born"] == "05/03/1958"


def test_items_are_laid_out_anew_only_when_their_number_changes(form):
    def check(_frame, boxes, _done):
        answers = form.add_item(form.empty(), "/members")
        boxes.update(form.layout(answers), {})
        items = boxes._arrays["/members"]._items
        first = items.controls
        answers = form.set(answers, "/members/0/name", "An")
        boxes.update(form.layout(answers), {})
        assert items.controls is first
        answers = form.add_item(answers, "/members")
        boxes.update(form.layout(answers), {})
        assert len(items.controls) == 2

    in_window(check)


def test_a_problem_is_said_at_its_field(form):
    def check(_frame, boxes, _done):
        boxes.update(form.layout(form.empty()), {"/name": "Ô này bắt buộc."})
        assert boxes.fields["/name"]._text.error == "Ô này bắt buộc."
        boxes.update(form.layout(form.empty()), {})
        assert boxes.fields["/name"]._text.error is None

    in_window(check)


def view_of(problems: tuple[FieldProblem, ...]) -> FormView:
    return FormView("", "", (), problems, 0, 1, editable=True)


def test_problems_are_shown_for_touched_fields_until_everything_is_asked_for():
    progress = FormProgress()
    form = view_of(
        (FieldProblem("/a", "form.required"), FieldProblem("/b", "form.too_long", (("limit", 3),)))
    )
    progress.touched.add("/b")
    assert [pointer for pointer, *_ in progress.shown_problems(form)] == ["/b"]
    progress.show_all = True
    assert [pointer for pointer, *_ in progress.shown_problems(form)] == ["/a", "/b"]


def test_an_answer_that_stands_saved_is_not_saved_again():
    progress = FormProgress()
    progress.saved["/a"] = "x"
    assert not progress.is_new("/a", "x")
    assert progress.is_new("/a", "y")
    assert not progress.is_new("/b", None)


def test_every_kind_of_field_of_every_procedure_can_be_drawn():
    edition = load_edition(catalogue_files())
    forms = [load_form(*edition.form_of(procedure)) for procedure in edition.procedures.values()]

    def check(_frame, boxes, _done):
        assert forms
        for each in forms:
            for node in each.layout(each.empty()):
                assert isinstance(boxes.view(node), ft.Control)

    in_window(check)
