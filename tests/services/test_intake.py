from __future__ import annotations

import io
import random
from dataclasses import replace

import pypdfium2
import pytest
import qrcode
from sqlmodel import select

from tests.services.machine import BIRTH, Machine, codes
from van_station.bootstrap.demo.people import VISITORS
from van_station.records.people import Person
from van_station.records.queue import NumberBlock, Ticket
from van_station.rules.queueing import Lane
from van_station.services.errors import IntakeRefused, Refused
from van_station.services.intake import LANE_OF_NEED
from van_station.services.parties import BusinessDraft, Companion

CARD = VISITORS[0].card


def test_a_card_fills_the_draft_as_it_is_printed(machine: Machine) -> None:
    card = machine.workspace.intake.read_card(CARD)
    assert card.notes == ()
    assert card.known is None
    draft = card.draft
    assert (draft.id_number, draft.full_name, draft.sex) == ("001199000123", "Nguyễn Thị Ví Dụ", "female")
    assert draft.birth_date is not None
    assert draft.birth_date.isoformat() == "1999-01-01"
    assert draft.address == "Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội"


def test_a_photographed_card_reads_like_a_scanned_one(machine: Machine) -> None:
    out = io.BytesIO()
    qrcode.make(CARD).save(out, "PNG")
    intake = machine.workspace.intake
    assert intake.read_card_picture(out.getvalue()).draft == intake.read_card(CARD).draft


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CARD[:40], "card.torn"),
        ("https://vi.du/1", "card.not_a_card"),
        ("", "card.not_a_card"),
        (CARD.replace("Nguyễn Thị", "Nguy?n Th?"), "card.letters_broken"),
        (CARD + "x" * 10_000, "card.too_long"),
    ],
)
def test_what_is_not_a_whole_card_is_refused_by_name(machine: Machine, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        machine.workspace.intake.read_card(text)
    assert refused.value.code == code


def test_an_unknown_province_prefix_warns_and_passes(desk: Machine) -> None:
    draft = desk.draft(id_number="999190000001")
    assert codes(desk.workspace.intake.check(draft)) == {("id_number", "id.unknown_prefix", "warning")}
    assert desk.workspace.intake.take_in(desk.volunteer, draft).label


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"id_number": "00119000001"}, "id_number", "id.wrong_length"),
        ({"id_number": "00119000000x"}, "id_number", "id.not_digits"),
        ({"full_name": ""}, "full_name", "name.missing"),
        ({"full_name": "12345"}, "full_name", "name.not_a_name"),
        ({"need": ""}, "need", "need.missing"),
        ({"procedure_code": "9.999999"}, "procedure_code", "procedure.unknown"),
        ({"priority_group": "XYZ"}, "priority_group", "group.unknown"),
        ({"address": "a" * 301}, "address", "address.too_long"),
        ({"sex": "Nữ"}, "sex", "form.not_a_choice"),
    ],
)
def test_an_error_is_refused_with_its_field_and_leaves_no_trace(
    desk: Machine, given: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(IntakeRefused) as refused:
        desk.take_in(**given)
    assert (field, code, "error") in codes(refused.value.notes)
    assert desk.workspace.queue.tickets(open_only=False) == ()
    with desk.workspace.store.reading() as session:
        assert session.exec(select(Person)).all() == []


def test_somebody_who_comes_again_is_the_same_person_with_their_latest_details(desk: Machine) -> None:
    intake = desk.workspace.intake
    draft = replace(intake.read_card(CARD).draft, need="digitise", procedure_code=BIRTH)
    first = intake.take_in(desk.volunteer, draft)
    card = intake.read_card(CARD)
    assert card.known is not None
    assert card.known.id == first.person_id
    again = intake.take_in(desk.volunteer, replace(draft, phone="0912000123", address=""))
    assert again.person_id == first.person_id
    assert again.label != first.label
    desk.workspace.consents.record(desk.officer, first.person_id, "reuse_answers", said_yes=True)
    known = intake.known(draft.id_number)
    assert known is not None
    assert known.phone
    assert known.address == draft.address, "what is not given is not taken away"


def test_two_of_a_family_are_two_people(desk: Machine) -> None:
    tickets = [
        desk.take_in(full_name="Trần Thị Mẫu", id_number="001190000051"),
        desk.take_in(full_name="Trần Thị Mẫu", id_number="001190000052"),
    ]
    assert len({ticket.person_id for ticket in tickets}) == 2


def test_people_without_a_number_are_taken_in_and_never_mixed_up(desk: Machine) -> None:
    draft = desk.draft(id_number="")
    assert ("id_number", "id.not_given", "warning") in codes(desk.workspace.intake.check(draft))
    people = {desk.workspace.intake.take_in(desk.volunteer, draft).person_id for _ in range(2)}
    assert len(people) == 2


def test_each_need_goes_to_its_lane(desk: Machine) -> None:
    for need, lane in LANE_OF_NEED.items():
        assert desk.take_in(need=need, procedure_code=None).lane is lane


def test_a_hundred_people_get_a_hundred_labels(desk: Machine) -> None:
    chance = random.Random(20261123)
    needs = list(LANE_OF_NEED)
    tickets = [desk.take_in(need=chance.choice(needs), procedure_code=None) for _ in range(100)]
    assert len({ticket.label for ticket in tickets}) == 100
    for lane in Lane:
        numbers = [ticket.number for ticket in tickets if ticket.lane is lane]
        assert numbers == list(range(1, len(numbers) + 1)), "in each lane without a gap"


def test_a_spent_block_is_followed_by_a_fresh_one_beyond_every_leased_one(desk: Machine) -> None:
    store = desk.workspace.store
    with store.unit("system", "test.lease", ("trip", "x")) as unit:
        block = unit.session.exec(select(NumberBlock).where(NumberBlock.lane == Lane.DIGITISE.value)).one()
        block.next_number = block.last
        unit.save(block)
        others = NumberBlock(
            site="ab" * 16, trip_id=block.trip_id, lane=Lane.DIGITISE.value, first=101, last=200
        )
        unit.save(others)
    numbers = [desk.take_in().number for _ in range(3)]
    assert numbers == [100, 201, 202]


def test_numbers_go_on_after_a_restart(desk: Machine) -> None:
    first = desk.take_in()
    desk.reopen()
    assert desk.take_in().number == first.number + 1


def test_nobody_is_taken_in_before_a_trip_is_open(machine: Machine) -> None:
    with pytest.raises(Refused) as refused:
        machine.take_in()
    assert refused.value.code == "trip.none_open"
    with machine.workspace.store.reading() as session:
        assert session.exec(select(Person)).all() == []
        assert session.exec(select(Ticket)).all() == []


def test_a_person_of_seventy_is_offered_the_group_of_the_old(machine: Machine) -> None:
    intake = machine.workspace.intake
    old = intake.read_card(VISITORS[1].card).draft
    assert intake.suggest_groups(old.birth_date, old.birth_text) == ("NCT",)
    young = intake.read_card(VISITORS[2].card).draft
    assert intake.suggest_groups(young.birth_date, young.birth_text) == ()


def test_the_ticket_slip_is_a_page_without_the_citizens_name(desk: Machine) -> None:
    ticket = desk.take_in(full_name="Trần Thị Mẫu")
    slip = desk.workspace.intake.ticket_slip(desk.volunteer, ticket.id)
    text = pypdfium2.PdfDocument(slip.data)[0].get_textpage().get_text_range()
    assert ticket.label in text
    assert "Mẫu" not in text


def test_views_show_no_personal_data_when_printed(desk: Machine) -> None:
    draft = desk.draft(full_name="Trần Thị Mẫu")
    ticket = desk.workspace.intake.take_in(desk.volunteer, draft)
    known = desk.workspace.intake.known(draft.id_number)
    shown = repr((draft, ticket, known))
    assert "Mẫu" not in shown
    assert draft.id_number not in shown


# ------------------------------------------------------------------ what clumsy and hostile hands type
def test_marks_that_nobody_sees_are_kept_nowhere(desk: Machine) -> None:
    ticket = desk.take_in(
        full_name="An\u200b Văn",
        birth_date=None,
        birth_text="\u202e1950",
        address="Thôn\u0000 Đoài\u202e",
        companions=(Companion(full_name="Con\ufeff Văn", relation="child", birth_text="2019\u200b"),),
    )
    members = desk.workspace.intake.party(ticket.id).members
    assert [each.full_name for each in members] == ["An Văn", "Con Văn"]
    with desk.workspace.store.reading() as session:
        person = session.get_one(Person, ticket.person_id)
        assert (person.birth_text, person.address) == ("1950", "Thôn Đoài")


def test_a_day_that_is_none_and_texts_without_end_are_said_at_their_fields(desk: Machine) -> None:
    check, draft = desk.workspace.intake.check, desk.draft
    doubtful = draft(birth_date=None, birth_text="31/02/2020")
    assert ("birth_text", "birth.not_a_date", "warning") in codes(check(doubtful))
    child = Companion(full_name="Con Văn", relation="child", birth_text="32/13/2020")
    assert ("companions/0/birth", "birth.not_a_date", "warning") in codes(check(draft(companions=(child,))))
    endless = draft(
        birth_date=None,
        birth_text="1" * 3000,
        address="x" * 3000,
        business=BusinessDraft(name="Tạp hóa", address="x" * 3000),
    )
    assert {
        ("birth_text", "birth.too_long", "error"),
        ("address", "address.too_long", "error"),
        ("business/address", "business.address_too_long", "error"),
    } <= codes(check(endless))
