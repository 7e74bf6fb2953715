import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.vectors import vectors
from van_station.rules.citizen_card import parse_card_qr
from van_station.rules.errors import AnswerRefused, FormRefused
from van_station.rules.form_changes import changed_between
from van_station.rules.form_dates import format_date_vi, parse_date_vi
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode
from van_station.rules.form_prefill import apply_prefill, known_from_card, prefill
from van_station.rules.forms import load_form

TODAY = date(2026, 11, 22)
FORMS = Path(__file__).parent / "data" / "forms"


def shipped(code):
    return load_form(
        *(json.loads((FORMS / f"{code}.{part}.json").read_text("utf-8")) for part in ("schema", "ui"))
    )


BIRTH = shipped("1.001193")
RESIDENCE = shipped("1.004222")
BUSINESS = shipped("1.001612")


def fields(nodes):
    found = {}
    for node in nodes:
        if isinstance(node, GroupNode):
            found |= fields(node.children)
        else:
            found[node.pointer] = node
            for item in node.items if isinstance(node, ArrayNode) else ():
                found |= fields(item)
    return found


def codes(form, answers):
    return {problem.pointer: problem.code for problem in form.check(answers, today=TODAY)}


def fill(form, answers, rows):
    for pointer, value in rows:
        answers = form.set(answers, pointer, value)
    return answers


BIRTH_ROWS = [
    ("/office", "UBND phường Ba Đình"),
    ("/requester/full_name", "Nguyễn Thị Ví Dụ"),
    ("/requester/id_number", "001199000123"),
    ("/requester/residence", "Phường Ba Đình, Hà Nội"),
    ("/requester/relation", "mother"),
    ("/case/birth_proof", "certificate"),
    ("/child/full_name", "Nguyễn Văn Mẫu"),
    ("/child/birth_date", "01/11/2026"),
    ("/child/birth_place", "Bệnh viện Ví Dụ"),
    ("/child/sex", "male"),
    ("/child/home_town", "Hà Nội"),
    ("/mother/full_name", "Nguyễn Thị Ví Dụ"),
    ("/mother/birth_year", "1999"),
    ("/mother/residence", "Hà Nội"),
    ("/father/full_name", "Trần Văn Mẫu"),
    ("/father/birth_year", 1998),
    ("/father/residence", "Hà Nội"),
    ("/pledge", True),
]


def test_a_filled_birth_form_has_no_problem_and_leaves_whole():
    answers = fill(BIRTH, BIRTH.empty(), BIRTH_ROWS)
    assert codes(BIRTH, answers) == {}
    leaving = BIRTH.submission(answers)
    assert leaving["child"]["birth_date"] == "2026-11-01"
    assert leaving["mother"]["birth_year"] == 1999
    assert "witnesses" not in leaving
    assert "copies" not in leaving


def test_copies_wanted_asks_for_their_number():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/copies/wanted", True)])
    assert codes(BIRTH, answers) == {"/copies/count": "form.required"}
    assert codes(BIRTH, BIRTH.set(answers, "/copies/count", "0")) == {"/copies/count": "form.too_small"}
    assert codes(BIRTH, BIRTH.set(answers, "/copies/count", "3")) == {}


def test_a_hidden_answer_is_kept_in_the_draft_but_never_leaves():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/copies/wanted", True), ("/copies/count", 3)])
    answers = BIRTH.set(answers, "/copies/wanted", value=False)
    assert answers["copies"]["count"] == 3
    assert "count" not in BIRTH.submission(answers)["copies"]
    assert not fields(BIRTH.layout(answers))["/copies/count"].visible


def test_a_group_inside_a_hidden_group_is_hidden():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/case/birth_proof", "abandoned")])
    shown = fields(BIRTH.layout(answers))
    assert not shown["/father/full_name"].visible
    assert not shown["/mother/full_name"].visible
    assert codes(BIRTH, answers) == {}
    assert not {"mother", "father", "father_declared"} & set(BIRTH.submission(answers))


def test_witnesses_are_a_repeated_group_that_shows_when_needed():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/case/birth_proof", "witness")])
    assert codes(BIRTH, answers) == {
        "/witnesses/0/full_name": "form.required",
        "/witnesses/0/id_number": "form.required",
    }
    answers = BIRTH.add_item(answers, "/witnesses")
    assert fields(BIRTH.layout(answers))["/witnesses/1/full_name"].required
    answers = BIRTH.remove_item(BIRTH.set(answers, "/witnesses/1/full_name", "Lê Thị Mẫu"), "/witnesses", 0)
    assert answers["witnesses"] == [{"full_name": "Lê Thị Mẫu"}]
    with pytest.raises(AnswerRefused) as refusal:
        BIRTH.remove_item(answers, "/witnesses", 0)
    assert refusal.value.code == "form.too_few_items"


