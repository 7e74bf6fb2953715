from datetime import date

import pytest

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
