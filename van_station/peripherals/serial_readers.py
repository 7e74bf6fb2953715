"""Card readers on serial lines and virtual COM ports: they keep Vietnamese letters, and may be pulled out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import serial
from serial.tools import list_ports

MAX_LINE_BYTES = 4096
READ_TIMEOUT_S = 0.2
"""A line without an end is taken as whole after so long a silence."""
RETRY_S = (0.5, 1.0, 2.0, 5.0)
_ENDS = frozenset(b"\r\n")


class ReaderState(StrEnum):
    """Whether codes can come: the port answers, or it isn't there (and is looked for again)."""

    READY = "ready"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A port of this machine, as the operating system names and describes it."""

    device: str
    description: str


def serial_ports() -> tuple[SerialPort, ...]:
    """Return the ports of this machine, USB readers first."""
    found = sorted(list_ports.comports(), key=lambda port: (port.vid is None, port.device))
    return tuple(SerialPort(port.device, port.description) for port in found)


class SerialReader:
    """Listens to one port on a thread of its own, and looks for the port again after it was pulled out.

    Args:
        device: `/dev/ttyACM0`, `COM3`.
        baud: bits a second; virtual COM ports take any.
        on_text: told each code read, from the reader's thread.
        on_state: told when the reader comes and goes, from the same thread.
    """

    def __init__(
        self,
        device: str,
        *,
        on_text: Callable[[str], None],
        on_state: Callable[[ReaderState], None],
        baud: int = 9600,
    ) -> None:
        self._device = device
        self._baud = baud
        self._on_text = on_text
        self._on_state = on_state
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial-reader", daemon=True)
        self._state: ReaderState | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; returns when the port is closed."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _run(self) -> None:
        tries = 0
        while not self._stop.is_set():
            try:
                with serial.Serial(self._device, self._baud, timeout=READ_TIMEOUT_S, exclusive=True) as port:
                    tries = 0
                    self._tell(ReaderState.READY)
                    self._listen(port)
            except (serial.SerialException, OSError, ValueError):
                self._tell(ReaderState.MISSING)
                self._stop.wait(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1

    def _listen(self, port: serial.Serial) -> None:
        line = Line()
        while not self._stop.is_set():
            data = port.read(max(1, min(port.in_waiting, MAX_LINE_BYTES)))
            for text in line.feed(data) if data else line.silence():
                self._on_text(text)

    def _tell(self, state: ReaderState) -> None:
        if state is not self._state:
            self._state = state
            self._on_state(state)


class Line:
    """Cuts bytes into codes, at a line end or a silence; one longer than 4,096 bytes is dropped whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._dropping = False

    def feed(self, data: bytes) -> list[str]:
        """Take bytes and return the codes that are whole now."""
        texts: list[str] = []
        for byte in data:
            if byte in _ENDS:
                texts += self.silence()
            elif not self._dropping:
                self._bytes.append(byte)
                if len(self._bytes) > MAX_LINE_BYTES:
                    self._bytes.clear()
                    self._dropping = True
        return texts

    def silence(self) -> list[str]:
        """Return what came, if anything did: nothing more belongs to it."""
        data, self._dropping = bytes(self._bytes), False
        self._bytes.clear()
        return [_decoded(data)] if data.strip(b"\x00 \t") else []


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, or else the bytes one by one, which is how old tables of letters show."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
