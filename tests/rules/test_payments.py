from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.payments import Expected, Notice, Verdict, classify

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ASKED = Expected("p1", "TAM3F2A0007", 20000, 0, NOW + timedelta(days=1))
OTHER = Expected("p2", "TAM3F2A0008", 20000, 0, None)


def notice(text="TAM3F2A0007", amount=20000, at=NOW):
    return Notice(text, amount, at)


def verdict(payment=ASKED, **changes):
    return classify(notice(**changes), [payment, OTHER]).verdict


def test_the_exact_amount_in_time_matches():
    result = classify(notice(), [OTHER, ASKED])
    assert (result.verdict, result.payment_id, result.matched_vnd) == (Verdict.MATCHED, "p1", 20000)


@pytest.mark.parametrize(
    "text",
    [
        "TAM3F2A0007",
        "CT DEN:0123 TAM-3F2A-0007 chuyen tien",
        "mbvcb.123.tam 3f2a 0007.CT tu 00123",
        "Lệ phí TAM3F2A0007",
    ],
)
def test_a_reference_is_found_among_the_banks_own_words(text):
    assert verdict(text=text) is Verdict.MATCHED


def test_amounts_that_differ_are_told():
    assert verdict(amount=19999) is Verdict.SHORT
    assert verdict(amount=20001) is Verdict.OVER


def test_the_rest_of_a_short_payment_completes_it():
    half = Expected("p1", ASKED.reference, 20000, 15000, None)
    result = classify(notice(amount=5000), [half])
    assert (result.verdict, result.matched_vnd) == (Verdict.MATCHED, 20000)


def test_a_second_payment_is_double_even_when_late():
    paid = Expected("p1", ASKED.reference, 20000, 20000, NOW)
    assert verdict(paid, at=NOW + timedelta(days=9)) is Verdict.DOUBLE


def test_after_its_time_a_payment_is_late_whatever_it_brings():
    assert verdict(at=NOW + timedelta(days=1)) is Verdict.MATCHED
    assert verdict(at=NOW + timedelta(days=1, seconds=1)) is Verdict.LATE
    assert verdict(at=NOW + timedelta(days=2), amount=1) is Verdict.LATE


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "tien com"},
        {"text": ""},
        {"amount": 0},
        {"amount": -20000},
        {"text": "x" * 500 + "TAM3F2A0007"},
    ],
)
def test_what_fits_nothing_is_foreign(changes):
    assert verdict(**changes) is Verdict.FOREIGN


def test_two_equally_fitting_payments_are_for_a_person_to_decide():
    result = classify(notice("TAM3F2A0007 TAM3F2A0008"), [ASKED, OTHER])
    assert (result.verdict, result.payment_id) == (Verdict.FOREIGN, None)


def test_a_reference_within_a_longer_one_does_not_steal_its_money():
    short = Expected("p0", "TAM3F2A", 20000, 0, None)
    assert classify(notice(), [short, ASKED]).payment_id == "p1"


def test_a_payment_without_reference_takes_nothing():
    assert classify(notice(), [Expected("p0", "--", 20000, 0, None)]).verdict is Verdict.FOREIGN


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_paid_means_exactly_the_fee_has_come(fee, credits_vnd):
    matched = 0
    for amount in credits_vnd:
        result = classify(notice(amount=amount), [Expected("p1", ASKED.reference, fee, matched, None)])
        assert result.matched_vnd == matched + amount
        assert (result.verdict is Verdict.MATCHED) == (matched < fee and matched + amount == fee)
        assert (result.verdict is Verdict.DOUBLE) == (matched >= fee)
        matched = result.matched_vnd
