"""What the form screen decides: pages, gaps, what to say; without a window."""

from __future__ import annotations

from datetime import date

import pytest

from van_station.rules.catalogue import Label
from van_station.rules.form_nodes import FieldKind, FieldNode, FieldProblem
from van_station.rules.forms import load_form
from van_station.services.dossier_views import FormView
from van_station.ui.desk.form_model import FormModel, shown_text

TODAY = date(2026, 11, 22)


def titled(name: str, **more: object) -> dict[str, object]:
    return {"title": name, "x-title-en": name, **more}


def control(name: str, **more: object) -> dict[str, object]:
    return {"type": "Control", "scope": f"#/properties/{name}", **more}


def page(name: str, *elements: dict[str, object], **more: object) -> dict[str, object]:
    return {"type": "Category", "label": {"vi": name, "en": name}, "elements": list(elements), **more}


ITEM = {"type": "object", "properties": {"name": titled("Tên", type="string")}, "required": ["name"]}
SCHEMA = {
    "type": "object",
    "properties": {
        "a": titled("A", type="string"),
        "b": titled("B", type="string"),
        "more": titled("Thêm", type="boolean"),
        "c": titled("C", type="string"),
        "members": titled("Thành viên", type="array", items=titled("Người", **ITEM), maxItems=3),
        "fee": titled("Tiền", type="integer"),
    },
    "required": ["a", "c", "fee"],
}
SHOWN = {"effect": "SHOW", "condition": {"scope": "#/properties/more", "schema": {"const": True}}}
ROWS = control("members", options={"detail": {"type": "VerticalLayout", "elements": [control("name")]}})
UI = {
    "type": "Categorization",
    "elements": [
        page("Một", control("a"), control("b"), control("more")),
        page("Hai", control("c"), rule=SHOWN),
        page("Ba", ROWS, control("fee")),
    ],
}
FORM = load_form(SCHEMA, UI)


def view(answers: dict[str, object]) -> FormView:
    review = FORM.review(answers, today=TODAY)
    done = review.progress
    return FormView(
        "", "", review.nodes, review.errors, done.required_done, done.required_total, editable=True,
        warnings=review.warnings, progress=done,
    )  # fmt: skip


@pytest.fixture
def model() -> FormModel:
    made = FormModel()
    made.take(view(FORM.empty()))
    return made


def test_pages_that_a_rule_hides_are_not_counted(model):
    assert [each.title[0] for each in model.pages] == ["Một", "Ba"]
    model.take(view(FORM.set(FORM.empty(), "/more", value=True)))
    assert [each.title[0] for each in model.pages] == ["Một", "Hai", "Ba"]
    assert [(each.required, each.done, len(each.gaps)) for each in model.pages] == [
        (1, 0, 1),
        (1, 0, 1),
        (1, 0, 1),
    ]


def test_the_page_stays_until_it_is_hidden(model):
    answers = FORM.set(FORM.empty(), "/more", value=True)
    model.take(view(answers))
    model.page_key = model.pages[1].key
    model.take(view(FORM.set(answers, "/c", "x")))
    assert model.page.title[0] == "Hai"
    model.take(view(FORM.set(answers, "/more", value=False)))
    assert model.page.title[0] == "Một"


def test_the_next_gap_goes_around_and_back_across_pages_and_into_rows(model):
    answers = FORM.add_item(FORM.set(FORM.empty(), "/more", value=True), "/members")
    model.take(view(answers))
    assert model.gaps == ["/a", "/c", "/members/0/name", "/fee"]
    walked, at = [], ""
    for _ in range(5):
        at = model.next_gap(at)
        walked.append(at)
    assert walked == ["/a", "/c", "/members/0/name", "/fee", "/a"]
    assert model.next_gap("/a", backwards=True) == "/fee"
    assert model.next_gap("/b", backwards=True) == "/a"
    assert model.next_gap("/b") == "/c"


def test_no_gap_is_left_when_all_is_answered(model):
    answers = FORM.empty()
    for pointer, value in (("/a", "x"), ("/fee", 5)):
        answers = FORM.set(answers, pointer, value)
    model.take(view(answers))
    assert (model.gaps, model.next_gap("")) == ([], None)


def test_enter_goes_to_the_field_behind_across_pages(model):
    assert model.after("/a") == "/b"
    assert model.after("/more") == "/fee", "the hidden page and the empty group are passed over"
    assert model.after("/fee") is None
    assert model.page_of("/fee") == model.pages[1].key
    assert model.first(model.pages[1].key) == "/fee"


def test_problems_are_shown_for_touched_fields_until_everything_is_asked_for(model):
    assert model.problems() == {}
    model.touched.add("/fee")
    assert list(model.problems()) == ["/fee"]
    model.show_all = True
    assert set(model.problems()) == {"/a", "/fee"}


def test_a_problem_of_a_whole_leads_to_the_nearest_field(model):
    form = view(FORM.empty())
    model.take(
        FormView("", "", form.nodes, (FieldProblem("/members/7", "form.items_alike"),), 0, 1, editable=True)
    )
    assert model.next_gap("") == "/members"


def test_an_answer_that_stands_kept_is_not_kept_again(model):
    answers = FORM.set(FORM.set(FORM.set(FORM.empty(), "/a", "x"), "/fee", 1500000), "/more", value=True)
    model.take(view(answers))
    assert not model.is_new("/a", "x")
    assert not model.is_new("/a", " x ")
    assert model.is_new("/a", "")
    assert not model.is_new("/fee", "1.500.000")
    assert not model.is_new("/more", value=True)
    assert model.is_new("/more", value=False)
    assert not model.is_new("/b", None)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (FieldKind.NUMBER, 1500000, "1.500.000"),
        (FieldKind.NUMBER, 1954, "1954"),
        (FieldKind.NUMBER, -20000, "-20.000"),
        (FieldKind.NUMBER, 12.5, "12,5"),
        (FieldKind.NUMBER, 3.0, "3"),
        (FieldKind.DATE, "1958-03-05", "05/03/1958"),
        (FieldKind.DATE, "hôm qua", "hôm qua"),
        (FieldKind.PARTIAL_DATE, "L1954", "năm 1954 (Giáp Ngọ)"),
        (FieldKind.PARTIAL_DATE, "1954-03", "03/1954"),
        (FieldKind.TEXT, None, ""),
    ],
)
def test_answers_stand_in_fields_as_people_write_them(kind, value, text):
    name = Label("x", "x")
    node = FieldNode("/x", name, kind, value, required=False, visible=True, enabled=True)
    assert shown_text(node) == text


def test_the_keyboard_lands_on_a_pages_first_field_else_on_a_group_that_takes_a_row() -> None:
    only_rows = {"type": "Categorization", "elements": [page("Một", control("a")), page("Ba", ROWS)]}
    form = load_form(SCHEMA, only_rows)

    def taken(answers: dict[str, object]) -> FormModel:
        review = form.review(answers, today=TODAY)
        model = FormModel()
        model.take(FormView("", "", review.nodes, (), 0, 0, editable=True))
        return model

    empty = taken({})
    first, second = (each.key for each in empty.pages)
    assert empty.landing(first) == "/a"
    assert empty.landing(second) == "/members"
    assert taken({"members": [{"name": "Lan"}]}).landing(second) == "/members/0/name"
    assert empty.landing("no such page") is None
