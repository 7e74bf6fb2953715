from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.makers import data, fee, shipped
from van_station.rules.catalogue import Channel, Confidence, load_procedure
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import fee_for

DAY = date(2026, 11, 23)


def asked(*fees, groups=(), channel=Channel.DIRECT, on=DAY, answers=None):
    return fee_for(load_procedure(data(fees=list(fees))), channel, groups, on=on, answers=answers)


def test_the_shipped_fees():
    residence = shipped("1.004222")
    assert fee_for(residence, Channel.DIRECT, [], on=DAY).amount_vnd == 20000
    assert fee_for(residence, Channel.ONLINE, [], on=DAY).amount_vnd == 10000
    assert fee_for(residence, Channel.DIRECT, [], on=DAY).verified


def test_a_group_waives_and_the_full_fee_is_still_told():
    result = fee_for(shipped("1.004222"), Channel.DIRECT, ["CN", "NCT"], on=DAY)
    assert (result.amount_vnd, result.full_vnd, result.waived_by) == (0, 20000, "NCT")
    assert result.confidence is Confidence.RECALLED


def test_an_unverified_fee_stays_marked():
    result = fee_for(shipped("1.001612"), Channel.DIRECT, [], on=DAY)
    assert (result.amount_vnd, result.verified) == (100000, False)


def test_a_late_birth_registration_has_no_known_fee():
    birth = shipped("1.001193")
    assert fee_for(birth, Channel.DIRECT, [], on=DAY, answers={"case": {"late": False}}).amount_vnd == 0
    with pytest.raises(NoFeeKnown):
        fee_for(birth, Channel.DIRECT, [], on=DAY, answers={"case": {"late": True}})


def test_no_rule_for_the_channel_is_never_taken_for_free():
    with pytest.raises(NoFeeKnown):
        asked(fee(5000), channel=Channel.POST)


def test_a_rule_holds_from_its_first_to_its_last_day():
    old = fee(5000, valid_from="2026-01-01", valid_to="2026-06-30")
    new = fee(8000, valid_from="2026-07-01")
    assert asked(old, new, on=date(2026, 6, 30)).amount_vnd == 5000
    assert asked(old, new, on=date(2026, 7, 1)).amount_vnd == 8000
    with pytest.raises(NoFeeKnown):
        asked(old, on=date(2026, 7, 1))


def test_of_two_rules_in_force_the_newer_holds():
    assert asked(fee(5000), fee(8000, valid_from="2026-07-01")).amount_vnd == 8000


def test_a_rule_for_the_case_beats_the_general_one():
    case = {"scope": "#/properties/a", "schema": {"const": 1}}
    rules = [fee(5000, valid_from="2026-07-01"), fee(9000, condition=case)]
    assert asked(*rules, answers={"a": 1}).amount_vnd == 9000
    assert asked(*rules, answers={"a": 2}).amount_vnd == 5000


def test_the_best_waiver_counts_and_a_dearer_one_never_does():
    rules = [fee(10000), fee(5000, group="CN"), fee(2000, group="SV"), fee(20000, group="NT")]
    assert asked(*rules, groups=["CN", "SV"]).waived_by == "SV"
    assert asked(*rules, groups=["NT"]).amount_vnd == 10000


def test_a_waiver_that_saves_nothing_is_not_named():
    assert asked(fee(0), fee(0, group="NCT"), groups=["NCT"]).waived_by is None


def test_a_rule_for_the_ward_beats_one_for_the_city():
    rules = [fee(9000, valid_from="2026-07-01"), fee(5000, wards=["00004", "00008"])]
    procedure = load_procedure(data(fees=rules))
    ask = {"groups": [], "on": DAY}
    assert fee_for(procedure, Channel.DIRECT, ward="00004", **ask).amount_vnd == 5000
    assert fee_for(procedure, Channel.DIRECT, ward="00025", **ask).amount_vnd == 9000
    assert fee_for(procedure, Channel.DIRECT, **ask).amount_vnd == 9000


