"""The day's figures. Every sum is made here, from rows, and checked against itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from van_station.rules.dossiers import DossierState
from van_station.rules.errors import Unbalanced
from van_station.rules.queueing import IN_LINE, Lane, TicketStatus

PRIORITY_TARGET = 0.30
"""Share of people from priority groups that the van's plan asks for."""

AGE_BANDS = ((0, 15), (16, 29), (30, 44), (45, 59), (60, 200))
UNKNOWN_AGE = "unknown"

_ACKNOWLEDGED = frozenset({DossierState.ACKNOWLEDGED, DossierState.SUPPLEMENT, DossierState.DONE})
_PENDING = frozenset({DossierState.DRAFT, DossierState.READY, DossierState.QUEUED})


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket. `age` in years, times in seconds; None where not known or not yet."""

    lane: Lane
    status: TicketStatus
    priority_group: str | None
    age: int | None
    waited_s: float | None
    served_s: float | None


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One dossier. `fee_vnd` None: not known yet; `paid_vnd`: matched credits only."""

    procedure_code: str
    counter: str
    state: DossierState
    fee_vnd: int | None
    paid_vnd: int


@dataclass(frozen=True, slots=True)
class DossierCount:
    """captured = acknowledged + pending + voided. `name` is a procedure code or a counter."""

    name: str
    captured: int
    acknowledged: int
    pending: int
    voided: int

    @property
    def balanced(self) -> bool:
        """Tell whether the parts make the whole."""
        return self.captured == self.acknowledged + self.pending + self.voided


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Tickets of one lane; issued = finished + no_show + left (still waiting, called, served or skipped)."""

    lane: Lane
    issued: int
    finished: int
    no_show: int
    left: int


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds over `count` tickets; None when there are none."""

    count: int
    median_s: float | None
    max_s: float | None


@dataclass(frozen=True, slots=True)
class FeeCount:
    """Fees in đồng.

    Attributes:
        due_vnd: of dossiers that are not voided; the same for `paid_vnd` (matched) and `pending_vnd`.
        to_return_vnd: received for dossiers that were voided.
        unknown: dossiers whose fee nobody has set.
    """

    due_vnd: int
    paid_vnd: int
    pending_vnd: int
    to_return_vnd: int
    unknown: int


@dataclass(frozen=True, slots=True)
class DayTally:
    """A day, or any other set of rows. `people` counts tickets, whoever holds them."""

    total: DossierCount
    procedures: tuple[DossierCount, ...]
    counters: tuple[DossierCount, ...]
    lanes: tuple[LaneCount, ...]
    people: int
    priority_people: int
    groups: tuple[tuple[str, int], ...]
    ages: tuple[tuple[str, int], ...]
    fees: FeeCount
    waiting: Times
    serving: Times

    @property
    def priority_share(self) -> float | None:
        """Share of people from a priority group, 0 to 1; None on a day without people."""
        return self.priority_people / self.people if self.people else None

    @property
    def target_met(self) -> bool | None:
        """Tell whether the plan's 30 % are reached; None on a day without people."""
        return None if self.priority_share is None else self.priority_share >= PRIORITY_TARGET


def tally(
    tickets: Sequence[TicketRow], dossiers: Sequence[DossierRow], *, captured: int | None = None
) -> DayTally:
    """Add up a day.

    Args:
        tickets: every ticket that was given out.
        dossiers: every dossier that was begun, voided ones included.
        captured: how many dossiers another source knows (the day's audit lines); None when there is none.

    Raises:
        Unbalanced: rows and `captured` disagree, or parts and whole do; `details` holds the figures.
    """
    total = _count("", dossiers)
    if captured is not None and captured != total.captured:
        raise Unbalanced(captured=captured, counted=total.captured)
    result = DayTally(
        total=total,
        procedures=_counts(dossiers, [row.procedure_code for row in dossiers]),
        counters=_counts(dossiers, [row.counter for row in dossiers]),
        lanes=tuple(_lane(lane, tickets) for lane in Lane),
        people=len(tickets),
        priority_people=sum(row.priority_group is not None for row in tickets),
        groups=_sorted(Counter(row.priority_group for row in tickets if row.priority_group is not None)),
        ages=_ages(tickets),
        fees=_fees(dossiers),
        waiting=_times(row.waited_s for row in tickets),
        serving=_times(row.served_s for row in tickets),
    )
    check(result)
    return result


