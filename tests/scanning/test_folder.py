from __future__ import annotations

import io
import os
import struct
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from scanning.codes import FAULTS
from scanning.devices import (
    DeviceConfig,
    Event,
    PageCaptured,
    ScanEnded,
    ScanFault,
    ScanSettings,
    list_devices,
    start_scan,
)
from scanning.devices.settings import folder_id, from_json, to_json
from scanning.errors import DeviceUnknown
from scanning.page import Encoding, PageLimits


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (200, 280), mode: str = "RGB", shade: int = 200
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, shade if mode in ("L", "1") else (shade, shade, 180)).save(
        out, kind, dpi=(100, 100)
    )
    return out.getvalue()


def bomb_png(side: int = 60_000) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def put(folder: Path, name: str, data: bytes, *, age_s: float = 60.0) -> Path:
    path = folder / name
    path.write_bytes(data)
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def scan(folder: Path, *, max_pages: int | None = None, **config: object):
    given = DeviceConfig(folders=(folder,), **{"settle_s": 0.1, **config})
    with start_scan(folder_id(folder), ScanSettings(max_pages=max_pages), given) as job:
        return list(job), job


def pages_of(events: list[Event]):
    return [event.page for event in events if isinstance(event, PageCaptured)]


def faults_of(events: list[Event]) -> list[tuple[str, int]]:
    return [(event.code, event.page_no) for event in events if isinstance(event, ScanFault)]


def test_pictures_come_in_the_order_of_their_numbers_and_are_not_recoded(tmp_path: Path):
    data = {f"scan{number}.jpg": picture(shade=10 * number) for number in (2, 10, 1)}
    for name, content in data.items():
        put(tmp_path, name, content)
    events, _ = scan(tmp_path)
    pages = pages_of(events)
    assert [page.image for page in pages] == [data["scan1.jpg"], data["scan2.jpg"], data["scan10.jpg"]]
    assert [page.sequence for page in pages] == [1, 2, 3]
    assert {page.dpi for page in pages} == {100}
    assert events[-1] == ScanEnded(3)


def test_tiff_and_pdf_give_every_page(tmp_path: Path):
    frames = [
        Image.new("1", (300, 400), 1),
        Image.new("L", (300, 400), 90),
        Image.new("RGB", (300, 400), "red"),
    ]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    put(tmp_path, "a.tif", out.getvalue())
    out = io.BytesIO()
    frames[2].save(out, "PDF", save_all=True, append_images=frames[2:], resolution=100)
    put(tmp_path, "b.pdf", out.getvalue())
    events, _ = scan(tmp_path)
    pages = pages_of(events)
    assert [page.encoding for page in pages[:3]] == [Encoding.PNG, Encoding.JPEG, Encoding.JPEG]
    assert len(pages) == 5
    assert pages[3].dpi == 300
    assert abs(pages[3].width_px - 900) <= 1
    assert abs(pages[3].height_px - 1200) <= 1
    assert not faults_of(events)


def test_bad_files_are_reported_by_number_and_do_not_stop_the_good_ones(tmp_path: Path):
    put(tmp_path, "1-empty.jpg", b"")
    put(tmp_path, "2-half.jpg", picture(size=(800, 900))[:-2000])
    put(tmp_path, "3-half.png", picture("PNG")[:-30])
    put(tmp_path, "4-text.png", b"not a picture at all")
    put(tmp_path, "5-bomb.png", bomb_png())
    put(tmp_path, "6-half.pdf", b"%PDF-1.7\n1 0 obj\n<<")
    put(tmp_path, "7-good.jpg", picture())
    events, _ = scan(tmp_path)
    unreadable = "scan.file_unreadable"
    assert faults_of(events) == [
        (unreadable, 1),
        (unreadable, 2),
        (unreadable, 3),
        (unreadable, 4),
        ("scan.file_too_large", 5),
        (unreadable, 6),
    ]
    assert len(pages_of(events)) == 1


def test_a_two_gigabyte_file_is_refused_by_its_size(tmp_path: Path):
    path = put(tmp_path, "huge.jpg", picture())
    os.truncate(path, 2 * 1024**3)
    then = time.time() - 60
    os.utime(path, (then, then))
    events, _ = scan(tmp_path)
    assert faults_of(events) == [("scan.file_too_large", 1)]


def test_too_many_pages_in_one_file_are_refused(tmp_path: Path):
    frames = [Image.new("L", (60, 80), shade) for shade in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:])
    put(tmp_path, "many.pdf", out.getvalue())
    events, _ = scan(tmp_path, limits=PageLimits(max_pages=3))
    assert faults_of(events) == [("scan.file_too_many_pages", 1)]
    assert not pages_of(events)


def test_a_file_still_being_written_is_not_taken(tmp_path: Path):
    put(tmp_path, "done.jpg", picture())
    put(tmp_path, "young.jpg", picture(), age_s=0.0)
    put(tmp_path, ".hidden.jpg", picture())
    put(tmp_path, "copying.jpg.part", picture())
    events, _ = scan(tmp_path, settle_s=0.6)
    # the young file settles while we wait, and comes second; nothing else is touched
    assert len(pages_of(events)) == 2
    assert not faults_of(events)


