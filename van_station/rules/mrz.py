"""The machine-readable zone of the citizen card: three lines of thirty characters, with check digits.

Source: ICAO Doc 9303 part 5 (size TD1) and part 3 section 4.9 (check digits). The layout of line 1, which
repeats the whole 12-digit number with a check digit of its own, was seen on a public sample and computed
there.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from van_station.rules.errors import MrzUnreadable
from van_station.rules.people import Sex

LINE = 30
MAX_TYPED = 200
_ZONE = re.compile(r"[A-Z0-9<]{90}")
_WEIGHTS = (7, 3, 1)
_FILLERS = str.maketrans({"«": "<", "‹": "<", "＜": "<", "〈": "<"})
_SEX = {"M": Sex.MALE, "F": Sex.FEMALE}
_ID = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Mrz:
    """A zone whose check digits fit. Personal data: no field shows in `repr`.

    `birth` and `expiry` are YYMMDD as printed; `birth` may hold fillers where the day is not known.
    `id_number` is "" when the optional field holds none.
    """

    issuer: str
    document_number: str = field(repr=False)
    id_number: str = field(repr=False)
    birth: str = field(repr=False)
    expiry: str = field(repr=False)
    sex: Sex | None = field(repr=False)
    nationality: str = field(repr=False)
    name: str = field(repr=False)
    """Family name first, without marks, spaces between words."""

    @property
    def key(self) -> str:
        """The 24 characters that open the chip: number, birth and expiry, each with its check digit."""
        return chip_key(self.document_number, self.birth, self.expiry)

    def birth_date(self, today: date) -> date | None:
        """Return the birth date, the latest that is not after `today`; None when it is no day."""
        return _day(self.birth, latest=today)


def parse_td1(text: str) -> Mrz:
    """Read a zone as a scanner gives it or a person typed it: three lines, or one piece of ninety characters.

    Spaces are dropped, small letters raised, and angle quotes taken for fillers.

    Raises:
        MrzUnreadable: `mrz.not_td1`, or `mrz.check_digit` with `place` (number, id, birth, expiry, whole).
    """
    if len(text) > MAX_TYPED:
        raise MrzUnreadable(code="mrz.not_td1")
    zone = "".join(text.upper().translate(_FILLERS).split())
    if _ZONE.fullmatch(zone) is None or zone[0] not in "IAC":
        raise MrzUnreadable(code="mrz.not_td1")
    first, second, third = zone[:LINE], zone[LINE : 2 * LINE], zone[2 * LINE :]
    _check("number", first[5:14], first[14])
    _check("birth", second[:6], second[6])
    _check("expiry", second[8:14], second[14])
    _check("whole", first[5:] + second[:7] + second[8:15] + second[18:29], second[29])
    number = first[15:27] if _ID.fullmatch(first[15:27]) else ""
    if number:
        _check("id", number, first[29])
    return Mrz(
        issuer=first[2:5].rstrip("<"),
        document_number=first[5:14],
        id_number=number,
        birth=second[:6],
        expiry=second[8:14],
        sex=_SEX.get(second[7]),
        nationality=second[15:18].rstrip("<"),
        name=" ".join(third.replace("<", " ").split()),
    )


def check_digit(characters: str) -> str:
    """Return the check digit of digits, capital letters and fillers: weights 7, 3, 1, modulo 10."""
    values = (0 if each == "<" else int(each, 36) for each in characters)
    return str(sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10)


def chip_key(document_number: str, birth: str, expiry: str) -> str:
    """Return the 24 characters that open a chip.

    Args:
        document_number: at most nine characters, filled up with `<`.
        birth: YYMMDD.
        expiry: YYMMDD.

    Source: ICAO Doc 9303 part 11 section 4.3.2.
    """
    fields = (document_number.ljust(9, "<"), birth, expiry)
    return "".join(each + check_digit(each) for each in fields)


def typed_chip_key(number: str, birth: date, expiry: date) -> str:
    """Return the same from the card's face: the document number is the last nine digits of the twelve.

    Raises:
        MrzUnreadable: `mrz.number_wrong`: neither nine nor twelve digits.
    """
    digits = "".join(number.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) in {9, 12}):
        raise MrzUnreadable(code="mrz.number_wrong")
    return chip_key(digits[-9:], f"{birth:%y%m%d}", f"{expiry:%y%m%d}")


def _check(place: str, characters: str, digit: str) -> None:
    if check_digit(characters) != digit:
        raise MrzUnreadable(code="mrz.check_digit", place=place)


def _day(yymmdd: str, *, latest: date) -> date | None:
    try:
        year, month, day = (int(yymmdd[at : at + 2]) for at in (0, 2, 4))
        for century in (2000, 1900):
            found = date(century + year, month, day)
            if found <= latest:
                return found
    except ValueError:
        return None
    return None
