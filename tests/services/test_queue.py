from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from tests.services.machine import Machine, Template
from van_station.records.queue import Ticket
from van_station.rules.queueing import FAIR, Lane, TicketAct, TicketStatus, Waiting, choose_next
from van_station.services.actor import Actor
from van_station.services.errors import Refused
from van_station.services.queue import TicketView
from van_station.settings.tree import CounterSettings


def acted(desk: Machine, ticket: TicketView, *acts: TicketAct, lane: Lane | None = None) -> TicketView:
    for act in acts:
        ticket = desk.workspace.queue.act(desk.officer, ticket.id, act, lane=lane)
    return ticket


def test_people_are_called_in_the_order_of_the_rules(desk: Machine) -> None:
    """Twelve people, four of them of a priority group: the service calls as the pure rule would."""
    groups = [None, None, "NCT", None, "NKT", "NT", None, "NCT", None, None, None, None]
    line = []
    for group in groups:
        desk.clock.turn(minutes=3)
        ticket = desk.take_in(priority_group=group)
        line.append(Waiting(ticket.id, ticket.lane, ticket.number, group is not None, ticket.created_at))
    called, streak = [], 0
    while True:
        desk.clock.turn(minutes=10)
        expected = choose_next(line, now=desk.clock.now(), priority_streak=streak, fairness=FAIR)
        ticket = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
        assert (ticket.id if ticket else None) == (expected.id if expected else None)
        if ticket is None or expected is None:
            break
        line.remove(expected)
        streak = streak + 1 if expected.priority else 0
        called.append(ticket.label)
    assert len(set(called)) == len(groups)


def test_a_call_names_counter_and_time_and_a_recall_counts(desk: Machine) -> None:
    desk.take_in()
    desk.clock.turn(minutes=7)
    called = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert called is not None
    assert (called.status, called.counter, called.times_called) == (TicketStatus.CALLED, "Q1", 1)
    assert called.waited_min == 7
    again = acted(desk, called, TicketAct.RECALL, TicketAct.RECALL)
    assert (again.times_called, again.label) == (3, called.label)


def test_a_skipped_ticket_is_not_called_by_itself_and_comes_back_to_its_old_place(desk: Machine) -> None:
    first = desk.take_in()
    desk.clock.turn(minutes=1)
    second = desk.take_in()
    called = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert called is not None
    acted(desk, called, TicketAct.SKIP)
    following = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert following is not None
    assert following.id == second.id
    acted(desk, first, TicketAct.PUT_BACK)
    third = desk.take_in()
    back = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert back is not None
    assert (back.id, back.created_at) == (first.id, first.created_at), (back.label, third.label)


def test_a_transfer_keeps_label_and_arrival_and_changes_the_lane(desk: Machine) -> None:
    ticket = desk.take_in()
    desk.clock.turn(minutes=4)
    moved = acted(desk, ticket, TicketAct.TRANSFER, lane=Lane.WELCOME)
    assert (moved.lane, moved.label, moved.created_at) == (Lane.WELCOME, ticket.label, ticket.created_at)
    assert desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE) is None
    called = desk.workspace.queue.call_next(desk.officer, Lane.WELCOME)
    assert called is not None
    assert called.id == ticket.id


def test_a_transfer_without_a_lane_is_refused(desk: Machine) -> None:
    with pytest.raises(Refused) as refused:
        acted(desk, desk.take_in(), TicketAct.TRANSFER)
    assert refused.value.code == "queue.lane_missing"


def test_a_finished_ticket_leaves_the_line_with_its_times(desk: Machine) -> None:
    ticket = desk.served()
    desk.clock.turn(minutes=12)
    done = desk.finish(ticket.id)
    assert done.status is TicketStatus.FINISHED
    assert desk.workspace.queue.tickets() == ()
    assert [view.id for view in desk.workspace.queue.tickets(open_only=False)] == [ticket.id]
    with desk.workspace.store.reading() as session:
        row = session.exec(select(Ticket)).one()
        assert row.started_at is not None
        assert row.finished_at is not None
        assert (row.finished_at - row.started_at).total_seconds() == 12 * 60


@pytest.mark.parametrize("act", [TicketAct.FINISH, TicketAct.SKIP, TicketAct.RECALL, TicketAct.SERVE])
def test_a_refused_move_leaves_the_row_as_it_was(desk: Machine, act: TicketAct) -> None:
    ticket = desk.take_in()
    before = _row(desk, ticket.id)
    with pytest.raises(Refused) as refused:
        acted(desk, ticket, act)
    assert refused.value.code == "queue.not_allowed"
    assert _row(desk, ticket.id) == before


