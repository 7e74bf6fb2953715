"""Starting a driver process and taking its frames under a watchdog."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from scanning.devices.frames import Frame, read_frame
from scanning.devices.settings import DeviceConfig

_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]
_LOOK_EVERY_S: Final = 0.2
_AFTERLIFE_S: Final = 1.0


class DriverProcess:
    """A child that reads one order and sends frames.

    Its silence is measured only while we wait for it: a reader who is slow to take pages stops the clock.
    """

    def __init__(self, order: dict[str, Any], config: DeviceConfig) -> None:
        self.hung = False
        self._config = config
        self._waiting_since: float | None = None
        self._done = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scanning.devices.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(config),
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,  # backends fork helpers that hold our pipe open: all go together
        )
        self._say(json.dumps(order).encode() + b"\n")
        threading.Thread(target=self._watch, name="scan-watchdog", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id of the driver."""
        return self._process.pid

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the child closes its end.

        Raises:
            FrameBroken: the child sent something else, or died inside a frame.
        """
        while (frame := read_frame(self._read)) is not None:
            yield frame

    def ask_to_stop(self) -> None:
        """Ask the driver to stop at the next line, and kill it when it does not."""
        self._say(b"cancel\n")
        timer = threading.Timer(self._config.cancel_grace_s, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        """End the child and its helpers now; harmless when they have ended already."""
        if self._process.poll() is None:
            self._kill_group()

    def _kill_group(self) -> None:
        if os.name == "nt":
            self._process.kill()
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def let_go(self) -> None:
        """Give a child that has told its end a moment to put the device away."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._config.cancel_grace_s)

    def close(self) -> None:
        """Take the child down and release its pipes."""
        self._done.set()
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self, size: int) -> bytes:
        assert self._process.stdout is not None
        self._waiting_since = time.monotonic()
        try:
            return os.read(self._process.stdout.fileno(), size)
        finally:
            self._waiting_since = None

    def _say(self, word: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(word)
        except (OSError, ValueError):
            return  # it has ended: its frames tell the rest

    def _watch(self) -> None:
        while not self._done.wait(_LOOK_EVERY_S):
            since = self._waiting_since
            silence_s = time.monotonic() - since if since is not None else 0.0
            if self._process.poll() is not None and silence_s > _AFTERLIFE_S:
                self._kill_group()  # it died, and a helper of it keeps the pipe open
                return
            if silence_s > self._config.watchdog_s:
                self.hung = True
                self.kill()
                return


def _environment(config: DeviceConfig) -> dict[str, str]:
    environment = dict(os.environ)
    path = [str(_PACKAGE_PARENT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
    environment["PYTHONUTF8"] = "1"
    environment["LC_MESSAGES"] = "C"
    environment.pop("LC_ALL", None)
    if config.sane_config_dir is not None:
        environment["SANE_CONFIG_DIR"] = str(config.sane_config_dir)
    return environment
