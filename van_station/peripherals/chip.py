"""Reading the chip of a citizen card (*đọc chip thẻ căn cước*): what comes out, and what may go wrong.

Nothing here needs the extra `card`; whether it is installed is told by `is_installed`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from typing import Protocol

from van_station.peripherals.pictures import PeripheralError
from van_station.rules.mrz import Mrz
from van_station.rules.people import Sex

_NEEDED = ("smartcard", "ecdsa", "asn1crypto")


class NoChipReader(PeripheralError):
    """No card reader is plugged in, or the system's card service does not run."""

    code = "chip.no_reader"
    retryable = True


class NoChipCard(PeripheralError):
    """No card was laid on the reader in time."""

    code = "chip.no_card"
    retryable = True


class ChipPulled(PeripheralError):
    """The card or the reader went away while it was read."""

    code = "chip.pulled"
    retryable = True


class ChipBusy(PeripheralError):
    """Another program, or another counter of this machine, holds the reader."""

    code = "chip.busy"
    retryable = True


class ChipTooSlow(PeripheralError):
    """The card or reader stopped answering, or took longer than we wait."""

    code = "chip.too_slow"
    retryable = True


@dataclass(frozen=True, slots=True)
class ChipPerson:
    """What data group 13 says, out of the tags that a van needs. Personal data: no field shows in `repr`.

    Religion (7) and identifying marks (10) have no place here; old numbers (15, 16) are left out because
    sources disagree about them. Texts are "" where the chip has none; dates None where they are no day.
    """

    id_number: str = field(default="", repr=False)
    full_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_text: str = field(default="", repr=False)
    sex: Sex | None = field(default=None, repr=False)
    nationality: str = field(default="", repr=False)
    ethnicity: str = field(default="", repr=False)
    place_of_origin: str = field(default="", repr=False)
    residence: str = field(default="", repr=False)
    issued_on: date | None = field(default=None, repr=False)
    expires_on: date | None = field(default=None, repr=False)
    father: str = field(default="", repr=False)
    mother: str = field(default="", repr=False)
    spouse: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChipReading:
    """What a chip gave.

    Attributes:
        mrz: data group 1.
        person: data group 13; None when this chip has none.
        protocol: "pace" or "bac".
        authenticity: value of `security.passive_authentication.Authenticity`.
    """

    mrz: Mrz = field(repr=False)
    person: ChipPerson | None = field(repr=False)
    protocol: str
    authenticity: str


@dataclass(frozen=True, slots=True)
class ChipKey:
    """What opens the chip, from the card's print: 24 characters of the MRZ, or six of the access number."""

    mrz: str = field(default="", repr=False)
    can: str = field(default="", repr=False)


class ChipReader(Protocol):
    """A machine's card readers."""

    def readers(self) -> tuple[str, ...]:
        """Return the names of the readers plugged in now; NoChipReader when the service does not run."""

    def read_chip(self, key: ChipKey, *, wait_s: float) -> ChipReading:
        """Wait for a card, open it with `key` and read it.

        Raises:
            PeripheralError: NoChipReader, NoChipCard, ChipPulled, ChipBusy, ChipTooSlow.
            SecurityError: WrongChipKey, ChipLocked, BrokenChipAnswer, ChipNotSupported, ChipDataAltered,
            KeyRefused.
        """


def is_installed() -> bool:
    """Tell whether the extra `card` is installed."""
    return all(find_spec(name) is not None for name in _NEEDED)
