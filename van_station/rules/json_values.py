"""JSON values and pointers into them (RFC 6901)."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
Pointer: TypeAlias = str
"""`/child/full_name`, `/members/0/sex`; the empty text is the whole value."""

MAX_DEPTH = 12


def is_object(value: object) -> TypeGuard[Mapping[str, JsonValue]]:
    """Tell whether `value` is a JSON object."""
    return isinstance(value, Mapping)


def split(pointer: Pointer) -> list[str]:
    """Return the unescaped parts of a pointer."""
    if not pointer:
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]


def join(parts: Sequence[str | int]) -> Pointer:
    """Return the pointer through `parts`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def get(value: JsonValue, pointer: Pointer) -> JsonValue:
    """Return what the pointer names, None when there is nothing."""
    for part in split(pointer):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


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

    Raises:
        ValueError: not such a scope.
    """
    if scope == "#":
        return ""
    parts = split(scope.removeprefix("#"))
    if not scope.startswith("#/") or len(parts) % 2 or any(word != "properties" for word in parts[::2]):
        raise ValueError("scope")
    return join(parts[1::2])
