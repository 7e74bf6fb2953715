"""Random days of a van whose machines lose sight of each other: what must never happen to the queue.

Each machine keeps a log of its own and a copy of the others', as the change log does: a change names the
heads it replaces, is applied after what came before it, and only once. Everything that decides who gives
which number and who calls whom is the product's (`rules.queue_numbers`, `rules.leases`), reached through
`Protocol`, so that a test can plant a fault in one place and see it caught.

A schedule is a seed. Machines give out numbers, ask for leases, answer, call, serve, put back; lines go up and
down; what one machine sends another is delayed, repeated, cut short and overtaken; clocks are up to twelve hours
apart and jump over midnight; a machine dies after it has printed and before anybody else knows, and comes back
with what it had committed, or (in one schedule of five) never comes back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from van_station.rules.errors import NotAllowed
from van_station.rules.leases import Answer, answer, may_reclaim, plan_call, require_held, wanted
from van_station.rules.queue_numbers import (
    PLAIN,
    Block,
    label,
    needs_block,
    next_block,
    own_next_block,
    own_series,
    standing,
    take,
)
from van_station.rules.queueing import IN_LINE, OVER, Lane, TicketAct, TicketStatus, Waiting, move

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 21:00 in Hanoi: midnight comes
BLOCK = 4
LOW = 2
STEPS = 60
LANE = Lane.DIGITISE
HANOI_H = 7
SITES = tuple(f"{number:02x}" * 16 for number in (0x1A, 0x2B, 0x3C, 0x4D))

Head = tuple[int, int, float, Any]
"""site, seq, stamp, value"""
Entry = tuple[tuple[Any, ...], Any, tuple[tuple[int, int], ...], float]
"""cell, value, heads replaced, stamp"""


class Broken(AssertionError):
    """An invariant does not hold."""


@dataclass
class Machine:
    """One machine: `logs`, `heads` and `next_number` are on disk; `memory` is gone after a crash."""

    number: int
    skew: timedelta
    logs: list[list[Entry]]
    heads: dict[tuple[Any, ...], list[Head]] = field(default_factory=dict)
    next_number: dict[int, int] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    made: int = 0
    streak: int = 0
    clock: float = 0.0
    """What its wall clock said when it acted last, in seconds since 1970."""
    is_lost: bool = False
    grants: bool = False
    """Whether it answers wishes for numbers: the hub, and whoever a person told to stand in for it."""

    @property
    def site(self) -> str:
        return SITES[self.number]

    def see(self, *cell: Any) -> Any:
        """Return the value shown: the newest head by stamp, then site, as every replica would."""
        heads = self.heads.get(cell)
        return max(heads, key=lambda head: (head[2], head[0], head[1]))[3] if heads else None

    def holder(self, ticket: Any) -> int:
        """Return a ticket's holder; who gave it out, as long as only a part of it has come."""
        holder = self.see("holder", ticket)
        return int(ticket[0] if holder is None else holder)

    def cells(self, kind: str) -> list[tuple[Any, ...]]:
        return [cell for cell in self.heads if cell[0] == kind]

    def write(self, world: World, value: Any, *cell: Any) -> None:
        """Write one value as this machine, in the knowledge of the heads it sees."""
        log = self.logs[self.number]
        replaced = tuple((head[0], head[1]) for head in self.heads.get(cell, ()))
        entry = (cell, value, replaced, world.stamp(self))
        log.append(entry)
        self._merge(self.number, len(log), entry)

    def receive(self, source: int, first: int, entries: list[Entry]) -> None:
        """Merge a slice of a site's log that begins with number `first`; what is known or too early is left."""
        log = self.logs[source]
        for offset, entry in enumerate(entries):
            if first + offset != len(log) + 1:
                continue
            if any(len(self.logs[site]) < seq for site, seq in entry[2] if site != source):
                return
            log.append(entry)
            self._merge(source, len(log), entry)

    def _merge(self, site: int, seq: int, entry: Entry) -> None:
        cell, value, replaced, stamp = entry
        kept = [head for head in self.heads.get(cell, ()) if (head[0], head[1]) not in replaced]
        self.heads[cell] = [*kept, (site, seq, stamp, value)]

    def blocks(self, owner: int | None = None) -> list[tuple[int, int]]:
        found = [cell[3:] for cell in self.cells("block") if owner is None or self.see(*cell) == owner]
        return sorted(found)


