from __future__ import annotations

import io
import os
import signal
import threading
from pathlib import Path

import pytest
from PIL import Image

from scanning.devices import (
    DeviceConfig,
    NetworkScanner,
    OptionsNotTold,
    PageCaptured,
    ScanEnded,
    ScanFault,
    ScanSettings,
    device_options,
    list_devices,
    network_id,
    start_scan,
)
from scanning.page import Encoding
from tests.scanning.conftest import needs_sane, sane_config
from tests.scanning.escl_scanner import Behaviour, EsclScanner
from tests.scanning.test_escl import picture as network_page
from tests.scanning.turned_knobs import turn

pytestmark = needs_sane

SMALL = {"dpi": 75}
SLOW = {"read-limit": "true", "read-limit-size": 65536, "read-delay": "true", "read-delay-duration": 30000}


def config(
    folder: Path, *, watchdog_s: float = 60.0, cancel_grace_s: float = 5.0, **options: object
) -> DeviceConfig:
    home = sane_config(folder, **options)
    return DeviceConfig(sane=True, sane_config_dir=home, watchdog_s=watchdog_s, cancel_grace_s=cancel_grace_s)


def scan(given: DeviceConfig, **settings: object):
    with start_scan("sane:test:0", ScanSettings(**{**SMALL, **settings}), given) as job:
        return list(job)


def test_scanners_are_listed_with_what_they_can(tmp_path: Path):
    found = list_devices(config(tmp_path))
    assert [(device.id, device.kind, device.has_feeder, device.has_duplex) for device in found] == [
        ("sane:test:0", "sane", True, False),
        ("sane:test:1", "sane", True, False),
    ]


def test_a_feeder_of_ten_gives_ten_whole_pages_and_a_clean_end(tmp_path: Path):
    events = scan(config(tmp_path), dpi=300)
    pages = [event.page for event in events if isinstance(event, PageCaptured)]
    assert events[-1] == ScanEnded(10)
    assert len(events) == 11
    assert {(page.width_px, page.height_px, page.dpi) for page in pages} == {(2480, 3507, 300)}
    assert [page.sequence for page in pages] == list(range(1, 11))
    assert all(Image.open(io.BytesIO(page.image)).size == (2480, 3507) for page in pages)


def test_a_flatbed_gives_one_page_and_max_pages_stops_the_feeder(tmp_path: Path):
    assert scan(config(tmp_path), source="flatbed")[-1] == ScanEnded(1)
    assert scan(config(tmp_path), max_pages=3)[-1] == ScanEnded(3)


def test_raw_gray_pages_arrive_byte_for_byte(tmp_path: Path):
    events = scan(config(tmp_path), mode="gray", raw=True, max_pages=1)
    page = next(event.page for event in events if isinstance(event, PageCaptured))
    assert page.encoding is Encoding.GRAY
    assert len(page.image) == page.width_px * page.height_px
    assert len(set(page.image)) > 2


def turned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **knobs: object) -> None:
    monkeypatch.setenv("PYTHONPATH", turn(tmp_path, **knobs))


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        ("UNSUPPORTED", "scan.unsupported", False),
        ("CANCELLED", "scan.cancelled", True),
        ("DEVICE_BUSY", "scan.busy", True),
        ("INVAL", "scan.bad_setting", False),
        ("EOF", "scan.no_data", True),
        ("JAMMED", "scan.jammed", True),
        ("NO_DOCS", "scan.no_paper", True),
        ("COVER_OPEN", "scan.cover_open", True),
        ("IO_ERROR", "scan.io", True),
        ("NO_MEM", "scan.no_memory", True),
        ("ACCESS_DENIED", "scan.denied", False),
    ],
)
def test_each_status_of_the_scanner_has_its_code_and_costs_only_the_page_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: str, *, retryable: bool
):
    turned(tmp_path, monkeypatch, page=3, set={"read_return_value": f"SANE_STATUS_{status}"})
    events = scan(config(tmp_path, cancel_grace_s=0.5))
    assert [event.page.sequence for event in events if isinstance(event, PageCaptured)] == [1, 2]
    assert events[2:] == [ScanFault(code, 3, retryable), ScanEnded(2)]


@pytest.mark.parametrize(("status", "code"), [("NO_DOCS", "scan.no_paper"), ("EOF", "scan.no_data")])
def test_a_first_page_that_never_comes_is_a_fault(tmp_path: Path, status: str, code: str):
    events = scan(config(tmp_path, cancel_grace_s=0.5, **{"read-status-code": f'"SANE_STATUS_{status}"'}))
    assert events == [ScanFault.of(code, 1), ScanEnded(0)]


