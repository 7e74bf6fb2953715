"""Says what is wrong with answers that may be submitted, each at its field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jsonschema.exceptions import ValidationError

from van_station.rules.citizen_card import check_id_number
from van_station.rules.conditions import bound
from van_station.rules.findings import Finding, Severity, errors_in
from van_station.rules.form_layout import item_pattern
from van_station.rules.form_lunar import FIRST_YEAR, LAST_YEAR
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, FieldProblem
from van_station.rules.form_options import OptionLists
from van_station.rules.form_partial_dates import read_partial_date, stored_partial_date
from van_station.rules.form_schema import CompiledSchema
from van_station.rules.form_specs import CrossCheck, Loaded
from van_station.rules.json_values import JsonValue, Pointer, dig, get, join, split
from van_station.rules.people import check_phone
from van_station.rules.text import is_name

Shown = FieldNode | ArrayNode

_CODES = {
    "type": "form.wrong_type",
    "pattern": "form.wrong_shape",
    "minLength": "form.too_short",
    "maxLength": "form.too_long",
    "minimum": "form.too_small",
    "maximum": "form.too_big",
    "exclusiveMinimum": "form.too_small",
    "exclusiveMaximum": "form.too_big",
    "multipleOf": "form.wrong_step",
    "enum": "form.not_a_choice",
    "oneOf": "form.not_a_choice",
    "const": "form.must_agree",
    "format": "form.not_a_date",
    "minItems": "form.too_few_items",
    "maxItems": "form.too_many_items",
    "uniqueItems": "form.items_alike",
    "contains": "form.item_missing",
    "required": "form.required",
}
_WITH_LIMIT = frozenset(
    {
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "maxItems",
    }
)
# Their own checks say more than a pattern can.
_HINTED = frozenset({"id_number", "phone", "name"})
_DATES = frozenset({FieldKind.DATE, FieldKind.PARTIAL_DATE})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked.

    Attributes:
        given: answers of visible fields.
        whole: the same, with the objects above every visible field.
        shown: visible fields and repeated groups, in order.
        today: for dates that may not lie in the future; None leaves that out.
        lists: what codes of `x-options` must be in; None leaves that out.
    """

    given: Mapping[str, JsonValue] = field(repr=False)
    whole: Mapping[str, JsonValue] = field(repr=False)
    shown: Sequence[Shown] = field(repr=False)
    today: date | None = None
    lists: OptionLists | None = None


def problems(schema: CompiledSchema, loaded: Loaded, subject: Subject) -> list[FieldProblem]:
    """Return errors and warnings, at most one problem a field, in the order of the form."""
    found: dict[Pointer, FieldProblem] = {}
    for node in subject.shown:
        if isinstance(node, FieldNode) and (problem := _special(node, loaded, subject)):
            found[node.pointer] = problem
    order = {node.pointer: at for at, node in enumerate(subject.shown)}
    for error in schema.errors(subject.whole):
        for problem in _located(error, order, loaded, subject.whole):
            found.setdefault(problem.pointer, problem)
    crossed = [each for check in loaded.checks for each in _crossed(check, subject)]
    for problem in sorted(crossed, key=lambda each: each.severity is not Severity.ERROR):
        found.setdefault(problem.pointer, problem)
    return [found[node.pointer] for node in subject.shown if node.pointer in found]


# ---------------------------------------------------------------- the schema
def _located(
    error: ValidationError, order: Mapping[Pointer, int], loaded: Loaded, whole: Mapping[str, JsonValue]
) -> Iterator[FieldProblem]:
    """Yield the problems of one error where a person can mend them; hidden fields are never wrong."""
    for problem in _from_error(error):
        if problem.pointer in order:
            yield problem
        elif not _is_element(problem.pointer, loaded, whole):
            yield from _about_several(error, problem.pointer, order, loaded, whole)


def _from_error(error: ValidationError) -> list[FieldProblem]:
    path = list(error.absolute_path)
    keyword = str(error.validator)
    limit: Any = error.validator_value
    if keyword == "required" and isinstance(error.instance, Mapping):
        missing = [name for name in limit if name not in error.instance]
        return [FieldProblem(join([*path, name]), "form.required") for name in missing]
    args = (("limit", limit),) if keyword in _WITH_LIMIT and isinstance(limit, int) else ()
    return [FieldProblem(join(path), _CODES.get(keyword, "form.invalid"), args)]


def _is_element(pointer: Pointer, loaded: Loaded, whole: Mapping[str, JsonValue]) -> bool:
    """Tell whether a field or a repeated group of the form lies there, or one above it."""
    pattern, _ = item_pattern(split(pointer), dict(whole))
    return any(
        pattern[:length] in loaded.fields or (pattern[:length] in loaded.arrays and length == len(pattern))
        for length in range(1, len(pattern) + 1)
    )


