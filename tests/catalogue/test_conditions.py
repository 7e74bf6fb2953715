"""What holds for every condition, question, paper, fee and fact of the catalogue that is shipped."""

from datetime import date
from functools import cache
from itertools import product

import pytest

from van_station.rules.catalogue import Confidence, QuestionKind
from van_station.rules.catalogue_edition import form_files, load_edition, procedure_file
from van_station.rules.catalogue_questions import field_schema
from van_station.rules.conditions import load_condition
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import fee_for
from van_station.rules.forms import load_form
from van_station.rules.json_values import replaced
from van_station.rules.text import fold
from van_station.settings.assets import catalogue_files

EDITION = load_edition(catalogue_files(), strict=False)
CODES = sorted(EDITION.procedures)
FORMS = sorted({procedure.form.id for procedure in EDITION.procedures.values()})
DAYS = (date(2026, 11, 23), date(2027, 1, 4))
HEARSAY = ("tỉnh khác", "thành phố khác", "nhớ lại", "bên thứ ba", "kho dữ liệu công khai", "nguồn thứ cấp")
ONE_CHOICE_IS_ENOUGH = {
    "by_proxy": ("/submitter/is_other", "/agent/is_other", "/capacity"),
    "filer": ("/requester/relation", "/capacity"),
}


@cache
def form_of(code):
    return load_form(*EDITION.form_of(EDITION.procedures[code]))


def values(code, pointer):
    """What an answer may be: nothing given, then each choice; numbers at the edges that fees ask for."""
    schema = field_schema(form_of(code).schema, pointer)
    if schema["type"] == "boolean":
        return [None, True]
    if schema["type"] == "integer":
        return [None, *range(1, 13)]
    return [None, *(option["const"] for option in schema["oneOf"])]


def submitted(code, said):
    form = form_of(code)
    answers = form.empty()
    for pointer, value in said.items():
        answers = form.set(answers, pointer, value)
    return form.submission(answers)


def cases(code, pointers):
    """Yield every combination of answers at these places, as it would be submitted."""
    places = sorted(pointers)
    for picked in product(*(values(code, place) for place in places)):
        said = dict(zip(places, picked, strict=True))
        yield said, submitted(code, said)


def conditional(code):
    procedure = EDITION.procedures[code]
    return [rule for rule in (*procedure.components, *procedure.fees) if rule.condition is not None]


