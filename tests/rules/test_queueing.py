from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules import simulated_van
from tests.rules.simulated_day import as_rows
from van_station.rules.errors import NotAllowed
from van_station.rules.queueing import (
    FAIR,
    IN_LINE,
    OVER,
    Fairness,
    Lane,
    TicketAct,
    TicketStatus,
    Waiting,
    acts_for,
    call_order,
    choose_next,
    estimated_wait,
    move,
    streak,
)

OPENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def ticket(number, *, priority=False, minute=None):
    arrived = OPENING + timedelta(minutes=number if minute is None else minute)
    return Waiting(f"t{number}", Lane.WELCOME, number, priority, arrived)


def test_a_ticket_goes_its_way():
    status = TicketStatus.WAITING
    for act in (TicketAct.CALL, TicketAct.RECALL, TicketAct.SERVE, TicketAct.FINISH):
        status = move(status, act)
    assert status is TicketStatus.FINISHED


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (TicketStatus.CALLED, TicketAct.CALL),
        (TicketStatus.SERVING, TicketAct.CALL),
        (TicketStatus.FINISHED, TicketAct.CALL),
        (TicketStatus.WAITING, TicketAct.FINISH),
        (TicketStatus.NO_SHOW, TicketAct.PUT_BACK),
    ],
)
def test_a_ticket_is_not_called_twice_nor_revived(status, act):
    with pytest.raises(NotAllowed) as refusal:
        move(status, act)
    assert refusal.value.code == "queue.not_allowed"


@given(st.sampled_from(TicketStatus), st.lists(st.sampled_from(TicketAct), max_size=12))
def test_what_is_over_stays_over(status, acts):
    for act in acts:
        before = status
        if act in acts_for(status):
            status = move(status, act)
        assert before not in OVER or status is before


def test_a_transferred_ticket_waits_in_its_new_lane():
    assert TicketStatus.TRANSFERRED in IN_LINE
    assert move(TicketStatus.TRANSFERRED, TicketAct.CALL) is TicketStatus.CALLED


def test_nobody_waiting_means_nobody_called():
    assert choose_next([], now=OPENING, priority_streak=0) is None


def test_priority_goes_first_then_arrival():
    line = [ticket(1), ticket(2, priority=True), ticket(3, priority=True)]
    order = call_order(line, now=OPENING + timedelta(minutes=5), priority_streak=0)
    assert [each.number for each in order] == [2, 3, 1]


def test_after_two_priority_calls_an_ordinary_one_is_due():
    line = [ticket(1), *(ticket(number, priority=True) for number in (2, 3, 4, 5))]
    order = call_order(line, now=OPENING + timedelta(minutes=6), priority_streak=0)
    assert [each.number for each in order] == [2, 3, 1, 4, 5]


def test_one_who_waits_too_long_alternates_with_priority():
    line = [ticket(1), ticket(2), *(ticket(number, priority=True) for number in (3, 4, 5))]
    order = call_order(line, now=OPENING + timedelta(hours=2), priority_streak=0)
    assert [each.number for each in order] == [3, 1, 4, 2, 5]


def test_the_streak_is_the_tail_of_priority_calls():
    assert streak([]) == 0
    assert streak([True, False, True, True]) == 2
    assert streak([True, False]) == 0


LINES = st.lists(st.tuples(st.booleans(), st.integers(0, 300)), max_size=30).map(
    lambda rows: [
        ticket(at + 1, priority=priority, minute=minute) for at, (priority, minute) in enumerate(rows)
    ]
)


@given(LINES, st.integers(0, 400), st.integers(0, 4), st.integers(1, 3), st.integers(0, 7200))
def test_nobody_starves(line, minute, start, in_row, overdue_s):
    rule = Fairness(max_priority_in_row=in_row, overdue_s=overdue_s)
    now = OPENING + timedelta(minutes=minute)
    order = call_order(line, now=now, priority_streak=start, fairness=rule)
    assert sorted(order, key=id) == sorted(line, key=id)
    ordinary_before = priority_before = 0
    for place, called in enumerate(order):
        if called.priority:
            assert place + 1 <= 2 * (priority_before + 1)
            priority_before += 1
        else:
            assert place + 1 <= (in_row + 1) * (ordinary_before + 1)
            ordinary_before += 1


