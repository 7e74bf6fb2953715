"""Reading a card in software without a card service between: hostile answers, and what must never come out."""

from __future__ import annotations

import gc
import logging
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("ecdsa", reason="the extra `card` is not installed")
pytest.importorskip("asn1crypto", reason="the extra `card` is not installed")

import contextlib

from tests.peripherals.software_card import (
    CAN,
    DETAILS,
    KEY,
    MARKS,
    RELIGION,
    SoftwareCard,
    data_group_13,
)
from tests.security.signed_chip import TODAY, Issuer, der, integer
from van_station.peripherals import chip_reading
from van_station.peripherals.chip import ChipKey, ChipPerson, ChipPulled
from van_station.peripherals.chip_files import groups_present, read_mrz, read_person
from van_station.peripherals.chip_reading import MAX_FILE_BYTES, password_of, read_card
from van_station.peripherals.pictures import PeripheralError
from van_station.rules.people import Sex
from van_station.security.errors import (
    BrokenChipAnswer,
    ChipDataAltered,
    ChipNotSupported,
    SecurityError,
    WrongChipKey,
)

ISSUER = Issuer()
MRZ = ChipKey(mrz=KEY)
ON_PURPOSE = (SecurityError, PeripheralError)


class Line:
    def __init__(self, card: SoftwareCard) -> None:
        self.card, self.sent = card, []

    def transmit(self, command: bytes) -> bytes:
        self.sent.append(command)
        return self.card.answer(command)

    def reset(self) -> None:
        self.card.power_on()


def read(card: SoftwareCard, key: ChipKey = MRZ, line: Line | None = None):
    return read_card(line or Line(card), password_of(key), issuers=(ISSUER.root_der,), today=TODAY)


def card(**options) -> SoftwareCard:
    return SoftwareCard(issuer=ISSUER, **options)


def test_the_fields_that_we_take_come_out_as_they_are():
    person = read(card()).person
    assert person == ChipPerson(
        id_number="001199000123",
        full_name="Nguyễn Thị Ví Dụ",
        birth_date=date(1999, 1, 1),
        birth_text="01/01/1999",
        sex=Sex.FEMALE,
        nationality="Việt Nam",
        ethnicity="Kinh",
        place_of_origin="Trúc Bạch, Ba Đình, Hà Nội",
        residence="Số 1 ngõ 2, Phường Ba Đình, Hà Nội",
        issued_on=date(2021, 8, 15),
        expires_on=date(2039, 1, 1),
        father="Nguyễn Văn Cha",
        mother="Trần Thị Mẹ",
        spouse="Lê Văn Chồng",
    )


@pytest.mark.parametrize("pace", [(2, 13), None], ids=["pace", "bac"])
def test_religion_and_marks_are_in_nothing_that_is_left(pace, caplog):
    caplog.set_level(logging.DEBUG)
    reading = read(card(pace=pace))
    gc.collect()
    assert RELIGION not in repr(reading)
    assert RELIGION not in caplog.text
    left = [each for each in gc.get_objects() if isinstance(each, ChipPerson)]
    told = " ".join(str(getattr(each, name)) for each in left for name in ChipPerson.__slots__)
    assert "Nguyễn Thị Ví Dụ" in told
    assert not any(secret in told for secret in (RELIGION, MARKS, "012345678"))
    for name in ("religion", "marks"):
        assert not any(name in slot for slot in ChipPerson.__slots__)


def test_the_bytes_of_the_files_are_wiped(monkeypatch):
    seen: list[bytearray] = []

    def watched(file):
        seen.append(file)
        assert RELIGION.encode() in bytes(file)
        return read_person(file)

    monkeypatch.setattr(chip_reading, "read_person", watched)
    read(card())
    assert len(seen) == 1
    assert not any(seen[0])


def test_a_religion_that_is_no_text_is_stepped_over_undecoded():
    bad = der(0x30, integer(7), der(0x0C, b"\xff\xfe"))
    good = der(0x30, integer(2), der(0x0C, "Vũ Ví Dụ".encode()))
    assert read_person(der(0x6D, der(0x30, bad, good))).full_name == "Vũ Ví Dụ"


def test_nothing_personal_shows_in_repr():
    shown = repr(read(card()))
    assert not any(part in shown for texts in DETAILS.values() for part in texts)


@pytest.mark.parametrize("options", [{"pace": None}, {"refuses_pace": True}, {"has_master_file": True}])
def test_bac_opens_what_pace_does_not(options):
    expected = "pace" if "has_master_file" in options else "bac"
    assert read(card(**options)).protocol == expected


def test_the_access_number_opens_by_pace_and_not_otherwise():
    assert read(card(), ChipKey(can=CAN)).protocol == "pace"
    with pytest.raises(ChipNotSupported):
        read(card(pace=None), ChipKey(can=CAN))
    with pytest.raises(WrongChipKey):
        read(card(), ChipKey(can="000124"))


