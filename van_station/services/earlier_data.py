"""What a person told at an earlier visit stays covered until they agree: see docs/decisions/0011.

Name, birth and address come from the card that is read today. An earlier phone number or address is shown
and prefilled only when it was said again today, or under a standing consent.
"""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.records.trips import Setting
from van_station.services.consents import CONTACT_PHONE, REUSE_ANSWERS, standing
from van_station.services.people import PersonView
from van_station.store import UnitOfWork

COVERED = frozenset({"phone", "address"})
"""Facts of a person that no card of today needs to bear out."""
_GIVEN = "intake.given:"


def earlier_view(session: Session, row: Person) -> PersonView:
    """Return the view of somebody met before: number and count of visits, the rest as far as they agree."""
    allowed = _allowed(session, row.id)
    known = PersonView(
        id=row.id,
        id_number=row.id_number or "",
        full_name="",
        birth_date=None,
        birth_text="",
        sex="",
        address=(row.address or "") if "address" in allowed else "",
        phone=(row.phone or "") if "phone" in allowed else "",
        visits=_visits(session, row.id),
    )
    if "address" not in allowed:
        return known
    return PersonView(
        known.id,
        known.id_number,
        row.full_name,
        row.birth_date,
        row.birth_text or "",
        row.sex or "",
        known.address,
        known.phone,
        known.visits,
    )


def keep_given(unit: UnitOfWork, ticket_id: str, *, phone: bool, address: bool) -> None:
    """Note on this machine which of the covered facts the person said at this visit; never what they said."""
    given = " ".join(name for name, said in (("phone", phone), ("address", address)) if said)
    if given:
        unit.save(Setting(key=f"{_GIVEN}{ticket_id}", value=given))


def withheld(session: Session, ticket: Ticket, person_id: str) -> frozenset[str]:
    """Return the facts that a new dossier may not be prefilled with.

    None for a first visit. Of a later one, whatever was neither said at this visit on this machine nor agreed
    to; a machine that did not take the person in can't know what was said, and asks.
    """
    earlier = select(Ticket.id).where(
        Ticket.person_id == person_id, Ticket.id != ticket.id, Ticket.created_at <= ticket.created_at
    )
    if session.exec(earlier.limit(1)).first() is None:
        return frozenset()
    noted = session.get(Setting, f"{_GIVEN}{ticket.id}") if person_id == ticket.person_id else None
    given = frozenset(noted.value.split()) if noted else frozenset()
    return COVERED - given - _allowed(session, person_id)


def _allowed(session: Session, person_id: str) -> frozenset[str]:
    if standing(session, person_id, REUSE_ANSWERS) is not None:
        return COVERED
    return frozenset({"phone"} if standing(session, person_id, CONTACT_PHONE) is not None else ())


def _visits(session: Session, person_id: str) -> int:
    return session.exec(select(func.count(col(Ticket.id))).where(Ticket.person_id == person_id)).one()
