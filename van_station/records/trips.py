"""Where the van stops, and this machine's own settings."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from van_station.records.columns import JsonText, Record, Row, maybe_moment, moment


class Trip(Record, table=True):
    """One stop of the van of half a day or a day (*chuyến lưu động*)."""

    held_on: date = Field(index=True)
    place: str
    """The address as people know it: housing estate, market, gate of a factory."""
    ward_code: str
    ward_name: str
    starts_at: datetime | None = maybe_moment()
    ends_at: datetime | None = maybe_moment()
    services: list[Any] = Field(default_factory=list, sa_type=JsonText)
    """Codes of the services offered."""
    state: str = "planned"
    """planned | published | open | closed | cancelled"""
    opened_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()
    created_at: datetime = moment()
    created_by: str


class Setting(Row, table=True):
    """A value of this machine alone, e.g. its counter, its current trip."""

    __local__ = True

    key: str = Field(primary_key=True)
    value: str
