"""The queue's random schedules by the million: how many, how fast, and that none breaks a promise."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

from tests.bench.measuring import Figure, Spread
from tests.rules.queue_machine import Protocol, first_broken

SCHEDULES = 1_000_000
QUICK = 2_000
PIECE = 2_500
FIRST_SEED = 1_000_000
"""The test walks the seeds from 0."""


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Walk the schedules on all cores.

    Raises:
        AssertionError: a schedule broke a promise; its seed is named.
    """
    del folder
    count = QUICK if quick else SCHEDULES
    starts = range(FIRST_SEED, FIRST_SEED + count, min(PIECE, count))
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        rates = pool.map(_walk, [(start, min(PIECE, count)) for start in starts], chunksize=1)
    return [
        Figure(
            "queue: random schedules, each core",
            "schedules/s",
            Spread.of(rates),
            more_is_better=True,
            note=f"{count:,} schedules of 2 to 4 machines, none broke a promise",
        )
    ]


def _walk(piece: tuple[int, int]) -> float:
    first, count = piece
    start = time.perf_counter()
    broken = first_broken(Protocol(), range(first, first + count))
    if broken is not None:
        raise AssertionError(f"seed {broken[0]}: {broken[1]}")
    return count / (time.perf_counter() - start)
