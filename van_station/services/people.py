"""Citizens: one row a person, found again by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from van_station.records.people import Person
from van_station.rules.text import fold, nfc
from van_station.services.errors import NotFound


@dataclass(frozen=True)
class PersonView:
    """A citizen as the desk shows them."""

    id: str
    id_number: str
    full_name: str
    birth_date: date | None
    birth_text: str
    sex: str
    address: str
    phone: str
    visits: int = 0
    """How many tickets they had, where that was asked (`Intake.known`)."""

    @property
    def masked_id(self) -> str:
        """The number with its middle hidden, for screens that citizens can see."""
        return f"{self.id_number[:3]}······{self.id_number[-3:]}" if len(self.id_number) == 12 else ""

    def __repr__(self) -> str:
        return f"PersonView(id={self.id!r})"


def person_view(row: Person) -> PersonView:
    """Return the view of a row."""
    return PersonView(
        id=row.id,
        id_number=row.id_number or "",
        full_name=row.full_name,
        birth_date=row.birth_date,
        birth_text=row.birth_text or "",
        sex=row.sex or "",
        address=row.address or "",
        phone=row.phone or "",
    )


def person_row(session: Session, person_id: str) -> Person:
    """Return a person's row; NotFound when it is not here."""
    row = session.get(Person, person_id)
    if row is None:
        raise NotFound
    return row


def by_number(session: Session, id_number: str) -> Person | None:
    """Return the person who has this number; the one first met, should two machines have met them."""
    if not id_number:
        return None
    query = select(Person).where(Person.id_number == id_number).order_by(col(Person.id))
    return session.exec(query).first()


def folded_name(full_name: str) -> str:
    """Return what searches look at."""
    return fold(nfc(full_name))
