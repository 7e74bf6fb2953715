from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.makers import component, data, shipped
from tests.rules.vectors import reference
from van_station.rules.catalogue import load_procedure
from van_station.rules.dossiers import (
    OFFICIAL_CODE,
    DossierAct,
    DossierState,
    Have,
    PlatformStatus,
    act_for_status,
    acts_for,
    completeness,
    file_name,
    is_official_code,
    move,
    provisional_number,
)
from van_station.rules.errors import NotAllowed, RuleError

CONVENTIONS = reference("dossier_conventions")
DAY = date(2026, 11, 23)


def test_a_dossier_goes_its_way():
    state = DossierState.DRAFT
    for act in (
        DossierAct.COMPLETE,
        DossierAct.CONFIRM,
        DossierAct.ACKNOWLEDGE,
        DossierAct.ASK_SUPPLEMENT,
        DossierAct.CONFIRM,
        DossierAct.ACKNOWLEDGE,
        DossierAct.FINISH,
    ):
        state = move(state, act)
    assert state is DossierState.DONE


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (DossierState.DRAFT, DossierAct.CONFIRM),
        (DossierState.ACKNOWLEDGED, DossierAct.VOID),
        (DossierState.VOIDED, DossierAct.REOPEN),
        (DossierState.QUEUED, DossierAct.REOPEN),
        (DossierState.DONE, DossierAct.VOID),
    ],
)
def test_what_left_the_van_is_not_taken_back(state, act):
    with pytest.raises(NotAllowed) as refusal:
        move(state, act)
    assert refusal.value.code == "dossier.not_allowed"


@given(st.lists(st.sampled_from(DossierAct), max_size=15))
def test_a_voided_or_done_dossier_never_comes_back(acts):
    state = DossierState.DRAFT
    for act in acts:
        if act in acts_for(state):
            before, state = state, move(state, act)
            assert before not in {DossierState.VOIDED, DossierState.DONE} or state is before


def test_the_same_news_twice_changes_nothing():
    assert move(DossierState.ACKNOWLEDGED, DossierAct.ACKNOWLEDGE) is DossierState.ACKNOWLEDGED
    assert move(DossierState.DONE, DossierAct.FINISH) is DossierState.DONE


def test_the_ten_statuses_are_those_of_the_interface():
    assert [status.value for status in PlatformStatus] == [
        item["id"] for item in CONVENTIONS["statuses"]["items"]
    ]
    ends = {status.value for status in PlatformStatus if act_for_status(status) is DossierAct.FINISH}
    assert ends == {3, 7, 8, 10}
    assert act_for_status(PlatformStatus.SUPPLEMENT_ASKED) is DossierAct.ASK_SUPPLEMENT


def test_official_codes_have_the_shape_of_the_examples():
    assert OFFICIAL_CODE.pattern == CONVENTIONS["code"]["regex"]
    for example in CONVENTIONS["code"]["examples"]:
        assert is_official_code(example["text"])


@given(
    st.text("0123456789abcdef", min_size=4, max_size=8),
    st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    st.integers(1, 9999),
)
def test_a_provisional_number_can_not_be_taken_for_an_official_one(site, day, n):
    assert not is_official_code(provisional_number(site, day, n))


def test_a_provisional_number_says_machine_day_and_count():
    assert provisional_number("3f2a", DAY, 7) == "TAM-3F2A-261123-0007"
    for site, n in (("xyz!", 1), ("3f2a", 0), ("3f2a", 10_000)):
        with pytest.raises(RuleError):
            provisional_number(site, DAY, n)


def missing(procedure, answers, *have):
    return [(item.code, item.blocking) for item in completeness(procedure, answers, have)]


def test_the_form_itself_is_never_missing_and_the_rest_follows_the_answers():
    birth = shipped("1.001193")
    answers = {"case": {"birth_proof": "certificate"}, "requester": {"relation": "mother"}}
    assert missing(birth, answers) == [
        ("GIAY_CHUNG_SINH", True),
        ("GIAY_TUY_THAN", False),
        ("GIAY_CU_TRU", False),
    ]
    electronic = {"case": {"birth_proof": "electronic", "identity_found": True}}
    assert missing(birth, electronic) == [("GIAY_TUY_THAN", False)]
    assert ("UY_QUYEN", True) in missing(birth, {"requester": {"relation": "authorised"}})


def test_a_component_without_pages_is_still_missing():
    procedure = load_procedure(data(components=[component("A1"), component("B1", required=False)]))
    assert missing(procedure, {}, Have("A1", pages=0)) == [("A1", True), ("B1", False)]
    assert missing(procedure, {}, Have("A1", pages=0, shown=True)) == [("A1", True), ("B1", False)]
    assert missing(procedure, {}, Have("A1", pages=2), Have("B1", pages=1)) == []


def test_a_paper_to_show_is_satisfied_by_showing():
    procedure = load_procedure(data(components=[component("A1", kind="show")]))
    assert missing(procedure, {}) == [("A1", False)]
    assert missing(procedure, {}, Have("A1", shown=True)) == []


def test_file_names_are_plain_everywhere():
    assert (
        file_name("TAM-3F2A-261123-0007", "GIAY_CHUNG_SINH", 1)
        == "TAM-3F2A-261123-0007_GIAY-CHUNG-SINH_01.pdf"
    )
    assert file_name("../H26.1-261123-0001", "Giấy/Đất", 12) == "H26.1-261123-0001_GIAY-DAT_12.pdf"


@given(st.text(max_size=60), st.text(max_size=60), st.integers(-5, 500))
def test_no_name_leads_out_of_its_folder(number, code, sequence):
    name = file_name(number, code, sequence)
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>| \0')
    assert not name.startswith(".")
