"""The QR text of the CCCD (2021) and Căn cước (2024) cards, and the 12-digit personal number.

Source: layouts read in public repositories; number structure NĐ 137/2015/NĐ-CP article 13. Luật Căn cước
26/2023/QH15 article 12 promises only 12 digits, hence all but the shape is a warning.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date

from van_station.rules.errors import CardUnreadable
from van_station.rules.findings import Finding, Severity
from van_station.rules.legacy_text import LegacyTables, recognise
from van_station.rules.people import Sex, sex_from_word
from van_station.rules.text import is_name, is_suspect_card_text, nfc

MAX_CARD_TEXT = 1024
MAX_FIELDS = 24
MAX_NAME = 120
ID_DIGITS = 12
_DAY_DIGITS = 8

_ID = re.compile(r"[0-9]{12}")
_OLD_ID = re.compile(r"[0-9]{9}|[0-9]{12}")
_DAY = re.compile(r"[0-9]{8}|[0-9]{4}")
_VOWELS = frozenset("aeiouy")
_WEDGE = re.compile(r"[0-9]{12}\|[^|\n]*\|[^|\n]*\|[^|\n]*\|[^|\n]*\|")


@dataclass(frozen=True, slots=True)
class CardReading:
    """What a card's QR says. Personal data: no field shows in `repr`.

    `birth_text` is always filled; `birth_date` is None when only a year (or no real day) is known. `extra`
    holds the fields after the day of issue, raw: what the four of the 2024 card mean is not published.
    """

    id_number: str = field(repr=False)
    old_id_number: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    birth_text: str = field(repr=False)
    sex: Sex | None = field(repr=False)
    address: str = field(repr=False)
    issued_on: date | None = field(repr=False)
    extra: tuple[str, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What the structure of NĐ 137/2015 says about a number's holder; a hint, not a proof."""

    prefix: str
    birth_year: int
    sex: Sex


def looks_like_card(text: str) -> bool:
    """Tell quickly whether typed characters start like a card, to tell a scanner from a person's typing."""
    return len(text) <= MAX_CARD_TEXT and _WEDGE.match(text.lstrip()) is not None


def seems_card(text: str) -> bool:
    """Tell whether a text was meant as a card's: whole, torn, or with letters lost.

    Nothing that a person writes about themselves has two bars, or a bar beside a number or day.
    """
    columns = text.split("|")
    return len(columns) > 2 or (
        len(columns) == 2 and any(sum(map(str.isdigit, each)) >= _DAY_DIGITS for each in columns)
    )


def parse_card_qr(
    text: str, *, prefixes: Container[str] | None = None, legacy: LegacyTables | None = None
) -> CardReading:
    """Read a card's QR text by the shape of its fields, so that a missing old-number column does no harm.

    Args:
        text: what the scanner gave, a trailing line end included.
        prefixes: known three-digit prefixes for the number check; None leaves that check out.
        legacy: tables of letters from before Unicode, for readers that still give them; what is read so is
            a guess, and the finding `card.legacy_letters` asks a person to compare it with the card.

    Raises:
        CardUnreadable: `card.too_long` (beyond 1,024 characters), `card.not_a_card`, `card.torn` (it starts
            like a card but fields are missing), `card.letters_broken` (the scanner lost Vietnamese letters).
    """
    if len(text) > MAX_CARD_TEXT:
        raise CardUnreadable(code="card.too_long")
    recognised = recognise(text, legacy) if legacy is not None else None
    if recognised is not None:
        text = recognised.text
    columns = [nfc(column) for column in text.strip("\r\n\t \ufeff").split("|")]
    if len(columns) < 2 or len(columns) > MAX_FIELDS or _ID.fullmatch(columns[0]) is None:
        raise CardUnreadable(code=_why_not_a_card(columns))
    birth_at = _birth_column(columns)
    name = columns[birth_at - 1]
    if len(name) > MAX_NAME:
        raise CardUnreadable(code="card.not_a_card")
    address, issued_text, extra = _after_sex(columns[birth_at + 2 :])
    lost = _has_lost_letters(name) or (name.isascii() and _has_lost_letters(address, but_capitals=True))
    if not is_name(name) or lost or any(map(is_suspect_card_text, (name, address))):
        raise CardUnreadable(code="card.letters_broken")
    birth_date, birth_text, findings = _read_birth(columns[birth_at])
    sex = sex_from_word(columns[birth_at + 1])
    year = int(birth_text) if len(birth_text) == 4 else None
    findings += check_id_number(
        columns[0], birth_date=birth_date, sex=sex, prefixes=prefixes, birth_year=year
    )
    issued_on = _day(issued_text)
    if issued_on is None:
        findings += (Finding("card.issued_not_a_date"),)
    if recognised is not None:
        findings += (Finding("card.legacy_letters", args={"encoding": recognised.encoding.value}),)
    if name.isascii() and address.isascii():
        findings += (Finding("card.no_accents"),)
    old_id, old_findings = _read_old_id(columns[1] if birth_at == 3 else "")
    return CardReading(
        id_number=columns[0],
        old_id_number=old_id,
        full_name=name,
        birth_date=birth_date,
        birth_text=birth_text,
        sex=sex,
        address=address,
        issued_on=issued_on,
        extra=extra,
        findings=findings + old_findings,
    )