def check(day: DayTally) -> None:
    """Refuse figures that do not agree with themselves, also ones read back from elsewhere.

    Raises:
        Unbalanced: `details["place"]` names the first sum that is off.
    """
    sums = {
        "dossiers": all(count.balanced for count in (day.total, *day.procedures, *day.counters)),
        "procedures": sum(count.captured for count in day.procedures) == day.total.captured,
        "counters": sum(count.captured for count in day.counters) == day.total.captured,
        "lanes": sum(count.issued for count in day.lanes) == day.people
        and all(count.issued == count.finished + count.no_show + count.left for count in day.lanes),
        "groups": sum(count for _, count in day.groups) == day.priority_people,
        "ages": sum(count for _, count in day.ages) == day.people,
    }
    for place, agrees in sums.items():
        if not agrees:
            raise Unbalanced(place=place)


def _count(name: str, rows: Sequence[DossierRow]) -> DossierCount:
    return DossierCount(
        name=name,
        captured=len(rows),
        acknowledged=sum(row.state in _ACKNOWLEDGED for row in rows),
        pending=sum(row.state in _PENDING for row in rows),
        voided=sum(row.state is DossierState.VOIDED for row in rows),
    )


def _counts(rows: Sequence[DossierRow], names: Sequence[str]) -> tuple[DossierCount, ...]:
    grouped: dict[str, list[DossierRow]] = {}
    for row, name in zip(rows, names, strict=True):
        grouped.setdefault(name, []).append(row)
    return tuple(_count(name, grouped[name]) for name in sorted(grouped))


def _lane(lane: Lane, tickets: Sequence[TicketRow]) -> LaneCount:
    rows = [row for row in tickets if row.lane is lane]
    finished = sum(row.status is TicketStatus.FINISHED for row in rows)
    no_show = sum(row.status is TicketStatus.NO_SHOW for row in rows)
    in_hand = {TicketStatus.CALLED, TicketStatus.SERVING, TicketStatus.SKIPPED}
    left = sum(row.status in in_hand or row.status in IN_LINE for row in rows)
    return LaneCount(lane, len(rows), finished, no_show, left)


def age_band(age: int | None) -> str:
    """Return `0-15`, `16-29`, `30-44`, `45-59`, `60+` or `unknown`."""
    for low, high in AGE_BANDS:
        if age is not None and low <= age <= high:
            return f"{low}+" if high == AGE_BANDS[-1][1] else f"{low}-{high}"
    return UNKNOWN_AGE


def _ages(tickets: Sequence[TicketRow]) -> tuple[tuple[str, int], ...]:
    counts = Counter(age_band(row.age) for row in tickets)
    names = [*(age_band(low) for low, _ in AGE_BANDS), UNKNOWN_AGE]
    return tuple((name, counts[name]) for name in names)


def _fees(dossiers: Sequence[DossierRow]) -> FeeCount:
    rows = [row for row in dossiers if row.state is not DossierState.VOIDED]
    return FeeCount(
        due_vnd=sum(row.fee_vnd or 0 for row in rows),
        paid_vnd=sum(row.paid_vnd for row in rows),
        pending_vnd=sum(max(0, (row.fee_vnd or 0) - row.paid_vnd) for row in rows),
        to_return_vnd=sum(row.paid_vnd for row in dossiers if row.state is DossierState.VOIDED),
        unknown=sum(row.fee_vnd is None for row in rows),
    )


def _times(values: Iterable[float | None]) -> Times:
    known = [value for value in values if value is not None]
    return Times(len(known), median(known) if known else None, max(known, default=None))


def _sorted(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
