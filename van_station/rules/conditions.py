"""Conditions on answers, as JSON Forms writes them: a scope and a schema that its value must satisfy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from van_station.rules.json_values import MAX_DEPTH, JsonValue, Pointer, get, pointer_of_scope

_KEYWORDS = frozenset({"const", "enum", "not", "allOf", "anyOf", "type", "minimum", "maximum", "minLength"})
MAX_PARTS = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that answers satisfy or not. An answer not given counts as null."""

    pointer: Pointer
    validator: Draft202012Validator | None
    parts: tuple["Condition", ...] = ()
    any_of: bool = False

    def holds(self, answers: JsonValue) -> bool:
        """Tell whether the answers satisfy it; pointers are relative to `answers`."""
        if self.validator is not None:
            return bool(self.validator.is_valid(get(answers, self.pointer)))
        results = (part.holds(answers) for part in self.parts)
        return any(results) if self.any_of else all(results)

    def pointers(self) -> frozenset[Pointer]:
        """Return every answer it looks at."""
        if self.validator is not None:
            return frozenset({self.pointer})
        return frozenset(pointer for part in self.parts for pointer in part.pointers())


def load_condition(data: object, *, depth: int = 0) -> Condition:
    """Build a condition from `{"scope", "schema"}` or `{"type": "AND" | "OR", "conditions": [...]}`.

    The schema may use const, enum, not, allOf, anyOf, type, minimum, maximum and minLength: no references
    and no patterns, so that none can be made slow.

    Raises:
        ValueError: anything else; the text names what is wrong, for the person who wrote the data.
    """
    if not isinstance(data, Mapping) or depth > MAX_DEPTH:
        raise ValueError("condition")
    if "conditions" in data:
        parts = data["conditions"]
        if data.get("type") not in {"AND", "OR"} or not isinstance(parts, list):
            raise ValueError("condition.type")
        if not 1 <= len(parts) <= MAX_PARTS:
            raise ValueError("condition.conditions")
        loaded = tuple(load_condition(part, depth=depth + 1) for part in parts)
        return Condition("", None, loaded, any_of=data["type"] == "OR")
    schema = _checked(data.get("schema"), 0)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        raise ValueError("condition.schema") from fault
    return Condition(pointer_of_scope(str(data.get("scope"))), Draft202012Validator(schema))


def _checked(schema: object, depth: int) -> Mapping[str, Any]:
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH or not set(schema) <= _KEYWORDS:
        raise ValueError("condition.schema")
    inner = [
        *schema.get("allOf", []),
        *schema.get("anyOf", []),
        *([schema["not"]] if "not" in schema else []),
    ]
    for part in inner:
        _checked(part, depth + 1)
    return schema
