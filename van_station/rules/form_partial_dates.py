"""Dates of which a day, or a day and a month, may be unknown; and lunar years.

Stored as `1954`, `1954-03`, `1954-03-20`, or `L1954` where only the lunar year is known (`form_lunar`).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from van_station.rules.form_lunar import (
    FIRST_YEAR,
    LAST_YEAR,
    lunar_year_bounds,
    lunar_year_name,
    lunar_year_place,
    lunar_years,
)
from van_station.rules.text import fold

MAX_TYPED = 60
FIRST_CANDIDATE, LAST_CANDIDATE = 1880, 2060
_STORED = re.compile(r"(L?)([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SEPARATED = re.compile(r"(?:([0-9]{1,2})[/.\- ]+)?([0-9]{1,2})[/.\- ]+([0-9]{2}|[0-9]{4})")
_RUN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SAID = re.compile(r"(?:(?:ngay ([0-9]{1,2}) )?thang ([0-9]{1,2}) )?nam ([0-9]{2}|[0-9]{4})")
_YEAR = re.compile(r"(?:nam |year )?([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_NO_NAME = re.compile(r"\b(?:nam|year|am lich|lunar|tuoi)\b|[(),;]")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month, a year, or a lunar year."""

    year: int
    month: int | None = None
    day: int | None = None
    lunar: bool = False

    @property
    def stored(self) -> str:
        """The text that is kept."""
        if self.lunar:
            return f"L{self.year:04d}"
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day that it may be."""
        if self.lunar:
            return lunar_year_bounds(self.year)[0]
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it may be."""
        if self.lunar:
            return lunar_year_bounds(self.year)[1]
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class DateReading:
    """What somebody typed, understood: a `date`, several `candidates`, or the code of a `fault`.

    Faults: `form.date_unreadable`, `form.no_such_day` (`limit`: days of that month), `form.no_such_month`,
    `form.year_two_digits`, `form.year_out_of_range`, `form.lunar_year_ambiguous`, `form.lunar_year_differs`.
    """

    date: PartialDate | None = None
    candidates: tuple[PartialDate, ...] = ()
    fault: str = ""
    limit: int | None = None


def stored_partial_date(text: str) -> PartialDate | None:
    """Return what a stored text says, None for any other text."""
    found = _STORED.fullmatch(text)
    if found is None or not text.isascii():
        return None
    lunar, year, month, day = found.groups()
    if lunar:
        fits = month is None and FIRST_YEAR <= int(year) <= LAST_YEAR
        return PartialDate(int(year), lunar=True) if fits else None
    made = PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    return made if _exists(made) else None


def is_partial_date(text: str) -> bool:
    """Tell whether a text is a stored partial date."""
    return stored_partial_date(text) is not None


def read_partial_date(text: str, *, last_year: int = LAST_CANDIDATE) -> DateReading:
    """Understand what people type or say, in Vietnamese order (day, month, year).

    `20/3/1954`, `20-03-1954`, `20031954`, `3/1954`, `1954`, `ngày 20 tháng 3 năm 1954`, `năm 1954`,
    `Giáp Ngọ`, `giap ngo 1954`, `năm 1954 (Giáp Ngọ)`, and every stored form. Two digits are refused,
    because nobody should guess the century.

    Args:
        text: at most 60 characters.
        last_year: the last year that a lunar name alone may mean, for example this year.
    """
    if len(text) > MAX_TYPED:
        return DateReading(fault="form.date_unreadable")
    clean = " ".join(text.split())
    if stored := stored_partial_date(clean.upper()):
        return _in_range(stored)
    words = fold(clean)
    for shape, order in ((_ISO, "ymd"), (_SEPARATED, "dmy"), (_RUN, "dmy"), (_SAID, "dmy"), (_YEAR, "y")):
        if found := shape.fullmatch(words):
            return _checked(dict(zip(order, found.groups(), strict=True)))
    return _lunar(words, last_year)


def _checked(parts: dict[str, str | None]) -> DateReading:
    year, month, day = parts["y"], parts.get("m"), parts.get("d")
    if year is None or len(year) != 4:
        return DateReading(fault="form.year_two_digits")
    made = PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    if made.month is not None and not 1 <= made.month <= 12:
        return DateReading(fault="form.no_such_month")
    if not _exists(made):
        if not FIRST_YEAR <= made.year <= LAST_YEAR or made.month is None:
            return DateReading(fault="form.year_out_of_range")
        return DateReading(fault="form.no_such_day", limit=monthrange(made.year, made.month)[1])
    return _in_range(made)


def _in_range(made: PartialDate) -> DateReading:
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        return DateReading(fault="form.year_out_of_range")
    return DateReading(made)


def _exists(made: PartialDate) -> bool:
    try:
        date(made.year, made.month or 1, made.day or 1)
    except ValueError:
        return False
    return made.month != 0 and made.day != 0


def _lunar(words: str, last_year: int) -> DateReading:
    parts = _NO_NAME.sub(" ", words).split()
    years = [part for part in parts if part.isascii() and part.isdecimal()]
    name = " ".join(part for part in parts if part not in years)
    if lunar_year_place(name) is None or len(years) > 1:
        return DateReading(fault="form.date_unreadable")
    if not years:
        found = lunar_years(name, first=FIRST_CANDIDATE, last=min(last_year, LAST_YEAR))
        candidates = tuple(PartialDate(year, lunar=True) for year in found)
        return DateReading(candidates=candidates, fault="form.lunar_year_ambiguous")
    if len(years[0]) != 4:
        return DateReading(fault="form.year_two_digits")
    year = int(years[0])
    if not lunar_years(name, first=year, last=year):
        return DateReading(fault="form.lunar_year_differs")
    return _in_range(PartialDate(year, lunar=True))


def show_partial_date(stored: str, language: str = "vi") -> str:
    """Return a stored partial date as people read it; any other text as it is.

    `20/03/1954`, `03/1954`, `1954`, `năm 1954 (Giáp Ngọ)`; in English `lunar year 1954 (Giáp Ngọ)`. What is
    shown is read back by `read_partial_date`.
    """
    found = stored_partial_date(stored)
    if found is None:
        return stored
    if found.lunar:
        word = "năm" if language == "vi" else "lunar year"
        return f"{word} {found.year} ({lunar_year_name(found.year)})"
    numbers = [f"{part:02d}" for part in (found.day, found.month) if part is not None]
    return "/".join([*numbers, f"{found.year:04d}"])


def age_years(stored: str, on: date) -> int | None:
    """Return the full years from a stored date to a day, None for other text or a date still to come.

    Where the day of birth is not known, the earliest day that it may be counts, as for pensions (confidence:
    recalled).
    """
    birth = stored_partial_date(stored)
    if birth is None or birth.earliest > on:
        return None
    first = birth.earliest
    return on.year - first.year - ((on.month, on.day) < (first.month, first.day))