def _about_several(
    error: ValidationError,
    pointer: Pointer,
    order: Mapping[Pointer, int],
    loaded: Loaded,
    whole: Mapping[str, JsonValue],
) -> Iterator[FieldProblem]:
    """Yield the problem of a rule about a whole group at the first visible field that it is about."""
    inner = [problem for each in error.context or () for problem in _from_error(each)]
    visible = sorted((each for each in inner if each.pointer in order), key=lambda each: order[each.pointer])
    if visible:
        missing = all(each.code == "form.required" for each in inner)
        yield FieldProblem(visible[0].pointer, "form.one_of_needed" if missing else "form.invalid")
    elif not any(_is_element(each.pointer, loaded, whole) for each in inner):
        below = (each for each in order if each.startswith(f"{pointer}/"))
        if (first := next(below, None)) is not None:
            yield FieldProblem(first, "form.invalid")


def required_now(schema: CompiledSchema, whole: JsonValue) -> frozenset[Pointer]:
    """Return what these answers make necessary through if/then/else, allOf and dependentRequired."""
    return frozenset(join(path) for path in _required(schema, schema.schema, whole, ()))


def _required(
    schema: CompiledSchema, part: Any, value: JsonValue, path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    if not isinstance(part, Mapping) or not schema.has_conditions:
        return
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _required(schema, part.get("items"), item, (*path, str(at)))
    elif isinstance(value, dict):
        yield from ((*path, name) for name in part.get("required", ()))
        for name, needed in part.get("dependentRequired", {}).items():
            yield from ((*path, each) for each in needed if name in value)
        for each in _applied(schema, part, value):
            yield from _required(schema, each, value, path)
        for name in value.keys() & part.get("properties", {}).keys():
            yield from _required(schema, part["properties"][name], value[name], (*path, name))


def _applied(schema: CompiledSchema, part: Mapping[str, Any], value: JsonValue) -> Iterator[Any]:
    yield from part.get("allOf", ())
    if "$ref" in part:
        yield schema.target(part["$ref"])
    if "if" in part:
        yield part.get("then" if schema.part_is_valid(part["if"], value) else "else", True)


# ---------------------------------------------------------------- what a schema can't say
def _special(node: FieldNode, loaded: Loaded, subject: Subject) -> FieldProblem | None:
    value = get(dict(subject.given), node.pointer)
    if node.kind is FieldKind.ATTACHMENT:
        missing = node.required and value is not True
        return FieldProblem(node.pointer, "form.paper_missing") if missing else None
    if not isinstance(value, str):
        return None
    if node.kind in _DATES:
        return _date_problem(node, value, loaded, subject)
    if node.list_name and subject.lists is not None:
        offered = subject.lists.get(node.list_name)
        return (
            None
            if offered is not None and value in offered
            else FieldProblem(node.pointer, "form.not_in_list")
        )
    if node.hint in _HINTED:
        finding = next(iter(errors_in(_hinted(node.hint, value))), None)
        return FieldProblem(node.pointer, finding.code, tuple(finding.args.items())) if finding else None
    return None


def _date_problem(node: FieldNode, value: str, loaded: Loaded, subject: Subject) -> FieldProblem | None:
    stored = stored_partial_date(value)
    if stored is None or (node.kind is FieldKind.DATE and not stored.exact):
        reading = read_partial_date(value)
        code = reading.fault or "form.day_needed"
        code = "form.not_a_date" if code == "form.date_unreadable" else code
        args = (("limit", reading.limit),) if reading.limit is not None else ()
        return FieldProblem(node.pointer, code, args)
    if not FIRST_YEAR <= stored.year <= LAST_YEAR:
        return FieldProblem(node.pointer, "form.year_out_of_range")
    pattern, _ = item_pattern(split(node.pointer), dict(subject.given))
    spec = loaded.fields[pattern]
    if spec.not_after_today and subject.today is not None and stored.earliest > subject.today:
        return FieldProblem(node.pointer, "form.date_in_future")
    return None


def _hinted(hint: str, value: str) -> tuple[Finding, ...]:
    if hint == "id_number":
        return check_id_number(value)
    if hint == "phone":
        return check_phone(value).findings
    return () if is_name(value) else (Finding("form.not_a_name", Severity.ERROR),)


def _crossed(check: CrossCheck, subject: Subject) -> Iterator[FieldProblem]:
    """Yield the problem of a cross-field check at each place where it fails.

    A check is silent while an answer that it compares is not given, or its place is hidden.
    """
    answers = dict(subject.given)
    for node in subject.shown:
        path = split(node.pointer)
        if path[-1] != check.at[-1]:
            continue
        pattern, item = item_pattern(path, answers)
        if pattern != check.at or (check.when is not None and not check.when.holds(answers, item)):
            continue
        if any(dig(answers, bound(each, item)) is None for each in check.condition.compared()):
            continue
        if not check.condition.holds(answers, item):
            yield FieldProblem(
                node.pointer, "form.check_failed", severity=check.severity, message=check.message
            )
