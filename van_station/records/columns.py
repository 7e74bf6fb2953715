"""Column types and the base of every row."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import Dialect, String, Text
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def new_id() -> str:
    """Return a fresh record id: 32 lower-case hex digits, random."""
    return uuid4().hex


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept as `YYYY-MM-DDTHH:MM:SS.ffffffZ` in UTC, so that text order is time order.

    Naive datetimes are refused: nobody can tell later which clock they meant.
    Comes back with `tzinfo=UTC`.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Turn an aware datetime into text; ValueError for a naive one."""
        del dialect
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Turn kept text into an aware datetime."""
        del dialect
        return None if value is None else moment_of(value)


def moment_text(value: datetime) -> str:
    """Return the kept form of a moment, 27 characters; ValueError for a naive datetime."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """Return the aware datetime of a kept form; ValueError for anything else."""
    if _MOMENT.fullmatch(text) is None:
        raise ValueError("not a kept moment")
    return datetime.fromisoformat(text)  # thirty times as fast as strptime: lists hold thousands


def json_text(value: object) -> str:
    """Return JSON with sorted keys and no spaces: the same value is always the same text.

    ValueError for NaN and infinities, TypeError for what JSON cannot say.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as text in one canonical form.

    Change such a column by assigning a new value: `row.answers = {**row.answers, "x": 1}`.
    (The store's unit of work also notices a value that was edited in place, by comparing texts.)
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Turn a JSON value into its canonical text."""
        del dialect
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Turn kept text into the JSON value."""
        del dialect
        return None if value is None else json.loads(value)


class Row(SQLModel):
    """Whatever the store keeps. Its table is called as the class, in snake case: its *kind*.

    Attributes:
        __local__: True for a table that never leaves this machine.
        __local_columns__: columns that never leave this machine, of a table that otherwise replicates.

    Rows refer to each other by indexed ids without foreign keys: fields arrive from other machines one by
    one and in any order, and a child that comes first must not be refused.
    """

    __local__: ClassVar[bool] = False
    __local_columns__: ClassVar[frozenset[str]] = frozenset()

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805
        return _CAPITAL.sub("_", cls.__name__).lower()

    def __repr_args__(self) -> Sequence[tuple[str | None, Any]]:
        """Show the id alone: rows hold personal data, and what is printed ends in logs."""
        return [("id", getattr(self, "id", None))]


def kind_of(row: Row | type[Row]) -> str:
    """Return the name of the row's table, e.g. `stored_file`."""
    return str(row.__tablename__)


class Record(Row):
    """A row known by a random id that is the same on every machine."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=64)


def moment(*, index: bool = False) -> Any:
    """Return the field of a required moment."""
    return Field(sa_type=UtcDateTime, index=index)


def maybe_moment(*, index: bool = False) -> Any:
    """Return the field of a moment that may not have come yet."""
    return Field(default=None, sa_type=UtcDateTime, index=index)
