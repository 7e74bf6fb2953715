"""A thief with the disk, the temporary folder and the logs finds no planted word in any usual form."""

from __future__ import annotations

import base64
import ctypes
import os
import struct
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.private_day import DRAWN, PLANTED, lay_page
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.rules.text import ascii_upper, fold
from van_station.settings.tree import GatewaySettings, ScanningSettings, Settings, StationSettings

ROOT = Path(__file__).parents[2]
WINDOW = 64
_IN_CREATE = 0x100


def forms(text: str) -> dict[str, bytes]:
    """Return the ways in which a text may lie on a disk."""
    found = {}
    for name in ("NFC", "NFD"):
        normal = unicodedata.normalize(name, text)
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            found[f"{name} {encoding}"] = normal.encode(encoding)
    found["folded"] = fold(text).encode()
    found["capitals"] = ascii_upper(text).encode()
    found["escaped"] = text.encode("ascii", "backslashreplace")
    plain = text.encode()
    found["hex"], found["HEX"] = plain.hex().encode(), plain.hex().upper().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        found[f"base64 at {shift}"] = encoded[(0, 2, 3)[shift] : len(encoded) - 4]
    return found


def traces(haystack: bytes) -> list[tuple[str, str]]:
    return [(text, form) for text in PLANTED for form, needle in forms(text).items() if needle in haystack]


def test_the_search_finds_what_is_there() -> None:
    assert len(PLANTED) >= 100
    assert len(set(PLANTED)) == len(PLANTED)
    for form, needle in forms(DRAWN).items():
        assert len(needle) >= 8
        assert (DRAWN, form) in traces(b"\x00\xff" + needle + b"\x01")
    wrapped = base64.b64encode(b"ab" + DRAWN.encode() + b"cd")
    assert traces(wrapped)


class Watch:
    """Names of all files ever made in a folder, those long gone too (inotify)."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._file = self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        assert self._file >= 0
        assert self._libc.inotify_add_watch(self._file, os.fsencode(folder), _IN_CREATE) >= 0

    def made(self) -> list[str]:
        names = []
        while True:
            try:
                data = os.read(self._file, 65536)
            except BlockingIOError:
                return names
            while data:
                length = struct.unpack_from("iIII", data)[3]
                names.append(data[16 : 16 + length].rstrip(b"\0").decode())
                data = data[16 + length :]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[GatewayProcess]:
    process = GatewayProcess(GatewayFolder(tmp_path / "far"), tenant="test")
    process.start()
    yield process
    process.stop()


def test_nothing_personal_is_readable_on_disk_or_in_any_log(tmp_path: Path, gateway: GatewayProcess) -> None:
    desk, inbox, temporary = (tmp_path / name for name in ("desk", "inbox", "tmp"))
    inbox.mkdir()
    temporary.mkdir()
    page = lay_page(inbox)
    settings = Settings(
        data_dir=desk,
        station=StationSettings(tenant="test", practice=True),
        gateway=GatewaySettings(
            url=gateway.address, enrolment_code=gateway.enrolment_code, round_every_s=3600
        ),
        scanning=ScanningSettings(folders=(inbox,), sane=False, ocr=True),
    )
    path = tmp_path / "settings.json"
    path.write_text(settings.model_dump_json())
    watch = Watch(temporary)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.private_day", str(path)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        logged: list[bytes] = []
        listener = threading.Thread(target=lambda: logged.append(process.stderr.read()))  # type: ignore[union-attr]
        listener.start()
        said = []
        while (line := process.stdout.readline()) and line != b"over\n":
            said.append(line)
        assert line == b"over\n", _last_words(process, listener, logged)
        look(desk, page)  # while the store is open: the write-ahead log is full
        process.kill()
        listener.join(30)
    look(desk, page)  # as a power cut leaves it
    log = logged[0] + b"".join(said)
    assert b"DEBUG" in log, "it was really logged"
    assert traces(log) == []
    assert list(inbox.iterdir()) == []
    assert watch.made() == [], "no temporary file, not even for a moment"


def look(desk: Path, page: bytes) -> None:
    files = {path: path.read_bytes() for path in sorted(desk.rglob("*")) if path.is_file()}
    names = {path.name for path in files}
    assert {"store.db", "store.db-wal", "attempts.json"} <= names
    everything = b"\n".join([*files.values(), *(str(path).encode() for path in files)])
    assert len(everything) > 100_000
    assert traces(everything) == []
    windows = [page[at : at + WINDOW] for at in range(0, len(page) - WINDOW, WINDOW)]
    assert len(windows) > 100
    assert [at for at, window in enumerate(windows) if window in everything] == []


def _last_words(process: subprocess.Popen[bytes], listener: threading.Thread, logged: list[bytes]) -> str:
    process.kill()
    listener.join(30)
    return logged[0][-3000:].decode(errors="replace")
