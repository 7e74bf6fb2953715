from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from sqlmodel import select

from scanning import pdf as pdf_library
from scanning.errors import PdfNotFaithful
from scanning.samples import make_sample_stack
from tests.scanning.conftest import needs_sane, sane_config
from tests.services.machine import BIRTH, LONG_AGO, Machine, Template
from van_station.records.dossiers import Component, StoredFile
from van_station.records.ledger import AuditLine
from van_station.records.trips import Setting
from van_station.rules.dossiers import DossierState
from van_station.services.capture import CaptureSettings
from van_station.services.capture_events import Ended, Fault, PageArrived, Progress
from van_station.services.errors import NotFound, Refused
from van_station.store import BlobDamaged, StoreFull


class Paper:
    """A dossier and the component that papers are scanned for."""

    def __init__(self, desk: Machine) -> None:
        self.desk = desk
        self.dossier = desk.started(BIRTH).id
        self.component = desk.component(self.dossier, "GIAY_CHUNG_SINH")

    def scan(self, *kinds: str) -> Any:
        return self.desk.scan(self.dossier, self.component, *kinds)

    def view(self) -> Any:
        found = self.desk.workspace.dossiers.get(self.dossier)
        return next(each for each in found.components if each.id == self.component)

    def rows(self, role: str) -> list[StoredFile]:
        with self.desk.workspace.store.reading() as session:
            query = select(StoredFile).where(StoredFile.component_id == self.component)
            return list(
                session.exec(query.where(StoredFile.role == role).order_by(StoredFile.sequence)).all()
            )  # type: ignore[arg-type]


@pytest.fixture
def paper(desk: Machine) -> Paper:
    return Paper(desk)


def test_a_stack_from_the_folder_becomes_a_sealed_document(paper: Paper) -> None:
    desk = paper.desk
    batch, events = paper.scan("birth", "blank_back", "letter")
    arrived = [event.page for event in events if isinstance(event, PageArrived)]
    assert [page.index for page in arrived] == [0, 1, 2]
    assert events[-1] == Ended(3)
    assert list(desk.inbox.iterdir()) == [], "papers leave the folder once they are sealed"
    assert paper.view().pending_pages == 3
    file = batch.keep(desk.officer)
    assert file.page_count == 2, "the blank back stays out"
    assert paper.view().files == (file,)
    assert paper.view().pending_pages == 0
    document = desk.workspace.capture.document(desk.officer, file.id)
    assert document.file_name.endswith("_GIAY-CHUNG-SINH_01.pdf")
    assert document.file_name.isascii()
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        assert len(pdf.pages) == 2
    assert len(desk.workspace.capture.thumbnails(file.id)) == 2
    picture = Image.open(io.BytesIO(desk.workspace.capture.page_image(file.id, 0, max_px=400)))
    assert max(picture.size) == 400


def test_a_page_is_sealed_before_the_screen_hears_of_it(desk: Machine) -> None:
    paper = Paper(desk)
    seen: list[bool] = []

    def on_event(event: object) -> None:
        if isinstance(event, PageArrived):
            with desk.workspace.store.reading() as session:
                row = session.get(StoredFile, event.page.key)
            seen.append(row is not None and desk.workspace.store.blobs.exists(row.blob_id))

    desk.lay("letter", "form")
    start = desk.workspace.capture.start
    batch = start(
        desk.officer, paper.dossier, paper.component, desk.folder_device(), CaptureSettings(), on_event
    )
    batch.wait(60)
    assert seen == [True, True]


@needs_sane
def test_a_stack_from_the_sane_test_device_becomes_a_document(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_config(tmp_path, **{"test-picture": '"Solid black"'})))
    machine = template.copy_to(tmp_path / "machine", sane=True)
    try:
        machine.open_trip()
        paper = Paper(machine)
        device = next(each for each in machine.workspace.capture.scanners().devices if each.kind == "sane")
        events: list[object] = []
        batch = machine.workspace.capture.start(
            machine.officer,
            paper.dossier,
            paper.component,
            device.id,
            CaptureSettings(dpi=100, max_pages=2),
            events.append,
        )
        assert batch.wait(120)
        assert [type(event) for event in events] == [PageArrived, PageArrived, Ended]
        for page in batch.pages():
            batch.restore(machine.officer, page.key)
        assert batch.keep(machine.officer).page_count == 2
    finally:
        machine.workspace.close()


