"""Each word of `docs/formats/form.md`: what it does, and where it is refused."""

from datetime import date
from itertools import pairwise

import pytest

from tests.rules.form_makers import (
    LISTS,
    array,
    box,
    choice,
    codes,
    control,
    fields,
    fill,
    flag,
    form,
    number,
    scope,
    show,
    text,
)
from van_station.rules.errors import AnswerRefused, FormRefused
from van_station.rules.findings import Severity
from van_station.rules.form_nodes import FieldKind, GroupKind
from van_station.rules.form_prefill import known_person, prefill
from van_station.rules.forms import load_form

TODAY = date(2026, 11, 22)


def refused(*args, **more):
    with pytest.raises(FormRefused) as refusal:
        form(*args, **more)
    return refusal.value.details["part"], refusal.value.details["place"]


# ---------------------------------------------------------------- layout
def test_pages_rows_boxes_and_texts_are_nodes():
    pages = box(
        "Categorization",
        box("Category", box("HorizontalLayout", control("a"), control("b")), label="Một"),
        box(
            "Category",
            box("Group", {"type": "Label", "label": {"vi": "Chú ý", "en": "Mind"}}, label="Hộp"),
            label="Hai",
        ),
    )
    (root,) = form({"a": text(), "b": text()}, pages).layout({})
    (categorization,) = root.children
    first, second = categorization.children
    assert [node.kind for node in (categorization, first, second)] == [
        GroupKind.CATEGORIZATION,
        GroupKind.CATEGORY,
        GroupKind.CATEGORY,
    ]
    assert first.children[0].kind is GroupKind.HORIZONTAL
    note = second.children[0].children[0]
    assert (note.kind, note.label.vi, note.children) == (GroupKind.LABEL, "Chú ý", ())
    keys = [node.key for node in (root, categorization, first, second, note)]
    assert len(set(keys)) == len(keys)


def test_a_hidden_page_hides_its_fields():
    pages = box(
        "Categorization",
        box("Category", control("a"), label="Một"),
        box("Category", control("b"), label="Hai", rule=show("a", {"const": True})),
    )
    made = form({"a": flag(), "b": text()}, pages, required=["b"])
    assert codes(made.check({})) == {}
    assert codes(made.check({"a": True})) == {"/b": "form.required"}
    assert [page.label.vi for page in made.review({}).progress.categories] == ["Một"]


def test_a_disabled_group_disables_all_in_it():
    group = box("Group", control("b"), rule=show("a", {"const": True}, "DISABLE"))
    made = form({"a": flag(), "b": text()}, control("a"), group)
    assert fields(made.layout({}))["/b"].enabled
    assert not fields(made.layout({"a": True}))["/b"].enabled


def test_rules_work_on_every_element_within_an_item():
    detail = (
        control("sex"),
        box("Group", control("army"), label="Nam", rule=show("sex", {"const": "male"})),
    )
    made = form(
        {"people": array({"sex": choice("male", "female"), "army": text()})}, control("people", *detail)
    )
    answers = {"people": [{"sex": "male", "army": "x"}, {"sex": "female", "army": "y"}]}
    assert made.submission(answers) == {"people": [{"sex": "male", "army": "x"}, {"sex": "female"}]}
    shown = fields(made.layout(answers))
    assert [shown[f"/people/{at}/army"].visible for at in (0, 1)] == [True, False]


