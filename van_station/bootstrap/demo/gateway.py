"""The demonstration's gateway: a process of its own on loopback, with a folder of its own."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from van_station.security import new_platform_keys

START_TIMEOUT_S = 30.0
PORT_PATIENCE_S = 5.0
"""So long a port of last time may still be held by a gateway that is ending."""
_LOOK_EVERY_S = 0.05


class GatewayNotStarted(Exception):
    """The gateway process ended or stayed silent."""

    code = "demo.gateway_not_started"
    retryable = True


@dataclass(frozen=True)
class GatewayFolder:
    """Where the gateway and the platform's owner keep what is theirs; both apart from the desk."""

    root: Path

    @property
    def gateway(self) -> Path:
        """The gateway's own folder."""
        return self.root / "gateway"

    @property
    def private_key(self) -> Path:
        """The platform's private key: never on a van in earnest, here so that the walk can open the scans."""
        return self.root / "platform" / "private.key"

    @property
    def public_key(self) -> Path:
        """What scans are sealed to."""
        return self.root / "platform" / "public.key"

    @property
    def enrolment_code(self) -> Path:
        """The one-time code of the demonstration's desk."""
        return self.root / "platform" / "enrolment.code"

    @property
    def store_key(self) -> Path:
        """What the gateway's database is encrypted with; beside the gateway's folder, not in it."""
        return self.root / "platform" / "store.key"

    @property
    def port(self) -> Path:
        """The port of the first start, kept so that a restart is found again."""
        return self.root / "platform" / "port"

    def prepare(self) -> None:
        """Make keys and code where they are missing."""
        self.private_key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.private_key.exists():
            private, public = new_platform_keys()
            _write_private(self.public_key, public)
            _write_private(self.store_key, secrets.token_bytes(32))
            _write_private(self.enrolment_code, secrets.token_hex(16).encode())
            _write_private(self.private_key, private)


class GatewayProcess:
    """Starts, stops and kills the gateway; the same address every time.

    The process reads its input, a pipe that only this process holds open, and ends when that closes: also
    when this one is killed without a word, on any system.
    """

    def __init__(self, folder: GatewayFolder, *, tenant: str) -> None:
        self._folder = folder
        self._tenant = tenant
        self._process: subprocess.Popen[bytes] | None = None
        folder.prepare()
        self.port = self._kept_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.enrolment_code = folder.enrolment_code.read_text().strip()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it answers.

        Raises:
            GatewayNotStarted: it ended, or did not answer in 30 seconds.
        """
        if self.running:
            return
        command = [sys.executable, "-m", "sync.gateway", "--folder", str(self._folder.gateway)]
        command += ["--port", str(self.port), "--tenant", self._tenant, "--reference-platform"]
        command += ["--end-with-stdin"]
        command += ["--enrolment-code", self.enrolment_code]
        command += ["--platform-public-key", str(self._folder.public_key)]
        command += ["--store-key", str(self._folder.store_key)]
        self._process = subprocess.Popen(  # noqa: S603  -- our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise GatewayNotStarted("the gateway did not start")
            time.sleep(_LOOK_EVERY_S)

    def stop(self) -> None:
        """Ask the process to end."""
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        """End the process without a word, as a power cut would."""
        self._end(subprocess.Popen.kill)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process = self._process
        if process is None:
            return
        how(process)  # harmless to one that has ended
        process.wait(timeout=15)
        if process.stdin is not None:
            process.stdin.close()

    def pay(self, reference: str, amount_vnd: int) -> None:
        """Play the bank: credit an amount."""
        body = {"reference": reference, "amount_vnd": amount_vnd}
        requests.post(f"{self.address}/reference/pay", json=body, timeout=10).raise_for_status()

    def set_status(self, dossier_id: str, status: int) -> None:
        """Play the officer at the competent agency."""
        body = {"dossier_id": dossier_id, "status": status}
        requests.post(f"{self.address}/reference/status", json=body, timeout=10).raise_for_status()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/health", timeout=2).ok
        except requests.RequestException:
            return False

    def _kept_port(self) -> int:
        """Return the port of last time if it is or becomes free, else a fresh one."""
        try:
            wished = int(self._folder.port.read_text())
        except (OSError, ValueError):
            wished = 0
        port = _free_in_time(wished)
        self._folder.port.write_text(str(port))
        return port


def _free_in_time(wished: int) -> int:
    deadline = time.monotonic() + PORT_PATIENCE_S
    while time.monotonic() < deadline:
        try:
            return _free_port(wished)
        except OSError:
            time.sleep(_LOOK_EVERY_S)
    return _free_port(0)


def _free_port(wished: int) -> int:
    with socket.create_server(("127.0.0.1", wished)) as listener:
        return int(listener.getsockname()[1])


def _write_private(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
