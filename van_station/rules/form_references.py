"""References of a form: to its own `$defs`, and to documents that forms share."""

from collections.abc import Iterator, Mapping
from typing import Any

from van_station.rules.form_schema import refuse
from van_station.rules.json_values import MAX_DEPTH, join

Documents = Mapping[str, Mapping[str, Any]]
"""File name -> parsed document with `$defs`, for example `shared.schema.json`."""
_DEFS = "#/$defs/"
MAX_FILLED = 4000
"""Fields, groups and items of one form with all definitions filled in."""


def whole_schema(schema: Mapping[str, Any], documents: Documents) -> dict[str, Any]:
    """Return a schema that stands alone: what it takes from documents is among its own `$defs`.

    `shared.schema.json#/$defs/name` becomes `#/$defs/shared.name`. A field, or an item of a repeated group,
    that refers to a definition has it filled in, and keywords beside the `$ref` win. Elsewhere (in allOf and
    the like) a reference keeps the meaning of the standard, where both apply.

    Raises:
        FormRefused: for a document or a definition that isn't there, or definitions within each other.
    """
    own = {key: _localised(value, "", documents) for key, value in schema.items()}
    if not isinstance(own.get("$defs", {}), Mapping):
        refuse("/$defs")
    definitions: dict[str, Any] = dict(own.get("$defs", {}))
    wanted = list(_references(own))
    while wanted:
        name = wanted.pop().removeprefix(_DEFS)
        document, _, inner = name.partition(".")
        file = f"{document}.schema.json"
        if name in definitions or file not in documents:
            continue
        shared = documents[file].get("$defs")
        if not isinstance(shared, Mapping) or inner not in shared:
            continue  # told where it is used
        definitions[name] = _localised(shared[inner], document, documents)
        wanted += _references(definitions[name])
    if definitions:
        own["$defs"] = definitions
    return _Filling(definitions).filled(own, "", 0)


def _localised(value: Any, document: str, documents: Documents) -> Any:
    if isinstance(value, list):
        return [_localised(part, document, documents) for part in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _localised(part, document, documents) for key, part in value.items()}
    if isinstance(reference := found.get("$ref"), str):
        file, _, name = reference.partition("#/$defs/")
        if file in documents and file.endswith(".schema.json"):
            found["$ref"] = f"{_DEFS}{file.removesuffix('.schema.json')}.{name}"
        elif document and not file:
            found["$ref"] = f"{_DEFS}{document}.{name}"
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _references(part)


class _Filling:
    """One filling in; definitions of definitions could grow without end, so what is made is counted."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._made = 0

    def filled(self, schema: Any, place: str, depth: int) -> dict[str, Any]:
        """Return the schema of a field, a group of fields or an item, without references."""
        self._made += 1
        if depth > MAX_DEPTH or self._made > MAX_FILLED:
            refuse(place)
        made = self._without_reference(schema, place)
        if isinstance(made.get("properties"), Mapping):
            made["properties"] = {
                name: self.filled(inner, f"{place}/properties{join([name])}", depth + 1)
                for name, inner in made["properties"].items()
            }
        if isinstance(made.get("items"), Mapping):
            made["items"] = self.filled(made["items"], f"{place}/items", depth + 1)
        return made

    def _without_reference(self, schema: Any, place: str) -> dict[str, Any]:
        steps = 0
        while not isinstance(schema, Mapping) or schema.get("$ref") is not None:
            steps += 1
            if not isinstance(schema, Mapping) or steps > MAX_DEPTH:
                refuse(place)
            reference = schema["$ref"]
            target = self._definitions.get(str(reference).removeprefix(_DEFS))
            if not isinstance(target, Mapping) or not str(reference).startswith(_DEFS):
                refuse(place)
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return dict(schema)
