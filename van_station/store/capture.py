"""What a session is about to write, as changes of cells."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from sync.canonical import JsonValue
from sync.changes import DELETED
from van_station.records import JsonText, Record, Row, json_text, kind_of, replicated_columns
from van_station.store.errors import StaleRow
from van_station.store.ledger import Cell
from van_station.store.values import to_json

_COLUMNS: dict[type[Row], tuple[str, ...]] = {}
_JSON_COLUMNS: dict[type[Row], tuple[str, ...]] = {}


def captured(session: Session) -> Iterator[tuple[Cell, JsonValue]]:
    """Yield the cells that the next flush changes: of new rows all that have a value."""
    for row in session.new:
        if isinstance(row, Record):
            yield from _new_cells(row)
    for row in session.dirty:
        if isinstance(row, Record):
            yield from _changed_cells(row)
    for row in session.deleted:
        if isinstance(row, Record) and not row.__local__:
            yield (kind_of(row), row.id, DELETED), True


def touched_kinds(session: Session) -> set[str]:
    """Return the kinds of rows that the next flush writes, local ones too."""
    dirty = (row for row in session.dirty if session.is_modified(row))
    return {kind_of(row) for row in (*session.new, *dirty, *session.deleted) if isinstance(row, Row)}


def mark_edited_json(session: Session, row: Row) -> None:
    """Notice JSON values edited in place, which the ORM cannot see, by comparing with what is kept."""
    names = _json_columns(type(row))
    if not names or not inspect(row).persistent:
        return
    table = row.__table__  # type: ignore[attr-defined]
    keys = [column == getattr(row, column.name) for column in table.primary_key]
    kept = session.connection().execute(table.select().where(*keys)).mappings().one_or_none()
    for name in names:
        value = getattr(row, name)
        if kept is not None and json_text(kept[name]) != json_text(value):
            flag_modified(row, name)


def refuse_stale(session: Session, row: Row) -> None:
    """Compare what a row from another session is about to replace with what is kept now.

    Raises:
        StaleRow: gone, or changed by somebody else in the meantime.
    """
    table = row.__table__  # type: ignore[attr-defined]
    keys = [column == getattr(row, column.name) for column in table.primary_key]
    kept = session.connection().execute(table.select().where(*keys)).mappings().one_or_none()
    if kept is None:
        raise StaleRow("the row is gone")
    for name, history in _histories(row):
        if history.has_changes() and history.deleted and history.deleted[0] != kept[name]:
            raise StaleRow(f"{kind_of(row)}.{name} was changed in the meantime")


def _new_cells(row: Record) -> Iterator[tuple[Cell, JsonValue]]:
    kind, record_id = kind_of(row), row.id
    for name in _columns(type(row)):
        value = getattr(row, name, None)
        if value is not None:
            yield (kind, record_id, name), to_json(value)


def _changed_cells(row: Record) -> Iterator[tuple[Cell, JsonValue]]:
    names = _columns(type(row))
    kind, record_id = kind_of(row), row.id
    for name, history in _histories(row):
        if name in names and history.has_changes():
            yield (kind, record_id, name), to_json(getattr(row, name))


def _histories(row: Row) -> Iterator[tuple[str, Any]]:
    for attribute in inspect(row).attrs:
        yield attribute.key, attribute.history


def _columns(model: type[Row]) -> tuple[str, ...]:
    if model not in _COLUMNS:
        _COLUMNS[model] = replicated_columns(model)
    return _COLUMNS[model]


def _json_columns(model: type[Row]) -> tuple[str, ...]:
    if model not in _JSON_COLUMNS:
        columns = model.__table__.columns  # type: ignore[attr-defined]
        _JSON_COLUMNS[model] = tuple(column.name for column in columns if isinstance(column.type, JsonText))
    return _JSON_COLUMNS[model]
