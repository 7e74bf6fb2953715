"""What is told when there is no reader, or no PC/SC service at all."""

from __future__ import annotations

import pytest

pytest.importorskip("smartcard", reason="the extra `card` is not installed")
pytest.importorskip("ecdsa", reason="the extra `card` is not installed")
pytest.importorskip("asn1crypto", reason="the extra `card` is not installed")

from tests.peripherals import card_service
from tests.peripherals.software_card import KEY
from van_station.peripherals.chip import ChipKey, NoChipReader
from van_station.peripherals.pcsc import PcscChipReader

pytestmark = pytest.mark.skipif(bool(card_service.why_not()), reason=card_service.why_not() or "-")


def test_without_a_reader_the_list_is_empty_and_reading_says_so(tmp_path):
    with card_service.running(tmp_path, with_reader=False):
        assert PcscChipReader().readers() == ()
        with pytest.raises(NoChipReader):
            PcscChipReader().read_chip(ChipKey(mrz=KEY), wait_s=5)


def test_without_the_service_there_is_no_reader(tmp_path):
    with card_service.running(tmp_path, with_reader=False):
        pass  # now it has surely stopped
    with pytest.raises(NoChipReader):
        PcscChipReader().readers()
    with pytest.raises(NoChipReader):
        PcscChipReader().read_chip(ChipKey(mrz=KEY), wait_s=5)