def conditions(node):
    """Yield every single condition, `{"scope", "schema"}`, anywhere in a file."""
    if isinstance(node, dict):
        if "scope" in node and "schema" in node:
            yield node
        for inner in node.values():
            yield from conditions(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from conditions(inner)


def holds(condition, pointer, value):
    return load_condition(condition).holds(replaced({}, pointer, value))


# ---- questions and conditions ------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_question_changes_what_is_asked_or_paid(code):
    for question in EDITION.procedures[code].questions:
        at = f"/known/{question.key}"
        rules = [rule for rule in conditional(code) if at in rule.condition.pointers()]
        assert any(flips(code, at, rule.condition) for rule in rules), question.key


def flips(code, at, condition):
    """Tell whether one answer alone turns the condition, on a form as a citizen sees it."""
    held = {}
    for said, answers in cases(code, condition.pointers()):
        rest = tuple(sorted((place, str(value)) for place, value in said.items() if place != at))
        held.setdefault(rest, set()).add(condition.holds(answers))
    return any(len(both) == 2 for both in held.values())


@pytest.mark.parametrize("code", CODES)
def test_every_condition_can_be_met_and_can_be_missed(code):
    for rule in EDITION.procedures[code].components:
        if rule.condition is not None:
            found = {rule.condition.holds(answers) for _, answers in cases(code, rule.condition.pointers())}
            assert found == {True, False}, rule.code


@pytest.mark.parametrize("code", CODES)
def test_an_answer_to_a_question_that_is_not_asked_changes_nothing(code):
    for question in EDITION.procedures[code].questions:
        if question.when is None:
            continue
        at = f"/known/{question.key}"
        for rule in conditional(code):
            if at in rule.condition.pointers():
                places = sorted((rule.condition.pointers() | question.when.pointers()) - {at})
                for picked in product(*(values(code, place) for place in places)):
                    answers = {}
                    for place, value in zip(places, picked, strict=True):
                        answers = replaced(answers, place, value)
                    if not question.when.holds(answers):
                        given = {rule.condition.holds(replaced(answers, at, it)) for it in values(code, at)}
                        assert len(given) == 1, (question.key, rule)


@pytest.mark.parametrize("code", CODES)
def test_a_box_not_ticked_is_the_same_as_no_in_a_procedure(code):
    """A box never touched is null, one that was ticked and cleared is false: nobody may be told apart by that."""
    for condition in conditions(EDITION.files[procedure_file(code)]):
        pointer = condition["scope"].removeprefix("#").replace("/properties", "")
        if field_schema(form_of(code).schema, pointer)["type"] == "boolean":
            assert holds(condition, pointer, None) is holds(condition, pointer, False), pointer


@pytest.mark.parametrize("form_id", FORMS)
def test_a_box_not_ticked_is_the_same_as_no_in_a_form(form_id):
    """Whatever the type of the field: null and false show and check the same."""
    for name in form_files(form_id):
        for condition in conditions(EDITION.files[name]):
            pointer = condition["scope"].removeprefix("#").replace("/properties", "")
            if condition["schema"] in ({"const": True}, {"const": False}, {"not": {"const": False}}):
                assert holds(condition, pointer, None) is holds(condition, pointer, False), pointer


@pytest.mark.parametrize("code", CODES)
def test_nobody_is_asked_what_the_form_asks_anyway(code):
    form = form_of(code)
    for question in EDITION.procedures[code].questions:
        for twin in ONE_CHOICE_IS_ENOUGH.get(question.key, ()):
            assert not has_field(form, twin), f"{question.key} is {twin}"
        asked = {fold(question.text.vi)}
        if question.kind is QuestionKind.CHOICE:
            asked = {frozenset(fold(choice.text.vi) for choice in question.choices)}
        assert not asked & same_in(form.schema), question.key


def has_field(form, pointer):
    return field_schema(form.schema, pointer) is not None


def same_in(schema):
    """Return the titles of the form's own fields, and the sets of their choices."""
    found = set()
    for name, inner in schema.get("properties", {}).items():
        if name != "known":
            found |= {fold(inner.get("title", ""))} | same_in(inner)
            found |= {frozenset(fold(each["title"]) for each in inner.get("oneOf", ()))} - {frozenset()}
    return found


@pytest.mark.parametrize("code", CODES)
def test_the_general_request_already_names_the_procedure(code):
    procedure = EDITION.procedures[code]
    if procedure.form.id == "applicant":
        assert form_of(code).empty()["procedure"] == procedure.name.vi


# ---- papers, fees and their sources ------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_paper_names_its_source_and_only_the_form_is_filled_here(code):
    data = EDITION.files[procedure_file(code)]
    assert all(each["source"].strip() and each["confidence"] for each in data["components"])
    assert sum(each.get("from_form", False) for each in data["components"]) <= 1
    assert len(data["keywords"]) >= 4
    assert len(set(map(fold, data["keywords"]))) == len(data["keywords"]), "twice, once folded"


@pytest.mark.parametrize("code", CODES)
def test_every_channel_has_a_fee_rule_whatever_is_answered(code):
    """Without an amount is a rule too: it says who knows; without any rule nobody would be asked."""
    procedure = EDITION.procedures[code]
    assert {rule.channel for rule in procedure.fees} == set(procedure.channels)
    assert all(rule.source.strip() for rule in procedure.fees)
    asked = frozenset().union(
        *(rule.condition.pointers() for rule in procedure.fees if rule.condition is not None)
    )
    for _, answers in cases(code, asked):
        for channel, day in product(procedure.channels, DAYS):
            if procedure.valid_on(day):
                assert told(procedure, channel, day, answers)


def told(procedure, channel, day, answers):
    """Return where the fee comes from, or whom to ask."""
    try:
        return fee_for(procedure, channel, (), on=day, answers=answers).source
    except NoFeeKnown as unknown:
        return unknown.details.get("source")


def facts(node):
    if isinstance(node, dict):
        if "confidence" in node:
            yield node
        for inner in node.values():
            yield from facts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from facts(inner)


@pytest.mark.parametrize("code", CODES)
def test_what_somebody_else_says_is_not_called_verified(code):
    """The rule is in docs/formats/catalogue.md: read at the national portal for national rules, or recalled."""
    data = EDITION.files[procedure_file(code)]
    for fact in facts(data):
        said = fact.get("source", "")
        if fact["confidence"] == Confidence.VERIFIED.value and fact is not data:
            assert not [word for word in HEARSAY if word in said], said
