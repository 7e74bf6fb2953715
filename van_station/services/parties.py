"""Who came along on a ticket (*người đi cùng*) and for which business: kept with the ticket, one row each."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from van_station.records.people import Business, Person
from van_station.records.queue import Ticket, TicketPerson
from van_station.rules.citizen_card import check_id_number
from van_station.rules.findings import Finding, Severity
from van_station.rules.people import Sex, check_birth_text, check_phone
from van_station.rules.tax_codes import check_tax_code, normal_tax_code
from van_station.rules.text import is_name, nfc, seen
from van_station.services.errors import FieldNote
from van_station.services.people import by_number, folded_name
from van_station.store import UnitOfWork

MAX_COMPANIONS = 9
MAX_NAME = 120
MAX_BUSINESS_NAME = 200
MAX_BUSINESS_ADDRESS = 300
RELATIONS = ("spouse", "child", "parent", "grandparent", "sibling", "other")
"""How a companion stands to the person the ticket is made out to."""


@dataclass(frozen=True)
class Companion:
    """Somebody of the same family who wants the same service, on the same ticket."""

    full_name: str
    relation: str = ""
    id_number: str = ""
    birth_date: date | None = None
    birth_text: str = ""
    sex: str = ""
    address: str = ""
    identified_by: str = "typed"

    def __repr__(self) -> str:
        return f"Companion(relation={self.relation!r})"


@dataclass(frozen=True)
class BusinessDraft:
    """A household business or enterprise the person speaks for."""

    name: str
    tax_code: str = ""
    phone: str = ""
    address: str = ""
    known_id: str = ""
    """Of the business as it was taken over from an earlier visit; "" for one that is typed anew."""

    def __repr__(self) -> str:
        return "BusinessDraft()"


@dataclass(frozen=True)
class Member:
    """A person on a ticket; `relation` is "" for the one it is made out to."""

    person_id: str
    full_name: str
    relation: str
    identified_by: str

    def __repr__(self) -> str:
        return f"Member(person_id={self.person_id!r})"


@dataclass(frozen=True)
class Party:
    """Everybody on a ticket, the one it is made out to first, and the business they came for."""

    members: tuple[Member, ...]
    business_name: str = ""
    business_tax_code: str = ""

    def __repr__(self) -> str:
        return f"Party(members={len(self.members)})"


def companion_seen(one: Companion) -> Companion:
    """Return a companion without what nobody sees; control codes in a name stay: letters were lost there."""
    return replace(
        one,
        full_name=seen(one.full_name, controls=True),
        id_number=seen(one.id_number),
        birth_text=seen(one.birth_text),
        address=seen(one.address),
    )


def business_seen(draft: BusinessDraft) -> BusinessDraft:
    """Return a business without what nobody sees."""
    return replace(
        draft,
        tax_code=seen(draft.tax_code),
        name=seen(draft.name),
        phone=seen(draft.phone),
        address=seen(draft.address),
    )


def check_companions(
    companions: Sequence[Companion], *, first_number: str, prefixes: Container[str], today: date
) -> list[FieldNote]:
    """Return what is wrong or doubtful; fields are named `companions/0/full_name`."""
    if len(companions) > MAX_COMPANIONS:
        return [FieldNote("companions", "party.too_many", "error", (("most", MAX_COMPANIONS),))]
    notes: list[FieldNote] = []
    seen = {first_number} - {""}
    for at, one in enumerate(companions):
        place = f"companions/{at}"
        name = nfc(one.full_name)
        if not name:
            notes.append(FieldNote(f"{place}/full_name", "name.missing", "error"))
        elif len(name) > MAX_NAME or not is_name(name):
            notes.append(FieldNote(f"{place}/full_name", "name.not_a_name", "error"))
        if one.birth_date is None:
            found = check_birth_text(one.birth_text, today)
            notes += [_note(f"{place}/birth", finding) for finding in found]
        elif one.birth_date > today:
            notes.append(FieldNote(f"{place}/birth", "birth.in_future", "error"))
        if one.relation not in ("", *RELATIONS):
            notes.append(FieldNote(f"{place}/relation", "form.not_a_choice", "error"))
        if one.id_number:
            sex = Sex(one.sex) if one.sex in tuple(Sex) else None
            found = check_id_number(one.id_number, birth_date=one.birth_date, sex=sex, prefixes=prefixes)
            notes += [_note(f"{place}/id_number", finding) for finding in found]
            if one.id_number in seen:
                notes.append(FieldNote(f"{place}/id_number", "party.same_number", "error"))
            seen.add(one.id_number)
    return notes


def check_business(draft: BusinessDraft) -> list[FieldNote]:
    """Return what is wrong or doubtful; fields are named `business/tax_code`."""
    notes: list[FieldNote] = []
    name = nfc(draft.name)
    if not name:
        notes.append(FieldNote("business/name", "business.name_missing", "error"))
    elif len(name) > MAX_BUSINESS_NAME:
        most = (("most", MAX_BUSINESS_NAME),)
        notes.append(FieldNote("business/name", "business.name_too_long", "error", most))
    if len(draft.address) > MAX_BUSINESS_ADDRESS:
        most = (("most", MAX_BUSINESS_ADDRESS),)
        notes.append(FieldNote("business/address", "business.address_too_long", "error", most))
    if draft.tax_code.strip():
        notes += [_note("business/tax_code", finding) for finding in check_tax_code(draft.tax_code)]
    if draft.phone.strip():
        notes += [_note("business/phone", finding) for finding in check_phone(draft.phone).findings]
    return notes


def keep_companions(unit: UnitOfWork, ticket_id: str, companions: Sequence[Companion]) -> None:
    """Write the companions of a ticket in the unit that makes it."""
    for at, one in enumerate(companions, start=1):
        person = by_number(unit.session, one.id_number) or Person(full_name="")
        person.full_name = nfc(one.full_name)
        person.folded_name = folded_name(one.full_name)
        given = {
            "id_number": one.id_number,
            "birth_date": one.birth_date,
            "birth_text": one.birth_text,
            "sex": one.sex,
            "address": nfc(one.address),
        }
        for name, value in given.items():
            if value:
                setattr(person, name, value)
        person.identified_by = stronger(person.identified_by, one.identified_by)
        unit.save(person)
        unit.save(TicketPerson(ticket_id=ticket_id, person_id=person.id, relation=one.relation, sequence=at))


def keep_business(unit: UnitOfWork, draft: BusinessDraft, person_id: str) -> str:
    """Write the business, or find it again by its tax code, else as the one that was taken over.

    One taken over whose tax code is typed otherwise now is another business.

    Returns:
        Its id.
    """
    code = normal_tax_code(draft.tax_code)
    row: Business | None = None
    if code:
        query = select(Business).where(Business.tax_code == code).order_by(col(Business.id))
        row = unit.session.exec(query).first()
    if row is None and draft.known_id:
        taken = unit.session.get(Business, draft.known_id)
        row = taken if taken is not None and (not code or not taken.tax_code) else None
    row = row or Business(tax_code=code, name="")
    row.tax_code = code or row.tax_code
    row.name = nfc(draft.name)
    row.folded_name = folded_name(draft.name)
    row.address = nfc(draft.address) or row.address
    row.phone = check_phone(draft.phone).number if draft.phone.strip() else row.phone
    row.representative_person_id = person_id
    unit.save(row)
    return row.id


def party_of(session: Session, ticket: Ticket) -> Party:
    """Return everybody on a ticket."""
    query = select(TicketPerson).where(TicketPerson.ticket_id == ticket.id)
    rows = session.exec(query.order_by(col(TicketPerson.sequence), col(TicketPerson.id))).all()
    wanted = [(ticket.person_id or "", ""), *((row.person_id, row.relation) for row in rows)]
    people = {
        person.id: person
        for person in session.exec(select(Person).where(col(Person.id).in_([who for who, _ in wanted])))
    }
    members = tuple(
        Member(who, people[who].full_name, relation, people[who].identified_by)
        for who, relation in wanted
        if who in people
    )
    business = session.get(Business, ticket.business_id) if ticket.business_id else None
    if business is None:
        return Party(members)
    return Party(members, business.name, business.tax_code)


def people_on(session: Session, ticket: Ticket) -> frozenset[str]:
    """Return the ids of everybody on a ticket."""
    query = select(TicketPerson.person_id).where(TicketPerson.ticket_id == ticket.id)
    return frozenset({*session.exec(query).all(), ticket.person_id or ""}) - {""}


_STRENGTH = ("none", "typed", "card_qr", "chip")


def stronger(before: str, now: str) -> str:
    """Return the stronger of two ways in which a person was identified."""
    return max(before, now, key=lambda way: _STRENGTH.index(way) if way in _STRENGTH else -1)


def _note(where: str, finding: Finding) -> FieldNote:
    details = tuple(sorted(finding.args.items()))
    if finding.severity is Severity.ERROR:
        return FieldNote(where, finding.code, "error", details)
    return FieldNote(where, finding.code, "warning", details)
