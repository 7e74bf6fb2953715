import re
from datetime import date

_SHOWN = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})")
_RUN = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
MAX_DATE_TEXT = 20


def parse_date_vi(text: str) -> date | None:
    """Return the day that `22/11/2026`, `22-11-2026`, `22.11.2026`, `22112026` or `2026-11-22` names."""
    clean = text.strip()
    if len(clean) > MAX_DATE_TEXT:
        return None
    if iso := _ISO.fullmatch(clean):
        year, month, day = iso.groups()
    elif shown := _SHOWN.fullmatch(clean) or _RUN.fullmatch(clean):
        day, month, year = shown.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def format_date_vi(day: date | str | None) -> str:
    """Return `22/11/2026` for a date or an ISO text; other text as it was typed; nothing for None."""
    if isinstance(day, str):
        found = parse_date_vi(day)
        if found is None:
            return day
        day = found
    return "" if day is None else f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
