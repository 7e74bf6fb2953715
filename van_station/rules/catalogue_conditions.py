"""Conditions as a clerk writes them in one cell: `cho_o_da_co != có; loai = thuê | loai = mượn`.

The language is described in `docs/formats/catalogue.md`. A bare name is a question of the procedure, a name
with `/` a field of its form; `;` is and, `|` is or and binds closer, parentheses group.
"""

import json
import re
from collections.abc import Collection
from typing import Any

from van_station.rules.conditions import load_condition
from van_station.rules.json_values import join, pointer_of_scope, split
from van_station.rules.text import nfc

MAX_TEXT = 4000
_KNOWN = "/known/"
_TOKENS = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<mark><=|>=|!=|[=<>;|(),])|(?P<word>[^\s"=<>!;|(),]+))"""
)
_WORDS: dict[str, Any] = {"có": True, "không": False, "trống": None, "yes": True, "no": False, "empty": None}
_SAID: dict[Any, str] = {True: "có", False: "không", None: "trống"}
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_NAME = re.compile(r"[a-z_]{2,40}|(?:/[^\s/\"=<>!;|(),]{1,60}){1,10}")
_IN, _NOT = "thuộc", "không"
_COMPARED = frozenset({"<", "<=", "=", "!="})


class ConditionFault(Exception):
    """The cell can't be read as a condition.

    Attributes:
        what: `name` a question or field is expected, `mark` one of = != <= >= thuộc, `value` a value, `end`
            something is left over, `closing` a parenthesis is missing, `unfit` the condition itself.
        at: number of the character where it stops, from 1.
        found: what stands there.
    """

    def __init__(self, what: str, at: int, found: str) -> None:
        super().__init__(f"{what} at {at}")
        self.what = what
        self.at = at
        self.found = found[:40]


def read_condition(text: str, questions: Collection[str]) -> dict[str, Any]:
    """Return the JSON condition that a cell says; a cell beginning with `{` holds the JSON itself.

    Args:
        text: not empty.
        questions: keys of the procedure's questions.

    Raises:
        ConditionFault
    """
    if len(text) > MAX_TEXT:
        raise ConditionFault("unfit", MAX_TEXT, "")
    as_json = text.lstrip().startswith("{")
    condition = _json(text) if as_json else _Reading(nfc(text), questions).all()
    try:
        load_condition(condition)
    except ValueError as fault:
        raise ConditionFault("unfit", 1, str(fault)) from fault
    return condition


def write_condition(condition: dict[str, Any], questions: Collection[str]) -> str:
    """Return the cell for a JSON condition; what the language can't say exactly is written as JSON."""
    try:
        text = _said(condition, questions)
        if read_condition(text, questions) == condition:
            return text
    except (ConditionFault, KeyError, TypeError, ValueError):
        pass
    return json.dumps(condition, ensure_ascii=False)


def read_presets(text: str) -> dict[str, Any]:
    """Return values by pointer: `/kind = permanent; /copies = 1`.

    Raises:
        ConditionFault
    """
    return dict(_Reading(nfc(text), ()).presets())


def write_presets(presets: dict[str, Any]) -> str:
    """Return the cell for presets."""
    return "; ".join(f"{pointer} = {_value(value)}" for pointer, value in presets.items())


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ConditionFault("unfit", 1, text) from fault
    if not isinstance(data, dict):
        raise ConditionFault("unfit", 1, text)
    return data


class _Reading:
    """A recursive descent over the tokens of one cell."""

    def __init__(self, text: str, questions: Collection[str]) -> None:
        self._questions = questions
        self._tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < len(text):
            match = _TOKENS.match(text, at)
            if match is None:
                rest = text[at:].lstrip()
                if not rest:
                    break
                what = "value" if rest.startswith('"') else "name"  # a quote that is not closed
                raise ConditionFault(what, len(text) - len(rest) + 1, rest)
            kind = str(match.lastgroup)
            self._tokens.append((kind, match.group(kind), match.start(kind) + 1))
            at = match.end()
        self._end = len(text) + 1
        self._at = 0

    def all(self) -> dict[str, Any]:
        condition = self._and(0)
        self._finished()
        return condition

    def presets(self) -> list[tuple[str, Any]]:
        found = []
        while True:
            found.append((self._pointer(), self._after("=")))
            if not self._take(";"):
                break
        self._finished()
        return found

    def _finished(self) -> None:
        if self._at < len(self._tokens):
            raise self._fault("end")

    def _and(self, depth: int) -> dict[str, Any]:
        parts = [self._or(depth)]
        while self._take(";"):
            parts.append(self._or(depth))
        return parts[0] if len(parts) == 1 else {"type": "AND", "conditions": parts}

    def _or(self, depth: int) -> dict[str, Any]:
        parts = [self._atom(depth)]
        while self._take("|"):
            parts.append(self._atom(depth))
        return parts[0] if len(parts) == 1 else {"type": "OR", "conditions": parts}

    def _atom(self, depth: int) -> dict[str, Any]:
        if depth > 8:
            raise self._fault("unfit")
        if self._take("("):
            inner = self._and(depth + 1)
            if not self._take(")"):
                raise self._fault("closing")
            return inner
        pointer = self._pointer()
        mark = self._mark()
        other = self._peek()
        if mark in _COMPARED and other[0] == "word" and other[1].startswith("/"):
            return {"compare": [pointer, mark, self._pointer()]}
        return {"scope": _scope(pointer), "schema": self._schema(mark)}

    def _schema(self, mark: str) -> dict[str, Any]:
        if mark in {"=", "!="}:
            value = self._value()
            return {"const": value} if mark == "=" else {"not": {"const": value}}
        if mark in {"<=", ">="}:
            value = self._value()
            if isinstance(value, str | bool) or value is None:
                self._at -= 1
                raise self._fault("value")
            return {"type": "number", "maximum" if mark == "<=" else "minimum": value}
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        return {"enum": values} if mark == _IN else {"not": {"enum": values}}

    def _pointer(self) -> str:
        kind, word, _ = self._peek()
        if kind != "word" or _NAME.fullmatch(word) is None:
            raise self._fault("name")
        if not word.startswith("/") and word not in self._questions:
            raise self._fault("name")
        self._at += 1
        return word if word.startswith("/") else _KNOWN + word

    def _mark(self) -> str:
        kind, word, _ = self._peek()
        if kind == "word" and word == _NOT:
            self._at += 1
            if self._peek()[1] != _IN:
                raise self._fault("mark")
            self._at += 1
            return _NOT
        if word not in {"=", "!=", "<=", ">=", "<", _IN} or kind == "quoted":
            raise self._fault("mark")
        self._at += 1
        if word == "<" and not self._peek()[1].startswith("/"):
            self._at -= 1
            raise self._fault("mark")
        return word

    def _after(self, mark: str) -> Any:
        if not self._take(mark):
            raise self._fault("mark")
        return self._value()

    def _value(self) -> Any:
        """Return a value: words up to the next mark are one text."""
        kind, word, _ = self._peek()
        if kind == "quoted":
            self._at += 1
            try:
                return json.loads(word)
            except ValueError:
                self._at -= 1
                raise self._fault("value") from None
        words: list[str] = []
        while self._peek()[0] == "word":
            words.append(self._peek()[1])
            self._at += 1
        if not words:
            raise self._fault("value")
        text = " ".join(words)
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        return text

    def _take(self, mark: str) -> bool:
        kind, word, _ = self._peek()
        if kind == "mark" and word == mark:
            self._at += 1
            return True
        return False

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "", self._end)

    def _fault(self, what: str) -> ConditionFault:
        _, word, at = self._peek()
        return ConditionFault(what, at, word)