@pytest.mark.parametrize(
    ("elements", "place"),
    [
        ([box("Categorization", control("a"))], "/elements/0/elements/0/type"),
        ([box("Category", control("a"), label="x")], "/elements/0/type"),
        ([box("Categorization")], "/elements/0/type"),
        ([box("Categorization", box("Category"))], "/elements/0/elements/0/label"),
        ([{"type": "Label"}], "/elements/0/label"),
        ([box("Group", label="x") | {"label": {"vi": "x"}}], "/elements/0/label"),
        (
            [control("rows", box("Categorization", box("Category", label="x")))],
            "/elements/0/options/detail/elements/0/type",
        ),
        ([{"type": "Control", "scope": "#/properties/rows/items/properties/b"}], "/elements/0/scope"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(elements, place):
    assert refused({"a": text(), "rows": array({"b": text()})}, *elements) == ("ui", place)


# ---------------------------------------------------------------- rules
def test_a_chain_of_rules_is_followed_to_its_end():
    names = [f"f{at}" for at in range(12)]
    elements = [control(names[0])]
    elements += [control(name, rule=show(before, {"const": True})) for before, name in pairwise(names)]
    made = form({name: flag() for name in names}, *elements)
    everything = dict.fromkeys(names, True)
    assert made.submission(everything) == everything
    assert made.submission(everything | {"f0": False}) == {"f0": False}
    backwards = form({name: flag() for name in names}, *reversed(elements))
    assert backwards.submission(everything | {"f0": False}) == {"f0": False}


@pytest.mark.parametrize(
    "elements",
    [
        [control("a", rule=show("a", {"const": True}, "HIDE")), control("b")],
        [control("a", rule=show("b", {"const": True})), control("b", rule=show("a", {"const": True}))],
        [box("Group", control("a"), control("b"), rule=show("a", {"const": True}))],
    ],
)
def test_what_shows_depending_on_itself_is_refused(elements):
    part, place = refused({"a": flag(), "b": flag()}, *elements)
    assert part == "ui"
    assert place.endswith("/rule")


def test_what_shows_depending_on_a_value_made_of_itself_is_refused():
    properties = {"a": number(), "sum": number(**{"x-calculate": {"op": "sum", "of": ["/a"]}})}
    part, place = refused(properties, control("a", rule=show("sum", {"minimum": 1})), control("sum"))
    assert (part, place) == ("ui", "/elements/0/rule")


def test_a_rule_may_compare_two_answers():
    rule = {"effect": "SHOW", "condition": {"compare": ["/a", "!=", "/b"]}}
    made = form(
        {"a": text(), "b": text(), "why": text()}, control("a"), control("b"), control("why", rule=rule)
    )
    assert not fields(made.layout({"a": "x"}))["/why"].visible
    assert not fields(made.layout({"a": "x", "b": "x"}))["/why"].visible
    assert fields(made.layout({"a": "x", "b": "y"}))["/why"].visible


@pytest.mark.parametrize("compare", [["/a", ">", "/b"], ["/a", "<"], ["a", "<", "/b"], ["/a", "<", 3], "x"])
def test_a_faulty_comparison_is_refused(compare):
    rule = {"effect": "SHOW", "condition": {"compare": compare}}
    assert refused({"a": text(), "b": text()}, control("a", rule=rule), control("b")) == (
        "ui",
        "/elements/0/rule",
    )


# ---------------------------------------------------------------- validation
def test_if_then_else_makes_a_field_necessary_and_marks_it():
    more = {
        "if": {"properties": {"kind": {"const": "sick"}}, "required": ["kind"]},
        "then": {"required": ["proof"]},
        "else": {"required": ["why"]},
    }
    made = form({"kind": choice("sick", "other"), "proof": text(), "why": text()}, **more)
    assert codes(made.check({"kind": "sick"})) == {"/proof": "form.required"}
    assert codes(made.check({"kind": "other"})) == {"/why": "form.required"}
    shown = fields(made.layout({"kind": "sick", "proof": "x"}))
    assert (shown["/proof"].required, shown["/why"].required) == (True, False)


def test_an_answer_may_make_another_necessary():
    made = form({"a": text(), "b": text(), "c": text()}, dependentRequired={"a": ["b", "c"]})
    assert codes(made.check({})) == {}
    assert codes(made.check({"a": "x"})) == {"/b": "form.required", "/c": "form.required"}
    assert fields(made.layout({"a": "x"}))["/b"].required


def test_one_of_several_answers_stands_at_the_first_of_them():
    made = form(
        {"a": text(), "phone": text(), "mail": text()},
        anyOf=[{"required": ["phone"]}, {"required": ["mail"]}],
    )
    assert codes(made.check({})) == {"/phone": "form.one_of_needed"}
    assert codes(made.check({"mail": "x"})) == {}


def test_a_rule_about_hidden_fields_only_is_silent():
    hidden = {"rule": show("a", {"const": "show"})}
    made = form(
        {"a": text(), "b": text(), "c": text()},
        control("a"), control("b", **hidden), control("c", **hidden),
        anyOf=[{"required": ["b"]}, {"required": ["c"]}],
    )  # fmt: skip
    assert codes(made.check({})) == {}
    assert codes(made.check({"a": "show"})) == {"/b": "form.one_of_needed"}


def test_a_rule_about_a_whole_group_never_goes_unsaid():
    made = form({"a": text(), "b": text()}, **{"not": {"required": ["a", "b"]}})
    assert codes(made.check({"a": "x", "b": "y"})) == {"/a": "form.invalid"}


@pytest.mark.parametrize(
    ("more", "rows", "code"),
    [
        ({"uniqueItems": True}, [{"b": "x"}, {"b": "x"}], "form.items_alike"),
        (
            {"contains": {"properties": {"b": {"const": "head"}}, "required": ["b"]}},
            [{"b": "x"}],
            "form.item_missing",
        ),
        ({"minItems": 2}, [{"b": "x"}], "form.too_few_items"),
    ],
)
def test_a_repeated_group_is_judged_as_a_whole(more, rows, code):
    made = form({"rows": array({"b": text()}, **more)}, control("rows", control("b")))
    assert codes(made.check({"rows": rows})) == {"/rows": code}


def test_keywords_of_numbers_have_their_own_words():
    made = form({"n": number(multipleOf=5, exclusiveMinimum=0)})
    assert codes(made.check({"n": 7})) == {"/n": "form.wrong_step"}
    assert codes(made.check({"n": 0})) == {"/n": "form.too_small"}


# ---------------------------------------------------------------- references
SHARED = {
    "shared.schema.json": {
        "$defs": {
            "name": text(title="Họ tên", maxLength=40, **{"x-hint": "name"}),
            "person": {
                "type": "object",
                "title": "Người",
                "x-title-en": "Person",
                "properties": {"full_name": {"$ref": "#/$defs/name"}},
                "required": ["full_name"],
            },
        }
    }
}


def test_a_field_takes_over_a_shared_definition_and_may_change_it():
    properties = {
        "a": {"$ref": "shared.schema.json#/$defs/person"},
        "b": {"$ref": "shared.schema.json#/$defs/name", "title": "Tên khác", "maxLength": 60},
    }
    made = form(properties, control("a/full_name"), control("b"), documents=SHARED)
    shown = fields(made.layout({}))
    assert (shown["/a/full_name"].label.vi, shown["/a/full_name"].required) == ("Họ tên", True)
    assert (shown["/b"].label.vi, shown["/b"].max_length, shown["/b"].hint) == ("Tên khác", 60, "name")
    assert codes(made.check({"a": {"full_name": "x" * 41}, "b": "x" * 60})) == {
        "/a/full_name": "form.too_long"
    }


@pytest.mark.parametrize(
    "reference", ["shared.schema.json#/$defs/nobody", "other.schema.json#/$defs/name", "#/$defs/name"]
)
def test_a_definition_that_is_not_there_is_refused(reference):
    assert refused({"a": {"$ref": reference}}, documents=SHARED) == ("schema", "/properties/a")


def test_definitions_within_each_other_are_refused():
    documents = {
        "shared.schema.json": {"$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}}}
    }
    part, _ = refused({"a": {"$ref": "shared.schema.json#/$defs/a"}}, documents=documents)
    assert part == "schema"
    part, _ = refused({"a": {"$ref": "#/$defs/a"}}, **{"$defs": {"a": {"$ref": "#/$defs/a"}}})
    assert part == "schema"


# ---------------------------------------------------------------- dates and lists
PARTIAL = text(format="partial-date", **{"x-not-after-today": True})


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("20/3/1954", "1954-03-20"), ("3/1954", "1954-03"), ("năm 1954", "1954"), ("giap ngo 1954", "L1954")],
)
def test_a_partial_date_is_stored_as_far_as_it_is_known(typed, stored):
    made = form({"birth": PARTIAL})
    answers = fill(made, [("/birth", typed)])
    assert answers == {"birth": stored}
    assert made.check(answers, today=TODAY) == []


def test_a_lunar_name_alone_is_kept_and_offered_as_years():
    made = form({"birth": PARTIAL})
    answers = fill(made, [("/birth", "Giáp Ngọ")])
    node = fields(made.review(answers, today=TODAY).nodes)["/birth"]
    assert (node.kind, node.value, node.problem.code) == (
        FieldKind.PARTIAL_DATE,
        "Giáp Ngọ",
        "form.lunar_year_ambiguous",
    )
    assert [(option.value, option.label.vi) for option in node.suggestions] == [
        ("L1894", "năm 1894 (Giáp Ngọ)"),
        ("L1954", "năm 1954 (Giáp Ngọ)"),
        ("L2014", "năm 2014 (Giáp Ngọ)"),
    ]
    answers = made.set(answers, "/birth", node.suggestions[1].value)
    assert fields(made.layout(answers))["/birth"].suggestions == ()
    assert made.check(answers, today=TODAY) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31/4/1954", "form.no_such_day"),
        ("54", "form.not_a_date"),
        ("1/1/54", "form.year_two_digits"),
        ("2027", "form.date_in_future"),
        ("1/1/0204", "form.year_out_of_range"),
        ("L2026", None),
        ("Giáp Ngọ 1955", "form.lunar_year_differs"),
    ],
)
def test_a_partial_date_that_can_not_be_is_named(typed, code):
    made = form({"birth": PARTIAL})
    assert codes(made.check(fill(made, [("/birth", typed)]), today=TODAY)) == (
        {"/birth": code} if code else {}
    )


