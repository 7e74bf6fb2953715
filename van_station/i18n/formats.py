"""How numbers, amounts and moments are written in each language. Pure functions, no catalogue.

Moments are shown in Vietnam's time (UTC+7, no summer time); they must carry a time zone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Literal

Language = Literal["vi", "en"]

VIETNAM_TIME = timezone(timedelta(hours=7), "+07")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local(moment: datetime) -> datetime:
    """Return the moment in Vietnam's time; refuse one without a time zone (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment to show needs a time zone")
    return moment.astimezone(VIETNAM_TIME)


def format_date(day: date, language: Language = "vi") -> str:
    """Write a day: `22/11/2026`, in English `22 Nov 2026`. A moment counts as its day in Vietnam."""
    shown = local(day).date() if isinstance(day, datetime) else day
    if language == "vi":
        return f"{shown.day:02d}/{shown.month:02d}/{shown.year:04d}"
    return f"{shown.day} {_MONTHS[shown.month - 1]} {shown.year:04d}"


def format_time(moment: datetime) -> str:
    """Write a time of day in both languages: `08:05`."""
    return f"{local(moment):%H:%M}"


def format_datetime(moment: datetime, language: Language = "vi") -> str:
    """Write a time and its day: `08:05 ngày 22/11/2026`, in English `08:05, 22 Nov 2026`."""
    joint = " ngày " if language == "vi" else ", "
    return f"{format_time(moment)}{joint}{format_date(moment, language)}"


def format_count(number: int, language: Language = "vi") -> str:
    """Write a whole number with its thousands marked: `1.234`, in English `1,234`."""
    text = f"{number:,}"
    return text.replace(",", ".") if language == "vi" else text


def format_money(amount_vnd: int, language: Language = "vi") -> str:
    """Write an amount of đồng: `15.000 ₫`, in English `15,000 ₫`."""
    return f"{format_count(amount_vnd, language)} ₫"


def format_percent(share: float, language: Language = "vi") -> str:
    """Write a share between 0 and 1 with one decimal at most: `37,5 %`, `40 %`."""
    text = f"{share * 100:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'vi' else text} %"
