"""Works out calculated fields from the answers that are visible."""

from collections.abc import Iterator, Sequence
from datetime import date

from van_station.rules.conditions import ANY
from van_station.rules.form_dates import format_date_vi
from van_station.rules.form_partial_dates import (
    age_years,
    is_partial_date,
    show_partial_date,
    stored_partial_date,
)
from van_station.rules.form_specs import FieldSpec, Operation, Path
from van_station.rules.form_words import MOST, date_in_words, number_in_words
from van_station.rules.json_values import JsonValue, dig, put

Instance = tuple[FieldSpec, Path]
"""A field and where its answer lies, items numbered."""
Answers = dict[str, JsonValue]
MAX_RESULT = 2000


def calculate(
    order: Sequence[FieldSpec], instances: Sequence[Instance], answers: Answers, today: date | None
) -> None:
    """Write calculated fields into answers that nobody else holds; what can't be calculated goes."""
    for spec in order:
        for each, path in instances:
            if each is spec:
                put(answers, path, _result(spec, path, answers, today))


def _result(spec: FieldSpec, path: Path, answers: Answers, today: date | None) -> JsonValue:
    made = spec.calculation
    if made is None:
        return None
    numbers = tuple(part for part, pattern in zip(path, spec.full, strict=True) if pattern == ANY)
    found = [list(_values(answers, source, spec.full, numbers)) for source in made.of]
    if made.operation is Operation.AGE_YEARS:
        return _age(found, dig(answers, path), today)
    given = [value for values in found for value in values if value is not None]
    return _OPERATIONS[made.operation](given, made.separator, spec)


def _values(answers: JsonValue, source: Path, full: Path, numbers: Sequence[str]) -> Iterator[JsonValue]:
    """Yield the answers at a source: of the same item where the item is shared, else of every item."""
    value = answers
    at_item = 0
    for at, part in enumerate(source):
        if part != ANY:
            value = dig(value, (part,))
        elif source[: at + 1] == full[: at + 1]:
            value = dig(value, (numbers[at_item],))
            at_item += 1
        else:
            for item in value if isinstance(value, list) else ():
                yield from _values(item, source[at + 1 :], (), ())
            return
    yield value


def _age(found: Sequence[Sequence[JsonValue]], kept: JsonValue, today: date | None) -> JsonValue:
    """Return the age on a second date, or today; without today, what was calculated last stays."""
    birth, *on = [_as_date(values[0]) if values else None for values in found]
    if birth is None:
        return None
    if not on:
        return kept if today is None else age_years(birth, today)
    day = stored_partial_date(on[0] or "")
    return None if day is None else age_years(birth, day.earliest)


def _as_date(value: JsonValue) -> str | None:
    """Return a date as stored; a year may stand in a field for numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and is_partial_date(value) else None


def _copy(given: Sequence[JsonValue], _separator: str, _spec: FieldSpec) -> JsonValue:
    return given[0] if given and not isinstance(given[0], list | dict) else None


def _concat(given: Sequence[JsonValue], separator: str, _spec: FieldSpec) -> JsonValue:
    texts = [_text(value) for value in given if not isinstance(value, list | dict | bool)]
    return separator.join(text for text in texts if text)[:MAX_RESULT] or None


def _text(value: JsonValue) -> str:
    if isinstance(value, str) and is_partial_date(value) and not value.isdecimal():
        return format_date_vi(value) if len(value) == 10 else show_partial_date(value)
    return str(value).strip()


def _sum(given: Sequence[JsonValue], _separator: str, spec: FieldSpec) -> JsonValue:
    numbers = [value for value in given if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers:
        return None
    total = sum(numbers)
    return int(total) if spec.whole_number and abs(total) <= MOST else total


def _count(given: Sequence[JsonValue], _separator: str, _spec: FieldSpec) -> JsonValue:
    return sum(len(value) if isinstance(value, list) else value not in (False, "") for value in given)


def _date_words(given: Sequence[JsonValue], _separator: str, _spec: FieldSpec) -> JsonValue:
    return date_in_words(given[0]) or None if given and isinstance(given[0], str) else None


def _number_words(given: Sequence[JsonValue], _separator: str, _spec: FieldSpec) -> JsonValue:
    number = given[0] if given else None
    if not isinstance(number, int | float) or isinstance(number, bool):
        return None
    if abs(number) > MOST or number != int(number):
        return None
    words = number_in_words(int(number))
    return words[0].upper() + words[1:]


_OPERATIONS = {
    Operation.COPY: _copy,
    Operation.CONCAT: _concat,
    Operation.SUM: _sum,
    Operation.COUNT: _count,
    Operation.DATE_IN_WORDS: _date_words,
    Operation.NUMBER_IN_WORDS: _number_words,
}
