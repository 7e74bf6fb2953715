"""A form as it was loaded: what each element of the layout is, whatever the answers are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from van_station.rules.catalogue import Label
from van_station.rules.conditions import Condition
from van_station.rules.findings import Severity
from van_station.rules.form_nodes import FieldKind, GroupKind, Option
from van_station.rules.json_values import JsonValue

MAX_ITEMS = 50
MAX_TEXT = 2000
MAX_INTEGER = 2**53
"""Beyond it numbers of JSON are not exact everywhere: what was typed is kept as text, and is no number."""
MAX_ELEMENTS = 800
OPTION_LISTS = frozenset({"wards", "provinces", "old_wards", "ethnic_groups", "countries", "banks"})
"""The lists that a host offers for `x-options`."""

Path = tuple[str, ...]
"""An answer's place, item numbers as `*`."""


class Effect(StrEnum):
    """What a rule does when its condition holds, as in JSON Forms."""

    SHOW = "SHOW"
    HIDE = "HIDE"
    ENABLE = "ENABLE"
    DISABLE = "DISABLE"


@dataclass(frozen=True, slots=True)
class UiRule:
    """A JSON Forms rule. Inside a repeated group its scope is relative to the item."""

    effect: Effect
    condition: Condition

    def visible(self, answers: JsonValue) -> bool:
        """Tell whether the element shows."""
        if self.effect is Effect.SHOW:
            return self.condition.holds(answers)
        return self.effect is not Effect.HIDE or not self.condition.holds(answers)

    def enabled(self, answers: JsonValue) -> bool:
        """Tell whether the element can be changed."""
        if self.effect is Effect.ENABLE:
            return self.condition.holds(answers)
        return self.effect is not Effect.DISABLE or not self.condition.holds(answers)


class Operation(StrEnum):
    """What a calculated field is made with."""

    COPY = "copy"
    CONCAT = "concat"
    SUM = "sum"
    COUNT = "count"
    AGE_YEARS = "age_years"
    DATE_IN_WORDS = "date_in_words"
    NUMBER_IN_WORDS = "number_in_words"


@dataclass(frozen=True, slots=True)
class Calculation:
    """Where a calculated field takes its value from; `*` is the same item as the field's, or every item."""

    operation: Operation
    of: tuple[Path, ...]
    separator: str = " "


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A condition that answers must satisfy together; the problem stands `at` a field."""

    at: Path
    condition: Condition
    when: Condition | None
    message: Label
    severity: Severity


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A control of the layout with what its schema says. `path` is relative to the item, if in a group."""

    path: Path
    label: Label
    kind: FieldKind
    required: bool
    rule: UiRule | None
    options: tuple[Option, ...]
    help: Label | None
    max_length: int | None
    hint: str
    prefill: str
    not_after_today: bool
    full: Path = ()
    place: str = ""
    list_name: str = ""
    component: str = ""
    calculation: Calculation | None = None
    default: JsonValue = None
    whole_number: bool = False

    @property
    def read_only(self) -> bool:
        """Whether it is never typed."""
        return self.calculation is not None or self.kind is FieldKind.ATTACHMENT


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """A repeated group; `title` is the path, within an item, of what tells the items apart."""

    path: Path
    label: Label
    item_label: Label
    required: bool
    rule: UiRule | None
    help: Label | None
    least: int
    most: int
    children: tuple["Spec", ...]
    full: Path = ()
    place: str = ""
    title: Path = ()


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A box, page, row or plain stack, or a text."""

    label: Label | None
    rule: UiRule | None
    children: tuple["Spec", ...]
    kind: GroupKind = GroupKind.VERTICAL
    place: str = ""
    help: Label | None = None


Spec = FieldSpec | ArraySpec | GroupSpec


@dataclass(frozen=True, slots=True)
class Loaded:
    """The tree, with every field and repeated group under its path (item numbers as `*`)."""

    roots: tuple[Spec, ...]
    schema: Mapping[str, Any]
    fields: Mapping[Path, FieldSpec] = field(default_factory=dict)
    arrays: Mapping[Path, ArraySpec] = field(default_factory=dict)
    checks: tuple[CrossCheck, ...] = ()
    calculated: tuple[FieldSpec, ...] = ()
    """Calculated fields, each after those that it looks at."""
    passes: int = 1
    """How often visibility must be looked at until it can't change any more."""
