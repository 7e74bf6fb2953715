"""Scan-to-PDF against OCRmyPDF (`bench_scanning`): whole processes, several times over, ratios by median."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.bench import bench_scanning
from tests.bench.measuring import Figure, Spread

PAGES = 4
_BETTER_HIGH = "pages/s"


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return pages/s, CPU seconds and bytes a page; both sides take turns within a run."""
    del folder  # bench_scanning makes its own
    return _gathered(bench_scanning.run, pages=2 if quick else PAGES, times=1 if quick else 3)


def _gathered(measure: Callable[[int], list[bench_scanning.Row]], *, pages: int, times: int) -> list[Figure]:
    runs = [measure(pages) for _ in range(times)]
    figures = []
    for rows in zip(*runs, strict=True):
        name, unit, note = rows[0].name, rows[0].unit, rows[0].note
        peers = [row.peer for row in rows if row.peer is not None]
        ratios = [row.ratio for row in rows if row.ratio is not None]
        figures.append(
            Figure(
                name.removesuffix(f", {unit}"),
                unit,
                Spread.of([row.ours for row in rows]),
                Spread.of(peers) if peers else None,
                Spread.of(ratios) if ratios else None,
                more_is_better=unit == _BETTER_HIGH,
                note=f"{pages} pages, {times} runs; {note}",
            )
        )
    return figures
