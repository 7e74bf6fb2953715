"""Arriving by keyboard alone: three acts to a number, families, businesses, addresses, who comes again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_journeys import station_ticket, take_in
from tests.ui.test_keyboard import sign_in
from van_station.bootstrap.demo.people import VISITORS
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.rules.queueing import Lane, TicketAct, TicketStatus
from van_station.rules.ticket_codes import ticket_code
from van_station.services.consents import REUSE_ANSWERS
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip
from van_station.ui.desk.form_model import fields_of
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
MOTHER, ELDER, TRADER, STUDENT, WIDOW = VISITORS
ELSEWHERE = "f" * 32
FRESH = itertools.count(700)


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("arrival"), UiSettings(), gateway=False) as made:
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


def volunteer(station: Station, context) -> Window:
    window = sign_in(station, context, "lan")
    window.wait_at("id_number")
    return window


def newest(station: Station) -> TicketView:
    return max(station.workspace.queue.tickets(), key=lambda ticket: ticket.created_at)


def numbered(station: Station, window: Window) -> TicketView:
    """Give the number and return the ticket."""
    window.press("F9")
    window.see("ticket-number")
    window.wait_at("next-card")
    label = window.words("ticket-number").strip()
    return station_ticket(station, label)


def person_of(station: Station, ticket: TicketView) -> Person:
    with station.workspace.store.reading() as session:
        return session.get_one(Person, ticket.person_id)


def test_a_card_a_digit_and_f9_are_a_number(station, context):
    window = volunteer(station, context)
    window.scan(STUDENT.card)
    window.see("id-hidden", "001······789")
    window.wait_at("need-guidance")
    window.press("2")
    ticket = numbered(station, window)
    assert (ticket.person_name, ticket.need, ticket.lane) == ("Lý Ngọc Điệp", "vneid", Lane.DIGITAL_HELP)
    assert person_of(station, ticket).identified_by == "card_qr"
    window.see("ticket-picture")
    window.press("Enter")
    window.gone("ticket-number")
    window.wait_at("id_number")
    assert window.parts("id-hidden") == [], "the next person's number is typed or read"


def test_the_number_is_shown_on_purpose_only_and_a_digit_in_a_text_is_text(station, context):
    window = volunteer(station, context)
    window.scan(MOTHER.card)
    window.see("id-hidden", "001······123")
    window.wait_at("need-guidance")
    assert "001199000123" not in window.page.locator("body").inner_text()
    window.press("Alt+s")
    window.gone("id-hidden")
    window.press("Alt+s")
    window.see("id-hidden")
    window.reach("phone", key="Shift+Tab")
    window.page.keyboard.type("0912000123", delay=80)
    window.press("Tab")
    window.press("Alt+5")
    ticket = numbered(station, window)
    assert (ticket.need, person_of(station, ticket).phone) == ("lookup", "0912000123")


def test_three_of_a_family_on_one_number(station, context):
    window = volunteer(station, context)
    window.scan(MOTHER.card)
    window.see("id-hidden", "001······123")
    window.wait_at("need-guidance")
    window.press("Alt+n")
    window.wait_at("companions/0/full_name")
    window.scan(ELDER.card)
    window.wait_at("relation-0-spouse")
    window.press_on("relation-0-parent", "Space")
    window.press_on("family-add")
    window.wait_at("companions/1/full_name")
    window.write("nguyễn văn con")
    window.write_into("companions/1/birth", "2019")
    window.press_on("relation-1-child", "Space")
    window.press("Alt+1")
    window.wait_at("procedure-search")
    ticket = numbered(station, window)
    window.see("ticket-party", "Đặng Văn Đường, Nguyễn Văn Con")
    members = station.workspace.intake.party(ticket.id).members
    assert [(each.relation, each.identified_by) for each in members] == [
        ("", "card_qr"),
        ("parent", "card_qr"),
        ("child", "typed"),
    ]


def test_a_business_is_checked_and_kept(station, context):
    window = volunteer(station, context)
    window.scan(TRADER.card)
    window.see("id-hidden")
    window.wait_at("need-guidance")
    window.press("Alt+b")
    window.wait_at("business/tax_code")
    window.write("0101243151")
    window.press("Tab")
    window.press("Alt+4")
    window.press("F9")
    window.see("result", "Còn chỗ cần sửa")
    window.wait_at("business/name")
    window.write("Tạp hóa Thử Nghiệm")
    window.says("số kiểm tra")
    window.write_into("business/phone", "0358000456")
    ticket = numbered(station, window)
    window.see("ticket-business", "Tạp hóa Thử Nghiệm")
    assert station.workspace.intake.party(ticket.id).business_name == "Tạp hóa Thử Nghiệm"


def test_without_a_card_a_number_is_given_and_an_earlier_visit_is_found_on_purpose(station, context):
    take_in(station, WIDOW)
    window = volunteer(station, context)
    window.press("Alt+k")
    window.see("no-card-means", "vẫn cấp số")
    window.wait_at("full_name")
    window.write("do thi huong")
    window.write_into("birth", "1960")
    window.press_on("earlier-find")
    window.see("earlier-0", "001······345")
    window.press_on("earlier-0")
    window.see("id-hidden", "001······345")
    window.press("Alt+2")
    window.quiet()
    ticket = numbered(station, window)
    assert ticket.person_name == "Đỗ Thị Hường"
    assert person_of(station, ticket).identified_by == "card_qr", "the earlier, stronger way stays"


def test_somebody_unknown_without_a_card_is_marked_as_not_identified(station, context):
    window = volunteer(station, context)
    window.press("Alt+k")
    window.wait_at("full_name")
    window.write("Trần Văn Chưa Thẻ")
    window.write_into("birth", "1971")
    window.press_on("earlier-find")
    window.see("earlier-none")
    window.press("Alt+6")
    window.quiet()
    assert person_of(station, numbered(station, window)).identified_by == "none"


def test_an_old_address_is_offered_and_taken_on_purpose(station, context):
    window = volunteer(station, context)
    window.scan(ELDER.card)
    window.see("address-mapped", "Thôn Đoài, Xã Vật Lại, Thành phố Hà Nội")
    window.wait_at("need-guidance")
    window.press("Alt+m")
    window.see("address-said", "Xã Vật Lại")
    window.press("5")
    window.quiet()
    person = person_of(station, numbered(station, window))
    assert (person.ward_code, person.address) == ("09664", "Thôn Đoài, Xã Vật Lại, Thành phố Hà Nội")


def test_an_address_that_was_divided_is_asked_about(station, context):
    window = volunteer(station, context)
    window.scan(WIDOW.card)
    window.see("address-ask")
    window.wait_at("need-guidance")
    window.reach("address-09664", key="Shift+Tab")
    window.press("Space")
    window.see("address-said", "Xã Vật Lại")
    window.press("Alt+5")
    window.quiet()
    assert person_of(station, numbered(station, window)).ward_code == "09664"


def test_a_ward_nobody_recognised_is_searched_for(station, context):
    window = volunteer(station, context)
    window.scan(TRADER.card)
    window.see("address-unknown")
    window.wait_at("need-guidance")
    window.reach("address-ward", key="Shift+Tab")
    window.write("hoan kiem")
    window.wait(lambda: bool(window.parts("ward-")), "wards found")
    window.press("Enter")
    window.see("address-said", "Hoàn Kiếm")


def test_what_was_said_before_is_shown_with_consent_and_taken_on_purpose(station, context):
    take_in(station, MOTHER)
    window = volunteer(station, context)
    window.scan(MOTHER.card)
    window.see("known", "Đã đến ngày")
    window.wait_at("need-guidance")
    assert window.parts("earlier-") == [], "nothing is shown before they said yes"
    window.reach("consent-ask", key="Shift+Tab")
    window.press("Enter")
    window.see("consent-reuse_answers")
    window.wait_at("consent-close")
    assert "true" not in (window.part("consent-reuse_answers").get_attribute("aria-selected") or "")
    window.press_on("consent-reuse_answers", "Space")
    window.press_on("consent-record")
    window.gone("consent-record")
    window.see("earlier-phone", "0912 000 123")
    person_id = newest(station).person_id
    given = station.workspace.consents.current(station.people["lan"], person_id)
    assert [each.purpose for each in given] == [REUSE_ANSWERS]
    window.reach("earlier-take-phone", key="Shift+Tab")
    window.press("Enter")
    window.gone("earlier-phone")
    window.reach("phone")
    assert window.live(window.part("phone").locator("input")) == "0912 000 123"
    window.reach("consent-ask", key="Shift+Tab")
    window.press("Enter")
    window.see(f"withdraw-{REUSE_ANSWERS}")
    window.press_on(f"withdraw-{REUSE_ANSWERS}")
    window.gone(f"withdraw-{REUSE_ANSWERS}")
    assert station.workspace.consents.current(station.people["lan"], person_id) == ()


def dossier_of(station: Station, ticket: TicketView) -> str:
    officer = station.people["minh"]
    for act in (TicketAct.CALL, TicketAct.SERVE):
        station.workspace.queue.act(officer, ticket.id, act)
    return station.workspace.dossiers.start(officer, ticket.id, None).id


def test_an_earlier_answer_is_taken_into_a_dossier_on_purpose(station, context):
    work, officer = station.workspace, station.people["minh"]
    number = (
        f"001190{next(FRESH):06d}"  # walked again, this is somebody else: nobody has two earlier dossiers
    )
    earlier = dossier_of(station, take_in(station, MOTHER, id_number=number))
    work.dossiers.answer(officer, earlier, "/requester/phone", "0912000999")
    ticket = take_in(station, MOTHER, id_number=number)
    dossier = work.dossiers.get(dossier_of(station, ticket))
    work.consents.withdraw(officer, ticket.person_id, REUSE_ANSWERS)
    window = sign_in(station, context, "minh")
    window.press("F3")
    window.wait_at("dossier-search")
    window.write(dossier.number)
    window.press_on(f"dossier-{dossier.number}")
    window.see("dossier-number", dossier.number)
    window.press("Control+ArrowRight")
    window.see("returning", "Đã đến ngày")
    window.wait_at("scan-start")
    assert window.parts("returning-open") == [], "nothing is shown before they said yes"
    window.reach("returning-ask", key="Shift+Tab")
    window.press("Enter")
    window.see("consent-reuse_answers")
    window.wait_at("consent-close")
    window.press_on("consent-reuse_answers", "Space")
    window.press_on("consent-record")
    window.see("returning-value", "0912000999")
    window.see("returning-source", "Phạm Đức Minh")
    window.reach("returning-take", key="Shift+Tab")
    window.press("Enter")
    window.see("returning-nothing")
    fields = {node.pointer: node.value for node in fields_of(work.dossiers.form(dossier.id).nodes)}
    assert fields["/requester/phone"] == "0912000999"


# ------------------------------------------------------------------ queue
def test_a_slip_is_found_by_its_code_and_the_ticket_moves_to_another_lane(station, counter, context):
    ticket = take_in(station, ELDER)
    window = sign_in(station, context, "minh")
    window.wait_at("call-next")
    window.quiet()
    window.scan(slip_of(station, ticket))
    window.see("ticket-state", "Đang chờ")
    window.press_on("do-transfer")
    window.see("to-digital_help")
    window.wait_at("to-welcome")
    window.press_on("to-digital_help")
    window.see("result", "Đã chuyển khu vực")
    moved = station.workspace.queue.get(ticket.id)
    assert (moved.lane, moved.status, moved.label) == (
        Lane.DIGITAL_HELP,
        TicketStatus.TRANSFERRED,
        ticket.label,
    )


def test_letters_do_at_the_counter_what_its_buttons_do(station, counter, context):
    ticket = take_in(station, TRADER)
    window = sign_in(station, context, "minh")
    window.see("call-next")
    window.quiet()
    window.press("F9")
    window.see("result", "Mời số")
    window.see("serving-status", "Đã gọi")
    label = window.words("serving-number").strip()
    window.gone("result")
    window.press("Alt+r")
    window.see("result", f"Mời số {label}")
    window.press("Alt+q")
    window.wait(lambda: station_ticket(station, label).status is TicketStatus.SKIPPED, "passed over")
    window.press_on(f"recall-{label}")
    window.see("serving-number", label)
    window.press("Alt+t")
    window.wait(lambda: station_ticket(station, label).status is TicketStatus.WAITING, "back in line")
    assert station.workspace.queue.get(ticket.id).is_held_here


def test_a_ticket_of_another_machine_is_asked_for_and_a_supervisor_may_take_it(station, counter, context):
    ticket = take_in(station, ELDER)
    with station.workspace.store.unit("test", "test.hold", ("ticket", ticket.id)) as unit:
        row = unit.session.get_one(Ticket, ticket.id)
        row.holder = ELSEWHERE
        unit.save(row)
    window = sign_in(station, context, "hoa")
    window.press("F4")
    window.see("call-next")
    window.scan(slip_of(station, ticket))
    window.see("lease-elsewhere", "máy khác")
    assert window.parts("do-") == [], "nothing is done with what another machine holds"
    window.press_on("lease-ask")
    window.see("result", "Đã xin chuyển")
    window.quiet()
    window.scan(slip_of(station, ticket))
    window.press_on("lease-reclaim")
    window.see("ask-yes")
    window.press_on("ask-yes")
    window.see("result", "đã về máy này")
    assert station.workspace.queue.get(ticket.id).is_held_here


def slip_of(station: Station, ticket: TicketView) -> str:
    trip = station.workspace.trips.current()
    return ticket_code(ticket.label, ticket_id=ticket.id, trip_id=trip.id)


def test_the_one_at_the_counter_is_finished_by_keys(station, counter, context):
    window = sign_in(station, context, "minh")
    take_in(station, ELDER)
    window.see("call-next")
    window.quiet()
    window.press("F9")
    window.see("serving-status", "Đã gọi")
    label = window.words("serving-number").strip()
    window.press("F10")
    window.see("serving-status", "Đang phục vụ")
    window.press("F10")
    window.wait(lambda: all(each.label != label for each in station.workspace.queue.tickets()), "finished")