def test_a_repeated_group_has_a_most():
    answers = BIRTH.empty()
    for _ in range(3):
        answers = BIRTH.add_item(answers, "/witnesses")
    node = fields(BIRTH.layout(answers))["/witnesses"]
    assert (len(node.items), node.can_add, node.can_remove) == (4, False, True)
    with pytest.raises(AnswerRefused) as refusal:
        BIRTH.add_item(answers, "/witnesses")
    assert refusal.value.code == "form.too_many_items"


def test_members_are_asked_only_of_a_household():
    one = BUSINESS.set(BUSINESS.empty(), "/form", "individual")
    many = BUSINESS.set(one, "/form", "household")
    assert "/members/0/full_name" not in codes(BUSINESS, one)
    assert codes(BUSINESS, many)["/members/0/full_name"] == "form.required"


def test_a_householder_who_applies_is_not_asked_about_the_householder():
    answers = RESIDENCE.set(RESIDENCE.empty(), "/is_householder", value=True)
    assert "/householder/full_name" in codes(RESIDENCE, RESIDENCE.empty())
    assert "/householder/full_name" not in codes(RESIDENCE, answers)


@pytest.mark.parametrize(
    ("pointer", "typed", "code"),
    [
        ("/requester/id_number", "00119900012", "id.wrong_length"),
        ("/requester/id_number", "00119900O123", "id.not_digits"),
        ("/requester/phone", "12345", "phone.wrong_length"),
        ("/requester/full_name", "Nguyen 5", "form.not_a_name"),
        ("/child/birth_date", "31/02/2026", "form.no_such_day"),
        ("/child/birth_date", "hôm qua", "form.not_a_date"),
        ("/child/birth_date", "2026", "form.day_needed"),
        ("/child/birth_date", "22/11/26", "form.year_two_digits"),
        ("/child/birth_date", "23/11/2026", "form.date_in_future"),
        ("/child/sex", "other", "form.not_a_choice"),
        ("/mother/birth_year", "một nghìn", "form.wrong_type"),
        ("/mother/birth_year", "1850", "form.too_small"),
        ("/office", "x" * 201, "form.too_long"),
        ("/pledge", False, "form.must_agree"),
    ],
)
def test_a_wrong_answer_is_kept_and_named(pointer, typed, code):
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, (pointer, typed)])
    assert codes(BIRTH, answers) == {pointer: code}
    assert str(typed) in json.dumps(answers, ensure_ascii=False) or pointer.endswith(
        ("date", "pledge", "year")
    )


def test_typed_text_that_is_no_date_is_not_lost():
    answers = BIRTH.set(BIRTH.empty(), "/child/birth_date", "31/02/2026")
    assert fields(BIRTH.layout(answers))["/child/birth_date"].value == "31/02/2026"


def test_a_problem_never_carries_the_answer():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/requester/id_number", "00119900O123")])
    assert "00119900" not in repr(BIRTH.check(answers))
    assert "00119900" not in repr(BIRTH.layout(answers))


def test_problems_come_in_the_order_of_the_form():
    order = list(fields(BIRTH.layout(BIRTH.empty())))
    problems = [problem.pointer for problem in BIRTH.check(BIRTH.empty())]
    assert problems == sorted(problems, key=order.index)
    assert problems[0] == "/office"


def test_answers_are_never_changed_in_place():
    before = fill(BIRTH, BIRTH.empty(), BIRTH_ROWS)
    copy = json.dumps(before)
    BIRTH.set(before, "/child/full_name", "Khác")
    BIRTH.add_item(before, "/witnesses")
    BIRTH.submission(before)
    assert json.dumps(before) == copy


@pytest.mark.parametrize(
    "pointer",
    ["/nobody", "/child", "/witnesses", "/witnesses/9/full_name", "/child/0", "", "/case/birth_proof/x"],
)
def test_only_fields_of_the_form_can_be_set(pointer):
    with pytest.raises(AnswerRefused) as refusal:
        BIRTH.set(BIRTH.empty(), pointer, "x")
    assert refusal.value.code == "form.no_such_field"