def test_a_scanner_unplugged_in_mid_stack_is_told_from_a_bad_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    turned(tmp_path, monkeypatch, page=2, gone=True, set={"read_return_value": "SANE_STATUS_IO_ERROR"})
    events = scan(config(tmp_path, cancel_grace_s=0.5))
    assert events[1:] == [ScanFault.of("scan.unplugged", 2), ScanEnded(1)]


def test_a_driver_that_never_answers_in_mid_stack_is_given_up_and_its_pages_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    turned(tmp_path, monkeypatch, page=3, hang=True)
    events = scan(config(tmp_path, watchdog_s=1.0))
    assert [type(event) for event in events[:2]] == [PageCaptured, PageCaptured]
    assert events[2:] == [ScanFault.of("scan.driver_hung", 3), ScanEnded(2)]


def test_a_driver_that_hangs_while_listing_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    turned(tmp_path, monkeypatch, hang_listing=True)
    assert list_devices(config(tmp_path, watchdog_s=0.8)) == []


def test_three_scanners_feed_three_desks_at_once(tmp_path: Path):
    given = config(tmp_path)
    with EsclScanner(Behaviour([network_page(shade) for shade in (60, 120, 180)])) as network:
        over_network = DeviceConfig(network=(NetworkScanner(network.address),))
        wishes = [
            ("sane:test:0", given),
            ("sane:test:1", given),
            (network_id(network.address), over_network),
        ]
        jobs = [start_scan(device_id, ScanSettings(**SMALL), where) for device_id, where in wishes]
        stacks = [iter(job) for job in jobs]
        first = [next(stack) for stack in stacks]  # each has begun before any is done
        rest = [list(stack) for stack in stacks]
    assert [type(event) for event in first] == [PageCaptured] * 3
    assert [events[-1] for events in rest] == [ScanEnded(10), ScanEnded(10), ScanEnded(3)]
    for begun, events in zip(first, rest, strict=True):
        pages = [begun.page] + [event.page for event in events if isinstance(event, PageCaptured)]
        assert [page.sequence for page in pages] == list(range(1, len(pages) + 1))
        assert len({(page.width_px, page.height_px) for page in pages}) == 1


def test_all_options_of_a_device_are_told_and_named(tmp_path: Path):
    options = {each.name: each for each in device_options("sane:test:0", config(tmp_path))}
    assert options["source"].choices == ("Flatbed", "Automatic Document Feeder")
    assert options["mode"].value == "Color"
    resolution = options["resolution"]
    assert (resolution.kind, resolution.unit, resolution.low, resolution.high) == ("number", "dpi", 1, 1200)
    assert options["print_options"].kind == "button"
    assert not options["read_delay_duration"].settable
    assert len(options) > 40
    with pytest.raises(OptionsNotTold) as told:
        device_options("sane:test:7", config(tmp_path))
    assert told.value.fault == "scan.bad_setting"


def test_a_devices_own_options_are_set_and_unknown_or_clamped_ones_named(tmp_path: Path):
    given = config(tmp_path)
    events = scan(given, max_pages=1, mode="gray", raw=True, options=(("test_picture", "Solid white"),))
    assert set(events[0].page.image) == {255}
    for options, code, name in (
        ((("resolutoin", 300),), "scan.option_unknown", "resolutoin"),
        ((("resolution", 99999.0),), "scan.bad_setting", "resolution"),
        ((("test_picture", 7),), "scan.bad_setting", "test_picture"),
        ((("three_pass_order", "RGB"),), "scan.bad_setting", "three_pass_order"),
    ):
        assert scan(given, options=options) == [ScanFault.of(code, 0, name), ScanEnded(0)]


@pytest.mark.parametrize(
    "habit",
    [{"depth": 16}, {"hand-scanner": "true"}, {"non-blocking": "true"}, {"fuzzy-parameters": "true"}],
)
def test_what_is_merely_odd_about_a_scanner_costs_no_page(tmp_path: Path, habit: dict[str, object]):
    events = scan(config(tmp_path, **habit), max_pages=2)
    assert events[-1] == ScanEnded(2)
    pages = [event.page for event in events if isinstance(event, PageCaptured)]
    for page in pages:
        picture = Image.open(io.BytesIO(page.image))
        picture.load()
        assert picture.size == (page.width_px, page.height_px)
        assert picture.mode == "RGB"
        assert page.height_px > 100


