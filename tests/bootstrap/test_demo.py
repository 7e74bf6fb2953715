"""The parts that only the demonstration has: line, gateway process, bank, papers, the look for traces."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from van_station.bootstrap.demo.bad_line import BadLine
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayNotStarted, GatewayProcess
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.setting_up import is_foreign, prepare
from van_station.bootstrap.demo.traces import personal_traces, planted_texts


@pytest.fixture
def echo() -> Iterator[int]:
    """Serve one port that gives back what it gets, so long as the other side speaks."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def through(line: BadLine, data: bytes) -> bytes:
    port = int(line.address.rpartition(":")[2])
    back = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        while len(back) < len(data) and (piece := connection.recv(65536)):
            back += piece
    if len(back) < len(data):
        raise ConnectionResetError("closed early")
    return back


def test_a_good_line_carries_every_byte_both_ways(echo: int) -> None:
    line = BadLine(echo)
    data = bytes(range(256)) * 1000
    assert through(line, data) == data
    assert line.cuts == 0
    line.close()


def test_a_line_is_cut_once_and_good_again_afterwards(echo: int) -> None:
    line = BadLine(echo)
    data = b"x" * 200_000
    line.cut_after(100_000)
    with pytest.raises(ConnectionError):
        through(line, data)
    assert line.cuts == 1
    assert through(line, data) == data
    assert line.cuts == 1
    line.close()


def test_a_gateway_is_found_at_its_old_address_after_a_kill(tmp_path: Path) -> None:
    first = GatewayProcess(GatewayFolder(tmp_path), tenant="test")
    first.start()
    first.kill()
    assert not first.running
    again = GatewayProcess(GatewayFolder(tmp_path), tenant="test")
    assert (again.address, again.enrolment_code) == (first.address, first.enrolment_code)
    again.start()
    assert again.running
    again.stop()
    assert not again.running


def test_a_gateway_that_can_not_start_is_told(tmp_path: Path) -> None:
    gateway = GatewayProcess(GatewayFolder(tmp_path), tenant="test")
    (tmp_path / "gateway").write_text("a file where a folder should be")
    with pytest.raises(GatewayNotStarted):
        gateway.start()


def test_preparing_twice_keeps_what_is_there(tmp_path: Path) -> None:
    first = prepare(tmp_path / "demo", sane=False)
    keys = sorted((first.settings.data_dir / "keys").iterdir())
    before = [path.read_bytes() for path in keys]
    prepare(tmp_path / "demo", sane=False)
    assert [path.read_bytes() for path in keys] == before
    assert not is_foreign(tmp_path / "demo")


def test_an_empty_or_missing_folder_is_nobodys(tmp_path: Path) -> None:
    assert not is_foreign(tmp_path)
    assert not is_foreign(tmp_path / "missing")


def test_papers_lie_there_whole_and_in_order(tmp_path: Path) -> None:
    assert lay_papers(tmp_path / "inbox", seed=3, kinds=("letter", "blank_back"), dpi=75) == 2
    names = sorted(path.name for path in (tmp_path / "inbox").iterdir())
    assert names == ["mau-0003-01.jpg", "mau-0003-02.jpg"]


def test_the_look_for_traces_finds_what_lies_there(tmp_path: Path) -> None:
    texts = planted_texts()
    assert {"Nguyễn Thị Ví Dụ", "001199000123", "Lê Thanh Hoà"} <= texts
    assert personal_traces(tmp_path) == []
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "utf8").write_bytes(b"\0\0" + "Nguyễn Thị Ví Dụ".encode() + b"\0")
    (tmp_path / "utf16").write_bytes("Lê Thanh Hoà".encode("utf-16-le"))
    found = {(path.name, text) for path, text in personal_traces(tmp_path)}
    assert {("utf8", "Nguyễn Thị Ví Dụ"), ("utf16", "Lê Thanh Hoà")} <= found


# ------------------------------------------------------------------ a demonstration killed without a word
def started_demo(root: Path) -> subprocess.Popen[str]:
    """Start `van-station demo`; its first line, the desk's address, says that all of it runs."""
    command = [sys.executable, "-m", "van_station.cli.main", "demo", "--no-browser", "--no-sane"]
    process = subprocess.Popen([*command, "--data", str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=15)


def enrolled_devices(root: Path) -> bytes:
    return (root / "platform" / "enrolment.code").read_bytes() + (root / "platform" / "port").read_bytes()


def wait_until_silent(port: int, *, timeout_s: float = 15) -> None:
    """Wait until nothing listens on a port of loopback any more."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the gateway outlived its demonstration")


def test_a_demonstration_killed_without_a_word_leaves_no_gateway_and_starts_again(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    first = started_demo(root)
    try:
        port = int((root / "platform" / "port").read_text())
        before = enrolled_devices(root)
        assert requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok
    finally:
        killed(first)
    wait_until_silent(port)
    again = started_demo(root)
    try:
        assert enrolled_devices(root) == before, "the same address, the same desk"
        assert requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok
    finally:
        killed(again)
    wait_until_silent(port)


def test_a_start_right_after_a_kill_waits_for_the_gateway_that_is_ending(tmp_path: Path) -> None:
    folder = GatewayFolder(tmp_path)
    folder.prepare()
    held = socket.create_server(("127.0.0.1", 0))
    port = held.getsockname()[1]
    folder.port.write_text(str(port))
    threading.Timer(0.3, held.close).start()
    assert GatewayProcess(folder, tenant="test").port == port