def test_nothing_happens_to_a_ticket_that_is_over(desk: Machine) -> None:
    ticket = acted(desk, desk.take_in(), TicketAct.NO_SHOW)
    for act in TicketAct:
        with pytest.raises(Refused):
            acted(desk, ticket, act, lane=Lane.WELCOME)
    assert desk.workspace.queue.get(ticket.id).status is TicketStatus.NO_SHOW


def test_lanes_count_who_waits_and_who_is_served(desk: Machine) -> None:
    desk.take_in()
    desk.take_in(priority_group="NCT")
    desk.served()
    lane = next(each for each in desk.workspace.queue.lanes() if each.lane is Lane.DIGITISE)
    assert (lane.waiting, lane.serving, lane.priority_waiting) == (2, 1, 1)
    assert lane.estimated_wait_min > 0


def test_the_queue_is_the_same_after_a_restart(desk: Machine) -> None:
    desk.take_in()
    desk.served()
    before = desk.workspace.queue.tickets()
    desk.reopen()
    assert desk.workspace.queue.tickets() == before


def test_two_counters_that_call_at_once_never_get_the_same_ticket(desk: Machine) -> None:
    labels = {desk.take_in().label for _ in range(12)}
    called: list[str] = []

    def call() -> None:
        while (ticket := desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)) is not None:
            called.append(ticket.label)

    counters = [threading.Thread(target=call) for _ in range(3)]
    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join(60)
    assert sorted(called) == sorted(labels)


def _row(desk: Machine, ticket_id: str) -> dict[str, object]:
    with desk.workspace.store.reading() as session:
        row = session.get(Ticket, ticket_id)
        assert row is not None
        return row.model_dump()


def at(desk: Machine, counter: str) -> Actor:
    return replace(desk.officer, counter=counter)


@pytest.fixture
def van(template: Template, tmp_path: Path) -> Iterator[Machine]:
    """A machine whose settings name two counters and what each serves."""
    made = template.copy_to(tmp_path)
    made.workspace.close()
    counters = (
        CounterSettings(name="Q2", lanes=("digitise",)),
        CounterSettings(name="B1", lanes=("welcome", "digital_help")),
    )
    station = made.settings.station.model_copy(update={"counters": counters})
    made.settings = made.settings.model_copy(update={"station": station})
    made.open()
    made.open_trip()
    yield made
    made.workspace.close()


def test_a_counter_calls_only_for_the_lanes_it_serves(van: Machine) -> None:
    queue = van.workspace.queue
    assert queue.lanes_of("Q2") == (Lane.DIGITISE,)
    assert queue.lanes_of("Q9") == tuple(Lane), "one that is not named serves every lane"
    van.take_in()
    with pytest.raises(Refused) as refused:
        queue.call_next(at(van, "B1"), Lane.DIGITISE)
    assert refused.value.code == "queue.other_counter"
    assert queue.call_next(at(van, "B1")) is None
    called = queue.call_next(at(van, "Q2"))
    assert called is not None
    assert called.counter == "Q2"


def test_lanes_of_one_counter_are_one_line(van: Machine) -> None:
    first = van.take_in(need="guidance", procedure_code=None)
    van.clock.turn(minutes=1)
    second = van.take_in(need="vneid", procedure_code=None)
    called = [van.workspace.queue.call_next(at(van, "B1")) for _ in range(2)]
    assert [each.id for each in called if each] == [first.id, second.id]
    assert {each.lane for each in called if each} == {Lane.WELCOME, Lane.DIGITAL_HELP}


def test_each_ticket_says_its_own_place_and_wait(desk: Machine) -> None:
    ordinary = [desk.take_in() for _ in range(2)]
    elder = desk.take_in(priority_group="NCT")
    views = {view.id: view for view in desk.workspace.queue.tickets()}
    assert [(views[each.id].place, views[each.id].wait_min) for each in (elder, *ordinary)] == [
        (0, 0),
        (1, 10),
        (2, 20),
    ]
    called = desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert called is not None
    assert (called.id, called.place, called.wait_min) == (elder.id, None, None)


def test_the_wait_follows_the_services_of_the_day_and_the_counters_at_work(desk: Machine) -> None:
    for _ in range(2):
        ticket = desk.served()
        desk.clock.turn(minutes=4)
        desk.finish(ticket.id)
    waiting = [desk.take_in() for _ in range(3)]
    assert desk.workspace.queue.get(waiting[2].id).wait_min == 8
    desk.workspace.queue.act(at(desk, "Q2"), desk.take_in().id, TicketAct.CALL)
    assert desk.workspace.queue.get(waiting[2].id).wait_min == 4, "two counters"
    desk.clock.turn(hours=1)
    assert desk.workspace.queue.get(waiting[2].id).wait_min == 10, "one, and it is busy"
