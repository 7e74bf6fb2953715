"""The form's controls stay the same objects while answers come and go: that is what keeps caret and focus."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import cache
from types import SimpleNamespace

import flet as ft
import pytest

from van_station.bootstrap.option_lists import option_lists
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.conditions import ANY
from van_station.rules.forms import load_form
from van_station.rules.json_values import get, join
from van_station.services.dossier_views import FormView
from van_station.services.form_answers import pledges
from van_station.settings.assets import catalogue_files
from van_station.ui.desk.form_boxes import FIRST_FIELDS, Boxes
from van_station.ui.desk.form_days import understood
from van_station.ui.desk.form_field import FormActs, Remark
from van_station.ui.desk.form_lists import ListBox
from van_station.ui.desk.form_model import FormModel, fields_of
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


@cache
def the_edition():
    return load_edition(catalogue_files())


def in_window(test):
    """Run a test where a window's loop runs; it gets the boxes and a list of what was answered."""

    async def run() -> None:
        frame = Frame(SimpleNamespace(width=1366), Look())
        done: list[tuple] = []

        async def note(*arguments: object) -> None:
            done.append(arguments)

        await test(Boxes(frame, FormActs(answer=note, typing=note)), done)

    asyncio.run(run())


def test_controls_survive_every_answer(form):
    async def check(boxes, _done):
        answers = form.empty()
        boxes.page(form.layout(answers))
        before = {pointer: id(box.control) for pointer, box in boxes.fields.items()}
        assert len(before) == 5
        for pointer, value in (("/name", "An"), ("/married", True), ("/spouse", "Bình"), ("/married", False)):
            answers = form.set(answers, pointer, value)
            boxes.update(form.layout(answers), {})
        assert {pointer: id(boxes.fields[pointer].control) for pointer in before} == before

    in_window(check)


def test_a_conditional_field_appears_and_disappears_where_it_is(form):
    async def check(boxes, _done):
        answers = form.empty()
        boxes.page(form.layout(answers))
        assert boxes.fields["/spouse"].view.visible is False
        changed, outer = boxes.update(form.layout(form.set(answers, "/married", True)), {})
        assert boxes.fields["/spouse"].view.visible is True
        assert outer
        assert boxes.fields["/spouse"].view in changed

    in_window(check)


def test_only_what_looks_different_is_sent(form):
    async def check(boxes, _done):
        answers = form.add_item(form.empty(), "/members")
        boxes.page(form.layout(answers))
        boxes.update(form.layout(answers), {})
        answers = form.set(answers, "/name", "An")
        changed, outer = boxes.update(form.layout(answers), {})
        assert (changed, outer) == ([boxes.fields["/name"].view], False)
        assert boxes.update(form.layout(answers), {}) == ([], False)

    in_window(check)


def test_the_next_dossiers_fields_are_never_taken_for_the_last_ones(form):
    """Flet freezes a new control that has an old one's key."""

    async def check(boxes, _done):
        answers = form.add_item(form.empty(), "/members")
        boxes.page(form.layout(answers))
        others = Boxes(boxes._desk, FormActs())
        others.page(form.layout(answers))
        keys = [box.view.key.value for each in (boxes, others) for box in each.fields.values()]
        keys += [array.view.key.value for each in (boxes, others) for array in each.arrays.values()]
        assert len(keys) == len(set(keys)) == 14

    in_window(check)


def test_what_is_being_typed_is_never_overwritten(form):
    async def check(boxes, _done):
        answers = form.empty()
        boxes.page(form.layout(answers))
        box = boxes.fields["/name"]
        await box.keyboard.on_focus(None)
        box.keyboard.value = "Nguyễn V"
        boxes.update(form.layout(form.set(answers, "/name", "Nguyễn")), {})
        assert box.keyboard.value == "Nguyễn V"
        await box._left()
        boxes.update(form.layout(form.set(answers, "/name", "Nguyễn Văn")), {})
        assert box.keyboard.value == "Nguyễn Văn"

    in_window(check)


