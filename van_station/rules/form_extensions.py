"""Reads what a form's schema says beyond the standard: `x-calculate` and `x-checks`."""

from collections.abc import Mapping
from typing import Any

from van_station.rules.catalogue import Label
from van_station.rules.conditions import ANY, Condition, load_condition
from van_station.rules.findings import Severity
from van_station.rules.form_schema import refuse
from van_station.rules.form_specs import Calculation, CrossCheck, FieldSpec, Operation, Path
from van_station.rules.json_values import split

MAX_SOURCES = 20
MAX_CHECKS = 100
_RESULTS = {
    Operation.CONCAT: ("string",),
    Operation.SUM: ("integer", "number"),
    Operation.COUNT: ("integer", "number"),
    Operation.AGE_YEARS: ("integer", "number"),
    Operation.DATE_IN_WORDS: ("string",),
    Operation.NUMBER_IN_WORDS: ("string",),
}
_ONE = frozenset({Operation.COPY, Operation.DATE_IN_WORDS, Operation.NUMBER_IN_WORDS})


def schema_at(root: Mapping[str, Any], path: Path) -> Mapping[str, Any] | None:
    """Return the schema of the answer at a path (`*` for items), None when the form has none."""
    found: Any = root
    for part in path:
        found = found.get("items") if part == ANY else found.get("properties", {}).get(part)
        if not isinstance(found, Mapping):
            return None
    return found if isinstance(found, Mapping) else None


def calculation(
    root: Mapping[str, Any], schema: Mapping[str, Any], full: Path, place: str
) -> Calculation | None:
    """Return what `x-calculate` says, None when the field is typed."""
    data = schema.get("x-calculate")
    if data is None:
        return None
    if not isinstance(data, Mapping) or not set(data) <= {"op", "of", "separator"}:
        refuse(place, "ui")
    pointers, separator = data.get("of"), data.get("separator", " ")
    if data.get("op") not in list(Operation) or not isinstance(separator, str) or len(separator) > 20:
        refuse(place, "ui")
    operation = Operation(data["op"])
    if not isinstance(pointers, list) or not 1 <= len(pointers) <= MAX_SOURCES:
        refuse(place, "ui")
    most = {Operation.AGE_YEARS: 2}.get(operation, 1 if operation in _ONE else MAX_SOURCES)
    paths = tuple(tuple(split(pointer)) for pointer in pointers if isinstance(pointer, str))
    if len(paths) != len(pointers) or len(paths) > most:
        refuse(place, "ui")
    if any(not path or schema_at(root, path) is None for path in paths) or schema.get(
        "type"
    ) not in _RESULTS.get(operation, (schema.get("type"),)):
        refuse(place, "ui")
    if operation in _ONE | {Operation.AGE_YEARS} and any(ANY in unbound(path, full) for path in paths):
        refuse(place, "ui")
    return Calculation(operation, paths, separator)


def unbound(path: Path, full: Path) -> Path:
    """Return what of a path lies beyond the items that it shares with `full`."""
    shared = 0
    for at, part in enumerate(path):
        if path[: at + 1] == full[: at + 1] and part == ANY:
            shared = at + 1
    return path[shared:]


def cross_checks(root: Mapping[str, Any], fields: Mapping[Path, FieldSpec]) -> tuple[CrossCheck, ...]:
    """Return what `x-checks` at the schema's root says.

    Pointers and scopes are from the root; `*` (in a scope: `items`) is the item in which `at` lies.
    """
    data = root.get("x-checks", [])
    if not isinstance(data, list) or len(data) > MAX_CHECKS:
        refuse("/x-checks")
    return tuple(_cross_check(each, root, fields, f"/x-checks/{at}") for at, each in enumerate(data))


def _cross_check(
    data: Any, root: Mapping[str, Any], fields: Mapping[Path, FieldSpec], place: str
) -> CrossCheck:
    if not isinstance(data, Mapping) or not set(data) <= {"at", "condition", "when", "message", "severity"}:
        refuse(place)
    at = tuple(split(str(data.get("at"))))
    if at not in fields:
        refuse(f"{place}/at")
    message = data.get("message")
    if not isinstance(message, Mapping) or not all(isinstance(message.get(key), str) for key in ("vi", "en")):
        refuse(f"{place}/message")
    if data.get("severity", "error") not in list(Severity):
        refuse(f"{place}/severity")
    condition = _condition(data.get("condition"), root, at, f"{place}/condition")
    when = _condition(data["when"], root, at, f"{place}/when") if data.get("when") is not None else None
    label = Label(message["vi"], message["en"])
    return CrossCheck(at, condition, when, label, Severity(data.get("severity", "error")))


def _condition(data: Any, root: Mapping[str, Any], at: Path, place: str) -> Condition:
    try:
        condition = load_condition(data)
    except (ValueError, TypeError):
        refuse(place)
    for path in condition.paths():
        if schema_at(root, path) is None or ANY in unbound(path, at):
            refuse(place)
    return condition
