"""Reading a card in software through the real PC/SC service, pyscard, and Debian's virtual reader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

pytest.importorskip("smartcard", reason="the extra `card` is not installed")
pytest.importorskip("ecdsa", reason="the extra `card` is not installed")
pytest.importorskip("asn1crypto", reason="the extra `card` is not installed")

from tests.peripherals import card_service
from tests.peripherals.software_card import CAN, KEY, SoftwareCard, plugged
from tests.security.signed_chip import TODAY
from van_station.peripherals.chip import (
    ChipBusy,
    ChipKey,
    ChipPulled,
    ChipTooSlow,
    NoChipCard,
)
from van_station.peripherals.pcsc import PcscChipReader
from van_station.security.errors import ChipLocked, KeyRefused, WrongChipKey

pytestmark = pytest.mark.skipif(bool(card_service.why_not()), reason=card_service.why_not() or "-")

MRZ = ChipKey(mrz=KEY)


def today() -> datetime:
    return TODAY


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with card_service.running(tmp_path_factory.mktemp("pcscd")) as given:
        yield given


@pytest.fixture
def port(service: int) -> int:
    card_service.wait_until_empty()
    return service


def read(card: SoftwareCard, port: int, key: ChipKey = MRZ, **options):
    issuers = (card.issuer.root_der,) if card.issuer else ()
    with plugged(card, port):
        return PcscChipReader(issuers, now=today, **options).read_chip(key, wait_s=20)


def test_the_virtual_reader_is_listed(port):
    assert any("Virtual PCD" in name for name in PcscChipReader().readers())


@pytest.mark.parametrize(
    ("card", "key", "protocol"),
    [
        (SoftwareCard(), MRZ, "pace"),
        (SoftwareCard(pace=(4, 12)), MRZ, "pace"),
        (SoftwareCard(), ChipKey(can=CAN), "pace"),
        (SoftwareCard(pace=None), MRZ, "bac"),
        (SoftwareCard(refuses_pace=True), MRZ, "bac"),
    ],
    ids=["pace-128", "pace-256", "access-number", "no-pace", "pace-refused"],
)
def test_a_card_is_read_through_the_real_service(port, card, key, protocol):
    reading = read(card, port, key)
    assert (reading.protocol, reading.authenticity) == (protocol, "signed")
    assert reading.mrz.id_number == reading.person.id_number == "001199000123"
    assert reading.person.full_name == "Nguyễn Thị Ví Dụ"


def test_one_card_after_another(port):
    for _ in range(2):
        assert read(SoftwareCard(pace=None), port).protocol == "bac"
        card_service.wait_until_empty()


@pytest.mark.parametrize("pace", [(2, 13), None])
def test_a_wrong_key_is_told_from_a_broken_card(port, pace):
    with pytest.raises(WrongChipKey):
        read(SoftwareCard(pace=pace), port, ChipKey(mrz="199000124" + KEY[9:]))


def test_a_locked_card_says_so(port):
    with pytest.raises(ChipLocked):
        read(SoftwareCard(locked=True), port)


@pytest.mark.parametrize("after", [0, 5, 22])
def test_a_card_pulled_in_the_middle_is_pulled_and_the_next_one_is_read(port, after):
    with pytest.raises(ChipPulled):
        read(SoftwareCard(gone_after=after), port)
    card_service.wait_until_empty()
    assert read(SoftwareCard(pace=None), port).protocol == "bac"


def test_nobody_lays_a_card_down(port):
    with pytest.raises(NoChipCard):
        PcscChipReader().read_chip(MRZ, wait_s=0.3)


def test_a_card_laid_down_while_we_wait_is_read(port):
    reader = PcscChipReader(now=today)
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(reader.read_chip(MRZ, wait_s=20)))
    waiting.start()
    with plugged(SoftwareCard(pace=None), port):
        waiting.join(20)
    assert [each.protocol for each in found] == ["bac"]


def test_two_readings_at_once_are_refused_not_mixed(port):
    reader = PcscChipReader(now=today)
    asked: list[BaseException] = []

    def second(command: bytes, reply: bytes) -> bytes:
        if not asked:
            asked.append(_fault(lambda: reader.read_chip(MRZ, wait_s=0)))
        return reply

    with plugged(SoftwareCard(pace=None, bend=second), port):
        assert reader.read_chip(MRZ, wait_s=20).protocol == "bac"
    assert [type(each) for each in asked] == [ChipBusy]


def test_a_card_that_falls_silent_is_given_up(port):
    with pytest.raises((ChipTooSlow, ChipPulled)):
        read(SoftwareCard(silent_after=6), port, reading_s=1.0)


def test_what_is_no_key_never_reaches_a_card(port):
    with pytest.raises(KeyRefused):
        PcscChipReader().read_chip(ChipKey(mrz="short"), wait_s=0)


def _fault(act: Callable[[], object]) -> BaseException:
    try:
        act()
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError("nothing was refused")
