"""Looking through a batch: every act is durable, nothing is lost, several documents come of one stack."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from tests.services.machine import BIRTH, PRACTICE_DPI, Machine
from van_station.records.trips import Setting
from van_station.rules.page_geometry import Crop
from van_station.rules.page_order import Out
from van_station.services.capture import CaptureSettings
from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent, PageView, Progress
from van_station.services.errors import NotFound, NotPermitted, Refused
from van_station.services.page_intake import Aim

FIRST, SECOND = "GIAY_CHUNG_SINH", "GIAY_KET_HON"


class Stack:
    """A dossier with a stack that was scanned for its first paper."""

    def __init__(self, desk: Machine, *kinds: str) -> None:
        self.desk, self.me = desk, desk.officer
        self.dossier = desk.started(BIRTH).id
        components = desk.workspace.dossiers.get(self.dossier).components
        self.codes = [each.code for each in components]
        self.component, self.other = components[0].id, components[1].id
        self.batch, _ = desk.scan(self.dossier, self.component, *kinds)
        self.keys = [page.key for page in self.batch.pages()]

    def scan(self, aim: Aim, *kinds: str) -> None:
        self.desk.lay(*kinds)
        batch = self.desk.workspace.capture.start(
            self.me,
            self.dossier,
            self.component,
            self.desk.folder_device(),
            CaptureSettings(dpi=PRACTICE_DPI, aim=aim),
            lambda _: None,
        )
        assert batch is self.batch
        assert batch.wait(60)

    def spelt(self, batch: CaptureBatch | None = None) -> list[str]:
        """Pages by number of arrival, one word a document, those left out in brackets."""
        view = (batch or self.batch).view()
        by_key = {page.key: page for page in view.pages}
        for key in by_key:
            if key not in self.keys:
                self.keys.append(key)
        return ["".join(self._letter(by_key[key]) for key in each.keys) for each in view.documents]

    def _letter(self, page: PageView) -> str:
        number = str(self.keys.index(page.key))
        return f"({number})" if page.dropped else number

    def reopened(self) -> CaptureBatch:
        self.desk.reopen()
        again = self.desk.workspace.capture.unfinished(self.dossier, self.component)
        assert again is not None
        return again

    def files(self) -> dict[str, list[int]]:
        view = self.desk.workspace.dossiers.get(self.dossier)
        return {each.code: [file.page_count for file in each.files] for each in view.components if each.files}


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def test_everything_done_to_pages_is_so_after_a_restart(desk: Machine) -> None:
    stack = Stack(desk, "letter", "blank_back", "form", "birth")
    batch, me, keys = stack.batch, stack.me, stack.keys
    assert stack.spelt() == ["0(1)23"]
    batch.rotate(me, [keys[0], keys[3]], 1)
    batch.move(me, keys[3], 0)
    batch.drop(me, keys[2])
    batch.restore(me, keys[1])
    batch.split(me, keys[0])
    batch.assign(me, keys[1], stack.other)
    cut = batch.crop(me, keys[0], Crop(top=20, left=10))
    before = batch.view()
    assert stack.spelt() == ["30", "1(2)"]
    again = stack.reopened()
    after = again.view()
    assert after.pages == before.pages
    assert after.documents == before.documents
    assert size_of(again.full(keys[0])) == (cut.width_px, cut.height_px)
    assert [each.component_id for each in after.documents] == [stack.component, stack.other]


def test_acts_are_undone_and_done_again_and_the_store_knows(desk: Machine) -> None:
    stack = Stack(desk, "letter", "form", "letter")
    batch, me, keys = stack.batch, stack.me, stack.keys
    start = batch.view()
    assert (start.can_undo, start.can_redo) == (False, False)
    batch.drop(me, keys[0])
    batch.shift(me, keys[1], 1)
    batch.split(me, keys[0])
    assert stack.spelt() == ["(0)", "21"]
    for _ in range(3):
        batch.undo(me)
    assert replace(batch.view(), can_redo=False) == start
    batch.redo(me)
    batch.redo(me)
    assert stack.spelt() == ["(0)21"]
    assert stack.spelt(stack.reopened()) == ["(0)21"]


def test_a_page_scanned_again_takes_the_place_and_the_old_one_comes_back(desk: Machine) -> None:
    stack = Stack(desk, "letter", "form", "letter")
    batch, me = stack.batch, stack.me
    stack.scan(Aim(instead_of=stack.keys[1]), "birth", "letter")
    assert stack.spelt() == ["03(1)2"], "one page is taken, the other stays in the folder"
    assert sum(1 for _ in desk.inbox.iterdir()) == 1
    assert [page.out for page in batch.pages()][2] is Out.REPLACED
    batch.undo(me)
    assert sorted(stack.spelt()[0]) == sorted("0(3)12")
    batch.redo(me)
    batch.restore(me, stack.keys[1])
    batch.drop(me, stack.keys[3])
    assert stack.spelt(stack.reopened()) == ["0(3)12"]


def test_pages_are_inserted_behind_a_page_in_their_order(desk: Machine) -> None:
    stack = Stack(desk, "letter", "form")
    stack.scan(Aim(after=stack.keys[0]), "birth", "letter")
    assert stack.spelt() == ["0231"]
    assert stack.spelt(stack.reopened()) == ["0231"]
    with pytest.raises(NotFound):
        stack.desk.workspace.capture.start(
            stack.me,
            stack.dossier,
            stack.component,
            desk.folder_device(),
            CaptureSettings(aim=Aim(after="nowhere")),
            print,
        )


def test_one_stack_becomes_documents_of_several_components(desk: Machine) -> None:
    stack = Stack(desk, "letter", "form", "birth", "letter")
    batch, me = stack.batch, stack.me
    batch.assign_pages(me, {0: stack.codes[0], 2: stack.codes[1], 3: stack.codes[0]})
    assert stack.spelt() == ["01", "2", "3"]
    batch.drop(me, stack.keys[1])
    told: list[CaptureEvent] = []
    batch.listen(told.append)
    files = batch.keep_all(me)
    assert stack.files() == {stack.codes[0]: [1, 1], stack.codes[1]: [1]}
    assert [each.page_count for each in files] == [1, 1, 1]
    steps = [(each.step, each.done, each.total) for each in told if isinstance(each, Progress)]
    assert [each for each in steps if each[0] == "scan.writing"] == [("scan.writing", n, 3) for n in range(3)]
    assert batch.pages() == ()
    with desk.workspace.store.reading() as session:
        assert session.get(Setting, f"scan.order.{stack.component}") is None
    with pytest.raises(NotFound):
        batch.assign_pages(me, {0: "NO_SUCH_PAPER"})


def test_a_component_of_another_dossier_is_refused(desk: Machine) -> None:
    stack = Stack(desk, "letter")
    stranger = desk.component(desk.started(BIRTH).id, stack.codes[0])
    with pytest.raises(NotFound):
        stack.batch.assign(stack.me, stack.keys[0], stranger)


def test_keeping_can_be_stopped_and_no_page_is_lost(desk: Machine) -> None:
    stack = Stack(desk, "letter", "form", "letter")
    batch, me = stack.batch, stack.me
    begun = threading.Event()

    def stop(event: CaptureEvent) -> None:
        if isinstance(event, Progress) and event.done == 1:
            begun.set()
            with pytest.raises(Refused):
                batch.rotate(me, stack.keys[0], 1)
            batch.cancel()

    unlisten = batch.listen(stop)
    with pytest.raises(Refused) as refused:
        batch.keep_all(me)
    assert (refused.value.code, begun.is_set()) == ("scan.keep_stopped", True)
    assert stack.files() == {}
    assert stack.spelt() == ["012"]
    unlisten()
    assert batch.keep(me).page_count == 3


def test_a_cut_starts_from_the_original_and_is_applied_when_the_page_is_kept(desk: Machine) -> None:
    stack = Stack(desk, "form")
    batch, me, key = stack.batch, stack.me, stack.keys[0]
    found = batch.cropping(key)
    plain = batch.pages()[0]
    assert size_of(found.picture)[1] > 100
    trimmed = batch.crop(me, key, replace(found.crop, left=found.crop.left + 30))
    assert plain.width_px - trimmed.width_px == pytest.approx(30 / 25.4 * PRACTICE_DPI, abs=3)
    assert trimmed.height_px == pytest.approx(plain.height_px, abs=3)
    turned = batch.rotate(me, key, 1)
    assert (turned.width_px, turned.height_px) == (trimmed.height_px, trimmed.width_px)
    assert batch.cropping(key).crop.top == pytest.approx(found.crop.left + 30, abs=0.1), "left is on top now"
    assert size_of(batch.full(key)) == (turned.width_px, turned.height_px)
    assert size_of(batch.thumbnail(key))[0] > size_of(batch.thumbnail(key))[1]
    assert batch.crop(me, key, None).crop is None
    batch.undo(me)
    file = batch.keep(me)
    document = desk.workspace.capture.document(me, file.id)
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        box = [float(side) for side in pdf.pages[0].mediabox]
    assert box[2] / 72 * PRACTICE_DPI == pytest.approx(turned.width_px, abs=2)


def test_blank_pages_are_taken_in_and_left_out_together(desk: Machine) -> None:
    stack = Stack(desk, "letter", "blank_back", "form", "blank_back")
    stack.batch.blanks(stack.me, keep=True)
    assert stack.spelt() == ["0123"]
    stack.batch.blanks(stack.me, keep=False)
    assert stack.spelt() == ["0(1)2(3)"]
    assert [page.out for page in stack.batch.pages()][1] is Out.BLANK


def test_who_may_not_scan_may_not_change_pages(desk: Machine) -> None:
    stack = Stack(desk, "letter")
    technician = desk.actor("tuan") if desk.workspace.accounts.by_login("tuan") else None
    assert technician is not None
    for act in (
        lambda: stack.batch.rotate(technician, stack.keys[0], 1),
        lambda: stack.batch.undo(technician),
        lambda: stack.batch.keep_all(technician),
        lambda: stack.batch.discard(technician),
    ):
        with pytest.raises(NotPermitted):
            act()
