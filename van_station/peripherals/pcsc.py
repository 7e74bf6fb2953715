"""Card readers of this machine, through PC/SC (pyscard; the extra `card`).

A reading runs on a thread of its own: PC/SC's calls have no timeout, and a card that stops answering must not
stop a counter. pyscard lets other threads run meanwhile. Source: PC/SC workgroup part 5; pcsc-lite's API.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from smartcard import scard

from van_station.peripherals.chip import (
    ChipBusy,
    ChipKey,
    ChipPulled,
    ChipReading,
    ChipTooSlow,
    NoChipCard,
    NoChipReader,
)
from van_station.peripherals.chip_reading import password_of, read_card
from van_station.peripherals.pictures import PeripheralError
from van_station.security.errors import BrokenChipAnswer
from van_station.security.travel_document import ChipPassword

READING_S = 30.0
"""Longest for one reading, once a card is there; a few seconds are usual."""
_GRACE_S = 5.0
"""For the system's service to answer, beyond the time that we wait for a card."""
_SLICE_MS = 200
_MAX_CONTINUATIONS = 8
_MAX_READERS = 32
_MORE, _WRONG_LENGTH = 0x61, 0x6C

_NO_READER = frozenset(
    {
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_NO_READERS_AVAILABLE,
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_READER_UNAVAILABLE,
    }
)
_NO_CARD = frozenset({scard.SCARD_E_NO_SMARTCARD})
_BUSY = frozenset({scard.SCARD_E_SHARING_VIOLATION, scard.SCARD_E_SERVER_TOO_BUSY})

Outcome = ChipReading | Exception | None
"""None: a card was found, and reading begins."""


class PcscChipReader:
    """The readers of this machine; one reading at a time."""

    def __init__(
        self,
        issuers: Sequence[bytes] = (),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        reading_s: float = READING_S,
    ) -> None:
        """Take the certificates that stand behind genuine chips (DER), and the clock they are judged by."""
        self._issuers = tuple(issuers)
        self._now = now
        self._reading_s = reading_s
        self._turn = threading.Lock()

    def readers(self) -> tuple[str, ...]:
        """See `ChipReader`."""
        with _context() as context:
            return _names(context)

    def read_chip(self, key: ChipKey, *, wait_s: float) -> ChipReading:
        """See `ChipReader`."""
        password = password_of(key)
        if not self._turn.acquire(blocking=False):
            raise ChipBusy("a card is being read")
        outcomes: SimpleQueue[Outcome] = SimpleQueue()

        def run() -> None:
            try:
                outcomes.put(self._read(password, wait_s, lambda: outcomes.put(None)))
            except Exception as error:  # noqa: BLE001  the edge of a thread: handed on to whom it concerns
                outcomes.put(error)
            finally:
                self._turn.release()

        threading.Thread(target=run, name="chip-reading", daemon=True).start()
        try:
            outcome = outcomes.get(timeout=wait_s + _GRACE_S)
            if outcome is None:  # a card is there
                outcome = outcomes.get(timeout=self._reading_s)
        except Empty:  # the thread keeps its turn until the reader gives it back
            raise ChipTooSlow("no answer") from None
        if isinstance(outcome, ChipReading):
            return outcome
        raise outcome or ChipTooSlow("no answer")

    def _read(self, password: ChipPassword, wait_s: float, begun: Callable[[], None]) -> ChipReading:
        with _context() as context:
            reader = _reader_with_card(context, time.monotonic() + wait_s)
            begun()
            with _line(context, reader, time.monotonic() + self._reading_s) as line:
                return read_card(line, password, issuers=self._issuers, today=self._now())


