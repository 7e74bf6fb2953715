"""Businesses met before: found with who spoke for them and their dossiers, offered again to whom it concerns."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.services.machine import BUSINESS, Machine
from van_station.records.people import Business
from van_station.services.consents import CONTACT_PHONE, REUSE_ANSWERS
from van_station.services.errors import NotFound, NotPermitted
from van_station.services.parties import BusinessDraft
from van_station.services.queue import TicketView

CODE = "0100109106"
SHOP = BusinessDraft("Phở Thìn", CODE, "0912345678", "13 Lò Đúc")
OWNER = "001190000777"


def shop_ticket(desk: Machine, shop: BusinessDraft = SHOP, **given: object) -> TicketView:
    return desk.served(**({"business": shop, "procedure_code": BUSINESS, "id_number": OWNER} | given))


def test_a_business_is_found_with_code_representative_and_its_dossiers(desk: Machine) -> None:
    ticket = shop_ticket(desk, full_name="Lê Văn Chủ")
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
    desk.started(id_number=OWNER, full_name="Lê Văn Chủ")  # their own affair, not the business's
    for text in ("pho thin", CODE[:6]):
        (card,) = desk.workspace.businesses.find(desk.officer, text)
        assert (card.business.name, card.business.shown_tax_code) == ("Phở Thìn", CODE)
        assert card.representative is not None
        assert card.representative.full_name == "Lê Văn Chủ"
        assert (card.representative.phone, card.representative.address) == ("", "")
        assert [line.id for line in card.dossiers] == [dossier.id]
        assert card.visits == 1
    assert desk.workspace.businesses.get(desk.officer, card.business.id) == card


def test_a_tax_code_that_is_a_personal_number_is_shown_masked(desk: Machine) -> None:
    shop_ticket(desk, BusinessDraft("Tạp hóa", OWNER))
    (card,) = desk.workspace.businesses.find(desk.officer, "tap hoa")
    assert card.business.shown_tax_code == "001······777"
    offers = desk.workspace.businesses.offers
    (offer,) = offers(desk.volunteer, "tap hoa")
    assert (offer.tax_code, offer.shown_tax_code) == ("", "001······777")
    (typed,) = offers(desk.volunteer, OWNER)
    assert typed.tax_code == OWNER
    (own,) = offers(desk.volunteer, "tap hoa", OWNER)
    assert own.tax_code == OWNER


def test_address_and_phone_are_offered_to_who_told_them_and_agreed(desk: Machine) -> None:
    ticket = shop_ticket(desk)
    offers, consents = desk.workspace.businesses.offers, desk.workspace.consents
    for number in ("", "001190000888", OWNER):
        (offer,) = offers(desk.volunteer, CODE, number)
        assert (offer.name, offer.address, offer.phone, offer.covered) == ("Phở Thìn", "", "", True)
    consents.record(desk.volunteer, ticket.person_id, CONTACT_PHONE, said_yes=True)
    (offer,) = offers(desk.volunteer, CODE, OWNER)
    assert (offer.address, offer.phone, offer.covered) == ("", "0912345678", True)
    consents.record(desk.volunteer, ticket.person_id, REUSE_ANSWERS, said_yes=True)
    (offer,) = offers(desk.volunteer, CODE, OWNER)
    assert (offer.address, offer.phone, offer.covered) == ("13 Lò Đúc", "0912345678", False)
    (stranger,) = offers(desk.volunteer, CODE, "001190000888")
    assert stranger.phone == ""


def test_one_that_was_taken_over_is_the_same_business_without_its_code(desk: Machine) -> None:
    first = shop_ticket(desk, BusinessDraft("Tạp hóa", OWNER))
    (offer,) = desk.workspace.businesses.offers(desk.volunteer, "tap hoa")
    taken = BusinessDraft(offer.name, offer.tax_code, known_id=offer.business_id)
    desk.take_in(business=taken)
    again = desk.workspace.intake.party(first.id)
    with desk.workspace.store.reading() as session:
        (row,) = session.exec(select(Business)).all()
    assert (row.id, row.tax_code, again.business_tax_code) == (offer.business_id, OWNER, OWNER)


def test_one_whose_code_is_typed_otherwise_is_another(desk: Machine) -> None:
    shop_ticket(desk)
    (offer,) = desk.workspace.businesses.offers(desk.volunteer, CODE)
    desk.take_in(business=BusinessDraft("Phở Khác", "0100109106-001", known_id=offer.business_id))
    with desk.workspace.store.reading() as session:
        assert {row.tax_code for row in session.exec(select(Business))} == {CODE, "0100109106-001"}


def test_one_without_a_code_gets_the_one_that_is_typed_now(desk: Machine) -> None:
    shop_ticket(desk, BusinessDraft("Quán Mới"))
    (offer,) = desk.workspace.businesses.offers(desk.volunteer, "quan moi")
    desk.take_in(business=BusinessDraft("Quán Mới", CODE, known_id=offer.business_id))
    with desk.workspace.store.reading() as session:
        (row,) = session.exec(select(Business)).all()
    assert (row.id, row.tax_code) == (offer.business_id, CODE)


def test_nobody_who_may_not_look_up_finds_any_and_an_unknown_one_is_said_to_be(desk: Machine) -> None:
    shop_ticket(desk)
    technician = desk.actor("tuan")
    with pytest.raises(NotPermitted):
        desk.workspace.businesses.find(technician, CODE)
    with pytest.raises(NotPermitted):
        desk.workspace.businesses.offers(technician, CODE)
    with pytest.raises(NotFound):
        desk.workspace.businesses.get(desk.officer, "nobody")
    assert "Thìn" not in repr(desk.workspace.businesses.find(desk.officer, CODE))
    assert "Thìn" not in repr(desk.workspace.businesses.offers(desk.volunteer, CODE))
