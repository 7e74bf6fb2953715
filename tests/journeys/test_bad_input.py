"""What goes wrong at a counter: each has a code with words, loses nothing confirmed, and work goes on."""

from __future__ import annotations

import resource
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from tests.services.machine import BUSINESS, HandClock, Machine, Template
from van_station.bootstrap.demo.people import PASSPHRASE, VISITORS
from van_station.bootstrap.station import KEYS_FOLDER, STORE_FOLDER, open_door
from van_station.i18n import Texts
from van_station.records.dossiers import Dossier, StoredFile
from van_station.records.exchange import OutboxItem
from van_station.rules.dossiers import DossierState
from van_station.security import SecurityError
from van_station.services.capture_events import Fault
from van_station.services.errors import NotNow, Refused, ServiceError
from van_station.store import StoreError

CARD = VISITORS[0].card
SPELLED = {language: Texts(language, strict=True) for language in ("vi", "en")}


def has_words(error: object) -> None:
    """Whatever is raised or told at a counter has its sentence and its next step, in both languages."""
    for texts in SPELLED.values():
        text = texts.error(error.code, **getattr(error, "details", {}))
        assert text.happened
        assert text.next_step


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.make(tmp_path_factory.mktemp("template") / "desk")


@pytest.fixture
def desk(template: Template, tmp_path: Path) -> Iterator[Machine]:
    machine = template.copy_to(tmp_path / "machine")
    machine.open_trip()
    yield machine
    machine.workspace.close()


# ----- what a scanner gun and a camera bring


@pytest.mark.parametrize(
    "text",
    [
        CARD[:40],
        CARD[20:],
        "x" * 10_240,
        CARD * 100,
        "|" * 10_240,
        "\x00" * 50,
        "\ud800|broken",
        "001199000123|||||||||||||||",
        "९" * 12 + "||Tên|01011999|Nam|Ở đâu|01012021",
        CARD.replace("01011999", "99999999"),
    ],
)
def test_a_qr_that_is_no_whole_card_has_words_or_a_draft_and_never_a_defect(desk: Machine, text: str) -> None:
    try:
        view = desk.workspace.intake.read_card(text)
    except Refused as error:
        has_words(error)
    else:
        assert len(view.draft.full_name) <= 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\0" * 1000,
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_a_picture_that_is_none_has_words(desk: Machine, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        desk.workspace.intake.read_card_picture(data)
    has_words(refused.value)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_unopened(desk: Machine) -> None:
    with pytest.raises(Refused) as refused:
        desk.workspace.intake.read_card_picture(bomb(60_000, 60_000))
    assert refused.value.code == "card.picture_unreadable"


# ----- what a watched folder may hold


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and would unpack to it, from a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


def pdf_claiming(pages: int) -> bytes:
    """Return a small PDF whose page tree names one page again and again."""
    kids = b"3 0 R " * pages
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    return (
        data
        + b"xref\n0 4\n0000000000 65535 f \n%strailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            start,
        )
    )


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(2 * 1024**3)


