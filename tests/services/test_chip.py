"""The chip at the desk: what opens it, what it gives, how it compares with the QR, and why it is not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from tests.rules.test_mrz import KEY, ZONE
from tests.services.machine import Machine, codes
from van_station.bootstrap import station
from van_station.peripherals.chip import (
    ChipBusy,
    ChipKey,
    ChipPerson,
    ChipPulled,
    ChipReading,
    ChipTooSlow,
    NoChipCard,
    NoChipReader,
)
from van_station.records.people import Person
from van_station.rules.mrz import parse_td1
from van_station.rules.people import Sex
from van_station.security.errors import (
    BrokenChipAnswer,
    ChipDataAltered,
    ChipLocked,
    ChipNotSupported,
    KeyRefused,
    WrongChipKey,
)
from van_station.services.chip import ChipAsk, ChipDesk, ChipState
from van_station.services.errors import NotNow, NotPermitted, Refused
from van_station.services.intake import Intake
from van_station.settings.tree import ReaderSettings

PERSON = ChipPerson(
    id_number="001199000123",
    full_name="Nguyễn Thị Ví Dụ",
    birth_date=date(1999, 1, 1),
    birth_text="01/01/1999",
    sex=Sex.FEMALE,
    ethnicity="Kinh",
    residence="Số 1 ngõ 2, Phường Ba Đình, Hà Nội",
    issued_on=date(2021, 8, 15),
    mother="Trần Thị Mẹ",
)
GENUINE = ChipReading(parse_td1(ZONE), PERSON, "pace", "signed")
QR = "001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1 ngõ 2, Phường Ba Đình, Hà Nội|15082021"
ASK = ChipAsk(mrz=ZONE)


class Played:
    """A chip reader that gives what the test says."""

    def __init__(self, outcome: ChipReading | Exception = GENUINE) -> None:
        self.outcome, self.keys = outcome, []

    def readers(self) -> tuple[str, ...]:
        if isinstance(self.outcome, NoChipReader):
            raise self.outcome
        return ("Played 00",)

    def read_chip(self, key: ChipKey, *, wait_s: float) -> ChipReading:
        self.keys.append(key)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def intake_with(machine: Machine, played: Played) -> Intake:
    intake = machine.workspace.intake
    intake._reference = replace(intake._reference, chip=ChipDesk(played))
    return intake


def test_a_chip_fills_the_draft_and_the_person_is_kept_as_read_from_it(desk):
    intake = intake_with(desk, Played())
    view = intake.read_chip(desk.volunteer, ASK)
    assert (view.draft.id_number, view.draft.full_name) == ("001199000123", "Nguyễn Thị Ví Dụ")
    assert (view.draft.birth_date, view.draft.sex) == (date(1999, 1, 1), "female")
    assert view.draft.address == "Số 1 ngõ 2, Phường Ba Đình, Hà Nội"
    assert view.draft.card_issued_on == date(2021, 8, 15)
    assert view.notes == ()
    assert (view.chip.ethnicity, view.chip.mother) == ("Kinh", "Trần Thị Mẹ")
    intake.take_in(desk.volunteer, replace(view.draft, need="guidance"))
    with desk.workspace.store.reading() as session:
        assert [row.identified_by for row in session.exec(select(Person))] == ["chip"]


@pytest.mark.parametrize(
    "ask",
    [
        ASK,
        ChipAsk(id_number="001199000123", birth_date=date(1999, 1, 1), expires_on=date(2039, 1, 1)),
        ChipAsk(mrz=ZONE, id_number="001199000999"),
    ],
)
def test_zone_or_three_fields_make_the_same_key(machine, ask):
    played = Played()
    intake_with(machine, played).read_chip(machine.volunteer, ask)
    assert played.keys == [ChipKey(mrz=KEY)]


def test_the_access_number_goes_alone(machine):
    played = Played()
    intake_with(machine, played).read_chip(machine.volunteer, ChipAsk(can=" 000123 "))
    assert played.keys == [ChipKey(can="000123")]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (ChipAsk(), "chip.key_missing"),
        (ChipAsk(id_number="001199000123", birth_date=date(1999, 1, 1)), "chip.key_missing"),
        (ChipAsk(mrz="IDVNM"), "mrz.not_td1"),
        (ChipAsk(mrz=ZONE.replace("3901016", "3901017")), "mrz.check_digit"),
        (
            ChipAsk(id_number="1", birth_date=date(1999, 1, 1), expires_on=date(2039, 1, 1)),
            "mrz.number_wrong",
        ),
    ],
)
def test_what_opens_no_chip_never_reaches_the_reader(machine, ask, code):
    played = Played()
    with pytest.raises(Refused) as refused:
        intake_with(machine, played).read_chip(machine.volunteer, ask)
    assert refused.value.code == code
    assert played.keys == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoChipReader(), NotNow),
        (NoChipCard(), NotNow),
        (ChipPulled(), NotNow),
        (ChipBusy(), NotNow),
        (ChipTooSlow(), NotNow),
        (BrokenChipAnswer(), NotNow),
        (WrongChipKey(), Refused),
        (ChipLocked(), Refused),
        (ChipNotSupported(), Refused),
        (ChipDataAltered(), Refused),
    ],
    ids=lambda each: getattr(each, "code", ""),
)
def test_each_fault_keeps_its_code_and_says_whether_to_try_again(machine, error, kind):
    with pytest.raises(kind) as refused:
        intake_with(machine, Played(error)).read_chip(machine.volunteer, ASK)
    assert refused.value.code == error.code
    assert type(refused.value) is kind


def test_a_key_of_the_wrong_shape_is_said_so(machine):
    with pytest.raises(Refused) as refused:
        intake_with(machine, Played(KeyRefused())).read_chip(machine.volunteer, ChipAsk(can="12"))
    assert refused.value.code == "chip.bad_key"


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (replace(GENUINE, authenticity="not_verified"), ("id_number", "chip.not_verified", "warning")),
        (replace(GENUINE, authenticity="unknown_issuer"), ("id_number", "chip.unknown_issuer", "warning")),
        (replace(GENUINE, person=None), ("full_name", "chip.no_details", "warning")),
        (
            replace(GENUINE, person=replace(PERSON, id_number="001199000124")),
            ("id_number", "chip.zones_differ", "warning"),
        ),
    ],
)
def test_what_is_doubtful_about_a_reading_is_a_warning(machine, reading, expected):
    view = intake_with(machine, Played(reading)).read_chip(machine.volunteer, ASK)
    assert codes(view.notes) == {expected}


def test_a_chip_without_details_gives_the_zone(machine):
    view = intake_with(machine, Played(replace(GENUINE, person=None))).read_chip(machine.volunteer, ASK)
    assert (view.draft.id_number, view.draft.full_name) == ("001199000123", "NGUYEN THI VI DU")
    assert (view.draft.birth_date, view.draft.birth_text) == (date(1999, 1, 1), "01/01/1999")


def test_the_same_card_by_qr_and_chip_has_nothing_to_say(machine):
    intake = intake_with(machine, Played())
    seen = replace(intake.read_card(QR).draft, need="guidance", phone="0912345678")
    view = intake.read_chip(machine.volunteer, ASK, seen=seen)
    assert view.notes == ()
    assert (view.draft.need, view.draft.phone, view.draft.identified_by) == ("guidance", "0912345678", "chip")


def test_a_chip_of_another_card_than_the_qr_is_a_warning(machine):
    intake = intake_with(machine, Played())
    seen = intake.read_card(QR.replace("001199000123", "001199000124").replace("Ví Dụ", "Khác")).draft
    view = intake.read_chip(machine.volunteer, ASK, seen=seen)
    assert codes(view.notes) == {
        ("id_number", "chip.number_differs", "warning"),
        ("full_name", "chip.name_differs", "warning"),
    }


def test_letters_in_capitals_are_the_same_name(machine):
    intake = intake_with(
        machine, Played(replace(GENUINE, person=replace(PERSON, full_name="NGUYỄN THỊ VÍ DỤ")))
    )
    assert intake.read_chip(machine.volunteer, ASK, seen=intake.read_card(QR).draft).notes == ()


def test_a_technician_reads_no_chips(machine):
    stranger = replace(machine.volunteer, role="technician")
    played = Played()
    with pytest.raises(NotPermitted):
        intake_with(machine, played).read_chip(stranger, ASK)
    assert played.keys == []


def test_nothing_of_the_card_shows_in_views_or_in_what_opens_it(machine):
    view = intake_with(machine, Played()).read_chip(machine.volunteer, ASK)
    shown = repr((view, ASK, ChipKey(mrz=KEY, can="000123"), GENUINE))
    for secret in ("001199000123", "199000123", "000123", "Ví Dụ", "Kinh", "Mẹ"):
        assert secret not in shown


def test_without_the_extra_the_state_says_so_and_reading_is_refused(machine, monkeypatch):
    monkeypatch.setattr(station, "is_installed", lambda: False)
    desk = station._chip_desk(ReaderSettings(), machine.clock)
    assert (desk.state, desk.readers()) == (ChipState.NOT_INSTALLED, ())
    with pytest.raises(Refused) as refused:
        desk.read(ASK)
    assert refused.value.code == "chip.not_installed"


def test_the_settings_switch_it_off(machine):
    desk = station._chip_desk(ReaderSettings(chip=False), machine.clock)
    assert desk.state is ChipState.OFF
    with pytest.raises(Refused) as refused:
        desk.read(ASK)
    assert refused.value.code == "chip.off"


def test_a_machine_says_whether_it_reads_chips(machine):
    intake = intake_with(machine, Played())
    assert intake.chip_available()
    assert intake.chip_readers() == ("Played 00",)
    assert intake_with(machine, Played(NoChipReader())).chip_readers() == ()


def test_with_the_extra_the_machine_reads_chips_with_the_centers_certificates(machine, tmp_path):
    pytest.importorskip("smartcard", reason="the extra `card` is not installed")
    desk = station._chip_desk(ReaderSettings(csca_folder=tmp_path), machine.clock)
    assert desk.state is ChipState.READY
