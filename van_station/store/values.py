"""Column values as they travel: plain JSON, checked against the column's type on the way in."""

import base64
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, String
from sqlmodel import AutoString

from sync.canonical import JsonValue
from van_station.records import JsonText, UtcDateTime, json_text, moment_of, moment_text


def to_json(value: Any) -> JsonValue:
    """Return a column's Python value as JSON.

    Raises:
        TypeError, ValueError: a naive datetime, or what no column holds.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is not None and not isinstance(value, bool | int | float | list | dict):
        raise TypeError(f"{type(value).__name__} does not travel")
    return value


def from_json(column: "Column[Any]", value: JsonValue) -> Any:  # noqa: PLR0911  -- one for each type
    """Return the Python value of what another machine wrote into `column`.

    Raises:
        ValueError: another type than the column's.
    """
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, AutoString):
        kind = String()
    match kind, value:
        case JsonText(), _:
            json_text(value)
            return value
        case UtcDateTime(), str():
            return moment_of(value)
        case Date(), str():
            return date.fromisoformat(value)
        case (Boolean(), bool()) | (String(), str()):
            return value
        case Integer(), int() if type(value) is int:
            return value
        case Float(), int() | float() if type(value) is not bool:
            return float(value)
        case LargeBinary(), str():
            return base64.b64decode(value, validate=True)
    raise ValueError(f"not a value of {column.name}")