BAD: dict[str, Callable[[Path], object]] = {
    "empty.jpg": lambda path: path.write_bytes(b""),
    "two-gigabytes.jpg": sparse,
    "bomb.png": lambda path: path.write_bytes(bomb(60_000, 60_000)),
    "cut.jpg": lambda path: path.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "claims.pdf": lambda path: path.write_bytes(pdf_claiming(100_000)),
    "no-pdf.pdf": lambda path: path.write_bytes(b"%PDF-1.7\n" + b"\0" * 5000),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_file_in_the_stack_is_told_and_the_good_pages_are_taken(desk: Machine, name: str) -> None:
    dossier = desk.started().id
    component = desk.component(dossier, "GIAY_CHUNG_SINH")
    BAD[name](desk.inbox / f"aa-{name}")
    desk.lay("letter", "form")
    batch, events = desk.scan_what_lies_there(dossier, component)
    faults = [event for event in events if isinstance(event, Fault)]
    assert faults, "what was not taken is said"
    for fault in faults:
        has_words(fault)
    assert len(batch.pages()) == 2
    assert (desk.inbox / f"aa-{name}").exists(), "and is still where it was"
    assert batch.keep(desk.officer).page_count == 2


# ----- a disk that takes no more


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file of this process grow or change: each write fails as on a full disk (EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def refused_for_room() -> Iterator[None]:
    with pytest.raises((StoreError, NotNow)) as refused, no_room():
        yield
    assert refused.value.code in {"store.full", "store.disk"}
    has_words(refused.value)


def test_a_full_disk_during_intake_burns_no_number(desk: Machine) -> None:
    first = desk.take_in()
    with refused_for_room():
        desk.take_in()
    assert desk.workspace.queue.tickets() == (desk.workspace.queue.get(first.id),)
    assert desk.take_in().number == first.number + 1


def test_a_full_disk_during_an_answer_keeps_the_earlier_ones(desk: Machine) -> None:
    dossier = desk.started(BUSINESS).id
    answer = desk.workspace.dossiers.answer
    answer(desk.officer, dossier, "/name", "Tên đã lưu")
    with refused_for_room():
        answer(desk.officer, dossier, "/name", "Tên chưa lưu")
    assert _name(desk, dossier) == "Tên đã lưu"
    answer(desk.officer, dossier, "/name", "Tên sau đó")
    desk.reopen()
    assert _name(desk, dossier) == "Tên sau đó"
    assert desk.workspace.store.verify().ok


def test_a_full_disk_during_a_scan_leaves_the_papers_where_they_are(desk: Machine) -> None:
    dossier = desk.started().id
    component = desk.component(dossier, "GIAY_CHUNG_SINH")
    laid = desk.lay("letter", "form")
    with no_room():
        batch, events = desk.scan_what_lies_there(dossier, component)
    faults = [event for event in events if isinstance(event, Fault)]
    assert [fault.code for fault in faults] == ["store.full"]
    assert (len(batch.pages()), sum(1 for _ in desk.inbox.iterdir())) == (0, laid)
    batch, _ = desk.scan_what_lies_there(dossier, component)
    assert len(batch.pages()) == laid


def test_a_full_disk_while_keeping_keeps_the_pages(desk: Machine) -> None:
    dossier = desk.started().id
    component = desk.component(dossier, "GIAY_CHUNG_SINH")
    batch, _ = desk.scan(dossier, component, "letter", "form")
    with refused_for_room():
        batch.keep(desk.officer)
    assert len(batch.pages()) == 2
    assert batch.keep(desk.officer).page_count == 2
    with desk.workspace.store.reading() as session:
        documents = session.exec(select(StoredFile).where(StoredFile.role == "document")).all()
    assert len(documents) == 1


def test_a_full_disk_while_confirming_leaves_a_draft_and_an_empty_outbox(desk: Machine) -> None:
    dossier = desk.complete(BUSINESS).id
    with refused_for_room():
        desk.workspace.dossiers.confirm(desk.officer, dossier)
    assert desk.workspace.dossiers.get(dossier).state is DossierState.DRAFT
    with desk.workspace.store.reading() as session:
        assert session.exec(select(OutboxItem)).all() == []
    assert desk.workspace.dossiers.confirm(desk.officer, dossier).state is DossierState.QUEUED
    assert desk.workspace.store.verify().ok


def test_a_full_disk_at_the_door_lets_nobody_in_and_leaves_nothing_open(
    template: Template, tmp_path: Path
) -> None:
    door = _door(template, tmp_path)
    try:
        with refused_for_room():
            door.sign_in("hoa", PASSPHRASE)
        with pytest.raises(Refused):
            door.workspace()
        signed = door.sign_in("hoa", PASSPHRASE)
        with pytest.raises(ServiceError), no_room():
            door.sign_in("minh", "khong phai mat khau")
        door.sign_out(signed.actor)
        with pytest.raises(Refused):
            door.workspace()
    finally:
        door.close()


# ----- damage


def _door(template: Template, tmp_path: Path):
    machine = template.copy_to(tmp_path / "machine")
    machine.workspace.close()
    return open_door(machine.settings, clock=HandClock())


def test_damaged_keys_have_words(template: Template, tmp_path: Path) -> None:
    machine = template.copy_to(tmp_path / "machine")
    machine.workspace.close()
    for path in (machine.settings.data_dir / KEYS_FOLDER).iterdir():
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(SecurityError) as refused:
        open_door(machine.settings)
    assert refused.value.code == "security.keyring_damaged"
    has_words(refused.value)


def test_keys_of_another_machine_have_words(template: Template, tmp_path: Path) -> None:
    machine = template.copy_to(tmp_path / "machine")
    machine.workspace.close()
    other = Template.make(tmp_path / "other")
    shutil.rmtree(machine.settings.data_dir / KEYS_FOLDER)
    shutil.copytree(other.folder / KEYS_FOLDER, machine.settings.data_dir / KEYS_FOLDER)
    door = open_door(machine.settings)
    with pytest.raises(StoreError) as refused:
        door.sign_in("hoa", PASSPHRASE)
    assert refused.value.code == "store.locked"
    has_words(refused.value)
    with pytest.raises(Refused):
        door.workspace()


@pytest.mark.parametrize("page", [0, 3, 40])
def test_a_damaged_page_of_the_store_has_words_and_is_never_shown_as_data(
    template: Template, tmp_path: Path, page: int
) -> None:
    machine = template.copy_to(tmp_path / "machine")
    machine.open_trip()
    machine.take_in()
    machine.workspace.close()
    path = machine.settings.data_dir / STORE_FOLDER / "store.db"
    data = bytearray(path.read_bytes())
    at = page * 4096 + 2000
    data[at : at + 8] = bytes(byte ^ 0xFF for byte in data[at : at + 8])
    path.write_bytes(bytes(data))
    door, told = open_door(machine.settings, clock=HandClock()), ""
    try:
        report = door.sign_in("hoa", PASSPHRASE).workspace.store.verify()
        told = "" if report.ok else "verify"
    except StoreError as error:
        has_words(error)
        told = error.code
    finally:
        door.close()
    assert told in {"store.damaged", "verify"}


def _name(desk: Machine, dossier_id: str) -> object:
    with desk.workspace.store.reading() as session:
        row = session.get(Dossier, dossier_id)
        assert row is not None
        return row.answers["name"]
