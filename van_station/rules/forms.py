"""The form engine: JSON Schema 2020-12 for what is right, a JSON Forms UI schema for what is shown.

Answers are plain JSON objects and are never changed in place. The vocabulary is in `docs/formats/form.md`.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from math import isfinite
from typing import Any

from van_station.rules import form_checks, form_layout, form_loading
from van_station.rules.conditions import ANY
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_dates import parse_date_vi
from van_station.rules.form_layout import Answers, item_pattern
from van_station.rules.form_nodes import FieldKind, FieldProblem, Node
from van_station.rules.form_options import OptionLists
from van_station.rules.form_partial_dates import read_partial_date
from van_station.rules.form_references import Documents
from van_station.rules.form_review import Review
from van_station.rules.form_schema import CompiledSchema
from van_station.rules.form_specs import (
    MAX_INTEGER,
    MAX_TEXT,
    OPTION_LISTS,
    ArraySpec,
    FieldSpec,
    Loaded,
    Spec,
)
from van_station.rules.json_values import JsonValue, Pointer, dig, get, join, put, replaced, split
from van_station.rules.text import nfc, seen

__all__ = ["MAX_ANSWERS_BYTES", "Answers", "Form", "load_form"]

MAX_ANSWERS_BYTES = 64 * 1024
# 15 digits at most; dots or spaces only between groups of three, as amounts are written.
_WHOLE = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:[. ][0-9]{3}){1,4}")
_DECIMAL = re.compile(r"[0-9]{1,12},[0-9]{1,6}")
_GROUPING = re.compile(r"[. ]")


class Form:
    """A loaded form; it holds no answers and may be shared."""

    def __init__(
        self, loaded: Loaded, schema: CompiledSchema, source: Mapping[str, Any] | None = None
    ) -> None:
        self._loaded = loaded
        self._compiled = schema
        self._source = loaded.schema if source is None else source

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema it was loaded from."""
        return self._source

    @property
    def loaded(self) -> Loaded:
        """What its elements are, whatever the answers."""
        return self._loaded

    # ------------------------------------------------------------------ looking
    def empty(self) -> Answers:
        """Return the answers of a new draft: defaults, and as many items as a repeated group needs."""
        return _blank(self._loaded.roots)

    def layout(
        self,
        answers: Answers,
        origins: Mapping[Pointer, str] | None = None,
        *,
        today: date | None = None,
        lists: OptionLists | None = None,
    ) -> tuple[Node, ...]:
        """Return what to show for these answers, hidden nodes included (`visible` False).

        An answer that is hidden counts as not given for every condition.

        Args:
            answers: as `set`, `add_item` and `remove_item` return them.
            origins: where answers came from, by pointer, handed on to the nodes.
            today: for ages; without it they stay as calculated last.
            lists: what the codes of `x-options` stand for.
        """
        given, _ = form_layout.settled(self._loaded, answers, today)
        return form_layout.nodes(self._loaded.roots, self._view(answers, given, origins, today, lists))

    def review(
        self,
        answers: Answers,
        origins: Mapping[Pointer, str] | None = None,
        *,
        today: date | None = None,
        lists: OptionLists | None = None,
    ) -> Review:
        """Return all that a screen needs after a keystroke: nodes with problems, progress, the next gap.

        Args:
            answers: the draft.
            origins: as for `layout`.
            today: for ages, and for dates that may not lie in the future; None leaves that check out.
            lists: what the codes of `x-options` must be in; None leaves that check out.
        """
        given, _ = form_layout.settled(self._loaded, answers, today)
        view = self._view(answers, given, origins, today, lists)
        tree = form_layout.nodes(self._loaded.roots, view)
        shown = list(form_layout.shown(tree))
        leaving = _object(form_layout.pruned(given))
        subject = form_checks.Subject(given, form_layout.skeleton(leaving, shown), shown, today, lists)
        problems = form_checks.problems(self._compiled, self._loaded, subject)
        return Review.of(tree, problems)

    def submission(self, answers: Answers, *, today: date | None = None) -> Answers:
        """Return what may leave: only visible fields with an answer, texts trimmed, no empty groups."""
        return _object(form_layout.pruned(form_layout.settled(self._loaded, answers, today)[0]))

    def check(
        self, answers: Answers, *, today: date | None = None, lists: OptionLists | None = None
    ) -> list[FieldProblem]:
        """Return what stops the submission, in the order of the layout; hidden fields are never wrong.

        Args:
            answers: the draft.
            today: for dates that may not lie in the future; None leaves that check out.
            lists: what the codes of `x-options` must be in; None leaves that check out.
        """
        return list(self.review(answers, today=today, lists=lists).errors)

    def warnings(
        self, answers: Answers, *, today: date | None = None, lists: OptionLists | None = None
    ) -> list[FieldProblem]:
        """Return what a person should look at once more, though it stops nothing."""
        return list(self.review(answers, today=today, lists=lists).warnings)

    # ------------------------------------------------------------------ answering
    def set(
        self, answers: Answers, pointer: Pointer, value: JsonValue, *, today: date | None = None
    ) -> Answers:
        """Return the answers with `value` at `pointer`, calculated fields brought up to date.

        Text is kept in NFC; a date may be typed `22/11/2026`, a number as digits. What can't be read is kept
        as typed, so that nothing is lost, and `check` says so. None or an empty text clears the answer.

        Raises:
            AnswerRefused: `form.no_such_field`, `form.read_only` (a calculated field), or `form.too_large`
                (one text beyond 2,000 characters, all answers beyond 64 KiB).
        """
        spec = self._field(answers, pointer)
        if spec.calculation is not None:
            raise AnswerRefused(code="form.read_only", pointer=pointer)
        return self._finished(_object(replaced(answers, pointer, _stored(spec, value, pointer))), today)

    def add_item(self, answers: Answers, pointer: Pointer, *, today: date | None = None) -> Answers:
        """Return the answers with one more item in the repeated group, empty but for its defaults.

        Raises:
            AnswerRefused: `form.no_such_field`, or `form.too_many_items`.
        """
        spec, items = self._items(answers, pointer)
        if len(items) >= spec.most:
            raise AnswerRefused(code="form.too_many_items", pointer=pointer, most=spec.most)
        return self._finished(_object(replaced(answers, pointer, [*items, _blank(spec.children)])), today)

    def remove_item(
        self, answers: Answers, pointer: Pointer, index: int, *, today: date | None = None
    ) -> Answers:
        """Return the answers without one item of the repeated group.

        Raises:
            AnswerRefused: `form.no_such_field` (also for an item that isn't there), `form.too_few_items`.
        """
        spec, items = self._item(answers, pointer, index)
        if len(items) <= spec.least:
            raise AnswerRefused(code="form.too_few_items", pointer=pointer, least=spec.least)
        return self._finished(
            _object(replaced(answers, pointer, [*items[:index], *items[index + 1 :]])), today
        )

    def move_item(
        self, answers: Answers, pointer: Pointer, index: int, to: int, *, today: date | None = None
    ) -> Answers:
        """Return the answers with an item at another place of its repeated group.

        Raises:
            AnswerRefused: `form.no_such_field`, also for a place that isn't there.
        """
        _, items = self._item(answers, pointer, index)
        if not 0 <= to < len(items):
            raise AnswerRefused(pointer=pointer)
        rest = [*items[:index], *items[index + 1 :]]
        return self._finished(
            _object(replaced(answers, pointer, [*rest[:to], items[index], *rest[to:]])), today
        )

    def duplicate_item(
        self, answers: Answers, pointer: Pointer, index: int, *, today: date | None = None
    ) -> Answers:
        """Return the answers with a copy of an item behind it.

        Raises:
            AnswerRefused: `form.no_such_field`, `form.too_many_items`, or `form.too_large`.
        """
        spec, items = self._item(answers, pointer, index)
        if len(items) >= spec.most:
            raise AnswerRefused(code="form.too_many_items", pointer=pointer, most=spec.most)
        return self._finished(
            _object(replaced(answers, pointer, [*items[: index + 1], items[index], *items[index + 1 :]])),
            today,
        )

    def attach(self, answers: Answers, present: Collection[str], *, today: date | None = None) -> Answers:
        """Return the answers with every attachment field saying whether its paper is in the dossier.

        Args:
            answers: the draft.
            present: codes of components (thành phần hồ sơ) that were scanned.
            today: as for `layout`.
        """
        for path, spec in self._loaded.fields.items():
            if spec.component and ANY not in path:
                is_there = True if spec.component in present else None
                if dig(answers, path) is not is_there:
                    answers = _object(replaced(answers, join(path), is_there))
        return self._finished(answers, today)

    def recalculated(self, answers: Answers, *, today: date | None = None) -> Answers:
        """Return the answers with every calculated field brought up to date, for example on another day."""
        return self._finished(answers, today)

    def prefill_hints(self) -> dict[Pointer, str]:
        """Return the `x-prefill` hint of each field outside repeated groups."""
        return {
            join(path): spec.prefill
            for path, spec in self._loaded.fields.items()
            if spec.prefill and ANY not in path and not spec.read_only
        }

    # ------------------------------------------------------------------ inside
    def _view(
        self,
        answers: Answers,
        given: Answers,
        origins: Mapping[Pointer, str] | None,
        today: date | None,
        lists: OptionLists | None,
    ) -> form_layout.View:
        required = form_checks.required_now(self._compiled, given)
        last_year = today.year if today else 2060
        return form_layout.View(answers, given, origins or {}, required, lists=lists, last_year=last_year)

    def _finished(self, answers: Answers, today: date | None) -> Answers:
        """Store what is calculated, and keep everything within bounds."""
        if self._loaded.calculated:
            given, visible = form_layout.settled(self._loaded, answers, today)
            for _, path in visible:
                value = dig(given, path)
                if dig(answers, path) != value:
                    answers = _object(replaced(answers, join(path), value))
        if len(json.dumps(answers, ensure_ascii=False).encode()) > MAX_ANSWERS_BYTES:
            raise AnswerRefused(code="form.too_large", pointer="")
        return answers

    def _field(self, answers: Answers, pointer: Pointer) -> FieldSpec:
        spec = self._loaded.fields.get(item_pattern(split(pointer), answers)[0])
        if spec is None:
            raise AnswerRefused(pointer=pointer)
        return spec

    def _items(self, answers: Answers, pointer: Pointer) -> tuple[ArraySpec, list[JsonValue]]:
        spec = self._loaded.arrays.get(item_pattern(split(pointer), answers)[0])
        if spec is None:
            raise AnswerRefused(pointer=pointer)
        items = get(answers, pointer)
        return spec, items if isinstance(items, list) else []

    def _item(self, answers: Answers, pointer: Pointer, index: int) -> tuple[ArraySpec, list[JsonValue]]:
        spec, items = self._items(answers, pointer)
        if not 0 <= index < len(items):
            raise AnswerRefused(pointer=pointer)
        return spec, items


