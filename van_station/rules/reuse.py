"""Which earlier answers may be offered again, and for which field of another form.

Only what a person told about themself or their own case: an answer about a father or child is theirs,
not the returning person's, and is never offered. Declarations and consents are given anew each time.

Source: Luật 91/2025/QH15, Điều 9 (consent covers the data subject's own data, for the purpose named).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from van_station.rules.json_values import MAX_DEPTH, JsonValue, Pointer, get, join

ID_FACT = "person.id_number"
_PERSON = "person."
_IDENTIFYING = frozenset({"name", "id_number", "phone", "email"})
_ABOUT_A_PERSON = frozenset(
    {"sex", "birth", "birth_full", "ethnicity", "nationality", "home_town", "relation"}
)
_DATES = frozenset({"date", "partial-date"})
_NEVER = ("known", "office")
"""Which papers are needed is asked anew; the office is that of today's dossier."""
_SHARED = "shared_"


@dataclass(frozen=True, slots=True)
class ReusableField:
    """A field whose answer may be offered again.

    Attributes:
        pointer: in its form's answers.
        title: Vietnamese, as on the form.
        title_en: English.
        fact: its `x-prefill`, "" for none.
        definition: name of the shared definition it is of, "" for none.
        own: whether it stands in a part of the form that is about the person themself.
    """

    pointer: Pointer
    title: str
    title_en: str
    fact: str
    definition: str
    own: bool


def reusable_fields(schema: Mapping[str, Any]) -> tuple[ReusableField, ...]:
    """Return the fields of a form (its JSON Schema) whose answers may be offered again, in schema order."""
    return tuple(_walk(schema, schema, (), own=False))


def is_about(fields: tuple[ReusableField, ...], answers: JsonValue, id_number: str | None) -> bool:
    """Tell whether the answers are those of the person with this number.

    False when the form says another number where it asks for the person's own: filled for somebody else.
    """
    told = [get(answers, field.pointer) for field in fields if field.fact == ID_FACT]
    return all(number in (None, "", id_number) for number in told)


def sources_of(
    wanted: ReusableField, earlier: tuple[ReusableField, ...], *, same_form: bool
) -> Iterator[ReusableField]:
    """Yield the fields of an earlier form whose answer fits the wanted field.

    In the same form the same pointer; in another the same fact, or the same shared definition under the same
    name in a part about the person themself.
    """
    for field in earlier:
        if same_form:
            if field.pointer == wanted.pointer:
                yield field
        elif wanted.fact:
            if field.fact == wanted.fact:
                yield field
        elif wanted.own and field.own and _is_same_kind(wanted, field):
            yield field


def _is_same_kind(one: ReusableField, other: ReusableField) -> bool:
    names = {field.pointer.rpartition("/")[2] for field in (one, other)}
    return one.definition == other.definition != "" and len(names) == 1


def _walk(
    root: Mapping[str, Any], part: Mapping[str, Any], path: tuple[str, ...], *, own: bool
) -> Iterator[ReusableField]:
    properties = part.get("properties")
    if not isinstance(properties, Mapping) or len(path) > MAX_DEPTH:
        return
    parts = {name: _resolved(root, each) for name, each in properties.items()}
    own = own or any(_is_persons(each) for each, _ in parts.values())
    if path and not own and any(each.get("x-hint") in {"name", "id_number"} for each, _ in parts.values()):
        return  # somebody else
    for name, (each, definition) in parts.items():
        if not path and name in _NEVER:
            continue
        if each.get("type") == "object":
            yield from _walk(root, each, (*path, name), own=False)
        elif _may_be_offered(each, definition, own=own):
            yield ReusableField(
                pointer=join((*path, name)),
                title=str(each.get("title", "")),
                title_en=str(each.get("x-title-en", "")),
                fact=str(each.get("x-prefill", "")),
                definition=definition,
                own=own,
            )


def _may_be_offered(schema: Mapping[str, Any], definition: str, *, own: bool) -> bool:
    if schema.get("type") not in {"string", "integer", "number"}:
        return False  # repeated groups, and ticks: declarations above all
    if "const" in schema or "x-calculate" in schema or "x-attachment" in schema:
        return False
    if _is_persons(schema):
        return True
    if schema.get("x-hint") in _IDENTIFYING:
        return False
    return own or (definition not in _ABOUT_A_PERSON and schema.get("format") not in _DATES)


def _is_persons(schema: Mapping[str, Any]) -> bool:
    return str(schema.get("x-prefill", "")).startswith(_PERSON)


def _resolved(root: Mapping[str, Any], schema: Any) -> tuple[Mapping[str, Any], str]:
    """Return a schema with its references filled in, and the name of the first one followed."""
    definition = ""
    for _ in range(MAX_DEPTH):
        if not isinstance(schema, Mapping):
            return {}, definition
        reference = schema.get("$ref")
        if reference is None:
            return schema, definition
        name = str(reference).rpartition("/")[2]
        definition = definition or name.removeprefix(_SHARED)
        target = root.get("$defs", {}).get(name)
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**target, **rest} if isinstance(target, Mapping) else rest
    return {}, definition
