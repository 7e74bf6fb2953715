"""Addresses before and after 1 July 2025: three levels on the cards, two levels today.

Source: official conversion table of 1 July 2025 (`hanoi_ward_conversion.json`), units of QĐ 19/2025/QĐ-TTg
(`hanoi_wards.json`). Nothing is changed silently: a reading is offered, old beside new; a person confirms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from van_station.rules.errors import CatalogueRefused
from van_station.rules.text import fold, nfc

MAX_ADDRESS = 300
MAX_PARTS = 12
CITY = "Thành phố Hà Nội"

_CITY = frozenset({"ha noi", "thanh pho ha noi", "tp ha noi", "tp hn", "hn", "t p ha noi", "hanoi"})
_KINDS = (
    ("thi tran", r"(?:thi tran|tt|t tran)"),
    ("thi xa", r"(?:thi xa|tx|t xa)"),
    ("phuong", r"(?:phuong|ph|p)"),
    ("xa", r"(?:xa|x)"),
    ("quan", r"(?:quan|q)"),
    ("huyen", r"(?:huyen|h)"),
    ("thanh pho", r"(?:thanh pho|tp)"),
)
_KIND = [(kind, re.compile(rf"{pattern} +(.+)")) for kind, pattern in _KINDS]
_PUNCTUATION = re.compile(r"[.\-–_/]+")


class How(StrEnum):
    """How much of an old unit went to a new one."""

    WHOLE = "whole"
    PART = "part"
    PART_AREA = "part_area"
    PART_AREA_ALL_PEOPLE = "part_area_all_people"


class AddressStatus(StrEnum):
    """What could be said about an address.

    TODAY: it already names a ward of today. MAPPED: one ward of today. ASK: several, the citizen knows which.
    OUTSIDE: another province. UNKNOWN: no unit of Hanoi recognised.
    """

    TODAY = "today"
    MAPPED = "mapped"
    ASK = "ask"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WardChoice:
    """A ward of today that an address may lie in; `was` names the old unit, "" where none was meant."""

    code: str
    name: str
    how: How
    was: str = ""


@dataclass(frozen=True, slots=True)
class AddressReading:
    """An address taken apart. Personal data: house and street don't show in `repr`.

    Attributes:
        detail: house, street, hamlet: what stands before the units, as written.
        choices: wards of today; one for TODAY and MAPPED, several for ASK, none else.
    """

    status: AddressStatus
    detail: str = field(default="", repr=False)
    choices: tuple[WardChoice, ...] = ()

    def written(self, choice: WardChoice) -> str:
        """Return the address in two levels (house and street, ward, city)."""
        return ", ".join(part for part in (self.detail, choice.name, CITY) if part)


@dataclass(frozen=True, slots=True)
class _Old:
    """An old unit as names are compared: folded, kind apart."""

    kind: str
    name: str
    district: str
    choices: tuple[WardChoice, ...]
    settled: bool


class Addresses:
    """The units of Hanoi before and now; build it once.

    Args:
        conversion: the parsed `hanoi_ward_conversion.json`.
        wards: the parsed `hanoi_wards.json`.
        provinces: names of the provinces of today and before, to tell another province from an unknown word.

    Raises:
        CatalogueRefused: data of another shape.
    """

    def __init__(
        self, conversion: Mapping[str, Any], wards: Mapping[str, Any], provinces: Iterable[str] = ()
    ) -> None:
        self._old: dict[str, list[_Old]] = defaultdict(list)
        self._today: dict[str, list[WardChoice]] = defaultdict(list)
        self._codes: dict[str, str] = {}
        try:
            for unit in conversion["units"]:
                old = _old(unit)
                self._old[old.name].append(old)
            for ward in wards["wards"]:
                choice = WardChoice(ward["code"], ward["full_name"], How.WHOLE)
                self._codes[choice.code] = choice.name
                self._today[_split_kind(_plain(choice.name))[1]].append(choice)
        except (KeyError, TypeError, ValueError) as error:
            raise CatalogueRefused("address data", place="/") from error
        self._districts = {old.district for group in self._old.values() for old in group}
        self._provinces = {_split_kind(_plain(name))[1] for name in provinces} - _CITY

    def ward(self, code: str) -> str | None:
        """Return the name of a ward of today, or None."""
        return self._codes.get(code)

    def read(self, text: str) -> AddressReading:
        """Say where an address lies today.

        Args:
            text: parts divided by commas, smallest first, as cards write it; stray commas and the usual
                abbreviations (P., X., TT, Q., H., TP) are taken; at most 300 characters.
        """
        parts = [part for part in (nfc(part) for part in text[:MAX_ADDRESS].split(",")) if part][-MAX_PARTS:]
        plain = [_plain(part) for part in parts]
        end = len(parts)
        if end and plain[end - 1] in {"viet nam", "vn"}:
            end -= 1
        in_city = end > 0 and plain[end - 1] in _CITY
        if in_city:
            end -= 1
        elif end and _split_kind(plain[end - 1])[1] in self._provinces and not self._is_unit(plain[end - 1]):
            return AddressReading(AddressStatus.OUTSIDE, ", ".join(parts))
        district = ""
        if end > 1 and _split_kind(plain[end - 1])[1] in self._districts and self._is_district(plain, end):
            end -= 1
            district = _split_kind(plain[end])[1]
        if not end:
            return AddressReading(AddressStatus.UNKNOWN, ", ".join(parts))
        return self._unit(plain[end - 1], district, ", ".join(parts[: end - 1]), ", ".join(parts))

    def _is_unit(self, part: str) -> bool:
        kind, name = _split_kind(part)
        return kind in {"phuong", "xa", "thi tran"} and (name in self._old or name in self._today)

    def _is_district(self, plain: Sequence[str], end: int) -> bool:
        """Ba Đình is a district and a ward: it is the district when a unit of it stands before it."""
        kind, district = _split_kind(plain[end - 1])
        if kind in {"phuong", "xa", "thi tran"}:
            return False
        name = _split_kind(plain[end - 2])[1]
        return kind in {"quan", "huyen", "thi xa"} or any(
            old.district == district for old in self._old.get(name, ())
        )

    def _unit(self, part: str, district: str, detail: str, whole: str) -> AddressReading:
        kind, name = _split_kind(part)
        today = [ward for ward in self._today.get(name, ()) if not kind or _kind_of(ward) == kind]
        old = [
            unit
            for unit in self._old.get(name, ())
            if (not kind or unit.kind == kind) and (not district or unit.district == district)
        ]
        if not district and today:
            # Two levels are how addresses are written since July 2025: a ward of today is meant.
            return AddressReading(AddressStatus.TODAY, detail, tuple(today))
        if len(old) == 1 and old[0].settled:
            return AddressReading(AddressStatus.MAPPED, detail, old[0].choices)
        if old:
            choices = dict.fromkeys(choice for unit in old for choice in unit.choices)
            return AddressReading(AddressStatus.ASK, detail, tuple(choices))
        return AddressReading(AddressStatus.UNKNOWN, whole)


def _old(unit: Mapping[str, Any]) -> _Old:
    kind, name = _split_kind(_plain(unit["old_name"]))
    where = f"{unit['old_name']}, {unit['old_district']}"
    every = tuple(WardChoice(to["new_code"], to["new_name"], How(to["how"]), where) for to in unit["to"])
    people = tuple(choice for choice in every if choice.how in {How.WHOLE, How.PART_AREA_ALL_PEOPLE})
    settled = bool(unit["unambiguous"]) and len(people) == 1
    return _Old(
        kind, name, _split_kind(_plain(unit["old_district"]))[1], people if settled else every, settled
    )


def _plain(part: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", fold(part)).split())


def _split_kind(plain: str) -> tuple[str, str]:
    """Return the kind of unit that a folded name begins with ("" for none), and the name without it."""
    for kind, pattern in _KIND:
        found = pattern.fullmatch(plain)
        if found:
            return kind, found.group(1)
    return "", plain


def _kind_of(ward: WardChoice) -> str:
    return _split_kind(_plain(ward.name))[0]
