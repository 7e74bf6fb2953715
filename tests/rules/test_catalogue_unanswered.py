"""A yes-or-no that nobody has answered counts as no, everywhere."""

import pytest

from tests.rules.editions import FILE, HOME, LABEL, TITLE, form_schema, form_ui, small
from tests.rules.form_makers import array, box, control, flag
from tests.rules.makers import component, data, fee
from van_station.rules.catalogue_edition import check_edition

CHOICE = {
    "key": "way",
    "text": LABEL,
    "kind": "choice",
    "choices": [{"value": "buy", "text": LABEL}, {"value": "rent", "text": LABEL}],
}
AT_HOME = "#/properties/known/properties/home"
TOLD_APART = [{"const": False}, {"not": {"const": False}}, {"enum": [True, None]}, {"type": "boolean"}]
ALIKE = [{"const": True}, {"not": {"const": True}}, {"enum": [False, None]}, {"not": {"enum": [True]}}]


def asking(schema, scope=AT_HOME):
    return {"scope": scope, "schema": schema}


def unanswered(files):
    return [(each.file, each.pointer) for each in check_edition(files) if each.what == "unanswered"]


def with_condition(condition):
    return small(procedure=data(questions=[HOME, CHOICE], components=[component("A1", condition=condition)]))


@pytest.mark.parametrize("schema", TOLD_APART)
def test_a_test_that_tells_no_answer_from_no_is_a_fault(schema):
    assert unanswered(with_condition(asking(schema))) == [(FILE, "/components/0/condition/schema")]


@pytest.mark.parametrize("schema", ALIKE)
def test_a_test_that_takes_both_alike_is_none(schema):
    assert check_edition(with_condition(asking(schema))) == ()


def test_a_choice_may_be_asked_whether_it_was_made():
    scope = "#/properties/known/properties/way"
    assert check_edition(with_condition(asking({"not": {"const": None}}, scope))) == ()


def test_the_place_leads_into_conditions_of_conditions_fees_and_questions():
    inner = {"type": "OR", "conditions": [asking({"const": True}), asking({"const": False})]}
    whole = {"type": "AND", "conditions": [asking({"const": True}), inner]}
    asked = CHOICE | {"when": asking({"const": False})}
    files = small(procedure=data(questions=[HOME, asked], fees=[fee(5000, condition=whole)]))
    assert unanswered(files) == [
        (FILE, "/fees/0/condition/conditions/1/conditions/1/schema"),
        (FILE, "/questions/1/when/schema"),
    ]


def test_rules_and_checks_of_a_form_are_looked_at_too():
    rule = {"effect": "SHOW", "condition": asking({"const": False}, "#/properties/late")}
    of_item = {"effect": "HIDE", "condition": asking({"not": {"const": False}}, "#/properties/late")}
    check = {"at": "/name", "condition": asking({"const": False}, "#/properties/late"), "message": LABEL}
    schema = form_schema(late=flag(), rows=array({"late": flag(), "note": {"type": "string", **TITLE}}))
    ui = form_ui("name", "kind", "late")
    ui["elements"][1]["rule"] = rule
    ui["elements"].append(control("rows", box("Group", control("late"), control("note", rule=of_item))))
    found = unanswered(
        small(
            **{
                "forms/applicant/schema.json": {**schema, "x-checks": [check]},
                "forms/applicant/ui.json": ui,
            }
        )
    )
    place = "/elements/3/options/detail/elements/0/elements/1/rule/condition/schema"
    assert found == [
        ("forms/applicant/ui.json", "/elements/1/rule/condition/schema"),
        ("forms/applicant/ui.json", place),
        ("forms/applicant/schema.json", "/x-checks/0/condition/schema"),
    ]
