"""The benches run and give figures. How fast they are is nothing for a test."""

import math

import pytest

from tests.bench.__main__ import NAMES, PAGE, measure
from tests.bench.measuring import Figure, Spread, duel, rate
from tests.bench.table import as_markdown, notes, write_into

WITHOUT_OTHER_PROGRAMS = [name for name in NAMES if name not in {"scan", "browser"}]


@pytest.mark.parametrize("name", WITHOUT_OTHER_PROGRAMS)
def test_a_quick_run_gives_finite_figures(name):
    figures = measure(name, quick=True)
    assert figures
    for figure in figures:
        assert all(math.isfinite(number) and number >= 0 for number in figure.numbers()), figure.name
    assert as_markdown(figures).count("\n") == len(figures) + 1


def test_a_ratio_is_that_of_the_rounds_however_slow_a_round_was():
    slow = iter([1, 1, 100, 1, 100, 1, 100, 1])
    pace = {"now": 1.0}

    def ours():
        pace["now"] = next(slow)
        return 2.0 * pace["now"]

    figure = duel("x", ours, lambda: pace["now"], rounds=1)
    assert figure.ratio.median == 2.0


def test_a_rate_turns_times_and_bars_around():
    figure = rate(Figure("x", "ms", Spread.of([10.0, 20.0, 40.0]), bar=40.0, bar_on="median"), "pages/s", 1)
    assert (figure.ours.median, figure.ours.low, figure.ours.high) == (50.0, 25.0, 100.0)
    assert figure.is_met


def test_the_page_keeps_what_a_person_wrote_around_a_table(tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text(
        "before\n<!-- figures x: begin -->\nold\n<!-- figures x: end -->\nafter\n", encoding="utf-8"
    )
    figures = [Figure("x: b", "ms", Spread.of([1.0]), note="n")]
    write_into(page, "x", figures)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert notes(figures) in text


def test_the_page_has_a_place_for_every_bench():
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"<!-- figures {name}: {mark} -->" in text for name in NAMES for mark in ("begin", "end"))