def test_pages_of_a_scan_that_was_cut_short_are_offered_again_and_none_is_lost(desk: Machine) -> None:
    paper = Paper(desk)
    laid = desk.lay("birth", "letter", "form", "letter", "form")
    first = threading.Event()
    desk.workspace.capture.start(
        desk.officer,
        paper.dossier,
        paper.component,
        desk.folder_device(),
        CaptureSettings(),
        lambda event: first.set() if isinstance(event, PageArrived) else None,
    )
    assert first.wait(60)
    desk.reopen()
    again = desk.workspace.capture.unfinished(paper.dossier, paper.component)
    assert again is not None
    assert len(again.pages()) >= 1
    assert len(again.pages()) + sum(1 for _ in desk.inbox.iterdir()) == laid
    batch, _ = desk.scan_what_lies_there(paper.dossier, paper.component)
    assert batch is again
    assert len(batch.pages()) == laid
    assert batch.keep(desk.officer).page_count == laid


def test_nothing_is_offered_where_nothing_was_scanned(paper: Paper) -> None:
    offer = paper.desk.workspace.capture.unfinished
    assert offer(paper.dossier, paper.component) is None
    start, officer = paper.desk.workspace.capture.start, paper.desk.officer
    with pytest.raises(Refused) as refused:
        start(officer, paper.dossier, paper.component, "folder:no such", CaptureSettings(), print)
    assert refused.value.code == "scan.device_unknown"
    assert offer(paper.dossier, paper.component) is None


def test_a_blank_page_can_be_restored_and_a_good_one_dropped(paper: Paper) -> None:
    batch, _ = paper.scan("letter", "blank_back", "form")
    letter, blank, form = batch.pages()
    assert [page.dropped for page in batch.pages()] == [False, True, False]
    batch.restore(paper.desk.officer, blank.key)
    batch.drop(paper.desk.officer, form.key)
    assert [page.dropped for page in batch.pages()] == [False, False, True]
    assert batch.keep(paper.desk.officer).page_count == 2
    assert batch.pages() == ()
    assert letter.key != blank.key


def test_a_turned_and_a_moved_page_are_so_after_a_restart(paper: Paper) -> None:
    desk = paper.desk
    batch, _ = paper.scan("letter", "birth", "form")
    first, second, third = batch.pages()
    turned = batch.rotate(desk.officer, first.key, 1)
    assert (turned.width_px, turned.height_px) == (first.height_px, first.width_px)
    batch.move(desk.officer, third.key, 0)
    order = [page.key for page in batch.pages()]
    assert order == [third.key, turned.key, second.key]
    desk.reopen()
    again = desk.workspace.capture.unfinished(paper.dossier, paper.component)
    assert again is not None
    assert [page.key for page in again.pages()] == order
    assert (again.pages()[1].width_px, again.pages()[1].height_px) == (turned.width_px, turned.height_px)


def test_four_quarter_turns_are_none(paper: Paper) -> None:
    batch, _ = paper.scan("letter")
    key, before = batch.pages()[0].key, batch.preview(batch.pages()[0].key)
    for _ in range(4):
        key = batch.rotate(paper.desk.officer, key, 1).key
    assert Image.open(io.BytesIO(batch.preview(key))).size == Image.open(io.BytesIO(before)).size