def _has_lost_letters(text: str, *, but_capitals: bool = False) -> bool:
    """Tell whether a text lost its Vietnamese letters (`ng Vn ng`): keys of another layout have none.

    Every syllable has a vowel; single letters are names of their own (`H`, `K`).

    Args:
        text: a name, or an address.
        but_capitals: words in capitals are abbreviations (`TP`, `KTT`).
    """
    return text.isascii() and any(
        len(word) > 1 and not _VOWELS & set(word.lower()) and not (but_capitals and word.isupper())
        for word in re.findall(r"[A-Za-z]+", text)
    )


def check_id_number(
    number: str,
    *,
    birth_date: date | None = None,
    sex: Sex | None = None,
    prefixes: Container[str] | None = None,
    birth_year: int | None = None,
) -> tuple[Finding, ...]:
    """Compare a personal number with its rules and with what the card or the person says.

    Args:
        number: as typed or scanned, without spaces.
        birth_date: None leaves the year check to `birth_year`.
        sex: None leaves the check out.
        prefixes: known prefixes of places; None leaves the check out. Births abroad use country codes that
            no list here holds, therefore unknown is only a warning.
        birth_year: used when the day is not known.
    """
    if len(number) != ID_DIGITS:
        return (Finding("id.wrong_length", Severity.ERROR, {"digits": len(number)}),)
    if _ID.fullmatch(number) is None:
        return (Finding("id.not_digits", Severity.ERROR),)
    facts = read_number(number)
    year = birth_date.year if birth_date is not None else birth_year
    findings: tuple[Finding, ...] = ()
    if prefixes is not None and facts.prefix not in prefixes:
        findings += (Finding("id.unknown_prefix", args={"prefix": facts.prefix}),)
    if year is not None and facts.birth_year != year:
        findings += (Finding("id.birth_year_differs", args={"year": facts.birth_year}),)
    if sex is not None and facts.sex is not sex:
        findings += (Finding("id.sex_differs"),)
    return findings


def read_number(number: str) -> NumberFacts:
    """Return what a 12-digit number's structure says; `number` must have 12 ASCII digits."""
    century, sex = divmod(int(number[3]), 2)
    return NumberFacts(
        prefix=number[:3],
        birth_year=1900 + 100 * century + int(number[4:6]),
        sex=Sex.FEMALE if sex else Sex.MALE,
    )


def _why_not_a_card(columns: list[str]) -> str:
    """A first column of 9 to 13 digits before a pipe is a card that lost or doubled a key stroke."""
    first = columns[0]
    if 1 < len(columns) <= MAX_FIELDS and first.isascii() and first.isdecimal() and 9 <= len(first) <= 13:
        return "card.torn"
    return "card.not_a_card"


def _birth_column(columns: list[str]) -> int:
    """Return where the birth date stands: column 2 without an old number, else 3; the sex word follows it."""
    for at in (3, 2):
        if at + 1 < len(columns) and _DAY.fullmatch(columns[at]) and sex_from_word(columns[at + 1]):
            return at
    if any(is_suspect_card_text(column) for column in columns):
        raise CardUnreadable(code="card.letters_broken")
    if len(columns) < 6:
        raise CardUnreadable(code="card.torn")
    raise CardUnreadable(code="card.not_a_card")


def _after_sex(columns: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """Return address, day of issue as text and the raw rest."""
    if len(columns) >= 2 and len(columns[1]) == 8 and _DAY.fullmatch(columns[1]):
        return columns[0], columns[1], tuple(columns[2:])
    if columns and len(columns[0]) == 8 and _DAY.fullmatch(columns[0]):
        return "", columns[0], tuple(columns[1:])
    raise CardUnreadable(code="card.torn")


def _read_birth(text: str) -> tuple[date | None, str, tuple[Finding, ...]]:
    if len(text) == 4:
        return None, text, (Finding("card.birth_year_only"),)
    if text.startswith("00"):
        return None, text[4:], (Finding("card.birth_year_only"),)
    day = _day(text)
    if day is None:
        return None, text, (Finding("card.birth_not_a_date"),)
    return day, day.strftime("%d/%m/%Y"), ()


def _read_old_id(text: str) -> tuple[str, tuple[Finding, ...]]:
    if text and _OLD_ID.fullmatch(text) is None:
        return text, (Finding("card.old_number_odd"),)
    return text, ()


def _day(ddmmyyyy: str) -> date | None:
    try:
        return date(int(ddmmyyyy[4:]), int(ddmmyyyy[2:4]), int(ddmmyyyy[:2]))
    except ValueError:
        return None
