"""The part of JSON Schema 2020-12 that forms may use, and the validator that applies it.

`CLAIMED` lists the keywords; the official suite's cases for them run in `tests/rules/test_form_suite.py`. A
schema that says anything else is refused, because a rule that is not applied is worse than none.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import SchemaError, ValidationError

from van_station.rules.errors import FormRefused
from van_station.rules.form_predicates import FORMATS, Predicate, compiled, matcher
from van_station.rules.json_values import is_index, join, split

_SCHEMA_MAPS = frozenset({"properties", "$defs"})
_SCHEMA_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
_SCHEMAS = frozenset({"items", "additionalProperties", "contains", "not", "if", "then", "else"})
_SAME_VALUE = _SCHEMA_LISTS | {"not", "if", "then", "else"}
CLAIMED = frozenset(
    {"type", "const", "enum", "required", "dependentRequired", "minItems", "maxItems", "uniqueItems"}
    | {"minContains", "maxContains", "minProperties", "maxProperties", "minLength", "maxLength", "pattern"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format", "$ref"}
    | _SCHEMA_MAPS
    | _SCHEMA_LISTS
    | _SCHEMAS
)
"""Keywords that decide what is right."""
ANNOTATIONS = frozenset({"title", "description", "default", "examples", "$comment", "$schema", "$id"})
"""Keywords that are understood and decide nothing; `$schema` and `$id` at the root only."""
EXTENSIONS = frozenset(
    {"x-title-en", "x-hint", "x-not-after-today", "x-prefill", "x-options", "x-calculate", "x-checks"}
    | {"x-attachment", "x-source", "x-confidence", "x-note"}
)
"""Our own keywords; they are described in `docs/formats/form.md`."""
_TEXTS = frozenset({"x-title-en", "x-hint", "x-prefill", "x-options", "x-attachment"})
"""Of these only a text means anything; `title` and `description` are texts by the metaschema."""
_KNOWN = CLAIMED | ANNOTATIONS | EXTENSIONS
_CONDITIONAL = frozenset({"if", "allOf", "dependentRequired"})
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_SCHEMA_DEPTH = 40


class CompiledSchema:
    """A schema that was found fit, ready to be applied again and again."""

    def __init__(self, schema: Mapping[str, Any] | bool) -> None:  # noqa: FBT001 - a JSON Schema may be a truth value
        """Refuse what is not claimed.

        Raises:
            FormRefused: with `details["place"]`, a JSON pointer into the schema.
        """
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as fault:
            refuse(join([str(part) for part in fault.absolute_path]))
        except (RecursionError, OverflowError, ValueError, TypeError):  # a pattern that Python gives up on
            refuse("")
        self._parts: dict[int, Any] = {}
        self._references: list[tuple[str, str]] = []
        self._plain: dict[int, dict[str, Predicate]] = {}
        self._choices: dict[int, list[Predicate]] = {}
        self._matchers: dict[tuple[str, int | None], Any] = {}
        self.schema = schema
        self.has_conditions = False
        """Whether anything can make an answer necessary besides `required` of an object."""
        self._read(schema, "", 0)
        for here, reference in self._references:
            target = _target(schema, reference)
            if not isinstance(target, bool) and id(target) not in self._parts:
                refuse(here)  # what was never read as a schema may say anything
        _refuse_endless(schema)
        self._validator = _validator_class(self._plain, self._choices, self._matchers)(schema)

    def errors(self, instance: Any) -> Iterator[ValidationError]:
        """Yield what is wrong with a JSON value."""
        yield from self._validator.iter_errors(instance)

    def is_valid(self, instance: Any) -> bool:
        """Tell whether a JSON value is right."""
        return next(iter(self.errors(instance)), None) is None

    def part_is_valid(self, part: Any, instance: Any) -> bool:
        """Tell whether a value satisfies a part of this schema, for example what stands under `if`."""
        return next(iter(self._validator.evolve(schema=part).iter_errors(instance)), None) is None

    def target(self, reference: str) -> Any:
        """Return the part of this schema that a local reference names."""
        return _target(self.schema, reference)

    def _read(self, schema: Any, place: str, depth: int) -> None:
        if isinstance(schema, bool):
            return
        if depth > MAX_SCHEMA_DEPTH:
            refuse(place)
        self._parts[id(schema)] = schema
        for keyword, value in schema.items():
            here = f"{place}{join([keyword])}"
            self._check_keyword(keyword, value, schema, here)
        for below, inner in _inner(schema):
            self._read(inner, place + below, depth + 1)
        if "oneOf" in schema:
            choices = [test for each in schema["oneOf"] if (test := compiled(each))]
            if len(choices) == len(schema["oneOf"]):
                self._choices[id(schema["oneOf"])] = choices
        if "properties" in schema:
            properties = schema["properties"]
            tests = {name: test for name, inner in properties.items() if (test := compiled(inner))}
            self._plain[id(properties)] = tests

    def _check_keyword(self, keyword: str, value: Any, schema: Mapping[str, Any], here: str) -> None:
        if keyword not in _KNOWN:
            refuse(here)
        self.has_conditions |= keyword in _CONDITIONAL
        if keyword in {"$schema", "$id"} and here != join([keyword]):
            refuse(here)
        if not _is_of_its_kind(keyword, value):
            refuse(here)
        if keyword == "$schema" and value.removesuffix("#") != DIALECT:
            refuse(here)
        if keyword == "format" and value not in FORMATS:
            refuse(here)
        if keyword == "$ref":
            if not value.startswith("#") or _target(self.schema, value) is None:
                refuse(here)
            self._references.append((here, value))
        if keyword == "pattern":
            limit = int(schema["maxLength"]) if "maxLength" in schema else None
            found = matcher(value, limit)
            if found is None:
                refuse(here)
            self._matchers[value, limit] = found


def refuse(place: str, part: str = "schema") -> NoReturn:
    """Raise FormRefused with the place of the fault; `part` says in which file, `schema` or `ui`."""
    raise FormRefused(f"fault in {part} at {place or '/'}", place=place or "/", part=part)


def _is_of_its_kind(keyword: str, value: Any) -> bool:
    """Tell whether what the metaschema says nothing about has a value that means something."""
    if keyword == "$id":
        return _is_name(value)
    if keyword == "x-not-after-today":
        return isinstance(value, bool)
    return keyword not in _TEXTS or isinstance(value, str)


def _is_name(text: str) -> bool:
    """Tell whether an `$id` may stand as a base for references."""
    try:
        return not urlsplit(text).fragment and len(text) <= 200
    except ValueError:
        return False


def _target(root: Any, reference: str) -> Any:
    """Return what a local reference (`#`, `#/$defs/name`) names, None when there is nothing."""
    if reference in {"#", ""}:
        return root
    if not reference.startswith("#/"):
        return None
    found: Any = root
    for part in split(unquote(reference.removeprefix("#"))):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and is_index(part) and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found if isinstance(found, Mapping | bool) else None


def _inner(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every schema directly within a schema, with its place."""
    for keyword, value in schema.items():
        if keyword in _SCHEMA_MAPS:
            yield from ((join([keyword, name]), inner) for name, inner in value.items())
        elif keyword in _SCHEMA_LISTS:
            yield from ((f"/{keyword}/{at}", inner) for at, inner in enumerate(value))
        elif keyword in _SCHEMAS:
            yield f"/{keyword}", value