def _scope(pointer: str) -> str:
    return "#" + "".join(f"/properties{join([part])}" for part in split(pointer))


def _said(condition: dict[str, Any], questions: Collection[str]) -> str:
    if "conditions" in condition:
        either = condition["type"] == "OR"
        parts = [_part(part, questions, inside_or=either) for part in condition["conditions"]]
        return (" | " if either else "; ").join(parts)
    if "compare" in condition:
        first, mark, second = condition["compare"]
        return f"{first} {mark} {second}"
    name = _name(pointer_of_scope(condition["scope"]), questions)
    return f"{name} {_test(condition['schema'])}"


def _part(condition: dict[str, Any], questions: Collection[str], *, inside_or: bool) -> str:
    text = _said(condition, questions)
    nested = "conditions" in condition and (inside_or or condition["type"] == "AND")
    return f"({text})" if nested else text


def _name(pointer: str, questions: Collection[str]) -> str:
    key = pointer.removeprefix(_KNOWN)
    return key if pointer.startswith(_KNOWN) and key in questions else pointer


def _test(schema: dict[str, Any]) -> str:
    match schema:
        case {"const": value}:
            return f"= {_value(value)}"
        case {"not": {"const": value}}:
            return f"!= {_value(value)}"
        case {"enum": values}:
            return f"{_IN} {', '.join(map(_value, values))}"
        case {"not": {"enum": values}}:
            return f"{_NOT} {_IN} {', '.join(map(_value, values))}"
        case {"type": "number", "minimum": value}:
            return f">= {_value(value)}"
        case {"type": "number", "maximum": value}:
            return f"<= {_value(value)}"
    raise ValueError("schema")


def _value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _SAID[value]
    if not isinstance(value, str):
        return str(value)
    plain = re.fullmatch(r"[^\s\"=<>!;|(),/]+(?: [^\s\"=<>!;|(),/]+)*", value)
    if plain and value not in _WORDS and not _NUMBER.fullmatch(value) and value == nfc(value):
        return value
    return json.dumps(value, ensure_ascii=False)
