"""What was said before is not asked again: answers of the guidance, drafts of an older edition, businesses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.services.test_catalogue_editions import SIGNER
from tests.services.test_draft_upgrades import newer
from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.filling import answer_of
from tests.ui.test_keyboard import sign_in
from tests.ui.test_procedures import asked_now
from van_station.bootstrap.demo.people import VISITORS
from van_station.rules.queueing import TicketAct
from van_station.services.dossier_views import DossierView
from van_station.services.parties import BusinessDraft
from van_station.services.trips import OpenTrip
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
SHOP = BusinessDraft("Tạp hóa Thử Nghiệm", "0100109106", "0912345678", "13 Lò Đúc")
TRADE = "1.001612"


@pytest.fixture
def station(tmp_path_factory, browser) -> Iterator[Station]:
    keys = (SIGNER.public_key.hex(),)
    with station_in(tmp_path_factory.mktemp("along"), UiSettings(), gateway=False, trusted_keys=keys) as made:
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


def begun(station: Station, ticket_id: str) -> DossierView:
    """Call and serve a ticket, and begin its dossier."""
    work, minh = station.workspace, station.people["minh"]
    for act in (TicketAct.CALL, TicketAct.SERVE):
        work.queue.act(minh, ticket_id, act)
    return work.dossiers.start(minh, ticket_id)


def guided(station: Station, context) -> None:
    """The volunteer asks every question, and takes the person in with the answers."""
    window = sign_in(station, context, "lan")
    window.press("F5")
    window.wait_at("procedure-search")
    window.write(TRADE)
    window.press("Enter")
    window.wait_at("answer-1")
    window.see("take-number", "Lấy số cho thủ tục này")
    while question := asked_now(window):
        window.press("1")
        window.wait(lambda before=question: asked_now(window) != before, "the next question")
        window.quiet()
    window.see("take-number", "Nhận hồ sơ với câu trả lời này")
    window.shot("65_take_in_with_answers")
    window.press("F9")
    window.see("procedure-chosen", TRADE)
    window.see("told", "câu trả lời lúc hướng dẫn")
    window.scan(VISITORS[2].card)
    window.see("card-filled")
    window.shot("66_intake_with_answers")
    window.press("F9")
    window.see("ticket-number")


def test_answers_of_the_guidance_stand_in_the_form_and_move_to_a_newer_edition(station, context):
    guided(station, context)
    (ticket,) = station.workspace.queue.tickets()
    dossier = begun(station, ticket.id)
    station.workspace.dossiers.answer(station.people["minh"], dossier.id, "/name", "Tạp hóa Thử")
    window = sign_in(station, context, "minh")
    find(window, dossier.number, "F3")
    window.press("Enter")
    window.see("form-progress")
    form = station.workspace.dossiers.form(dossier.id)
    assert form.origin_days
    window.says("Đã trả lời khi hướng dẫn")
    window.shot("67_form_answered_in_guidance")
    station.workspace.editions.install(station.people["hoa"], newer())
    window.see("upgrade", "2026.12.1")
    window.press("Alt+u")
    window.see("upgrade-left")
    window.says("Tạp hóa Thử")
    window.see("upgrade-added")
    window.see("upgrade-dropped")
    window.shot("68_draft_upgrade")
    window.press_on("upgrade-move")
    window.gone("upgrade-move")
    window.gone("upgrade")
    assert station.workspace.dossiers.get(dossier.id).procedure_version == "2026.12.1"
    assert answer_of(station, dossier.id, "/name") is None
    window.see("form-progress")
    assert window.outside == []


def find(window: Window, text: str, key: str) -> None:
    """Type into the search of the dossiers."""
    window.press(key)
    window.wait_at("dossier-search")
    window.write(text)


def test_a_business_is_found_and_taken_in_again(station, context):
    work = station.workspace
    draft = replace(
        work.intake.read_card(VISITORS[2].card).draft, need="digitise", procedure_code=TRADE, business=SHOP
    )
    dossier = begun(station, work.intake.take_in(station.people["lan"], draft).id)
    card = work.businesses.find(station.people["hoa"], SHOP.tax_code)[0]
    window = sign_in(station, context, "hoa")
    find(window, "tap hoa thu", "F6")
    window.see(f"business-{card.business.id}", SHOP.tax_code)
    window.shot("69_business_found")
    window.press("Enter")
    window.see(f"business-dossier-{dossier.number}")
    window.wait_at("business-close")
    window.shot("70_business")
    window.press_on("business-take-in")
    window.see("business/name")
    window.wait(lambda: window.parts("business-offer-") == [], "nothing more on offer")
    window.press("F10")
    window.press("Alt+b")
    window.wait_at("business/tax_code")
    window.write(SHOP.tax_code)
    window.see(f"business-offer-{card.business.id}", SHOP.name)
    window.shot("71_business_offered")
    window.press_on(f"business-take-{card.business.id}")
    window.gone(f"business-offer-{card.business.id}")
    assert window.outside == []