@pytest.mark.parametrize("trap", [{"ppl-loss": 64}, {"three-pass": "true"}])
def test_data_that_would_come_out_sheared_is_refused(tmp_path: Path, trap: dict[str, object]):
    events = scan(config(tmp_path, **trap))
    assert events == [ScanFault("scan.unsupported", 1, retryable=False), ScanEnded(0)]


def test_a_setting_that_the_scanner_changes_silently_is_a_fault(tmp_path: Path):
    events = scan(config(tmp_path), duplex=True)
    assert events == [ScanFault("scan.bad_setting", 0, retryable=False), ScanEnded(0)]


def test_a_scanner_that_is_not_there_is_unplugged(tmp_path: Path):
    given = config(tmp_path)
    with start_scan("sane:test:7", ScanSettings(), given) as job:
        assert list(job) == [ScanFault("scan.unplugged", 0, retryable=True), ScanEnded(0)]


def test_cancel_inside_a_page_keeps_whole_pages_and_never_gives_half_a_one(tmp_path: Path):
    given = config(tmp_path, **SLOW)
    with start_scan("sane:test:0", ScanSettings(**SMALL), given) as job:
        events = []
        for event in job:
            events.append(event)
            if isinstance(event, PageCaptured):
                job.cancel()
    pages = [event.page for event in events if isinstance(event, PageCaptured)]
    assert 1 <= len(pages) < 10
    assert all(
        Image.open(io.BytesIO(page.image)).size == (pages[0].width_px, pages[0].height_px) for page in pages
    )
    assert [event.code for event in events if isinstance(event, ScanFault)] == ["scan.cancelled"]
    assert events[-1] == ScanEnded(len(pages))


def test_a_driver_that_falls_silent_is_killed(tmp_path: Path):
    given = config(tmp_path, watchdog_s=1.0, **SLOW)
    events = []
    with start_scan("sane:test:0", ScanSettings(**SMALL), given) as job:
        pid = job.driver_pid
        for event in job:
            events.append(event)
            if len(events) == 1:
                os.kill(pid, signal.SIGSTOP)
    assert [type(event) for event in events] == [PageCaptured, ScanFault, ScanEnded]
    assert events[1] == ScanFault("scan.driver_hung", 2, retryable=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_slow_scanner_is_not_a_hung_one(tmp_path: Path):
    given = config(tmp_path, watchdog_s=1.5, **(SLOW | {"read-delay-duration": 80000}))
    assert scan(given, max_pages=1)[-1] == ScanEnded(1)


def test_a_slow_taker_of_pages_is_not_a_hung_scanner(tmp_path: Path):
    given = config(tmp_path, watchdog_s=0.8)
    with start_scan("sane:test:0", ScanSettings(dpi=150), given) as job:
        events = iter(job)
        taken = [next(events)]
        threading.Event().wait(1.6)  # twice the watchdog's patience, while the driver waits for us
        taken += events
    assert taken[-1] == ScanEnded(10)


def test_a_driver_that_ignores_cancel_is_killed(tmp_path: Path):
    given = config(tmp_path, cancel_grace_s=0.2, **SLOW)
    events = []
    with start_scan("sane:test:0", ScanSettings(**SMALL), given) as job:
        for event in job:
            events.append(event)
            if len(events) == 1:
                os.kill(job.driver_pid, signal.SIGSTOP)
                job.cancel()
    assert events[1:] == [ScanFault("scan.cancelled", 2, retryable=True), ScanEnded(1)]


def test_pages_before_a_crash_of_the_driver_stay_valid(tmp_path: Path):
    given = config(tmp_path, **SLOW)
    events = []
    with start_scan("sane:test:0", ScanSettings(**SMALL), given) as job:
        for event in job:
            events.append(event)
            if len(events) == 2:
                os.kill(job.driver_pid, signal.SIGKILL)
    pages = [event.page for event in events if isinstance(event, PageCaptured)]
    assert 2 <= len(pages) < 10
    for page in pages:
        Image.open(io.BytesIO(page.image)).load()
    assert events[-2:] == [ScanFault.of("scan.driver_crashed", len(pages) + 1), ScanEnded(len(pages))]


def test_a_job_closed_early_leaves_no_process(tmp_path: Path):
    with start_scan("sane:test:0", ScanSettings(dpi=300), config(tmp_path)) as job:
        next(iter(job))
        pid = job.driver_pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert list(job) == []