def _in_place(root: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the schemas that a schema applies to the same value."""
    if "$ref" in schema:
        yield "/$ref", _target(root, schema["$ref"])
    for place, inner in _inner(schema):
        if place.split("/")[1] in _SAME_VALUE:
            yield place, inner


def _refuse_endless(root: Any) -> None:
    """Refuse references that lead back to themselves without going into the value."""
    done: set[int] = set()

    def follow(schema: Any, open_: tuple[int, ...], place: str) -> None:
        if isinstance(schema, bool) or id(schema) in done:
            return
        if id(schema) in open_:
            refuse(place)
        for below, inner in _in_place(root, schema):
            follow(inner, (*open_, id(schema)), place + below)
        done.add(id(schema))

    def visit(schema: Any, place: str) -> None:
        if not isinstance(schema, bool):
            follow(schema, (), place)
            for below, inner in _inner(schema):
                visit(inner, place + below)

    visit(root, "")


def _required(_validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, dict) and any(name not in instance for name in value):
        yield ValidationError("required")


def _dependent(_validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    for name, needed in value.items():
        if isinstance(instance, dict) and name in instance and any(each not in instance for each in needed):
            yield ValidationError("required", validator="required", validator_value=needed)


def _format(_validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not FORMATS[value](instance):
        yield ValidationError("format")


def _validator_class(
    plain: Mapping[int, Mapping[str, Predicate]],
    choices: Mapping[int, Sequence[Predicate]],
    matchers: Mapping[tuple[str, int | None], Any],
) -> Any:
    """Return jsonschema's validator with keywords of our own making.

    `properties` first asks the plain test of a single value, and jsonschema only where that says no; so does
    `oneOf`, where jsonschema would give a reason for each choice that was not made;
    `required` and `dependentRequired` report once, whatever the number of missing names; `pattern` and
    `format` are bounded.
    """

    def properties(validator: Any, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, dict):
            return
        tests = plain.get(id(value), {})
        for name, inner in value.items():
            if name in instance and not (name in tests and tests[name](instance[name])):
                yield from validator.descend(instance[name], inner, path=name, schema_path=name)

    def one_of(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if id(value) not in choices:
            yield from Draft202012Validator.VALIDATORS["oneOf"](validator, value, instance, schema)
        elif sum(test(instance) for test in choices[id(value)]) != 1:
            yield ValidationError("oneOf")

    def pattern(_validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not matchers[value, schema.get("maxLength")](instance):
            yield ValidationError("pattern")

    own = {
        "properties": properties,
        "oneOf": one_of,
        "required": _required,
        "dependentRequired": _dependent,
        "pattern": pattern,
        "format": _format,
    }
    extend: Any = validators.extend
    return extend(Draft202012Validator, own)
