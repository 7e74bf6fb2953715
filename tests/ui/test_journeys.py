"""One journey for each role, in Chromium, on real services; keys wherever a person would use keys."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pikepdf
import pytest
import qrcode

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.filling import answer_of, turn_to
from van_station.bootstrap.demo.answers import ANSWERS
from van_station.bootstrap.demo.people import PASSPHRASE, VISITORS, Visitor
from van_station.rules.dossiers import DossierState
from van_station.rules.queueing import Lane, TicketAct, TicketStatus, acts_for
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip
from van_station.ui import window_main
from van_station.ui.serve import UiSettings
from van_station.ui.session import Desk

pytestmark = pytest.mark.browser
MOTHER, ELDER, TRADER = VISITORS[0], VISITORS[1], VISITORS[2]
BIG = {"width": 1920, "height": 1080}


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("station"), UiSettings(), gateway=True) as made:
        made.workspace.exchange.sync_now()
        made.demo.gateway.kill()
        yield made


@pytest.fixture
def trip(station):
    """The open trip; opened when no journey has done it yet."""
    trips = station.workspace.trips
    if trips.current() is None:
        trips.open(station.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
    return trips.current()


def take_in(station: Station, visitor: Visitor, **otherwise: str) -> TicketView:
    """Take a visitor in through the service, said otherwise than on the card where something is given."""
    intake = station.workspace.intake
    draft = replace(
        intake.read_card(visitor.card).draft,
        need=visitor.need,
        procedure_code=visitor.procedure,
        priority_group=visitor.group,
        phone=visitor.phone,
    )
    return intake.take_in(station.people["lan"], replace(draft, **otherwise))


def sign_in(station: Station, context, login: str) -> Window:
    """Sign in by typing only."""
    window = Window.open(context, station.url)
    window.see("login")
    window.type("login", login)
    window.press("Enter")
    window.wait_keyboard("Mật khẩu")
    window.write(PASSPHRASE)
    window.press("Enter")
    window.see("status-user")
    window.quiet()
    return window


def big_picture(window: Window, name: str) -> None:
    """Keep a picture, in the larger size too where everything is installed and time matters less."""
    window.shot(name)
    if not os.environ.get("VAN_STATION_FULL"):
        return
    small = window.page.viewport_size
    window.page.set_viewport_size(BIG)
    window.shot(name)
    window.page.set_viewport_size(small)
    window.quiet()


# ------------------------------------------------------------------ supervisor
def test_the_supervisor_opens_the_trip_with_the_keyboard_alone(station, context):
    window = sign_in(station, context, "hoa")
    window.wait_keyboard("Gõ tên phường")
    window.write("ba vi")
    window.wait(lambda: bool(window.parts("ward-")), "wards found")
    window.press("Enter")
    window.wait_keyboard("Điểm dừng xe")
    window.write("Nhà văn hóa thôn Đoài")
    big_picture(window, "01_trip_plan")
    window.press("F9")
    window.see("ask-yes")
    window.quiet()
    window.press("Enter")
    window.see("trip-place", "Nhà văn hóa thôn Đoài")
    assert station.workspace.trips.current().place == "Nhà văn hóa thôn Đoài"
    window.see("status-trip", "Nhà văn hóa thôn Đoài")
    big_picture(window, "02_trip_open")
    assert window.outside == []


# ------------------------------------------------------------------ volunteer
def test_the_volunteer_scans_a_card_and_hands_out_a_number(station, trip, context):
    window = sign_in(station, context, "lan")
    window.wait_keyboard("Số định danh")
    window.shot("03_intake_empty")
    window.scan(MOTHER.card)
    window.see("result", "Đã điền từ thẻ")
    window.tab_to("Số hóa hồ sơ giấy")
    window.press("Space")
    window.wait_keyboard("Tìm thủ tục")
    window.write("khai sinh")
    window.see("procedure-1.001193")
    window.press("Enter")
    window.see("procedure-chosen", "Đăng ký khai sinh")
    big_picture(window, "04_intake_filled")
    window.press("F9")
    window.see("ticket-number")
    label = window.words("ticket-number").strip()
    window.quiet()
    big_picture(window, "05_ticket")
    with context.expect_page() as opened:
        window.click("ticket-print")
    opened.value.wait_for_load_state()
    assert "/print/" in opened.value.url
    opened.value.close()
    window.press("Escape")
    ticket = next(each for each in station.workspace.queue.tickets() if each.label == label)
    assert (ticket.person_name, ticket.procedure_code) == ("Nguyễn Thị Ví Dụ", "1.001193")
    window.gone("ticket-number")


def test_the_volunteer_is_told_what_to_mend_and_the_keyboard_goes_there(station, trip, context):
    window = sign_in(station, context, "lan")
    window.type("id_number", "0011990001")
    window.press("F9")
    window.see("result", "Còn chỗ cần sửa")
    window.wait_keyboard("Số định danh")
    window.says("Chưa có họ tên")
    window.shot("06_intake_errors")


def test_a_picture_of_a_card_is_read_without_touching_the_disk(station, trip, context, tmp_path):
    picture = tmp_path / "card.png"
    qrcode.make(TRADER.card).save(picture)
    window = sign_in(station, context, "lan")
    with window.page.expect_file_chooser() as chooser:
        window.click("card-picture")
    chooser.value.set_files(str(picture))
    window.see("result", "Đã điền từ thẻ")
    window.wait(lambda: window.part("full_name").locator("input").count() == 1, "the name field")
    window.click("full_name")
    field = window.part("full_name").locator("input")
    window.wait(lambda: window.live(field) == "Phạm Quốc Thử", "the name from the picture")


# ------------------------------------------------------------------ officer
def test_the_officer_serves_somebody_from_the_call_to_the_slip(station, trip, context):
    take_in(station, TRADER)
    window = sign_in(station, context, "minh")
    window.see("call-next")
    big_picture(window, "07_queue")
    window.press("F9")
    window.see("serving-number", "B")
    label = window.words("serving-number").strip()
    assert station_ticket(station, label).is_priority, "who has priority is called first"
    big_picture(window, "08_called")
    window.click("act-recall")
    window.see("result", f"Mời số {label}")
    window.click("open-dossier")
    window.see("dossier-number", "TAM-")
    number = window.words("dossier-number").strip()
    dossier_id = station.workspace.dossiers.find(number)[0].id
    fill_the_form(station, window, dossier_id)
    scan_what_lacks(station, window, dossier_id)
    look_at_the_fee(window)
    confirm_and_print(station, window, context, dossier_id)


def station_ticket(station: Station, label: str) -> TicketView:
    return next(each for each in station.workspace.queue.tickets() if each.label == label)


def fill_the_form(station: Station, window: Window, dossier_id: str) -> None:
    """Answer in the window what shows the engine's corners, the rest through the service."""
    window.see("form-progress")
    window.shot("09_form")
    window.type("field/office", "Phòng Kinh tế xã Ba Vì")
    window.press("Tab")
    dossiers = station.workspace.dossiers
    window.see("form-saved", "Đã lưu")
    window.wait(
        lambda: answer_of(station, dossier_id, "/office") == "Phòng Kinh tế xã Ba Vì", "the answer on disk"
    )
    for pointer, value in ANSWERS["1.001612"].items():
        dossiers.answer(station.people["minh"], dossier_id, pointer, value)
    window.see("form-progress", "Tờ khai đã đủ")
    turn_to(window, "add/lines")
    window.click("add/lines")
    window.see("field/lines/1/name")
    window.wait(lambda: "field/lines/1/name" in window.parts("field/lines/1"), "the second line")
    window.shot("10_form_repeated_group")
    window.click("remove/lines-1")
    window.gone("field/lines/1/name")


