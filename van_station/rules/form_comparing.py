"""Two answers compared: dates (partial ones too), numbers, texts."""

from enum import StrEnum

from van_station.rules.form_partial_dates import PartialDate, stored_partial_date
from van_station.rules.form_predicates import is_number
from van_station.rules.json_values import JsonValue, same
from van_station.rules.text import nfc


class Comparison(StrEnum):
    """What must hold between the first and the second answer."""

    BEFORE = "<"
    NOT_AFTER = "<="
    SAME = "="
    DIFFERENT = "!="


def compare(one: JsonValue, how: Comparison, other: JsonValue) -> bool:
    """Tell whether a comparison holds; False while an answer is not given or the two are of different kinds.

    Of partial dates the benefit of the doubt counts: 1954 may lie before 1954-03-20, and may be the same.
    """
    if one is None or other is None:
        return False
    if isinstance(one, str) and isinstance(other, str):
        first, second = stored_partial_date(one), stored_partial_date(other)
        if first is not None and second is not None:
            return _dates(first, how, second)
        return _ordered(nfc(one), how, nfc(other))
    if is_number(one) and is_number(other):
        return _ordered(float(one), how, float(other))  # type: ignore[arg-type]
    if how in {Comparison.BEFORE, Comparison.NOT_AFTER}:
        return False
    return same(one, other) is (how is Comparison.SAME)


def _dates(one: PartialDate, how: Comparison, other: PartialDate) -> bool:
    if how is Comparison.BEFORE:
        return one.earliest < other.latest
    if how is Comparison.NOT_AFTER:
        return one.earliest <= other.latest
    if how is Comparison.SAME:
        return one.earliest <= other.latest and other.earliest <= one.latest
    return not (one.exact and other.exact and one == other)


def _ordered(one: str | float, how: Comparison, other: str | float) -> bool:
    if how is Comparison.SAME:
        return one == other
    if how is Comparison.DIFFERENT:
        return one != other
    return one < other or (how is Comparison.NOT_AFTER and one == other)  # type: ignore[operator]
