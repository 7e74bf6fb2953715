"""How figures and moments are written on Vietnamese paper (pages speak Vietnamese only)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

_VIETNAM = timezone(timedelta(hours=7))


def count(number: int) -> str:
    """Write a whole number: `1.234`."""
    return f"{number:,}".replace(",", ".")


def money(amount_vnd: int) -> str:
    """Write an amount: `15.000 ₫`, with a space that does not break."""
    return f"{count(amount_vnd)}\u00a0₫"


def percent(share: float) -> str:
    """Write a share between 0 and 1: `37,5 %`, with a space that does not break."""
    return f"{share * 100:.1f}".removesuffix(".0").replace(".", ",") + "\u00a0%"


def day(when: date) -> str:
    """Write a day: `22/11/2026`."""
    return f"{when.day:02d}/{when.month:02d}/{when.year:04d}"


def local(moment: datetime) -> datetime:
    """Return the moment in Vietnam's time; refuse one without a time zone (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError("a moment on paper needs a time zone")
    return moment.astimezone(_VIETNAM)


def clock(moment: datetime) -> str:
    """Write a time of day: `08:05`."""
    return f"{local(moment):%H:%M}"


def moment_short(moment: datetime) -> str:
    """Write a moment: `08:05, 22/11/2026`."""
    return f"{clock(moment)}, {day(local(moment))}"


def moment_long(moment: datetime) -> str:
    """Write a moment as the official forms do: `08 giờ 05 phút, ngày 22 tháng 11 năm 2026`."""
    at = local(moment)
    return f"{at.hour:02d} giờ {at.minute:02d} phút, {day_long(at)}"


def day_long(when: date) -> str:
    """Write a day as the official forms do: `ngày 22 tháng 11 năm 2026`."""
    return f"ngày {when.day:02d} tháng {when.month:02d} năm {when.year:04d}"


def yes_no(answer: bool) -> str:  # noqa: FBT001 - the answer itself
    """Write an answer to a question: `Có` or `Không`."""
    return "Có" if answer else "Không"
