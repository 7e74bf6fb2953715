"""Lays a loaded form out for given answers, and gathers what is visible."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from van_station.rules.form_loading import ArraySpec, FieldSpec, GroupSpec, Path, Spec
from van_station.rules.form_nodes import ArrayNode, FieldNode, GroupNode, Node
from van_station.rules.json_values import JsonValue, Pointer, get, join, replaced, split

Answers = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class View:
    """One pass over the tree: the answers shown, those that conditions look at, and where they came from."""

    answers: Answers
    judged: JsonValue
    origins: Mapping[Pointer, str] = field(default_factory=dict)


def nodes(roots: Sequence[Spec], view: View) -> tuple[Node, ...]:
    """Return the nodes of a form, hidden ones included."""
    return _nodes(roots, (), view, visible=True, enabled=True)


def _nodes(
    specs: Sequence[Spec], base: Path, view: View, *, visible: bool, enabled: bool = True
) -> tuple[Node, ...]:
    scope = get(view.judged, join(base))
    nodes: list[Node] = []
    for spec in specs:
        seen = visible and (spec.rule is None or spec.rule.visible(scope))
        usable = enabled and (spec.rule is None or spec.rule.enabled(scope))
        if isinstance(spec, GroupSpec):
            children = _nodes(spec.children, base, view, visible=seen, enabled=usable)
            nodes.append(GroupNode(spec.label, children, seen))
        elif isinstance(spec, ArraySpec):
            nodes.append(_array_node(spec, base, view, visible=seen, enabled=usable))
        else:
            nodes.append(_field_node(spec, base, view, visible=seen, enabled=usable))
    return tuple(nodes)


def _field_node(spec: FieldSpec, base: Path, view: View, *, visible: bool, enabled: bool) -> FieldNode:
    pointer = join(base + spec.path)
    return FieldNode(
        pointer=pointer,
        label=spec.label,
        kind=spec.kind,
        value=get(view.answers, pointer),
        required=spec.required,
        visible=visible,
        enabled=enabled,
        options=spec.options,
        help=spec.help,
        max_length=spec.max_length,
        hint=spec.hint,
        origin=view.origins.get(pointer, ""),
    )


def _array_node(spec: ArraySpec, base: Path, view: View, *, visible: bool, enabled: bool) -> ArrayNode:
    pointer = join(base + spec.path)
    found = get(view.answers, pointer)
    count = len(found) if isinstance(found, list) else 0
    items = tuple(
        _nodes(spec.children, (*base, *spec.path, str(at)), view, visible=visible, enabled=enabled)
        for at in range(count)
    )
    return ArrayNode(
        pointer=pointer,
        label=spec.label,
        item_label=spec.item_label,
        items=items,
        can_add=enabled and count < spec.most,
        can_remove=enabled and count > spec.least,
        required=spec.required,
        visible=visible,
        enabled=enabled,
        help=spec.help,
    )


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


def kept(tree: Sequence[Node]) -> Answers:
    """Return the answers of visible fields. Items stay in place, empty ones too, so that numbers fit."""
    found: JsonValue = {}
    for node in shown(tree):
        if isinstance(node, ArrayNode):
            found = replaced(found, node.pointer, [{} for _ in node.items])
        elif node.value is not None:
            value = trimmed(node.value) if isinstance(node.value, str) else node.value
            found = replaced(found, node.pointer, None if value == "" else value)
    return _object(found)


def pruned(value: JsonValue) -> JsonValue:
    """Leave out None and empty lists and objects, except for items of lists."""
    if isinstance(value, dict):
        inner = {key: pruned(part) for key, part in value.items()}
        return {key: part for key, part in inner.items() if part is not None and part not in ({}, [])}
    if isinstance(value, list):
        return [pruned(part) for part in value]
    return value


def skeleton(answers: Answers, fields: Sequence[FieldNode | ArrayNode]) -> Answers:
    """Put in the objects above every visible field, so that each missing field is reported by itself."""
    whole: JsonValue = answers
    for node in fields:
        above = join(split(node.pointer)[:-1])
        if above and get(whole, above) is None:
            whole = replaced(whole, above, {})
    return _object(whole)


def normal(text: str) -> str:
    """Return the text in NFC, spaces as typed."""
    return unicodedata.normalize("NFC", text)


def trimmed(text: str) -> str:
    """Return the text with spaces collapsed within each line and empty lines at the ends gone."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _object(value: JsonValue) -> Answers:
    return value if isinstance(value, dict) else {}