def test_files_stay_until_their_pages_are_acknowledged(tmp_path: Path):
    frames = [Image.new("L", (60, 80), shade) for shade in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    several = put(tmp_path, "1.tif", out.getvalue())
    single = put(tmp_path, "2.jpg", picture())
    events, job = scan(tmp_path)
    pages = pages_of(events)
    assert several.exists()
    assert single.exists()
    assert job.acknowledge(pages[:2]) == 0
    assert several.exists()
    assert job.acknowledge([pages[2], pages[3]]) == 2
    assert not several.exists()
    assert not single.exists()


def test_a_file_replaced_since_it_was_read_is_kept(tmp_path: Path):
    path = put(tmp_path, "1.jpg", picture())
    events, job = scan(tmp_path)
    put(tmp_path, "1.jpg", picture(shade=3), age_s=1.0)
    assert job.acknowledge(pages_of(events)) == 0
    assert path.exists()


def test_a_file_of_which_only_some_pages_were_taken_is_kept(tmp_path: Path):
    frames = [Image.new("L", (60, 80), shade) for shade in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    path = put(tmp_path, "1.tif", out.getvalue())
    events, job = scan(tmp_path, max_pages=2)
    assert len(pages_of(events)) == 2
    assert job.acknowledge(pages_of(events)) == 0
    assert path.exists()


def test_names_of_files_appear_nowhere(tmp_path: Path):
    put(tmp_path, "Khuat Thi Bia.jpg", picture())
    put(tmp_path, "Luong Van Mau.jpg", b"")
    events, _ = scan(tmp_path)
    for event in events:
        told = repr(event)
        assert "Bia" not in told
        assert "Mau" not in told


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path):
    outside = put(tmp_path, "outside.jpg", picture())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.jpg").symlink_to(outside)
    events, _ = scan(folder)
    assert events == [ScanEnded(0)]


def test_a_folder_that_is_gone_is_a_fault_and_a_note(tmp_path: Path):
    gone = tmp_path / "gone"
    events, _ = scan(gone)
    assert faults_of(events) == [("scan.folder_missing", 0)]
    assert list_devices(DeviceConfig(folders=(gone,)))[0].note == "scan.folder_missing"


def test_a_device_outside_the_configuration_is_refused(tmp_path: Path):
    with pytest.raises(DeviceUnknown):
        start_scan(folder_id(tmp_path), ScanSettings(), DeviceConfig())
    with pytest.raises(DeviceUnknown):
        start_scan("sane:test:0", ScanSettings(), DeviceConfig(folders=(tmp_path,)))


def test_an_order_reads_back_as_it_was_given(tmp_path: Path):
    order = (
        "folder:x",
        ScanSettings(page_size_mm=None),
        DeviceConfig(folders=(tmp_path,), sane_config_dir=tmp_path),
    )
    assert from_json(to_json(*order)) == order


def test_every_fault_has_a_code_of_this_library():
    assert all(code.startswith("scan.") for code in FAULTS)


def test_a_file_that_keeps_growing_is_left_where_it_is_and_said(tmp_path: Path):
    path = put(tmp_path, "growing.jpg", picture()[:-500], age_s=0.0)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.03):
            with path.open("ab") as file:
                file.write(b"x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        events, _ = scan(tmp_path, settle_s=0.4)
    finally:
        stop.set()
        writer.join()
    assert faults_of(events) == [("scan.file_unfinished", 1)]
    assert not pages_of(events)
    assert path.exists()


def test_the_same_picture_twice_comes_twice_for_it_may_be_two_papers(tmp_path: Path):
    put(tmp_path, "1.jpg", picture())
    put(tmp_path, "2.jpg", picture())
    events, job = scan(tmp_path)
    assert [page.sequence for page in pages_of(events)] == [1, 2]
    assert job.acknowledge(pages_of(events)) == 2


def test_a_pdf_of_many_pages_comes_page_by_page_and_goes_when_the_last_is_safe(tmp_path: Path):
    frames = [Image.new("L", (40, 56), 255 - number) for number in range(120)]
    out = io.BytesIO()
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=100)
    path = put(tmp_path, "many.pdf", out.getvalue())
    events, job = scan(tmp_path)
    pages = pages_of(events)
    assert [page.sequence for page in pages] == list(range(1, 121))
    assert events[-1] == ScanEnded(120)
    assert job.acknowledge(pages[:-1]) == 0
    assert path.exists()
    assert job.acknowledge(pages[-1:]) == 1
    assert not path.exists()


def test_half_a_pdf_is_refused_whole_and_kept_wherever_it_was_cut(tmp_path: Path):
    frames = [Image.effect_noise((400, 560), 40) for _ in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=100)
    whole = out.getvalue()
    cuts = (0.2, 0.5, 0.8, 0.95)
    for number, share in enumerate(cuts, start=1):
        put(tmp_path, f"{number}.pdf", whole[: int(len(whole) * share)])
    events, _ = scan(tmp_path)
    assert faults_of(events) == [("scan.file_unreadable", number) for number in range(1, len(cuts) + 1)]
    assert not pages_of(events)
    assert len(list(tmp_path.iterdir())) == len(cuts)