def load_form(
    schema: Mapping[str, Any],
    ui: Mapping[str, Any],
    documents: Documents | None = None,
    *,
    lists: Collection[str] = OPTION_LISTS,
) -> Form:
    """Build a form from its parsed schema and layout.

    Args:
        schema: JSON Schema, `schema.json`.
        ui: JSON Forms UI schema, `ui.json`.
        documents: what references may name besides `#/$defs/...`, for example
            `{"shared.schema.json": {"$defs": {...}}}`.
        lists: names that `x-options` may use.

    Raises:
        FormRefused: with `details["place"]`, a pointer to the fault, and `details["part"]`, `schema` or `ui`.
    """
    loaded, compiled = form_loading.load(schema, ui, documents, lists)
    return Form(loaded, compiled, schema)


def _blank(specs: tuple[Spec, ...]) -> Answers:
    """Return defaults and the items that repeated groups must have."""
    made: Answers = {}
    for spec in specs:
        if isinstance(spec, ArraySpec):
            if spec.least:
                put(made, spec.path, [_blank(spec.children) for _ in range(spec.least)])
        elif isinstance(spec, FieldSpec):
            if spec.default is not None and not spec.read_only:
                put(made, spec.path, spec.default)
        else:
            for name, value in _blank(spec.children).items():
                made[name] = _merged(made.get(name), value)
    return made