@given(
    st.lists(st.tuples(st.sampled_from(["priority", "ordinary", "call"]), st.integers(1, 10)), max_size=120),
    st.integers(1, 3),
)
def test_the_bound_holds_while_people_keep_coming(events, in_row):
    """An ordinary ticket with k before it at arrival is called within (m + 1)(k + 1) calls, whoever comes later."""
    rule = Fairness(max_priority_in_row=in_row)
    line, calls, promised, now, number = [], [], {}, OPENING, 0
    for kind, minutes in events:
        now += timedelta(minutes=minutes)
        if kind != "call":
            number += 1
            new = Waiting(f"t{number}", Lane.WELCOME, number, kind == "priority", now)
            before = sum(not each.priority for each in line)
            promised[new.id] = len(calls) + (in_row + 1) * (before + 1)
            line.append(new)
        elif (chosen := choose_next(line, now=now, priority_streak=streak(calls), fairness=rule)) is not None:
            line.remove(chosen)
            calls.append(chosen.priority)
            assert chosen.priority or len(calls) <= promised[chosen.id]


def test_estimates_use_the_services_of_today():
    assert estimated_wait(0, counters=2) == 0
    assert estimated_wait(4, counters=2) == 1200
    assert estimated_wait(4, counters=2, recent_service_s=[100, 120, 140]) == 240
    assert estimated_wait(4, counters=2, recent_service_s=[5000, *[60] * 20]) == 120
    assert estimated_wait(1, counters=0, recent_service_s=[60]) == 60


def test_an_estimate_counts_who_is_being_served_and_who_will_overtake():
    usual = {"counters": 2, "recent_service_s": [120]}
    assert estimated_wait(0, busy=1, **usual) == 0
    assert estimated_wait(0, busy=2, **usual) == 30
    assert estimated_wait(4, busy=2, overtaken=0.4, **usual) == 450
    assert estimated_wait(4, busy=2, overtaken=0.9, **usual) == 540


@given(LINES, st.integers(0, 400), st.integers(0, 4))
def test_the_order_of_calls_is_what_calling_one_after_another_gives(line, minute, start):
    now, left, streak_now, one_by_one = OPENING + timedelta(minutes=minute), list(line), start, []
    while (chosen := choose_next(left, now=now, priority_streak=streak_now)) is not None:
        left.remove(chosen)
        one_by_one.append(chosen)
        streak_now = streak_now + 1 if chosen.priority else 0
    assert call_order(line, now=now, priority_streak=start) == one_by_one


def test_the_bound_holds_on_every_simulated_day_of_a_van():
    """300 people, 30 to 40 % with priority, three lanes, 200 seeds: within 3 (k + 1) calls of their line."""
    for served in simulated_van.walk("our rule").values():
        for each in served:
            assert each.visitor.priority or each.calls <= 3 * (each.ordinary_before + 1)


def test_the_guide_shows_what_the_simulated_van_gives():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "queue-rule.md").read_text(encoding="utf-8")
    assert "\n".join(simulated_van.waits_as_rows()) in guide
    assert "\n".join(simulated_van.errors_as_rows()) in guide


def test_the_guide_shows_what_the_simulation_gives():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "queue-rule.md").read_text(encoding="utf-8")
    assert "\n".join(as_rows()) in guide


def test_the_guide_states_the_numbers_of_the_rule():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "queue-rule.md").read_text(encoding="utf-8")
    assert (FAIR.max_priority_in_row, FAIR.overdue_s) == (2, 90 * 60)
    assert "**two** priority calls" in guide
    assert "**90 minutes**" in guide
