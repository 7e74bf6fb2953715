"""Reads a form's JSON Schema and UI schema into a tree that can be laid out again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from van_station.rules.catalogue import Label
from van_station.rules.conditions import Condition, load_condition
from van_station.rules.errors import FormRefused
from van_station.rules.form_nodes import FieldKind, Option
from van_station.rules.json_values import MAX_DEPTH, JsonValue, join, pointer_of_scope, split

MAX_ITEMS = 50
MAX_TEXT = 2000
MAX_ELEMENTS = 400
ANY = "*"
"""Stands for an item's number in the keys of `Loaded.fields` and `Loaded.arrays`."""

Path = tuple[str, ...]


class Effect(StrEnum):
    """What a rule does when its condition holds, as in JSON Forms."""

    SHOW = "SHOW"
    HIDE = "HIDE"
    ENABLE = "ENABLE"
    DISABLE = "DISABLE"


@dataclass(frozen=True, slots=True)
class UiRule:
    """A JSON Forms rule. Inside a repeated group its scope is relative to the item."""

    effect: Effect
    condition: Condition

    def visible(self, answers: JsonValue) -> bool:
        """Tell whether the element shows."""
        if self.effect is Effect.SHOW:
            return self.condition.holds(answers)
        return self.effect is not Effect.HIDE or not self.condition.holds(answers)

    def enabled(self, answers: JsonValue) -> bool:
        """Tell whether the element can be changed."""
        if self.effect is Effect.ENABLE:
            return self.condition.holds(answers)
        return self.effect is not Effect.DISABLE or not self.condition.holds(answers)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A control of the layout with what its schema says. `path` is relative to the item, if in a group."""

    path: Path
    label: Label
    kind: FieldKind
    required: bool
    rule: UiRule | None
    options: tuple[Option, ...]
    help: Label | None
    max_length: int | None
    hint: str
    prefill: str
    not_after_today: bool


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """A repeated group."""

    path: Path
    label: Label
    item_label: Label
    required: bool
    rule: UiRule | None
    help: Label | None
    least: int
    most: int
    children: tuple["Spec", ...]


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A box or a plain stack (`label` None)."""

    label: Label | None
    rule: UiRule | None
    children: tuple["Spec", ...]


Spec = FieldSpec | ArraySpec | GroupSpec


@dataclass(frozen=True, slots=True)
class Loaded:
    """The tree, with every field and repeated group under its path (item numbers as `*`)."""

    roots: tuple[Spec, ...]
    schema: Mapping[str, Any]
    fields: Mapping[Path, FieldSpec] = field(default_factory=dict)
    arrays: Mapping[Path, ArraySpec] = field(default_factory=dict)


def load(schema: Mapping[str, Any], ui: Mapping[str, Any]) -> Loaded:
    """Read both files.

    Raises:
        FormRefused: with `details["place"]`.
    """
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        raise FormRefused(place=join([str(part) for part in fault.absolute_path]) or "/") from fault
    return _Loading(schema).run(ui)


