"""The form in Chromium by keyboard alone: every kind of field, rows, gaps, a window killed while typing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.filling import answer_of, fill_gaps, turn_to
from tests.ui.test_keyboard import sign_in
from van_station.bootstrap.demo.people import VISITORS
from van_station.rules.queueing import TicketAct
from van_station.services.dossier_views import DossierView
from van_station.services.trips import OpenTrip
from van_station.store.errors import StoreFull
from van_station.ui.desk.form_model import fields_of
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
MOTHER, ELDER = VISITORS[0], VISITORS[1]
BIRTH, RESIDENCE = "1.001193", "1.004222"


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("forms"), UiSettings(), gateway=False) as made:
        trips = made.workspace.trips
        if trips.current() is None:
            ward = trips.wards("ba vi")[0].code
            trips.open(made.people["hoa"], OpenTrip(ward, "Nhà văn hóa thôn Đoài"))
        yield made


def begun(station: Station, code: str) -> DossierView:
    """Return a fresh dossier of a procedure."""
    intake, officer = station.workspace.intake, station.people["minh"]
    card = intake.read_card(MOTHER.card).draft
    ticket = intake.take_in(
        station.people["lan"], replace(card, need=MOTHER.need, procedure_code=code, phone=MOTHER.phone)
    )
    for act in (TicketAct.CALL, TicketAct.SERVE):
        station.workspace.queue.act(officer, ticket.id, act)
    dossier = station.workspace.dossiers.start(officer, ticket.id)
    station.workspace.queue.act(officer, ticket.id, TicketAct.FINISH)
    return dossier


def opened(station: Station, context, dossier: DossierView) -> Window:
    """Open a dossier's form with keys alone."""
    window = sign_in(station, context, "minh")
    to_form(window, dossier)
    window.wait_at("field/office")
    return window


def to_form(window: Window, dossier: DossierView) -> None:
    """Find a dossier and open it; a window that was slow to hear its first key is asked twice."""
    for _ in range(3):
        window.press("F3")
        with contextlib.suppress(AssertionError):
            window.wait(lambda: window.at("dossier-search"), "the search line", 6)
            break
    window.wait_at("dossier-search")
    window.press("Control+A")
    window.write(dossier.number)
    window.see(f"dossier-{dossier.number}")
    window.press_on(f"dossier-{dossier.number}")
    window.see("form-progress")


def test_a_birth_is_declared_to_the_last_gap_without_a_mouse(station, context):
    dossier = begun(station, BIRTH)
    window = opened(station, context, dossier)
    walked = fill_gaps(
        station,
        window,
        dossier.id,
        {
            "/office": "Ủy ban nhân dân xã Ba Vì, thành phố Hà Nội",
            "/requester/relation": "me",
            "/case/birth_proof": "lam chung",
            "/witnesses/0/full_name": "Hoàng Văn Làm Chứng",
            "/witnesses/0/id_number": "001080000321",
            "/witnesses/0/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
            "/child/full_name": "Nguyễn Minh Thử",
            "/child/birth_date": "5/10/2026",
            "/child/sex": 1,
            "/child/birth_place": "Bệnh viện đa khoa Ba Vì, Hà Nội",
            "/child/home_town": "Xã Ba Vì, Hà Nội",
            "/mother/full_name": "Nguyễn Thị Ví Dụ",
            "/mother/birth_year": "nam 1999",
            "/mother/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
            "/father/full_name": "Trần Văn Thử",
            "/father/birth_year": "giap ty 1984",
            "/father/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
            "/pledge": True,
        },
    )
    assert len(walked) >= 14
    assert answer_of(station, dossier.id, "/father/birth_year") == "L1984"
    assert answer_of(station, dossier.id, "/child/birth_date") == "2026-10-05"
    assert answer_of(station, dossier.id, "/child/ethnicity") == "Kinh"
    window.see("form-progress", "Tờ khai đã đủ")
    window.press("F9")
    window.see("scan-start")


def test_a_lunar_year_that_may_be_two_asks_with_the_candidates(station, context):
    dossier = begun(station, BIRTH)
    window = opened(station, context, dossier)
    for _ in range(3):
        window.press("PageDown")
        window.quiet()
    window.reach("field/father/birth_year")
    window.write("Giáp Ngọ")
    window.press("Enter")
    window.see("choice/father/birth_year-L1954", "1954")
    window.wait(lambda: window.place().startswith("choice/father/birth_year"), "the first candidate")
    window.press_on("choice/father/birth_year-L1954", "Space")
    window.wait(lambda: answer_of(station, dossier.id, "/father/birth_year") == "L1954", "the year on disk")
    window.gone("choice/father/birth_year-L1954")
    window.see("field/father/birth_year", "Hiểu là: năm Giáp Ngọ")
    window.shot("30_form_lunar_year")


def test_a_ward_is_found_by_a_few_letters_and_the_arrows(station, context):
    dossier = begun(station, RESIDENCE)
    window = opened(station, context, dossier)
    form = station.workspace.dossiers.form(dossier.id)
    target = next(node for node in fields_of(form.nodes) if node.list_name == "wards")
    turn_to(window, f"field{target.pointer}")
    window.reach(f"field{target.pointer}")
    window.write("ba vi")
    window.see(f"hit{target.pointer}-1")
    window.press("ArrowDown")
    window.press("ArrowUp")
    window.press("Enter")
    window.gone(f"hit{target.pointer}-0")
    window.wait(lambda: answer_of(station, dossier.id, target.pointer) is not None, "the ward on disk")
    code = answer_of(station, dossier.id, target.pointer)
    assert station.workspace.trips.wards("ba vi")[0].code == code


