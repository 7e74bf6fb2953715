"""Regular expressions that a form may use: only those that can't be made slow.

A backtracking matcher tries, at worst, every way to share a text out among the repeats. That number is
bounded here before a pattern is accepted: a repeat inside an open repeat has no bound and is refused.
"""

import importlib
import re
from typing import Any

MAX_PATTERN = 300
MAX_MATCHED = 300
"""Characters of a text that a pattern is applied to, unless `maxLength` stands beside it."""
MAX_STEPS = 50_000_000

# The one place where Python keeps the parse tree of a pattern; there is no public one.
_parser: Any = importlib.import_module("re._parser")
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_SINGLE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "CATEGORY"})


def safe_pattern(pattern: str, max_length: int | None = None) -> re.Pattern[str] | None:
    """Return the compiled pattern, or None when it is faulty or could be slow.

    Args:
        pattern: at most 300 characters, without look-around and back references.
        max_length: characters of the longest text that it will meet.
    """
    length = min(max_length or MAX_MATCHED, 2000)
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        compiled = re.compile(pattern)
        tree = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    starts = 1 if pattern.startswith(("^", "\\A")) else length
    return compiled if starts * _ways(tree, length) <= MAX_STEPS else None


def _ways(tree: Any, length: int) -> int:
    """Return a bound for the number of ways in which the parts can share a text of `length`."""
    ways = 1
    for name, value in tree:
        ways *= _ways_of(str(name), value, length)
        if ways > MAX_STEPS:
            return MAX_STEPS + 1
    return ways


def _ways_of(name: str, value: Any, length: int) -> int:
    if name in _SINGLE:
        return 1
    if name in _REPEATS:
        least, most, body = value
        inner = _ways(body, length)
        most = min(int(most), length)
        own = most - int(least) + 1 if most > int(least) else 1
        return own if inner == 1 else min(own * inner ** min(most, 64), MAX_STEPS + 1)
    if name == "SUBPATTERN":
        return _ways(value[-1], length)
    if name == "BRANCH":
        branches = value[1]
        ways = [_ways(branch, length) for branch in branches]
        return max(ways) if _tell_apart(branches) else sum(ways)
    return MAX_STEPS + 1


def _tell_apart(branches: Any) -> bool:
    """Tell whether the first letter decides which branch is meant."""
    firsts = []
    for branch in branches:
        if not len(branch) or str(branch[0][0]) != "LITERAL":
            return False
        firsts.append(branch[0][1])
    return len(set(firsts)) == len(firsts)
