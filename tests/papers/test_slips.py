import io
from dataclasses import replace

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.papers.conftest import LONG_NAME
from tests.papers.reading import codes, sizes_mm, words
from van_station.papers import (
    HandedOver,
    NoOfficialCode,
    TooMuch,
    official_receipt,
    provisional_receipt,
    render_pictures,
    ticket_picture,
    ticket_slip,
)
from van_station.papers.slips import _slip_values

OFFICIAL = "H26.132-261122-0583"


def test_the_provisional_receipt_says_whose_what_when_how_much_and_by_whom(slip):
    said = words(provisional_receipt(slip))
    for line in (
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG THÀNH PHỐ HÀ NỘI",
        "VS-07-261122-0012",
        "Đăng ký khai sinh (1.001193)",
        "09:05, 22/11/2026",
        "25/11/2026",
        "Quầy 2",
        "Tờ khai đăng ký khai sinh Bản chính 1 2",
        "Giấy chứng sinh Bản sao 3 –",
        "Người nộp hồ sơ",
        "Người tiếp nhận",
        "Trần Thị Thử Nghiệm",
        "15.000 ₫, chưa nộp",
    ):
        assert line in said


def test_the_provisional_receipt_says_large_that_it_is_provisional_and_not_form_01(slip):
    said = words(provisional_receipt(slip))
    assert "PHIẾU XÁC NHẬN HỖ TRỢ" in said
    assert said.count("TẠM") == 2  # in the title, and large beside it
    assert "không phải là Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Mẫu số 01)" in said


def test_only_a_matched_payment_is_called_paid(slip):
    for mark in ("free", "waived", "pending", "short", "over", "double", "late", "unknown"):
        assert "đã nộp đủ" not in words(provisional_receipt(replace(slip, payment=mark))), mark
    assert "15.000 ₫, đã nộp đủ" in words(provisional_receipt(replace(slip, payment="matched")))


def test_a_free_service_says_that_no_fee_is_taken_and_an_unknown_fee_promises_nothing(slip):
    assert "Không thu phí" in words(provisional_receipt(replace(slip, fee_vnd=0, payment="free")))
    assert "Sẽ thông báo sau" in words(provisional_receipt(replace(slip, fee_vnd=None, payment="unknown")))


def test_form_01_has_its_fields_with_the_official_code_on_two_copies(slip):
    official = replace(
        slip, official_code=OFFICIAL, register_book="01/2026", register_no="0583", email="a@vidu.vn"
    )
    pdf = official_receipt(official)
    said = words(pdf)
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "GIẤY TIẾP NHẬN HỒ SƠ",
        "VÀ HẸN TRẢ KẾT QUẢ",
        f"Mã hồ sơ: {OFFICIAL}",
        "Tiếp nhận hồ sơ của:",
        "Số 12, thôn Đoài, xã Ba Vì",
        "Số điện thoại: 0900000000",
        "Email: a@vidu.vn",
        "Nội dung yêu cầu giải quyết: Đăng ký khai sinh",
        "Số lượng hồ sơ: 01 bộ",
        "01 ngày làm việc",
        "09 giờ 05 phút, ngày 22 tháng 11 năm 2026",
        "ngày 25 tháng 11 năm 2026",
        "Đăng ký nhận kết quả tại: Bưu chính công ích",
        "15.000 ₫",
        "Quyển số: 01/2026 Số thứ tự: 0583",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Liên 1: giao người nộp",
        "Liên 2: lưu",
    ):
        assert line in said
    assert "TẠM" not in said
    assert len(sizes_mm(pdf)) == 2


def test_form_01_is_refused_without_the_official_code(slip):
    with pytest.raises(NoOfficialCode):
        official_receipt(slip)


def test_slips_are_a5_and_the_ticket_is_as_wide_as_thermal_paper(slip, ticket):
    assert sizes_mm(provisional_receipt(slip)) == [(148, 210)]
    assert sizes_mm(official_receipt(replace(slip, official_code=OFFICIAL))) == [(148, 210)] * 2
    assert [width for width, _ in sizes_mm(ticket_slip(ticket))] == [80]


def test_twelve_papers_and_a_very_long_name_are_all_there(twelve):
    said = words(provisional_receipt(twelve))
    assert all(f"Giấy tờ số {number} " in said for number in range(1, 13))
    assert all(part in said for part in LONG_NAME.split())
    assert "Trang 2/2" in said


@pytest.mark.parametrize("template", ["provisional_receipt", "official_receipt"])
def test_the_code_on_a_receipt_reads_back_at_printer_and_at_screen_resolution(slip, template):
    for ppi in (200, 300):
        picture = render_pictures(template, _slip_values(replace(slip, official_code=OFFICIAL)), ppi=ppi)[0]
        assert codes(picture) == [slip.qr_text]


def test_the_ticket_says_number_lane_wait_and_priority_and_its_code_reads_back(ticket):
    said = words(ticket_slip(ticket))
    for line in ("A012", "Số hóa hồ sơ", "25 phút", "Phía trước: 4 người", "ƯU TIÊN"):
        assert line in said
    picture = ticket_picture(ticket)
    assert codes(picture) == [ticket.qr_text]
    with Image.open(io.BytesIO(picture)) as dots:
        assert dots.width == 576


def test_a_long_number_stays_on_one_line_of_the_ticket(ticket):
    long = replace(ticket, label="WWWWWWWW-0001")
    assert "WWWWWWWW-0001" in words(ticket_slip(long))
    assert sizes_mm(ticket_slip(long))[0][1] <= sizes_mm(ticket_slip(ticket))[0][1]


def test_a_wait_that_is_not_known_is_not_invented(ticket):
    said = words(ticket_slip(replace(ticket, wait_min=None, ahead=None, priority=False)))
    assert "phút" not in said
    assert "ƯU TIÊN" not in said


def test_practice_stands_on_every_page(twelve, ticket):
    official = replace(twelve, practice=True, official_code=OFFICIAL)
    for pdf in (provisional_receipt(official), official_receipt(official)):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = len(document.pages)
        assert words(pdf).count("BẢN THỰC HÀNH, KHÔNG CÓ GIÁ TRỊ") == pages
    assert "THỰC HÀNH" in words(ticket_slip(replace(ticket, practice=True)))


@pytest.mark.parametrize(
    "nasty",
    [
        '#panic("x")',
        '"]\n#read("/fonts/README.md")',
        "\\u{41} \\ $x^2$ *b* _i_ `c` <l> @ref",
        "// comment /* x */",
        "= Heading",
        '{"data": 1}',
    ],
)
def test_what_a_person_typed_is_printed_letter_by_letter_and_never_run(slip, nasty):
    said = words(
        provisional_receipt(replace(slip, procedure_name=nasty, components=(HandedOver(name=nasty),)))
    )
    assert said.replace(" ", "").count("".join(nasty.split())) == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60))
def test_any_text_can_stand_on_a_slip(slip, name):
    assert provisional_receipt(replace(slip, full_name=name)).startswith(b"%PDF")


def test_more_papers_or_longer_texts_than_a_slip_takes_are_refused(slip, ticket):
    with pytest.raises(TooMuch):
        provisional_receipt(replace(slip, components=tuple(HandedOver(name="x") for _ in range(61))))
    with pytest.raises(TooMuch):
        provisional_receipt(replace(slip, full_name="x" * 601))
    with pytest.raises(TooMuch):
        ticket_slip(replace(ticket, qr_text="x" * 901))
