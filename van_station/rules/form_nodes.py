"""What a form shows, as frozen values: the face draws these and knows no schema."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from van_station.rules.catalogue import Label
from van_station.rules.findings import Severity
from van_station.rules.json_values import JsonValue, Pointer


class FieldKind(StrEnum):
    """How a field is entered.

    A DATE is stored ISO (`2026-11-22`) and shown `22/11/2026`; a PARTIAL_DATE is stored `1954`, `1954-03`,
    `1954-03-20` or `L1954` (`form_partial_dates`). LIST is a code of a long list that is searched, ATTACHMENT
    says whether a paper was scanned, and is set by the host.
    """

    TEXT = "text"
    MULTILINE = "multiline"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    CHOICE = "choice"
    LIST = "list"
    CHECKBOX = "checkbox"
    ATTACHMENT = "attachment"
    NUMBER = "number"


class GroupKind(StrEnum):
    """How children stand: below each other, side by side, in a titled box, as pages, one page, or a text."""

    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"
    GROUP = "group"
    CATEGORIZATION = "categorization"
    CATEGORY = "category"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    value: str | int
    label: Label


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with an answer, as a code and arguments (never the answer itself).

    Attributes:
        message: the form's own sentence for a cross-field check; None: the face has one for `code`.
        severity: a warning asks a person to look, and stops nothing.
    """

    pointer: Pointer
    code: str
    args: tuple[tuple[str, str | int], ...] = ()
    severity: Severity = Severity.ERROR
    message: Label | None = None


@dataclass(frozen=True, slots=True)
class FieldNode:
    """One field with its present answer.

    Attributes:
        pointer: where the answer lies; give it to `Form.set`.
        value: the present answer, None when not given. For a date that can't be read: the typed text.
        required: to be filled before submitting, as long as it is visible; follows if/then and the like.
        enabled: may be changed now; False also for every read-only field.
        max_length: characters, None when not a text.
        hint: what kind of text, for keyboards and checks: `id_number`, `phone`, `name`, `email`, `tax_code`,
            `address` or "".
        origin: where the answer came from (`card`, `earlier`, ...), as the caller told; "" for typed.
        read_only: calculated by the form or set by the host, never typed.
        list_name: which option list a LIST takes its codes from.
        component: which paper an ATTACHMENT stands for.
        answer_label: what stands for a CHOICE's or LIST's code, None when not known.
        suggestions: what an ambiguous entry may mean (`Giáp Ngọ`: 1894, 1954, 2014); for `Form.set`.
        problem: what is wrong, as `Form.review` found; None from `Form.layout`.
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
    read_only: bool = False
    list_name: str = ""
    component: str = ""
    answer_label: Label | None = field(default=None, repr=False)
    suggestions: tuple[Option, ...] = field(default=(), repr=False)
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True)
class GroupNode:
    """What holds other nodes; `kind` says how they stand.

    Attributes:
        label: title of a box or page, the text itself of a LABEL, else None.
        key: stays the same for the same element of the same item, whatever the answers are.
    """

    label: Label | None
    children: tuple["Node", ...]
    visible: bool
    enabled: bool = True
    kind: GroupKind = GroupKind.VERTICAL
    key: str = ""
    help: Label | None = None


@dataclass(frozen=True, slots=True)
class ArrayNode:
    """A repeated group: one layout for each item, for example members who move together.

    Attributes:
        can_move: items may change places (`Form.move_item`).
        titles: what tells each item from the others, from its answers (a name); empty while there is none.
        problem: as in `FieldNode`.
    """

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
    can_move: bool = False
    titles: tuple[Label, ...] = field(default=(), repr=False)
    problem: FieldProblem | None = None


Node: TypeAlias = GroupNode | FieldNode | ArrayNode