def test_a_wrong_key_is_tried_once_only():
    line = Line(card())
    with pytest.raises(WrongChipKey):
        read(line.card, ChipKey(mrz="199000124" + KEY[9:]), line)
    assert not any(command[1] == 0x82 for command in line.sent)  # no second try by BAC


@pytest.mark.parametrize("number", [0x0101, 0x010D])
def test_data_that_was_changed_on_the_chip_is_altered(number):
    made = card()
    made.files[number] = made.files[number].replace(b"01199", b"01198")
    if number == 0x0101:
        made.files[number] = der(0x61, b"\x5f\x1f\x5a" + SoftwareCard.zone.replace("VI<DU", "VI<VU").encode())
    with pytest.raises(ChipDataAltered):
        read(made)


def test_a_card_without_a_signed_list_is_read_and_not_verified():
    assert read(card(has_sod=False)).authenticity == "not_verified"


def test_a_card_without_group_13_gives_the_zone_only():
    made = card()
    made.files[0x011E] = der(0x60, b"\x5c\x02\x61\x75")
    reading = read(made)
    assert reading.person is None
    assert reading.mrz.name == "NGUYEN THI VI DU"


@pytest.mark.parametrize(
    "header",
    [
        b"\x6d\x83\x10\x00\x00",
        b"\x6d\x82\xff\xff",
        b"\x6d\x84\x00\x00\x00\x10",
        b"\x6d\x80",
        b"\x6d\x82\x7f\xfe",
    ],
)
def test_a_group_that_claims_to_be_huge_is_refused_before_it_is_read(header):
    made = card(has_sod=False)
    made.files[0x010D] = header + bytes(1024 * 1024)
    line = Line(made)
    with pytest.raises(BrokenChipAnswer):
        read(made, line=line)
    assert len(line.sent) < 60


def test_the_longest_file_is_read_to_its_end():
    made = card(has_sod=False)
    filler = der(0x30, integer(99), der(0x0C, b"a" * (MAX_FILE_BYTES - 600)))
    rest = data_group_13(DETAILS)
    made.files[0x010D] = der(0x6D, filler, rest[4:])
    assert len(made.files[0x010D]) <= MAX_FILE_BYTES
    assert read(made).person.full_name == "Nguyễn Thị Ví Dụ"


def test_a_file_that_ends_before_its_end_is_broken():
    made = card(has_sod=False)
    made.files[0x010D] = made.files[0x010D][:-40]
    with pytest.raises(BrokenChipAnswer):
        read(made)


def test_nesting_has_an_end():
    deep = der(0x0C, b"x")
    for _ in range(40):
        deep = der(0x30, deep)
    with pytest.raises(BrokenChipAnswer):
        read_person(der(0x6D, deep))
    with pytest.raises(BrokenChipAnswer):
        read_person(der(0x6D, der(0x30, integer(13), deep)))


def test_a_line_that_breaks_at_any_command_breaks_the_reading_and_nothing_else():
    whole = Line(card())
    read(whole.card, line=whole)
    for after in range(len(whole.sent)):

        class Breaking(Line):
            def transmit(self, command: bytes, after: int = after) -> bytes:
                if len(self.sent) == after:
                    raise ChipPulled("gone")
                return super().transmit(command)

        with pytest.raises(ChipPulled):
            read(card(), line=Breaking(card()))


@pytest.mark.parametrize("pace", [(2, 13), None], ids=["pace", "bac"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_answer_in_any_place_is_refused_on_purpose(pace, data):
    at = data.draw(st.integers(0, 30))
    junk = data.draw(
        st.one_of(st.binary(max_size=300), st.binary(max_size=40).map(lambda x: x + b"\x90\x00"))
    )
    made = card(pace=pace)
    made.raw = lambda reply: junk if made.commands == at + 1 else reply
    with contextlib.suppress(*ON_PURPOSE):
        assert read(made).mrz.id_number == "001199000123"  # junk where nothing depends on the answer


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_plain_answer_below_the_protection_is_refused_on_purpose(data):
    at = data.draw(st.integers(0, 25))
    junk = data.draw(st.binary(min_size=2, max_size=200))
    count = [0]

    def bend(_: bytes, reply: bytes) -> bytes:
        count[0] += 1
        return junk if count[0] == at else reply

    with contextlib.suppress(*ON_PURPOSE):
        read(card(pace=None, bend=bend))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_file_are_read_or_refused(data):
    for parse, tag in ((read_person, 0x6D), (read_mrz, 0x61), (groups_present, 0x60)):
        for file in (data, der(tag, data)):
            try:
                parse(file)
            except BrokenChipAnswer:
                continue


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_bent_group_13_is_read_or_refused(data):
    file = bytearray(data_group_13(DETAILS))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BrokenChipAnswer):
        assert isinstance(read_person(bytes(file)), ChipPerson)
