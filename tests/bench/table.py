"""The table of figures: on the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3

from tests.bench.measuring import Figure, Spread

_HEAD = ("what", "ours (quartiles)", "p95", "peer (quartiles)", "ratio (quartiles)", "bar", "")


def machine_facts(date: datetime | None = None) -> str:
    """Return what one has to know of the machine; no names, no paths."""
    day = (date or datetime.now(UTC)).date().isoformat()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{day}, {os.cpu_count()} cores of {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"sqlcipher3 with SQLite {sqlcipher3.dbapi2.sqlite_version}; load when done {load}"
    )


def as_markdown(figures: Sequence[Figure]) -> str:
    """Return a table in Markdown; it reads well on a terminal, too."""
    rows = [_HEAD, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def notes(figures: Sequence[Figure]) -> str:
    """Return the notes, each once, with the figures it belongs to."""
    groups: dict[str, list[str]] = {}
    for figure in figures:
        if figure.note:
            groups.setdefault(figure.note, []).append(figure.name)
    return "\n".join(f"- {_joined(names)}: {note}" for note, names in groups.items())


def write_into(page: Path, name: str, figures: Sequence[Figure]) -> None:
    """Replace one bench's block in the page; the text around it is a person's.

    Raises:
        ValueError: the page has no `<!-- figures NAME: begin -->` ... `end`.
    """
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- figures {name}: begin -->", f"<!-- figures {name}: end -->"
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the page has no place for {name}")
    body = f"{begin}\nMeasured {machine_facts()}.\n\n{as_markdown(figures)}\n\n{notes(figures)}\n{end}"
    page.write_text(before + body + after, encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    sign = ">=" if figure.more_is_better else "<="
    bar = "" if figure.bar is None else f"{figure.bar_on} {sign} {_number(figure.bar)}"
    met = {None: "", True: "met", False: "NOT met"}[figure.is_met]
    p95 = _number(figure.ours.p95) if figure.ours.count >= 20 else ""
    return (
        figure.name,
        f"{_spread(figure.ours)} {figure.unit}",
        p95,
        _spread(figure.peer),
        _spread(figure.ratio),
        bar,
        met,
    )


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return ""
    if spread.count == 1:
        return _number(spread.median)
    return f"{_number(spread.median)} ({_number(spread.low)}-{_number(spread.high)})"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _joined(names: Sequence[str]) -> str:
    if len(names) > 2:
        return f"{names[0].partition(':')[0]} (all {len(names)} lines)"
    return " and ".join(names)
