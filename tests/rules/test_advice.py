"""Which papers: certain only when every answer still open would ask for them."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from van_station.bootstrap.reference import load_reference
from van_station.rules.advice import Adviser, Need
from van_station.services.clock import SystemClock, hanoi_day

CATALOGUE = load_reference(hanoi_day(SystemClock().now()), practice=True).catalogue
PROCEDURES = CATALOGUE.edition.procedures
WITH_CASES = sorted(
    code for code, procedure in PROCEDURES.items() if any(rule.condition for rule in procedure.components)
)
ADVISERS = {code: Adviser(PROCEDURES[code], CATALOGUE.entry(code).form) for code in WITH_CASES}


def possible(node):
    return [option.value for option in node.options] or [True, False]


def finish(adviser, answers, choose):
    """Answer what is asked, one after another, until nothing is open."""
    steps = []
    for _ in range(60):
        left = [node for node in adviser.asked(answers.copy()) if node.value is None]
        if not left:
            return answers, steps
        given = {node.pointer: node.value for node in adviser.asked(answers) if node.value is not None}
        given[left[0].pointer] = choose(possible(left[0]))
        answers = adviser.answers(given)
        steps.append(answers)
    raise AssertionError("questions without end")


@settings(max_examples=60)
@given(st.data())
def test_what_is_certain_early_is_needed_in_the_end_and_nothing_needed_is_hidden(data):
    adviser = ADVISERS[data.draw(st.sampled_from(WITH_CASES))]
    final, steps = finish(adviser, adviser.answers({}), lambda values: data.draw(st.sampled_from(values)))
    needed = {need.rule.code for need in adviser.papers(final)}
    for answers in steps:
        early = adviser.papers(answers)
        assert {need.rule.code for need in early if need.need is Need.NEEDED} <= needed
        assert needed <= {need.rule.code for need in early}


@settings(max_examples=60)
@given(st.data())
def test_with_every_question_answered_nothing_is_left_open(data):
    code = data.draw(st.sampled_from(WITH_CASES))
    adviser = ADVISERS[code]
    final, _ = finish(adviser, adviser.answers({}), lambda values: data.draw(st.sampled_from(values)))
    needs = adviser.papers(final)
    assert {need.need for need in needs} <= {Need.NEEDED}
    said = CATALOGUE.entry(code).form.submission(final)
    assert [need.rule for need in needs] == list(PROCEDURES[code].components_for(said))


@pytest.mark.parametrize("code", WITH_CASES)
def test_what_a_citizen_answers_changes_what_they_bring(code):
    adviser = ADVISERS[code]
    chance = Random(code)
    lists = set()
    for _ in range(40):
        final, _ = finish(adviser, adviser.answers({}), chance.choice)
        lists.add(tuple(need.rule.code for need in adviser.papers(final)))
        if len(lists) > 1:
            return
    raise AssertionError("nothing a citizen says changes the list")


def test_a_pointer_that_decides_nothing_is_left_out():
    adviser = ADVISERS["1.001193"]
    assert adviser.answers({"/child/full_name": "Nguyễn Văn A"}) == adviser.answers({})
