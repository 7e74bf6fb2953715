"""What the volunteer has so far, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from van_station.rules.addresses import AddressStatus, How
from van_station.services.addresses import AddressOffer, AddressView
from van_station.services.businesses import BusinessOffer
from van_station.services.catalogue import ProcedureCard
from van_station.services.errors import FieldNote
from van_station.services.intake import CardView, IntakeDraft
from van_station.services.parties import MAX_COMPANIONS
from van_station.services.people import PersonView
from van_station.services.told_answers import GuidanceAnswers
from van_station.ui.desk.intake_state import (
    CompanionEntry,
    IntakeState,
    capital_words,
    first_error,
    in_rows,
    masked,
    spoken_phone,
)

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


def test_somebody_found_again_brings_who_they_are_and_nothing_else():
    state = IntakeState(full_name="Nguyen Thi Vi Du", address="Số 1", no_card=True)
    state.fill_from_earlier(KNOWN)
    assert (state.id_number, state.full_name, state.birth) == ("001199000123", "Nguyễn Thị Ví Dụ", "1999")
    assert (state.address, state.phone) == ("Số 1", "")
    assert (state.draft().identified_by, state.draft().no_card) == ("typed", True)


def test_earlier_phone_and_address_are_offered_one_by_one_where_they_differ():
    state = IntakeState(known=KNOWN, address="số 9", phone="0912 000 124")
    assert state.earlier_offers() == ("phone",)
    state.skipped_offers.add("phone")
    assert state.earlier_offers() == ()
    assert IntakeState(phone="0912 000 123", known=KNOWN, address="Số 9").earlier_offers() == ()


def test_a_number_that_was_read_is_hidden_and_one_that_was_typed_is_not():
    state = IntakeState(id_number="001199000123")
    assert not state.number_hidden
    state.fill_from(CARD)
    assert state.number_hidden
    assert masked(state.id_number) == "001······123"
    assert masked("00119900012") == ""


def test_a_card_says_how_the_person_was_identified_and_ends_that_there_was_none():
    state = IntakeState(no_card=True)
    state.fill_from(replace(CARD, draft=replace(CARD.draft, identified_by="card_qr")))
    assert (state.draft().identified_by, state.draft().no_card) == ("card_qr", False)


def test_a_group_that_was_only_suggested_goes_with_the_next_card():
    state = IntakeState(group="NCT", group_suggested=True)
    state.fill_from(CARD)
    assert state.group is None


def test_the_next_persons_card_takes_nothing_of_the_one_before():
    state = IntakeState()
    state.fill_from(CARD)
    state.phone, state.business["name"] = "0912000123", "Tạp hóa Thử"
    state.fill_from(CARD)
    assert state.phone == "0912000123", "the same card again"
    state.fill_from(replace(CARD, draft=replace(CARD.draft, id_number="001204000001")))
    assert (state.phone, state.business["name"]) == ("", "")


# ------------------------------------------------------------------ answers of the guidance
def procedure(code: str) -> ProcedureCard:
    return ProcedureCard(code, "", "", "civil", "", 3, "day", None, (), "", "verified", False, "")


def told(code: str = "1.001193") -> GuidanceAnswers:
    return GuidanceAnswers(code, "1", {"/case/birth_proof": "pledge"}, datetime(2026, 11, 23, tzinfo=UTC))


def test_what_was_answered_goes_along_while_the_procedure_stays():
    state = IntakeState()
    state.choose(procedure("1.001193"))
    state.told = told()
    state.fill_from(CARD)
    assert state.draft().told == told(), "the card of whoever was asked is read after the questions"
    state.choose(procedure("1.001193"))
    assert state.draft().told == told()
    state.choose(procedure("1.004222"))
    assert state.draft().told is None


def test_what_was_answered_does_not_go_to_the_next_person():
    state = IntakeState()
    state.choose(procedure("1.001193"))
    state.fill_from(CARD)
    state.told = told()
    state.fill_from(CARD)
    assert state.told is not None, "the same card again"
    state.fill_from(replace(CARD, draft=replace(CARD.draft, id_number="001204000001")))
    assert state.told is None
    state.told = told()
    state.clear()
    assert state.told is None


# ------------------------------------------------------------------ address
OLD = AddressOffer(
    "09664", "Xã Vật Lại", "Số 1, Xã Vật Lại, Thành phố Hà Nội", How.WHOLE, "Xã Cũ, Huyện Ba Vì"
)


def test_an_old_address_changes_only_when_somebody_confirms():
    state = IntakeState(address="Số 1, Xã Cũ, Ba Vì, Hà Nội")
    state.read_address(AddressView(AddressStatus.MAPPED, (OLD,)))
    assert (state.draft().ward_code, state.address) == ("", "Số 1, Xã Cũ, Ba Vì, Hà Nội")
    state.use_address(OLD)
    assert (state.draft().ward_code, state.draft().address) == ("09664", OLD.written)
    assert state.address_asked == state.address, "what was confirmed is not asked about again"


def test_an_address_kept_as_on_the_card_names_no_ward():
    state = IntakeState(address="Số 1, Xã Cũ, Ba Vì, Hà Nội")
    state.read_address(AddressView(AddressStatus.MAPPED, (OLD,)))
    state.keep_address()
    assert (state.address_kept, state.draft().ward_code) == (True, "")


def test_an_address_of_today_needs_no_question():
    state = IntakeState(address="Số 1, Xã Vật Lại, Hà Nội")
    state.read_address(AddressView(AddressStatus.TODAY, (replace(OLD, was=""),)))
    assert state.draft().ward_code == "09664"


def test_another_card_forgets_the_ward_that_was_confirmed():
    state = IntakeState(ward_code="09664", ward_name="Xã Vật Lại", address_kept=True)
    state.fill_from(CARD)
    assert (state.ward_code, state.address_kept, state.address_read) == ("", False, None)


# ------------------------------------------------------------------ family and business
def family_of(*names: str) -> IntakeState:
    state = IntakeState(full_name="Nguyễn Thị Ví Dụ", id_number="001199000123", family_open=True)
    state.family = [CompanionEntry(full_name=name) for name in names]
    return state


def test_rows_nobody_filled_are_no_people_and_a_closed_panel_has_none():
    state = family_of("Nguyễn Văn Con", "", "Nguyễn Thị Cháu")
    assert [one.full_name for one in state.draft().companions] == ["Nguyễn Văn Con", "Nguyễn Thị Cháu"]
    assert state.filled_rows() == (0, 2)
    state.family_open = False
    assert state.draft().companions == ()


def test_a_card_fills_the_first_empty_row_and_a_card_twice_fills_none():
    state = family_of("Nguyễn Văn Con", "")
    row = state.row_for_card("001204000001")
    assert row is state.family[1]
    row.fill_from(replace(CARD, draft=replace(CARD.draft, id_number="001204000001")))
    assert state.row_for_card("001204000001") is None
    assert state.row_for_card("001199000123") is None, "the first person's own card"
    assert state.row_for_card("001204000002") is state.family[2]


def test_a_family_has_an_end():
    state = family_of(*[f"Người {number}" for number in range(MAX_COMPANIONS)])
    assert state.add_companion() is None
    assert state.row_for_card("001204000009") is None


def test_notes_about_companions_stand_at_the_rows_of_the_screen():
    notes = (
        FieldNote("companions/1/id_number", "id.wrong_length", "error"),
        FieldNote("phone", "phone.unknown_prefix", "warning"),
        FieldNote("companions", "party.too_many", "error"),
        FieldNote("companions/7/full_name", "name.missing", "error"),
    )
    told = [note.field for note in in_rows(notes, (0, 2))]
    assert told == ["companions/2/id_number", "phone", "companions", "companions/7/full_name"]


def test_a_business_is_on_the_ticket_while_its_panel_is_open():
    state = IntakeState(business_open=True)
    state.business |= {"name": " Tạp hóa  Thử ", "tax_code": "0101243150"}
    assert state.draft().business.name == "Tạp hóa Thử"
    state.business_open = False
    assert state.draft().business is None


def test_phones_are_shown_as_they_are_read_out_and_wrong_ones_as_typed():
    assert spoken_phone("+84912000123") == "0912 000 123"
    assert spoken_phone("0912 000 123") == "0912 000 123"
    assert (spoken_phone("12ab"), spoken_phone("")) == ("12ab", "")


def test_names_begin_in_capitals_whatever_was_typed():
    assert capital_words("  nguyễn thị  ví Dụ ") == "Nguyễn Thị Ví Dụ"


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
    assert first_error((FieldNote("companions/0/full_name", "name.missing", "error"), notes[2])) == (
        "companions/0/full_name"
    )
    assert first_error(notes[:1]) == ""


def test_clearing_forgets_everything_about_the_person():
    state = IntakeState(known=KNOWN)
    state.fill_from(CARD)
    state.clear()
    assert state == IntakeState()


# ------------------------------------------------------------------ what is doubtful about the card itself
GUESSED = FieldNote("full_name", "card.legacy_letters", "warning", (("encoding", "tcvn3"),))


def test_what_the_reading_found_doubtful_is_said_beside_what_the_check_finds():
    state = IntakeState()
    state.fill_from(replace(CARD, notes=(GUESSED,)))
    missing = FieldNote("procedure_code", "procedure.missing", "warning")
    state.notes = state.with_card_notes((missing,))
    assert state.notes == (missing, GUESSED)
    assert state.notes_for("full_name") == (GUESSED,)


def test_a_doubt_goes_when_somebody_mended_the_field_or_read_another_card():
    state = IntakeState()
    state.fill_from(replace(CARD, notes=(GUESSED,)))
    state.full_name = "Nguyễn Thị Vi Dụ"
    assert state.with_card_notes(()) == ()
    state.fill_from(replace(CARD, notes=(GUESSED,)))
    assert state.with_card_notes((GUESSED,)) == (GUESSED,), "said once"
    state.fill_from(CARD)
    assert state.with_card_notes(()) == ()


# ------------------------------------------------------------------ businesses met before
SHOP = BusinessOffer("b1", "Phở Thìn", "0100109106", "0100109106", "", "", True, None)


def test_a_known_business_is_offered_until_it_is_taken_or_skipped():
    state = IntakeState(business_open=True)
    state.business["tax_code"] = "010010"
    assert state.business_query() == "010010"
    state.business_found = (SHOP,)
    assert state.business_offers() == (SHOP,)
    state.skipped_offers.add("business/b1")
    assert state.business_offers() == ()
    state.skipped_offers.clear()
    state.business["phone"] = "0912 345 678"
    state.take_business(SHOP)
    assert state.business_offers() == ()
    assert (state.business["name"], state.business["phone"]) == ("Phở Thìn", "0912 345 678")
    assert state.draft().business.known_id == "b1"
    agreed = replace(SHOP, address="13 Lò Đúc", covered=False)
    state.business_found = (agreed,)
    assert state.business_offers() == (agreed,), "more may be taken once they agreed"


def test_too_little_typed_looks_for_no_business_and_the_next_person_has_none():
    state = IntakeState(business_open=True)
    state.business |= {"tax_code": "0100", "name": "Ph"}
    assert state.business_query() == ""
    state.fill_from(CARD)
    state.business_found = (SHOP,)
    state.take_business(SHOP)
    state.fill_from(replace(CARD, draft=replace(CARD.draft, id_number="001204000001")))
    assert (state.business_known, state.business_offers(), state.business["name"]) == ("", (), "")
