"""The screens of procedures and of editions, walked with keys alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest

from tests.ui.conftest import Station, station_in
from tests.ui.driver import Window
from tests.ui.test_keyboard import printed, sign_in
from van_station.rules.catalogue_bundle import build, key_id, pack
from van_station.rules.catalogue_edition import load_edition
from van_station.security import Signer
from van_station.services.trips import OpenTrip
from van_station.settings.assets import catalogue_files
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
SIGNER = Signer.from_private(bytes(range(32)))
BIRTH = "1.001193"
FILE = f"procedures/{BIRTH}.json"


def bundle(version: str, issued_on: str, **changes: Any) -> bytes:
    """Return a signed edition: the product's own with one procedure changed."""
    files = json.loads(json.dumps(catalogue_files()))
    files["catalogue.json"] |= {"version": version, "issued_on": issued_on}
    files[FILE] |= {"version": version, **changes}
    return build(files, public_key=SIGNER.public_key, sign=SIGNER.sign)


@pytest.fixture(scope="module")
def station(tmp_path_factory, browser) -> Iterator[Station]:
    keys = (SIGNER.public_key.hex(),)
    folder = tmp_path_factory.mktemp("procedures")
    with station_in(folder, UiSettings(), gateway=False, trusted_keys=keys) as made:
        trips = made.workspace.trips
        trips.open(made.people["hoa"], OpenTrip(trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
        yield made


def text_of(page: bytes) -> str:
    document = pypdfium2.PdfDocument(page)
    return " ".join("\n".join(each.get_textpage().get_text_range() for each in document).split())


def asked_now(window: Window) -> str:
    """Return the question that stands there, "" when nothing is left to ask."""
    found = window.page.locator('[flt-semantics-identifier="question"]')
    return " ".join(found.evaluate_all("es => es.map(e => e.getAttribute('aria-label') || e.innerText)"))


def test_a_citizen_is_told_what_to_bring_with_keys_alone(station, context):
    window = sign_in(station, context, "lan")
    window.press("F5")
    window.wait_at("procedure-search")
    procedures = len(station.workspace.catalogue.edition.procedures)
    window.see("procedure-count", f"{procedures} thủ tục")
    window.shot("60_procedures")
    window.write("2.000986")
    window.see("procedure-gone", "3.000722")
    window.press("Control+A")
    window.write("giay khai sinh cho con")
    window.see(f"procedure-{BIRTH}")
    window.press("F10")
    window.wait(lambda: window.place().startswith("procedure-"), "a row with the keyboard")
    window.reach(f"procedure-{BIRTH}")
    window.press("Enter")
    window.see("procedure-name", "Đăng ký khai sinh")
    window.wait_at("answer-1")
    window.see("papers-perhaps")
    window.shot("61_procedure_open")
    answered = 0
    while question := asked_now(window):
        window.press("1")
        window.wait(lambda before=question: asked_now(window) != before, "the next question")
        answered += 1
        window.quiet()
        assert answered < 12
    window.see("questions-done", "Đã hỏi đủ")
    window.wait_at("print-home")
    assert window.parts("papers-perhaps") == []
    window.press("Backspace")
    window.see("question")
    window.wait_at("answer-1")
    window.press("2")
    window.wait_at("print-home")
    window.press("F10")
    window.says("Nguồn:")
    window.shot("62_procedure_answered")
    take_home = text_of(printed(window, context, "print-home"))
    assert "GIẤY TỜ CẦN MANG" in take_home
    assert "CÓ THỂ CẦN" not in take_home.upper()
    with pikepdf.open(io.BytesIO(printed(window, context, "print-blank"))) as pdf:
        assert len(pdf.pages) >= 1
    assert window.outside == []


def test_the_group_of_the_citizen_lowers_the_fee_and_goes_to_intake_with_the_procedure(station, context):
    window = sign_in(station, context, "lan")
    window.press("F5")
    window.wait_at("procedure-search")
    window.write("khai tử")
    window.see("procedure-1.000656")
    window.press_on("procedure-1.000656")
    window.wait_at("answer-1")
    window.press_on("fee-group")
    window.see("group-NCC")
    window.press("1")
    window.press_on("group-NCC")
    window.gone("group-NCC")
    window.see("fee-group", "Người có công")
    assert window.parts("said-") == [], "a key pressed over a sheet answers nothing below it"
    window.see("fee-direct", "Không thu phí")
    window.press("F9")
    window.see("procedure-chosen", "Đăng ký khai tử")
    assert window.parts("group-NCC") != []


def test_a_card_that_is_read_here_answers_nothing(station, context):
    window = sign_in(station, context, "lan")
    window.press("F5")
    window.wait_at("procedure-search")
    window.write("1.001193")
    window.press("Enter")
    window.wait_at("answer-1")
    window.scan("001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1|15082021")
    window.page.wait_for_timeout(1200)
    assert window.parts("said-") == []
    window.press("Backspace")
    window.wait_at("procedure-search")


def test_an_officer_has_the_screen_and_no_intake(station, context):
    window = sign_in(station, context, "minh")
    window.press("F5")
    window.wait_at("procedure-search")
    window.press_on("domain-land", "Space")
    procedures = station.workspace.catalogue.edition.procedures.values()
    window.see("procedure-count", f"{sum(each.domain == 'land' for each in procedures)} thủ tục")
    window.write_into("procedure-search", "zzzz")
    window.see("empty")
    assert window.parts("to-editions") == []


def test_an_edition_is_looked_at_installed_and_stepped_back_from(station, context, tmp_path):
    window = sign_in(station, context, "hoa")
    window.press("F5")
    window.wait_at("procedure-search")
    window.press_on("to-editions")
    window.see("edition-version", "2026.11.2")
    window.wait_at("edition-choose")
    window.shot("63_editions")
    fee = {"vi": "Đăng ký khai sinh (mẫu mới)", "en": "Birth registration (new)"}
    newer = tmp_path / "newer.vscat"
    newer.write_bytes(bundle("2026.12.1", "2026-12-01", name=fee))
    choose(window, newer)
    window.see("edition-chosen", "2026.12.1")
    window.see(f"change-{BIRTH}", "mẫu mới")
    window.see("edition-change", "sửa 1")
    window.shot("64_edition_difference")
    assert station.workspace.catalogue.edition.version == "2026.11.2", "looking installs nothing"
    window.wait_at("edition-install")
    window.press("Enter")
    window.see("ask-yes")
    window.press_on("ask-yes")
    window.gone("ask-yes")
    window.see("edition-version", "2026.12.1")
    window.see("edition-2026.11.2")
    assert station.workspace.catalogue.edition.version == "2026.12.1"
    older = tmp_path / "older.vscat"
    older.write_bytes(bundle("2026.11.9", "2026-11-29", name=fee))
    choose(window, older)
    window.see("edition-older", "2026.12.1")
    window.wait_at("edition-install")
    window.press("Enter")
    yes_then_danger(window)
    window.see("edition-version", "2026.11.9")


def test_a_file_that_may_not_be_installed_says_why_and_where(station, context, tmp_path):
    window = sign_in(station, context, "hoa")
    window.press("F5")
    window.wait_at("procedure-search")
    window.press_on("to-editions")
    window.wait_at("edition-choose")
    strange = tmp_path / "strange.vscat"
    strange.write_bytes(b"not a bundle")
    choose(window, strange)
    window.see("edition-refused", "không phải bản danh mục")
    forged = tmp_path / "forged.vscat"
    whole = bundle("2026.12.9", "2026-12-09")
    forged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    choose(window, forged)
    window.see("edition-refused", "Chữ ký")
    faulty = tmp_path / "faulty.vscat"
    faulty.write_bytes(faulty_bundle())
    choose(window, faulty)
    window.see("fault-0", FILE)
    window.see("fault-0", "/authority")
    window.see("fault-0", "Giá trị thiếu")
    window.shot("65_edition_refused")
    assert window.parts("edition-install") == []


def faulty_bundle() -> bytes:
    """Return a rightly signed bundle whose birth registration has no authority."""
    edition = load_edition(json.loads(json.dumps(catalogue_files())), strict=False)
    del edition.files[FILE]["authority"]
    return pack(edition, key=key_id(SIGNER.public_key), sign=SIGNER.sign)


def choose(window: Window, path) -> None:
    """Open a file with the keyboard, wherever it is."""
    window.reach("edition-choose", key="Shift+Tab")
    with window.page.expect_file_chooser() as chooser:
        window.press("Enter")
    chooser.value.set_files(str(path))


def yes_then_danger(window: Window) -> None:
    """Answer both sheets; the second has the keyboard on its harmless answer."""
    window.see("ask-yes")
    window.reach("ask-yes")
    window.press("Enter")
    window.see("ask-yes", "Quay lại bản cũ")
    window.reach("ask-yes")
    window.press("Enter")
    window.gone("ask-yes")
