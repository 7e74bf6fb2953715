from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from van_station.rules.citizen_card import check_id_number
from van_station.rules.findings import Finding, Severity, errors_in
from van_station.rules.form_loading import ANY, Loaded, Path
from van_station.rules.form_nodes import ArrayNode, FieldNode, FieldProblem
from van_station.rules.json_values import JsonValue, Pointer, get, join, split
from van_station.rules.people import check_phone
from van_station.rules.text import is_name

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _iso_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


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


class Checker:
    """Applies the schema, and what a schema can't say, to answers that may be submitted."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._validator = Draft202012Validator(schema, format_checker=_FORMATS)

    def defaults(self) -> Iterator[tuple[Path, JsonValue]]:
        """Yield the `default` of each property outside repeated groups."""
        yield from _defaults(self._schema, (), self._schema.get("$defs", {}), 0)

    def problems(
        self,
        whole: Mapping[str, JsonValue],
        shown: Sequence[FieldNode | ArrayNode],
        loaded: Loaded,
        today: date | None,
    ) -> list[FieldProblem]:
        """Return one problem a field at most, in the order of `shown`."""
        found: dict[Pointer, FieldProblem] = {}
        for node in shown:
            if isinstance(node, FieldNode) and (problem := _special(node, whole, loaded, today)):
                found[node.pointer] = problem
        for error in self._validator.iter_errors(dict(whole)):
            for problem in _from_error(error):
                found.setdefault(problem.pointer, problem)
        return [found[node.pointer] for node in shown if node.pointer in found]


def _from_error(error: ValidationError) -> Iterable[FieldProblem]:
    path = list(error.absolute_path)
    keyword = str(error.validator)
    limit: Any = error.validator_value
    if keyword == "required" and isinstance(error.instance, Mapping):
        missing = [name for name in limit if name not in error.instance]
        return [FieldProblem(join([*path, name]), "form.required") for name in missing]
    args = (("limit", limit),) if keyword in _WITH_LIMIT and isinstance(limit, int) else ()
    return [FieldProblem(join(path), _CODES.get(keyword, "form.invalid"), args)]


def _special(
    node: FieldNode, whole: Mapping[str, JsonValue], loaded: Loaded, today: date | None
) -> FieldProblem | None:
    value = get(dict(whole), node.pointer)
    if not isinstance(value, str):
        return None
    spec = loaded.fields[tuple(ANY if part.isdecimal() else part for part in split(node.pointer))]
    if node.hint in _HINTED:
        finding = next(iter(errors_in(_hinted(node.hint, value))), None)
        return FieldProblem(node.pointer, finding.code, tuple(finding.args.items())) if finding else None
    if spec.not_after_today and today is not None and value > today.isoformat() and _is_iso(value):
        return FieldProblem(node.pointer, "form.date_in_future")
    return None


def _hinted(hint: str, value: str) -> tuple[Finding, ...]:
    if hint == "id_number":
        return check_id_number(value)
    if hint == "phone":
        return check_phone(value).findings
    return () if is_name(value) else (Finding("form.not_a_name", Severity.ERROR),)


def _is_iso(value: str) -> bool:
    try:
        return _iso_date(value)
    except ValueError:
        return False


def _defaults(
    schema: Mapping[str, Any], path: Path, definitions: Mapping[str, Any], depth: int
) -> Iterator[tuple[Path, JsonValue]]:
    if depth > 8:
        return
    if "$ref" in schema:
        target = definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"), {})
        yield from _defaults(target, path, definitions, depth + 1)
    if "default" in schema:
        yield path, schema["default"]
    for name, inner in schema.get("properties", {}).items():
        yield from _defaults(inner, (*path, name), definitions, depth + 1)
