"""Commands to a chip and its replies (APDU), in their short form.

Source: ISO/IEC 7816-4 sections 5.1 and 5.6; ICAO Doc 9303 part 10 section 3.6.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from van_station.security.errors import BrokenChipAnswer, ChipLocked, ChipNotSupported, WrongChipKey

Transmit = Callable[[bytes], bytes]
"""Sends one command and returns the whole reply, its two status bytes last."""

MAX_DATA_BYTES = 255
MAX_REPLY_BYTES = 258
WHOLE_REPLY = 256
"""As `expected`: give whatever there is."""

DONE = 0x9000
_LOCKED = frozenset({0x6983, 0x6984, 0x63C0})
_NOT_AUTHENTICATED = frozenset({0x6300, 0x6982, 0x6985, 0x6988, 0x6A80, 0x6F00})


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `expected` is how many bytes of answer are wanted, None when there are none."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    expected: int | None = None

    @property
    def header(self) -> bytes:
        """The first four bytes."""
        return bytes([self.cla, self.ins, self.p1, self.p2])

    def encoded(self) -> bytes:
        """Return the bytes that go to the chip."""
        if len(self.data) > MAX_DATA_BYTES:
            raise ValueError("a short command carries 255 bytes")
        body = bytes([len(self.data)]) + self.data if self.data else b""
        wanted = b"" if self.expected is None else bytes([self.expected % 256])
        return self.header + body + wanted


@dataclass(frozen=True, slots=True)
class Reply:
    """What the chip answered: its data, and the status word."""

    data: bytes = field(repr=False)
    status: int

    @classmethod
    def decoded(cls, raw: bytes) -> "Reply":
        """Return the reply of raw bytes.

        Raises:
            BrokenChipAnswer: shorter than a status word, or longer than a short reply.
        """
        if not 2 <= len(raw) <= MAX_REPLY_BYTES:
            raise BrokenChipAnswer("length of a reply")
        return cls(bytes(raw[:-2]), int.from_bytes(raw[-2:], "big"))

    @property
    def is_done(self) -> bool:
        """Whether the chip did what it was told."""
        return self.status == DONE


def ask(transmit: Transmit, command: Command) -> Reply:
    """Send a command in the open, and return the reply."""
    return Reply.decoded(transmit(command.encoded()))


def data_of(reply: Reply) -> bytes:
    """Return a reply's data.

    Raises:
        ChipNotSupported: the chip did not do it.
    """
    if not reply.is_done:
        raise ChipNotSupported(f"status {reply.status:04X}")
    return reply.data


def authenticated(reply: Reply) -> bytes:
    """Return the data of the reply to a proof of the password.

    Raises:
        WrongChipKey: the chip does not accept the proof.
        ChipLocked: it accepts none any more.
        BrokenChipAnswer: it answers something else.
    """
    if reply.is_done:
        return reply.data
    if reply.status in _LOCKED:
        raise ChipLocked(f"status {reply.status:04X}")
    if reply.status in _NOT_AUTHENTICATED or reply.status & 0xFFF0 == 0x63C0:
        raise WrongChipKey(f"status {reply.status:04X}")
    raise BrokenChipAnswer(f"status {reply.status:04X}")
