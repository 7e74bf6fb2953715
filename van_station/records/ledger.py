"""The store's own books: the change log, its heads, and the audit lines. Only the store writes them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from van_station.records.columns import JsonText, Row, moment


class ChangeLog(Row, table=True):
    """One change of one field, from this or another machine; never edited, never removed."""

    __local__ = True
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    site: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    stamp: str
    entity: str
    record_id: str
    field: str
    value: str
    """Canonical JSON."""
    replaces: str
    """JSON list of [site, seq]."""
    author: str
    schema_number: int
    previous: str
    """Hex digest of the site's change before this one; empty for the first."""
    signature: str
    digest: str


class FieldHead(Row, table=True):
    """A change that no other has replaced yet. Two or more for one field are a conflict."""

    __local__ = True
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    entity: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    site: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)


class AuditLine(Row, table=True):
    """Who did what to which thing on this machine, chained by hashes."""

    __local__ = True

    seq: int = Field(primary_key=True)
    at: datetime = moment()
    actor_id: str
    act: str = Field(index=True)
    subject_kind: str
    subject_id: str = Field(index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JsonText)
    """Codes and counts; never personal data."""
    last_change: int
    """`seq` of this machine's latest change after the act: ties the two chains together."""
    previous: str
    hash: str
