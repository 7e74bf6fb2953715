"""Network scanners: our driver against our mock, and SANE's `airscan`, which is not ours, against the same mock."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from PIL import Image

from scanning.devices import (
    AddressRefused,
    DeviceConfig,
    NetworkScanner,
    OptionsNotTold,
    PageCaptured,
    ScanEnded,
    ScanFault,
    ScanSettings,
    device_options,
    lasting_key,
    list_devices,
    network_id,
    normal_address,
    start_scan,
)
from scanning.devices.bounded_xml import MAX_BYTES, XmlRefused, parse
from scanning.devices.escl_driver import scan_escl
from scanning.devices.escl_words import read_capabilities
from scanning.page import PageLimits
from tests.scanning.conftest import ROOT, needs_airscan
from tests.scanning.driven import events_of
from tests.scanning.escl_scanner import Behaviour, EsclScanner, capabilities, self_signed


def picture(shade: int = 200, size: tuple[int, int] = (620, 877)) -> bytes:
    out = io.BytesIO()
    noise = Image.effect_noise(size, 60).convert("RGB")
    Image.blend(noise, Image.new("RGB", size, (shade, shade, 180)), 0.5).save(out, "JPEG", dpi=(75, 75))
    return out.getvalue()


PAGES = [picture(shade) for shade in (60, 120, 180)]


def config(scanner: EsclScanner, **more: object) -> DeviceConfig:
    typed = NetworkScanner(scanner.address, str(more.pop("certificate", "")))
    return DeviceConfig(network=(typed,), **{"watchdog_s": 20.0, "cancel_grace_s": 5.0, **more})


def scan(behaviour: Behaviour, given: dict[str, object] | None = None, **settings: object):
    with EsclScanner(behaviour) as scanner:
        wanted = ScanSettings(**{"dpi": 75, **settings})
        device_id, how = network_id(scanner.address), config(scanner, **(given or {}))
        return events_of(lambda link: scan_escl(device_id, wanted, how, link)), scanner


def pages_of(events: list[object]):
    return [event.page for event in events if isinstance(event, PageCaptured)]


def codes_of(events: list[object]) -> list[tuple[str, int]]:
    return [(event.code, event.page_no) for event in events if isinstance(event, ScanFault)]


# ---------------------------------------------------------------------- the good case
def test_a_stack_comes_whole_in_order_and_unchanged_and_the_job_is_taken_back():
    events, scanner = scan(Behaviour(list(PAGES)))
    pages = pages_of(events)
    assert [page.image for page in pages] == PAGES
    assert [page.sequence for page in pages] == [1, 2, 3]
    assert {(page.width_px, page.height_px, page.dpi) for page in pages} == {(620, 877, 75)}
    assert events[3:] == [ScanEnded(3)]
    assert scanner.deleted.is_set()


def test_the_order_asks_for_source_sides_colour_resolution_size_and_brightness():
    how = {"duplex": True, "mode": "gray", "dpi": 140, "options": (("brightness", 15),)}
    events, scanner = scan(Behaviour(list(PAGES[:2])), **how)
    order = parse(scanner.orders[0].encode())
    region = order.first("ScanRegions", "ScanRegion")
    assert events[-1] == ScanEnded(2)
    assert order.word("InputSource") == "Feeder"
    assert order.word("Duplex") == "true"
    assert order.word("ColorMode") == "Grayscale8"
    assert order.word("XResolution") == order.word("YResolution") == "150"
    assert (region.word("Width"), region.word("Height")) == ("2480", "3508")
    assert order.word("Brightness") == "15"


def test_a_flatbed_gives_one_page_and_enough_is_enough():
    events, scanner = scan(Behaviour(list(PAGES)), source="flatbed")
    assert events[-1] == ScanEnded(1)
    assert "<pwg:InputSource>Platen<" in scanner.orders[0]
    events, scanner = scan(Behaviour(list(PAGES)), max_pages=2)
    assert events[-1] == ScanEnded(2)
    assert scanner.deleted.is_set()


def test_a_busy_scanner_and_a_conflict_that_passes_are_waited_for():
    events, _ = scan(Behaviour(list(PAGES), busy=2, conflicts=1))
    assert [type(event) for event in events] == [PageCaptured] * 3 + [ScanEnded]


# ---------------------------------------------------------------------- faults
@pytest.mark.parametrize(
    ("adf", "code"),
    [
        ("ScannerAdfJam", "scan.jammed"),
        ("ScannerAdfHatchOpen", "scan.cover_open"),
        ("ScannerAdfMispick", "scan.mispick"),
        ("ScannerAdfMultipickDetected", "scan.double_feed"),
        ("ScannerAdfDuplexPageTooLong", "scan.paper_length"),
        ("ScannerAdfInputTrayFailed", "scan.tray_failed"),
        ("ScannerAdfInputTrayOverloaded", "scan.tray_overloaded"),
    ],
)
def test_what_the_feeder_suffers_in_mid_stack_is_told_and_the_pages_before_are_kept(adf: str, code: str):
    for status in (409, 404):
        events, _ = scan(Behaviour(list(PAGES), fault_after=2, fault_adf=adf, fault_status=status))
        assert len(pages_of(events)) == 2
        assert events[2:] == [ScanFault.of(code, 3), ScanEnded(2)]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"adf": "ScannerAdfEmpty"}, "scan.no_paper"),
        ({"adf": "ScannerAdfJam"}, "scan.jammed"),
        ({"adf": "ScannerAdfHatchOpen"}, "scan.cover_open"),
    ],
)
def test_an_empty_or_jammed_feeder_is_told_before_anything_is_ordered(how: dict[str, str], code: str):
    events, scanner = scan(Behaviour(list(PAGES), **how))
    assert events == [ScanFault.of(code, 0), ScanEnded(0)]
    assert scanner.orders == []


@pytest.mark.parametrize(
    ("behaviour", "code", "page_no", "kept"),
    [
        (
            Behaviour(list(PAGES), fault_after=1, fault_adf="ScannerAdfProcessing"),
            "scan.device_aborted",
            2,
            1,
        ),
        (
            Behaviour(list(PAGES), fault_after=1, fault_adf="ScannerAdfProcessing", fault_job="Canceled"),
            "scan.cancelled",
            2,
            1,
        ),
        (Behaviour(list(PAGES), made_more=1), "scan.page_incomplete", 4, 3),
        (Behaviour([]), "scan.no_paper", 1, 0),
        (Behaviour([PAGES[0], PAGES[1][:-4000], PAGES[2]]), "scan.page_incomplete", 2, 1),
        (Behaviour([PAGES[0], b"<html>login</html>"]), "scan.page_incomplete", 2, 1),
        (Behaviour(list(PAGES), order_status=400), "scan.bad_setting", 1, 0),
        (Behaviour(list(PAGES), order_status=403), "scan.denied", 1, 0),
        (Behaviour(list(PAGES), order_status=409), "scan.busy", 1, 0),
        (Behaviour(list(PAGES), order_status=500), "scan.io", 1, 0),
        (Behaviour(capabilities=b"<html/>"), "scan.not_a_scanner", 0, 0),
        (Behaviour(capabilities=b"{}"), "scan.not_a_scanner", 0, 0),
        (Behaviour(capabilities=b" " * (MAX_BYTES + 1)), "scan.page_too_large", 0, 0),
    ],
)
def test_each_failure_has_its_code_and_costs_no_earlier_page(
    behaviour: Behaviour, code: str, page_no: int, kept: int
):
    events, _ = scan(behaviour)
    assert len(pages_of(events)) == kept
    assert events[kept:] == [ScanFault.of(code, page_no), ScanEnded(kept)]


def cut_line(handler: BaseHTTPRequestHandler, page: bytes, number: int) -> bool:
    if number < 2:
        return False
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    handler.wfile.write(page[: len(page) // 2])
    handler.wfile.flush()
    handler.close_connection = True
    return True


def endless(handler: BaseHTTPRequestHandler, page: bytes, number: int) -> bool:
    if number < 2:
        return False
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.end_headers()
    handler.close_connection = True
    try:
        while True:
            handler.wfile.write(page)
    except OSError:
        return True


def silent(handler: BaseHTTPRequestHandler, page: bytes, number: int) -> bool:
    if number < 2:
        return False
    handler.scanner.let_go.wait(30)  # type: ignore[attr-defined]
    handler.close_connection = True
    return True


def dripping(handler: BaseHTTPRequestHandler, page: bytes, number: int) -> bool:
    if number < 2:
        return False
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    for place in range(len(page)):
        if handler.scanner.let_go.wait(0.02):  # type: ignore[attr-defined]
            break
        try:
            handler.wfile.write(page[place : place + 1])
        except OSError:
            break
    handler.close_connection = True
    return True


@pytest.mark.parametrize(
    ("send", "given", "code"),
    [
        (cut_line, {}, "scan.page_incomplete"),
        (endless, {"limits": PageLimits(max_bytes=len(PAGES[0]) * 3)}, "scan.page_too_large"),
        (silent, {"network_timeout_s": 0.5}, "scan.driver_hung"),
        (dripping, {"page_timeout_s": 0.5}, "scan.driver_hung"),
    ],
)
def test_a_cut_line_and_answers_without_end_or_beginning_cost_only_the_page_under_way(
    send, given: dict[str, object], code: str
):
    events, _ = scan(Behaviour(list(PAGES), send=send), given)
    assert pages_of(events)[0].image == PAGES[0]
    assert events[1:] == [ScanFault.of(code, 2), ScanEnded(1)]


def test_a_scanner_that_stays_busy_is_given_up():
    events, _ = scan(Behaviour(list(PAGES), order_status=503), {"busy_patience_s": 0.3})
    assert events == [ScanFault.of("scan.busy", 1), ScanEnded(0)]


def test_cancel_reaches_a_scanner_that_is_not_answering_and_takes_its_job_back():
    with EsclScanner(Behaviour(list(PAGES), send=silent)) as scanner:
        with start_scan(network_id(scanner.address), ScanSettings(dpi=75), config(scanner)) as job:
            events = []
            for event in job:
                events.append(event)
                if isinstance(event, PageCaptured):
                    job.cancel()
        assert scanner.deleted.is_set()
    assert events[1:] == [ScanFault.of("scan.cancelled", 2), ScanEnded(1)]


def test_nobody_at_the_address_is_unreachable():
    with EsclScanner(Behaviour()) as gone:
        given = config(gone)
    with start_scan(network_id(gone.address), ScanSettings(), given) as job:
        assert list(job) == [ScanFault.of("scan.unreachable", 0), ScanEnded(0)]
    assert [(info.note, info.label) for info in list_devices(given)] == [
        ("scan.unreachable", f"127.0.0.1:{gone.port}")
    ]
    with pytest.raises(OptionsNotTold) as told:
        device_options(network_id(gone.address), given)
    assert told.value.fault == "scan.unreachable"


def test_a_job_that_claims_to_be_elsewhere_is_looked_for_on_the_scanner_itself():
    events, _ = scan(Behaviour(list(PAGES), location="http://192.0.2.1:9/eSCL/ScanJobs/"))
    assert events[-1] == ScanEnded(3)
    events, _ = scan(Behaviour(list(PAGES), location="http://192.0.2.1:9/../../"))
    assert codes_of(events) == [("scan.not_a_scanner", 1)]


def test_an_option_that_the_scanner_no_longer_has_is_named():
    events, _ = scan(Behaviour(list(PAGES)), options=(("brightness", 5), ("lamp", "warm")))
    assert events == [ScanFault.of("scan.option_unknown", 0, "lamp"), ScanEnded(0)]
    events, _ = scan(Behaviour(list(PAGES)), options=(("brightness", 500),))
    assert events == [ScanFault.of("scan.bad_setting", 0, "brightness"), ScanEnded(0)]
    events, _ = scan(Behaviour(list(PAGES), capabilities=capabilities(feeder=False).encode()))
    assert events == [ScanFault.of("scan.bad_setting", 0), ScanEnded(0)]


# ---------------------------------------------------------------------- certificates
def test_a_self_signed_certificate_is_taken_at_first_and_no_other_afterwards(tmp_path: Path):
    first, fingerprint = self_signed(tmp_path, "first")
    other, _ = self_signed(tmp_path, "other")
    with EsclScanner(Behaviour(list(PAGES)), tls=first) as scanner:
        (info,) = list_devices(config(scanner))
        assert info.certificate == fingerprint
        kept = ((lasting_key(info.id), info.certificate),)
        with start_scan(info.id, ScanSettings(dpi=75), config(scanner, certificates=kept)) as job:
            assert list(job)[-1] == ScanEnded(3)
    with EsclScanner(Behaviour(list(PAGES)), tls=other) as imposter:
        told = config(imposter, certificate=":".join(fingerprint[i : i + 2] for i in range(0, 64, 2)))
        with start_scan(network_id(imposter.address), ScanSettings(), told) as job:
            assert list(job) == [ScanFault.of("scan.certificate_changed", 0), ScanEnded(0)]
        assert imposter.orders == []
        assert list_devices(told)[0].note == "scan.certificate_changed"


# ---------------------------------------------------------------------- listing and options
def test_a_scanner_is_listed_with_what_it_can_and_tells_its_options():
    with EsclScanner(Behaviour()) as scanner:
        (info,) = list_devices(config(scanner))
        options = {each.name: each for each in device_options(info.id, config(scanner))}
    assert info.label == f"Mock eSCL ADF (127.0.0.1:{scanner.port})"
    assert (info.kind, info.has_feeder, info.has_duplex, info.has_flatbed, info.note) == (
        "escl",
        True,
        True,
        True,
        "",
    )
    assert options["source"].choices == ("flatbed", "adf", "adf-duplex")
    assert options["resolution"].choices == (75, 150, 300)
    assert options["mode"].choices == ("color", "gray")
    bright = options["brightness"]
    assert (bright.low, bright.high, bright.step, bright.value) == (-100, 100, 5, 0)


def test_shared_profiles_and_ranges_of_resolutions_are_understood():
    words = capabilities(feeder=False)
    span = (
        "<scan:SupportedResolutions><scan:ResolutionRange><scan:XResolutionRange><scan:Min>100</scan:Min>"
        "<scan:Max>600</scan:Max><scan:Normal>300</scan:Normal><scan:Step>50</scan:Step>"
        "</scan:XResolutionRange></scan:ResolutionRange></scan:SupportedResolutions>"
    )
    start, end = words.index("<scan:SupportedResolutions>"), words.index("</scan:SupportedResolutions>")
    ranged = words[:start] + span + words[end + len("</scan:SupportedResolutions>") :]
    source = read_capabilities(parse(ranged.encode())).inputs["flatbed"]
    assert [source.nearest_dpi(dpi) for dpi in (1, 120, 130, 9999)] == [100, 100, 150, 600]


# ---------------------------------------------------------------------- hostile words
BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        BOMB.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"<a>" * 100_000,
        b"<a>" * 60 + b"</a>" * 60,
        b"<a>" + b"<b/>" * 30_000 + b"</a>",
        b"<a>&undeclared;</a>",
        b"\x00\xff",
        b"",
    ],
)
def test_document_types_entities_and_endless_xml_are_refused(data: bytes):
    with pytest.raises(XmlRefused):
        parse(data)


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://host/x", "http://user:secret@host/", "http://host/eSCL?x=1", "http://ho st/", "http://host:99999",
     "file:///etc/passwd", "http://host/../admin", "http://[::1", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str):
    with pytest.raises(AddressRefused):
        normal_address(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.7", "http://192.168.1.7/eSCL"),
        (" https://Scan.local/ ", "https://scan.local/eSCL"),
        ("10.0.0.3:8080/eSCL/", "http://10.0.0.3:8080/eSCL"),
        ("http://[fe80::1]:80/eSCL", "http://[fe80::1]:80/eSCL"),
    ],
)
def test_an_address_is_understood_as_it_is_typed(typed: str, meant: str):
    assert normal_address(typed) == meant


# ---------------------------------------------------------------------- a client that is not ours
AIRSCAN = """
import sys, sane
sane.init()
names = [entry[0] for entry in sane.get_devices() if entry[0].startswith("airscan:")]
device = sane.open(names[0])
device.source = sys.argv[1]
device.resolution = 75
device.br_x = 210.0
device.br_y = 297.0
sizes = []
try:
    while True:
        device.start()
        sizes.append("%dx%d" % device.snap(True).size)
