"""What the QR code on a queue ticket says: which ticket of which trip, and nothing about a person."""

import re
from dataclasses import dataclass

from van_station.rules.errors import RuleError

_MARK = "VS1T"
_TRIP_LETTERS = 8
_MOST = 120
_CODE = re.compile(r"VS1T\|([A-C][0-9]{2,4}(?:-[0-9A-HJKMNP-TV-Z]{4,8})?)\|([0-9a-f]{1,64})\|([0-9a-f]{1,8})")


@dataclass(frozen=True, slots=True)
class TicketCode:
    """A ticket's label and id, and the first letters of its trip's id."""

    label: str
    ticket_id: str
    trip: str


def ticket_code(label: str, *, ticket_id: str, trip_id: str) -> str:
    """Return the text of a ticket's code: `VS1T|label|ticket id|first 8 letters of the trip's id`."""
    return f"{_MARK}|{label}|{ticket_id}|{trip_id[:_TRIP_LETTERS]}"


def read_ticket_code(text: str) -> TicketCode:
    """Return what a scanned text says.

    Raises:
        RuleError: code `ticket.not_a_slip`: another code, e.g. that of a card.
    """
    found = _CODE.fullmatch(text.strip()) if len(text) <= _MOST else None
    if found is None:
        raise RuleError(code="ticket.not_a_slip")
    return TicketCode(*found.groups())
