"""The questions of a procedure and the groups of papers, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.services.machine import BIRTH, Machine, Template
from van_station.services.guidance import Advice, NeededPaper
from van_station.ui.desk.places import PLACES
from van_station.ui.desk.procedures import TAKES_IN
from van_station.ui.desk.procedures_state import (
    OTHER,
    PaperGroup,
    ProceduresState,
    digit,
    domains,
    group_of,
    grouped,
    in_domain,
    next_question,
    trail,
)
from van_station.ui.shell import navigation_keys

PAPER = NeededPaper(
    code="A", name=None, kind="submit", paper="original", copies=1, required=True, from_form=False,
    note=None, certain=True, because=frozenset(), source="s", confidence="recalled",
)  # fmt: skip


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    template = Template.make(tmp_path_factory.mktemp("template") / "desk")
    made = template.copy_to(tmp_path_factory.mktemp("procedures"))
    yield made
    made.workspace.close()


def advice(machine: Machine, state: ProceduresState) -> Advice:
    return machine.workspace.guidance.advice(state.code, dict(state.answers), group=state.group)


def test_each_answer_leads_to_the_next_question_until_none_is_left(machine):
    state = ProceduresState()
    state.open(BIRTH)
    asked = []
    while (question := next_question(advice(machine, state))) is not None:
        asked.append(question.pointer)
        state.answer(question.pointer, question.choices[0][0])
        assert len(asked) < 20
    told = advice(machine, state)
    assert [each.pointer for each in trail(told)] == [each.pointer for each in told.questions]
    assert len(set(asked)) == len(asked) > 1
    assert PaperGroup.PERHAPS not in dict(grouped(told.papers))


def test_going_back_takes_the_latest_answer_that_is_still_asked(machine):
    state = ProceduresState()
    state.open(BIRTH)
    first, second = (each.pointer for each in advice(machine, state).questions[:2])
    state.answer(first, advice(machine, state).questions[0].choices[0][0])
    state.answer(second, advice(machine, state).questions[1].choices[0][0])
    state.answers["/not/asked"] = True
    assert state.back([first, second])
    assert second not in state.answers
    assert state.back([first, second])
    assert not state.back([first, second])


def test_an_answer_given_again_is_the_latest():
    state = ProceduresState()
    state.answer("/a", True)
    state.answer("/b", True)
    state.answer("/a", False)
    assert list(state.answers) == ["/b", "/a"]
    state.forget("/a")
    assert state.answers == {"/b": True}


def test_another_citizen_begins_without_answers_or_group():
    state = ProceduresState(query="khai sinh", answers={"/a": True}, group="NCT")
    state.open(BIRTH)
    assert (state.answers, state.group, state.query) == ({}, None, "khai sinh")
    state.answer("/a", True)
    state.close()
    assert (state.code, state.answers) == ("", {})


def test_what_was_answered_stands_in_no_representation():
    assert "secret" not in repr(ProceduresState(answers={"/a": "secret"}))


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, PaperGroup.BRING),
        ({"kind": "show"}, PaperGroup.SHOW),
        ({"from_form": True}, PaperGroup.FORM),
        ({"certain": False, "kind": "show"}, PaperGroup.PERHAPS),
        ({"certain": False, "from_form": True}, PaperGroup.PERHAPS),
    ],
)
def test_a_paper_lies_in_one_group(changes, group):
    assert group_of(replace(PAPER, **changes)) is group


def test_groups_keep_their_order_and_empty_ones_are_left_out():
    papers = [replace(PAPER, certain=False), replace(PAPER, kind="show"), PAPER]
    assert [group for group, _ in grouped(papers)] == [PaperGroup.BRING, PaperGroup.SHOW, PaperGroup.PERHAPS]
    assert grouped([]) == ()


def test_small_domains_are_found_under_other_and_none_is_lost(machine):
    cards = machine.workspace.catalogue.search("", 500)
    choices = domains(cards)
    assert choices[0] == "civil_status"
    assert choices[-1] == OTHER
    parted = [card.code for domain in choices for card in in_domain(cards, domain, choices)]
    assert sorted(parted) == sorted(card.code for card in cards)
    assert in_domain(cards, "", choices) == cards


@pytest.mark.parametrize(
    ("key", "number"), [("1", 1), ("Numpad 9", 9), ("0", 0), ("A", 0), ("F1", 0), ("", 0), ("12", 0)]
)
def test_a_digit_of_either_block_is_a_number(key, number):
    assert digit(key) == number


def test_the_keys_of_the_places_are_the_same_as_before_and_procedures_have_their_own():
    seen = {}
    for role in ("volunteer", "officer", "supervisor", "technician"):
        places = [place for place in PLACES if role in place.roles and place.in_navigation]
        seen[role] = navigation_keys(places)
        assert set(seen[role].values()) == {place.name for place in places}
    assert {keys.get("F5") for keys in seen.values()} == {"procedures", None}
    assert (seen["officer"]["F4"], seen["supervisor"]["F8"]) == ("sync", "close")
    assert seen["technician"]["F3"] == "editions"


def test_a_number_is_offered_to_those_who_have_the_intake_screen():
    (intake,) = [place for place in PLACES if place.name == "intake"]
    assert intake.roles == TAKES_IN


def test_advice_names_its_days(machine):
    told = machine.workspace.guidance.advice(BIRTH)
    assert told.in_force
    assert told.valid_from <= date(2026, 11, 23)
