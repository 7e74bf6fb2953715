"""What the volunteer has so far about the person in front of them; no window in here."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

from van_station.services.catalogue import ProcedureCard
from van_station.services.errors import FieldNote
from van_station.services.intake import CardView, IntakeDraft
from van_station.services.people import PersonView
from van_station.ui.words import day_text, typed_day

TYPED = ("id_number", "full_name", "birth", "phone", "address")
_YEAR_LENGTH = 4


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
    known: PersonView | None = None
    notes: tuple[FieldNote, ...] = ()
    touched: set[str] = field(default_factory=set)

    def draft(self) -> IntakeDraft:
        """Return the draft as the service takes it."""
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
        )

    def fill_from(self, card: CardView) -> None:
        """Take over what a card said; wish, procedure and group stay as they were asked."""
        draft = card.draft
        self.id_number, self.full_name = draft.id_number, draft.full_name
        self.birth = day_text(draft.birth_date, draft.birth_text)
        self.sex, self.address = draft.sex, draft.address
        self.old_id_number = draft.old_id_number
        self.card_issued_on, self.card_extra = draft.card_issued_on, draft.card_extra
        self.known, self.from_card = card.known, True
        self.touched |= set(TYPED)

    def fill_from_earlier(self) -> None:
        """Take over what was noted at an earlier visit where nothing stands yet."""
        person = self.known
        if person is None:
            return
        self.full_name = self.full_name or person.full_name
        self.birth = self.birth or day_text(person.birth_date, person.birth_text)
        self.sex = self.sex or person.sex
        self.address = self.address or person.address
        self.phone = self.phone or person.phone

    def notes_for(self, name: str, *, all_fields: bool = False) -> tuple[FieldNote, ...]:
        """Return what to say at a field: errors once it was touched, warnings once something stands there."""
        empty = not getattr(self, name, "") and not (name == "id_number" and self.full_name)
        if not all_fields and (name not in self.touched or empty):
            return ()
        wanted = {"birth": {"birth", "birth_date", "birth_text"}}.get(name, {name})
        return tuple(note for note in self.notes if note.field in wanted)

    def clear(self) -> None:
        """Forget everything: the next person comes."""
        fresh = IntakeState()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))


def first_error(notes: tuple[FieldNote, ...]) -> str:
    """Return the field where the keyboard should go, the first on screen; "" when all may stand."""
    wrong = {
        "birth" if note.field.startswith("birth") else note.field
        for note in notes
        if note.severity == "error"
    }
    order = (*TYPED, "need", "procedure_code", "priority_group")
    return min(wrong, key=lambda name: order.index(name) if name in order else len(order), default="")
