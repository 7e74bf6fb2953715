"""Conditions on answers, as JSON Forms writes them: a scope and a schema that its value must satisfy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from van_station.rules.form_comparing import Comparison, compare
from van_station.rules.form_predicates import Predicate, compiled
from van_station.rules.json_values import MAX_DEPTH, JsonValue, Pointer, dig, join, pointer_of_scope, split

_KEYWORDS = frozenset({"const", "enum", "not", "allOf", "anyOf", "type", "minimum", "maximum", "minLength"})
MAX_PARTS = 20
ANY = "*"
"""In a path: the item that is being looked at."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that answers satisfy or not. An answer not given counts as null.

    It is one of: a test of one answer, a comparison of two, or several conditions together.
    """

    path: tuple[str, ...] = ()
    test: Predicate | None = None
    parts: tuple["Condition", ...] = ()
    any_of: bool = False
    comparison: Comparison | None = None
    other: tuple[str, ...] = ()

    def holds(self, answers: JsonValue, item: Sequence[str] = ()) -> bool:
        """Tell whether the answers satisfy it.

        Args:
            answers: what the pointers are relative to.
            item: numbers of the items that `*` stands for, outermost first.
        """
        if self.test is not None:
            return self.test(dig(answers, bound(self.path, item)))
        if self.comparison is not None:
            return compare(
                dig(answers, bound(self.path, item)), self.comparison, dig(answers, bound(self.other, item))
            )
        results = (part.holds(answers, item) for part in self.parts)
        return any(results) if self.any_of else all(results)

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield the path of every answer it looks at, with `*` for items."""
        if self.parts:
            for part in self.parts:
                yield from part.paths()
            return
        yield self.path
        if self.comparison is not None:
            yield self.other

    def compared(self) -> Iterator[tuple[str, ...]]:
        """Yield the paths of answers that are compared with each other."""
        for part in self.parts:
            yield from part.compared()
        if self.comparison is not None:
            yield self.path
            yield self.other

    def pointers(self) -> frozenset[Pointer]:
        """Return every answer it looks at."""
        return frozenset(join(path) for path in self.paths())


def bound(path: tuple[str, ...], item: Sequence[str]) -> tuple[str, ...]:
    """Return the path with each `*` replaced by an item's number, in order."""
    if ANY not in path:
        return path
    numbers = iter(item)
    return tuple(next(numbers, ANY) if part == ANY else part for part in path)


def load_condition(data: object, *, depth: int = 0) -> Condition:
    """Build a condition from its JSON.

    `{"scope", "schema"}`, `{"compare": ["/a", "<" | "<=" | "=" | "!=", "/b"]}`, or
    `{"type": "AND" | "OR", "conditions": [...]}`. The schema may use const, enum, not, allOf, anyOf, type,
    minimum, maximum and minLength: no references and no patterns, so that none can be made slow.

    Raises:
        ValueError: anything else; the text names what is wrong, for the person who wrote the data.
    """
    if not isinstance(data, Mapping) or depth > MAX_DEPTH:
        raise ValueError("condition")
    if "conditions" in data:
        parts = data["conditions"]
        if data.get("type") not in ("AND", "OR") or not isinstance(parts, list):
            raise ValueError("condition.type")
        if not 1 <= len(parts) <= MAX_PARTS:
            raise ValueError("condition.conditions")
        loaded = tuple(load_condition(part, depth=depth + 1) for part in parts)
        return Condition(parts=loaded, any_of=data["type"] == "OR")
    if "compare" in data:
        return _comparison(data["compare"])
    schema = _checked(data.get("schema"), 0)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        raise ValueError("condition.schema") from fault
    test = compiled(schema)
    if test is None:
        raise ValueError("condition.schema")
    return Condition(tuple(split(pointer_of_scope(str(data.get("scope"))))), test)


def _comparison(data: object) -> Condition:
    if not isinstance(data, list) or len(data) != 3 or not all(isinstance(part, str) for part in data):
        raise ValueError("condition.compare")
    one, word, other = data
    if not (one.startswith("/") and other.startswith("/")):
        raise ValueError("condition.compare")
    return Condition(tuple(split(one)), comparison=Comparison(word), other=tuple(split(other)))


def _checked(schema: object, depth: int) -> Mapping[str, Any]:
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH or not set(schema) <= _KEYWORDS:
        raise ValueError("condition.schema")
    if not all(isinstance(schema.get(key, []), list) for key in ("allOf", "anyOf")):
        raise ValueError("condition.schema")
    inner = [
        *schema.get("allOf", []),
        *schema.get("anyOf", []),
        *([schema["not"]] if "not" in schema else []),
    ]
    for part in inner:
        _checked(part, depth + 1)
    return schema
