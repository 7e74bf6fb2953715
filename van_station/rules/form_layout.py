"""Lays a loaded form out for given answers, and gathers what is visible."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from van_station.rules.catalogue import Label
from van_station.rules.conditions import ANY
from van_station.rules.form_calculating import Instance, calculate
from van_station.rules.form_nodes import (
    ArrayNode,
    FieldKind,
    FieldNode,
    FieldProblem,
    GroupNode,
    Node,
    Option,
)
from van_station.rules.form_options import OptionLists
from van_station.rules.form_partial_dates import is_partial_date, read_partial_date, show_partial_date
from van_station.rules.form_specs import ArraySpec, FieldSpec, GroupSpec, Loaded, Path, Spec
from van_station.rules.json_values import JsonValue, Pointer, dig, join, put, split

Answers = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class View:
    """What nodes are made of.

    Attributes:
        answers: the draft as it is kept.
        given: the answers of visible fields only, calculated ones up to date; what conditions look at.
        origins: where answers came from.
        required: what has to be filled for these answers, beyond what always has to be.
        problems: what is wrong, by pointer.
    """

    answers: Answers = field(repr=False)
    given: Answers = field(repr=False)
    origins: Mapping[Pointer, str] = field(default_factory=dict)
    required: frozenset[Pointer] = frozenset()
    problems: Mapping[Pointer, FieldProblem] = field(default_factory=dict)
    lists: OptionLists | None = None
    last_year: int = 2060


def settled(loaded: Loaded, answers: Answers, today: date | None) -> tuple[Answers, list[Instance]]:
    """Return the answers of visible fields, and which calculated fields are visible.

    What depends on a hidden answer sees null, so this looks as often as the longest chain of rules needs.
    Items stay in place, empty ones too, so that numbers fit.
    """
    judged: Answers = answers
    calculated: list[Instance] = []
    for _ in range(loaded.passes):
        found: Answers = {}
        calculated = []
        _gather(loaded.roots, (), (answers, judged), found, calculated)
        calculate(loaded.calculated, calculated, found, today)
        if found == judged:
            break
        judged = found
    return judged, calculated


def _gather(
    specs: Sequence[Spec],
    base: Path,
    values: tuple[JsonValue, JsonValue],
    found: Answers,
    calculated: list[Instance],
) -> None:
    answers, judged = values
    for spec in specs:
        if spec.rule is not None and not spec.rule.visible(judged):
            continue
        if isinstance(spec, GroupSpec):
            _gather(spec.children, base, values, found, calculated)
        elif isinstance(spec, ArraySpec):
            kept = dig(answers, spec.path)
            seen = dig(judged, spec.path)
            items: list[JsonValue] = []
            for at, item in enumerate(kept if isinstance(kept, list) else ()):
                inner: Answers = {}
                below = seen[at] if isinstance(seen, list) and at < len(seen) else None
                _gather(spec.children, (*base, *spec.path, str(at)), (item, below), inner, calculated)
                items.append(inner)
            put(found, spec.path, items)
        else:
            if spec.calculation is not None:
                calculated.append((spec, (*base, *spec.path)))
            value = dig(answers, spec.path)
            if isinstance(value, str):
                value = trimmed(value) or None
            if value is not None:
                put(found, spec.path, value)


def nodes(roots: Sequence[Spec], view: View) -> tuple[Node, ...]:
    """Return the nodes of a form, hidden ones included."""
    return _nodes(roots, (), (view.answers, view.given), view, visible=True, enabled=True)


def _nodes(
    specs: Sequence[Spec],
    base: Path,
    values: tuple[JsonValue, JsonValue],
    view: View,
    *,
    visible: bool,
    enabled: bool,
) -> tuple[Node, ...]:
    made: list[Node] = []
    for spec in specs:
        seen = visible and (spec.rule is None or spec.rule.visible(values[1]))
        usable = enabled and (spec.rule is None or spec.rule.enabled(values[1]))
        if isinstance(spec, GroupSpec):
            children = _nodes(spec.children, base, values, view, visible=seen, enabled=usable)
            key = f"{join(base)}#{spec.place}"
            made.append(GroupNode(spec.label, children, seen, usable, spec.kind, key, spec.help))
        elif isinstance(spec, ArraySpec):
            made.append(_array_node(spec, base, values, view, visible=seen, enabled=usable))
        else:
            made.append(_field_node(spec, base, values, view, visible=seen, enabled=usable))
    return tuple(made)


def _field_node(
    spec: FieldSpec,
    base: Path,
    values: tuple[JsonValue, JsonValue],
    view: View,
    *,
    visible: bool,
    enabled: bool,
) -> FieldNode:
    pointer = join(base + spec.path)
    value = dig(values[1] if spec.calculation is not None else values[0], spec.path)
    return FieldNode(
        pointer=pointer,
        label=spec.label,
        kind=spec.kind,
        value=value,
        required=spec.required or pointer in view.required,
        visible=visible,
        enabled=enabled and not spec.read_only,
        options=spec.options,
        help=spec.help,
        max_length=spec.max_length,
        hint=spec.hint,
        origin=view.origins.get(pointer, ""),
        read_only=spec.read_only,
        list_name=spec.list_name,
        component=spec.component,
        answer_label=answer_label(spec, value, view.lists),
        suggestions=_suggestions(spec, value, view.last_year),
        problem=view.problems.get(pointer),
    )


def answer_label(spec: FieldSpec, value: JsonValue, lists: OptionLists | None) -> Label | None:
    """Return what stands for a code in a choice or a list."""
    if spec.list_name and lists is not None and isinstance(value, str):
        found = lists[spec.list_name].get(value) if spec.list_name in lists else None
        return found.label if found else None
    if spec.options and value is not None:
        return next((option.label for option in spec.options if option.value == value), None)
    return None


def _suggestions(spec: FieldSpec, value: JsonValue, last_year: int) -> tuple[Option, ...]:
    if spec.kind is not FieldKind.PARTIAL_DATE or not isinstance(value, str) or is_partial_date(value):
        return ()
    stored = [each.stored for each in read_partial_date(value, last_year=last_year).candidates]
    return tuple(
        Option(each, Label(show_partial_date(each), show_partial_date(each, "en"))) for each in stored
    )


def _array_node(
    spec: ArraySpec,
    base: Path,
    values: tuple[JsonValue, JsonValue],
    view: View,
    *,
    visible: bool,
    enabled: bool,
) -> ArrayNode:
    place = base + spec.path
    pointer = join(place)
    kept, given = (dig(value, spec.path) for value in values)
    found = kept if isinstance(kept, list) else []
    below = given if isinstance(given, list) else []
    items = tuple(
        _nodes(
            spec.children,
            (*place, str(at)),
            (item, below[at] if at < len(below) else None),
            view,
            visible=visible,
            enabled=enabled,
        )
        for at, item in enumerate(found)
    )
    return ArrayNode(
        pointer=pointer,
        label=spec.label,
        item_label=spec.item_label,
        items=items,
        can_add=enabled and len(found) < spec.most,
        can_remove=enabled and len(found) > spec.least,
        required=spec.required or pointer in view.required,
        visible=visible,
        enabled=enabled,
        help=spec.help,
        can_move=enabled and len(found) > 1,
        titles=tuple(_title(item, join((*place, str(at), *spec.title))) for at, item in enumerate(items)),
        problem=view.problems.get(pointer),
    )


def _title(item: tuple[Node, ...], pointer: Pointer) -> Label:
    for node in _fields(item):
        if node.pointer == pointer and isinstance(node.value, str):
            return node.answer_label or Label(node.value.strip(), node.value.strip())
    return Label("", "")


def _fields(tree: Sequence[Node]) -> Iterator[FieldNode]:
    for node in tree:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, GroupNode):
            yield from _fields(node.children)


def shown(tree: Sequence[Node]) -> Iterator[FieldNode | ArrayNode]:
    """Yield visible fields and repeated groups, in order."""
    for node in tree:
        if not node.visible:
            continue
        if isinstance(node, GroupNode):
            yield from shown(node.children)
            continue
        yield node
        if isinstance(node, ArrayNode):
            for item in node.items:
                yield from shown(item)


def pruned(value: JsonValue) -> JsonValue:
    """Leave out None and empty lists and objects, except for items of lists."""
    if isinstance(value, dict):
        inner = {key: pruned(part) for key, part in value.items()}
        return {key: part for key, part in inner.items() if part is not None and part not in ({}, [])}
    if isinstance(value, list):
        return [pruned(part) for part in value]
    return value


def skeleton(answers: Answers, fields: Sequence[FieldNode | ArrayNode]) -> Answers:
    """Return a copy with the objects above every visible field, so that each missing field is reported."""
    whole = _copy(answers)
    assert isinstance(whole, dict)
    for node in fields:
        inner: JsonValue = whole
        for part in split(node.pointer)[:-1]:
            if isinstance(inner, list):
                inner = inner[int(part)]
            elif isinstance(inner, dict):
                inner = inner.setdefault(part, {})
    return whole


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def normal(text: str) -> str:
    """Return the text in NFC, spaces as typed."""
    return unicodedata.normalize("NFC", text)


def trimmed(text: str) -> str:
    """Return the text with spaces collapsed within each line and empty lines at the ends gone."""
    lines = text.strip().splitlines()
    return "\n".join([" ".join(line.split()) for line in lines]) if len(lines) > 1 else " ".join(text.split())


def item_pattern(path: Sequence[str], answers: JsonValue) -> tuple[Path, tuple[str, ...]]:
    """Return a path with item numbers as `*`, and the numbers; an item that isn't there matches nothing."""
    pattern: list[str] = []
    numbers: list[str] = []
    value = answers
    for part in path:
        if isinstance(value, list):
            if not (part.isascii() and part.isdecimal() and int(part) < len(value)):
                return ("", part), ()
            pattern.append(ANY)
            numbers.append(part)
            value = value[int(part)]
        else:
            pattern.append(part)
            value = value.get(part) if isinstance(value, dict) else None
    return tuple(pattern), tuple(numbers)
