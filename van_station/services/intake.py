"""Intake (*tiếp đón, phân loại*): from a card or typed details to a ticket."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from van_station.i18n import Texts
from van_station.peripherals.chip import ChipReading
from van_station.peripherals.pictures import PeripheralError
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.rules.access import Act
from van_station.rules.citizen_card import (
    CardReading,
    check_id_number,
    looks_like_card,
    parse_card_qr,
    seems_card,
)
from van_station.rules.findings import Finding, Severity
from van_station.rules.legacy_text import LegacyTables
from van_station.rules.people import Sex, birth_for_age, check_birth_text, check_phone, suggest_group
from van_station.rules.queueing import Lane, TicketStatus
from van_station.rules.text import is_name, is_suspect_card_text, nfc, seen
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue
from van_station.services.chip import (
    WAIT_S,
    ChipAsk,
    ChipDesk,
    ChipDetails,
    ChipState,
    details_of,
    differences,
    notes_on,
)
from van_station.services.clock import Clock, hanoi_day
from van_station.services.earlier_data import earlier_view, keep_given
from van_station.services.errors import FieldNote, IntakeRefused, NotFound, Refused, rules_as_refusals
from van_station.services.paper import PrintedPage
from van_station.services.parties import (
    BusinessDraft,
    Companion,
    Party,
    business_seen,
    check_business,
    check_companions,
    companion_seen,
    keep_business,
    keep_companions,
    party_of,
    stronger,
)
from van_station.services.people import PersonView, by_number, folded_name
from van_station.services.queue import Queue, TicketView
from van_station.services.queue_numbers import give_number
from van_station.services.ticket_slips import SlipForm, TicketSlips
from van_station.services.told_answers import GuidanceAnswers, keep_told
from van_station.services.trips import SERVICES, open_trip
from van_station.store import Store, UnitOfWork

LANE_OF_NEED = {
    "guidance": Lane.WELCOME,
    "vneid": Lane.DIGITAL_HELP,
    "digitise": Lane.DIGITISE,
    "payment": Lane.DIGITAL_HELP,
    "lookup": Lane.WELCOME,
    "training": Lane.WELCOME,
}
"""Which lane serves which need; the zones of the van (plan III.2)."""
MAX_NAME = 120
MAX_ADDRESS = 300
_FIELD_OF_CODE = {
    "card.no_accents": "full_name",
    "card.legacy_letters": "full_name",
    "card.issued_not_a_date": "full_name",
    "card.birth_not_a_date": "birth_date",
    "card.birth_year_only": "birth_date",
}
"""What is doubtful about a card is said where a person compares it; the number may be masked."""
_FIELD_OF = {"id": "id_number", "name": "full_name", "birth": "birth_date", "sex": "sex", "phone": "phone"}


@dataclass(frozen=True)
class IntakeDraft:
    """A person's details and wish, as read and typed so far."""

    id_number: str = ""
    full_name: str = ""
    birth_date: date | None = None
    birth_text: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    need: str = ""
    procedure_code: str | None = None
    priority_group: str | None = None
    old_id_number: str = ""
    card_issued_on: date | None = None
    card_extra: tuple[str, ...] = ()
    identified_by: str = "typed"
    """card_qr | chip | typed: how the details came."""
    no_card: bool = False
    """The person has no card at hand; somebody looked, and it is shown until a card was seen."""
    ward_code: str = ""
    """The ward of today that the person confirmed for the address."""
    companions: tuple[Companion, ...] = ()
    business: BusinessDraft | None = None
    told: GuidanceAnswers | None = None
    """What the person answered about the procedure before; goes with the ticket."""

    def __repr__(self) -> str:
        return f"IntakeDraft(need={self.need!r}, procedure_code={self.procedure_code!r})"


@dataclass(frozen=True)
class CardView:
    """What a card gave, what is doubtful about it, and whether the person has been here before."""

    draft: IntakeDraft
    notes: tuple[FieldNote, ...] = ()
    known: PersonView | None = None
    chip: ChipDetails | None = None
    """What a chip said besides; None when the card was read by its QR."""


@dataclass(frozen=True)
class GroupChoice:
    """A priority group a person may declare."""

    code: str
    name: str
    law: str
    confidence: str
    in_plan: bool


