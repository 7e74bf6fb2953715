"""The form engine: JSON Schema 2020-12 for what is right, a JSON Forms UI schema for what is shown.

Answers are plain JSON objects and are never changed in place.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from van_station.rules import form_checks, form_layout, form_loading
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_dates import parse_date_vi
from van_station.rules.form_layout import Answers
from van_station.rules.form_loading import ANY, MAX_TEXT, ArraySpec, FieldSpec, Loaded, Path
from van_station.rules.form_nodes import FieldKind, FieldProblem, Node
from van_station.rules.json_values import JsonValue, Pointer, get, join, replaced, split
from van_station.rules.text import nfc

__all__ = ["MAX_ANSWERS_BYTES", "Answers", "Form", "load_form"]

MAX_ANSWERS_BYTES = 64 * 1024
_PASSES = 4
# 15 digits at most; dots or spaces only between groups of three, as amounts are written.
_WHOLE = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:[. ][0-9]{3}){1,4}")
_GROUPING = re.compile(r"[. ]")


class Form:
    """A loaded form; it holds no answers and may be shared."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._checker = form_checks.Checker(loaded.schema)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema it was loaded from."""
        return self._loaded.schema

    def empty(self) -> Answers:
        """Return the answers of a new draft: defaults, and as many items as a repeated group needs."""
        answers: Answers = {}
        for path, spec in self._loaded.arrays.items():
            if spec.least and ANY not in path:
                answers = _object(replaced(answers, join(path), [{} for _ in range(spec.least)]))
        for path, default in self._checker.defaults():
            if path in self._loaded.fields:
                answers = _object(replaced(answers, join(path), default))
        return answers

    def layout(self, answers: Answers, origins: Mapping[Pointer, str] | None = None) -> tuple[Node, ...]:
        """Return what to show for these answers, hidden nodes included (`visible` False).

        An answer that is hidden counts as not given for every condition.

        Args:
            answers: as `set`, `add_item` and `remove_item` return them.
            origins: where answers came from, by pointer, handed on to the nodes.
        """
        judged: JsonValue = answers
        nodes: tuple[Node, ...] = ()
        for _ in range(_PASSES):
            nodes = form_layout.nodes(self._loaded.roots, form_layout.View(answers, judged, origins or {}))
            given = form_layout.kept(nodes)
            if given == judged:
                break
            judged = given
        return nodes

    def submission(self, answers: Answers) -> Answers:
        """Return what may leave: only visible fields with an answer, texts trimmed, no empty groups."""
        return _object(form_layout.pruned(form_layout.kept(self.layout(answers))))

    def check(self, answers: Answers, *, today: date | None = None) -> list[FieldProblem]:
        """Return what is wrong, in the order of the layout; hidden fields are never wrong.

        Args:
            answers: the draft.
            today: for dates that may not lie in the future; None leaves that check out.
        """
        shown = list(form_layout.shown(self.layout(answers)))
        whole = form_layout.skeleton(self.submission(answers), shown)
        return self._checker.problems(whole, shown, self._loaded, today)

    def set(self, answers: Answers, pointer: Pointer, value: JsonValue) -> Answers:
        """Return the answers with `value` at `pointer`.

        Text is kept in NFC; a date may be typed `22/11/2026`, a number as digits. What can't be read is kept
        as typed, so that nothing is lost, and `check` says so. None or an empty text clears the answer.

        Raises:
            AnswerRefused: `form.no_such_field`, or `form.too_large` (one text beyond 2,000 characters, all
                answers beyond 64 KiB).
        """
        spec = self._field(answers, pointer)
        return self._bounded(_object(replaced(answers, pointer, _stored(spec, value, pointer))))

    def add_item(self, answers: Answers, pointer: Pointer) -> Answers:
        """Return the answers with one more, empty item in the repeated group.

        Raises:
            AnswerRefused: `form.no_such_field`, or `form.too_many_items`.
        """
        spec, items = self._items(answers, pointer)
        if len(items) >= spec.most:
            raise AnswerRefused(code="form.too_many_items", pointer=pointer, most=spec.most)
        return self._bounded(_object(replaced(answers, pointer, [*items, {}])))

    def remove_item(self, answers: Answers, pointer: Pointer, index: int) -> Answers:
        """Return the answers without one item of the repeated group.

        Raises:
            AnswerRefused: `form.no_such_field` (also for an item that isn't there), `form.too_few_items`.
        """
        spec, items = self._items(answers, pointer)
        if not 0 <= index < len(items):
            raise AnswerRefused(pointer=pointer)
        if len(items) <= spec.least:
            raise AnswerRefused(code="form.too_few_items", pointer=pointer, least=spec.least)
        return _object(replaced(answers, pointer, [*items[:index], *items[index + 1 :]]))

    def prefill_hints(self) -> dict[Pointer, str]:
        """Return the `x-prefill` hint of each field outside repeated groups."""
        return {
            join(path): spec.prefill
            for path, spec in self._loaded.fields.items()
            if spec.prefill and ANY not in path
        }

    def _field(self, answers: Answers, pointer: Pointer) -> FieldSpec:
        spec = self._loaded.fields.get(_pattern(answers, pointer))
        if spec is None:
            raise AnswerRefused(pointer=pointer)
        return spec

    def _items(self, answers: Answers, pointer: Pointer) -> tuple[ArraySpec, list[JsonValue]]:
        spec = self._loaded.arrays.get(_pattern(answers, pointer))
        if spec is None:
            raise AnswerRefused(pointer=pointer)
        items = get(answers, pointer)
        return spec, items if isinstance(items, list) else []

    def _bounded(self, answers: Answers) -> Answers:
        if len(json.dumps(answers, ensure_ascii=False).encode()) > MAX_ANSWERS_BYTES:
            raise AnswerRefused(code="form.too_large", pointer="")
        return answers


def load_form(schema: Mapping[str, Any], ui: Mapping[str, Any]) -> Form:
    """Build a form from its parsed `form.schema.json` and `form.ui.json`.

    Raises:
        FormRefused: with `details["place"]`, a pointer to the fault.
    """
    return Form(form_loading.load(schema, ui))


def _object(value: JsonValue) -> Answers:
    return value if isinstance(value, dict) else {}


def _pattern(answers: Answers, pointer: Pointer) -> Path:
    """Return the pointer's path with item numbers as `*`; an item that isn't there matches nothing."""
    path: list[str] = []
    value: JsonValue = answers
    for part in split(pointer):
        if isinstance(value, list):
            if not (part.isascii() and part.isdecimal() and int(part) < len(value)):
                return ("", part)
            path.append(ANY)
            value = value[int(part)]
        else:
            path.append(part)
            value = value.get(part) if isinstance(value, dict) else None
    return tuple(path)


def _stored(spec: FieldSpec, value: JsonValue, pointer: Pointer) -> JsonValue:
    if isinstance(value, list | dict):
        raise AnswerRefused(pointer=pointer)
    if isinstance(value, float) and not isfinite(value):
        raise AnswerRefused(pointer=pointer)
    if not isinstance(value, str):
        return value
    if len(value) > MAX_TEXT:
        raise AnswerRefused(code="form.too_large", pointer=pointer)
    if not value.strip():
        return None
    if spec.kind is FieldKind.DATE:
        day = parse_date_vi(value)
        return day.isoformat() if day else nfc(value)
    if spec.kind is FieldKind.NUMBER:
        clean = value.strip()
        return int(_GROUPING.sub("", clean)) if _WHOLE.fullmatch(clean) else nfc(value)
    return form_layout.normal(value)
