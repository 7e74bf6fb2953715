"""Fees asked for, and credits the bank told of."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import Field

from van_station.records.columns import Record, maybe_moment, moment

_NOTICES = UUID("6f0f6a0e-6c55-4a0c-9f0c-0d5b8f1a7f3e")


class Payment(Record, table=True):
    """A fee or charge asked of a citizen (*phí, lệ phí*)."""

    dossier_id: str = Field(index=True)
    amount_vnd: int
    method: str
    reference: str = Field(index=True)
    """What the payer's transfer must carry."""
    state: str = Field(index=True)
    qr_payload: str | None = None
    matched_vnd: int = 0
    """Sum of the credits matched so far."""
    created_at: datetime = moment()
    paid_at: datetime | None = maybe_moment()


class PaymentNotice(Record, table=True):
    """A credit reported by the bank or the platform; the same notice is one row on every machine."""

    notice_id: str = Field(unique=True)
    """The sender's id of the notice. The row's `id` follows from it unless given."""
    reference: str = Field(index=True)
    amount_vnd: int
    bank_time: datetime = moment()
    verdict: str
    payment_id: str | None = Field(default=None, index=True)
    received_at: datetime = moment()

    def __init__(self, **values: Any) -> None:
        if "id" not in values and "notice_id" in values:
            values["id"] = notice_record_id(values["notice_id"])
        super().__init__(**values)


def notice_record_id(notice_id: str) -> str:
    """Return the record id of a notice: two machines that hear of one credit write one record."""
    return uuid5(_NOTICES, notice_id).hex
