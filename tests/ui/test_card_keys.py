"""Cards that come where no field hears them, torn or pasted, and keys without end: exact or refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_arrival import newest, numbered, person_of, volunteer
from van_station.bootstrap.demo.people import VISITORS
from van_station.services.trips import OpenTrip
from van_station.ui.serve import UiSettings

# A reader's keys are known by their speed: a busy machine's headless Chromium brings them late now and then.
pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=5)]
MOTHER, ELDER = VISITORS[0], VISITORS[1]
FULL = "001199000456||Đặng Ỷ Ưỡng Bằng Ẩn|01011999|Nữ|Thôn Đoài, Vật Lại, Ba Vì, Hà Nội|15082021"
"""Hardly a letter of the name is a key: what keys alone tell would still spell words."""


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("cards"), UiSettings(), gateway=False) as made:
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


def held(window: Window, identifier: str) -> str | None:
    """Return what stands in a field that has the keyboard."""
    return window.live(window.part(identifier).locator("input"))


def test_a_card_scanned_where_no_field_hears_it_is_asked_for_again_and_then_exact(station, context):
    window = volunteer(station, context)
    window.scan(MOTHER.card)
    window.see("id-hidden", "001······123")
    window.wait_at("need-guidance")
    window.scan(FULL)
    window.see("card-again", "Quét lại thẻ", timeout_s=8)
    window.wait_at("full_name")
    window.wait(lambda: held(window, "full_name") is not None, "the name's field to take keys")
    assert held(window, "full_name") == "Nguyễn Thị Ví Dụ", "nothing was taken from what was heard"
    window.scan(FULL)
    window.see("id-hidden", "001······456")
    window.wait_at("need-guidance")
    window.press("Alt+5")
    person = person_of(station, numbered(station, window))
    assert (person.full_name, person.address) == (
        "Đặng Ỷ Ưỡng Bằng Ẩn",
        "Thôn Đoài, Vật Lại, Ba Vì, Hà Nội",
    )


def test_the_next_card_is_read_while_the_number_is_still_shown(station, context):
    window = volunteer(station, context)
    window.scan(MOTHER.card)
    window.see("id-hidden", "001······123")
    window.wait_at("need-guidance")
    window.press("5")
    numbered(station, window)
    window.scan(FULL)
    window.gone("ticket-number")
    window.see("id-hidden", "001······456")
    window.wait_at("need-guidance")
    window.press("Alt+5")
    assert person_of(station, numbered(station, window)).full_name == "Đặng Ỷ Ưỡng Bằng Ẩn"


def test_a_pasted_card_is_taken_whole_and_a_torn_one_stays_in_no_field(station, context):
    window = volunteer(station, context)
    window.write(FULL[:40])
    window.see("card-again", "đứt đoạn")
    window.wait_at("id_number")
    window.wait(lambda: held(window, "id_number") == "", "the torn card to leave the field")
    window.press("Enter")
    window.wait_at("full_name")
    window.write("Nguyễn")
    window.wait(lambda: held(window, "full_name") == "Nguyễn", "the name")
    window.page.wait_for_timeout(400)  # what a person wrote is told from a paste by the pause between
    window.write(FULL[13:])
    window.see("card-again", "không phải mã QR")
    window.wait_at("id_number")
    window.press("Enter")
    window.wait_at("full_name")
    window.wait(lambda: held(window, "full_name") == "Nguyễn", "the name, left as it was")
    window.press("Enter")
    window.wait_at("birth")
    window.wait(lambda: held(window, "birth") == "", "the day of birth to take keys")
    window.write(FULL)
    window.see("id-hidden", "001······456")
    assert window.parts("card-again") == []


def test_a_card_pasted_into_the_search_of_procedures_is_a_card(station, context):
    window = volunteer(station, context)
    window.press("Alt+1")
    window.wait_at("procedure-search")
    window.write(FULL[:30])
    window.see("card-again", "đứt đoạn")
    window.wait_at("id_number")
    window.press("Alt+1")
    window.wait_at("procedure-search")
    window.wait(lambda: held(window, "procedure-search") == "", "the search to be empty, and to take keys")
    window.scan(FULL)
    window.see("id-hidden", "001······456")


def test_the_key_that_gives_a_number_pressed_twice_gives_one(station, context):
    window = volunteer(station, context)
    window.scan(ELDER.card)
    window.see("id-hidden")
    window.wait_at("need-guidance")
    window.press("5")
    window.quiet(0.6)
    before = len(station.workspace.queue.tickets())
    for _ in range(4):
        window.press("F9")
    window.see("ticket-number")
    window.press("Enter")
    window.gone("ticket-number")
    window.wait_at("id_number")
    assert len(station.workspace.queue.tickets()) == before + 1
    assert newest(station).person_name == "Đặng Văn Đường"