@dataclass(frozen=True)
class IntakeReference:
    """Data that intake checks against."""

    groups: Sequence[GroupChoice]
    id_prefixes: Container[str]
    phone_prefixes: Container[str] | None = None
    center_name: str = ""
    practice: bool = False
    legacy: LegacyTables | None = None
    """Letters from before Unicode, for readers that still give them."""
    read_codes: Callable[[bytes], tuple[str, ...]] = field(default=lambda _: ())
    """Reads the texts of all QR codes in a picture (peripherals)."""
    chip: ChipDesk = field(default_factory=ChipDesk)
    """The machine's chip reader, or why there is none."""


class Intake:
    """Greets: reads cards, checks details, hands out tickets."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        queue: Queue,
        reference: IntakeReference,
        site_id: str,
        texts: Texts,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._queue = queue
        self._reference = reference
        self._site_id = site_id
        self.slips = TicketSlips(
            store, queue, texts, center_name=reference.center_name, practice=reference.practice
        )

    def looks_like_card(self, text: str) -> bool:
        """Tell whether fast-typed characters are a card's QR rather than a person's typing."""
        return looks_like_card(text)

    def seems_card(self, text: str) -> bool:
        """Tell whether a text was meant as a card's QR, be it torn: it stays in no field."""
        return seems_card(text)

    def read_card(self, text: str) -> CardView:
        """Return the details of a card's QR text.

        Raises:
            Refused: card.not_a_card, card.torn, card.too_long, card.letters_broken.
        """
        with rules_as_refusals():
            reading = parse_card_qr(text, prefixes=self._reference.id_prefixes, legacy=self._reference.legacy)
        notes = tuple(_note(finding) for finding in reading.findings)
        return CardView(_draft(reading), notes, self.known(reading.id_number))

    def read_card_picture(self, data: bytes) -> CardView:
        """Return the details of the card whose QR is in a picture (JPEG or PNG).

        Raises:
            Refused: card.picture_unreadable, card.no_code, or as `read_card`.
        """
        try:
            texts = self._reference.read_codes(data)
        except PeripheralError as error:
            raise Refused(error.code) from error
        if not texts:
            raise Refused("card.no_code")
        cards = [text for text in texts if looks_like_card(text)]
        return self.read_card(cards[0] if cards else texts[0])

    def chip_state(self) -> ChipState:
        """Return whether this machine reads chips, and why not."""
        return self._reference.chip.state

    def chip_available(self) -> bool:
        """Tell whether this machine reads chips; whether a reader is plugged in shows in `chip_readers`."""
        return self.chip_state() is ChipState.READY

    def chip_readers(self) -> tuple[str, ...]:
        """Return the names of the chip readers plugged in now."""
        return self._reference.chip.readers()

    def read_chip(
        self, actor: Actor, ask: ChipAsk, *, seen: IntakeDraft | None = None, wait_s: float = WAIT_S
    ) -> CardView:
        """Wait for a card on the chip reader and return what it says; seconds long: call it from a thread.

        Args:
            actor: who reads; the audit names them, and nothing of the card.
            ask: what opens the chip.
            seen: what the QR said before, to compare with; its need and choices are kept.
            wait_s: how long to wait for a card.

        Raises:
            NotPermitted, Refused, NotNow: as `ChipDesk.read`.
        """
        require(actor, Act.INTAKE)
        reading = self._reference.chip.read(ask, wait_s=wait_s)
        with self._store.unit(actor.user_id, "intake.chip", ("site", self._site_id)) as unit:
            unit.note({"protocol": reading.protocol, "authenticity": reading.authenticity})
        draft = _chip_draft(reading, seen or IntakeDraft(), hanoi_day(self._clock.now()))
        found = check_id_number(
            draft.id_number,
            birth_date=draft.birth_date,
            sex=Sex(draft.sex) if draft.sex else None,
            prefixes=self._reference.id_prefixes,
        )
        notes = notes_on(reading) + tuple(replace(_note(finding), field="id_number") for finding in found)
        if seen is not None and seen.identified_by == "card_qr":
            notes += differences(
                draft.id_number, draft.full_name, qr_number=seen.id_number, qr_name=seen.full_name
            )
        return CardView(draft, notes, self.known(draft.id_number), details_of(reading))

    def known(self, id_number: str) -> PersonView | None:
        """Return the person met before under this number, as far as they agree (decision 0011).

        Without their consent that is number and `visits`; the other fields are blank.
        """
        with self._store.reading() as session:
            row = by_number(session, id_number)
            return earlier_view(session, row) if row else None

    def needs(self) -> tuple[str, ...]:
        """Return the codes of the six services."""
        return SERVICES

    def groups(self) -> tuple[GroupChoice, ...]:
        """Return the priority groups, those of the plan first."""
        return tuple(sorted(self._reference.groups, key=lambda group: not group.in_plan))

    def suggest_groups(self, birth_date: date | None, birth_text: str = "") -> tuple[str, ...]:
        """Return groups that the birth date alone shows."""
        code = suggest_group(birth_for_age(birth_date, birth_text), hanoi_day(self._clock.now()))
        return (code,) if code else ()

    def check(self, draft: IntakeDraft) -> tuple[FieldNote, ...]:
        """Return what must be mended (errors) and what is doubtful (warnings) in a draft."""
        draft = _seen(draft)
        notes = [*self._check_person(draft), *self._check_wish(draft)]
        notes += check_companions(
            draft.companions,
            first_number=draft.id_number,
            prefixes=self._reference.id_prefixes,
            today=hanoi_day(self._clock.now()),
        )
        if draft.business is not None:
            notes += check_business(draft.business)
        return tuple(notes)

    def take_in(self, actor: Actor, draft: IntakeDraft) -> TicketView:
        """Keep the person, give out the next number of the lane, and return the ticket.

        Raises:
            IntakeRefused: a field must be mended.
            Refused: trip.none_open.
        """
        require(actor, Act.INTAKE)
        draft = _seen(draft)
        notes = self.check(draft)
        if any(note.severity == "error" for note in notes):
            raise IntakeRefused(notes)
        lane = LANE_OF_NEED[draft.need]
        now = self._clock.now()
        ticket = Ticket(
            trip_id="",
            lane=lane.value,
            number=0,
            label="",
            need=draft.need,
            procedure_code=draft.procedure_code,
            priority_group=draft.priority_group,
            status=TicketStatus.WAITING.value,
            created_at=now,
            created_by=actor.user_id,
        )
        with self._store.unit(actor.user_id, "intake.ticket", ("ticket", ticket.id)) as unit:
            trip = open_trip(unit.session)
            ticket.trip_id = trip.id
            ticket.person_id = self._keep_person(unit, draft)
            ticket.number, ticket.label = give_number(unit, trip, lane, self._site_id)
            ticket.holder = self._site_id
            if draft.business is not None:
                ticket.business_id = keep_business(unit, draft.business, ticket.person_id)
            ticket.party_size = 1 + len(draft.companions)
            unit.save(ticket)
            keep_companions(unit, ticket.id, draft.companions)
            said = {"phone": bool(draft.phone.strip()), "address": bool(draft.address.strip())}
            keep_given(unit, ticket.id, **said)
            told = keep_told(unit, ticket, draft.told, actor.user_id)
            unit.note({"lane": lane.value, "need": draft.need, "people": ticket.party_size, "told": told})
        return self._queue.get(ticket.id)

    def party(self, ticket_id: str) -> Party:
        """Return everybody on a ticket, and the business they came for."""
        with self._store.reading() as session:
            ticket = session.get(Ticket, ticket_id)
            if ticket is None:
                raise NotFound
            return party_of(session, ticket)

    def ticket_slip(self, actor: Actor, ticket_id: str, form: SlipForm = "pdf") -> PrintedPage:
        """Return the slip that the citizen takes along; see `TicketSlips.page`."""
        return self.slips.page(actor, ticket_id, form)

    def _check_person(self, draft: IntakeDraft) -> list[FieldNote]:
        notes: list[FieldNote] = []
        name = nfc(draft.full_name)
        if not name:
            notes.append(FieldNote("full_name", "name.missing", "error"))
        elif len(name) > MAX_NAME or not is_name(name):
            notes.append(FieldNote("full_name", "name.not_a_name", "error"))
        elif is_suspect_card_text(name):
            notes.append(FieldNote("full_name", "card.letters_broken", "error"))
        if draft.id_number:
            sex = Sex(draft.sex) if draft.sex in tuple(Sex) else None
            found = check_id_number(
                draft.id_number, birth_date=draft.birth_date, sex=sex, prefixes=self._reference.id_prefixes
            )
            notes += [replace(_note(finding), field="id_number") for finding in found]
        elif not draft.no_card:
            notes.append(FieldNote("id_number", "id.not_given", "warning"))
        if draft.sex and draft.sex not in tuple(Sex):
            notes.append(FieldNote("sex", "form.not_a_choice", "error"))
        notes += self._check_birth(draft)
        if draft.phone.strip():
            checked = check_phone(draft.phone, known_prefixes=self._reference.phone_prefixes)
            notes += [replace(_note(finding), field="phone") for finding in checked.findings]
        if len(draft.address) > MAX_ADDRESS:
            notes.append(FieldNote("address", "address.too_long", "error", (("most", MAX_ADDRESS),)))
        return notes

    def _check_birth(self, draft: IntakeDraft) -> list[FieldNote]:
        today = hanoi_day(self._clock.now())
        if draft.birth_date is None:
            found = check_birth_text(draft.birth_text, today)
            return [replace(_note(finding), field="birth_text") for finding in found]
        if draft.birth_date > today:
            return [FieldNote("birth_date", "birth.in_future", "error")]
        return []

    def _check_wish(self, draft: IntakeDraft) -> list[FieldNote]:
        notes: list[FieldNote] = []
        if draft.need not in LANE_OF_NEED:
            notes.append(FieldNote("need", "need.missing", "error"))
        if draft.need == "digitise" and not draft.procedure_code:
            notes.append(FieldNote("procedure_code", "procedure.missing", "warning"))
        if draft.procedure_code and not self._catalogue.has(draft.procedure_code):
            notes.append(FieldNote("procedure_code", "procedure.unknown", "error"))
        if draft.priority_group and draft.priority_group not in {
            group.code for group in self._reference.groups
        }:
            notes.append(FieldNote("priority_group", "group.unknown", "error"))
        return notes

    def _keep_person(self, unit: UnitOfWork, draft: IntakeDraft) -> str:
        person = by_number(unit.session, draft.id_number) or Person(full_name="")
        person.full_name = nfc(draft.full_name)
        person.folded_name = folded_name(draft.full_name)
        given = {
            "id_number": draft.id_number,
            "old_id_number": draft.old_id_number,
            "birth_date": draft.birth_date,
            "birth_text": draft.birth_text,
            "sex": draft.sex,
            "address": nfc(draft.address),
            "phone": check_phone(draft.phone).number if draft.phone.strip() else "",
            "card_issued_on": draft.card_issued_on,
            "card_raw_extra": "|".join(draft.card_extra),
            "ward_code": draft.ward_code,
            "identified_by": stronger(person.identified_by, "none" if draft.no_card else draft.identified_by),
        }
        for name, value in given.items():
            if value and getattr(person, name) != value:
                setattr(person, name, value)
        unit.save(person)
        return person.id