def test_answers_are_bounded():
    with pytest.raises(AnswerRefused) as refusal:
        BIRTH.set(BIRTH.empty(), "/office", "x" * 2001)
    assert refusal.value.code == "form.too_large"
    with pytest.raises(AnswerRefused):
        BIRTH.set(BIRTH.empty(), "/office", ["x"])
    with pytest.raises(AnswerRefused):
        BIRTH.set(BIRTH.empty(), "/mother/birth_year", float("nan"))


def test_an_emptied_field_counts_as_not_given():
    answers = fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/office", "   ")])
    assert codes(BIRTH, answers) == {"/office": "form.required"}


@pytest.mark.parametrize(
    ("typed", "stored"), [("1.500.000", 1500000), ("1 500 000", 1500000), ("1.5", "1.5"), ("12", 12)]
)
def test_amounts_may_be_typed_in_groups_of_three(typed, stored):
    assert BUSINESS.set(BUSINESS.empty(), "/capital_vnd", typed)["capital_vnd"] == stored


def test_a_card_fills_empty_fields_only_and_says_which():
    card = parse_card_qr(vectors("cccd_test_vectors")["qr"][0]["payload"])
    offered = prefill(RESIDENCE, known_from_card(card))
    assert offered == {
        "/applicant/full_name": "Nguyễn Thị Ví Dụ",
        "/applicant/birth_date": "1999-01-01",
        "/applicant/sex": "female",
        "/applicant/id_number": "001199000123",
    }
    typed = RESIDENCE.set(RESIDENCE.empty(), "/applicant/full_name", "Tên Đã Gõ")
    answers, filled = apply_prefill(RESIDENCE, typed, offered)
    assert answers["applicant"]["full_name"] == "Tên Đã Gõ"
    assert filled == set(offered) - {"/applicant/full_name"}
    origins = dict.fromkeys(filled, "card")
    nodes = fields(RESIDENCE.layout(answers, origins))
    assert nodes["/applicant/sex"].origin == "card"
    assert nodes["/applicant/full_name"].origin == ""


def test_a_node_tells_all_that_a_screen_needs():
    node = fields(BIRTH.layout(BIRTH.empty()))["/requester/relation"]
    assert node.kind is FieldKind.CHOICE
    assert node.label.vi == "Quan hệ với người được khai sinh"
    assert node.label.en == "Relationship to the child"
    assert ("mother", "Mẹ") in [(option.value, option.label.vi) for option in node.options]
    assert fields(RESIDENCE.layout({}))["/request"].kind is FieldKind.MULTILINE


SCHEMA = {
    "type": "object",
    "required": ["a"],
    "properties": {
        name: {"type": "boolean", "title": name, "x-title-en": name} for name in ("a", "b", "c", "d")
    },
}


def control(name, **rule):
    element = {"type": "Control", "scope": f"#/properties/{name}"}
    return element | ({"rule": rule} if rule else {})


def tiny(*elements):
    return load_form(SCHEMA, {"type": "VerticalLayout", "elements": list(elements)})


def is_true(name):
    return {"scope": f"#/properties/{name}", "schema": {"const": True}}


def test_what_depends_on_a_hidden_answer_is_hidden_too():
    form = tiny(
        control("a"),
        control("b", effect="SHOW", condition=is_true("a")),
        control("c", effect="SHOW", condition=is_true("b")),
        control("d", effect="SHOW", condition=is_true("c")),
    )
    everything = {"a": True, "b": True, "c": True, "d": True}
    assert form.submission(everything) == everything
    assert form.submission(everything | {"a": False}) == {"a": False}


def test_disabled_answers_still_leave():
    form = tiny(control("a"), control("b", effect="DISABLE", condition=is_true("a")))
    answers = {"a": True, "b": True}
    assert not fields(form.layout(answers))["/b"].enabled
    assert form.submission(answers) == answers
    form = tiny(control("a"), control("b", effect="ENABLE", condition=is_true("a")))
    assert fields(form.layout(answers))["/b"].enabled
    assert not fields(form.layout({}))["/b"].enabled


@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        ({"scope": "#/properties/a", "schema": {"enum": [True]}}, {"a": True}, True),
        ({"scope": "#/properties/a", "schema": {"not": {"const": True}}}, {}, True),
        ({"scope": "#/properties/a", "schema": {"not": {"const": True}}}, {"a": True}, False),
        (
            {"scope": "#/properties/a", "schema": {"allOf": [{"type": "boolean"}, {"const": True}]}},
            {"a": True},
            True,
        ),
        ({"type": "AND", "conditions": [is_true("a"), is_true("c")]}, {"a": True}, False),
        ({"type": "OR", "conditions": [is_true("a"), is_true("c")]}, {"a": True}, True),
    ],
)
def test_conditions_are_schemas_on_a_scope(condition, answers, holds):
    form = tiny(control("a"), control("c"), control("b", effect="SHOW", condition=condition))
    assert fields(form.layout(answers))["/b"].visible is holds


