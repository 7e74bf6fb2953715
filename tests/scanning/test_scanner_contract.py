"""What every scanner keeps, whatever it is made of: the folder, SANE's test device and the network scanner pass the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanning.devices import (
    DeviceConfig,
    NetworkScanner,
    PageCaptured,
    ScanEnded,
    ScanFault,
    ScanSettings,
    list_devices,
    network_id,
    start_scan,
)
from scanning.errors import DeviceUnknown
from scanning.pipeline import clean
from scanning.samples import make_sample_stack
from tests.scanning.conftest import needs_sane, sane_config
from tests.scanning.escl_scanner import Behaviour, EsclScanner

PAGES = 3


@dataclass(frozen=True)
class Scanner:
    """A scanner with at least `PAGES` pages in it."""

    config: DeviceConfig
    device_id: str

    def start(self, **how: object):
        return start_scan(self.device_id, ScanSettings(dpi=75, **how), self.config)  # type: ignore[arg-type]


def a_folder(tmp_path: Path, font: Path | None) -> Scanner:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number, sample in enumerate(make_sample_stack(3, PAGES + 1, font=font, dpi=75), start=1):
        (folder / f"{number}.jpg").write_bytes(sample.image)
    config = DeviceConfig(folders=(folder,), settle_s=0.0)
    return Scanner(config, list_devices(config)[0].id)


def a_sane_device(tmp_path: Path, font: Path | None) -> Scanner:
    del font
    config = DeviceConfig(sane=True, sane_config_dir=sane_config(tmp_path))
    return Scanner(config, list_devices(config)[0].id)


def a_network_scanner(tmp_path: Path, font: Path | None) -> Iterator[Scanner]:
    """Our mock: see `escl_scanner`."""
    del tmp_path
    pages = [sample.image for sample in make_sample_stack(3, PAGES + 1, font=font, dpi=75)]
    with EsclScanner(Behaviour(pages)) as mock:
        config = DeviceConfig(network=(NetworkScanner(mock.address),))
        yield Scanner(config, network_id(mock.address))


@pytest.fixture(
    params=[
        pytest.param(a_folder, id="folder"),
        pytest.param(a_sane_device, id="sane", marks=needs_sane),
        pytest.param(a_network_scanner, id="escl"),
    ]
)
def scanner(request: pytest.FixtureRequest, tmp_path: Path, font: Path | None) -> Iterator[Scanner]:
    made = request.param(tmp_path, font)
    yield from (made if isinstance(made, Iterator) else iter([made]))


def test_it_is_listed_with_a_name_for_people(scanner):
    (listed,) = [each for each in list_devices(scanner.config) if each.id == scanner.device_id]
    assert listed.label
    assert listed.has_feeder
    assert listed.note == ""


def test_pages_are_numbered_in_order_and_the_end_comes_last_and_once(scanner):
    events = list(scanner.start(max_pages=PAGES))
    pages = [event.page for event in events if isinstance(event, PageCaptured)]
    assert [page.sequence for page in pages] == [1, 2, 3]
    assert [event for event in events if isinstance(event, ScanEnded)] == [events[-1]]
    assert events[-1] == ScanEnded(PAGES)
    assert not [event for event in events if isinstance(event, ScanFault)]


def test_every_page_it_gives_can_be_cleaned(scanner):
    pages = [event.page for event in scanner.start(max_pages=PAGES) if isinstance(event, PageCaptured)]
    for page in pages:
        done = clean(page)
        assert (done.width_px, done.height_px) > (0, 0)
        assert done.sequence == page.sequence


def test_it_stops_at_the_number_of_pages_asked_for(scanner):
    assert list(scanner.start(max_pages=1))[-1] == ScanEnded(1)


def test_a_cancelled_scan_keeps_its_pages_and_says_so(scanner):
    events = []
    with scanner.start() as job:
        for event in job:
            events.append(event)
            if isinstance(event, PageCaptured) and event.page.sequence == 1:
                job.cancel()
    assert isinstance(events[0], PageCaptured)
    assert events[-1] == ScanEnded(sum(isinstance(event, PageCaptured) for event in events))
    faults = [event.code for event in events if isinstance(event, ScanFault)]
    assert faults in ([], ["scan.cancelled"])  # the stack may have ended before the word arrived


def test_it_can_be_started_again_after_a_scan_that_was_left(scanner):
    with scanner.start() as left:
        next(iter(left))
    assert list(scanner.start(max_pages=1))[-1] == ScanEnded(1)


def test_acknowledging_twice_does_no_harm(scanner):
    with scanner.start(max_pages=PAGES) as job:
        pages = [event.page for event in job if isinstance(event, PageCaptured)]
    first = job.acknowledge(pages)
    assert first in (0, PAGES)
    assert job.acknowledge(pages) == 0


def test_a_device_nobody_listed_is_refused(scanner):
    with pytest.raises(DeviceUnknown):
        start_scan("folder:" + "0" * 16, ScanSettings(), DeviceConfig(folders=scanner.config.folders))