except Exception as error:
    print(";".join(sizes), "|", error, "|", ",".join(device["source"].constraint), flush=True)
import os
os._exit(0)
"""


def by_airscan(folder: Path, behaviour: Behaviour, source: str) -> list[str]:
    with EsclScanner(behaviour) as scanner:
        home = folder / "airscan.d"
        home.mkdir()
        (home / "dll.conf").write_text("airscan\n")
        (home / "airscan.conf").write_text(
            f'[devices]\n"Mock" = {scanner.address}/, eSCL\n[options]\ndiscovery = disable\n'
        )
        done = subprocess.run(
            [sys.executable, "-c", AIRSCAN, source],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=ROOT,
            env={**os.environ, "SANE_CONFIG_DIR": str(home)},
        )
        assert done.stdout, done.stderr
        return [part.strip() for part in done.stdout.split("|")]


@needs_airscan
def test_an_independent_client_takes_the_same_stack_from_our_mock(tmp_path: Path):
    sizes, end, sources = by_airscan(tmp_path, Behaviour(list(PAGES), busy=1), "ADF")
    assert sizes.split(";") == ["620x877"] * 3
    assert end == "Document feeder out of documents"
    assert sources == "Flatbed,ADF,ADF Duplex"


@needs_airscan
def test_an_independent_client_hears_the_same_jam_from_our_mock(tmp_path: Path):
    sizes, end, _ = by_airscan(tmp_path, Behaviour(list(PAGES), fault_after=2), "ADF")
    assert sizes.split(";") == ["620x877"] * 2
    assert end == "Document feeder jammed"
