"""What stands in the files of a citizen card's chip.

Source: ICAO Doc 9303 part 10 sections 4.6 and 4.7 (EF.COM, DG1). Data group 13 is the issuer's own; its
layout was read in three public repositories that agree on tags 1 to 13, and has not been checked on a card
by us.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from van_station.peripherals.chip import ChipPerson
from van_station.rules.errors import MrzUnreadable
from van_station.rules.mrz import Mrz, parse_td1
from van_station.rules.people import sex_from_word
from van_station.rules.text import nfc
from van_station.security.errors import BrokenChipAnswer
from van_station.security.tlv import Bytes, Tlv, elements, only

DG13 = 0x6D
_COM, _TAG_LIST = 0x60, 0x5C
_DG1, _MRZ = 0x61, 0x5F1F
_SEQUENCE, _INTEGER = 0x30, 0x02
_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii"}
"""UTF8String, PrintableString, IA5String."""
_MAX_DEPTH = 6
_MAX_TEXT_BYTES = 2000

_FIELDS = {
    1: "id_number",
    2: "full_name",
    3: "birth",
    4: "sex",
    5: "nationality",
    6: "ethnicity",
    8: "place_of_origin",
    9: "residence",
    11: "issued",
    12: "expires",
    13: "parents",
    14: "spouse",
}
"""What we take. A tag that is not listed is stepped over by its length: its content is never decoded."""
_PARENTS = 13
_LISTS = frozenset({_PARENTS, 14})
_STEPPED_OVER = frozenset({7, 10, 15, 16})


def groups_present(file: Bytes) -> frozenset[int]:
    """Return the tags of the data groups that EF.COM lists."""
    return frozenset(bytes(only(only(file, _COM), _TAG_LIST)))


def read_mrz(file: Bytes) -> Mrz:
    """Return data group 1.

    Raises:
        BrokenChipAnswer: it holds no zone of a card, or one whose check digits do not fit.
    """
    zone = bytes(only(only(file, _DG1), _MRZ))
    try:
        return parse_td1(zone.decode("ascii"))
    except (UnicodeDecodeError, MrzUnreadable):
        raise BrokenChipAnswer("data group 1") from None  # its text must not travel in a chain


def read_person(file: Bytes) -> ChipPerson:
    """Return the fields of data group 13 that we take.

    Raises:
        BrokenChipAnswer: it cannot be read, is nested deeper than six levels, or a text is no text.
    """
    found: dict[str, tuple[str, ...]] = {}
    for number, texts in _entries(only(file, DG13), _MAX_DEPTH):
        found.setdefault(_FIELDS[number], texts)
    parents = found.get("parents", ())
    birth = _one(found, "birth")
    return ChipPerson(
        id_number=_one(found, "id_number"),
        full_name=_one(found, "full_name"),
        birth_date=_day(birth),
        birth_text=birth,
        sex=sex_from_word(_one(found, "sex")),
        nationality=_one(found, "nationality"),
        ethnicity=_one(found, "ethnicity"),
        place_of_origin=_one(found, "place_of_origin"),
        residence=_one(found, "residence"),
        issued_on=_day(_one(found, "issued")),
        expires_on=_day(_one(found, "expires")),
        father=parents[0] if parents else "",
        mother=parents[1] if len(parents) > 1 else "",
        spouse=_one(found, "spouse"),
    )


def _entries(data: Bytes, depth: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give number and texts of the entries we take, wherever they lie in the frame around them."""
    if not depth:
        raise BrokenChipAnswer("nested too deep")
    for element in elements(data):
        if not element.is_constructed:
            continue
        number = _number_of(element)
        if number is None:
            yield from _entries(element.content, depth - 1)
        elif number in _FIELDS:
            first, *rest = elements(element.content)
            del first
            yield number, tuple(_texts(rest, depth - 1))


def _number_of(element: Tlv) -> int | None:
    """Return the number of an entry (a sequence of INTEGER and text); None for a frame around entries."""
    if element.tag != _SEQUENCE:
        return None
    at = iter(elements(element.content))
    first, second = next(at, None), next(at, None)
    if first is None or first.tag != _INTEGER or len(first.content) != 1:
        return None
    number = int(first.content[0])
    if number in _STEPPED_OVER or second is None or second.tag in _TEXTS:
        return number
    return number if number in _LISTS and second.tag == _SEQUENCE else None


def _texts(parts: list[Tlv], depth: int) -> Iterator[str]:
    if not depth:
        raise BrokenChipAnswer("nested too deep")
    for part in parts:
        if part.tag in _TEXTS:
            yield _decoded(part)
        elif part.tag == _SEQUENCE:
            yield from _texts(list(elements(part.content)), depth - 1)


def _decoded(part: Tlv) -> str:
    if len(part.content) > _MAX_TEXT_BYTES:
        raise BrokenChipAnswer("a text is too long")
    try:
        return nfc(str(bytes(part.content), _TEXTS[part.tag]))
    except UnicodeDecodeError:
        raise BrokenChipAnswer("a text is no text") from None  # the error would carry it


def _one(found: dict[str, tuple[str, ...]], name: str) -> str:
    texts = found.get(name, ())
    return texts[0] if texts else ""


def _day(text: str) -> date | None:
    """Return the day of `dd/mm/yyyy`; None for anything else, as *không thời hạn* on cards without an end."""
    parts = text.split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None
