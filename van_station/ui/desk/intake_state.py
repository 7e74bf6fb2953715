"""What the volunteer has so far about the person in front of them; no window in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

from van_station.rules.people import check_phone, format_phone
from van_station.services.addresses import AddressOffer, AddressView
from van_station.services.businesses import BusinessOffer
from van_station.services.catalogue import ProcedureCard
from van_station.services.errors import FieldNote
from van_station.services.intake import CardView, IntakeDraft
from van_station.services.parties import MAX_COMPANIONS, BusinessDraft, Companion
from van_station.services.people import PersonView
from van_station.services.told_answers import GuidanceAnswers
from van_station.ui.words import day_text, typed_day

TYPED = ("id_number", "full_name", "birth", "phone", "address")
BUSINESS = ("tax_code", "name", "phone", "address")
_NUMBER_LENGTH = 12
LEAST_CODE, LEAST_NAME = 6, 3
"""Characters of a tax code or name from which on businesses are looked up."""


def spoken_phone(text: str) -> str:
    """Return a phone number in groups, as it is read out; anything that is none as it was typed."""
    checked = check_phone(text)
    wrong = any(finding.severity.value == "error" for finding in checked.findings)
    return text if wrong or not text.strip() else format_phone(checked.number)


def capital_words(text: str) -> str:
    """Return a name with each word begun in upper case, the rest as typed."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split())


def masked(number: str) -> str:
    """Return a personal number with its middle hidden, "" when it is not whole."""
    number = "".join(number.split())
    return f"{number[:3]}······{number[-3:]}" if len(number) == _NUMBER_LENGTH else ""


@dataclass(slots=True)
class CompanionEntry:
    """Somebody who came along, as typed or read."""

    full_name: str = ""
    birth: str = ""
    id_number: str = ""
    relation: str = ""
    sex: str = ""
    address: str = ""
    identified_by: str = "typed"

    @property
    def was_read(self) -> bool:
        """Whether a card or its chip said who this is."""
        return self.identified_by in ("card_qr", "chip")

    @property
    def empty(self) -> bool:
        """Whether nothing was said yet."""
        return not (self.full_name.strip() or self.id_number.strip() or self.birth.strip())

    def draft(self) -> Companion:
        """Return the companion as the service takes it."""
        day = typed_day(self.birth)
        return Companion(
            full_name=" ".join(self.full_name.split()),
            relation=self.relation,
            id_number="".join(self.id_number.split()),
            birth_date=day,
            birth_text="" if day else self.birth.strip(),
            sex=self.sex,
            address=self.address,
            identified_by=self.identified_by,
        )

    def fill_from(self, card: CardView) -> None:
        """Take over what a card said."""
        draft = card.draft
        self.full_name, self.id_number, self.sex = draft.full_name, draft.id_number, draft.sex
        self.birth = day_text(draft.birth_date, draft.birth_text)
        self.address, self.identified_by = draft.address, draft.identified_by


