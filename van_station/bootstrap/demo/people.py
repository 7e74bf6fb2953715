"""Invented people. Nobody here exists; the random part of each number is 000xxx on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from van_station.rules.access import Role
from van_station.services.door import DemoUser

PASSPHRASE = "xe luu dong 2026"  # noqa: S105  -- shown on the demonstration's sign-in page

USERS: tuple[DemoUser, ...] = (
    DemoUser("lan", PASSPHRASE, "Trần Thị Lan", Role.VOLUNTEER),
    DemoUser("minh", PASSPHRASE, "Phạm Đức Minh", Role.OFFICER),
    DemoUser("hoa", PASSPHRASE, "Lê Thanh Hoà", Role.SUPERVISOR),
    DemoUser("tuan", PASSPHRASE, "Ngô Anh Tuấn", Role.TECHNICIAN),
)


@dataclass(frozen=True)
class Visitor:
    """An invented citizen: what their card says and what they come for."""

    card: str
    need: str
    procedure: str | None
    group: str | None = None
    phone: str = ""


VISITORS: tuple[Visitor, ...] = (
    Visitor(
        "001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội|15082021",
        "digitise",
        "1.001193",
        phone="0912000123",
    ),
    Visitor(
        "001054000217|012345678|Đặng Văn Đường|02031954|Nam|Thôn Đoài, Xã Vật Lại, Ba Vì, Hà Nội|20102021",
        "digitise",
        "1.004222",
        "NCT",
    ),
    Visitor(
        "079204000456||Phạm Quốc Thử|17092004|Nam|Số 8 tổ 5, Phường Thử Nghiệm, Hà Nội|01082024||||",
        "digitise",
        "1.001612",
        "NT",
        phone="0358000456",
    ),
    Visitor(
        "001304000789||Lý Ngọc Điệp|20112004|Nữ|Ngõ 9, Phường Hà Đông, Hà Nội|11122024||||",
        "vneid",
        None,
        "SV",
    ),
    Visitor(
        "001060000345||Đỗ Thị Hường|05061960|Nữ|Thôn Yên Kỳ, Xã Phú Sơn, Hà Nội|02022022",
        "guidance",
        None,
        "NCT",
    ),
)
