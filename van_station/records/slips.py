"""Slips that left the printer."""

from datetime import datetime

from sqlmodel import Field

from van_station.records.columns import Record, moment


class SlipPrint(Record, table=True):
    """One printing of a slip (*phiếu*); a reprint is a line of its own."""

    dossier_id: str = Field(index=True)
    kind: str
    """receipt | supplement | refusal | fee | ticket ..."""
    number: str
    printed_at: datetime = moment()
    printed_by: str
    reprint: bool = False
