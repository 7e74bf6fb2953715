from __future__ import annotations

from van_station.bootstrap.reference import load_reference
from van_station.rules.addresses import AddressStatus
from van_station.services.addresses import AddressBook
from van_station.services.clock import SystemClock, hanoi_day

BOOK = AddressBook(load_reference(hanoi_day(SystemClock().now()), practice=True).addresses)


def test_an_old_address_is_offered_beside_todays():
    view = BOOK.today("Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội")
    assert view.status is AddressStatus.MAPPED
    (offer,) = view.offers
    assert (offer.was, offer.written) == (
        "Phường Trúc Bạch, Quận Ba Đình",
        "Số 1 ngõ 2, Phường Ba Đình, Thành phố Hà Nội",
    )
    assert BOOK.ward(offer.ward_code) == offer.ward_name


def test_an_old_ward_that_was_divided_offers_each_part():
    view = BOOK.today("Phường Cống Vị, Quận Ba Đình, Hà Nội")
    assert view.status is AddressStatus.ASK
    assert {offer.ward_name for offer in view.offers} == {"Phường Ngọc Hà", "Phường Giảng Võ"}


def test_another_province_offers_nothing_and_house_numbers_stay_out_of_logs():
    assert BOOK.today("Thôn 1, Xã Bát Trang, Hải Phòng").offers == ()
    view = BOOK.today("Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội")
    assert "ngõ 2" not in repr(view)
