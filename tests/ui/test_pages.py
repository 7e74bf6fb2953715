"""The page around Flet's client, the texts the screens ask for, the window that is opened."""

from __future__ import annotations

import re
import types
from pathlib import Path

import flet_web
import pytest

import van_station.ui
from van_station.i18n import Texts
from van_station.ui import window
from van_station.ui.serve import DeskServer, UiSettings
from van_station.ui.window import Way

UI = Path(van_station.ui.__file__).parent
SOURCES = sorted(UI.rglob("*.py"))
GROUPS = sorted({key.partition(".")[0] for key in Texts("vi")._texts})
KEY = re.compile(rf'"((?:{"|".join(GROUPS)})\.[a-z0-9_.]+)"')


def settings_of(page: str) -> dict[str, str]:
    block = page.partition("var flet = {")[2].partition("}")[0]
    return dict(re.findall(r"^\s*(\w+):\s*(.+?),?$", re.sub(r"//.*", "", block), re.MULTILINE))


def test_our_page_gives_flets_client_the_settings_it_ships_with():
    ours = (UI / "web" / "index.html").read_text(encoding="utf-8")
    theirs = (Path(flet_web.get_package_web_dir()) / "index.html").read_text(encoding="utf-8")
    assert settings_of(ours) == settings_of(theirs)
    assert "<!-- fletAppConfig -->" in ours
    assert re.findall(r'<script src="(\w+\.js)"', ours) == re.findall(r'<script src="(\w+\.js)"', theirs)


def test_our_page_names_no_outside_address():
    for path in (UI / "web").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE), path.name


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_text_the_screens_name_is_there(language):
    texts = Texts(language)
    named = {key for path in SOURCES for key in KEY.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 200
    # a finding's code reads like a key: its text is the note of that name
    assert sorted(key for key in named if key not in texts and f"note.{key}" not in texts) == []


def test_no_vietnamese_stands_in_the_code():
    """Except the window's title before the texts are loaded (a process of its own)."""
    letters = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    found = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            strings = re.findall(r'"([^"]*)"', line)
            if any(letters.search(string) for string in strings) and '"""' not in line:
                found.append(f"{path.name}:{number}")
    assert [place for place in found if not place.startswith("qt_window.py")] == []


def test_a_window_is_looked_for_without_asking_anybody(monkeypatch, tmp_path):
    monkeypatch.setattr(window, "flet_client", lambda: None)
    monkeypatch.setattr(window, "qt_is_there", lambda: False)
    assert window.way() is Way.BROWSER
    monkeypatch.setattr(window, "qt_is_there", lambda: True)
    assert window.way() is Way.QT
    monkeypatch.setattr(window, "flet_client", lambda: tmp_path)
    assert window.way() is Way.FLET_CLIENT


def test_an_empty_client_folder_is_no_client(monkeypatch, tmp_path):
    monkeypatch.setattr(window.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.delenv("FLET_VIEW_PATH", raising=False)
    client = tmp_path / "client" / "flet-1.0.5"
    client.mkdir(parents=True)
    assert window.flet_client(tmp_path) is None
    (client / "flet").write_bytes(b"")
    assert window.flet_client(tmp_path) == client


def test_the_launch_address_is_told_to_our_own_window_and_stands_on_no_command_line(monkeypatch):
    seen = {}

    def run(command, *, input, check):  # noqa: A002
        seen.update(command=command, told=input)

    monkeypatch.setattr(window.subprocess, "run", run)
    closed = []
    window.show("http://127.0.0.1:1/?t=secret", Way.QT, closed=lambda: closed.append(1))
    assert all("secret" not in word for word in seen["command"])
    assert seen["told"] == b"http://127.0.0.1:1/?t=secret\n"
    assert closed == [1]


def test_in_flets_own_client_print_pages_get_addresses_an_outside_browser_can_open(monkeypatch):
    seen = {}

    async def run_async(main, *, view, assets_dir):
        seen.update(view=view, assets=assets_dir)
        page = types.SimpleNamespace()
        await main(page)

    async def main(_page, _handout, *, absolute):
        seen["address"] = absolute("/print/x")

    monkeypatch.setattr("flet.run_async", run_async)
    server = DeskServer(types.SimpleNamespace(practice=False, hints=lambda: ()), UiSettings())
    server.main = main
    server.run_native()
    assert seen["address"].startswith(f"http://127.0.0.1:{server.host.port}/print/x?t=")
    assert (Path(seen["assets"]) / "fonts").is_dir()
