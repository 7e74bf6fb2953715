"""Fills the field definitions that forms share into a form's own `$defs`."""

from collections.abc import Mapping
from typing import Any

from van_station.rules.json_values import MAX_DEPTH

SHARED = "shared.schema.json#/$defs/"
_OWN = "#/$defs/"
_PREFIX = "shared_"
_SAID_ONLY = frozenset({"title", "description", "default", "examples"})


class SharedMissing(Exception):
    """A form points at a shared definition that isn't there, or that leads back to itself."""

    def __init__(self, name: str, pointer: str) -> None:
        super().__init__(name)
        self.name = name
        self.pointer = pointer


def with_shared(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's schema with every shared reference pointing into its own `$defs`.

    A reference whose siblings only add to the definition stays a reference (`#/$defs/shared_<name>`); one
    whose siblings say a rule again (`maxLength`, ...) is replaced by the definition with those laid over it,
    since JSON Schema itself would demand both.

    Args:
        schema: parsed `forms/<id>/schema.json`.
        shared: `$defs` of parsed `shared.schema.json`.

    Raises:
        SharedMissing
    """
    filling = _Filling(shared)
    filled = filling.fill(schema, "", 0)
    if filling.used:
        own = filled.get("$defs")
        filled["$defs"] = {**(own if isinstance(own, Mapping) else {}), **filling.definitions()}
    return filled  # type: ignore[no-any-return]


class _Filling:
    def __init__(self, shared: Mapping[str, Any]) -> None:
        self._shared = shared
        self.used: list[str] = []

    def definitions(self) -> dict[str, Any]:
        """Return the definitions used, and those that they use."""
        found: dict[str, Any] = {}
        at = 0
        while at < len(self.used):
            name = self.used[at]
            found[_PREFIX + name] = self.fill(self._shared[name], f"/$defs/{name}", 0, inside=True)
            at += 1
        return found

    def fill(self, part: Any, place: str, depth: int, *, inside: bool = False) -> Any:
        if depth > 4 * MAX_DEPTH:
            raise SharedMissing("", place)
        if isinstance(part, list):
            return [
                self.fill(each, f"{place}/{at}", depth + 1, inside=inside) for at, each in enumerate(part)
            ]
        if not isinstance(part, Mapping):
            return part
        reference = part.get("$ref")
        rest = {
            key: self.fill(each, f"{place}/{key}", depth + 1, inside=inside)
            for key, each in part.items()
            if key != "$ref"
        }
        if reference is None:
            return rest
        start = _OWN if inside else SHARED
        if not isinstance(reference, str) or not reference.startswith(start):
            return {"$ref": reference, **rest}
        return self._pointed(reference.removeprefix(start), rest, place, depth)

    def _pointed(self, name: str, rest: dict[str, Any], place: str, depth: int) -> dict[str, Any]:
        target = self._shared.get(name)
        if not isinstance(target, Mapping):
            raise SharedMissing(name, place)
        if any(key in target and key not in _SAID_ONLY and not key.startswith("x-") for key in rest):
            return {**self.fill(target, place, depth + 1, inside=True), **rest}
        if name not in self.used:
            self.used.append(name)
        return {"$ref": f"{_OWN}{_PREFIX}{name}", **rest}
