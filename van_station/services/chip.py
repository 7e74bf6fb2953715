"""The chip of a citizen card at the desk (*đọc chip thẻ căn cước*): whether it can be read, what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from van_station.peripherals.chip import ChipKey, ChipPerson, ChipReader, ChipReading
from van_station.peripherals.pictures import PeripheralError
from van_station.rules.mrz import parse_td1, typed_chip_key
from van_station.rules.text import nfc
from van_station.security.errors import KeyRefused, SecurityError
from van_station.services.errors import FieldNote, NotNow, Refused, rules_as_refusals

WAIT_S = 15.0
"""How long somebody may look for the right place to lay the card."""
_NOTES = {
    "signed": (),
    "unknown_issuer": (FieldNote("id_number", "chip.unknown_issuer", "warning"),),
    "not_verified": (FieldNote("id_number", "chip.not_verified", "warning"),),
}


class ChipState(StrEnum):
    """Whether this machine reads chips: yes, the extra `card` is missing, or the settings say no."""

    READY = "ready"
    NOT_INSTALLED = "not_installed"
    OFF = "off"


@dataclass(frozen=True)
class ChipAsk:
    """What opens the chip, as the desk has it: the MRZ of the back, or three fields, or the access number.

    `mrz` is what a scanner gave or a person typed, three lines or one; it goes before the fields.
    `id_number` may come from the QR (12 digits; the chip's document number is its last nine) together with
    `birth_date`; `expires_on` stands on the card's face. `can` is used alone.
    """

    mrz: str = ""
    id_number: str = ""
    birth_date: date | None = None
    expires_on: date | None = None
    can: str = ""

    def __repr__(self) -> str:
        return "ChipAsk()"


@dataclass(frozen=True)
class ChipDetails:
    """What the chip says beyond the draft: shown for comparing or filling a form, never kept by itself."""

    nationality: str = field(default="", repr=False)
    ethnicity: str = field(default="", repr=False)
    place_of_origin: str = field(default="", repr=False)
    expires_on: date | None = field(default=None, repr=False)
    father: str = field(default="", repr=False)
    mother: str = field(default="", repr=False)
    spouse: str = field(default="", repr=False)
    protocol: str = ""
    authenticity: str = ""
    """signed | unknown_issuer | not_verified"""


class ChipDesk:
    """The machine's chip reader, or why there is none."""

    def __init__(self, reader: ChipReader | None = None, state: ChipState = ChipState.NOT_INSTALLED) -> None:
        self._reader = reader
        self.state = ChipState.READY if reader is not None else state

    def readers(self) -> tuple[str, ...]:
        """Return the names of the readers plugged in now; () also where chips are not read."""
        try:
            return self._reader.readers() if self._reader is not None else ()
        except PeripheralError:
            return ()

    def read(self, ask: ChipAsk, *, wait_s: float = WAIT_S) -> ChipReading:
        """Wait for a card and read it; takes some seconds, so call it from a thread of its own.

        Raises:
            Refused: chip.not_installed, chip.off, chip.key_missing, chip.bad_key, mrz.*, chip.wrong_key,
            chip.locked,
                chip.not_supported, chip.altered.
            NotNow: chip.no_reader, chip.no_card, chip.pulled, chip.busy, chip.too_slow, chip.unreadable.
        """
        if self._reader is None:
            raise Refused("chip.off" if self.state is ChipState.OFF else "chip.not_installed")
        key = _key(ask)
        try:
            return self._reader.read_chip(key, wait_s=wait_s)
        except KeyRefused:
            raise Refused("chip.bad_key") from None
        except (PeripheralError, SecurityError) as error:
            again = error.retryable and error.code != "chip.wrong_key"  # the same key stays wrong
            raise (NotNow if again else Refused)(error.code) from error


def details_of(reading: ChipReading) -> ChipDetails:
    """Return what goes beyond the draft."""
    person = reading.person or ChipPerson()
    return ChipDetails(
        nationality=person.nationality,
        ethnicity=person.ethnicity,
        place_of_origin=person.place_of_origin,
        expires_on=person.expires_on,
        father=person.father,
        mother=person.mother,
        spouse=person.spouse,
        protocol=reading.protocol,
        authenticity=reading.authenticity,
    )


def notes_on(reading: ChipReading) -> tuple[FieldNote, ...]:
    """Return what is doubtful about a reading by itself."""
    notes = _NOTES[reading.authenticity]
    if reading.person is None:
        return (*notes, FieldNote("full_name", "chip.no_details", "warning"))
    if reading.mrz.id_number and reading.person.id_number != reading.mrz.id_number:
        notes = (*notes, FieldNote("id_number", "chip.zones_differ", "warning"))
    return notes


def differences(id_number: str, full_name: str, *, qr_number: str, qr_name: str) -> tuple[FieldNote, ...]:
    """Return where chip and QR of what should be one card differ; letters' case says nothing."""
    notes: tuple[FieldNote, ...] = ()
    if id_number != qr_number:
        notes += (FieldNote("id_number", "chip.number_differs", "warning"),)
    if nfc(full_name).casefold() != nfc(qr_name).casefold():
        notes += (FieldNote("full_name", "chip.name_differs", "warning"),)
    return notes


def _key(ask: ChipAsk) -> ChipKey:
    if ask.can:
        return ChipKey(can=ask.can.strip())
    with rules_as_refusals():
        if ask.mrz.strip():
            return ChipKey(mrz=parse_td1(ask.mrz).key)
        if not (ask.id_number and ask.birth_date and ask.expires_on):
            raise Refused("chip.key_missing")
        return ChipKey(mrz=typed_chip_key(ask.id_number, ask.birth_date, ask.expires_on))
