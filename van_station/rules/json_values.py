"""JSON values and pointers into them (RFC 6901)."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
Pointer: TypeAlias = str
"""`/child/full_name`, `/members/0/sex`; the empty text is the whole value."""

MAX_DEPTH = 12
MAX_NESTING = 60
MAX_VALUES = 100_000
_LONGEST_INDEX = 6


def is_object(value: object) -> TypeGuard[Mapping[str, JsonValue]]:
    """Tell whether `value` is a JSON object."""
    return isinstance(value, Mapping)


def is_bounded(value: object) -> bool:
    """Tell whether a value is JSON of at most 60 levels and 100,000 values; itself it does not recurse."""
    level: list[object] = [value]
    count = 0
    for _ in range(MAX_NESTING):
        count += len(level)
        if not level or count > MAX_VALUES:
            return not level
        if any(isinstance(key, str) is False for each in level if isinstance(each, Mapping) for key in each):
            return False
        level = [
            inner
            for each in level
            if isinstance(each, Mapping | list)
            for inner in (each.values() if isinstance(each, Mapping) else each)
        ]
    return not level


def is_index(part: str) -> bool:
    """Tell whether a part of a pointer may number an item."""
    return part.isascii() and part.isdecimal() and len(part) <= _LONGEST_INDEX


def split(pointer: Pointer) -> list[str]:
    """Return the unescaped parts of a pointer."""
    if not pointer:
        return []
    if "~" not in pointer:
        return pointer.removeprefix("/").split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]


def join(parts: Sequence[str | int]) -> Pointer:
    """Return the pointer through `parts`."""
    return "".join(f"/{part}" if isinstance(part, int) else f"/{_escaped(part)}" for part in parts)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1") if "~" in part or "/" in part else part


def get(value: JsonValue, pointer: Pointer) -> JsonValue:
    """Return what the pointer names, None when there is nothing."""
    return dig(value, split(pointer))


def dig(value: JsonValue, path: Sequence[str]) -> JsonValue:
    """Return what lies at the end of an unescaped path, None when there is nothing."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and is_index(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def same(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two values are equal as JSON: `1` is `1.0`, but never `true`."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(part, other[key]) for key, part in one.items())
    return one == other


def put(value: dict[str, JsonValue], path: Sequence[str], new: JsonValue) -> None:
    """Write into an object that nobody else holds; None takes away."""
    inner: JsonValue = value
    for part in path[:-1]:
        if isinstance(inner, list):
            inner = inner[int(part)]
        elif isinstance(inner, dict):
            inner = inner.setdefault(part, {})
    if isinstance(inner, dict):
        if new is None:
            inner.pop(path[-1], None)
        else:
            inner[path[-1]] = new


def replaced(value: JsonValue, pointer: Pointer, new: JsonValue) -> JsonValue:
    """Return a copy with `new` at the pointer; objects on the way are made, lists are only gone into.

    An index one past the end appends; any other missing index raises IndexError. Only what lies on the way
    is copied.
    """
    return _replaced(value, split(pointer), new)


def _replaced(value: JsonValue, parts: list[str], new: JsonValue) -> JsonValue:
    if not parts:
        return new
    head, rest = parts[0], parts[1:]
    if isinstance(value, list):
        at = int(head)
        if at == len(value):
            return [*value, _replaced(None, rest, new)]
        return [*value[:at], _replaced(value[at], rest, new), *value[at + 1 :]]
    known = value if isinstance(value, dict) else {}
    return {**known, head: _replaced(known.get(head), rest, new)}


def pointer_of_scope(scope: str) -> Pointer:
    """Return the data pointer of a UI schema's scope: `#/properties/child/properties/name` -> `/child/name`.

    `items` stands for every item of a list: `#/properties/members/items/properties/sex` -> `/members/*/sex`.

    Raises:
        ValueError: not such a scope.
    """
    if scope == "#":
        return ""
    words = iter(split(scope.removeprefix("#")))
    path: list[str] = []
    for word in words:
        name = "*" if word == "items" else next(words, None)
        if word not in {"properties", "items"} or name is None:
            raise ValueError("scope")
        path.append(name)
    if not scope.startswith("#/"):
        raise ValueError("scope")
    return join(path)
