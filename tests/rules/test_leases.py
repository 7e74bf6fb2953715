from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.errors import NotAllowed
from van_station.rules.leases import (
    HANDED_OVER,
    Answer,
    CallPlan,
    answer,
    may_reclaim,
    plan_call,
    require_held,
    wanted,
)
from van_station.rules.queueing import OVER, Lane, TicketStatus, Waiting, choose_next

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def ticket(number, *, priority=False):
    return Waiting(f"t{number}", Lane.WELCOME, number, priority, NOW - timedelta(minutes=60 - number))


@given(st.sampled_from(TicketStatus), st.sampled_from("ab"), st.sampled_from("ab"))
def test_only_the_holder_answers_and_only_for_a_ticket_in_line(status, holder, asker):
    said = answer(status, holder=holder, site="a", asker=asker)
    assert (said is Answer.NOT_MINE) == (holder != "a")
    if said is Answer.GRANT:
        assert status in HANDED_OVER
        assert asker != "a"


def test_a_ticket_held_elsewhere_may_not_be_touched():
    require_held("a", "a")
    with pytest.raises(NotAllowed) as refusal:
        require_held("b", "a")
    assert refusal.value.code == "queue.held_elsewhere"


@pytest.mark.parametrize("status", TicketStatus)
def test_only_a_ticket_that_is_not_over_and_not_here_is_reclaimed(status):
    with pytest.raises(NotAllowed):
        may_reclaim(status, holder="a", site="a")
    if status in OVER:
        with pytest.raises(NotAllowed):
            may_reclaim(status, holder="b", site="a")
    else:
        may_reclaim(status, holder="b", site="a")


LINES = st.lists(st.booleans(), max_size=12).map(
    lambda rows: [ticket(at + 1, priority=priority) for at, priority in enumerate(rows)]
)


@given(LINES, st.sets(st.integers(1, 12)), st.integers(0, 3))
def test_whose_turn_it_is_is_called_or_asked_for_and_meanwhile_the_best_held_is_called(line, here, streak):
    held = {f"t{number}" for number in here}
    plan = plan_call(line, held, now=NOW, priority_streak=streak)
    best = choose_next(line, now=NOW, priority_streak=streak)
    if best is None:
        assert plan == CallPlan(None)
    elif best.id in held:
        assert plan == CallPlan(best.id)
    else:
        mine = choose_next([each for each in line if each.id in held], now=NOW, priority_streak=streak)
        assert plan == CallPlan(mine.id if mine else None, ask=best.id)


def test_leases_are_asked_for_ahead_but_not_twice():
    line = [ticket(1), ticket(2, priority=True), ticket(3), ticket(4)]
    arguments = {"now": NOW, "priority_streak": 0}
    assert wanted(line, {"t2"}, (), ahead=3, **arguments) == ["t1", "t3"]
    assert wanted(line, {"t2"}, {"t1"}, ahead=3, **arguments) == ["t3"]
    assert wanted(line, (), (), ahead=0, **arguments) == []
