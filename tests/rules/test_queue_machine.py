"""The queue on random schedules. `python -m tests.bench --only queue` walks a hundred times as many."""

import pytest

from tests.rules.queue_machine import Machine, Protocol, World, first_broken, run
from tests.rules.queue_mutants import MUTANTS
from van_station.rules.queueing import TicketStatus

SCHEDULES = 10_000
ENOUGH_FOR_A_MUTANT = 5_000


def test_no_schedule_breaks_what_the_queue_promises():
    assert first_broken(Protocol(), range(SCHEDULES)) is None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_caught(mutant):
    assert first_broken(mutant, range(ENOUGH_FOR_A_MUTANT)) is not None


def test_the_schedules_are_not_idle():
    """Numbers of both kinds, leases passed on, calls of others' tickets, reclaims: all of it happens."""
    worlds = [run(seed) for seed in range(300)]
    labels = [label for world in worlds for label in world.printed]
    assert sum("-" in label for label in labels) > 300
    assert sum("-" not in label for label in labels) > 300
    assert sum(len(world.reclaimed) for world in worlds) > 5
    called_elsewhere = sum(
        entry[0][0] == "status" and entry[1] is TicketStatus.CALLED and entry[0][1][0] != machine.number
        for world in worlds
        for machine in world.machines
        for entry in machine.logs[machine.number]
    )
    assert called_elsewhere > 100


def test_a_schedule_is_the_same_each_time():
    assert run(7).printed == run(7).printed


def test_a_change_that_comes_before_its_cause_waits():
    world = World(1)
    one, two = world.machines[:2]
    world.give(one)
    ticket = next(iter(world.tickets))
    Protocol().pass_on(world, one, ticket, two.number)
    log = one.logs[one.number]
    two.receive(one.number, len(log), log[-1:])
    assert two.see("holder", ticket) is None
    two.receive(one.number, 1, log)
    two.receive(one.number, 1, log)
    assert two.see("holder", ticket) == two.number
    assert isinstance(two, Machine)
    assert two.logs[one.number] == log
