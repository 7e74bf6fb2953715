"""Faults that somebody could build into the queue, one at a time. The schedules must catch each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.rules.queue_machine import BLOCK, HANOI_H, LANE, Machine, Protocol, World, given
from van_station.rules.leases import HANDED_OVER
from van_station.rules.queue_numbers import PLAIN, Block, label, next_block, own_next_block
from van_station.rules.queueing import IN_LINE, TicketStatus


class CountsTickets(Protocol):
    """The next number is how many tickets there are, plus one."""

    name = "COUNT(*) + 1"

    def number(self, world: World, machine: Machine) -> int:
        return len(machine.cells("status")) + 1


class NumbersFromTheDay(Protocol):
    """Numbers begin at 1 again when the machine's own clock says that it is another day."""

    name = "numbers begin anew at midnight"

    def number(self, world: World, machine: Machine) -> int:
        today = (world.now + machine.skew + timedelta(hours=HANOI_H)).date()
        if machine.memory.setdefault("day", today) != today:
            machine.memory["day"] = today
            for first, last in machine.blocks(machine.number)[:1]:
                machine.next_number[first] = first + 1
                return min(first, last)
        return super().number(world, machine)


class ForgetsTheNextNumber(Protocol):
    """The next number lives in memory; after a crash the block begins anew."""

    name = "next number lost in a crash"

    def number(self, world: World, machine: Machine) -> int:
        spent = machine.memory.setdefault("next", {})
        for first, last in machine.blocks(machine.number):
            if spent.get(first, first) <= last:
                spent[first] = spent.get(first, first) + 1
                return int(spent[first]) - 1
        block = self.own(machine)
        machine.write(
            world,
            machine.number,
            "block",
            machine.number,
            len(machine.logs[machine.number]),
            block.first,
            block.last,
        )
        spent[block.first] = block.first + 1
        return block.first

    def own(self, machine: Machine) -> Block:
        known = [Block(first, last, last + 1) for first, last in machine.blocks()]
        return own_next_block(known, BLOCK, site=machine.site, is_hub=machine.number == 0)


class EverybodyGrantsItself(Protocol):
    """A machine without numbers takes the next plain block that it does not know to be taken."""

    name = "blocks taken, not granted"

    def number(self, world: World, machine: Machine) -> int:
        for first, last in machine.blocks(machine.number):
            at = max(machine.next_number.get(first, first), given(machine, first, last) + 1)
            if at <= last:
                machine.next_number[first] = at + 1
                return at
        block = next_block([Block(a, b, b + 1) for a, b in machine.blocks()], BLOCK)
        machine.write(
            world,
            machine.number,
            "block",
            machine.number,
            len(machine.logs[machine.number]),
            block.first,
            block.last,
        )
        machine.next_number[block.first] = block.first + 1
        return block.first


class GrantsAfterTicketsOnly(Protocol):
    """What was granted is kept in memory; after a restart the hub goes on after the highest ticket it knows."""

    name = "block granted twice after a restart"

    def block_for(self, machine: Machine, guest: int) -> Block:
        if "granted" not in machine.memory:
            machine.memory["granted"] = max(given(machine, 1, PLAIN.last), BLOCK)
        first = machine.memory["granted"] + 1
        machine.memory["granted"] = first + BLOCK - 1
        return Block(first, first + BLOCK - 1, first)


class StandInRegrants(Protocol):
    """Who stands in for the hub goes on in the hub's series, from what it has seen of it."""

    name = "hub takeover grants the hub's numbers"

    def block_for(self, machine: Machine, guest: int) -> Block:
        known = [Block(first, last, last + 1) for first, last in machine.blocks()]
        return next_block(known, BLOCK, series=PLAIN)


class DropsTheCode(Protocol):
    """Numbers of a machine's own series are printed without the machine's code."""

    name = "own series without a code"

    def label(self, number: int) -> str:
        return label(LANE, number).partition("-")[0]


class CallsWhenAsked(Protocol):
    """The taker calls as soon as it has asked, before it has seen the grant."""

    name = "taker calls before it has seen the grant"

    def after_ask(self, world: World, machine: Machine, ticket: Any) -> None:
        if machine.see("status", ticket) in IN_LINE:
            world.do_call(machine, ticket)


class KeepsCalling(Protocol):
    """A holder goes on calling what it has given away, as long as it waits."""

    name = "holder keeps calling after the grant"

    def may_call(self, machine: Machine, ticket: Any) -> bool:
        ever = machine.number == ticket[0]
        return ever or super().may_call(machine, ticket)


class AnswersEveryCopy(Protocol):
    """A request is granted each time it is looked at, whoever holds the ticket by now."""

    name = "a request that comes twice is granted twice"

    def requests(self, machine: Machine) -> list[tuple[Any, ...]]:
        return machine.cells("ask")

    def answer(self, world: World, machine: Machine, request: tuple[Any, ...]) -> None:
        _, asker, _, ticket = request
        seen = machine.see("answer", *request[1:])
        if ticket[0] == machine.number and machine.see("status", ticket) in HANDED_OVER:
            if seen is None:
                machine.write(world, True, "answer", *request[1:])
            self.pass_on(world, machine, ticket, asker)


class GivesAwayTheServed(Protocol):
    """A ticket is granted although it is at a counter."""

    name = "a called ticket is given away"

    def answer(self, world: World, machine: Machine, request: tuple[Any, ...]) -> None:
        _, asker, _, ticket = request
        if machine.see("status", ticket) is TicketStatus.CALLED and self.may_call(machine, ticket):
            machine.write(world, True, "answer", *request[1:])
            self.pass_on(world, machine, ticket, asker)
        else:
            super().answer(world, machine, request)


class SendsTicketsOnAJourney(Protocol):
    """A ticket is nobody's while it is on its way: the taker's memory alone knows that it is to come."""

    name = "a ticket is nobody's between two holders"

    def pass_on(self, world: World, machine: Machine, ticket: Any, to: int) -> None:
        world.handed(machine, ticket, to)
        machine.write(world, TicketStatus.SKIPPED, "status", ticket)
        machine.write(world, to, "holder", ticket)
        world.machines[to].memory.setdefault("to come", set()).add(ticket)


class LeasesRunOut(Protocol):
    """A lease that is older than six hours by the reader's clock is anybody's."""

    name = "leases run out by the clock"

    def may_call(self, machine: Machine, ticket: Any) -> bool:
        heads = machine.heads.get(("holder", ticket), [])
        written = max((head[2] for head in heads), default=None)
        late = written is not None and machine.clock - written > 6 * 3600
        return late or super().may_call(machine, ticket)


MUTANTS: tuple[Protocol, ...] = (
    CountsTickets(),
    NumbersFromTheDay(),
    ForgetsTheNextNumber(),
    EverybodyGrantsItself(),
    GrantsAfterTicketsOnly(),
    StandInRegrants(),
    DropsTheCode(),
    CallsWhenAsked(),
    KeepsCalling(),
    AnswersEveryCopy(),
    GivesAwayTheServed(),
    SendsTicketsOnAJourney(),
    LeasesRunOut(),
)
