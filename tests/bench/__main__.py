"""`python -m tests.bench [--only NAME] [--quick] [--write]`: print the table of figures."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.measuring import Figure
from tests.bench.table import as_markdown, machine_facts, notes, write_into

NAMES = ("commit", "unlock", "seal", "desk", "citizens", "queue", "gateway", "scan", "browser", "form")
"""Each has a module `bench_<name>` here with `run(folder, quick=...)`; scanning is fitted in by `bench_scan`."""
ALIASES = {"scanning": "scan"}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, print the table; 0 also when a bar is not met: a busy machine is no defect."""
    asked = _parser().parse_args(arguments)
    figures: list[Figure] = []
    for name in dict.fromkeys(ALIASES.get(name, name) for name in asked.only or NAMES):
        start = time.monotonic()
        found = measure(name, quick=asked.quick)
        figures += found
        print(f"{name}: {len(found)} figures in {time.monotonic() - start:.0f} s", file=sys.stderr)
        if asked.write and found:
            write_into(PAGE, name, found)
    print(f"{machine_facts()}\n\n{as_markdown(figures)}\n\n{notes(figures)}")
    return 0


def measure(name: str, *, quick: bool) -> list[Figure]:
    """Return one bench's figures, measured in a temporary folder on a real disk."""
    with tempfile.TemporaryDirectory(prefix="van-station-bench-") as folder:
        found: list[Figure] = importlib.import_module(f"tests.bench.bench_{name}").run(
            Path(folder), quick=quick
        )
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", choices=(*NAMES, *ALIASES), action="append", help="this bench; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it runs, not how fast")
    parser.add_argument("--write", action="store_true", help="put each bench's table into docs/benchmarks.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
