"""What waits to be sent, and what the platform answered."""

from datetime import datetime

from sqlmodel import Field

from van_station.records.columns import Record, maybe_moment, moment


class OutboxItem(Record, table=True):
    """Something this machine still has to bring to the platform."""

    __local__ = True

    kind: str
    ref_id: str = Field(index=True)
    dossier_id: str | None = Field(default=None, index=True)
    state: str = Field(default="waiting", index=True)
    """waiting | sending | done | parked"""
    urgent: bool = False
    attempts: int = 0
    reason_code: str | None = None
    """Error code of the last failure."""
    created_at: datetime = moment()
    next_try_at: datetime | None = maybe_moment(index=True)
    done_at: datetime | None = maybe_moment()


class ReceiptRow(Record, table=True):
    """The platform's signed word that it holds a version of a dossier."""

    dossier_id: str = Field(index=True)
    version: int
    body: str
    """The receipt's JSON, byte for byte as signed."""
    signature: str
    received_at: datetime = moment()


class StatusEvent(Record, table=True):
    """A step of a dossier at the authority."""

    dossier_id: str = Field(index=True)
    official_code: str | None = Field(default=None, index=True)
    status: int
    """1..10 of the national interface."""
    at: datetime = moment()
    note: str | None = None