@pytest.mark.parametrize(
    ("element", "place"),
    [
        (control("nobody"), "/elements/0/scope"),
        ({"type": "Control", "scope": "properties/a"}, "/elements/0/scope"),
        ({"type": "Slider"}, "/elements/0/type"),
        ("text", "/elements/0"),
        (control("a", effect="BLINK", condition=is_true("b")), "/elements/0/rule"),
        (
            control("a", effect="SHOW", condition={"scope": "#/properties/b", "schema": {"$ref": "#"}}),
            "/elements/0/rule",
        ),
        (
            control(
                "a", effect="SHOW", condition={"scope": "#/properties/b", "schema": {"pattern": "(a+)+"}}
            ),
            "/elements/0/rule",
        ),
    ],
)
def test_a_faulty_layout_is_refused_with_its_place(element, place):
    with pytest.raises(FormRefused) as refusal:
        tiny(element)
    assert refusal.value.details["place"] == place


def test_two_controls_for_one_field_are_refused():
    with pytest.raises(FormRefused):
        tiny(control("a"), control("a"))


def test_a_reference_outside_the_form_is_refused():
    schema = {"type": "object", "properties": {"a": {"$ref": "https://example.vn/x"}}}
    with pytest.raises(FormRefused):
        load_form(schema, {"type": "VerticalLayout", "elements": [control("a")]})


POINTERS = [
    pointer for pointer, node in fields(BIRTH.layout(BIRTH.empty())).items() if isinstance(node, FieldNode)
]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 3000), st.text(max_size=30),
    st.sampled_from(["mother", "witness", "abandoned", "male", "01/01/2020", "001199000123", "2020-01-01"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(POINTERS), VALUES), max_size=25))
def test_any_typing_keeps_the_form_sound(rows):
    answers = fill(BIRTH, BIRTH.empty(), rows)
    leaving = BIRTH.submission(answers)
    visible = {pointer for pointer, node in fields(BIRTH.layout(answers)).items() if node.visible}
    assert set(leaves(leaving)) <= visible
    assert BIRTH.submission(leaving) == leaving
    assert {problem.pointer for problem in BIRTH.check(answers, today=TODAY)} <= visible


def leaves(value, at=""):
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, f"{at}/{key}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in leaves(part, f"{at}/{index}")]
    return [at]


NAMES = st.sampled_from(
    ["child", "mother", "case", "witnesses", "birth_proof", "full_name", "birth_date", "copies"]
)
JUNK = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(NAMES, JUNK))
def test_a_draft_from_elsewhere_is_looked_at_without_a_fault(draft):
    review = BIRTH.review(draft, today=TODAY)
    assert {problem.pointer for problem in review.errors} <= set(fields(review.nodes))
    leaving = BIRTH.submission(draft)
    assert BIRTH.submission(leaving) == leaving
    carried = changed_between(BIRTH, RESIDENCE, draft)
    assert RESIDENCE.check(carried.answers, today=TODAY)


@pytest.mark.parametrize(
    "typed", ["22/11/2026", "22-11-2026", "22.11.2026", "22 11 2026", "22112026", "2026-11-22"]
)
def test_a_day_may_be_typed_in_many_ways(typed):
    assert parse_date_vi(typed) == TODAY


@pytest.mark.parametrize("typed", ["", "30/02/2026", "11/22/2026", "2026", "22/11/26", "9" * 100])
def test_what_is_no_day_is_none(typed):
    assert parse_date_vi(typed) is None


@given(st.dates())
def test_a_day_shown_is_read_back(day):
    assert parse_date_vi(format_date_vi(day)) == day
    assert format_date_vi(day.isoformat()) == format_date_vi(day)


def test_text_that_is_no_day_is_shown_as_it_is():
    assert format_date_vi("khoảng 1950") == "khoảng 1950"
    assert format_date_vi(None) == ""


def test_a_child_may_be_born_today():
    assert codes(BIRTH, fill(BIRTH, BIRTH.empty(), [*BIRTH_ROWS, ("/child/birth_date", "22/11/2026")])) == {}