def test_a_day_may_be_typed_in_words_too():
    made = form({"day": text(format="date")})
    assert fill(made, [("/day", "ngày 1 tháng 2 năm 2026")]) == {"day": "2026-02-01"}


def test_a_list_is_answered_with_one_of_its_codes():
    made = form({"ward": text(**{"x-options": "wards"})})
    assert codes(made.check({"ward": "00001"}, lists=LISTS)) == {}
    assert codes(made.check({"ward": "Ba Đình"}, lists=LISTS)) == {"/ward": "form.not_in_list"}
    assert codes(made.check({"ward": "00001"}, lists={})) == {"/ward": "form.not_in_list"}
    assert codes(made.check({"ward": "Ba Đình"})) == {}
    node = fields(made.layout({"ward": "00004"}, lists=LISTS))["/ward"]
    assert (node.kind, node.list_name, node.answer_label.vi) == (FieldKind.LIST, "wards", "Xã Ba Vì")


def test_an_unknown_list_or_hint_is_refused():
    assert refused({"a": text(**{"x-options": "planets"})}) == ("ui", "/elements/0/scope")
    assert refused({"a": text(**{"x-hint": "shoe_size"})}) == ("ui", "/elements/0/scope")
    assert refused({"a": number(**{"x-options": "wards"})}) == ("ui", "/elements/0/scope")
    schema = {"type": "object", "properties": {"a": text(**{"x-options": "planets"})}}
    assert load_form(schema, box("VerticalLayout", control("a")), lists={"planets"})


