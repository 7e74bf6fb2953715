from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from scanning.devices import DeviceConfig, DeviceInfo, lasting_key, network_id
from tests.scanning.escl_scanner import Behaviour, EsclScanner, capabilities
from tests.scanning.test_escl import picture
from tests.services.machine import BIRTH, Machine
from van_station.rules.access import Role
from van_station.services.capture import CaptureSettings
from van_station.services.capture_events import Ended, PageArrived
from van_station.services.errors import NotFound, NotPermitted, Refused
from van_station.services.scan_profiles import ProfileView, ScanProfiles


@pytest.fixture
def scanner() -> Iterator[EsclScanner]:
    with EsclScanner(Behaviour([picture(60), picture(120)])) as mock:
        yield mock


@pytest.fixture
def profiles(desk: Machine, scanner: EsclScanner) -> ScanProfiles:
    found = desk.workspace.capture.profiles
    found.add_scanner(replace(desk.officer, role=Role.SUPERVISOR), f" {scanner.address}/ ")
    return found


GREY = ProfileView("Sổ hộ khẩu", dpi=150, mode="gray", duplex=True, options=(("brightness", 20),))


def test_an_added_scanner_is_listed_and_scans_by_its_profile(
    desk: Machine, scanner: EsclScanner, profiles: ScanProfiles
) -> None:
    device = next(
        each for each in desk.workspace.capture.scanners(desk.officer).devices if each.kind == "escl"
    )
    assert device.id == network_id(scanner.address)
    profiles.save(desk.officer, device.id, GREY)
    assert profiles.of(device.id) == (GREY,)
    dossier = desk.started(BIRTH).id
    component = desk.component(dossier, "GIAY_CHUNG_SINH")
    events: list[object] = []
    settings = CaptureSettings(profile=GREY.name)
    batch = desk.workspace.capture.start(desk.officer, dossier, component, device.id, settings, events.append)
    assert batch.wait(60)
    assert [type(event) for event in events] == [PageArrived, PageArrived, Ended]
    assert "<scan:ColorMode>Grayscale8<" in scanner.orders[0]
    assert "<scan:XResolution>150<" in scanner.orders[0]
    assert "<scan:Duplex>true<" in scanner.orders[0]
    assert "<scan:Brightness>20<" in scanner.orders[0]


def test_what_is_kept_survives_the_machine(
    desk: Machine, scanner: EsclScanner, profiles: ScanProfiles
) -> None:
    device_id = network_id(scanner.address)
    profiles.save(desk.officer, device_id, GREY)
    profiles.save(desk.officer, device_id, replace(GREY, name="Ảnh thẻ", dpi=300))
    profiles.remove(desk.officer, device_id, "Ảnh thẻ")
    desk.reopen()
    again = desk.workspace.capture.profiles
    assert again.of(device_id) == (GREY,)
    assert again.of("sane:test:0") == ()
    assert [each.address for each in again.config().network] == [scanner.address]


def test_options_that_a_changed_scanner_lacks_are_named_and_nothing_is_scanned(
    desk: Machine, scanner: EsclScanner, profiles: ScanProfiles
) -> None:
    device_id = network_id(scanner.address)
    profiles.save(desk.officer, device_id, replace(GREY, options=(("brightness", 20), ("lamp", "warm"))))
    plain = capabilities().replace("Brightness", "Whatever")
    scanner.behaviour.capabilities = plain.encode()
    with pytest.raises(Refused) as refused:
        profiles.settings(device_id, GREY.name)
    assert refused.value.code == "scan.profile_unfit"
    assert refused.value.details == {"options": "brightness, lamp"}
    assert scanner.orders == []
    with pytest.raises(NotFound):
        profiles.settings(device_id, "không có")


def test_options_are_told_or_why_not(desk: Machine, scanner: EsclScanner, profiles: ScanProfiles) -> None:
    names = [each.name for each in profiles.options(network_id(scanner.address))]
    assert names[:3] == ["source", "mode", "resolution"]
    scanner.behaviour.capabilities = b"<html/>"
    with pytest.raises(Refused, match=r"^scan\.not_a_scanner$"):
        profiles.options(network_id(scanner.address))
    with pytest.raises(Refused, match=r"^scan\.device_unknown$"):
        profiles.options("escl:http://192.0.2.1/eSCL")


def test_a_certificate_is_kept_at_first_sight_and_never_replaced(
    desk: Machine, profiles: ScanProfiles
) -> None:
    info = DeviceInfo(
        "escl:https://a/eSCL", "A", "escl", has_feeder=True, has_duplex=True, certificate="1" * 64
    )
    profiles.remember(desk.officer.user_id, [info])
    profiles.remember(desk.officer.user_id, [replace(info, certificate="2" * 64)])
    assert dict(profiles.config().certificates) == {lasting_key(info.id): "1" * 64}


def test_only_who_runs_the_trip_adds_scanners_and_bad_addresses_are_refused(
    desk: Machine, profiles: ScanProfiles
) -> None:
    with pytest.raises(NotPermitted):
        profiles.add_scanner(desk.officer, "192.168.1.7")
    with pytest.raises(Refused, match=r"^scan\.bad_address$"):
        profiles.add_scanner(replace(desk.officer, role=Role.SUPERVISOR), "ftp://x/")
    with pytest.raises(Refused, match=r"^scan\.profile_refused$"):
        profiles.save(desk.officer, "sane:test:0", ProfileView(""))


def test_what_cannot_be_read_any_more_is_no_profile(desk: Machine) -> None:
    assert ScanProfiles(desk.workspace.store, DeviceConfig()).of("sane:never") == ()
