"""A network scanner added by its address, a profile kept for it, and a scan by that profile: by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanning.devices import network_id
from tests.scanning.escl_scanner import Behaviour, EsclScanner
from tests.scanning.test_escl import picture
from tests.ui.conftest import Station, station_in
from tests.ui.test_arrival import MOTHER, dossier_of, take_in
from tests.ui.test_keyboard import sign_in
from van_station.services.scan_profiles import OptionView
from van_station.services.trips import OpenTrip
from van_station.ui.desk.scan_profile_sheet import own_options, resolutions, size_key, typed_value
from van_station.ui.serve import UiSettings


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("profiles"), UiSettings(), gateway=True) as made:
        made.workspace.exchange.sync_now()
        made.demo.gateway.kill()
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


@pytest.mark.browser
def test_a_network_scanner_is_added_given_a_profile_and_scans_by_it(station, context):
    dossier = station.workspace.dossiers.get(dossier_of(station, take_in(station, MOTHER)))
    with EsclScanner(Behaviour([picture(60)])) as scanner:
        window = sign_in(station, context, "hoa")
        window.press("F6")
        window.wait_at("dossier-search")
        window.write(dossier.number)
        window.press_on(f"dossier-{dossier.number}")
        window.see("dossier-number", dossier.number)
        window.press("Control+ArrowRight")
        window.wait_at("scan-start")
        window.press_on("scanner-add")
        window.wait_at("scanner-address")
        window.write(f"127.0.0.1:{scanner.port}")
        window.press("Enter")
        window.see(f"device-{network_id(scanner.address)}", "Mock eSCL ADF")
        window.press_on(f"device-{network_id(scanner.address)}")
        window.press_on("scan-settings")
        window.see("own-brightness")
        window.wait_at("profile-name")
        window.write("Sổ hộ khẩu")
        window.press_on("profile-gray", "Space")
        window.shot("80_scan_profile")
        window.press_on("profile-save")
        window.see("profile-Sổ hộ khẩu")
        window.shot("81_scan_profiles")
        window.press("F9")
        window.see("scan-keep", "Lưu 1 trang")
    assert "<scan:ColorMode>Grayscale8<" in scanner.orders[0]
    (kept,) = station.workspace.capture.profiles.of(network_id(scanner.address))
    assert (kept.name, kept.mode, kept.options) == ("Sổ hộ khẩu", "gray", ())


def option(name: str, kind: str = "whole", **more: object) -> OptionView:
    given = {"title": "", "unit": "", "choices": (), "low": None, "high": None, "value": 1, "settable": True}
    return OptionView(name=name, kind=kind, **{**given, **more})  # type: ignore[arg-type]


def test_only_what_can_be_chosen_or_typed_is_offered_as_the_scanners_own():
    told = (
        option("source", "text", choices=("ADF",)),
        option("brightness", low=-100, high=100),
        option("lamp", "text", choices=("cold", "warm")),
        option("free", "text"),
        option("asleep", low=0, high=1, settable=False),
        option("gamma", low=0, high=255, value=None),
        option("despeckle", "flag"),
        option("press", "button", value=None),
    )
    assert [each.name for each in own_options(told)] == ["brightness", "lamp", "despeckle"]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [("whole", "12", 12), ("whole", "-3,0", -3), ("number", "1,5", 1.5), ("whole", "x", None),
     ("flag", "true", True), ("flag", "ja", None), ("text", "warm", "warm")],
)  # fmt: skip
def test_what_is_typed_becomes_a_value_of_the_options_kind(kind: str, typed: str, value: object):
    assert typed_value(option("a", kind), typed) == value


def test_resolutions_and_sizes_offered_are_the_scanners_own():
    assert resolutions(()) == (150, 200, 300, 400, 600)
    assert resolutions((option("resolution", choices=(75, 300, 4800)),)) == (75, 300)
    assert resolutions((option("resolution", low=1, high=300),)) == (150, 200, 300)
    assert (size_key((148.0, 210.0)), size_key(None), size_key((1.0, 2.0))) == ("a5", "whole", "a4")
