"""Invented answers for the three procedures of the walk, by pointer; what the card prefills is left out."""

from __future__ import annotations

from van_station.rules.json_values import JsonValue

_BIRTH: dict[str, JsonValue] = {
    "/office": "Ủy ban nhân dân xã Ba Vì",
    "/requester/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
    "/requester/relation": "mother",
    "/case/birth_proof": "certificate",
    "/case/identity_found": True,
    "/child/full_name": "Nguyễn Mai Ví Dụ",
    "/child/birth_date": "20/11/2026",
    "/child/birth_place": "Bệnh viện Đa khoa Ví Dụ, Hà Nội",
    "/child/sex": "female",
    "/child/ethnicity": "Kinh",
    "/child/nationality": "Việt Nam",
    "/child/home_town": "Xã Ba Vì, Hà Nội",
    "/mother/full_name": "Nguyễn Thị Ví Dụ",
    "/mother/birth_year": "1999",
    "/mother/ethnicity": "Kinh",
    "/mother/nationality": "Việt Nam",
    "/mother/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
    "/father_declared": True,
    "/father/full_name": "Trần Văn Giả Định",
    "/father/birth_year": "1996",
    "/father/ethnicity": "Kinh",
    "/father/nationality": "Việt Nam",
    "/father/residence": "Thôn Đoài, xã Ba Vì, Hà Nội",
    "/copies/wanted": True,
    "/copies/count": "2",
    "/pledge": True,
}
_RESIDENCE: dict[str, JsonValue] = {
    "/office": "Công an xã Ba Vì",
    "/is_householder": True,
    "/purpose": "own_home",
    "/request": "Đăng ký thường trú tại nhà của tôi, thôn Đoài, xã Ba Vì, Hà Nội",
    "/consents/owner_full_name": "Đặng Văn Đường",
    "/consents/owner_id_number": "001054000217",
}
_BUSINESS: dict[str, JsonValue] = {
    "/office": "Phòng Kinh tế xã Ba Vì",
    "/form": "individual",
    "/name": "Hộ kinh doanh Tạp hóa Thử Nghiệm",
    "/address/street": "Số 8, thôn Đoài",
    "/address/ward": "09700",
    "/address/city": "01",
    "/lines/0/name": "Bán lẻ hàng tạp hóa",
    "/owner/phone": "0358000456",
    "/capital_vnd": "50000000",
    "/workers": "1",
    "/pledge": True,
}
ANSWERS: dict[str, dict[str, JsonValue]] = {
    "1.001193": _BIRTH,
    "1.004222": _RESIDENCE,
    "1.001612": _BUSINESS,
}
GROUPS: dict[str, tuple[str, dict[str, JsonValue]]] = {
    "1.004222": (
        "/members",
        {
            "full_name": "Bùi Thị Minh Hoạ",
            "birth_date": "07/08/1958",
            "sex": "female",
            "id_number": "001158000218",
            "relation": "Vợ",
        },
    ),
}
"""A repeated group filled with one item: pointer of the group, answers of the item."""