# ---------------------------------------------------------------- calculated
def calculated(op, *of, **more):
    return {"x-calculate": {"op": op, "of": list(of)} | more}


def test_calculated_fields_follow_what_is_typed():
    made = form(
        {
            "family": text(), "given": text(), "birth": PARTIAL, "day": text(format="date"), "n": number(), "m": number(),
            "copy": text(**calculated("copy", "/family")),
            "name": text(**calculated("concat", "/family", "/given", "/birth", separator=", ")),
            "sum": number(**calculated("sum", "/n", "/m")),
            "age": number(**calculated("age_years", "/birth")),
            "age_then": number(**calculated("age_years", "/birth", "/day")),
            "words": text(**calculated("date_in_words", "/birth")),
            "amount": text(**calculated("number_in_words", "/sum")),
        }
    )  # fmt: skip
    rows = [
        ("/family", "Nguyễn"),
        ("/given", "Ví"),
        ("/birth", "L1954"),
        ("/day", "1/1/1970"),
        ("/n", 20),
        ("/m", "1"),
    ]
    answers = fill(made, rows, today=TODAY)
    assert answers["copy"] == "Nguyễn"
    assert answers["name"] == "Nguyễn, Ví, năm 1954 (Giáp Ngọ)"
    assert (answers["sum"], answers["amount"]) == (21, "Hai mươi mốt")
    assert (answers["age"], answers["age_then"]) == (72, 15)
    assert answers["words"] == "Năm Giáp Ngọ (một nghìn chín trăm năm mươi tư)"
    without = made.set(made.set(answers, "/family", None), "/given", None)
    assert (without["copy"], without["name"]) == (None, "năm 1954 (Giáp Ngọ)")
    node = fields(made.layout(answers))["/sum"]
    assert (node.value, node.read_only, node.enabled, node.required) == (21, True, False, False)


