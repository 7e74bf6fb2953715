"""The steps of reading a citizen card's chip, over any line that carries its commands.

Source: ICAO Doc 9303 part 11 section 4.2 (order), part 10 section 3.6 (SELECT, READ BINARY). That SELECT of
the master file may answer 6D00, and that EF.CardAccess is selected directly, was read in public reports
about this card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from van_station.peripherals.chip import ChipKey, ChipReading
from van_station.peripherals.chip_files import DG13, groups_present, read_mrz, read_person
from van_station.security.chip_commands import Command, Reply, ask
from van_station.security.errors import BrokenChipAnswer, ChipNotSupported
from van_station.security.pace import PaceOffer, open_by_pace, pace_offers
from van_station.security.passive_authentication import Authenticity, SignedDigests, read_security_object
from van_station.security.secure_messaging import SecureSession
from van_station.security.tlv import read_header
from van_station.security.travel_document import ChipPassword, open_by_bac

MAX_FILE_BYTES = 32_767
"""As far as READ BINARY's offset reaches; a citizen card's files that we read have a few kB."""
_CHUNK_BYTES = 0xDF
"""What fits a short reply under protection, padding and seal included."""
_HEADER_BYTES = 4
_APPLICATION = bytes.fromhex("A0000002471001")
_MASTER, _CARD_ACCESS = bytes.fromhex("3F00"), bytes.fromhex("011C")
_COM, _SOD, _DG1_FILE, _DG13_FILE = (bytes.fromhex(each) for each in ("011E", "011D", "0101", "010D"))
_SHORT_READ = 0x6282


class CardLine(Protocol):
    """A connection to one card."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command and return its reply; PeripheralError when the card or its reader went away."""

    def reset(self) -> None:
        """Let the card forget what was begun."""


def password_of(key: ChipKey) -> ChipPassword:
    """Return the password, of the access number when there is one; KeyRefused when its shape is wrong."""
    return ChipPassword.of_can(key.can) if key.can else ChipPassword.of_mrz(key.mrz)


def read_card(
    line: CardLine, password: ChipPassword, *, issuers: Sequence[bytes], today: datetime
) -> ChipReading:
    """Open the chip, PACE first and BAC where PACE is not to be had, and read EF.COM, EF.SOD, DG1 and DG13.

    DG13 passes through whole, since its digest is over all of it; the bytes are wiped when the fields that we
    take are out.

    Raises:
        SecurityError, PeripheralError: see `ChipReader.read_chip`.
    """
    card = _Card(line)
    protocol = card.open(password)
    listed = groups_present(card.read(_COM))
    signed = card.signed_digests()
    groups: dict[int, bytearray] = {}
    try:
        groups[1] = card.read(_DG1_FILE)
        if DG13 in listed:
            groups[13] = card.read(_DG13_FILE)
        authenticity = signed.check(groups, issuers, today) if signed else Authenticity.NOT_VERIFIED
        person = read_person(groups[13]) if 13 in groups else None
        return ChipReading(read_mrz(groups[1]), person, protocol, authenticity.value)
    finally:
        for data in groups.values():
            data[:] = bytes(len(data))


class _Card:
    """One card while it is read: in the open first, then under protection."""

    def __init__(self, line: CardLine) -> None:
        self._line = line
        self._session: SecureSession | None = None

    def open(self, password: ChipPassword) -> str:
        """Authenticate and select the application; returns which protocol it was."""
        for offer in self._offers():
            try:
                session = open_by_pace(self._line.transmit, password, offer)
            except ChipNotSupported:
                self._line.reset()
                continue
            self._session = session
            self._select_application()
            return "pace"
        if password.kind is not password.kind.MRZ:
            raise ChipNotSupported("an access number opens by PACE only")
        self._select_application()
        self._session = open_by_bac(self._line.transmit, password)
        return "bac"

    def signed_digests(self) -> SignedDigests | None:
        """Return the signed list; None when this card has none."""
        try:
            return read_security_object(bytes(self.read(_SOD)))
        except ChipNotSupported:
            return None

    def read(self, file: bytes) -> bytearray:
        """Return a whole file, as long as its first element says.

        Raises:
            ChipNotSupported: there is no such file, or it may not be read.
            BrokenChipAnswer: longer than 32,767 bytes, or it ends before its end.
        """
        if not self._send(Command(0x00, 0xA4, 0x02, 0x0C, file)).is_done:
            raise ChipNotSupported("no such file")
        data = bytearray(self._piece(0, _HEADER_BYTES))
        _, length, start = read_header(data)
        total = start + length
        if total > MAX_FILE_BYTES:
            raise BrokenChipAnswer("a file is too long")
        del data[total:]
        while len(data) < total:
            data += self._piece(len(data), min(_CHUNK_BYTES, total - len(data)))
        return data

    def _piece(self, offset: int, size: int) -> bytes:
        reply = self._send(Command(0x00, 0xB0, offset >> 8, offset & 0xFF, expected=size))
        if not (reply.is_done or reply.status == _SHORT_READ) or not 0 < len(reply.data) <= size:
            raise BrokenChipAnswer("a piece of a file")
        return reply.data

    def _offers(self) -> tuple[PaceOffer, ...]:
        """Return what EF.CardAccess offers; () when there is none or it says nothing we know."""
        self._send(Command(0x00, 0xA4, 0x00, 0x0C, _MASTER))  # may answer 6D00: no matter
        try:
            return pace_offers(bytes(self.read(_CARD_ACCESS)))
        except (ChipNotSupported, BrokenChipAnswer):
            return ()

    def _select_application(self) -> None:
        if not self._send(Command(0x00, 0xA4, 0x04, 0x0C, _APPLICATION)).is_done:
            raise ChipNotSupported("no travel document application")

    def _send(self, command: Command) -> Reply:
        if self._session is None:
            return ask(self._line.transmit, command)
        return self._session.unwrap(self._line.transmit(self._session.wrap(command)))