def _seen(draft: IntakeDraft) -> IntakeDraft:
    """Return a draft without what nobody sees; control codes in a name stay: a reader lost letters there."""
    return replace(
        draft,
        full_name=seen(draft.full_name, controls=True),
        id_number=seen(draft.id_number),
        birth_text=seen(draft.birth_text),
        phone=seen(draft.phone),
        address=seen(draft.address),
        companions=tuple(map(companion_seen, draft.companions)),
        business=draft.business and business_seen(draft.business),
    )


def _draft(reading: CardReading) -> IntakeDraft:
    return IntakeDraft(
        id_number=reading.id_number,
        full_name=reading.full_name,
        birth_date=reading.birth_date,
        birth_text=reading.birth_text,
        sex=reading.sex.value if reading.sex else "",
        address=reading.address,
        old_id_number=reading.old_id_number,
        card_issued_on=reading.issued_on,
        card_extra=reading.extra,
        identified_by="card_qr",
    )


def _chip_draft(reading: ChipReading, seen: IntakeDraft, today: date) -> IntakeDraft:
    """Return the draft with the chip's details: data group 13 where it is there, else the plain zone."""
    person, mrz = reading.person, reading.mrz
    birth = (person.birth_date if person else None) or mrz.birth_date(today)
    sex = (person.sex if person else None) or mrz.sex
    return replace(
        seen,
        id_number=(person.id_number if person else "") or mrz.id_number,
        full_name=(person.full_name if person else "") or mrz.name,
        birth_date=birth,
        birth_text=(person.birth_text if person else "") or (birth.strftime("%d/%m/%Y") if birth else ""),
        sex=sex.value if sex else "",
        address=(person.residence if person else "") or seen.address,
        card_issued_on=(person.issued_on if person else None) or seen.card_issued_on,
        identified_by="chip",
        no_card=False,
    )


def _note(finding: Finding) -> FieldNote:
    general = _FIELD_OF.get(finding.code.partition(".")[0], "id_number")
    where = _FIELD_OF_CODE.get(finding.code, general)
    severity: Literal["error", "warning"] = "error" if finding.severity is Severity.ERROR else "warning"
    return FieldNote(where, finding.code, severity, tuple(sorted(finding.args.items())))