def test_an_age_stays_as_calculated_last_while_nobody_says_what_day_it_is():
    made = form({"birth": PARTIAL, "age": number(**calculated("age_years", "/birth"))})
    answers = fill(made, [("/birth", "1954")], today=TODAY)
    assert made.set(answers, "/birth", "1954")["age"] == 72
    assert made.recalculated(answers, today=date(2027, 1, 1))["age"] == 73
    assert made.set(answers, "/birth", None)["age"] is None


@pytest.mark.parametrize(
    ("year", "day", "age"),
    [(1990, "2026-03-01", 36), ("1990", "2026", 36), (1990, None, None), (None, "2026", None)],
)
def test_an_age_may_count_from_a_year_and_on_a_partial_date(year, day, age):
    made = form({"year": number(), "day": PARTIAL, "age": number(**calculated("age_years", "/year", "/day"))})
    assert fill(made, [("/year", year), ("/day", day)]).get("age") == age


def test_items_are_added_up_counted_and_calculated_each_for_itself():
    made = form(
        {
            "rows": array({"price": number(), "count": number(), "tax": flag(), "sum": number(**calculated("sum", "/rows/*/price", "/rows/*/count"))}),
            "total": number(**calculated("sum", "/rows/*/sum")),
            "many": number(**calculated("count", "/rows")),
            "taxed": number(**calculated("count", "/rows/*/tax")),
        },
        control("rows", control("price"), control("count"), control("tax"), control("sum")), control("total"), control("many"), control("taxed"),
    )  # fmt: skip
    answers = made.add_item(made.add_item({}, "/rows"), "/rows")
    answers = fill(
        made,
        [
            ("/rows/0/price", 5),
            ("/rows/1/price", 7),
            ("/rows/1/count", 1),
            ("/rows/0/tax", False),
            ("/rows/1/tax", True),
        ],
        answers,
    )
    assert [row["sum"] for row in answers["rows"]] == [5, 8]
    assert (answers["total"], answers["many"], answers["taxed"]) == (13, 2, 1)
    answers = made.remove_item(answers, "/rows", 0)
    assert (answers["total"], answers["many"]) == (8, 1)


def test_a_calculated_field_never_tells_a_hidden_answer():
    made = form(
        {"a": flag(), "secret": text(), "copy": text(**calculated("copy", "/secret"))},
        control("a"), control("secret", rule=show("a", {"const": True})), control("copy"),
    )  # fmt: skip
    answers = fill(made, [("/a", True), ("/secret", "x")])
    assert made.submission(answers)["copy"] == "x"
    hidden = made.set(answers, "/a", False)
    assert made.submission(hidden) == {"a": False}
    assert made.submission(answers | {"a": False}) == {"a": False}


def test_a_calculated_field_can_not_be_typed():
    made = form({"a": text(), "b": text(**calculated("copy", "/a"))})
    with pytest.raises(AnswerRefused) as refusal:
        made.set({}, "/b", "x")
    assert refusal.value.code == "form.read_only"


@pytest.mark.parametrize(
    "calculation",
    [
        {"op": "guess", "of": ["/a"]},
        {"op": "copy", "of": []},
        {"op": "copy", "of": ["/a", "/a"]},
        {"op": "copy", "of": ["/nobody"]},
        {"op": "copy", "of": ["/rows/*/c"]},
        {"op": "sum", "of": ["/a"]},
        {"op": "age_years", "of": ["/a", "/a", "/a"]},
        {"op": "concat", "of": ["/a"], "separator": 3},
        {"op": "copy", "of": ["/b"]},
        {"op": "copy", "of": [3]},
        {"op": "copy"},
        {"of": ["/a"]},
        "copy",
    ],
)
def test_a_calculation_that_can_not_work_is_refused(calculation):
    properties = {"a": text(), "b": text(**{"x-calculate": calculation}), "rows": array({"c": text()})}
    place = refused(properties, control("a"), control("b"), control("rows", control("c")))
    assert place == ("ui", "/elements/1/scope")