def test_a_row_that_was_removed_comes_back_with_its_answers(station, context):
    dossier = begun(station, RESIDENCE)
    dossiers, officer = station.workspace.dossiers, station.people["minh"]
    dossiers.add_item(officer, dossier.id, "/members")
    dossiers.answer(officer, dossier.id, "/members/0/full_name", "Bùi Thị Minh Hoạ")
    window = opened(station, context, dossier)
    turn_to(window, "remove/members-0")
    window.see("field/members/0/full_name")
    window.press_on("remove/members-0")
    window.gone("field/members/0/full_name")
    window.wait_at("undo-remove")
    window.press("Enter")
    window.see("field/members/0/full_name")
    assert answer_of(station, dossier.id, "/members/0/full_name") == "Bùi Thị Minh Hoạ"


def test_a_window_killed_while_typing_keeps_what_was_confirmed(station, context):
    dossier = begun(station, BIRTH)
    window = opened(station, context, dossier)
    window.write("Ủy ban nhân dân xã Ba Vì")
    window.see("form-saved", "Đã lưu")
    assert answer_of(station, dossier.id, "/office") == "Ủy ban nhân dân xã Ba Vì"
    window.page.keyboard.type(", và còn nữa")
    window.page.close(run_before_unload=False)
    kept = answer_of(station, dossier.id, "/office")
    assert str(kept).startswith("Ủy ban nhân dân xã Ba Vì")
    again = sign_in(station, context, "minh")
    to_form(again, dossier)
    again.see("field/office")
    again.reach("field/office", key="Shift+Tab")
    assert again.live(again.part("field/office").locator("input")).startswith("Ủy ban nhân dân xã Ba Vì")


def test_the_next_dossier_of_the_same_form_is_another_one(station, context):
    first, second = begun(station, BIRTH), begun(station, BIRTH)
    window = opened(station, context, first)
    window.write("Ủy ban nhân dân xã Ba Vì")
    window.see("form-saved", "Đã lưu")
    to_form(window, second)
    window.wait_at("field/office")
    window.write("Ủy ban nhân dân xã Quảng Oai")
    window.wait(
        lambda: answer_of(station, second.id, "/office") == "Ủy ban nhân dân xã Quảng Oai", "the second's"
    )
    window.see("form-saved", "Đã lưu")
    assert answer_of(station, first.id, "/office") == "Ủy ban nhân dân xã Ba Vì"
    assert window.parts("problem") == []


def test_a_full_disk_is_said_and_the_text_stays(station, context, monkeypatch):
    dossier = begun(station, BIRTH)
    window = opened(station, context, dossier)

    def full(*_args, **_named):
        raise StoreFull

    with monkeypatch.context() as broken:
        broken.setattr(type(station.workspace.dossiers), "answer", full)
        window.write("Ủy ban nhân dân xã Ba Vì")
        window.see("form-unsaved", "Chưa lưu được")
        assert window.live(window.part("field/office").locator("input")) == "Ủy ban nhân dân xã Ba Vì"
        window.reach("form-retry")
        assert answer_of(station, dossier.id, "/office") is None
    window.press("Enter")
    window.see("form-saved", "Đã lưu")
    window.gone("form-unsaved")
    assert answer_of(station, dossier.id, "/office") == "Ủy ban nhân dân xã Ba Vì"


def test_typing_survives_what_others_change_meanwhile(station, context):
    dossier = begun(station, BIRTH)
    window = opened(station, context, dossier)
    window.write("Ủy ban")
    station.workspace.dossiers.answer(
        station.people["hoa"], dossier.id, "/child/full_name", "Nguyễn Minh Thử"
    )
    window.see("form-saved", "Đã lưu")
    window.page.keyboard.insert_text(" nhân dân")
    window.wait(lambda: answer_of(station, dossier.id, "/office") == "Ủy ban nhân dân", "the whole text")
    assert window.at("field/office")


def test_the_first_row_of_an_empty_group_is_added_by_keyboard(station, context):
    dossier = begun(station, RESIDENCE)
    window = opened(station, context, dossier)
    turn_to(window, "add/members")
    window.wait_at("add/members")
    window.press("Enter")
    window.wait_at("field/members/0/full_name")
    window.write("Bùi Thị Minh Hoạ")
    window.press("Enter")
    name = "/members/0/full_name"
    window.wait(lambda: answer_of(station, dossier.id, name) == "Bùi Thị Minh Hoạ", "the name on disk")
    window.press_on("remove/members-0")
    window.wait_at("undo-remove")
    window.press("PageUp")
    window.gone("add/members")
    window.press("PageDown")
    window.wait_at("add/members")


def test_a_page_turned_in_a_form_that_may_only_be_read_keeps_the_keyboard(station, context, monkeypatch):
    dossier = begun(station, RESIDENCE)
    form_of = type(station.workspace.dossiers).form

    def only_read(dossiers, dossier_id):
        return replace(form_of(dossiers, dossier_id), editable=False)

    monkeypatch.setattr(type(station.workspace.dossiers), "form", only_read)
    window = sign_in(station, context, "minh")
    to_form(window, dossier)
    window.see("page-2")
    window.press("PageDown")
    window.wait_at("form-next")
