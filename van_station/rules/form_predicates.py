"""Schemas of single values as plain tests: what conditions ask, and what spares most answers the validator.

They say the same as jsonschema does (a property test compares the two); `compiled` gives up on any keyword
that it does not know.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from van_station.rules.form_partial_dates import is_partial_date
from van_station.rules.form_patterns import safe_pattern
from van_station.rules.json_values import JsonValue, same

Predicate = Callable[[JsonValue], bool]

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SAYS_NOTHING = frozenset({"title", "description", "default", "examples", "$comment"})


def is_iso_date(text: str) -> bool:
    """Tell whether a text is a day as RFC 3339 writes it, `2026-11-22`."""
    if _ISO_DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], bool]] = {"date": is_iso_date, "partial-date": is_partial_date}
"""The formats that a form may name; all are asserted."""


def compiled(schema: Any) -> Predicate | None:
    """Return a test for a schema of single values, None when it says more than that."""
    if isinstance(schema, bool):
        return lambda _value, answer=schema: answer  # type: ignore[misc]
    tests: list[Predicate] = []
    for keyword, limit in schema.items():
        if keyword in _SAYS_NOTHING or keyword.startswith("x-"):
            continue
        made = _MAKERS[keyword](limit, schema) if keyword in _MAKERS else None
        if made is None:
            return None
        tests.append(made)
    return _all(tests)


def _all(tests: Sequence[Predicate]) -> Predicate:
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def is_number(value: JsonValue) -> bool:
    """Tell whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Predicate] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "integer": lambda value: is_number(value) and (not isinstance(value, float) or value.is_integer()),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def _type(wanted: Any, _schema: Any) -> Predicate | None:
    names = [wanted] if isinstance(wanted, str) else wanted
    tests = [_TYPES[name] for name in names]
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _const(wanted: Any, _schema: Any) -> Predicate | None:
    return lambda value: same(value, wanted)


def _enum(wanted: Any, _schema: Any) -> Predicate | None:
    return lambda value: any(same(value, each) for each in wanted)


def _text(test: Callable[[str], bool]) -> Predicate:
    return lambda value: not isinstance(value, str) or test(value)


def _number(test: Callable[[float], bool]) -> Predicate:
    return lambda value: not is_number(value) or test(value)  # type: ignore[arg-type]


def _pattern(pattern: Any, schema: Any) -> Predicate | None:
    found = matcher(pattern, schema.get("maxLength"))
    return _text(found) if found else None


def matcher(pattern: str, max_length: int | None) -> Callable[[str], bool] | None:
    """Return a test by pattern, None for a pattern that could be slow; texts beyond its bound fail."""
    safe = safe_pattern(pattern, max_length)
    if safe is None:
        return None
    longest, search = max(max_length or 0, 300), safe.search
    return lambda text: len(text) <= longest and search(text) is not None


def _format(name: Any, _schema: Any) -> Predicate | None:
    return _text(FORMATS[name]) if name in FORMATS else None


def _several(parts: Any) -> list[Predicate] | None:
    tests = [compiled(part) for part in parts]
    found = [test for test in tests if test is not None]
    return found if len(found) == len(tests) else None


def _all_of(parts: Any, _schema: Any) -> Predicate | None:
    tests = _several(parts)
    return None if tests is None else _all(tests)


def _any_of(parts: Any, _schema: Any) -> Predicate | None:
    tests = _several(parts)
    return None if tests is None else lambda value: any(test(value) for test in tests)


def _one_of(parts: Any, _schema: Any) -> Predicate | None:
    tests = _several(parts)
    return None if tests is None else lambda value: sum(test(value) for test in tests) == 1


def _not(part: Any, _schema: Any) -> Predicate | None:
    test = compiled(part)
    return None if test is None else lambda value: not test(value)


_MAKERS: Mapping[str, Callable[[Any, Any], Predicate | None]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "minLength": lambda limit, _: _text(lambda text: len(text) >= limit),
    "maxLength": lambda limit, _: _text(lambda text: len(text) <= limit),
    "pattern": _pattern,
    "format": _format,
    "minimum": lambda limit, _: _number(lambda number: number >= limit),
    "maximum": lambda limit, _: _number(lambda number: number <= limit),
    "exclusiveMinimum": lambda limit, _: _number(lambda number: number > limit),
    "exclusiveMaximum": lambda limit, _: _number(lambda number: number < limit),
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}