def test_calculations_in_a_circle_are_refused():
    properties = {name: text(**calculated("copy", f"/{other}")) for name, other in ("ab", "bc", "ca")}
    assert refused(properties)[0] == "ui"


# ---------------------------------------------------------------- cross-field checks
def check(at, condition, **more):
    return {"at": at, "condition": condition, "message": {"vi": "Xem lại", "en": "Look"}} | more


DATES = {"begin": text(format="date"), "end": text(format="date")}
ORDER = {"compare": ["/begin", "<=", "/end"]}


def test_answers_that_do_not_fit_each_other_are_named_in_the_forms_own_words():
    made = form(DATES, **{"x-checks": [check("/end", ORDER)]})
    (problem,) = made.check({"begin": "2026-02-01", "end": "2026-01-01"})
    assert (problem.pointer, problem.code, problem.message.vi) == ("/end", "form.check_failed", "Xem lại")
    assert made.check({"begin": "2026-02-01"}) == []
    assert made.check({"begin": "2026-01-01", "end": "2026-01-01"}) == []


def test_a_warning_is_said_and_stops_nothing():
    made = form(DATES, **{"x-checks": [check("/end", ORDER, severity="warning")]})
    answers = {"begin": "2026-02-01", "end": "2026-01-01"}
    assert made.check(answers) == []
    (warning,) = made.warnings(answers)
    assert warning.severity is Severity.WARNING
    review = made.review(answers)
    assert fields(review.nodes)["/end"].problem == warning
    assert review.next_gap() is None


def test_an_error_goes_before_a_warning_at_the_same_field():
    checks = [check("/end", ORDER, severity="warning"), check("/end", {"compare": ["/begin", "=", "/end"]})]
    made = form(DATES, **{"x-checks": checks})
    assert len(made.check({"begin": "2026-02-01", "end": "2026-01-01"})) == 1


def test_a_check_applies_when_it_says_and_where_its_field_shows():
    when = {"scope": scope("strict"), "schema": {"const": True}}
    made = form(
        DATES | {"strict": flag(), "hide": flag()},
        control("strict"), control("hide"), control("begin"), control("end", rule=show("hide", {"const": True}, "HIDE")),
        **{"x-checks": [check("/end", ORDER, when=when)]},
    )  # fmt: skip
    wrong = {"begin": "2026-02-01", "end": "2026-01-01"}
    assert made.check(wrong) == []
    assert len(made.check(wrong | {"strict": True})) == 1
    assert made.check(wrong | {"strict": True, "hide": True}) == []


def test_a_check_within_items_looks_at_the_same_item():
    checks = [check("/rows/*/end", {"compare": ["/rows/*/begin", "<=", "/rows/*/end"]})]
    checks += [
        check(
            "/rows/*/begin",
            {"scope": "#/properties/rows/items/properties/begin", "schema": {"not": {"const": "2026-12-24"}}},
        )
    ]
    made = form(
        {"rows": array(DATES)}, control("rows", control("begin"), control("end")), **{"x-checks": checks}
    )
    rows = [
        {"begin": "2026-01-01", "end": "2026-01-02"},
        {"begin": "2026-01-01", "end": "2025-01-02"},
        {"begin": "2026-12-24"},
    ]
    assert set(codes(made.check({"rows": rows}))) == {"/rows/1/end", "/rows/2/begin"}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (check("/nobody", ORDER), "/x-checks/0/at"),
        (check("/end", {"compare": ["/begin", "<", "/nobody"]}), "/x-checks/0/condition"),
        (check("/end", {"compare": ["/rows/*/c", "=", "/end"]}), "/x-checks/0/condition"),
        (check("/end", ORDER, when={"scope": "x"}), "/x-checks/0/when"),
        (check("/end", ORDER, severity="fatal"), "/x-checks/0/severity"),
        (check("/end", ORDER, message="x"), "/x-checks/0/message"),
        (check("/end", ORDER, also=1), "/x-checks/0"),
        ("x", "/x-checks/0"),
    ],
)
def test_a_faulty_check_is_refused(data, place):
    properties = DATES | {"rows": array({"c": text()})}
    elements = (control("begin"), control("end"), control("rows", control("c")))
    assert refused(properties, *elements, **{"x-checks": [data]}) == ("schema", place)


