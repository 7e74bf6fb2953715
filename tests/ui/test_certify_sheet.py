"""Signing two scanned papers with a certificate file, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.security.authority import PASSPHRASE, Authority
from tests.security.signed_papers import scanned_letter
from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_keyboard import sign_in
from van_station.bootstrap.demo.people import VISITORS
from van_station.records.dossiers import Component
from van_station.rules.queueing import Lane, TicketAct
from van_station.services.copy_views import CopyState
from van_station.services.sealed_files import Content
from van_station.services.trips import OpenTrip
from van_station.ui.serve import UiSettings

pytest.importorskip("pyhanko", reason="the extra `sign` is not installed")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    with station_in(tmp_path_factory.mktemp("certify"), UiSettings(), gateway=True) as made:
        made.workspace.exchange.sync_now()
        made.demo.gateway.kill()
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


@pytest.fixture
def dossier_id(station: Station) -> str:
    """A dossier at the officer's counter with two papers that a volunteer scanned."""
    work, lan, minh = station.workspace, station.people["lan"], station.people["minh"]
    visitor = VISITORS[0]
    draft = work.intake.read_card(visitor.card).draft
    work.intake.take_in(lan, replace(draft, need="digitise", procedure_code="1.001193"))
    ticket = work.queue.call_next(minh, Lane.DIGITISE)
    work.queue.act(minh, ticket.id, TicketAct.SERVE)
    dossier = work.dossiers.start(minh, ticket.id, "1.001193")
    for component in [each for each in dossier.components if each.applies][:2]:
        content = Content(scanned_letter(), "application/pdf", 1, "document", 1)
        row = work.certify._files.seal(lan.user_id, dossier.id, component.id, content)
        with work.store.unit(lan.user_id, "scan.document", ("component", component.id)) as unit:
            unit.save(row)
            unit.session.get(Component, component.id).page_count = 1
    return dossier.id


@pytest.fixture
def p12(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with Authority(folder) as authority:
        path = tmp_path / "can-bo.p12"
        path.write_bytes(authority.issue().p12())
        yield path


def choose(window: Window, path: Path) -> None:
    with window.page.expect_file_chooser() as chooser:
        window.press("Enter")
    chooser.value.set_files(str(path))
    window.wait_at("sign-pin")


def both_sizes(window: Window, name: str) -> None:
    for width, height in ((1920, 1080), (1366, 768)):
        window.page.set_viewport_size({"width": width, "height": height})
        window.shot(name)


def test_an_officer_signs_two_papers_with_a_certificate_file(station, context, dossier_id, p12):
    window = sign_in(station, context, "minh")
    window.press_on("open-dossier")
    window.see("dossier-number", "TAM-")
    for _ in range(3):
        window.press("Control+ArrowRight")
        window.quiet()
    window.see("copies-sum", "Đã ký 0 trong 2 bản")
    window.press("Alt+k")
    window.wait_at("sign-file")
    window.shot("80_certify_sheet")
    choose(window, p12)
    window.write("sai mật khẩu")
    window.press("Enter")
    window.see("sign-state", "Mật khẩu của tệp chứng thư không đúng")
    window.wait_at("sign-pin")
    window.shot("81_certify_refused")
    window.write(PASSPHRASE)
    window.press("Enter")
    window.see("copies-sum", "Đã ký 2 trong 2 bản")
    window.see("result", "Đã ký 2 bản")
    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs on this thread
        copies = beside.submit(station.workspace.certify.copies, dossier_id).result()
    assert [copy.state for copy in copies] == [CopyState.SIGNED] * 2
    for copy in copies:
        window.see(f"copy-state-{copy.file_id}", "Đã ký số")
        assert copy.captured_by == station.people["lan"].full_name
        assert copy.record.certified_by == station.people["minh"].full_name
    both_sizes(window, "82_certified")
    for _ in range(2):
        window.press("Control+ArrowLeft")
        window.quiet()
    signed = next(each for each in station.workspace.dossiers.get(dossier_id).components if each.files)
    window.press_on(f"component-{signed.code}")
    window.see("document", "Đã ký số")
    both_sizes(window, "83_certified_papers")
