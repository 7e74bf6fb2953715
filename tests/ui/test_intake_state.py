"""What the volunteer has so far, without a window."""

from __future__ import annotations

from datetime import date

from van_station.services.errors import FieldNote
from van_station.services.intake import CardView, IntakeDraft
from van_station.services.people import PersonView
from van_station.ui.desk.intake_state import IntakeState, first_error

CARD = CardView(
    IntakeDraft(
        id_number="001199000123",
        full_name="Nguyễn Thị Ví Dụ",
        birth_date=date(1999, 1, 1),
        sex="female",
        address="Số 1",
        card_issued_on=date(2021, 8, 15),
        card_extra=("x",),
    )
)
KNOWN = PersonView("p", "001199000123", "Nguyễn Thị Ví Dụ", None, "1999", "female", "Số 9", "0912000123")


def test_a_day_is_kept_as_a_day_and_a_year_as_it_was_said():
    assert IntakeState(birth=" 5/3/1958 ").draft().birth_date == date(1958, 3, 5)
    draft = IntakeState(birth="1958").draft()
    assert (draft.birth_date, draft.birth_text) == (None, "1958")


def test_blanks_around_and_inside_numbers_and_names_are_taken_out():
    draft = IntakeState(id_number=" 0011 9900 0123 ", full_name="  Nguyễn   Văn  A ").draft()
    assert (draft.id_number, draft.full_name) == ("001199000123", "Nguyễn Văn A")


def test_a_card_fills_the_person_and_leaves_the_wish():
    state = IntakeState(need="vneid", phone="0912000123", group="NCC")
    state.fill_from(CARD)
    draft = state.draft()
    assert (draft.full_name, draft.birth_date, draft.card_extra) == (
        "Nguyễn Thị Ví Dụ",
        date(1999, 1, 1),
        ("x",),
    )
    assert (draft.need, draft.phone, draft.priority_group) == ("vneid", "0912000123", "NCC")


def test_an_earlier_visit_fills_only_what_is_empty():
    state = IntakeState(id_number="001199000123", address="Số 1", known=KNOWN)
    state.fill_from_earlier()
    assert (state.address, state.phone, state.birth) == ("Số 1", "0912000123", "1999")


def test_nobody_is_scolded_about_a_field_they_have_not_come_to():
    notes = (
        FieldNote("full_name", "name.missing", "error"),
        FieldNote("birth_date", "birth.in_future", "error"),
    )
    state = IntakeState(notes=notes, birth="01/01/2999", touched={"full_name", "birth"})
    assert state.notes_for("full_name") == ()
    assert state.notes_for("birth") == (notes[1],)
    assert state.notes_for("full_name", all_fields=True) == (notes[0],)


def test_the_keyboard_goes_to_the_first_thing_to_mend():
    notes = (
        FieldNote("phone", "phone.unknown_prefix", "warning"),
        FieldNote("birth_date", "birth.in_future", "error"),
        FieldNote("need", "need.missing", "error"),
    )
    assert first_error(notes) == "birth"
    assert first_error(notes[:1]) == ""


def test_clearing_forgets_everything_about_the_person():
    state = IntakeState(known=KNOWN)
    state.fill_from(CARD)
    state.clear()
    assert state == IntakeState()
