"""Dossiers, what they must contain, and the files that were handed in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from van_station.records.columns import JsonText, Record, maybe_moment, moment


class Dossier(Record, table=True):
    """One request for one procedure (*hồ sơ*)."""

    __table_args__ = (Index("ix_dossier_state_created_at", "state", "created_at"),)

    trip_id: str = Field(index=True)
    ticket_id: str | None = Field(default=None, index=True)
    person_id: str = Field(index=True)
    procedure_code: str
    procedure_version: str
    """The version of the catalogue entry that this dossier is bound to."""
    provisional_no: str = Field(index=True)
    """The van's own number, printed until the platform has issued a code."""
    official_code: str | None = Field(default=None, index=True)
    state: str
    platform_status: int | None = None
    """Status 1..10 of the national interface; None before the platform spoke."""
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JsonText)
    """The e-form's answers. Assign a new dict to change it."""
    consent: bool | None = None
    """Consent to the handling of personal data; None when not asked yet."""
    channel: str
    fee_vnd: int | None = None
    """Fee due in đồng; None when not known, 0 when free."""
    fee_source: str | None = None
    """Which rule of the catalogue gave the fee."""
    counter: str | None = None
    created_at: datetime = moment(index=True)
    created_by: str
    confirmed_at: datetime | None = maybe_moment()
    due_on: date | None = None
    version: int = 1
    """Counts what was confirmed and sent: a receipt names the version it covers."""
    void_reason: str | None = None
    acknowledged_at: datetime | None = maybe_moment()


class Component(Record, table=True):
    """One paper that a dossier needs (*thành phần hồ sơ*)."""

    dossier_id: str = Field(index=True)
    code: str
    name: str
    required: bool
    copies: int = 1
    document_kind: str
    """original | copy | electronic"""
    page_count: int = 0
    certified_by: str | None = None
    """User id of the officer who compared the copy with the original."""


class StoredFile(Record, table=True):
    """A sealed file of a dossier; its body lies in the blob store."""

    __local_columns__ = frozenset({"local_key"})

    dossier_id: str = Field(index=True)
    component_id: str | None = Field(default=None, index=True)
    blob_id: str = Field(index=True)
    """Hex SHA-256 of the sealed body."""
    media_type: str
    size_bytes: int
    """Size of the sealed body."""
    page_count: int
    plain_sha256: str
    local_key: bytes | None = None
    """What this machine needs to open the body; None on others, and after hand-over on seal-only machines."""
    sealed_at: datetime = moment()
    created_by: str
    role: str
    """document | page | thumbnail"""
    sequence: int = 0
    removed: bool = False
