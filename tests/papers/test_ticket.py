"""The queue ticket as dots: judged by what a scanner reads and by where ink is, not by bytes."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.papers.reading import codes, sizes_mm, words
from van_station.papers import TooMuch, escpos, ticket_bitmap, ticket_picture, ticket_slip
from van_station.papers.thermal import Bitmap

WIDTHS = {58: 384, 80: 576}
LONG_CODE = "VS1T|B012|" + "5a" * 16 + "|7f3a12bc"


def ink(bitmap: Bitmap) -> np.ndarray:
    """Rows of booleans, True where the head burns."""
    bits = np.unpackbits(np.frombuffer(bitmap.rows, np.uint8)).reshape(bitmap.height, bitmap.row_bytes * 8)
    return bits[:, : bitmap.width].astype(bool)


def differing_rows(one: Bitmap, two: Bitmap) -> np.ndarray:
    """Numbers of the rows in which two tickets of the same height differ."""
    assert one.height == two.height
    return np.flatnonzero((ink(one) != ink(two)).any(axis=1))


@pytest.mark.parametrize("paper", WIDTHS)
def test_a_ticket_is_exactly_as_wide_as_the_head(ticket, paper):
    dots = ticket_bitmap(ticket, paper_mm=paper)
    assert (dots.width, dots.row_bytes) == (WIDTHS[paper], WIDTHS[paper] // 8)
    assert len(dots.rows) == dots.row_bytes * dots.height
    assert 0.03 < ink(dots).mean() < 0.35
    assert not ink(dots)[:, 0].all()


@pytest.mark.parametrize("paper", WIDTHS)
@pytest.mark.parametrize("text", ["VS1|T|A012|7f3a", LONG_CODE])
def test_the_code_reads_back_from_the_dots(ticket, paper, text):
    assert codes(ticket_picture(replace(ticket, qr_text=text), paper_mm=paper)) == [text]


@pytest.mark.parametrize("paper", WIDTHS)
def test_each_module_of_the_code_is_the_same_whole_number_of_dots(ticket, paper):
    """The finder pattern's top edge is 7 modules of black; its inner square 3."""
    dots = ink(ticket_bitmap(replace(ticket, qr_text=LONG_CODE), paper_mm=paper))
    runs = []
    for row in dots:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
        lengths = edges[1::2] - edges[::2]
        runs += [tuple(lengths[:3])] if len(lengths) > 8 else []
    middle = max(set(runs), key=runs.count)
    assert middle[1] == 3 * middle[0]


@pytest.mark.parametrize("paper", WIDTHS)
def test_the_number_is_the_largest_thing_on_the_ticket_and_only_it_changes_with_it(ticket, paper):
    one = ticket_bitmap(replace(ticket, label="A012"), paper_mm=paper)
    rows = differing_rows(one, ticket_bitmap(replace(ticket, label="A098"), paper_mm=paper))
    assert rows[-1] - rows[0] == len(rows) - 1, "one band of rows"
    assert len(rows) / 8 > 9, "higher than 9 mm"
    assert rows[-1] < one.height / 2


@pytest.mark.parametrize("paper", WIDTHS)
@pytest.mark.parametrize("label", ["A012", "C1234", "B07-K7QX", "B107-K7QX8888"])
def test_every_number_fits_between_the_edges(ticket, paper, label):
    edges = ink(ticket_bitmap(replace(ticket, label=label), paper_mm=paper))[:, [0, 1, -2, -1]]
    assert edges.any(axis=1).sum() <= 12, "only the two dashed rules reach the edge"
    assert label in words(ticket_slip(replace(ticket, label=label)))


def test_lane_wait_need_and_time_are_there(ticket):
    said = words(ticket_slip(replace(ticket, need_name="Số hóa giấy tờ")))
    for line in ("Số hóa hồ sơ", "Số hóa giấy tờ", "Chờ khoảng 25 phút", "Phía trước: 4 người", "09:05"):
        assert line in said
    for changed in ({"wait_min": 26}, {"lane_name": "Hỗ trợ số"}, {"need_name": "VNeID"}):
        before = ticket_bitmap(replace(ticket, need_name="Số hóa"), paper_mm=58)
        after = ticket_bitmap(replace(ticket, **{"need_name": "Số hóa", **changed}), paper_mm=58)
        assert differing_rows(before, after).size


@pytest.mark.parametrize("paper", WIDTHS)
def test_a_rehearsal_is_told_in_white_on_black(ticket, paper):
    practice = replace(ticket, practice=True)
    assert "TẬP DƯỢT" in words(ticket_slip(practice))
    head = ink(ticket_bitmap(practice, paper_mm=paper))[:160]
    assert (head.mean(axis=1) > 0.9).sum() > 8
    assert codes(ticket_picture(practice, paper_mm=paper)) == [ticket.qr_text]


def test_the_page_for_other_printers_is_as_wide_as_thermal_paper(ticket):
    assert [width for width, _ in sizes_mm(ticket_slip(ticket))] == [80]


def test_the_print_job_carries_the_dots_in_bands_and_cuts(ticket):
    dots = ticket_bitmap(ticket, paper_mm=58)
    job = escpos(dots)
    assert job.startswith(b"\x1b@\x1dv0\x00\x30\x00\x00\x01")
    assert job.endswith(b"\x1bd\x03\x1dV\x42\x00")
    assert printed(job) == dots.rows
    assert escpos(dots, cut=False) == job[: -len(b"\x1bd\x03\x1dV\x42\x00")]


def printed(job: bytes) -> bytes:
    """Read a job as a printer does; return the rows it burns, one after another."""
    at, rows = 2, b""
    while job[at : at + 4] == b"\x1dv0\x00":
        row_bytes = int.from_bytes(job[at + 4 : at + 6], "little")
        count = int.from_bytes(job[at + 6 : at + 8], "little")
        assert (row_bytes, count <= 256) == (48, True)
        rows += job[at + 8 : at + 8 + row_bytes * count]
        at += 8 + row_bytes * count
    return rows


def test_the_picture_is_one_bit_and_shows_the_same_dots(ticket):
    dots = ticket_bitmap(ticket)
    with Image.open(io.BytesIO(dots.png())) as picture:
        assert picture.mode == "1"
        assert (np.array(picture) == ~ink(dots)).all()


def test_a_code_that_no_phone_could_read_is_refused(ticket):
    with pytest.raises(TooMuch):
        ticket_bitmap(replace(ticket, qr_text="x" * 901))
