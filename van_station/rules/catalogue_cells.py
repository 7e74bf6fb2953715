"""What may stand in a cell of the catalogue's workbook, read and written both ways."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

from van_station.rules.text import fold

MAX_CELL = 2000
UNKNOWN = "chưa biết"

Cell: TypeAlias = str | int | float | bool | date | time | None
"""A cell as a spreadsheet reader gives it; datetimes are dates; a formula is a `Formula`."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula: refused, since its result is only what some program once computed."""


class CellFault(Exception):
    """A cell does not say what its column needs.

    Attributes:
        what: code; `cell.<what>` in the catalogue of texts says what to write instead.
        hint: what stands there, or the words that may stand there.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint[:200]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a column is read and written. `read` never gets an empty cell."""

    read: Callable[[Any], Any]
    write: Callable[[Any], str]


def cleaned(cell: Any) -> Any:
    """Return the cell with text in NFC and trimmed; an empty text becomes None.

    Raises:
        CellFault: formula, text_too_long.
    """
    if isinstance(cell, Formula):
        raise CellFault("formula")
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFC", cell.replace("\r\n", "\n")).strip()
    if len(text) > 2 * MAX_CELL:
        raise CellFault("text_too_long", str(MAX_CELL))
    return text or None


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "có" if cell else "không"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    text = str(cell)
    if len(text) > MAX_CELL:
        raise CellFault("text_too_long", str(MAX_CELL))
    return text


def _code(cell: Any) -> str:
    """A code typed as a number has lost its last zeros: `2.00072` is 2.000720."""
    text = f"{cell:.6f}" if isinstance(cell, float) else _text(cell)
    if re.fullmatch(r"[0-9]\.[0-9]{6}(\.[A-Z0-9.]{1,12})?", text) is None:
        raise CellFault("code", text)
    return text


def matching(pattern: str, example: str) -> Kind:
    """Return the kind of a text that must match a pattern; the example is shown when it does not."""

    def read(cell: Any) -> str:
        text = _text(cell)
        if re.fullmatch(pattern, text) is None:
            raise CellFault("pattern", example)
        return text

    return Kind(read, str)


def one_of(words: Mapping[Any, str]) -> Kind:
    """Return the kind of a choice: value -> the words that a clerk writes; marks and case don't matter."""
    by_word = {fold(word): value for value, word in words.items()} | {
        fold(str(value)): value for value in words if isinstance(value, str)
    }

    def read(cell: Any) -> Any:
        found = by_word.get(fold(_text(cell)))
        if found is None:
            raise CellFault("choice", ", ".join(words.values()))
        return found

    return Kind(read, lambda value: words[value])


def several(kind: Kind) -> Kind:
    """Return the kind of a list in one cell, parts set apart by commas."""

    def read(cell: Any) -> list[Any]:
        parts = [part.strip() for part in _text(cell).split(",")]
        return [kind.read(part) for part in parts if part]

    return Kind(read, lambda values: ", ".join(kind.write(value) for value in values))


def _day(cell: Any) -> str:
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    text = _text(cell)
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
    try:
        return date.fromisoformat(iso if len(iso) == 10 else "").isoformat()
    except ValueError:
        raise CellFault("day", text) from None


def _said_day(value: str) -> str:
    return date.fromisoformat(value).strftime("%d/%m/%Y")


def _clock(cell: Any) -> str:
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    match = re.fullmatch(r"([0-9]{1,2})[:hg]([0-9]{2})", _text(cell))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise CellFault("clock", _text(cell))
    return f"{int(match[1]):02}:{match[2]}"


def _whole(cell: Any) -> int:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = str(cell)
    if re.fullmatch(r"[0-9]{1,12}", text) is None:
        raise CellFault("whole", text)
    return int(text)


def _amount(cell: Any) -> int | None:
    if isinstance(cell, str):
        if fold(cell) == fold(UNKNOWN):
            return None
        plain = re.sub(r"\s*(đ|đồng|vnd|₫)$", "", cell.strip(), flags=re.IGNORECASE)
        if re.fullmatch(r"[0-9]{1,3}([. ][0-9]{3})+", plain):
            plain = re.sub(r"[. ]", "", plain)
        cell = plain
    try:
        return _whole(cell)
    except CellFault:
        raise CellFault("amount", str(cell)) from None


def _ward(cell: Any) -> str:
    text = f"{int(cell):05}" if re.fullmatch(r"[0-9]{1,5}", str(cell)) else str(cell)
    if re.fullmatch(r"[0-9]{5}", text) is None:
        raise CellFault("ward", text)
    return text


TEXT = Kind(_text, str)
CODE = Kind(_code, str)
DAY = Kind(_day, _said_day)
CLOCK = Kind(_clock, str)
WHOLE = Kind(_whole, str)
AMOUNT = Kind(_amount, lambda value: UNKNOWN if value is None else str(value))
WARDS = several(Kind(_ward, str))
FLAG = one_of({True: "có", False: "không"})
CHANNEL = one_of({"direct": "trực tiếp", "online": "trực tuyến", "post": "bưu chính"})
CHANNELS = several(CHANNEL)
CONFIDENCE = one_of({"verified": "đã kiểm tra", "recalled": "theo trí nhớ", "unverified": "chưa kiểm tra"})
COMPONENT_KIND = one_of({"submit": "nộp", "show": "xuất trình"})
PAPER = one_of({"original": "bản chính", "copy": "bản sao", "electronic": "bản điện tử"})
UNIT = one_of({"working_day": "ngày làm việc", "day": "ngày"})
QUESTION_KIND = one_of({"yes_no": "có hay không", "choice": "chọn một"})
