"""Looking through a stack of pages, by keyboard alone: everything that is done to pages, and two documents of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_journeys import take_in
from tests.ui.test_keyboard import sign_in
from van_station.bootstrap.demo.people import VISITORS
from van_station.rules.page_order import Out
from van_station.rules.queueing import TicketAct
from van_station.services.capture_batch import CaptureBatch
from van_station.services.trips import OpenTrip
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
MOTHER = VISITORS[0]


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("review"), UiSettings(), gateway=True) as made:
        made.workspace.exchange.sync_now()
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


@dataclass
class Review:
    """The review of a dossier's first paper, and the batch behind it."""

    station: Station
    window: Window
    dossier: str
    component: str

    @property
    def batch(self) -> CaptureBatch:
        found = self.station.workspace.capture.unfinished(self.dossier, self.component)
        assert found is not None
        return found

    def papers(self):
        return self.station.workspace.dossiers.get(self.dossier).components

    def order(self) -> list[str]:
        return [page.key for page in self.batch.pages()]

    def until(self, condition, what: str) -> None:
        self.window.wait(condition, what)

    def press(self, key: str, line: str | None = None) -> None:
        """Press a key; wait for the line of the page."""
        self.window.press(key)
        if line is not None:
            self.window.see("review-page", line)
        self.window.quiet()

    def here(self, place: str = "review-page") -> None:
        assert self.window.at(place), f"the keyboard got lost: {self.window.place()}"


@pytest.fixture
def review(station, context) -> Review:
    """A stack of four pages, one of them blank, scanned for the first paper and opened, all by keys."""
    number = take_in(station, MOTHER)
    queue, officer = station.workspace.queue, station.people["minh"]
    for act in (TicketAct.CALL, TicketAct.SERVE):
        queue.act(officer, number.id, act)
    dossier = station.workspace.dossiers.start(officer, number.id, None)
    window = sign_in(station, context, "minh")
    window.press("F3")
    window.wait_at("dossier-search")
    window.write(dossier.number)
    window.see(f"dossier-{dossier.number}")
    window.press_on(f"dossier-{dossier.number}")
    window.see("dossier-number", dossier.number)
    window.press("Control+ArrowUp")
    window.press_on("step-papers", "Space")
    window.wait_at("scan-start")
    station.lay_papers(5)
    window.press("Enter")
    window.see("scan-keep", "Lưu 3 trang", timeout_s=40)
    window.press("F11")
    window.wait_at("review-page")
    scanned = station.workspace.dossiers.get(dossier.id).components
    return Review(station, window, dossier.id, next(each.id for each in scanned if each.pending_pages))


def test_a_mixed_stack_is_sorted_and_kept_as_two_documents_by_keyboard_alone(review):
    window, start = review.window, review.order()
    window.see("review-page", "Trang 1/4")
    window.shot("40_review")
    review.press("ArrowRight", "Trang 2/4. Trang trắng, đã bỏ ra")
    review.press("ArrowRight", "Trang 3/4")
    review.press("r")
    review.until(lambda: review.batch.pages()[2].quarters == 1, "page 3 turned")
    review.press("Control+ArrowLeft", "Trang 2/4")
    assert review.order() == [start[0], start[2], start[1], start[3]]
    review.press("End", "Trang 4/4")
    review.press("Delete", "Trang 4/4. Đã bỏ ra")
    review.here()
    review.press("Control+z")
    review.until(lambda: review.batch.pages()[3].out is Out.NO, "the page taken back")
    review.press("Control+z")
    review.until(lambda: review.order() == start, "the move undone")
    review.press("Control+y")
    review.until(lambda: review.order()[1] == start[2], "the move done again")
    review.press("Home", "Trang 1/4")
    review.press("Shift+ArrowRight", "Đang chọn 2 trang")
    review.press("r")
    review.until(lambda: [page.quarters for page in review.batch.pages()] == [1, 2, 0, 0], "both turned")
    review.press("s")
    review.until(lambda: len(review.batch.view().documents) == 2, "two documents")
    review.press("End", "Trang 4/4")
    review.press("2")
    offered = [each for each in review.papers() if each.applies]
    other = offered[1].id
    assert other != review.component
    review.until(lambda: review.batch.view().documents[1].component_id == other, "the second paper chosen")
    window.see("review-keep", "Lưu 3 trang, 2 tài liệu")
    window.shot("41_review_two_documents")
    review.here()
    review.press("F10")
    window.see("result", "Đã lưu 3 trang", timeout_s=60)
    pages = {each.id: [file.page_count for file in each.files] for each in review.papers() if each.files}
    assert pages == {review.component: [2], other: [1]}
    window.see("document", "2 trang")


def test_pages_are_looked_at_closely_cut_scanned_again_and_inserted_by_keys(review):
    window, start = review.window, review.order()
    window.see("zoom", "14 %")
    whole = window.words("zoom")
    review.press("d")
    window.wait(lambda: window.words("zoom") not in (whole, ""), "the seal close")
    window.shot("42_review_seal")
    review.press("Escape")
    window.see("zoom", whole)
    review.press("t")
    window.see("zoom", "100 %")
    review.press("ArrowDown", "Trang 1/4")
    review.press("v")
    window.see("zoom", whole)
    review.press("b")
    window.see("stage", "Ảnh gốc")
    window.shot("43_review_compare")
    review.press("b")
    window.see("zoom", whole)
    review.press("c")
    window.wait_at("crop-left")
    for _ in range(3):
        window.press("Shift+ArrowRight")
    window.see("crop-words", "Mép trái: cắt")
    window.press("Tab")
    window.wait_at("crop-top")
    window.press("ArrowDown")
    window.see("crop-words", "Mép trên: cắt")
    window.shot("44_review_crop")
    window.press("c")
    window.wait_at("review-page")
    review.until(lambda: review.batch.pages()[0].crop is not None, "the page cut")
    assert review.batch.pages()[0].crop.left >= 15
    review.station.lay_papers(6)
    review.press("q")
    review.until(lambda: len(review.order()) == 5 and not review.batch.running, "the page scanned again")
    assert review.order()[1] == start[0]
    assert review.batch.pages()[1].out is Out.REPLACED
    window.see("review-page", "Trang 1/5")
    review.press("i")
    review.until(lambda: len(review.order()) == 8 and not review.batch.running, "the rest inserted")
    assert review.order()[4:] == start
    review.here()
    review.press("Escape")
    window.see("scan-keep")
