"""Families, businesses and people without a card at hand: one ticket, everybody kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.services.machine import BIRTH, Machine, codes
from van_station.services.errors import IntakeRefused, NotFound
from van_station.services.parties import MAX_COMPANIONS, BusinessDraft, Companion

WIFE = Companion("Lê Thị Vợ", "spouse", "001190000456", sex="female", identified_by="card_qr")
CHILD = Companion("Trần Văn Con", "child", birth_text="2021")
SHOP = BusinessDraft("Hộ kinh doanh Phở Ví Dụ", "0100109106", "0912 345 678", "Số 3 ngõ 4")


def test_a_family_comes_on_one_ticket_and_each_is_kept(desk: Machine) -> None:
    ticket = desk.workspace.intake.take_in(desk.volunteer, desk.draft(companions=(WIFE, CHILD)))
    party = desk.workspace.intake.party(ticket.id)
    assert [(one.full_name, one.relation) for one in party.members[1:]] == [
        ("Lê Thị Vợ", "spouse"),
        ("Trần Văn Con", "child"),
    ]
    assert party.members[0].person_id == ticket.person_id
    assert party.members[1].identified_by == "card_qr"


def test_each_of_a_family_gets_their_own_dossier(desk: Machine) -> None:
    draft = desk.draft(companions=(WIFE,), procedure_code=BIRTH)
    ticket = desk.workspace.intake.take_in(desk.volunteer, draft)
    first, second = desk.workspace.intake.party(ticket.id).members
    dossiers = desk.workspace.dossiers
    one = dossiers.start_for(desk.officer, ticket.id, first.person_id)
    other = dossiers.start_for(desk.officer, ticket.id, second.person_id)
    assert one.id != other.id
    assert dossiers.start_for(desk.officer, ticket.id, second.person_id).id == other.id
    assert other.person.full_name == "Lê Thị Vợ"


def test_nobody_else_gets_a_dossier_on_the_ticket(desk: Machine) -> None:
    ticket = desk.workspace.intake.take_in(desk.volunteer, desk.draft(procedure_code=BIRTH))
    stranger = desk.workspace.intake.take_in(
        desk.volunteer, desk.draft(id_number="001190000789", full_name="Phạm Thị Khác")
    )
    with pytest.raises(NotFound):
        desk.workspace.dossiers.start_for(desk.officer, ticket.id, stranger.person_id)


def test_a_business_is_found_again_by_its_tax_code(desk: Machine) -> None:
    intake = desk.workspace.intake
    mine = desk.draft(business=SHOP)
    first = intake.take_in(desk.volunteer, mine)
    again = intake.take_in(
        desk.volunteer, replace(mine, business=replace(SHOP, name="Phở Ví Dụ 2", tax_code="010 010 9106"))
    )
    assert intake.party(first.id) == intake.party(again.id)
    assert intake.party(again.id).business_name == "Phở Ví Dụ 2"


def test_somebody_without_a_card_at_hand_is_taken_in_without_a_warning(desk: Machine) -> None:
    draft = desk.draft(id_number="", no_card=True)
    assert codes(desk.workspace.intake.check(draft)) == set()
    ticket = desk.workspace.intake.take_in(desk.volunteer, draft)
    assert desk.workspace.intake.party(ticket.id).members[0].identified_by == "none"
    assert codes(desk.workspace.intake.check(desk.draft(id_number=""))) == {
        ("id_number", "id.not_given", "warning")
    }


def test_a_card_once_seen_is_not_forgotten(desk: Machine) -> None:
    intake = desk.workspace.intake
    scanned = desk.draft(identified_by="card_qr")
    intake.take_in(desk.volunteer, scanned)
    ticket = intake.take_in(desk.volunteer, replace(scanned, identified_by="typed"))
    assert intake.party(ticket.id).members[0].identified_by == "card_qr"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"companions": (replace(WIFE, full_name=" "),)},
            ("companions/0/full_name", "name.missing", "error"),
        ),
        (
            {"companions": (replace(WIFE, full_name="<b>"),)},
            ("companions/0/full_name", "name.not_a_name", "error"),
        ),
        (
            {"companions": (replace(WIFE, relation="x"),)},
            ("companions/0/relation", "form.not_a_choice", "error"),
        ),
        (
            {"companions": (replace(WIFE, id_number="12"),)},
            ("companions/0/id_number", "id.wrong_length", "error"),
        ),
        ({"companions": (WIFE, WIFE)}, ("companions/1/id_number", "party.same_number", "error")),
        ({"companions": (CHILD,) * (MAX_COMPANIONS + 1)}, ("companions", "party.too_many", "error")),
        ({"business": replace(SHOP, name="")}, ("business/name", "business.name_missing", "error")),
        ({"business": replace(SHOP, name="x" * 201)}, ("business/name", "business.name_too_long", "error")),
        ({"business": replace(SHOP, tax_code="12")}, ("business/tax_code", "tax.wrong_shape", "error")),
        ({"business": replace(SHOP, phone="12")}, ("business/phone", "phone.wrong_length", "error")),
    ],
)
def test_what_must_be_mended_is_said_at_its_field(desk: Machine, change, expected) -> None:
    draft = desk.draft(**change)
    assert expected in codes(desk.workspace.intake.check(draft))
    with pytest.raises(IntakeRefused):
        desk.workspace.intake.take_in(desk.volunteer, draft)


def test_a_doubtful_tax_code_may_stand(desk: Machine) -> None:
    ticket = desk.workspace.intake.take_in(
        desk.volunteer, desk.draft(business=replace(SHOP, tax_code="0100109107"))
    )
    assert desk.workspace.intake.party(ticket.id).business_tax_code == "0100109107"


def test_names_stay_out_of_logs() -> None:
    assert "Vợ" not in repr(WIFE)
    assert "Phở" not in repr(SHOP)