@dataclass(slots=True)
class IntakeState:
    """Fields as typed; `draft` is what the service is asked."""

    id_number: str = ""
    full_name: str = ""
    birth: str = ""
    sex: str = ""
    address: str = ""
    phone: str = ""
    need: str = ""
    procedure: ProcedureCard | None = None
    group: str | None = None
    group_suggested: bool = False
    old_id_number: str = ""
    card_issued_on: date | None = None
    card_extra: tuple[str, ...] = ()
    from_card: bool = False
    identified_by: str = "typed"
    card_notes: tuple[FieldNote, ...] = ()
    """What is doubtful about the card's own text; it stays until that is changed or another card is read."""
    card_values: dict[str, str] = field(default_factory=dict)
    number_hidden: bool = False
    """The number was read, not typed: it is shown masked until somebody asks for it."""
    no_card: bool = False
    known: PersonView | None = None
    notes: tuple[FieldNote, ...] = ()
    touched: set[str] = field(default_factory=set)
    ward_code: str = ""
    ward_name: str = ""
    address_read: AddressView | None = None
    """What `address_asked` means today."""
    address_asked: str = ""
    address_kept: bool = False
    family: list[CompanionEntry] = field(default_factory=list)
    family_open: bool = False
    business_open: bool = False
    business: dict[str, str] = field(default_factory=lambda: dict.fromkeys(BUSINESS, ""))
    business_known: str = ""
    """Id of the business that was taken over from an earlier visit."""
    business_found: tuple[BusinessOffer, ...] = ()
    skipped_offers: set[str] = field(default_factory=set)
    told: GuidanceAnswers | None = None
    """What the person answered about the procedure before they came to intake."""

    def draft(self) -> IntakeDraft:
        """Return the draft as the service takes it; rows of the family that nobody filled are left out."""
        day = typed_day(self.birth)
        return IntakeDraft(
            id_number="".join(self.id_number.split()),
            full_name=" ".join(self.full_name.split()),
            birth_date=day,
            birth_text="" if day else self.birth.strip(),
            sex=self.sex,
            address=" ".join(self.address.split()),
            phone=self.phone.strip(),
            need=self.need,
            procedure_code=self.procedure.code if self.procedure else None,
            priority_group=self.group,
            old_id_number=self.old_id_number,
            card_issued_on=self.card_issued_on,
            card_extra=self.card_extra,
            identified_by=self.identified_by,
            no_card=self.no_card,
            ward_code=self.ward_code,
            companions=tuple(one.draft() for one in self.companions()),
            business=self._business() if self.business_open else None,
            told=self.told,
        )

    def companions(self) -> list[CompanionEntry]:
        """Return the rows of the family in which something stands."""
        return [one for one in self.family if not one.empty] if self.family_open else []

    def filled_rows(self) -> tuple[int, ...]:
        """Return which rows of the family the draft has."""
        if not self.family_open:
            return ()
        return tuple(at for at, one in enumerate(self.family) if not one.empty)

    def _business(self) -> BusinessDraft:
        typed = {name: " ".join(value.split()) for name, value in self.business.items()}
        return BusinessDraft(**typed, known_id=self.business_known)

    def fill_from(self, card: CardView) -> None:
        """Take over what a card said; wish, procedure and group stay as they were asked."""
        draft = card.draft
        if self.group_suggested:
            self.group, self.group_suggested = None, False
        if self.from_card and self.id_number != draft.id_number:  # somebody else: what was theirs goes
            self.phone, self.business = "", dict.fromkeys(BUSINESS, "")
            self.business_known, self.business_found = "", ()
            self.told = None
        self.id_number, self.full_name = draft.id_number, draft.full_name
        self.birth = day_text(draft.birth_date, draft.birth_text)
        self.sex, self.address = draft.sex, draft.address
        self.old_id_number = draft.old_id_number
        self.card_issued_on, self.card_extra = draft.card_issued_on, draft.card_extra
        self.identified_by, self.no_card = draft.identified_by, False
        self.known, self.from_card, self.number_hidden = card.known, True, True
        self.skipped_offers.clear()
        self.forget_ward()
        self.touched |= set(TYPED)
        self.card_notes = card.notes
        self.card_values = {name: getattr(self, name) for name in TYPED}

    def with_card_notes(self, notes: tuple[FieldNote, ...]) -> tuple[FieldNote, ...]:
        """Return notes about the draft and those about the card; what a person mended is done.

        Args:
            notes: of the check of the draft.
        """
        said = {note.code for note in notes}
        kept = (
            note for note in self.card_notes if note.code not in said and self._as_the_card_said(note.field)
        )
        return (*notes, *kept)

    def choose(self, card: ProcedureCard | None) -> None:
        """Take another procedure, or none; what was answered about the one before does not fit it."""
        if self.told is not None and (card is None or card.code != self.told.procedure_code):
            self.told = None
        self.procedure = card
        self.touched.add("procedure_code")

    def _as_the_card_said(self, place: str) -> bool:
        name = "birth" if place.startswith("birth") else place
        return name not in self.card_values or getattr(self, name) == self.card_values[name]

    def fill_from_earlier(self, person: PersonView) -> None:
        """Take over who the person is, as noted at an earlier visit; number and sex that stand there stay."""
        self.known = person
        self.id_number = self.id_number or person.id_number
        self.number_hidden = bool(masked(self.id_number))
        self.full_name = person.full_name or self.full_name
        self.birth = day_text(person.birth_date, person.birth_text) or self.birth
        self.sex = self.sex or person.sex
        self.touched |= {"id_number", "full_name", "birth"}

    # ------------------------------------------------------------------ family
    def row_for_card(self, number: str) -> CompanionEntry | None:
        """Return the family row that the next card fills; None when the card belongs to nobody new.

        None also when the family is full.
        """
        if number and number in {self.draft().id_number, *(one.draft().id_number for one in self.family)}:
            return None
        for one in self.family:
            if one.empty:
                return one
        return self.add_companion()

    def add_companion(self) -> CompanionEntry | None:
        """Begin another row; None when there are enough."""
        if len(self.family) >= MAX_COMPANIONS:
            return None
        self.family.append(CompanionEntry())
        return self.family[-1]

    # ------------------------------------------------------------------ address
    def forget_ward(self) -> None:
        """The address is another one now: nothing about it was confirmed."""
        self.ward_code = self.ward_name = self.address_asked = ""
        self.address_read, self.address_kept = None, False

    def read_address(self, view: AddressView) -> None:
        """Take note of what the address means today; one that names a ward of today needs no question."""
        self.forget_ward()
        self.address_read, self.address_asked = view, self.address
        if view.status.value == "today" and view.offers:
            self.ward_code, self.ward_name = view.offers[0].ward_code, view.offers[0].ward_name

    def use_address(self, offer: AddressOffer) -> None:
        """The person confirmed an address of today."""
        self.address = self.address_asked = offer.written
        self.ward_code, self.ward_name = offer.ward_code, offer.ward_name

    def keep_address(self) -> None:
        """The person wants the address as it is on the card."""
        self.address_kept = True

    # ------------------------------------------------------------------ earlier answers
    def earlier_offers(self) -> tuple[str, ...]:
        """Return the fields for which an earlier visit has something else than what stands there."""
        person = self.known
        if person is None:
            return ()
        offered = []
        for name in ("phone", "address"):
            before, now = getattr(person, name), getattr(self, name)
            if before and _plain(before) != _plain(now) and name not in self.skipped_offers:
                offered.append(name)
        return tuple(offered)

    # ------------------------------------------------------------------ businesses met before
    def business_query(self) -> str:
        """Return what to look for: the tax code, else the name, once enough of it is typed."""
        for name, least in (("tax_code", LEAST_CODE), ("name", LEAST_NAME)):
            typed = " ".join(self.business[name].split())
            if len(typed) >= least:
                return typed
        return ""

    def business_offers(self) -> tuple[BusinessOffer, ...]:
        """Return the businesses on offer: found, not skipped, with something that is not there yet."""
        if not self.business_open:
            return ()
        return tuple(
            offer
            for offer in self.business_found
            if f"business/{offer.business_id}" not in self.skipped_offers and self._has_more(offer)
        )

    def _has_more(self, offer: BusinessOffer) -> bool:
        if offer.business_id != self.business_known:
            return not self.business_known
        return any(getattr(offer, name) and not self.business[name].strip() for name in BUSINESS)

    def take_business(self, offer: BusinessOffer) -> None:
        """Take a business over; what is covered, or not known, stays as it was typed."""
        self.business_open, self.business_known = True, offer.business_id
        for name in BUSINESS:
            known = getattr(offer, name)
            if known:
                self.business[name] = spoken_phone(known) if name == "phone" else known

    # ------------------------------------------------------------------ notes
    def notes_for(self, name: str, *, all_fields: bool = False) -> tuple[FieldNote, ...]:
        """Return what to say at a field: errors once it was touched, warnings once something stands there."""
        empty = not getattr(self, name, "") and not (name == "id_number" and self.full_name)
        if not all_fields and (name not in self.touched or empty):
            return ()
        wanted = {"birth": {"birth", "birth_date", "birth_text"}}.get(name, {name})
        return tuple(note for note in self.notes if note.field in wanted)

    def notes_at(self, place: str, *, all_fields: bool = False) -> tuple[FieldNote, ...]:
        """Return what to say at a place such as `companions/0/full_name`, once somebody was there."""
        found = tuple(note for note in self.notes if note.field == place)
        return found if all_fields or place in self.touched else ()

    def clear(self) -> None:
        """Forget everything: the next person comes."""
        fresh = IntakeState()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def in_rows(notes: tuple[FieldNote, ...], rows: Sequence[int]) -> tuple[FieldNote, ...]:
    """Return notes with the family's places counted as the screen counts them: empty rows are rows there.

    Args:
        notes: about a draft, `companions/0/full_name` being the first of the draft.
        rows: `IntakeState.filled_rows` at the moment of the draft.
    """
    told = []
    for note in notes:
        head, _, rest = note.field.partition("/")
        number, _, name = rest.partition("/")
        known = head == "companions" and number.isdecimal() and int(number) < len(rows)
        told.append(replace(note, field=f"{head}/{rows[int(number)]}/{name}") if known else note)
    return tuple(told)


def first_error(notes: tuple[FieldNote, ...]) -> str:
    """Return the field where the keyboard should go, the first on screen; "" when all may stand."""
    wrong = {
        "birth" if note.field.startswith("birth") else note.field
        for note in notes
        if note.severity == "error"
    }
    order = (*TYPED, "companions", "business", "need", "procedure_code", "priority_group")

    def place(name: str) -> tuple[int, str]:
        head = name.partition("/")[0]
        return (order.index(head) if head in order else len(order)), name

    return min(wrong, key=place, default="")