def scan_what_lacks(station: Station, window: Window, dossier_id: str) -> None:
    window.press("F9")
    window.see("scan-start")
    gaps = [gap for gap in station.workspace.dossiers.missing(dossier_id) if gap.kind == "component"]
    for number, gap in enumerate(gaps, start=1):
        station.lay_papers(number)
        window.click(f"component-{gap.code}")
        window.quiet()
        window.press("F9")
        window.see("scan-keep", "Lưu 3 trang", timeout_s=40)
        assert len(window.parts("page-")) > 4
        if number == 1:
            window.press("ArrowRight")
            window.press("ArrowRight")
            window.press("r")
            window.quiet()
            big_picture(window, "11_scan")
        window.press("F10")
        window.see("document", "3 trang", timeout_s=40)
    window.shot("12_papers_kept")
    assert [gap for gap in station.workspace.dossiers.missing(dossier_id) if gap.kind == "component"] == []


def look_at_the_fee(window: Window) -> None:
    window.click("step-fee")
    window.see("fee-amount", "₫")
    window.press("F9")
    window.see("fee-state", "Chờ ngân hàng báo có")
    window.see("fee-qr")
    assert window.parts("fee-paid") == [], "nobody can mark a fee paid by hand"
    big_picture(window, "13_fee")


def confirm_and_print(station: Station, window: Window, context, dossier_id: str) -> None:
    window.press("F10")
    window.see("complete")
    window.press("F9")
    window.see("ask-yes")
    window.quiet()
    window.press("Enter")
    window.see("waiting", "sẽ tự gửi khi có mạng")
    window.see("status-outbox", "1 hồ sơ chờ gửi, đã lưu an toàn trên máy này")
    window.see("status-signal", "Mất kết nối")
    big_picture(window, "14_confirmed_offline")
    slip = fetch_printed(window, context, "print-slip")
    assert slip[:5] == b"%PDF-"
    with pikepdf.open(io.BytesIO(slip)) as pdf:
        assert len(pdf.pages) == 1
    assert station.workspace.dossiers.get(dossier_id).state is DossierState.QUEUED


