"""What the queue rule does to waiting times on many invented days; the figures in `docs/guides/queue-rule.md`.

Run: python -m tests.rules.simulated_day
"""

import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from van_station.rules.queueing import FAIR, Fairness, Lane, Waiting, choose_next

DAYS = 100
SEED = 20261123
CROWDS = (60, 80)
PRIORITY_SHARE = 0.45
COUNTERS = 2
OPENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 8:00 in Hanoi
OPEN_S = 8 * 3600
SERVICE_MEDIAN_S, SERVICE_SPREAD, SERVICE_MOST_S = 600, 0.5, 2700

RULES: dict[str, Fairness | None] = {
    "arrival only": None,
    "priority always first": Fairness(max_priority_in_row=10_000, overdue_s=10**9),
    "our rule": FAIR,
}


def day(seed: int, crowd: int) -> list[tuple[float, bool, float]]:
    """One day's people: seconds after opening, whether in a priority group, service time in seconds.

    Half come in the first two hours, the rest evenly until an hour before closing.
    """
    dice = random.Random(seed)
    people = []
    for at in range(crowd):
        arrival = dice.uniform(0, 2 * 3600) if at < crowd // 2 else dice.uniform(2 * 3600, OPEN_S - 3600)
        service_s = min(SERVICE_MEDIAN_S * dice.lognormvariate(0, SERVICE_SPREAD), SERVICE_MOST_S)
        people.append((arrival, dice.random() < PRIORITY_SHARE, service_s))
    return sorted(people)


def waits(people: list[tuple[float, bool, float]], fairness: Fairness | None) -> list[tuple[bool, float]]:
    """Serve one day with `COUNTERS` counters; return (priority, seconds waited) of each person."""
    free = [0.0] * COUNTERS
    line: list[Waiting] = []
    service = {f"t{number}": service_s for number, (_, _, service_s) in enumerate(people, 1)}
    coming = list(enumerate(people, 1))
    result: list[tuple[bool, float]] = []
    streak = 0
    while coming or line:
        now_s = heapq.heappop(free)
        if not line:
            now_s = max(now_s, coming[0][1][0])
        while coming and coming[0][1][0] <= now_s:
            number, (arrival, priority, _) = coming.pop(0)
            counted = priority and fairness is not None
            line.append(
                Waiting(f"t{number}", Lane.DIGITISE, number, counted, OPENING + timedelta(seconds=arrival))
            )
        now = OPENING + timedelta(seconds=now_s)
        chosen = choose_next(line, now=now, priority_streak=streak, fairness=fairness or FAIR)
        line.remove(chosen)
        streak = streak + 1 if chosen.priority else 0
        result.append((people[chosen.number - 1][1], (now - chosen.arrived_at).total_seconds()))
        heapq.heappush(free, now_s + service[chosen.id])
    return result


def figures(crowd: int, days: int = DAYS) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Return, by rule and kind of person, median, 95th percentile and longest wait in whole minutes."""
    table = {}
    for name, fairness in RULES.items():
        rows = [row for seed in range(SEED, SEED + days) for row in waits(day(seed, crowd), fairness)]
        kinds: dict[str, Callable[[bool], bool]] = {"priority": bool, "others": lambda priority: not priority}
        table[name] = {
            kind: _three([s for priority, s in rows if holds(priority)]) for kind, holds in kinds.items()
        }
    return table


def _three(seconds: list[float]) -> tuple[int, int, int]:
    values = (median(seconds), quantiles(seconds, n=20)[-1], max(seconds))
    return tuple(round(value / 60) for value in values)  # type: ignore[return-value]


def as_rows() -> list[str]:
    """Return the table's rows as the guide prints them."""
    return [
        f"| {crowd} | {name} | {' / '.join(map(str, kinds['priority']))} | {' / '.join(map(str, kinds['others']))} |"
        for crowd in CROWDS
        for name, kinds in figures(crowd).items()
    ]


if __name__ == "__main__":
    print("\n".join(as_rows()))
