"""Printed page numbers (`Trang 2/5`, `- 3 -`) and the pages that they say are missing.

A number that stands alone may be anything, so it must go on page after page in one place before a gap counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from scanning.page import Box
from scanning.text import TextLayer, Word

_FOOT: Final = 0.90
_HEAD: Final = 0.08
_MAX_NUMBER: Final = 999
_MAX_GAP: Final = 5
_MIN_RUN: Final = 3
_MIN_CONFIDENCE: Final = 60.0
_OF: Final = re.compile(
    r"(?:trang|page|tr\.)\s*:?\s*(\d{1,3})\s*(?:/|trên|của|of)\s*(\d{1,3})", re.IGNORECASE
)
_NAMED: Final = re.compile(r"(?:trang|page|tr\.)\s*:?\s*(\d{1,3})", re.IGNORECASE)
_ALONE: Final = re.compile(r"[-–—]?\s*(\d{1,3})(?:\s*/\s*(\d{1,3}))?\s*[-–—]?")


@dataclass(frozen=True, slots=True)
class Printed:
    """A page number as printed.

    Attributes:
        of: how many pages there are, 0 when not said.
        named: True with the word page before it or a total behind it; False for a number that stands alone.
        at_foot: at the foot of the page, else at its head.
        box: where it stands.
    """

    number: int
    of: int
    named: bool
    at_foot: bool
    box: Box


@dataclass(frozen=True, slots=True)
class Gap:
    """Pages that should stand before page `index` (0-based), or behind it when `at_end`."""

    index: int
    first: int
    last: int
    at_end: bool = False


def printed_number(layer: TextLayer | None, height_px: int) -> Printed | None:
    """Return the page number at the foot or, failing that, at the head of a page that was read."""
    if layer is None:
        return None
    for at_foot in (True, False):
        found = [
            number
            for line in _lines(layer, height_px, at_foot=at_foot)
            if (number := _number_in(line, at_foot=at_foot)) is not None
        ]
        if found:
            return max(found, key=lambda each: (each.named, each.box.top if at_foot else -each.box.top))
    return None


def missing_pages(numbers: Sequence[Printed | None]) -> tuple[Gap, ...]:
    """Return where printed numbers jump, in the order of pages."""
    gaps: list[Gap] = []
    for run in _runs(numbers):
        if not _is_believed(run):
            continue
        for (at, number), (later, following) in pairwise(run):
            lacking = following.number - number.number - (later - at)
            if lacking > 0:
                gaps.append(Gap(later, following.number - lacking, following.number - 1))
        at, last = run[-1]
        if last.of > last.number and len(run) > 1 and _nothing_follows(numbers, at):
            gaps.append(Gap(at, last.number + 1, last.of, at_end=True))
    return tuple(gaps)


def _nothing_follows(numbers: Sequence[Printed | None], at: int) -> bool:
    """Return True when another paper follows, or nothing: a page without a number may be the one."""
    return at + 1 >= len(numbers) or numbers[at + 1] is not None


def _runs(numbers: Sequence[Printed | None]) -> list[list[tuple[int, Printed]]]:
    """Return stretches of numbers, with their pages' indices, that rise in one place with one total."""
    runs: list[list[tuple[int, Printed]]] = []
    for index, number in enumerate(numbers):
        if number is None:
            continue
        if runs and _goes_on(*runs[-1][-1], index, number):
            runs[-1].append((index, number))
        else:
            runs.append([(index, number)])
    return runs


def _goes_on(at: int, before: Printed, index: int, number: Printed) -> bool:
    rises = index - at <= number.number - before.number <= index - at + _MAX_GAP
    return rises and (before.of, before.named, before.at_foot) == (number.of, number.named, number.at_foot)


def _is_believed(run: Sequence[tuple[int, Printed]]) -> bool:
    """Return True for numbers that say they are pages, or bare ones on three pages from 1 or 2 on."""
    if run[0][1].named:
        return len(run) >= 2
    steady = sum(b[1].number - a[1].number == b[0] - a[0] for a, b in pairwise(run))
    return len(run) >= _MIN_RUN and steady >= 1 and run[0][1].number <= 2


def _lines(layer: TextLayer, height_px: int, *, at_foot: bool) -> list[list[Word]]:
    lines: dict[int, list[Word]] = {}
    for word in layer.words:
        middle = word.box.top + word.box.height / 2
        inside = middle > _FOOT * height_px if at_foot else middle < _HEAD * height_px
        if inside:
            lines.setdefault(word.line, []).append(word)
    return list(lines.values())


def _number_in(line: list[Word], *, at_foot: bool) -> Printed | None:
    text = " ".join(word.text for word in line)
    box = _around(line)
    if (found := _OF.search(text)) is not None:
        return _printed(int(found[1]), int(found[2]), named=True, at_foot=at_foot, box=box)
    if (found := _NAMED.search(text)) is not None:
        return _printed(int(found[1]), 0, named=True, at_foot=at_foot, box=box)
    if min(word.confidence for word in line) < _MIN_CONFIDENCE:
        return None
    if (found := _ALONE.fullmatch(text.strip())) is not None:
        total = int(found[2] or 0)
        return _printed(int(found[1]), total, named=bool(total), at_foot=at_foot, box=box)
    return None


def _printed(number: int, of: int, *, named: bool, at_foot: bool, box: Box) -> Printed | None:
    sensible = 1 <= number <= _MAX_NUMBER and (of == 0 or number <= of)
    return Printed(number, of, named, at_foot, box) if sensible else None


def _around(line: list[Word]) -> Box:
    left, top = min(word.box.left for word in line), min(word.box.top for word in line)
    right = max(word.box.left + word.box.width for word in line)
    bottom = max(word.box.top + word.box.height for word in line)
    return Box(left, top, right - left, bottom - top)