def fetch_printed(window: Window, context, button: str) -> bytes:
    """Press a print button and return what its page shows."""
    with context.expect_page() as opened:
        window.click(button)
    page = opened.value
    page.wait_for_load_state()
    source = page.locator("iframe").get_attribute("src")
    data = context.request.get(f"{page.url.partition('/print/')[0]}{source}").body()
    page.close()
    return data


def test_the_signal_comes_back_and_the_dossier_is_signed_for(station, trip, context):
    waiting = [line for line in station.workspace.dossiers.find() if line.state is DossierState.QUEUED]
    assert waiting, "the officer's journey comes first"
    window = sign_in(station, context, "minh")
    window.press("F4")
    window.see("sync-dossiers", "1")
    window.shot("15_outbox_waiting")
    station.demo.gateway.start()
    window.press("F9")
    window.see("sync-signal", "Có kết nối", timeout_s=40)
    window.wait(lambda: station.workspace.exchange.status().pending_dossiers == 0, "the receipt", 40)
    window.see("status-outbox", "Đã gửi hết", timeout_s=40)
    big_picture(window, "16_outbox_empty")
    payment = station.workspace.payments.of(waiting[0].id)[0]
    station.demo.gateway.pay(payment.reference, payment.amount_vnd)
    window.press("F9")
    window.press("F3")
    window.see(f"dossier-{station.workspace.dossiers.get(waiting[0].id).number}", "Hệ thống")
    window.type("dossier-search", "pham quoc")
    window.press("Enter")
    window.see("official-code", "H26")
    window.see("sent", "Hệ thống đã ký nhận")
    window.wait(
        lambda: station.workspace.payments.get(payment.id).state.value == "matched", "the bank's notice", 40
    )
    window.click("step-fee")
    window.see("fee-state", "Đã nhận đủ tiền")
    big_picture(window, "17_fee_matched")