class Protocol:
    """Every decision, as the product makes it. A mutant overrides one."""

    name = "product"

    def number(self, world: World, machine: Machine) -> int:
        """Return the number of the next ticket, spent when this returns."""
        for first, last in machine.blocks(machine.number):
            block = standing(
                first,
                last,
                next_number=machine.next_number.get(first, 0),
                highest_given=given(machine, first, last),
            )
            if block.left:
                number, rest = take(block)
                machine.next_number[first] = rest.next_number
                return number
        known = [Block(first, last, last + 1) for first, last in machine.blocks()]
        block = own_next_block(known, BLOCK, site=machine.site, is_hub=machine.number == 0)
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

    def label(self, number: int) -> str:
        return label(LANE, number)

    def block_for(self, machine: Machine, guest: int) -> Block:
        """Return what a granting machine gives a guest."""
        known = [Block(first, last, last + 1) for first, last in machine.blocks()]
        series = PLAIN if machine.number == 0 else own_series(machine.site)
        return next_block(known, BLOCK, series=series)

    def grant_blocks(self, world: World, machine: Machine) -> None:
        for _, guest in machine.cells("join"):
            if guest == machine.number:
                continue
            theirs = [
                standing(first, last, next_number=0, highest_given=given(machine, first, last))
                for first, last in machine.blocks(guest)
            ]
            if machine.number != 0:  # a stand-in counts what it gave itself
                theirs = [replace_plain(block) for block in theirs if block.first > PLAIN.last]
            if needs_block(theirs, low_water=LOW):
                block = self.block_for(machine, guest)
                machine.write(
                    world,
                    guest,
                    "block",
                    machine.number,
                    len(machine.logs[machine.number]),
                    block.first,
                    block.last,
                )

    def may_call(self, machine: Machine, ticket: Any) -> bool:
        try:
            require_held(SITES[machine.holder(ticket)], machine.site)
        except NotAllowed:
            return False
        return True

    def requests(self, machine: Machine) -> list[tuple[Any, ...]]:
        """Return the requests to look at."""
        return [cell for cell in machine.cells("ask") if machine.see("answer", *cell[1:]) is None]

    def answer(self, world: World, machine: Machine, request: tuple[Any, ...]) -> None:
        _, asker, _, ticket = request
        status = machine.see("status", ticket)
        if status is None:
            return
        holder = SITES[machine.holder(ticket)]
        said = answer(status, holder=holder, site=machine.site, asker=SITES[asker])
        if said is Answer.NOT_MINE:
            return
        machine.write(world, said is Answer.GRANT, "answer", *request[1:])
        if said is Answer.GRANT:
            self.pass_on(world, machine, ticket, asker)

    def pass_on(self, world: World, machine: Machine, ticket: Any, to: int) -> None:
        world.handed(machine, ticket, to)
        machine.write(world, to, "holder", ticket)

    def after_ask(self, world: World, machine: Machine, ticket: Any) -> None:
        """What a machine does right after it has asked: wait."""

    def restarted(self, machine: Machine) -> None:
        machine.memory.clear()


def replace_plain(block: Block) -> Block:
    """A block of another series as if it were plain, so that `needs_block` counts it."""
    return Block(1, block.left, 1)


def given(machine: Machine, first: int, last: int) -> int:
    """Return the highest number of a block that any ticket known to the machine bears."""
    numbers = [ticket[1] for _, ticket in machine.cells("status") if first <= ticket[1] <= last]
    return max(numbers, default=0)


