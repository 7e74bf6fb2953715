"""The chip at intake by keyboard alone: what opens it, what it says beside the card, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.services.test_chip import GENUINE, QR, Played
from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_keyboard import sign_in
from van_station.peripherals.chip import ChipPulled
from van_station.services.chip import ChipDesk
from van_station.services.trips import OpenTrip
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader() -> Played:
    return Played()


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser, reader) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("chip"), UiSettings(), gateway=False) as made:
        intake = made.workspace.intake
        intake._reference = replace(intake._reference, chip=ChipDesk(reader))
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


def scanned(station: Station, context) -> Window:
    window = sign_in(station, context, "lan")
    window.wait_at("id_number")
    window.scan(QR)
    window.see("id-hidden", "001······123")
    window.wait_at("need-guidance")
    window.reach("chip-open", key="Shift+Tab")
    window.press("Enter")
    window.see("chip-readers", "Played 00")
    window.wait_at("chip-expiry")
    return window


def test_after_the_qr_only_the_day_of_expiry_is_asked_and_the_chip_is_compared(station, context, reader):
    reader.outcome = replace(GENUINE, authenticity="not_verified")
    window = scanned(station, context)
    window.write("01/01/2039")
    window.press("Enter")
    window.see("chip-state", "chưa được kiểm tra chữ ký")
    window.shot("70_chip")
    window.press_on("chip-read")
    window.gone("chip-state")
    window.wait_at("need-guidance")
    window.press("1")
    window.press("F9")
    window.see("ticket-number")
    ticket = station.workspace.queue.tickets()[-1]
    assert station.workspace.intake.party(ticket.id).members[0].identified_by == "chip"


def test_a_card_lifted_too_soon_is_said_in_words_and_tried_again(station, context, reader):
    reader.outcome = ChipPulled()
    window = scanned(station, context)
    window.write("01/01/2039")
    window.press("Enter")
    window.see("chip-state", "Thẻ bị nhấc ra khi đang đọc")
    reader.outcome = GENUINE
    window.press_on("chip-read")
    window.see("chip-state", "Nguyễn Thị Ví Dụ")
    window.press("Escape")
    window.gone("chip-state")