def test_the_rule_that_asks_about_more_answers_holds():
    one = {"scope": "#/properties/a", "schema": {"const": 1}}
    two = {"type": "AND", "conditions": [one, {"scope": "#/properties/b", "schema": {"const": 1}}]}
    rules = [fee(1000, condition=one, valid_from="2026-07-01"), fee(2000, condition=two)]
    assert asked(*rules, answers={"a": 1, "b": 1}).amount_vnd == 2000
    assert asked(*rules, answers={"a": 1}).amount_vnd == 1000


def test_an_amount_nobody_has_looked_up_is_never_taken_for_free():
    with pytest.raises(NoFeeKnown) as lack:
        asked(fee(None))
    assert lack.value.details["source"] == "test"


def test_a_waiver_nobody_has_looked_up_makes_the_fee_unknown_unless_another_pays_nothing():
    rules = [fee(10000), fee(None, group="CN"), fee(0, group="NCT"), fee(500, group="SV")]
    with pytest.raises(NoFeeKnown):
        asked(*rules, groups=["CN", "SV"])
    assert asked(*rules, groups=["CN", "NCT"]).amount_vnd == 0
    assert asked(*rules, groups=["SV"]).amount_vnd == 500


CASE = {"scope": "#/properties/a", "schema": {"const": 1}}
RULES = st.builds(
    lambda amount, group, wards, start, case: fee(
        amount, group=group, wards=wards, valid_from=start, condition=case
    ),
    st.sampled_from([None, 0, 1000, 2000, 3000]),
    st.sampled_from([None, None, "CN", "SV"]),
    st.sampled_from([None, ["00004"]]),
    st.sampled_from(["2026-01-01", "2026-07-01", "2027-01-01"]),
    st.sampled_from([None, CASE]),
)
ASKED = st.fixed_dictionaries(
    {
        "groups": st.sampled_from([(), ("CN",), ("SV", "CN")]),
        "ward": st.sampled_from([None, "00004", "00008"]),
        "answers": st.sampled_from([{}, {"a": 1}]),
    }
)


def said(rules, case):
    """Return amount, or None where the fee is not known."""
    procedure = load_procedure(data(fees=rules))
    try:
        return fee_for(procedure, Channel.DIRECT, on=DAY, **case).amount_vnd
    except NoFeeKnown:
        return None


def different(rule):
    return (rule["group"], str(rule["wards"]), rule["valid_from"], str(rule["condition"]))


@settings(deadline=None)
@given(st.lists(RULES, max_size=6, unique_by=different), ASKED, st.randoms())
def test_the_order_in_the_file_does_not_matter_when_no_two_rules_say_the_same_case(rules, case, chance):
    mixed = list(rules)
    chance.shuffle(mixed)
    assert said(mixed, case) == said(rules, case)


@settings(deadline=None)
@given(st.lists(RULES, max_size=6, unique_by=different), ASKED)
def test_what_is_asked_is_the_amount_of_a_rule_in_force_and_a_group_never_pays_more(rules, case):
    amount = said(rules, case)
    in_force = [
        rule["amount_vnd"]
        for rule in rules
        if rule["valid_from"] <= DAY.isoformat()
        and rule["group"] in {None, *case["groups"]}
        and (rule["wards"] is None or case["ward"] in rule["wards"])
        and (rule["condition"] is None or case["answers"])
    ]
    assert amount in {None, *in_force}
    full = said(rules, case | {"groups": ()})
    assert amount is None or full is None or amount <= full


@settings(deadline=None)
@given(st.lists(RULES, max_size=6, unique_by=different), ASKED)
def test_a_rule_for_other_days_changes_nothing(rules, case):
    later = [rule for rule in rules if rule["valid_from"] > DAY.isoformat()]
    assert said([rule for rule in rules if rule not in later], case) == said(rules, case)
