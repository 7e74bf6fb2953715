"""Rows as the heads of their cells say: what merging writes, and what verifying compares with."""

import contextlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from sync.changes import DELETED, Change
from sync.merge import is_deleted, shown
from van_station.records import KINDS, Record, replicated_columns
from van_station.store.ledger import heads_of
from van_station.store.values import from_json

Heads = Mapping[str, frozenset[Change]]


def expected_row(model: type[Record], record_id: str, heads: Heads) -> dict[str, Any] | None:
    """Return the replicated columns that a record's row must show, with its id.

    Fields that this version does not know, and values of a wrong type, are left out; the log keeps them.

    Returns:
        None when there must be no row: the record is deleted, or a required field has not come yet.
    """
    if is_deleted(heads.get(DELETED, frozenset())):
        return None
    columns = table_of(model).columns
    names = replicated_columns(model)
    row = {"id": record_id, **{name: value for name, value in _defaults(model).items() if name in names}}
    for name in names:
        if name in heads:
            with contextlib.suppress(ValueError):
                value = from_json(columns[name], shown(heads[name]).value)
                if value is not None or columns[name].nullable:
                    row[name] = value
    return row if all(name in row for name in names) else None


def materialise(connection: Connection, entity: str, record_id: str) -> bool:
    """Make the record's row show its heads; a record that lacks a required field waits for it.

    Returns:
        Whether the row was written or removed.
    """
    model = KINDS.get(entity)
    if model is None:
        return False
    table = table_of(model)
    here = table.c.id == record_id
    row = expected_row(model, record_id, heads_of(connection, entity, record_id))
    if row is None:
        return connection.execute(table.delete().where(here)).rowcount > 0
    try:
        with connection.begin_nested():
            if connection.execute(table.update().where(here).values(**row)).rowcount == 0:
                connection.execute(table.insert().values(**{**_defaults(model), **row}))
    except IntegrityError:
        return False
    return True


def table_of(model: type[Record]) -> Table:
    """Return the model's table."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _defaults(model: type[Record]) -> dict[str, Any]:
    fields = ((name, field) for name, field in model.model_fields.items() if name != "id")
    return {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in fields
        if not field.is_required()
    }
