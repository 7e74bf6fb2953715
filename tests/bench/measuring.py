"""Measures two ways of doing the same in turns, and tells medians with their spread.

A busy machine slows both sides of a turn alike: the ratio of each round is what counts, absolute times are
told for orientation. Nothing here judges a run as a test would; bars are only marked as met or not.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

BarOn = Literal["ratio", "median", "p95"]
Sample = Callable[[], float]
"""Does it once and returns how long it took, in seconds, preparation left out."""


@dataclass(frozen=True)
class Spread:
    """Median, quartiles and 95th percentile of samples."""

    median: float
    low: float
    high: float
    p95: float
    count: int

    @classmethod
    def of(cls, samples: Sequence[float], *, scale: float = 1.0) -> Spread:
        """Return the spread of at least one sample, each multiplied by `scale`."""
        ordered = sorted(sample * scale for sample in samples)
        return cls(
            median=statistics.median(ordered),
            low=_rank(ordered, 0.25),
            high=_rank(ordered, 0.75),
            p95=_rank(ordered, 0.95),
            count=len(ordered),
        )


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        name: bench and act, e.g. "commit: one row".
        unit: of `ours` and `peer`.
        ours: of the product.
        peer: of what it is compared with; None without one.
        ratio: ours / peer round by round; None without a peer.
        bar: what must not be passed (or reached, when `more_is_better`); None when there is none.
        bar_on: which figure the bar is for.
        more_is_better: for rates.
        note: what the peer is, and what to know.
    """

    name: str
    unit: str
    ours: Spread
    peer: Spread | None = None
    ratio: Spread | None = None
    bar: float | None = None
    bar_on: BarOn = "ratio"
    more_is_better: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        held = {
            "ratio": self.ratio.median if self.ratio else float("nan"),
            "median": self.ours.median,
            "p95": self.ours.p95,
        }[self.bar_on]
        if math.isnan(held):
            return None  # the peer is not there
        return held >= self.bar if self.more_is_better else held <= self.bar

    def numbers(self) -> tuple[float, ...]:
        """Return all figures of the line."""
        spreads = [spread for spread in (self.ours, self.peer, self.ratio) if spread is not None]
        return tuple(
            number for spread in spreads for number in (spread.median, spread.low, spread.high, spread.p95)
        )


def timed(act: Callable[[], object]) -> Sample:
    """Return a sample that times the whole of `act`."""

    def sample() -> float:
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    return sample


def duel(
    name: str,
    ours: Sample,
    peer: Sample,
    *,
    rounds: int,
    each: int = 1,
    bar: float | None = None,
    bar_on: BarOn = "ratio",
    note: str = "",
) -> Figure:
    """Measure both in turns, the first of a round changing sides; one warm-up each.

    Args:
        rounds: how many ratios there are.
        each: samples of each side in a round; their medians make the round's ratio.
    """
    ours(), peer()
    own_samples: list[float] = []
    peer_samples: list[float] = []
    ratios: list[float] = []
    for number in range(rounds):
        own: list[float] = []
        other: list[float] = []
        for turn in range(each):
            first, second = ((ours, own), (peer, other))[:: 1 if (number + turn) % 2 else -1]
            first[1].append(first[0]())
            second[1].append(second[0]())
        ratios.append(statistics.median(own) / statistics.median(other))
        own_samples += own
        peer_samples += other
    return Figure(
        name,
        "ms",
        Spread.of(own_samples, scale=1000),
        Spread.of(peer_samples, scale=1000),
        Spread.of(ratios),
        bar=bar,
        bar_on=bar_on,
        note=note,
    )


def solo(
    name: str,
    ours: Sample,
    *,
    times: int,
    bar: float | None = None,
    bar_on: BarOn = "median",
    note: str = "",
) -> Figure:
    """Measure something that has no peer, after one warm-up."""
    ours()
    samples = [ours() for _ in range(times)]
    return Figure(name, "ms", Spread.of(samples, scale=1000), bar=bar, bar_on=bar_on, note=note)


def rate(figure: Figure, unit: str, amount: float, *, note: str = "") -> Figure:
    """Return a figure of milliseconds as a rate per second: `amount` units were done each time; more is better."""

    def turned(spread: Spread | None, per: float) -> Spread | None:
        if spread is None:
            return None
        return Spread(
            per / spread.median, per / spread.high, per / spread.low, per / spread.p95, spread.count
        )

    ours = turned(figure.ours, amount * 1000)
    assert ours is not None
    return replace(
        figure,
        unit=unit,
        ours=ours,
        peer=turned(figure.peer, amount * 1000),
        ratio=turned(figure.ratio, 1.0),
        more_is_better=True,
        note=note or figure.note,
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least `share` of all do not pass (nearest rank)."""
    return ordered[max(math.ceil(len(ordered) * share), 1) - 1]
