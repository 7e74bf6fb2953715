"""The driver for Windows' scanners keeps the contract against a fake; no real scanner was tried."""

from __future__ import annotations

import importlib
import io

import pytest
from PIL import Image

from scanning.devices import DeviceConfig, PageCaptured, ScanEnded, ScanFault, ScanSettings, list_devices
from scanning.devices import wia_driver as wia
from tests.scanning.driven import events_of
from tests.scanning.wia_fake import FakeScanner, FakeWindows


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((300, 400), shade).convert("RGB").save(out, "JPEG")
    return out.getvalue()


PAGES = [picture(shade) for shade in (30, 60, 90)]


def scan(scanner: FakeScanner, name: str = "a", **settings: object):
    windows, wanted = FakeWindows(a=scanner), ScanSettings(**settings)
    return events_of(lambda link: wia.scan_wia(name, wanted, link, windows))


def test_a_stack_comes_in_order_until_the_feeder_is_empty():
    events = scan(FakeScanner(*PAGES), dpi=300)
    assert [event.page.image for event in events if isinstance(event, PageCaptured)] == PAGES
    assert [event.page.sequence for event in events if isinstance(event, PageCaptured)] == [1, 2, 3]
    assert {event.page.dpi for event in events if isinstance(event, PageCaptured)} == {300}
    assert events[3:] == [ScanEnded(3)]


def test_source_sides_colour_resolution_area_and_brightness_are_set():
    scanner = FakeScanner(*PAGES)
    scan(scanner, duplex=True, mode="gray", dpi=280, max_pages=1, options=(("brightness", 100),))
    assert scanner.values[wia.SELECT] == wia.FEEDER | wia.DUPLEX
    assert scanner.values[wia.PAGES] == 1
    assert scanner.values[wia.INTENT] == 2
    assert (scanner.values[wia.X_DPI], scanner.values[wia.Y_DPI]) == (300, 300)
    assert (scanner.values[wia.X_EXTENT], scanner.values[wia.Y_EXTENT]) == (2480, 3508)
    assert scanner.values[wia.BRIGHTNESS] == 100
    assert len(scanner.gives) == 2


def test_a_flatbed_gives_one_page():
    assert scan(FakeScanner(*PAGES), source="flatbed")[-1] == ScanEnded(1)


@pytest.mark.parametrize(
    ("hresult", "code"),
    [
        (0x80210002, "scan.jammed"),
        (0x80210004, "scan.mispick"),
        (0x80210005, "scan.unplugged"),
        (0x80210006, "scan.busy"),
        (0x80210016, "scan.cover_open"),
        (0x80210020, "scan.double_feed"),
        (0x80070005, "scan.denied"),
        (0x8007000E, "scan.no_memory"),
        (0x8000FFFF, "scan.io"),
    ],
)
def test_each_failure_of_windows_has_its_code_and_costs_no_earlier_page(hresult: int, code: str):
    events = scan(FakeScanner(PAGES[0], hresult))
    assert isinstance(events[0], PageCaptured)
    assert events[1:] == [ScanFault.of(code, 2), ScanEnded(1)]


def test_no_paper_is_the_end_of_a_stack_and_a_fault_without_one():
    assert scan(FakeScanner()) == [ScanFault.of("scan.no_paper", 1), ScanEnded(0)]


def test_half_a_page_is_no_page():
    assert scan(FakeScanner(PAGES[0][:-3000])) == [ScanFault.of("scan.page_incomplete", 1), ScanEnded(0)]


def test_what_it_cannot_do_or_silently_changes_is_a_fault():
    assert scan(FakeScanner(*PAGES, able=wia.FLATBED)) == [ScanFault.of("scan.bad_setting", 0), ScanEnded(0)]
    stubborn = FakeScanner(*PAGES)
    stubborn.stubborn.add(wia.X_DPI)
    assert scan(stubborn, dpi=600) == [ScanFault.of("scan.bad_setting", 0), ScanEnded(0)]
    unknown = scan(FakeScanner(*PAGES), options=(("lamp", 1),))
    assert unknown == [ScanFault.of("scan.option_unknown", 0, "lamp"), ScanEnded(0)]
    assert scan(FakeScanner(), name="gone") == [ScanFault.of("scan.unplugged", 0), ScanEnded(0)]


def test_each_listed_scanner_says_that_it_is_untested():
    (entry,) = wia.describe_wia(FakeWindows(a=FakeScanner(able=wia.FEEDER)))
    assert (entry["note"], entry["has_feeder"], entry["has_flatbed"]) == ("scan.untested", True, False)


def test_options_are_told():
    options = {each.name: each for each in wia.wia_options("a", FakeWindows(a=FakeScanner()))}
    assert options["source"].choices == ("flatbed", "adf", "adf-duplex")
    assert options["resolution"].choices == (75, 150, 300, 600)
    assert (options["brightness"].low, options["brightness"].high) == (-1000, 1000)


def test_elsewhere_than_on_windows_it_imports_and_lists_nothing():
    importlib.import_module("scanning.devices.wia_com")
    assert list_devices(DeviceConfig(wia=True)) == []