def test_a_full_disk_stops_the_scanner_with_words_and_keeps_what_came(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third page finds no room, later ones would: they must not close the gap behind it."""
    desk = paper.desk
    blobs = desk.workspace.store.blobs
    put, count = blobs.put, [0]

    def full_once(body: bytes) -> str:
        count[0] += 1
        if count[0] == 3:
            raise StoreFull("no room")
        return put(body)

    monkeypatch.setattr(blobs, "put", full_once)
    laid = 6
    batch, events = paper.scan(*["letter"] * laid)
    assert [event for event in events if isinstance(event, Fault)] == [
        Fault("store.full", 3, StoreFull.retryable)
    ]
    assert events[-1] == Ended(2)
    assert len(batch.pages()) == 2
    assert sum(1 for _ in desk.inbox.iterdir()) == laid - 2, "what is not sealed stays where it was"
    batch, events = desk.scan_what_lies_there(paper.dossier, paper.component)
    assert len(batch.pages()) == laid
    assert batch.keep(desk.officer).page_count == laid


def test_an_unreadable_file_is_named_and_the_others_are_taken(paper: Paper) -> None:
    desk = paper.desk
    desk.lay("letter", "form")
    (desk.inbox / "aaa.jpg").write_bytes(b"")
    batch, events = desk.scan_what_lies_there(paper.dossier, paper.component)
    assert len(batch.pages()) == 2
    assert {event.code for event in events if isinstance(event, Fault)} <= {
        "scan.file_unreadable",
        "scan.file_unfinished",
    }
    assert (desk.inbox / "aaa.jpg").exists(), "what was not taken is not removed"


def test_keeping_tells_its_steps(paper: Paper) -> None:
    batch, events = paper.scan("letter")
    batch.keep(paper.desk.officer)
    steps = [event.step for event in events if isinstance(event, Progress)]
    assert steps == ["scan.writing", "scan.comparing"]


def test_keeping_twice_makes_one_document(paper: Paper) -> None:
    batch, _ = paper.scan("letter")
    batch.keep(paper.desk.officer)
    with pytest.raises(Refused) as refused:
        batch.keep(paper.desk.officer)
    assert refused.value.code == "scan.no_pages"
    assert len(paper.view().files) == 1


def test_a_second_stack_becomes_a_second_document(paper: Paper) -> None:
    files = [paper.desk.attach(paper.dossier, paper.component) for _ in range(2)]
    assert [file.id for file in paper.view().files] == [file.id for file in files]
    with paper.desk.workspace.store.reading() as session:
        component = session.get(Component, paper.component)
        assert component is not None
        assert component.page_count == 2


def test_discarded_pages_can_not_be_opened_any_more(paper: Paper) -> None:
    batch, _ = paper.scan("letter", "form")
    batch.discard(paper.desk.officer)
    assert paper.desk.workspace.capture.unfinished(paper.dossier, paper.component) is None
    assert all(row.removed and row.local_key is None for row in paper.rows("page"))
    paper.desk.reopen()
    assert paper.desk.workspace.capture.unfinished(paper.dossier, paper.component) is None


def test_the_pages_of_a_kept_document_lose_their_keys(paper: Paper) -> None:
    paper.desk.attach(paper.dossier, paper.component)
    assert all(row.removed and row.local_key is None for row in paper.rows("page"))
    assert all(row.local_key for row in paper.rows("document"))


def test_a_removed_document_is_gone_from_the_component(paper: Paper) -> None:
    desk = paper.desk
    file = desk.attach(paper.dossier, paper.component)
    desk.workspace.capture.remove(desk.officer, file.id)
    assert paper.view().files == ()
    for attempt in (
        lambda: desk.workspace.capture.document(desk.officer, file.id),
        lambda: desk.workspace.capture.remove(desk.officer, file.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    with desk.workspace.store.reading() as session:
        component = session.get(Component, paper.component)
        assert component is not None
        assert component.page_count == 0


def test_who_opened_a_document_is_written_down(paper: Paper) -> None:
    file = paper.desk.attach(paper.dossier, paper.component)
    paper.desk.workspace.capture.document(paper.desk.volunteer, file.id)
    with paper.desk.workspace.store.reading() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.act == "file.open")).all()
    assert [(line.actor_id, line.subject_id) for line in lines] == [(paper.desk.volunteer.user_id, file.id)]


def test_a_damaged_document_is_refused_by_name(paper: Paper) -> None:
    desk = paper.desk
    file = desk.attach(paper.dossier, paper.component)
    row = next(row for row in paper.rows("document") if row.id == file.id)
    path = desk.settings.data_dir / "store" / "blobs" / row.blob_id[:2] / row.blob_id
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))
    for attempt in (
        lambda: desk.workspace.capture.document(desk.officer, file.id),
        lambda: desk.workspace.capture.thumbnails(file.id),
    ):
        with pytest.raises(BlobDamaged) as refused:
            attempt()
        assert refused.value.code == "store.blob_damaged"
    assert not desk.workspace.store.verify().ok


def test_no_scan_starts_before_the_platforms_key_is_known(desk: Machine) -> None:
    paper = Paper(desk)
    with desk.workspace.store.unit("system", "test.forget", ("site", "self")) as unit:
        unit.erase(unit.session.get(Setting, "gateway.platform_key"))
    with pytest.raises(Refused) as refused:
        desk.scan_what_lies_there(paper.dossier, paper.component)
    assert refused.value.code == "station.not_enrolled"


def test_a_document_is_kept_only_while_the_dossier_may_change(paper: Paper) -> None:
    desk = paper.desk
    batch, _ = paper.scan("letter")
    desk.workspace.dossiers.void(desk.supervisor, paper.dossier, "Mở nhầm")
    with pytest.raises(Refused) as refused:
        batch.keep(desk.officer)
    assert refused.value.code == "dossier.not_editable"
    assert desk.workspace.dossiers.get(paper.dossier).state is DossierState.VOIDED
    assert paper.rows("document") == []


def test_two_scans_of_one_component_do_not_mix(paper: Paper) -> None:
    desk = paper.desk
    desk.lay(*["letter"] * 4)
    begun, go_on = threading.Event(), threading.Event()

    def hold(event: object) -> None:
        if isinstance(event, PageArrived):
            begun.set()
            go_on.wait(60)

    start = desk.workspace.capture.start
    device = desk.folder_device()
    batch = start(desk.officer, paper.dossier, paper.component, device, CaptureSettings(), hold)
    assert begun.wait(60)
    for attempt in (
        lambda: start(desk.officer, paper.dossier, paper.component, device, CaptureSettings(), print),
        lambda: batch.keep(desk.officer),
        lambda: batch.discard(desk.officer),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "scan.already_running"
    go_on.set()
    assert batch.wait(60)
    assert len(batch.pages()) == 4


def test_a_page_sealed_before_a_kill_is_not_taken_twice_from_its_folder(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between sealing a page and removing its file, the folder gives the page again."""
    desk = paper.desk
    with monkeypatch.context() as cut:
        cut.setattr("scanning.devices.job.ScanJob.acknowledge", lambda *_: 0)
        batch, _ = paper.scan("letter", "form")
    assert len(batch.pages()) == 2
    assert sum(1 for _ in desk.inbox.iterdir()) == 2
    desk.reopen()
    again, _ = desk.scan_what_lies_there(paper.dossier, paper.component)
    assert len(again.pages()) == 2
    assert list(desk.inbox.iterdir()) == []


def test_paper_that_small_files_would_spoil_is_kept_whole(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patterned certificate may lose more in a small file than is allowed: then it is kept as it is."""
    asked: list[str] = []
    write, verify = pdf_library.write, pdf_library.verify

    def noted(*pages: Any, **how: Any) -> bytes:
        asked.append(how["quality"])
        return write(*pages, **how)

    def strict(data: bytes, pages: Any) -> None:
        verify(data, pages)
        if asked[-1] == "small":
            raise PdfNotFaithful("a page looks different", page_no=1, difference=9.0)

    monkeypatch.setattr(pdf_library, "write", noted)
    monkeypatch.setattr(pdf_library, "verify", strict)
    batch, _ = paper.scan("letter")
    assert batch.keep(paper.desk.officer).page_count == 1
    assert asked == ["small", "archive"]


def test_a_damaged_kept_page_does_not_hold_up_the_others(paper: Paper) -> None:
    desk = paper.desk
    paper.scan("letter", "form")
    first = paper.rows("page")[0]
    desk.workspace.store.blobs._path(first.blob_id).write_bytes(b"damaged")
    desk.reopen()
    again = desk.workspace.capture.unfinished(paper.dossier, paper.component)
    assert again is not None
    assert len(again.pages()) == 1
    assert again.keep(desk.officer).page_count == 1


def test_separator_sheets_send_what_is_behind_them_to_the_paper_they_name(paper: Paper) -> None:
    """One scan, three papers: what lies in front of the first sheet stays with the paper the scan was begun for."""
    desk = paper.desk
    applying = [each for each in desk.workspace.dossiers.get(paper.dossier).components if each.applies]
    named = next(each for each in applying if each.id != paper.component)
    printed = desk.workspace.separators.sheets(desk.officer, paper.dossier)
    assert printed.file_name.isascii()
    sheets = pypdfium2.PdfDocument(io.BytesIO(printed.data))
    assert len(sheets) == len(applying)
    sheet = sheets[applying.index(named)].render(scale=150 / 72).to_pil().convert("RGB")
    desk.lay("letter")
    for name, picture in (("x1", sheet), ("x2", Image.new("RGB", sheet.size, "white"))):
        path = desk.inbox / f"{name}.jpg"
        picture.save(path, dpi=(150, 150))
        os.utime(path, (LONG_AGO, LONG_AGO))
    last = desk.inbox / "x3.jpg"
    last.write_bytes(make_sample_stack(4, 1, kinds=("form",), dpi=150)[0].image)
    os.utime(last, (LONG_AGO, LONG_AGO))
    batch, _ = desk.scan_what_lies_there(paper.dossier, paper.component)
    assert [page.dropped for page in batch.pages()] == [False, True, True, False]
    file, *others = batch.keep_all(desk.officer)
    assert (file.component_id, file.page_count) == (paper.component, 1)
    assert [(other.component_id, other.page_count) for other in others] == [(named.id, 1)]
    views = {each.id: each for each in desk.workspace.dossiers.get(paper.dossier).components}
    assert len(views[paper.component].files) == len(views[named.id].files) == 1
    assert batch.pages() == ()
