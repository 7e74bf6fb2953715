import datetime as dt
from dataclasses import replace

import pytest

from van_station.papers.slips import HandedOver, SlipData, TicketData

LONG_NAME = "Nguyễn Phước Công Tằng Tôn Nữ Thị Hoàng Kim Ngân"
NINE_O_FIVE = dt.datetime(2026, 11, 22, 2, 5, tzinfo=dt.UTC)  # 09:05 in Hanoi


@pytest.fixture
def slip() -> SlipData:
    """An invented birth registration of an invented person."""
    return SlipData(
        center_name="Trung tâm Phục vụ hành chính công thành phố Hà Nội",
        place="Nhà văn hóa thôn Đoài, xã Ba Vì",
        counter="Quầy 2",
        officer_name="Trần Thị Thử Nghiệm",
        provisional_no="VS-07-261122-0012",
        full_name=LONG_NAME,
        address="Số 12, thôn Đoài, xã Ba Vì, thành phố Hà Nội",
        phone="0900000000",
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        components=(
            HandedOver(name="Tờ khai đăng ký khai sinh", page_count=2),
            HandedOver(name="Giấy chứng sinh", kind="copy", copies=3),
        ),
        received_at=NINE_O_FIVE,
        time_limit="01 ngày làm việc",
        due_on=dt.date(2026, 11, 25),
        result_at="Bưu chính công ích",
        fee_vnd=15000,
        payment="pending",
        qr_text="VS1|VS-07-261122-0012|" + "5e" * 60,
    )


@pytest.fixture
def twelve(slip: SlipData) -> SlipData:
    names = [f"Giấy tờ số {number} kèm theo hồ sơ đăng ký khai sinh lưu động" for number in range(1, 13)]
    return replace(slip, components=tuple(HandedOver(name=name) for name in names))


@pytest.fixture
def ticket() -> TicketData:
    return TicketData(
        center_name="Trung tâm Phục vụ hành chính công thành phố Hà Nội",
        place="Nhà văn hóa thôn Đoài, xã Ba Vì",
        label="A012",
        lane_name="Số hóa hồ sơ",
        wait_min=25,
        ahead=4,
        priority=True,
        issued_at=NINE_O_FIVE,
        qr_text="VS1|T|A012|7f3a",
    )
