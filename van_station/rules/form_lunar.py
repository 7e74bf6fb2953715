"""Years of the lunar calendar (âm lịch): their names, and from which day to which day they run.

Many who were born before 1954 know their year as `Giáp Ngọ`. The names come back every 60 years. A lunar year
begins between 21 January and 20 February.

Source of the New Year days: found with the method of Hồ Ngọc Đức (Meeus, Astronomical Algorithms) for UTC+7
and for UTC+8, by which calendars in Vietnam went before 1968 (in the South until 1975). For 1901-2100 both
agree, year by year, with the tables of `holidays` 0.109 (`tests/rules/test_form_lunar.py`); 1850-1900 are
computed only (confidence: recalled).
"""

from datetime import date, timedelta

from van_station.rules.text import fold

FIRST_YEAR, LAST_YEAR = 1850, 2100
STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
_STEM_WORDS = {fold(name): at for at, name in enumerate(STEMS)} | {"ki": 5, "qui": 9}
# Tý (rat) and Tỵ (snake) fold alike; the stem tells them apart: even stems go with even branches only.
_BRANCH_WORDS = {fold(name): (at,) for at, name in enumerate(BRANCHES)} | {
    "ty": (0, 5), "ti": (0, 5), "meo": (3,), "vi": (7,),
}  # fmt: skip
# Days from 1 January to the New Year, UTC+7; a row is ten years.
_NEW_YEAR = (
    42, 31, 50, 38, 28, 47, 36, 25, 44, 33,  # 1850
    22, 40, 29, 48, 38, 26, 45, 35, 24, 41,  # 1860
    30, 49, 39, 28, 47, 36, 25, 43, 32, 21,  # 1870
    40, 29, 48, 38, 27, 45, 34, 23, 42, 30,  # 1880
    20, 39, 28, 46, 36, 25, 43, 32, 21, 40,  # 1890
    30, 49, 38, 27, 46, 34, 24, 43, 32, 21,  # 1900
    40, 29, 48, 36, 25, 44, 33, 22, 41, 31,  # 1910
    50, 38, 27, 46, 35, 23, 43, 32, 22, 40,  # 1920
    29, 47, 36, 25, 44, 33, 23, 41, 30, 49,  # 1930
    38, 26, 45, 35, 24, 43, 32, 21, 40, 28,  # 1940
    47, 36, 26, 44, 33, 23, 42, 30, 48, 38,  # 1950
    27, 45, 35, 24, 43, 31, 20, 39, 28, 46,  # 1960
    36, 26, 45, 33, 22, 41, 30, 48, 37, 27,  # 1970
    46, 35, 24, 43, 32, 20, 39, 28, 47, 36,  # 1980
    26, 45, 34, 22, 40, 30, 49, 37, 27, 46,  # 1990
    35, 23, 42, 31, 21, 39, 28, 47, 37, 25,  # 2000
    44, 33, 22, 40, 30, 49, 38, 27, 46, 35,  # 2010
    24, 42, 31, 21, 40, 28, 47, 36, 25, 43,  # 2020
    32, 22, 41, 30, 49, 38, 27, 45, 34, 23,  # 2030
    42, 31, 21, 40, 29, 47, 36, 25, 44, 32,  # 2040
    22, 41, 31, 48, 38, 27, 45, 34, 23, 42,  # 2050
    32, 20, 39, 28, 47, 35, 25, 44, 33, 22,  # 2060
    41, 30, 49, 37, 26, 45, 35, 23, 42, 32,  # 2070
    21, 39, 28, 47, 36, 25, 44, 33, 23, 40,  # 2080
    29, 48, 37, 26, 45, 35, 24, 42, 31, 20,  # 2090
    39, 28,  # 2100
)  # fmt: skip
_ELSEWHERE = {1892: 29, 1893: 47, 1896: 44, 1903: 28, 1916: 34, 1935: 34, 1965: 32, 1968: 29, 1969: 47}
"""The same for UTC+8, where it differs, until 1975."""


def lunar_year_name(year: int) -> str:
    """Return the name of a lunar year: 1954 is `Giáp Ngọ`."""
    return f"{STEMS[(year - 4) % 10]} {BRANCHES[(year - 4) % 12]}"


def lunar_year_place(name: str) -> int | None:
    """Return a name's place in the cycle of 60 (`Giáp Tý` is 0), None for what is no such name.

    Accents and case do not matter; `Kỉ`, `Quí`, `Tí`, `Tị`, `Mẹo` and `Vị` are understood.
    """
    words = fold(name).split()
    if len(words) != 2 or words[0] not in _STEM_WORDS:
        return None
    stem = _STEM_WORDS[words[0]]
    for branch in _BRANCH_WORDS.get(words[1], ()):
        if branch % 2 == stem % 2:
            return next(at for at in range(60) if at % 10 == stem and at % 12 == branch)
    return None


def lunar_years(name: str, *, first: int, last: int) -> tuple[int, ...]:
    """Return the years from `first` to `last` that bear a name."""
    place = lunar_year_place(name)
    if place is None:
        return ()
    return tuple(year for year in range(first, last + 1) if (year - 4) % 60 == place)


def lunar_new_years(year: int) -> tuple[date, ...]:
    """Return the day on which a lunar year began; two where calendars in Vietnam differed.

    Args:
        year: from 1850 to 2101.
    """
    first = date(year, 1, 1)
    days = [_NEW_YEAR[year - FIRST_YEAR], *([_ELSEWHERE[year]] if year in _ELSEWHERE else [])]
    return tuple(first + timedelta(days=each) for each in sorted(days))


def lunar_year_bounds(year: int) -> tuple[date, date]:
    """Return the first and the last day that may belong to a lunar year from 1850 to 2100."""
    return lunar_new_years(year)[0], lunar_new_years(year + 1)[-1] - timedelta(days=1)
