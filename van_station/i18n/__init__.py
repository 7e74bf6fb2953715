"""Text in Vietnamese and English: catalogues by key, and how figures are written."""

from van_station.i18n.errors import DamagedCatalogue, MissingText, TextError
from van_station.i18n.formats import (
    VIETNAM_TIME,
    Language,
    format_count,
    format_date,
    format_datetime,
    format_money,
    format_percent,
    format_time,
)
from van_station.i18n.texts import ErrorText, Texts

__all__ = [
    "VIETNAM_TIME",
    "DamagedCatalogue",
    "ErrorText",
    "Language",
    "MissingText",
    "TextError",
    "Texts",
    "format_count",
    "format_date",
    "format_datetime",
    "format_money",
    "format_percent",
    "format_time",
]
