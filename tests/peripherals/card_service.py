"""The system's PC/SC service with a virtual reader (Debian's pcscd and vsmartcard-vpcd), started for a test."""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET = Path("/run/pcscd/pcscd.comm")
READY = "daemon ready"
LOCK = Path("/tmp/van-station-pcscd.lock")


def why_not() -> str:
    """Return why the service cannot be started here, "" when it can."""
    if shutil.which("pcscd", path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        return "Debian's pcscd is not installed"
    if not DRIVER.exists():
        return "Debian's vsmartcard-vpcd is not installed"
    return ""


@contextmanager
def running(folder: Path, *, with_reader: bool = True) -> Iterator[int]:
    """Run pcscd in the foreground as a child; gives the port of the virtual reader, 0 without one.

    Its socket has a fixed place, so runs of this suite beside each other take turns.
    """
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        port = _two_free_ports()
        settings = folder / "reader.conf"
        settings.write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {DRIVER}\nCHANNELID {port:#X}\n'
            if with_reader
            else ""
        )
        service = subprocess.Popen(
            ["/usr/sbin/pcscd", "--foreground", "--info", "--config", str(settings)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            _wait_until_ready(service)
            yield port if with_reader else 0
        finally:
            service.terminate()
            service.wait(10)


def wait_until_empty() -> None:
    """Return when the service has noticed that no card is left in any reader; it looks every 0.4 s."""
    from smartcard import scard  # noqa: PLC0415  only where the extra is installed

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _, names = scard.SCardListReaders(context, [])
    states = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
    while True:
        _, found = scard.SCardGetStatusChange(context, 10_000, states)
        if not any(state & scard.SCARD_STATE_PRESENT for _, state, _ in found):
            break
        states = [(name, state) for name, state, _ in found]
    scard.SCardReleaseContext(context)


def _wait_until_ready(service: subprocess.Popen[str]) -> None:
    said: list[str] = []
    assert service.stdout is not None
    for line in service.stdout:
        said.append(line)
        if READY in line:
            threading.Thread(target=_drain, args=(service.stdout,), daemon=True).start()
            _wait_until_heard()
            return
    raise AssertionError("pcscd did not start:\n" + "".join(said[-20:]))


def _wait_until_heard() -> None:
    """The service says that it is ready a moment before its socket is there."""
    pause = threading.Event()
    for _ in range(500):
        with socket.socket(socket.AF_UNIX) as door, suppress(OSError):
            door.connect(str(SOCKET))
            return
        pause.wait(0.02)
    raise AssertionError("pcscd does not listen")


def _drain(output: IO[str]) -> None:
    with output:
        output.read()


def _two_free_ports() -> int:
    """Return a port that is free together with the next one: the virtual reader has two slots."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
