"""Reads a form's JSON Schema and UI schema into a tree that can be laid out again and again."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from van_station.rules.catalogue import Label
from van_station.rules.conditions import ANY, load_condition
from van_station.rules.errors import FormRefused
from van_station.rules.form_extensions import calculation, cross_checks
from van_station.rules.form_nodes import FieldKind, GroupKind, Option
from van_station.rules.form_order import calculation_order, passes
from van_station.rules.form_references import Documents, whole_schema
from van_station.rules.form_schema import CompiledSchema, refuse
from van_station.rules.form_specs import (
    MAX_ELEMENTS,
    MAX_ITEMS,
    OPTION_LISTS,
    ArraySpec,
    Effect,
    FieldSpec,
    GroupSpec,
    Loaded,
    Path,
    Spec,
    UiRule,
)
from van_station.rules.json_values import MAX_DEPTH, JsonValue, is_bounded, pointer_of_scope, split

MAX_ARRAYS = 2
"""How deep repeated groups may stand in each other."""
HINTS = frozenset({"", "name", "id_number", "phone", "email", "tax_code", "address"})
_BOXES = {
    "VerticalLayout": GroupKind.VERTICAL,
    "HorizontalLayout": GroupKind.HORIZONTAL,
    "Group": GroupKind.GROUP,
    "Categorization": GroupKind.CATEGORIZATION,
    "Category": GroupKind.CATEGORY,
}


def load(
    schema: Mapping[str, Any],
    ui: Mapping[str, Any],
    documents: Documents | None = None,
    lists: Collection[str] = OPTION_LISTS,
) -> tuple[Loaded, CompiledSchema]:
    """Read both files.

    Raises:
        FormRefused: with `details["place"]`, and `details["part"]` `schema` or `ui`.
    """
    for value, part in (
        (schema, "schema"),
        (ui, "ui"),
        *((each, "schema") for each in (documents or {}).values()),
    ):
        if not isinstance(value, Mapping) or not is_bounded(value):
            refuse("", part)
    compiled = CompiledSchema(whole_schema(schema, documents or {}))
    return _Loading(compiled.schema, lists).run(ui), compiled


class _Loading:
    def __init__(self, schema: Any, lists: Collection[str]) -> None:
        self._schema = schema
        self._lists = lists
        self._fields: dict[Path, FieldSpec] = {}
        self._arrays: dict[Path, ArraySpec] = {}
        self._count = 0

    def run(self, ui: Mapping[str, Any]) -> Loaded:
        if self._schema.get("type") != "object":
            refuse("/type")
        roots = (self._element(ui, self._schema, (), "", 0),)
        checks = cross_checks(self._schema, self._fields)
        calculated = calculation_order(self._fields)
        return Loaded(
            roots, self._schema, self._fields, self._arrays, checks, calculated, passes(roots, calculated)
        )

    def _element(self, ui: Any, base: Mapping[str, Any], inside: Path, place: str, depth: int) -> Spec:
        self._count += 1
        if not isinstance(ui, Mapping) or depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            refuse(place, "ui")
        kind = ui.get("type")
        if not isinstance(kind, str) or not isinstance(ui.get("options", {}), Mapping):
            refuse(f"{place}/{'options' if isinstance(kind, str) else 'type'}", "ui")
        if kind == "Control":
            return self._control(ui, base, inside, place, depth)
        if kind == "Label":
            text = _label(ui.get("label", ui.get("text")), f"{place}/label")
            return GroupSpec(text, _rule(ui, place), (), GroupKind.LABEL, place)
        if kind not in _BOXES:
            refuse(f"{place}/type", "ui")
        return self._box(ui, base, inside, place, depth)

    def _box(self, ui: Mapping[str, Any], base: Any, inside: Path, place: str, depth: int) -> GroupSpec:
        kind, elements = _BOXES[ui["type"]], ui.get("elements")
        if not isinstance(elements, list):
            refuse(f"{place}/elements", "ui")
        if kind is GroupKind.CATEGORIZATION and (inside or not elements):
            refuse(f"{place}/type", "ui")
        children = tuple(
            self._element(element, base, inside, f"{place}/elements/{at}", depth + 1)
            for at, element in enumerate(elements)
        )
        for at, child in enumerate(children):
            page = isinstance(child, GroupSpec) and child.kind is GroupKind.CATEGORY
            if page is not (kind is GroupKind.CATEGORIZATION):
                refuse(f"{place}/elements/{at}/type", "ui")
        label = _label_or_none(ui.get("label"), place)
        if kind is GroupKind.CATEGORY and label is None:
            refuse(f"{place}/label", "ui")
        help_ = _label_or_none(ui.get("help"), place)
        return GroupSpec(label, _rule(ui, place), children, kind, place, help_)

    def _control(
        self, ui: Mapping[str, Any], base: Mapping[str, Any], inside: Path, place: str, depth: int
    ) -> FieldSpec | ArraySpec:
        try:
            scope = ui.get("scope")
            path = tuple(split(pointer_of_scope(scope if isinstance(scope, str) else "")))
        except ValueError:
            refuse(f"{place}/scope", "ui")
        schema, required = self._find(base, path, f"{place}/scope")
        label = _label_or_none(ui.get("label"), place) or _schema_label(schema, f"{place}/scope")
        if inside + path in self._fields or inside + path in self._arrays:
            # One control a field, or a hidden one and a shown one could disagree about what is submitted.
            refuse(f"{place}/scope", "ui")
        if schema.get("type") == "array":
            array = self._array(ui, schema, inside + path, place, depth)
            array = replace(array, path=path, label=label, required=required)
            self._arrays[inside + path] = array
            return array
        field = replace(self._field(ui, schema, inside + path, place), path=path, label=label)
        field = replace(field, required=required and not _is_calculated(schema))
        self._fields[inside + path] = field
        return field

    def _field(self, ui: Mapping[str, Any], schema: Mapping[str, Any], full: Path, place: str) -> FieldSpec:
        hint = schema.get("x-hint", "")
        list_name = schema.get("x-options", "")
        if hint not in HINTS or (list_name and list_name not in self._lists):
            refuse(f"{place}/scope", "ui")
        kind = _kind(ui, schema, place)
        if kind is FieldKind.ATTACHMENT and ANY in full:
            refuse(f"{place}/scope", "ui")
        return FieldSpec(
            path=full,
            label=Label("", ""),
            kind=kind,
            required=False,
            rule=_rule(ui, place),
            options=_options(schema, place),
            help=_label_or_none(ui.get("help"), place),
            max_length=int(schema["maxLength"]) if "maxLength" in schema else None,
            hint=str(hint),
            prefill=str(schema.get("x-prefill", "")),
            not_after_today=schema.get("x-not-after-today") is True,
            full=full,
            place=place,
            list_name=str(list_name),
            component=str(schema.get("x-attachment", "")) if kind is FieldKind.ATTACHMENT else "",
            calculation=calculation(self._schema, schema, full, f"{place}/scope"),
            default=self._default(schema, kind, place),
            whole_number=schema.get("type") == "integer",
        )

    def _default(self, schema: Mapping[str, Any], kind: FieldKind, place: str) -> JsonValue:
        """Return what a new draft begins with; only a single value can be an answer."""
        value: JsonValue = schema.get("default")
        if isinstance(value, list | dict) or (
            kind is FieldKind.CHECKBOX and not isinstance(value, bool | None)
        ):
            refuse(f"{place}/scope", "ui")
        return value

    def _array(
        self, ui: Mapping[str, Any], schema: Mapping[str, Any], full: Path, place: str, depth: int
    ) -> ArraySpec:
        items = schema.get("items")
        detail = ui.get("options", {}).get("detail")
        if (
            not isinstance(items, Mapping)
            or items.get("type") != "object"
            or full.count(ANY) + 1 > MAX_ARRAYS
        ):
            refuse(f"{place}/scope", "ui")
        child = self._element(detail, items, (*full, ANY), f"{place}/options/detail", depth + 1)
        return ArraySpec(
            path=full,
            label=Label("", ""),
            item_label=_schema_label(items, f"{place}/scope"),
            required=False,
            rule=_rule(ui, place),
            help=_label_or_none(ui.get("help"), place),
            least=min(int(schema.get("minItems", 0)), MAX_ITEMS),
            most=min(int(schema.get("maxItems", MAX_ITEMS)), MAX_ITEMS),
            children=(child,),
            full=full,
            place=place,
            title=self._title(full),
        )

    def _title(self, full: Path) -> Path:
        """Return what tells items apart: a name if there is one, else the first text or choice."""
        inside = [spec for path, spec in self._fields.items() if path == (*full, ANY, *spec.path)]
        names = [spec for spec in inside if spec.hint == "name"]
        texts = [spec for spec in inside if spec.kind in {FieldKind.TEXT, FieldKind.CHOICE, FieldKind.LIST}]
        return next((spec.path for spec in (*names, *texts)), ())

    def _find(self, base: Mapping[str, Any], path: Path, place: str) -> tuple[Mapping[str, Any], bool]:
        required = False
        for name in path:
            properties = base.get("properties", {})
            if not isinstance(properties.get(name), Mapping):
                refuse(place, "ui")
            required = name in base.get("required", ())
            base = properties[name]
        return base, required


def _is_calculated(schema: Mapping[str, Any]) -> bool:
    return "x-calculate" in schema


def _kind(ui: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> FieldKind:
    wanted = schema.get("type")
    if "x-attachment" in schema:
        if wanted != "boolean" or not isinstance(schema["x-attachment"], str):
            refuse(f"{place}/scope", "ui")
        return FieldKind.ATTACHMENT
    if "x-options" in schema:
        if wanted != "string":
            refuse(f"{place}/scope", "ui")
        return FieldKind.LIST
    if "oneOf" in schema or "enum" in schema:
        return FieldKind.CHOICE
    by_type = {"boolean": FieldKind.CHECKBOX, "integer": FieldKind.NUMBER, "number": FieldKind.NUMBER}
    if wanted != "string":
        if not isinstance(wanted, str) or wanted not in by_type:
            refuse(f"{place}/scope", "ui")
        return by_type[wanted]
    dates = {"date": FieldKind.DATE, "partial-date": FieldKind.PARTIAL_DATE}
    if schema.get("format") in dates:
        return dates[schema["format"]]
    return FieldKind.MULTILINE if ui.get("options", {}).get("multi") is True else FieldKind.TEXT


def _options(schema: Mapping[str, Any], place: str) -> tuple[Option, ...]:
    """Options are `oneOf: [{const, title, x-title-en}]`, the only form that carries labels."""
    options = schema.get("oneOf", ())
    if "enum" in schema or not all(map(_is_choice, options)):
        refuse(f"{place}/scope", "ui")
    return tuple(Option(option["const"], _schema_label(option, f"{place}/scope")) for option in options)


def _is_choice(option: Any) -> bool:
    return isinstance(option, Mapping) and isinstance(option.get("const"), str | int | float)


def _schema_label(schema: Mapping[str, Any], place: str) -> Label:
    vi, en = schema.get("title"), schema.get("x-title-en")
    if not isinstance(vi, str) or not isinstance(en, str):
        refuse(place, "ui")
    return Label(vi, en)


def _label(data: Any, place: str) -> Label:
    if not isinstance(data, Mapping) or not all(isinstance(data.get(key), str) for key in ("vi", "en")):
        refuse(place, "ui")
    return Label(data["vi"], data["en"])


def _label_or_none(data: Any, place: str) -> Label | None:
    return None if data is None else _label(data, f"{place}/label")


def _rule(ui: Mapping[str, Any], place: str) -> UiRule | None:
    data = ui.get("rule")
    if data is None:
        return None
    try:
        return UiRule(Effect(data["effect"]), load_condition(data["condition"]))
    except (KeyError, TypeError, ValueError) as fault:
        raise FormRefused(f"fault in ui at {place}/rule", place=f"{place}/rule", part="ui") from fault