# ---------------------------------------------------------------- attachments
def test_an_attachment_says_whether_the_paper_is_in_the_dossier():
    made = form(
        {"proof": flag(**{"x-attachment": "CGN_SINH"}), "other": flag(**{"x-attachment": "ANH"})},
        required=["proof"],
    )
    node = fields(made.layout({}))["/proof"]
    assert (node.kind, node.component, node.read_only) == (FieldKind.ATTACHMENT, "CGN_SINH", True)
    assert codes(made.check({})) == {"/proof": "form.paper_missing"}
    answers = made.attach({}, {"CGN_SINH", "KHAC"})
    assert answers == {"proof": True}
    assert made.check(answers) == []
    assert made.attach(answers, ()) == {"proof": None}
    assert codes(made.check(made.attach(answers, ()))) == {"/proof": "form.paper_missing"}


def test_an_attachment_of_an_item_is_refused():
    elements = control("rows", control("a"))
    assert refused({"rows": array({"a": flag(**{"x-attachment": "X"})})}, elements)[0] == "ui"


def test_a_card_with_a_year_only_fills_a_field_that_can_hold_it():
    hint = {"x-prefill": "person.birth_date"}
    made = form({"birth": PARTIAL | hint, "day": text(format="date", **hint)})
    assert prefill(made, known_person(birth_text="1954")) == {"/birth": "1954"}
    assert prefill(made, known_person(birth_text="03/1954")) == {"/birth": "1954-03"}
    both = known_person(birth_date="1954-03-20", birth_text="20/03/1954")
    assert prefill(made, both) == {"/birth": "1954-03-20", "/day": "1954-03-20"}
    assert prefill(made, known_person(birth_text="không rõ")) == {}


# ---------------------------------------------------------------- repeated groups
PEOPLE = array(
    {
        "name": text(**{"x-hint": "name"}),
        "sex": choice("male", "female"),
        "pets": array({"kind": choice("cat", "dog")}, minItems=1),
    },
    ["name"],
    maxItems=3,
)
NESTED = form(
    {"people": PEOPLE}, control("people", control("sex"), control("name"), control("pets", control("kind")))
)


def test_a_new_item_has_its_defaults_and_the_items_that_it_needs():
    answers = NESTED.add_item({}, "/people")
    assert answers == {"people": [{"pets": [{}]}]}
    answers = NESTED.set(NESTED.add_item(answers, "/people/0/pets"), "/people/0/pets/1/kind", "dog")
    assert NESTED.submission(answers) == {"people": [{"pets": [{}, {"kind": "dog"}]}]}
    node = fields(NESTED.layout(answers))["/people/0/pets/1/kind"]
    assert node.answer_label.vi == "vi dog"


def test_items_move_are_copied_and_are_named_after_their_answers():
    answers = {"people": [{"name": "An"}, {"name": "Bình", "sex": "male"}, {}]}
    moved = NESTED.move_item(answers, "/people", 0, 2)
    assert [row.get("name") for row in moved["people"]] == ["Bình", None, "An"]
    assert [title.vi for title in fields(NESTED.layout(moved))["/people"].titles] == ["Bình", "", "An"]
    with pytest.raises(AnswerRefused):
        NESTED.duplicate_item(answers, "/people", 0)
    two = NESTED.remove_item(answers, "/people", 2)
    assert [row["name"] for row in NESTED.duplicate_item(two, "/people", 0)["people"]] == ["An", "An", "Bình"]


@pytest.mark.parametrize(("index", "to"), [(0, 1), (1, 0), (-1, 0), (0, -1)])
def test_only_items_that_are_there_move(index, to):
    with pytest.raises(AnswerRefused) as refusal:
        NESTED.move_item({"people": [{}]}, "/people", index, to)
    assert refusal.value.code == "form.no_such_field"


def test_groups_are_nested_once_and_no_deeper():
    third = array({"c": array({"d": array({"e": text()})})})
    elements = control("a", control("c", control("d", control("e"))))
    assert refused({"a": third}, elements)[0] == "ui"


def test_a_number_may_have_decimals_where_it_is_no_whole_number():
    made = form({"area": number(type="number"), "n": number()})
    assert fill(made, [("/area", "45,5"), ("/n", "45,5")]) == {"area": 45.5, "n": "45,5"}
    assert codes(made.check({"area": 45.5, "n": "45,5"})) == {"/n": "form.wrong_type"}
