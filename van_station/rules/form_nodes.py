"""What a form shows, as frozen values: the face draws these and knows no schema."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from van_station.rules.catalogue import Label
from van_station.rules.json_values import JsonValue, Pointer


class FieldKind(StrEnum):
    """How a field is entered. Dates are stored ISO (`2026-11-22`) and shown `22/11/2026`."""

    TEXT = "text"
    MULTILINE = "multiline"
    DATE = "date"
    CHOICE = "choice"
    CHECKBOX = "checkbox"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    value: str | int
    label: Label


@dataclass(frozen=True, slots=True)
class FieldNode:
    """One field with its present answer.

    Attributes:
        pointer: where the answer lies; give it to `Form.set`.
        value: the present answer, None when not given. For a date that can't be read: the typed text.
        required: to be filled before submitting, as long as it is visible.
        max_length: characters, None when not a text.
        hint: what kind of text, for keyboards and checks: `id_number`, `phone`, `name`, `email` or "".
        origin: where the answer came from (`card`, `earlier`, ...), as the caller told; "" for typed.
    """

    pointer: Pointer
    label: Label
    kind: FieldKind
    value: JsonValue = field(repr=False)
    required: bool
    visible: bool
    enabled: bool
    options: tuple[Option, ...] = ()
    help: Label | None = None
    max_length: int | None = None
    hint: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A titled box; `label` is None for a plain stack."""

    label: Label | None
    children: tuple["Node", ...]
    visible: bool


@dataclass(frozen=True, slots=True)
class ArrayNode:
    """A repeated group: one layout for each item, for example members who move together."""

    pointer: Pointer
    label: Label
    item_label: Label
    items: tuple[tuple["Node", ...], ...]
    can_add: bool
    can_remove: bool
    required: bool
    visible: bool
    enabled: bool
    help: Label | None = None


Node: TypeAlias = GroupNode | FieldNode | ArrayNode


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with an answer, as a code and arguments (never the answer itself)."""

    pointer: Pointer
    code: str
    args: tuple[tuple[str, str | int], ...] = ()
