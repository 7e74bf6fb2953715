"""Addresses of before July 2025 beside those of today (*địa chỉ*): offered, never changed silently."""

from __future__ import annotations

from dataclasses import dataclass

from van_station.rules.addresses import Addresses, AddressStatus, How


@dataclass(frozen=True)
class AddressOffer:
    """An address of today that the person may confirm.

    Attributes:
        written: the whole address in two levels.
        how: how much of the old unit went there; a part asks which neighbourhood.
        was: the old unit, "" where the address already named a ward of today.
    """

    ward_code: str
    ward_name: str
    written: str
    how: How
    was: str

    def __repr__(self) -> str:
        return f"AddressOffer(ward_code={self.ward_code!r}, how={self.how.value!r})"


@dataclass(frozen=True)
class AddressView:
    """What an address means today: one offer (MAPPED, TODAY), several to ask about (ASK), or none."""

    status: AddressStatus
    offers: tuple[AddressOffer, ...] = ()


class AddressBook:
    """The wards of before and of today."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def today(self, address: str) -> AddressView:
        """Return what an address written on a card, or typed, means today."""
        reading = self._addresses.read(address)
        offers = tuple(
            AddressOffer(choice.code, choice.name, reading.written(choice), choice.how, choice.was)
            for choice in reading.choices
        )
        return AddressView(reading.status, offers)

    def ward(self, code: str) -> str | None:
        """Return the name of a ward of today, None for a code that is none."""
        return self._addresses.ward(code)
