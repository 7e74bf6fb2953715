"""Scan-to-PDF against OCRmyPDF (`bench_scanning`): whole processes, several times over, ratios by median."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import bench_scanning, scanning_stacks
from tests.bench.measuring import BarOn, Figure, Spread

PAGES = 60
_BETTER_HIGH = "pages/s"
_BARS: dict[str, tuple[float, BarOn]] = {
    "without OCR, CPU": (0.10, "ratio"),
    "with OCR, peer at -O3, kB/page": (0.20, "ratio"),
    "with OCR, peer at -O3, CPU": (0.40, "ratio"),
    "with OCR, peer at -O3: errors in running text": (1.0, "ratio"),
    "with OCR, peer at -O3: errors in dotted forms, ": (0.10, "ratio"),
    "with OCR, peer at -O3: lean left in": (0.25, "ratio"),
    "with OCR, peer at -O3: pages upright": (1.0, "median"),
    "with OCR, peer at -O3: red ink kept, mean": (0.98, "median"),
    "with OCR, peer at -O3: blue ink kept, mean": (0.96, "median"),
    "with OCR, peer at -O3: red ink kept, worst": (0.90, "median"),
    "with OCR, peer at -O3: blue ink kept, worst": (0.90, "median"),
}


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return what a page costs and what is kept of it beside the peer, then what has no peer."""
    paired = _gathered(bench_scanning.run, pages=2 if quick else PAGES, times=1 if quick else 3)
    return paired + scanning_stacks.run(folder, quick=quick)


def _bar(name: str) -> dict[str, Any]:
    """Return the bar of a row: what must not be passed, on the ratio to the peer or on our own figure."""
    for start, (bar, on) in _BARS.items():
        if name.startswith(f"scan to PDF {start}"):
            return {"bar": bar, "bar_on": on}
    return {}


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
                **_bar(name),
                more_is_better=unit == _BETTER_HIGH or "kept" in name or "upright" in name,
                note=f"{pages} pages, {times} runs; {note}",
            )
        )
    return figures
