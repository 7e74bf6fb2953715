"""Numbers and dates written out in Vietnamese, as forms ask for them (*ghi bằng chữ*).

The northern reading: `linh` for an empty ten, `mốt` and `tư` from twenty on, `lăm` after every ten.
"""

from van_station.rules.form_lunar import lunar_year_name
from van_station.rules.form_partial_dates import PartialDate, stored_partial_date

MOST = 10**15 - 1
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_UNITS = ("", "nghìn", "triệu")
_BILLION = 10**9


def number_in_words(number: int) -> str:
    """Return a whole number in words: 2021 is `hai nghìn không trăm hai mươi mốt`.

    Raises:
        ValueError: beyond 15 digits.
    """
    if abs(number) > MOST:
        raise ValueError("number")
    if number < 0:
        return f"âm {number_in_words(-number)}"
    return " ".join(_words(number)) or _DIGITS[0]


def _words(number: int, *, led: bool = False) -> list[str]:
    """Return the words of a number; `led`: bigger units went before, so hundreds are said even when none."""
    if number >= _BILLION:
        return [*_words(number // _BILLION, led=led), "tỷ", *_words(number % _BILLION, led=True)]
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            words += _group(group, led=led or bool(words))
            words += [_UNITS[power]] if power else []
    return words


def _group(group: int, *, led: bool) -> list[str]:
    hundreds, rest = divmod(group, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or led else []
    tens, ones = divmod(rest, 10)
    if tens == 0:
        return words + ([*(["linh"] if words else []), _DIGITS[ones]] if ones else [])
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    return words + ([_after_ten(ones, tens)] if ones else [])


def _after_ten(ones: int, tens: int) -> str:
    if ones == 5:
        return "lăm"
    if tens > 1 and ones in {1, 4}:
        return "mốt" if ones == 1 else "tư"
    return _DIGITS[ones]


def date_in_words(stored: str) -> str:
    """Return a stored date or partial date in words, "" for what is neither.

    `2021-08-15` is `Ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi mốt`; `L1954` is `Năm Giáp Ngọ
    (một nghìn chín trăm năm mươi tư)`.
    """
    day = stored_partial_date(stored)
    if day is None:
        return ""
    words = _date_words(day)
    return words[0].upper() + words[1:]


def _date_words(day: PartialDate) -> str:
    year = number_in_words(day.year)
    if day.lunar:
        return f"năm {lunar_year_name(day.year)} ({year})"
    words = f"năm {year}"
    if day.month is not None:
        words = f"tháng {'tư' if day.month == 4 else number_in_words(day.month)} {words}"
    if day.day is not None:
        words = f"ngày {number_in_words(day.day)} {words}"
    return words
