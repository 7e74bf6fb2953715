"""A full day of a van, invented: three lanes, two tables and three counters; figures in `docs/guides/queue-rule.md`.

Run: python -m tests.rules.simulated_van
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from statistics import median, quantiles

from van_station.rules.queueing import (
    FAIR,
    RECENT_SERVICES,
    Fairness,
    Lane,
    Waiting,
    call_order,
    choose_next,
    estimated_wait,
)

DAYS = 200
SEED = 20261122
PEOPLE = 300
OPENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 8:00 in Hanoi
OPEN_S = 8 * 3600
LINES: dict[str, tuple[tuple[Lane, ...], int]] = {
    "2 tables: advice and digital help": ((Lane.WELCOME, Lane.DIGITAL_HELP), 2),
    "3 counters: digitising": ((Lane.DIGITISE,), 3),
}
"""Who serves what: the lanes of one line, and how many counters it has."""
SHARES = {Lane.WELCOME: 0.38, Lane.DIGITISE: 0.45, Lane.DIGITAL_HELP: 0.17}
SERVICE_MEDIAN_S = {Lane.WELCOME: 180, Lane.DIGITISE: 420, Lane.DIGITAL_HELP: 360}
RECENT_CALLS = 40
SERVICE_SPREAD, SERVICE_MOST_S = 0.5, 2700
RULES: dict[str, Fairness | None] = {
    "arrival only": None,
    "priority always first": Fairness(max_priority_in_row=10_000, overdue_s=10**9),
    "our rule": FAIR,
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who comes: when (seconds after opening), where, whether in a priority group, for how long."""

    number: int
    arrival_s: float
    lane: Lane
    priority: bool
    service_s: float


@dataclass(frozen=True)
class Served:
    """What became of a visitor.

    Attributes:
        calls: how many of the line's calls came between the arrival and this visitor's, theirs included.
        ordinary_before: ordinary tickets that waited in the line on arrival.
        promised_s: the wait that was printed on the slip.
    """

    visitor: Visitor
    wait_s: float
    calls: int
    ordinary_before: int
    promised_s: float


def day(seed: int) -> list[Visitor]:
    """Return one day's people: 30 to 40 % in priority groups; half come in the first two and a half hours."""
    dice = random.Random(seed)
    share = dice.uniform(0.30, 0.40)
    people = []
    for at in range(PEOPLE):
        early = at < PEOPLE // 2
        arrival_s = dice.uniform(0, 2.5 * 3600) if early else dice.uniform(2.5 * 3600, OPEN_S - 3600)
        lane = dice.choices(list(SHARES), list(SHARES.values()))[0]
        service_s = min(SERVICE_MEDIAN_S[lane] * dice.lognormvariate(0, SERVICE_SPREAD), SERVICE_MOST_S)
        people.append((arrival_s, lane, dice.random() < share, service_s))
    return [Visitor(number, *rest) for number, rest in enumerate(sorted(people), 1)]


def serve(people: list[Visitor], counters: int, fairness: Fairness | None) -> Iterator[Served]:
    """Serve one line's people of a day; None as fairness: by arrival only."""
    free = [0.0] * counters
    line: dict[str, Waiting] = {}
    seen: dict[str, tuple[int, int, float]] = {}
    coming = list(reversed(people))
    ended: list[tuple[float, float]] = []
    called: list[bool] = []
    calls = streak = 0
    by_id = {f"t{each.number}": each for each in people}
    while coming or line:
        now_s = heapq.heappop(free)
        if not line:
            now_s = max(now_s, coming[-1].arrival_s)
        while coming and coming[-1].arrival_s <= now_s:
            new = coming.pop()
            counted = new.priority and fairness is not None
            at = OPENING + timedelta(seconds=new.arrival_s)
            ticket = Waiting(f"t{new.number}", new.lane, new.number, counted, at)
            before = sum(not each.priority for each in line.values())
            line[ticket.id] = ticket
            promised = 0
            if fairness is FAIR:  # what is printed on a slip
                order = call_order(list(line.values()), now=at, priority_streak=streak)
                over = bisect_right(ended, (new.arrival_s, SERVICE_MOST_S))
                latest = called[-RECENT_CALLS:]
                promised = estimated_wait(
                    order.index(ticket),
                    counters=counters,
                    busy=sum(end > new.arrival_s for end in (now_s, *free)),
                    overtaken=0.0 if new.priority else sum(latest) / max(1, len(latest)),
                    recent_service_s=[
                        service_s for _, service_s in ended[max(0, over - RECENT_SERVICES) : over]
                    ],
                )
            seen[ticket.id] = (calls, before, promised)
        now = OPENING + timedelta(seconds=now_s)
        chosen = choose_next(list(line.values()), now=now, priority_streak=streak, fairness=fairness or FAIR)
        assert chosen is not None
        del line[chosen.id]
        calls += 1
        called.append(chosen.priority)
        streak = streak + 1 if chosen.priority else 0
        who = by_id[chosen.id]
        calls_then, before, promised = seen[chosen.id]
        yield Served(who, now_s - who.arrival_s, calls - calls_then, before, promised)
        heapq.heappush(free, now_s + who.service_s)
        insort(ended, (now_s + who.service_s, who.service_s))


@cache
def walk(rule: str, days: int = DAYS) -> dict[str, list[Served]]:
    """Return by line what became of everybody on many days."""
    result: dict[str, list[Served]] = {name: [] for name in LINES}
    for seed in range(SEED, SEED + days):
        people = day(seed)
        for name, (lanes, counters) in LINES.items():
            mine = [each for each in people if each.lane in lanes]
            result[name] += serve(mine, counters, RULES[rule])
    return result


def waits_as_rows(days: int = DAYS) -> list[str]:
    """Return the table of waits as the guide prints it: 95 % waited no longer / longest, in minutes."""
    rows = []
    for rule in RULES:
        for name, served in walk(rule, days).items():
            cells = [
                _waits([each.wait_s for each in served if each.visitor.priority is kind])
                for kind in (True, False)
            ]
            rows.append(f"| {name} | {rule} | {cells[0]} | {cells[1]} |")
    return sorted(rows, key=lambda row: row.split("|")[1])


def errors_as_rows(days: int = DAYS) -> list[str]:
    """Return the table of how far the printed wait was off: median / 90 % were off by no more, in minutes."""
    rows = []
    for name, served in walk("our rule", days).items():
        for kind, word in ((True, "priority"), (False, "others")):
            off = [(each.wait_s - each.promised_s) / 60 for each in served if each.visitor.priority is kind]
            size = sorted(abs(minutes) for minutes in off)
            rows.append(
                f"| {name} | {word} | {median(size):.0f} / {quantiles(size, n=10)[-1]:.0f} | {median(off):+.0f} |"
            )
    return rows


def _waits(seconds: list[float]) -> str:
    values = (median(seconds), quantiles(seconds, n=20)[-1], max(seconds))
    return " / ".join(str(round(value / 60)) for value in values)


if __name__ == "__main__":
    print("\n".join([*waits_as_rows(), *errors_as_rows()]))
