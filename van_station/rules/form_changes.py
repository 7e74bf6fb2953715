"""Carries a draft over to another version of its form, and says what could not be carried."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from van_station.rules.catalogue import Label
from van_station.rules.conditions import ANY
from van_station.rules.form_nodes import FieldKind
from van_station.rules.form_specs import FieldSpec, Path
from van_station.rules.forms import Answers, Form
from van_station.rules.json_values import JsonValue, Pointer, dig, join, put

Leaf = tuple[Path, Path, JsonValue]
"""Where an answer lies, the same with `*` for items, and the answer."""


class Reason(StrEnum):
    """Why an answer stays behind, or deserves a look."""

    GONE = "gone"
    OTHER_KIND = "other_kind"
    NOT_A_CHOICE = "not_a_choice"
    TOO_MANY = "too_many"
    CALCULATED = "calculated"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that could not be carried over, or whose question reads differently now.

    Attributes:
        label: what the field was called; empty for an answer that the old form did not ask for either.
        value: the answer, so that the officer can enter it elsewhere.
    """

    pointer: Pointer
    label: Label
    reason: Reason
    value: JsonValue = field(repr=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """A draft in the new version of its form.

    Attributes:
        answers: what fits; fields that are new have their defaults.
        kept: pointers of the answers that came along.
        left: answers that did not; each is named here, none is lost in silence.
        reworded: answers that came along to a question with another wording.
    """

    answers: Answers = field(repr=False)
    kept: tuple[Pointer, ...]
    left: tuple[Change, ...]
    reworded: tuple[Change, ...]


def changed_between(old: Form, new: Form, answers: Answers) -> Carried:
    """Carry answers from one version of a form to another; nothing is written to the old ones.

    An answer fits when the new form has a field at its pointer that can hold it: the same kind, the same
    list, a choice that is still offered. A date becomes a partial date, a number a text; nothing is guessed
    beyond that. Hidden answers come along too. Calculated ones are worked out anew.
    """
    made = new.empty()
    kept: list[Pointer] = []
    left: list[Change] = []
    reworded: list[Change] = []
    for path, pattern, value in _leaves(answers, (), ()):
        before, after = old.loaded.fields.get(pattern), new.loaded.fields.get(pattern)
        label = before.label if before else Label("", "")
        if before is not None and before.calculation is not None:
            continue
        if (reason := _misfit(new, before, after, path, pattern, value)) is not None:
            left.append(Change(join(path), label, reason, value))
            continue
        assert after is not None
        _place(made, path, pattern, _converted(after, value))
        kept.append(join(path))
        if after.label.vi != label.vi:
            reworded.append(Change(join(path), label, Reason.REWORDED, value))
    _room(new, made, answers)
    return Carried(new.recalculated(made), tuple(kept), tuple(left), tuple(reworded))


def _leaves(value: JsonValue, path: Path, pattern: Path) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name), (*pattern, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(at)), (*pattern, ANY))
    elif value is not None:
        yield path, pattern, value


def _misfit(
    new: Form, before: FieldSpec | None, after: FieldSpec | None, path: Path, pattern: Path, value: JsonValue
) -> Reason | None:
    if after is None:
        return Reason.GONE
    if after.calculation is not None:
        return Reason.CALCULATED
    for at, part in enumerate(pattern):
        if part == ANY and int(path[at]) >= new.loaded.arrays[pattern[:at]].most:
            return Reason.TOO_MANY
    if before is not None and not _holds(before, after, value):
        return Reason.OTHER_KIND
    if after.options and value not in [option.value for option in after.options]:
        return Reason.NOT_A_CHOICE
    return None


_WIDER = {
    FieldKind.TEXT: {FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.NUMBER},
    FieldKind.MULTILINE: {FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.NUMBER},
    FieldKind.PARTIAL_DATE: {FieldKind.PARTIAL_DATE, FieldKind.DATE},
    FieldKind.CHECKBOX: {FieldKind.CHECKBOX},
}


def _holds(before: FieldSpec, after: FieldSpec, value: JsonValue) -> bool:
    if before.list_name != after.list_name:
        return False
    if before.kind not in _WIDER.get(after.kind, {after.kind}):
        return False
    return not (after.kind is FieldKind.CHOICE and isinstance(value, bool))


def _converted(after: FieldSpec, value: JsonValue) -> JsonValue:
    is_text = after.kind in {FieldKind.TEXT, FieldKind.MULTILINE}
    return str(value) if is_text and not isinstance(value, str) else value


def _place(answers: Answers, path: Path, pattern: Path, value: JsonValue) -> None:
    """Write an answer, with the items above it."""
    for at, part in enumerate(pattern):
        if part == ANY:
            items = dig(answers, path[:at])
            count = len(items) if isinstance(items, list) else 0
            if count <= int(path[at]):
                more: list[JsonValue] = [{} for _ in range(int(path[at]) + 1 - count)]
                put(answers, path[:at], [*(items if isinstance(items, list) else []), *more])
    put(answers, path, value)


def _room(new: Form, made: Answers, answers: Answers) -> None:
    """Keep items that are still empty, as far as the new form has room."""
    for pattern, spec in new.loaded.arrays.items():
        old = dig(answers, pattern) if ANY not in pattern else None
        have = dig(made, pattern) if ANY not in pattern else None
        count = len(have) if isinstance(have, list) else 0
        if isinstance(old, list) and min(len(old), spec.most) > count:
            more: list[JsonValue] = [{} for _ in range(min(len(old), spec.most) - count)]
            put(made, pattern, [*(have if isinstance(have, list) else []), *more])