class World:
    """All machines of a van, and what an all-knowing observer remembers of them."""

    def __init__(self, seed: int, protocol: Protocol | None = None) -> None:
        self.dice = random.Random(seed)
        self.protocol = protocol or Protocol()
        count = self.dice.choice((2, 2, 3, 4))
        self.now = START
        self.machines = [
            Machine(
                number,
                timedelta(hours=self.dice.choice((-12, -3, 0, 0, 5, 12))),
                [[] for _ in range(count)],
                grants=number == 0,
            )
            for number in range(count)
        ]
        self.printed: set[str] = set()
        self.tickets: dict[Any, Waiting] = {}
        self.holder: dict[Any, int] = {}
        self.serving: dict[Any, int] = {}
        self.reclaimed: set[Any] = set()
        self.over: set[Any] = set()
        self.cut: set[frozenset[int]] = set()
        self.mail: list[tuple[int, int, int, list[Entry]]] = []
        self.loses_one = self.dice.random() < 0.2 and count > 2
        hub = self.machines[0]
        hub.write(self, 0, "block", 0, 0, 1, BLOCK)

    # ------------------------------------------------------------ observer
    def stamp(self, machine: Machine) -> float:
        return (self.now + machine.skew).timestamp()

    def handed(self, machine: Machine, ticket: Any, to: int) -> None:
        """A holder names the next: the chain must be linear, and nobody at a counter is given away."""
        if ticket in self.reclaimed:
            return
        if self.holder[ticket] != machine.number:
            raise Broken("a lease was passed on by one that did not hold it")
        if ticket in self.serving:
            raise Broken("a ticket was given away while it was being served")
        self.holder[ticket] = to

    def called(self, machine: Machine, ticket: Any) -> None:
        if ticket not in self.reclaimed:
            if ticket in self.over:
                raise Broken("a ticket was called after it was over")
            if ticket in self.serving:
                raise Broken("a ticket was called twice in one serving")
            if self.holder[ticket] != machine.number:
                raise Broken("a ticket was called without its lease")
        self.serving[ticket] = machine.number

    # ------------------------------------------------------------ steps
    def alive(self) -> list[Machine]:
        return [machine for machine in self.machines if not machine.is_lost]

    def step(self) -> None:
        machine = self.dice.choice(self.alive())
        machine.clock = self.stamp(machine)
        self.now += timedelta(minutes=self.dice.choice((0, 1, 1, 7)))
        self.dice.choice(_STEPS)(self, machine)

    def give(self, machine: Machine) -> None:
        """Take somebody in; the number is printed when it is committed, and then the power may fail."""
        number = self.protocol.number(self, machine)
        machine.made += 1
        ticket = (machine.number, number, machine.made)
        machine.write(self, TicketStatus.WAITING, "status", ticket)
        machine.write(self, machine.number, "holder", ticket)
        shown = self.protocol.label(number)
        if shown in self.printed:
            raise Broken(f"{shown} was printed twice")
        self.printed.add(shown)
        arrived = self.now + machine.skew
        self.tickets[ticket] = Waiting(str(ticket), LANE, number, self.dice.random() < 0.35, arrived)
        self.holder[ticket] = machine.number
        if self.dice.random() < 0.1:
            self.crash(machine)

    def line(self, machine: Machine) -> dict[str, Any]:
        return {
            str(ticket): ticket
            for _, ticket in machine.cells("status")
            if machine.see("status", ticket) in IN_LINE
        }

    def call(self, machine: Machine) -> None:
        """Call the next: ask for the lease of whose turn it is, or call the best that is held."""
        line = self.line(machine)
        waiting = [self.tickets[ticket] for ticket in line.values()]
        held = {each for each, ticket in line.items() if self.protocol.may_call(machine, ticket)}
        now = self.now + machine.skew
        plan = plan_call(waiting, held, now=now, priority_streak=machine.streak)
        if plan.ask is not None:
            self.ask(machine, line[plan.ask])
        if plan.call is not None:
            self.do_call(machine, line[plan.call])

    def do_call(self, machine: Machine, ticket: Any) -> None:
        status = move(machine.see("status", ticket), TicketAct.CALL)
        self.called(machine, ticket)
        machine.write(self, status, "status", ticket)
        machine.streak = machine.streak + 1 if self.tickets[ticket].priority else 0

    def ask(self, machine: Machine, ticket: Any) -> None:
        mine = [cell for cell in machine.cells("ask") if cell[1] == machine.number and cell[3] == ticket]
        if any(machine.see("answer", *cell[1:]) is None for cell in mine):
            return
        machine.write(self, True, "ask", machine.number, len(mine), ticket)
        self.protocol.after_ask(self, machine, ticket)

    def look_ahead(self, machine: Machine) -> None:
        line = self.line(machine)
        held = {each for each, ticket in line.items() if self.protocol.may_call(machine, ticket)}
        ids = wanted(
            [self.tickets[ticket] for ticket in line.values()],
            held,
            (),
            ahead=2,
            now=self.now + machine.skew,
            priority_streak=machine.streak,
        )
        for each in ids:
            self.ask(machine, line[each])

    def end(self, machine: Machine) -> None:
        """Finish, put back or transfer somebody who is at a counter of this machine."""
        here = [
            ticket
            for _, ticket in machine.cells("status")
            if machine.see("status", ticket) is TicketStatus.CALLED
            and self.protocol.may_call(machine, ticket)
        ]
        if not here:
            return
        ticket = self.dice.choice(here)
        act = self.dice.choice((TicketAct.NO_SHOW, TicketAct.PUT_BACK, TicketAct.SKIP, TicketAct.TRANSFER))
        status = move(TicketStatus.CALLED, act)
        if status is TicketStatus.SKIPPED:
            status = move(status, TicketAct.PUT_BACK)
        machine.write(self, status, "status", ticket)
        self.serving.pop(ticket, None)
        if status in OVER:
            self.over.add(ticket)

    def tend(self, machine: Machine) -> None:
        if machine.number != 0 and ("join", machine.number) not in machine.heads:
            machine.write(self, True, "join", machine.number)
        if machine.grants:
            self.protocol.grant_blocks(self, machine)
        for request in self.protocol.requests(machine):
            if request[1] != machine.number:
                self.protocol.answer(self, machine, request)

    def send(self, machine: Machine) -> None:
        """Put a slice of what another machine lacks on its way; it may be cut short, and come again or late."""
        to = self.dice.choice(self.alive())
        if to is machine or frozenset((to.number, machine.number)) in self.cut:
            return
        for source, log in enumerate(machine.logs):
            known = len(to.logs[source])
            end = len(log) if self.dice.random() < 0.7 else self.dice.randint(known, max(known, len(log)))
            if end > known or (known and self.dice.random() < 0.1):
                first = max(0, known - self.dice.choice((0, 0, 3)))
                self.mail.append((to.number, source, first + 1, log[first:end]))
        if self.dice.random() < 0.7:
            self.deliver(machine)

    def deliver(self, _: Machine) -> None:
        """Let what is under way arrive, in any order, some of it twice."""
        self.dice.shuffle(self.mail)
        stays = []
        for letter in self.mail:
            to = self.machines[letter[0]]
            chance = self.dice.random()
            if chance < 0.2:
                stays.append(letter)
                continue
            if chance < 0.3:
                stays.append(letter)
            if not to.is_lost:
                to.receive(letter[1], letter[2], letter[3])
        self.mail = stays

    def change_line(self, machine: Machine) -> None:
        """Cut or mend a line between two machines."""
        other = self.dice.choice(self.machines)
        if other is not machine:
            self.cut ^= {frozenset((machine.number, other.number))}

    def push(self, machine: Machine) -> None:
        """Hand a waiting ticket over unasked."""
        line = self.line(machine)
        mine = [ticket for ticket in line.values() if self.protocol.may_call(machine, ticket)]
        to = self.dice.choice(self.machines)
        if mine and to is not machine and not to.is_lost:
            self.protocol.pass_on(self, machine, self.dice.choice(mine), to.number)

    def crash(self, machine: Machine) -> None:
        """The power fails: what was committed is there afterwards, what was in memory is not."""
        self.protocol.restarted(machine)

    def turn_clock(self, machine: Machine) -> None:
        """Somebody sets a clock, or midnight comes to all."""
        if self.dice.random() < 0.5:
            self.now += timedelta(hours=self.dice.choice((3, 6, 24)))
        else:
            machine.skew = timedelta(hours=self.dice.choice((-12, 0, 12)))

    def stand_in(self, machine: Machine) -> None:
        """A person lets this machine grant numbers, for the hub is out of sight."""
        machine.grants = True

    def lose(self, machine: Machine) -> None:
        """A machine is destroyed, and a person takes its tickets over, at the known risk."""
        if not self.loses_one or len(self.alive()) < 2:
            return
        self.loses_one = False
        machine.is_lost = True
        self.reclaim(self.dice.choice(self.alive()))

    def reclaim(self, machine: Machine) -> None:
        """Take over the tickets of lost machines; only these are excepted from what was promised."""
        for request in self.protocol.requests(machine):
            if self.machines[request[1]].is_lost:
                machine.write(self, False, "answer", *request[1:])
        for _, ticket in machine.cells("status"):
            holder, status = machine.holder(ticket), machine.see("status", ticket)
            if not self.machines[holder].is_lost or status in OVER:
                continue
            may_reclaim(status, holder=SITES[holder], site=machine.site)
            self.reclaimed.add(ticket)
            self.holder[ticket] = machine.number
            self.serving.pop(ticket, None)
            machine.write(self, machine.number, "holder", ticket)
            if status not in IN_LINE:
                machine.write(self, TicketStatus.WAITING, "status", ticket)

    # ------------------------------------------------------------ healing
    def heal(self) -> None:
        """Mend every line, bring everybody up to date, and see that all agree and everybody can be called."""
        self.cut.clear()
        self.everybody_knows()
        for machine in self.alive():
            self.reclaim(machine)
            self.everybody_knows()
        for machine in self.alive():
            self.tend(machine)
            self.everybody_knows()
        shown = [
            {ticket: (machine.holder(ticket), machine.see("status", ticket)) for ticket in self.tickets}
            for machine in self.alive()
        ]
        if any(each != shown[0] for each in shown):
            raise Broken("the machines do not agree after healing")
        for machine in self.alive():
            for _, ticket in machine.cells("status"):
                if self.protocol.may_call(machine, ticket):
                    if machine.see("status", ticket) is TicketStatus.CALLED:
                        self.serving.pop(ticket, None)
                        machine.write(self, TicketStatus.NO_SHOW, "status", ticket)
                    elif machine.see("status", ticket) in IN_LINE:
                        self.do_call(machine, ticket)
                        machine.write(self, TicketStatus.NO_SHOW, "status", ticket)
                        self.serving.pop(ticket, None)
            self.everybody_knows()
        left = [
            ticket
            for ticket in self.tickets
            if self.known(ticket) and self.alive()[0].see("status", ticket) not in OVER
        ]
        if left:
            raise Broken(f"{len(left)} tickets can be called by nobody")

    def known(self, ticket: Any) -> bool:
        """Whether any machine that is left has ever heard of a ticket: a lost one may have told nobody."""
        return any(machine.see("status", ticket) is not None for machine in self.alive())

    def everybody_knows(self) -> None:
        moved = True
        while moved:
            moved = False
            for to in self.alive():
                for machine in self.alive():
                    for source, log in enumerate(machine.logs):
                        known = len(to.logs[source])
                        if to is not machine and len(log) > known:
                            to.receive(source, known + 1, log[known:])
                            moved = moved or len(to.logs[source]) > known


_STEPS: tuple[Callable[[World, Machine], None], ...] = (
    *[World.give] * 8,
    *[World.call] * 6,
    *[World.end] * 4,
    *[World.tend] * 7,
    *[World.send] * 12,
    *[World.deliver] * 3,
    *[World.look_ahead] * 2,
    *[World.push] * 1,
    *[World.change_line] * 2,
    *[World.crash] * 2,
    *[World.turn_clock] * 1,
    *[World.stand_in] * 2,
    *[World.lose] * 1,
)


def run(seed: int, protocol: Protocol | None = None, *, steps: int = STEPS) -> World:
    """Walk one schedule to its end and heal.

    Raises:
        Broken: an invariant does not hold.
    """
    world = World(seed, protocol)
    for _ in range(steps):
        world.step()
    world.heal()
    return world


def first_broken(protocol: Protocol, seeds: range) -> tuple[int, str] | None:
    """Return the first seed whose schedule breaks an invariant, and how; None when none does."""
    for seed in seeds:
        try:
            run(seed, protocol)
        except Broken as error:
            return seed, str(error)
    return None