def test_what_one_window_does_the_other_shows_without_asking(station, trip, browser, context):
    other = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    try:
        volunteer = sign_in(station, other, "lan")
        volunteer.press("F3")
        volunteer.see("waiting-count")
        ticket = take_in(station, ELDER)
        officer = sign_in(station, context, "minh")
        officer.see(f"ticket-{ticket.label}")
        volunteer.click("lane-digitise")
        volunteer.see(f"ticket-{ticket.label}")
        while station_ticket(station, ticket.label).status is TicketStatus.WAITING:
            officer.press("F9")
            officer.see("result", "Mời số")
            officer.gone("result")
        volunteer.see(f"ticket-{ticket.label}", "Đã gọi")
    finally:
        other.close()


# ------------------------------------------------------------------ closing
def test_the_supervisor_closes_the_day_on_figures_that_agree(station, trip, context):
    finish_everybody(station)
    window = sign_in(station, context, "hoa")
    window.press("F8")
    window.see("balanced", "Số liệu khớp")
    total = station.workspace.reports.tally(trip.id).day.total
    assert int(window.words("close-captured")) == total.captured
    assert total.captured == total.acknowledged + total.pending + total.voided
    big_picture(window, "18_close")
    book = exported(window, "export-xlsx")
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames
    assert exported(window, "export-csv")[:3] == b"\xef\xbb\xbf"
    window.press("F9")
    window.see("ask-yes")
    window.quiet()
    window.press("Enter")
    window.see("trip-state", "Đã kết thúc")
    window.shot("19_closed")
    assert station.workspace.trips.current() is None


def exported(window: Window, button: str) -> bytes:
    """Press an export button and return the file the browser was given."""
    with window.page.expect_download() as download:
        window.click(button)
    return download.value.path().read_bytes()


def finish_everybody(station: Station) -> None:
    queue, officer = station.workspace.queue, station.people["minh"]
    for ticket in queue.tickets():
        for act in (TicketAct.CALL, TicketAct.SERVE, TicketAct.FINISH):
            if act in acts_for(queue.get(ticket.id).status):
                queue.act(officer, ticket.id, act)
    assert all(lane.waiting == 0 for lane in queue.lanes()), Lane


# ------------------------------------------------------------------ door
def test_a_wrong_passphrase_is_refused_in_words_and_the_lock_hides_everything(station, context):
    window = Window.open(context, station.url)
    window.see("login")
    big_picture(window, "20_sign_in")
    window.type("login", "minh")
    window.press("Enter")
    window.wait_keyboard("Mật khẩu")
    window.write("khong phai mat khau")
    window.press("Enter")
    window.see("signin-problem", "chưa đúng")
    window.shot("21_sign_in_refused")
    window.type("passphrase", PASSPHRASE)
    window.press("Enter")
    window.see("status-user", "Phạm Đức Minh")
    window.press("F3")
    window.see("dossier-search")
    window.press("Control+l")
    window.see("unlock")
    assert window.parts("dossier-") == []
    window.shot("22_locked")
    window.type("passphrase", PASSPHRASE)
    window.press("Enter")
    window.see("dossier-search")


def test_a_reload_of_the_page_keeps_who_is_signed_in_and_where(station, context):
    window = sign_in(station, context, "minh")
    window.press("F3")
    window.see("dossier-search")
    window.page.reload()
    window.wake()
    window.see("dossier-search")
    window.see("status-user", "Phạm Đức Minh")


def test_a_window_nobody_touches_locks_itself(station, context, monkeypatch):
    monkeypatch.setattr(window_main, "TICK_S", 0.1)
    window = sign_in(station, context, "minh")
    monkeypatch.setattr(Desk, "idle_s", lambda _desk: float("inf"))
    window.see("unlock")
    assert window.parts("ticket-") == []


def test_english_dark_and_large_letters_fit(station, context):
    window = sign_in(station, context, "minh")
    for choice in ("look-language-en", "look-mode-dark", "look-scale-1.5"):
        window.click("settings")
        window.see(choice)
        window.click_until_gone(choice, "settings-close")
        window.quiet()
    window.see("nav-dossiers", "Dossiers")
    big_picture(window, "23_english_dark_150")