class _PcscLine:
    """A connection to the card in one reader, until the deadline."""

    def __init__(self, handle: int, protocol: int, deadline: float) -> None:
        self._handle = handle
        self._protocol = protocol
        self._deadline = deadline

    def transmit(self, command: bytes) -> bytes:
        """See `CardLine`; continues what the card gives in pieces (61xx, 6Cxx)."""
        reply = self._once(command)
        whole = reply[:-2]
        for _ in range(_MAX_CONTINUATIONS):
            status, hint = reply[-2], reply[-1]
            if status == _MORE:
                reply = self._once(bytes([command[0], 0xC0, 0, 0, hint]))
            elif status == _WRONG_LENGTH:
                reply = self._once(command[:-1] + bytes([hint]))
            else:
                return whole + reply[-2:]
            whole += reply[:-2]
        raise BrokenChipAnswer("a reply without an end")

    def reset(self) -> None:
        """See `CardLine`."""
        result, protocol = scard.SCardReconnect(
            self._handle,
            scard.SCARD_SHARE_EXCLUSIVE,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            scard.SCARD_RESET_CARD,
        )
        _check(result)
        self._protocol = protocol

    def _once(self, command: bytes) -> bytes:
        if time.monotonic() > self._deadline:
            raise ChipTooSlow("too long")
        result, reply = scard.SCardTransmit(self._handle, self._protocol, list(command))
        _check(result)
        if len(reply) < 2:  # some drivers answer nothing when the card went
            raise ChipPulled("no reply")
        return bytes(reply)


@contextmanager
def _context() -> Iterator[int]:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(result)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


@contextmanager
def _line(context: int, reader: str, deadline: float) -> Iterator[_PcscLine]:
    result, handle, protocol = scard.SCardConnect(
        context,
        reader,
        scard.SCARD_SHARE_EXCLUSIVE,
        scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
    )
    _check(result)
    after = scard.SCARD_RESET_CARD  # no session is left behind
    try:
        yield _PcscLine(handle, protocol, deadline)
    except ChipPulled:
        after = scard.SCARD_LEAVE_CARD  # a reset that fails makes pcscd miss the next card
        raise
    finally:
        scard.SCardDisconnect(handle, after)


def _names(context: int) -> tuple[str, ...]:
    result, names = scard.SCardListReaders(context, [])
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    _check(result)
    return tuple(names[:_MAX_READERS])


def _reader_with_card(context: int, deadline: float) -> str:
    """Return the first reader with a card in it, as soon as there is one.

    Raises:
        NoChipReader: none is plugged in. NoChipCard: no card came before the deadline.
    """
    while True:
        names = _names(context)
        if not names:
            raise NoChipReader("no reader")
        for name, state in _states(context, names):
            if state & scard.SCARD_STATE_PRESENT and not state & scard.SCARD_STATE_MUTE:
                return name
        if time.monotonic() > deadline:
            raise NoChipCard("no card")
        _states(context, names, wait_ms=_SLICE_MS)


def _states(context: int, names: tuple[str, ...], *, wait_ms: int = 0) -> list[tuple[str, int]]:
    """Return name and state of each reader; with `wait_ms`, after a change or so long."""
    unaware = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
    result, states = scard.SCardGetStatusChange(context, 0, unaware)
    if wait_ms and result == scard.SCARD_S_SUCCESS:
        known = [(name, state) for name, state, _ in states]
        result, states = scard.SCardGetStatusChange(context, wait_ms, known)
    if result == scard.SCARD_E_TIMEOUT:
        return [(name, state) for name, state, _ in states] if not wait_ms else []
    _check(result)
    return [(name, state) for name, state, _ in states]


def _check(result: int) -> None:
    """Raise what a PC/SC result means; everything that is not named is a card that went away."""
    if result == scard.SCARD_S_SUCCESS:
        return
    faults: tuple[tuple[frozenset[int], type[PeripheralError]], ...] = (
        (_NO_READER, NoChipReader),
        (_NO_CARD, NoChipCard),
        (_BUSY, ChipBusy),
    )
    for results, fault in faults:
        if result in results:
            raise fault(f"PC/SC {result & 0xFFFFFFFF:08X}")
    raise ChipPulled(f"PC/SC {result & 0xFFFFFFFF:08X}")
