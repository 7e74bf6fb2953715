"""Tickets, and the blocks of numbers they come from."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from van_station.records.columns import JsonText, Record, maybe_moment, moment


class NumberBlock(Record, table=True):
    """Numbers `first..last` of a trip's lane that one machine alone may hand out."""

    __local_columns__ = frozenset({"next_number"})

    site: str = Field(index=True)
    """The machine that holds the block."""
    trip_id: str = Field(index=True)
    lane: str
    first: int
    last: int
    next_number: int = 0
    """The next number to hand out, known to the holder only. 0: none handed out yet, start at `first`."""


class Ticket(Record, table=True):
    """A place in the queue (*số thứ tự*)."""

    trip_id: str = Field(index=True)
    lane: str
    number: int
    label: str
    """The number as printed and called, e.g. `B012`."""
    person_id: str | None = Field(default=None, index=True)
    need: str
    """Which of the services the person came for."""
    procedure_code: str | None = None
    priority_group: str | None = None
    """Code of the group declared; never a diagnosis."""
    status: str = Field(index=True)
    counter: str | None = None
    created_at: datetime = moment()
    called_at: datetime | None = maybe_moment()
    started_at: datetime | None = maybe_moment()
    finished_at: datetime | None = maybe_moment()
    times_called: int = 0
    created_by: str
    served_by: str | None = None
    holder: str = ""
    """The machine (site) that holds the lease: it alone may call this ticket. Empty (rows older than
    layout 2): the machine whose number block the number is of, which every machine can look up."""
    business_id: str | None = Field(default=None, index=True)
    """The business that the person came for; None when they came for themself."""
    party_size: int = 1
    """How many people came on this ticket, the one it is made out to included."""


class TicketPerson(Record, table=True):
    """Somebody who came along on another's ticket, e.g. a family that asks for the same thing."""

    ticket_id: str = Field(index=True)
    person_id: str = Field(index=True)
    relation: str
    """To the person the ticket is made out to: a code, e.g. `spouse`, `child`; empty when not said."""
    sequence: int = 0
    """1, 2, 3 ... in the order taken in."""


class ToldAnswers(Record, table=True):
    """What the person of a ticket answered when they were guided; erased when the ticket ends."""

    ticket_id: str = Field(index=True)
    procedure_code: str
    procedure_version: str
    """The version of the catalogue entry whose questions were asked."""
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JsonText)
    """Answers by JSON pointer of the form's field."""
    told_at: datetime = moment()
    told_by: str
    """User id of who asked."""


class LeaseRequest(Record, table=True):
    """One machine asks the holder of a ticket for its lease."""

    ticket_id: str = Field(index=True)
    site: str
    """The machine that asks."""
    requested_at: datetime = moment()
    answered_at: datetime | None = maybe_moment()
    granted: bool | None = None
    """None while the holder has not answered."""
