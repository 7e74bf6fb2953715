import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from van_station.rules.findings import Finding, Severity
from van_station.rules.text import fold

ELDERLY_FROM_YEARS = 60
"""Luật Người cao tuổi 39/2009/QH12, article 2."""

ELDERLY_GROUP = "NCT"
MAX_PHONE_LENGTH = 40
MAX_BIRTH_TEXT = 40
FIRST_YEAR = 1900
_BIRTH = re.compile(r"(?:(?:00[/.\- ]?)?(?P<month>[01]?[0-9])[/.\- ]?)?(?P<year>[0-9]{4})")
"""A year; a month and year; with 00 for what is not known, as cards write it."""

# Source: the domain file on phone prefixes; ten digits since the 11-digit numbers ended in 2018.
_MOBILE = re.compile(r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}")
_LANDLINE = re.compile(r"02[0-9]{9}")
_PUNCTUATION = re.compile(r"[\s.\-()]")


class Sex(StrEnum):
    """Sex as the card writes it (Nam, Nữ); the stored code carries no language."""

    MALE = "male"
    FEMALE = "female"


def sex_from_word(word: str) -> Sex | None:
    """Return the sex a card's word names (`Nam`, `Nữ`, any case or accents), or None."""
    return {"nam": Sex.MALE, "nu": Sex.FEMALE}.get(fold(word))


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """A phone number as stored (`0912345678`), with what is doubtful about it."""

    number: str = field(repr=False)
    findings: tuple[Finding, ...] = ()


def check_phone(text: str, *, known_prefixes: Container[str] | None = None) -> PhoneCheck:
    """Return the number in national form; a wrong shape is an error, an unknown prefix a warning.

    Args:
        text: what was typed: spaces, dots, dashes, brackets and +84/84/0084 are taken off.
        known_prefixes: three-digit prefixes of the carriers; they never prove the carrier.
    """
    if len(text) > MAX_PHONE_LENGTH:
        return PhoneCheck("", (Finding("phone.not_a_number", Severity.ERROR),))
    digits = _PUNCTUATION.sub("", text.strip())
    number, findings = _national_form(digits)
    if not (number.isascii() and number.isdecimal()):
        return PhoneCheck(number, (Finding("phone.not_a_number", Severity.ERROR),))
    if _MOBILE.fullmatch(number) is None and _LANDLINE.fullmatch(number) is None:
        if len(number) == 10 and number.startswith("0"):
            findings = (*findings, Finding("phone.unknown_prefix"))
        else:
            findings = (*findings, Finding("phone.wrong_length", Severity.ERROR, {"digits": len(number)}))
    elif known_prefixes is not None and len(number) == 10 and number[:3] not in known_prefixes:
        findings = (*findings, Finding("phone.unknown_prefix"))
    return PhoneCheck(number, findings)


def _national_form(digits: str) -> tuple[str, tuple[Finding, ...]]:
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            return "0" + digits[len(prefix) :].removeprefix("0"), ()
    if digits.startswith("84") and len(digits) == 11:
        return "0" + digits[2:], ()
    if len(digits) == 9 and not digits.startswith("0"):
        return "0" + digits, (Finding("phone.zero_added"),)
    return digits, ()


def format_phone(number: str) -> str:
    """Return `0912 345 678` for a ten-digit number, anything else as it is."""
    return f"{number[:4]} {number[4:7]} {number[7:]}" if len(number) == 10 else number


def check_birth_text(text: str, today: date) -> tuple[Finding, ...]:
    """Return what is doubtful about a birth that is no whole day: a year, a month and year, or words.

    Args:
        text: as typed or read; "" is nothing to check.
        today: no year may lie behind it.
    """
    if len(text) > MAX_BIRTH_TEXT:
        return (Finding("birth.too_long", Severity.ERROR),)
    said = _BIRTH.fullmatch(text.strip())
    known = said is not None and int(said["month"] or 1) <= 12
    if not text.strip() or (known and said is not None and FIRST_YEAR <= int(said["year"]) <= today.year):
        return ()
    return (Finding("birth.not_a_date"),)


def birth_for_age(birth_date: date | None, birth_text: str) -> date | None:
    """Return the day from which age is counted: 31 December when only the year is known."""
    if birth_date is not None:
        return birth_date
    year = re.search(r"(?:19|20)[0-9]{2}", birth_text[:40])
    return date(int(year.group()), 12, 31) if year else None


def age_on(birth: date, day: date) -> int:
    """Return completed years of age on `day`; one born on 29 February turns on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def suggest_group(birth: date | None, day: date) -> str | None:
    """Return the priority group that the birth date alone shows, or None: others are asked, not guessed."""
    if birth is not None and age_on(birth, day) >= ELDERLY_FROM_YEARS:
        return ELDERLY_GROUP
    return None
