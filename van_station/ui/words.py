"""Values in words: codes, labels of the catalogue, days as people type them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from van_station.i18n import Texts
from van_station.rules.form_dates import parse_date_vi


def label(texts: Texts, value: Any) -> str:
    """Return a label of the catalogue (with `vi` and `en`) in the window's language; plain text as it is."""
    if isinstance(value, str):
        return value
    return either(texts, value.vi, value.en)


def either(texts: Texts, vi: str, en: str) -> str:
    """Return the text of the window's language; Vietnamese where nobody wrote an English one."""
    return en if texts.language == "en" and en else vi


def choice(texts: Texts, group: str, code: object) -> str:
    """Return the words of a code, such as `ticket_status.waiting`; the code itself when nobody wrote any."""
    key = f"{group}.{code}"
    return texts.say(key) if key in texts else str(code)


def note(texts: Texts, code: str, details: Mapping[str, str | int]) -> str:
    """Return the sentence of a finding about a field; `details` it doesn't ask for are left out."""
    key = f"note.{code}"
    return texts.fill(key, details) if key in texts else texts.fill("note.unknown", {"code": code})


def day_text(day: date | None, otherwise: str = "") -> str:
    """Return a day as it is typed in fields: `05/03/1958`."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}" if day else otherwise


def typed_day(text: str) -> date | None:
    """Return the day that was typed, None when it is not a whole day."""
    return parse_date_vi(text)


def ago(texts: Texts, at: datetime, now: datetime) -> str:
    """Return how long ago something was."""
    return texts.ago(max(int((now - at).total_seconds() // 60), 0))


def size(texts: Texts, size_bytes: int) -> str:
    """Return a file's size: `240 kB`, `1,4 MB`."""
    if size_bytes < 1_000_000:
        return f"{max(round(size_bytes / 1000), 1)} kB"
    number = f"{size_bytes / 1_000_000:.1f}"
    return f"{number.replace('.', ',') if texts.language == 'vi' else number} MB"
