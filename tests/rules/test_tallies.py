from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.dossiers import DossierState
from van_station.rules.errors import Unbalanced
from van_station.rules.queueing import Lane, TicketStatus
from van_station.rules.tallies import DossierRow, TicketRow, age_band, check, tally

TICKETS = st.builds(
    TicketRow,
    lane=st.sampled_from(Lane),
    status=st.sampled_from(TicketStatus),
    priority_group=st.sampled_from([None, None, "NCT", "NKT", "CN"]),
    age=st.none() | st.integers(0, 110),
    waited_s=st.none() | st.floats(0, 10_000),
    served_s=st.none() | st.floats(0, 10_000),
)
DOSSIERS = st.builds(
    DossierRow,
    procedure_code=st.sampled_from(["1.001193", "1.004222", "1.001612"]),
    counter=st.sampled_from(["1", "2"]),
    state=st.sampled_from(DossierState),
    fee_vnd=st.none() | st.integers(0, 100_000),
    paid_vnd=st.integers(0, 100_000),
)


def ticket(
    lane=Lane.WELCOME, status=TicketStatus.FINISHED, group=None, age=30, waited_s=60.0, served_s=300.0
):
    return TicketRow(lane, status, group, age, waited_s, served_s)


def dossier(state, code="1.001193", counter="1", fee_vnd=0, paid_vnd=0):
    return DossierRow(code, counter, state, fee_vnd, paid_vnd)


@given(st.lists(TICKETS, max_size=40), st.lists(DOSSIERS, max_size=40))
def test_all_sums_agree_on_any_day(tickets, dossiers):
    day = tally(tickets, dossiers, captured=len(dossiers))
    assert (
        day.total.captured == len(dossiers) == day.total.acknowledged + day.total.pending + day.total.voided
    )
    assert sum(count.captured for count in day.procedures) == len(dossiers)
    assert sum(count.captured for count in day.counters) == len(dossiers)
    assert day.people == len(tickets) == sum(lane.issued for lane in day.lanes)
    assert sum(lane.finished for lane in day.lanes) == sum(
        row.status is TicketStatus.FINISHED for row in tickets
    )
    assert sum(count for _, count in day.groups) == day.priority_people
    assert sum(count for _, count in day.ages) == day.people
    assert day.fees.paid_vnd + day.fees.to_return_vnd == sum(row.paid_vnd for row in dossiers)
    assert day.fees.pending_vnd >= day.fees.due_vnd - day.fees.paid_vnd


@given(st.lists(DOSSIERS, max_size=20), st.lists(DOSSIERS, max_size=20))
def test_two_machines_add_up_to_their_day(first, second):
    parts, whole = [tally([], rows).total for rows in (first, second)], tally([], first + second).total
    for field in ("captured", "acknowledged", "pending", "voided"):
        assert sum(getattr(part, field) for part in parts) == getattr(whole, field)


def test_every_state_has_its_place():
    rows = [dossier(state) for state in DossierState]
    total = tally([], rows).total
    assert (total.captured, total.acknowledged, total.pending, total.voided) == (7, 3, 3, 1)


def test_rows_that_differ_from_the_audit_are_refused():
    with pytest.raises(Unbalanced) as refusal:
        tally([], [dossier(DossierState.QUEUED)], captured=2)
    assert refusal.value.details == {"captured": 2, "counted": 1}


@pytest.mark.parametrize("field", ["captured", "acknowledged", "pending", "voided"])
def test_a_figure_changed_by_hand_is_noticed(field):
    day = tally([], [dossier(DossierState.DONE), dossier(DossierState.VOIDED)])
    wrong = replace(day, total=replace(day.total, **{field: getattr(day.total, field) + 1}))
    with pytest.raises(Unbalanced) as refusal:
        check(wrong)
    assert refusal.value.details == {"place": "dossiers"}


def test_the_share_of_priority_people_is_held_against_the_target():
    seven = [ticket() for _ in range(7)]
    assert tally([*seven, *(ticket(group="NCT") for _ in range(3))], []).target_met is True
    assert tally([*seven, *(ticket(group="NCT") for _ in range(2))], []).target_met is False
    assert tally([], []).target_met is None


def test_times_are_median_and_longest_of_those_known():
    day = tally([ticket(waited_s=10), ticket(waited_s=20), ticket(waited_s=90), ticket(waited_s=None)], [])
    assert (day.waiting.count, day.waiting.median_s, day.waiting.max_s) == (3, 20, 90)
    assert tally([], []).waiting.median_s is None


def test_fees_of_voided_dossiers_are_to_be_returned():
    fees = tally(
        [],
        [
            dossier(DossierState.QUEUED, fee_vnd=20000, paid_vnd=20000),
            dossier(DossierState.QUEUED, fee_vnd=10000),
            dossier(DossierState.VOIDED, fee_vnd=10000, paid_vnd=10000),
            dossier(DossierState.DRAFT, fee_vnd=None),
        ],
    ).fees
    assert (fees.due_vnd, fees.paid_vnd, fees.pending_vnd) == (30000, 20000, 10000)
    assert (fees.to_return_vnd, fees.unknown) == (10000, 1)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0-15"),
        (15, "0-15"),
        (16, "16-29"),
        (59, "45-59"),
        (60, "60+"),
        (110, "60+"),
        (None, "unknown"),
        (-1, "unknown"),
    ],
)
def test_age_bands_have_no_holes(age, band):
    assert age_band(age) == band


def test_lanes_and_groups_are_listed():
    day = tally(
        [ticket(group="NCT"), ticket(group="CN"), ticket(Lane.DIGITISE, TicketStatus.WAITING, "NCT")], []
    )
    assert day.groups == (("NCT", 2), ("CN", 1))
    assert [(lane.issued, lane.finished, lane.left) for lane in day.lanes] == [
        (2, 2, 0),
        (1, 0, 1),
        (0, 0, 0),
    ]
