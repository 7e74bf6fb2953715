"""What the nine civil status forms check, calculate and hide, as shipped."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import pytest

from van_station.rules.catalogue_shared import with_shared
from van_station.rules.form_nodes import ArrayNode, FieldNode, GroupKind, GroupNode, Node
from van_station.rules.forms import Form, load_form
from van_station.rules.json_values import JsonValue, get
from van_station.settings.assets import read_json

TODAY = date(2026, 11, 22)
IDS = (
    "birth",
    "birth_again",
    "civil_change",
    "death",
    "extract_copy",
    "guardianship",
    "marital_status",
    "marriage",
    "parent_child",
)


@cache
def form(form_id: str) -> Form:
    shared = read_json("catalogue/shared.schema.json")["$defs"]
    schema = with_shared(read_json(f"catalogue/forms/{form_id}/schema.json"), shared)
    return load_form(schema, read_json(f"catalogue/forms/{form_id}/ui.json"))


def answered(form_id: str, answers: dict[str, JsonValue]) -> dict[str, JsonValue]:
    made = form(form_id).empty()
    for pointer, value in answers.items():
        made = form(form_id).set(made, pointer, value)
    return made


def said_at(form_id: str, answers: dict[str, JsonValue], pointer: str) -> set[str]:
    """Return the forms' own sentences, errors and warnings, at one field."""
    made = answered(form_id, answers)
    found = [*form(form_id).check(made, today=TODAY), *form(form_id).warnings(made, today=TODAY)]
    return {problem.message.vi for problem in found if problem.pointer == pointer and problem.message}


def shown(form_id: str, answers: dict[str, JsonValue]) -> set[str]:
    def walk(nodes: tuple[Node, ...]) -> set[str]:
        found: set[str] = set()
        for node in nodes:
            if not node.visible:
                continue
            if isinstance(node, GroupNode):
                found |= walk(node.children)
            else:
                found.add(node.pointer)
                if isinstance(node, ArrayNode):
                    found |= {pointer for item in node.items for pointer in walk(item)}
        return found

    return walk(form(form_id).layout(answered(form_id, answers), today=TODAY))


@pytest.mark.parametrize(("husband", "wife"), [("2006-11-23", "2008-11-22"), ("2006-11-22", "2008-11-23")])
def test_nobody_marries_a_day_too_young(husband, wife):
    answers = {"/husband/birth_date": husband, "/wife/birth_date": wife}
    too_young = "/husband/birth_date" if husband == "2006-11-23" else "/wife/birth_date"
    other = "/wife/birth_date" if too_young.startswith("/husband") else "/husband/birth_date"
    (message,) = said_at("marriage", answers, too_young)
    assert "Điều 8" in message
    assert said_at("marriage", answers, other) == set()


def test_without_a_birth_date_nobody_is_called_too_young():
    assert said_at("marriage", {}, "/husband/birth_date") == set()


@pytest.mark.parametrize("birth", ["1954", "L1954", "20/11/1954"])
def test_a_death_before_the_birth_is_refused_however_the_birth_is_known(birth):
    answers = {"/deceased/birth_date": birth, "/death/date": "31/12/1953"}
    assert said_at("death", answers, "/death/date") == {"Ngày chết không thể trước ngày sinh"}
    assert said_at("death", answers | {"/death/date": "01/02/2026"}, "/death/date") == set()


def test_a_death_in_the_future_is_refused():
    made = answered("death", {"/death/date": "23/11/2026"})
    assert "form.date_in_future" in {
        problem.code for problem in form("death").check(made, today=TODAY) if problem.pointer == "/death/date"
    }


def test_a_mother_of_eleven_is_a_warning_and_no_error():
    answers = {"/child/birth_date": "20/11/2026", "/mother/birth_year": "2015"}
    (message,) = said_at("birth", answers, "/mother/birth_year")
    assert "12 tuổi" in message
    pointers = {problem.pointer for problem in form("birth").check(answered("birth", answers), today=TODAY)}
    assert "/mother/birth_year" not in pointers
    assert said_at("birth", answers | {"/mother/birth_year": "1999"}, "/mother/birth_year") == set()


def test_a_father_younger_than_his_child_is_refused():
    answers = {"/child/birth_date": "20/11/2020", "/father/birth_year": "2021"}
    assert said_at("birth", answers, "/father/birth_year") == {"Cha phải sinh trước con"}


def test_the_childs_birth_date_is_written_in_words():
    made = form("birth").submission(answered("birth", {"/child/birth_date": "20/11/2026"}), today=TODAY)
    words = str(get(made, "/child/birth_date_words")).lower()
    assert "hai mươi" in words
    assert "mười một" in words
    assert "hai nghìn" in words


@pytest.mark.parametrize("form_id", [each for each in IDS if each != "marriage"])
def test_a_passport_asks_for_its_number_and_not_for_the_personal_one(form_id):
    by_card = shown(form_id, {})
    by_passport = shown(form_id, {"/requester/id_kind": "passport"})
    assert "/requester/id_number" in by_card - by_passport
    assert "/requester/id_other" in by_passport - by_card


def test_the_partner_is_asked_for_only_when_the_certificate_is_for_marrying():
    partner = "/purpose/partner/full_name"
    assert partner in shown("marital_status", {"/purpose/kind": "marriage"})
    assert partner not in shown("marital_status", {"/purpose/kind": "loan"})


def test_a_registration_before_the_birth_is_refused():
    answers = {"/child/birth_date": "1990", "/registered/date": "1989"}
    assert said_at("birth_again", answers, "/registered/date") == {"Ngày đăng ký không thể trước ngày sinh"}


@pytest.mark.parametrize("role", ["father", "child"])
def test_a_parent_is_born_before_the_child_whoever_recognises(role):
    old, young = ("/claimant", "/recognised") if role == "father" else ("/recognised", "/claimant")
    wrong = {f"{old}/birth_date": "2000", f"{young}/birth_date": "1980", "/claim/role": role}
    assert said_at("parent_child", wrong, f"{old}/birth_date") == {"Cha, mẹ phải sinh trước con"}
    right = {f"{old}/birth_date": "1980", f"{young}/birth_date": "2000", "/claim/role": role}
    assert said_at("parent_child", right, f"{old}/birth_date") == set()


@pytest.mark.parametrize("form_id", IDS)
def test_each_form_is_a_row_of_pages_that_begins_with_whom_it_is_addressed_to(form_id):
    (root,) = form(form_id).layout(form(form_id).empty(), today=TODAY)
    assert isinstance(root, GroupNode)
    assert root.kind is GroupKind.CATEGORIZATION
    assert len(root.children) >= 3
    first: Node = root.children[0]
    while isinstance(first, GroupNode):
        first = first.children[0]
    assert isinstance(first, FieldNode)
    assert first.pointer == "/office"


@pytest.mark.parametrize("form_id", IDS)
def test_ethnicity_and_nationality_begin_as_kinh_and_viet_nam(form_id):
    text = json.dumps(form(form_id).empty(), ensure_ascii=False)
    assert '"ethnicity": "Kinh"' in text
    assert '"nationality": "Việt Nam"' in text