def test_items_keep_their_cards_when_one_is_added_or_goes(form):
    async def check(boxes, _done):
        answers = form.add_item(form.empty(), "/members")
        boxes.page(form.layout(answers))
        array = boxes.arrays["/members"]
        first = array.cards[0].view
        answers = form.add_item(form.set(answers, "/members/0/name", "An"), "/members")
        boxes.update(form.layout(answers), {})
        assert array.cards[0].view is first
        assert len(array.cards) == 2
        boxes.update(form.layout(form.remove_item(answers, "/members", 0)), {})
        assert [card.view for card in array.cards] == [first]
        assert boxes.fields["/members/0/name"].keyboard.value == ""

    in_window(check)


def test_items_are_named_after_their_answers(form):
    async def check(boxes, _done):
        answers = form.set(form.add_item(form.empty(), "/members"), "/members/0/name", "Bình")
        boxes.page(form.layout(answers))
        card = boxes.arrays["/members"].cards[0]
        assert card._title.value == "Người 1 · Bình"
        assert not card._tools["up"].visible, "one item alone goes nowhere"

    in_window(check)


def test_a_problem_is_said_at_its_field_and_goes_again(form):
    async def check(boxes, _done):
        nodes = form.layout(form.empty())
        boxes.page(nodes)
        boxes.update(nodes, {"/name": Remark("Ô này bắt buộc."), "/members": Remark("Thêm một dòng.")})
        box = boxes.fields["/name"]
        assert (box._message.value, box._message.visible) == ("Ô này bắt buộc.", True)
        assert boxes.arrays["/members"]._message.value == "Thêm một dòng."
        boxes.update(nodes, {})
        assert not box._message.visible

    in_window(check)


def test_an_answer_says_where_it_came_from_until_it_is_typed_anew(form):
    async def check(boxes, _done):
        answers = form.set(form.empty(), "/name", "An")
        nodes = form.layout(answers, {"/name": "earlier"})
        boxes.page(nodes)
        box = boxes.fields["/name"]
        boxes.update(nodes, {"/name": Remark(day=date(2026, 11, 3))})
        assert (box._origin._words.value, box._origin.view.visible) == ("Hồ sơ ngày 03/11/2026", True)
        boxes.update(form.layout(answers), {})
        assert not box._origin.view.visible
        box.kept()
        assert box._origin._words.value == "Đã lưu"

    in_window(check)


def test_long_pages_are_made_in_portions_and_lose_nothing():
    names = [f"f{number}" for number in range(90)]
    schema = {"type": "object", "properties": {name: titled(name, type="string") for name in names}}
    ui = {"type": "VerticalLayout", "elements": [
        {"type": "Group", "label": {"vi": "A", "en": "A"}, "elements": [control(n) for n in names[:60]]},
        {"type": "Group", "label": {"vi": "B", "en": "B"}, "elements": [control(n) for n in names[60:]]},
    ]}  # fmt: skip
    long = load_form(schema, ui)

    async def check(boxes, _done):
        boxes.page(long.layout(long.empty()))
        assert len(boxes.fields) == FIRST_FIELDS
        assert boxes.unfinished
        while boxes.more():
            pass
        assert list(boxes.fields) == [f"/{name}" for name in names]
        inside = [len(group.inside.controls) for group in boxes._groups.values() if group.inside.controls]
        assert sorted(inside) == [2, 30, 60]

    in_window(check)