class _Loading:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fields: dict[Path, FieldSpec] = {}
        self._arrays: dict[Path, ArraySpec] = {}
        self._count = 0

    def run(self, ui: Mapping[str, Any]) -> Loaded:
        root = self._resolved(self._schema, "/")
        if root.get("type") != "object":
            _refuse("/type")
        specs = (self._element(ui, root, (), "", 0),)
        return Loaded(specs, self._schema, self._fields, self._arrays)

    def _element(self, ui: Any, base: Mapping[str, Any], inside: Path, place: str, depth: int) -> Spec:
        self._count += 1
        if not isinstance(ui, Mapping) or depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            _refuse(place)
        if ui.get("type") == "Control":
            return self._control(ui, base, inside, place, depth)
        if ui.get("type") not in {"Group", "VerticalLayout", "HorizontalLayout"}:
            _refuse(f"{place}/type")
        elements = ui.get("elements")
        if not isinstance(elements, list):
            _refuse(f"{place}/elements")
        children = tuple(
            self._element(element, base, inside, f"{place}/elements/{at}", depth + 1)
            for at, element in enumerate(elements)
        )
        return GroupSpec(_label_or_none(ui.get("label"), place), _rule(ui, place), children)

    def _control(
        self, ui: Mapping[str, Any], base: Mapping[str, Any], inside: Path, place: str, depth: int
    ) -> FieldSpec | ArraySpec:
        try:
            path = tuple(split(pointer_of_scope(str(ui.get("scope")))))
        except ValueError:
            _refuse(f"{place}/scope")
        schema, required = self._find(base, path, f"{place}/scope")
        label = _label_or_none(ui.get("label"), place) or _schema_label(schema, f"{place}/scope")
        if schema.get("type") == "array":
            return self._array(ui, schema, path, inside, label, place, depth, required=required)
        spec = FieldSpec(
            path=path,
            label=label,
            kind=_kind(ui, schema, place),
            required=required,
            rule=_rule(ui, place),
            options=_options(schema, place),
            help=_label_or_none(ui.get("help"), place),
            max_length=schema.get("maxLength"),
            hint=str(schema.get("x-hint", "")),
            prefill=str(schema.get("x-prefill", "")),
            not_after_today=schema.get("x-not-after-today") is True,
        )
        self._once(inside + path, self._fields, spec, place)
        return spec

    def _array(
        self,
        ui: Mapping[str, Any],
        schema: Mapping[str, Any],
        path: Path,
        inside: Path,
        label: Label,
        place: str,
        depth: int,
        *,
        required: bool,
    ) -> ArraySpec:
        items = self._resolved(schema.get("items"), f"{place}/scope")
        detail = ui.get("options", {}).get("detail")
        if items.get("type") != "object" or ANY in inside:
            _refuse(f"{place}/scope")
        child = self._element(detail, items, (*inside, *path, ANY), f"{place}/options/detail", depth + 1)
        spec = ArraySpec(
            path=path,
            label=label,
            item_label=_schema_label(items, f"{place}/scope"),
            required=required,
            rule=_rule(ui, place),
            help=_label_or_none(ui.get("help"), place),
            least=int(schema.get("minItems", 0)),
            most=min(int(schema.get("maxItems", MAX_ITEMS)), MAX_ITEMS),
            children=(child,),
        )
        self._once(inside + path, self._arrays, spec, place)
        return spec

    def _once(self, path: Path, known: dict[Path, Any], spec: Spec, place: str) -> None:
        """One control a field, or a hidden one and a shown one could disagree about what is submitted."""
        if path in self._fields or path in self._arrays:
            _refuse(f"{place}/scope")
        known[path] = spec

    def _find(self, base: Mapping[str, Any], path: Path, place: str) -> tuple[Mapping[str, Any], bool]:
        required = False
        for name in path:
            properties = base.get("properties", {})
            if name not in properties:
                _refuse(place)
            required = name in base.get("required", ())
            base = self._resolved(properties[name], place)
        return base, required

    def _resolved(self, schema: Any, place: str) -> Mapping[str, Any]:
        """Return the schema with a `#/$defs/...` reference filled in; its own keywords win."""
        for _ in range(MAX_DEPTH):
            if not isinstance(schema, Mapping):
                _refuse(place)
            reference = schema.get("$ref")
            if reference is None:
                return schema
            target = self._schema.get("$defs", {}).get(str(reference).removeprefix("#/$defs/"))
            if not isinstance(target, Mapping) or not str(reference).startswith("#/$defs/"):
                _refuse(place)
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return _refuse(place)


def _refuse(place: str) -> NoReturn:
    raise FormRefused(f"fault at {place or '/'}", place=place or "/")


def _kind(ui: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> FieldKind:
    if "oneOf" in schema or "enum" in schema:
        return FieldKind.CHOICE
    by_type = {
        "boolean": FieldKind.CHECKBOX,
        "integer": FieldKind.NUMBER,
        "number": FieldKind.NUMBER,
        "string": FieldKind.TEXT,
    }
    kind = by_type.get(str(schema.get("type")))
    if kind is None:
        _refuse(f"{place}/scope")
    if kind is FieldKind.TEXT and schema.get("format") == "date":
        return FieldKind.DATE
    if kind is FieldKind.TEXT and ui.get("options", {}).get("multi") is True:
        return FieldKind.MULTILINE
    return kind


def _options(schema: Mapping[str, Any], place: str) -> tuple[Option, ...]:
    """Options are `oneOf: [{const, title, x-title-en}]`, the only form that carries labels."""
    options = schema.get("oneOf", ())
    if "enum" in schema or any("const" not in option for option in options):
        _refuse(f"{place}/scope")
    return tuple(Option(option["const"], _schema_label(option, f"{place}/scope")) for option in options)


def _schema_label(schema: Mapping[str, Any], place: str) -> Label:
    vi, en = schema.get("title"), schema.get("x-title-en")
    if not isinstance(vi, str) or not isinstance(en, str):
        _refuse(place)
    return Label(vi, en)


def _label_or_none(data: Any, place: str) -> Label | None:
    if data is None:
        return None
    if not isinstance(data, Mapping) or not all(isinstance(data.get(key), str) for key in ("vi", "en")):
        _refuse(f"{place}/label")
    return Label(data["vi"], data["en"])


def _rule(ui: Mapping[str, Any], place: str) -> UiRule | None:
    data = ui.get("rule")
    if data is None:
        return None
    try:
        return UiRule(Effect(data["effect"]), load_condition(data["condition"]))
    except (KeyError, TypeError, ValueError) as fault:
        raise FormRefused(place=f"{place}/rule") from fault