def _merged(one: JsonValue, other: JsonValue) -> JsonValue:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: _merged(one.get(name), value) for name, value in other.items()}}
    return other


def _object(value: JsonValue) -> Answers:
    return value if isinstance(value, dict) else {}


def _stored(spec: FieldSpec, value: JsonValue, pointer: Pointer) -> JsonValue:
    if isinstance(value, list | dict):
        raise AnswerRefused(pointer=pointer)
    if isinstance(value, float) and not isfinite(value):
        raise AnswerRefused(pointer=pointer)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise AnswerRefused(code="form.too_large", pointer=pointer)
    if not isinstance(value, str):
        return value
    if len(value) > MAX_TEXT:
        raise AnswerRefused(code="form.too_large", pointer=pointer)
    value = seen(value)
    if not value.strip():
        return None
    if spec.kind is FieldKind.DATE:
        day = parse_date_vi(value) or _exact(value)
        return day.isoformat() if day else nfc(value)
    if spec.kind is FieldKind.PARTIAL_DATE:
        read = read_partial_date(value).date
        return read.stored if read else nfc(value)
    if spec.kind is FieldKind.NUMBER:
        return _number(value.strip(), whole=spec.whole_number)
    return form_layout.normal(value)


def _exact(text: str) -> date | None:
    read = read_partial_date(text).date
    return read.earliest if read is not None and read.exact else None


def _number(text: str, *, whole: bool) -> JsonValue:
    """Return a number as it is written here: dots or spaces between thousands, a comma before decimals."""
    read: float | None = None
    if _WHOLE.fullmatch(text):
        read = int(_GROUPING.sub("", text))
    elif not whole and _DECIMAL.fullmatch(text):
        read = float(text.replace(",", "."))
    return read if read is not None and abs(read) <= MAX_INTEGER else nfc(text)
