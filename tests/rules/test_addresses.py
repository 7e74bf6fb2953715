import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import reference
from van_station.rules.addresses import Addresses, AddressStatus, How
from van_station.rules.errors import CatalogueRefused
from van_station.rules.text import fold

CONVERSION = reference("hanoi_ward_conversion")
WARDS = reference("hanoi_wards")
PROVINCES = [
    unit["name"]
    for province in reference("provinces_34")["provinces"]
    for unit in (province, *province.get("formed_from", []))
]
ADDRESSES = Addresses(CONVERSION, WARDS, PROVINCES)
UNITS = CONVERSION["units"]
CITIES = ["Hà Nội", "TP Hà Nội", "Thành phố Hà Nội", "tp. hà nội", "HN"]
SHORT = {"Phường": "P.", "Xã": "X.", "Thị Trấn": "TT", "Thị trấn": "TT", "Quận": "Q.", "Huyện": "H.", "Thị Xã": "TX", "Thị xã": "TX"}  # fmt: skip


def short(name: str) -> str:
    kind = next(kind for kind in SHORT if name.startswith(kind))
    return SHORT[kind] + " " + name.removeprefix(kind).strip()


def without_kind(name: str) -> str:
    return name.removeprefix(next(kind for kind in SHORT if name.startswith(kind))).strip()


def spellings(unit):
    ward, district = unit["old_name"], unit["old_district"]
    yield f"Số 1 ngõ 2, {ward}, {district}, Hà Nội"
    yield f"Số 1 ngõ 2, {ward}, {without_kind(district)}, TP Hà Nội"
    yield f"Số 1 ngõ 2, {short(ward)}, {short(district)}, Hà Nội"
    yield fold(f"Số 1 ngõ 2, {ward}, {district}, Thành phố Hà Nội")
    yield f"Số 1 ngõ 2,, {ward.upper()}, {district.upper()}, HÀ NỘI,"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit["old_code"])
def test_every_old_unit_is_mapped_or_asked_however_it_is_written(unit):
    people = {to["new_code"] for to in unit["to"] if to["how"] in {"whole", "part_area_all_people"}}
    for text in spellings(unit):
        reading = ADDRESSES.read(text)
        codes = {choice.code for choice in reading.choices}
        if unit["unambiguous"]:
            assert (reading.status, codes) == (AddressStatus.MAPPED, people), text
        else:
            assert reading.status is AddressStatus.ASK, text
            assert codes == {to["new_code"] for to in unit["to"]}, text
        assert fold(reading.detail) == "so 1 ngo 2"


def test_as_many_are_asked_as_the_table_says():
    asked = [unit for unit in UNITS if ADDRESSES.read(next(spellings(unit))).status is AddressStatus.ASK]
    assert len(asked) == CONVERSION["counts"]["not_resolvable_without_asking"] == 159


def test_addresses_in_two_levels_are_left_as_they_are():
    for ward in WARDS["wards"]:
        for city in CITIES:
            reading = ADDRESSES.read(f"Thôn 3, {ward['full_name']}, {city}")
            assert reading.status is AddressStatus.TODAY
            assert [choice.code for choice in reading.choices] == [ward["code"]]


def test_the_new_address_keeps_house_and_street():
    reading = ADDRESSES.read("Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội")
    assert reading.status is AddressStatus.MAPPED
    assert reading.written(reading.choices[0]) == "Số 1 ngõ 2, Phường Ba Đình, Thành phố Hà Nội"
    assert reading.choices[0].was == "Phường Trúc Bạch, Quận Ba Đình"
    assert "ngõ" not in repr(reading)


def test_a_part_of_land_without_people_is_not_offered():
    reading = ADDRESSES.read("Phường Thụy Khuê, Quận Tây Hồ, Hà Nội")
    assert [(choice.name, choice.how) for choice in reading.choices] == [
        ("Phường Tây Hồ", How.PART_AREA_ALL_PEOPLE)
    ]


def test_one_name_in_several_districts_without_its_district_is_asked():
    reading = ADDRESSES.read("Xã Liên Hà, Hà Nội")
    assert reading.status is AddressStatus.ASK
    assert {choice.was.split(", ")[1] for choice in reading.choices} == {"Huyện Đông Anh", "Huyện Đan Phượng"}


@pytest.mark.parametrize(
    "text", ["Xã Lý Nhân, Phủ Lý, Hà Nam", "Thôn 1, Xã Bát Tràng, Hải Phòng", "Quận 1, Thành phố Hồ Chí Minh"]
)
def test_another_province_is_said_to_be_one(text):
    assert ADDRESSES.read(text).status is AddressStatus.OUTSIDE


@pytest.mark.parametrize(
    "text", ["", ",,,", "Số 1", "Hà Nội", "Xã Không Có, Huyện Sóc Sơn, Hà Nội", "x" * 5000]
)
def test_what_is_not_known_is_kept_whole(text):
    reading = ADDRESSES.read(text)
    assert (reading.status, reading.choices) == (AddressStatus.UNKNOWN, ())


@given(st.text(alphabet="PQHX., Hà Nội Ba Đình Phường Xã-/0", max_size=120))
def test_no_text_makes_it_fail_or_offers_a_ward_that_does_not_exist(text):
    assert all(ADDRESSES.ward(choice.code) == choice.name for choice in ADDRESSES.read(text).choices)


@pytest.mark.parametrize("data", [{}, {"units": [{}]}, {"units": 3}, {"units": [{"old_name": 1}]}])
def test_damaged_data_is_refused(data):
    with pytest.raises(CatalogueRefused):
        Addresses(data, WARDS)
