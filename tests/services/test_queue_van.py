"""The queue on two machines of one van: the volunteer's laptop gives numbers, the officer's desktop calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from tests.services.machine import Machine, Template
from tests.services.van import Van
from van_station.records.ledger import AuditLine
from van_station.records.queue import LeaseRequest, NumberBlock, Ticket
from van_station.rules.queueing import Lane, TicketAct, TicketStatus
from van_station.services.errors import NotPermitted, Refused
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[Template]:
    return [Template.make(tmp_path_factory.mktemp(f"template{number}") / "desk") for number in range(2)]


@pytest.fixture
def van(templates: list[Template], tmp_path: Path) -> Iterator[Van]:
    """Two machines; the first has opened the trip and both know it."""
    made = Van(templates, tmp_path)
    try:
        laptop = made.machines[0]
        ward = laptop.workspace.trips.wards("ba vi")[0]
        laptop.workspace.trips.open(made.supervisors[0], OpenTrip(ward.code, "Nhà văn hóa thôn Đoài"))
        made.exchange()
        made.connect()
        yield made
    finally:
        made.close()


def take_in(van: Van, number: int, **given: object) -> TicketView:
    machine = van.machines[number]
    machine.people += 1000 * number
    ticket = machine.workspace.intake.take_in(van.volunteers[number], machine.draft(**given))
    van.exchange()
    return ticket


def call(van: Van, number: int, lane: Lane = Lane.DIGITISE) -> TicketView | None:
    return van.machines[number].workspace.queue.call_next(van.officers[number], lane)


def act(van: Van, number: int, ticket_id: str, *acts: TicketAct) -> TicketView:
    for each in acts:
        view = van.machines[number].workspace.queue.act(van.officers[number], ticket_id, each)
    return view


def rows(machine: Machine, model: type) -> list:
    with machine.workspace.store.reading() as session:
        return list(session.exec(select(model)).all())


def test_the_desktop_calls_and_serves_a_ticket_that_the_laptop_gave(van: Van) -> None:
    given = take_in(van, 0)
    called = call(van, 1)
    assert called is not None
    assert (called.id, called.label, called.status) == (given.id, given.label, TicketStatus.CALLED)
    act(van, 1, given.id, TicketAct.SERVE, TicketAct.FINISH)
    van.exchange()
    there = van.machines[0].workspace.queue.get(given.id)
    assert there.status is TicketStatus.FINISHED
    assert not there.is_held_here
    (request,) = [row for row in rows(van.machines[0], LeaseRequest) if row.ticket_id == given.id]
    assert (request.site, request.granted) == (van.machines[1].keys.site_id, True)
    for each in van.machines:
        assert each.workspace.store.verify(public_keys=van.keys).ok


def test_a_machine_that_is_cut_off_calls_only_what_it_holds(van: Van) -> None:
    first, second = take_in(van, 0), take_in(van, 0)
    van.exchange()
    van.is_cut = True
    own = take_in(van, 1)
    called = call(van, 1)
    assert called is not None
    assert called.id == own.id, "the others' tickets came first, but their holder did not answer"
    with pytest.raises(Refused) as refused:
        call(van, 1)
    assert refused.value.code == "queue.held_elsewhere"
    with pytest.raises(Refused) as refused:
        act(van, 1, first.id, TicketAct.CALL)
    assert refused.value.code == "queue.held_elsewhere"
    assert (call(van, 0) or own).id == first.id
    van.is_cut = False
    again = call(van, 1)
    assert again is not None
    assert again.id == second.id
    van.exchange()
    holders = [{row.id: (row.holder, row.status) for row in rows(each, Ticket)} for each in van.machines]
    assert holders[0] == holders[1]


def test_a_lease_granted_while_the_asker_is_away_waits_for_it_and_cannot_be_called_twice(van: Van) -> None:
    ticket = take_in(van, 0)
    laptop, desktop = van.machines
    van.exchange()
    van.is_cut = True
    with pytest.raises(Refused):
        call(van, 1)
    van.pull(laptop, desktop)
    assert laptop.workspace.queue.leases.tend()
    with pytest.raises(Refused) as refused:
        act(van, 0, ticket.id, TicketAct.CALL)
    assert refused.value.code == "queue.held_elsewhere", "granted: no longer the laptop's"
    with pytest.raises(Refused):
        act(van, 1, ticket.id, TicketAct.CALL)
    van.pull(desktop, laptop)
    assert act(van, 1, ticket.id, TicketAct.CALL).status is TicketStatus.CALLED


def test_a_ticket_at_a_counter_is_not_given_away(van: Van) -> None:
    ticket = take_in(van, 0)
    act(van, 0, ticket.id, TicketAct.CALL)
    with pytest.raises(Refused):
        act(van, 1, ticket.id, TicketAct.RECALL)
    with pytest.raises(Refused) as refused:
        van.machines[0].workspace.queue.leases.hand_over(
            van.officers[0], ticket.id, van.machines[1].keys.site_id
        )
    assert refused.value.code == "queue.not_allowed"


def test_a_holder_may_push_its_tickets_to_another_machine(van: Van) -> None:
    ticket = take_in(van, 0)
    van.machines[0].workspace.queue.leases.hand_over(van.officers[0], ticket.id, van.machines[1].keys.site_id)
    van.exchange()
    van.is_cut = True
    assert (call(van, 1) or ticket).status is TicketStatus.CALLED
    with pytest.raises(Refused):
        call(van, 0)


def test_a_machine_with_counters_at_work_asks_ahead(van: Van) -> None:
    tickets = [take_in(van, 0) for _ in range(3)]
    assert call(van, 1) is not None
    van.exchange()
    van.is_cut = True
    following = call(van, 1)
    assert following is not None
    assert following.id == tickets[1].id, "its lease came with the exchange after the first call"


def test_two_busy_machines_do_not_take_one_ticket_from_each_other_for_ever(van: Van) -> None:
    for number in (0, 1):
        take_in(van, number)
        van.machines[number].clock.turn(minutes=1)
    assert call(van, 0) is not None
    assert call(van, 1) is not None
    last = take_in(van, 0)
    van.exchange()  # comes to rest, or raises
    van.is_cut = True
    callers = []
    for number in (0, 1):
        try:
            callers += [number] if call(van, number) else []
        except Refused:
            continue
    assert len(callers) == 1
    assert van.machines[callers[0]].workspace.queue.get(last.id).status is TicketStatus.CALLED


def test_numbers_of_both_machines_differ_also_when_cut_off_across_midnight(van: Van) -> None:
    labels = []
    van.machines[1].clock.turn(hours=12)
    for round_ in range(3):
        van.is_cut = round_ == 1
        for number in (0, 1):
            van.machines[number].clock.turn(hours=9)
            labels += [take_in(van, number).label for _ in range(5)]
    assert len(set(labels)) == len(labels)
    assert labels[:10] == ["B001", "B002", "B003", "B004", "B005", "B101", "B102", "B103", "B104", "B105"]


def test_a_guest_asks_before_its_numbers_are_spent_and_lives_on_its_own_when_cut_off(van: Van) -> None:
    desktop = van.machines[1]
    with desktop.workspace.store.unit("u1", "test.spend", ("test", "1")) as unit:
        row = unit.session.exec(
            select(NumberBlock).where(
                NumberBlock.site == desktop.keys.site_id, NumberBlock.lane == Lane.DIGITISE.value
            )
        ).one()
        row.next_number = row.last - 2
        unit.save(row)
    van.is_cut = True
    labels = [take_in(van, 1).label for _ in range(5)]
    assert labels[:3] == ["B198", "B199", "B200"]
    assert [label[:4] for label in labels[3:]] == ["B01-", "B02-"]
    van.is_cut = False
    van.exchange()
    assert take_in(van, 1).label == "B201", "the hub saw that its guest had run low"
    assert len([row for row in rows(van.machines[0], NumberBlock) if row.lane == "digitise"]) == 4


def test_exchanging_again_grants_nothing_again(van: Van) -> None:
    before = rows(van.machines[0], NumberBlock)
    for _ in range(3):
        van.exchange()
        van.machines[0].reopen()
        van.connect()
    assert len(rows(van.machines[0], NumberBlock)) == len(before)
    assert len(rows(van.machines[1], LeaseRequest)) == 1, "a guest introduces itself once"


def test_a_lost_machines_tickets_are_taken_by_a_supervisor_only_and_it_is_audited(van: Van) -> None:
    ticket = take_in(van, 0)
    van.exchange()
    van.is_cut = True
    leases = van.machines[1].workspace.queue.leases
    with pytest.raises(NotPermitted):
        leases.reclaim(van.officers[1], ticket.id)
    leases.reclaim(van.supervisors[1], ticket.id)
    called = call(van, 1)
    assert called is not None
    assert called.id == ticket.id
    line = next(row for row in rows(van.machines[1], AuditLine) if row.act == "queue.reclaim")
    assert (line.actor_id, line.details["from_site"]) == (
        van.supervisors[1].user_id,
        van.machines[0].keys.site_id[:8],
    )
    with pytest.raises(Refused):
        leases.reclaim(van.supervisors[1], ticket.id)


def test_a_lost_machine_that_comes_back_gives_way(van: Van) -> None:
    ticket = take_in(van, 0)
    van.exchange()
    van.is_cut = True
    van.machines[1].workspace.queue.leases.reclaim(van.supervisors[1], ticket.id)
    van.is_cut = False
    van.exchange()
    assert not van.machines[0].workspace.queue.get(ticket.id).is_held_here
    assert van.machines[1].workspace.queue.get(ticket.id).is_held_here