def test_a_search_offers_hits_and_enter_takes_the_marked_one(monkeypatch):
    monkeypatch.setattr(ft.BaseControl, "update", lambda _: None)  # these controls are in no window
    towns = [
        titled(name, const=code)
        for code, name in enumerate(["Hà Nội", "Hải Phòng", "Huế", "Hà Nam", "Hà Tĩnh", "Hòa Bình"])
    ]
    schema = {"type": "object", "properties": {"town": titled("Nơi", type="integer", oneOf=towns)}}
    form = load_form(schema, {"type": "VerticalLayout", "elements": [control("town")]})

    async def check(boxes, done):
        boxes.page(form.layout(form.empty()))
        box = boxes.fields["/town"]
        assert isinstance(box, ListBox)
        await box.search("ha n")
        assert [hit.label.vi for hit in box._hits] == ["Hà Nội", "Hà Nam"]
        await box.on_key(SimpleNamespace(key="Arrow Down", alt=False))
        await box._choose()
        assert done[-1] == ("/town", 3)

    in_window(check)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("L1954", "Hiểu là: năm Giáp Ngọ, từ 03/02/1954 đến 23/01/1955"),
        ("1954", "Hiểu là: năm 1954 (Giáp Ngọ), không rõ ngày, tháng"),
        ("3/1954", "Hiểu là: tháng 3 năm 1954, không rõ ngày"),
        ("20/3/1954", ""),
        ("Giáp Ngọ", ""),
        ("hôm qua", ""),
    ],
)
def test_a_date_known_in_part_is_said_as_it_was_understood(typed, said):
    async def check(boxes, _done):
        assert understood(boxes._desk, typed) == said

    in_window(check)


def test_a_lunar_year_without_number_asks_which_one():
    born = titled("Sinh", type="string", format="partial-date")
    form = load_form(
        {"type": "object", "properties": {"born": born}},
        {"type": "VerticalLayout", "elements": [control("born")]},
    )

    async def check(boxes, done):
        answers = form.set(form.empty(), "/born", "giap ngo", today=date(2026, 11, 22))
        boxes.page(form.review(answers, today=date(2026, 11, 22)).nodes)
        box = boxes.fields["/born"]
        assert box._asked == ("L1894", "L1954", "L2014")
        await box._choices[1].button.on_click(SimpleNamespace())
        assert done == [("/born", "L1954")]

    in_window(check)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_form_of_the_catalogue_can_be_drawn_page_by_page(language):
    edition, lists = the_edition(), option_lists()

    async def check(_boxes, _done):
        seen = set()
        frame = Frame(SimpleNamespace(width=1366), Look(language=language))
        for procedure in {each.form.id: each for each in edition.procedures.values()}.values():
            each = load_form(*edition.form_of(procedure))
            answers = each.empty()
            for pointer, spec in each.loaded.arrays.items():
                if ANY not in pointer and spec.least == 0:
                    answers = each.add_item(answers, join(pointer))
            review = each.review(answers, today=date(2026, 11, 22), lists=lists)
            model, boxes = FormModel(), Boxes(frame, FormActs(), pledges(each))
            model.take(
                FormView("", "", review.nodes, review.errors, 0, 0, editable=True, progress=review.progress)
            )
            for page in model.pages:
                assert all(isinstance(made, ft.Control) for made in boxes.page(page.nodes))
                while boxes.more():
                    pass
            assert set(boxes.fields) == {
                node.pointer for node in fields_of(review.nodes) if page_has(model, node)
            }
            assert all(box.name for box in boxes.fields.values())
            seen.add(procedure.form.id)
        assert len(seen) >= 20

    in_window(check)


def page_has(model: FormModel, node) -> bool:
    return any(node in fields_of(page.nodes) for page in model.pages)


def test_what_is_offered_beforehand_is_in_the_lists():
    edition, lists = the_edition(), option_lists()
    checked = 0
    for procedure in {each.form.id: each for each in edition.procedures.values()}.values():
        form = load_form(*edition.form_of(procedure))
        for spec in form.loaded.fields.values():
            if spec.list_name and spec.default is not None:
                checked += 1
                assert str(spec.default) in lists[spec.list_name], (procedure.code, spec.place)
    assert checked > 10


def test_a_pledge_is_never_ticked_beforehand():
    edition = the_edition()
    for procedure in {each.form.id: each for each in edition.procedures.values()}.values():
        form = load_form(*edition.form_of(procedure))
        empty = form.empty()
        assert all(get(empty, pointer) is None for pointer in pledges(form)), procedure.code
