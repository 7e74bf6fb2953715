"""The one way to get a text: `Texts("vi").say("shell.outbox_waiting", count=3)`."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from van_station.i18n import catalogue, formats
from van_station.i18n.catalogue import Piece, Text
from van_station.i18n.errors import MissingText
from van_station.i18n.formats import Language

_log = logging.getLogger(__name__)

Argument = str | int | float | dt.date


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What a person reads about an error: what happened, and what to do next."""

    happened: str
    next_step: str


class Texts:
    """Texts and figures in one language.

    Strict (tests): a missing key, a missing, unknown or wrongly typed argument raises `MissingText`.
    Otherwise the screen goes on: the key or argument is shown marked, as `«shell.menu»`, and logged once.
    """

    def __init__(
        self, language: Language = "vi", *, strict: bool = False, texts: Mapping[str, Text] | None = None
    ) -> None:
        self.language: Language = language
        self._strict = strict
        self._texts = catalogue.load(language) if texts is None else texts
        self._reported: set[str] = set()
        self._writers: dict[str, tuple[type | tuple[type, ...], Callable[[Any], str]]] = {
            "text": (str, str),
            "count": (int, self.count),
            "money": (int, self.money),
            "date": (dt.date, self.date),
            "time": (dt.datetime, self.time),
            "datetime": (dt.datetime, self.datetime),
            "percent": ((int, float), self.percent),
        }

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def say(self, key: str, **arguments: Argument) -> str:
        """Return the text of a key with its arguments filled in.

        Args:
            key: `<group>.<name>`, e.g. `shell.signal_on`.
            arguments: exactly the placeholders that the text declares: `text` takes str, `count` and `money`
                int, `date` a date, `time` and `datetime` an aware datetime, `percent` a number from 0 to 1.

        Raises:
            MissingText: strict mode only.
        """
        text = self._texts.get(key)
        if text is None:
            return self._missing(key)
        for unknown in arguments.keys() - text.placeholders.keys():
            self._missing(key, unknown)
        return "".join(
            piece.words + (self._fill(key, piece, arguments) if piece.name else "") for piece in text.pieces
        )

    def error(self, code: str, **arguments: Argument) -> ErrorText:
        """Return what to show for an error code; an unknown code gets the general words and shows itself.

        Arguments that the two texts do not use are ignored: an error may know more than a person needs.
        """
        key = f"error.{code}"
        if key not in self._texts and not self._strict:
            self._missing(key)
            return ErrorText(self.say("error.unknown", code=code), self.say("error.unknown.next"))
        return ErrorText(self.fill(key, arguments), self.fill(f"{key}.next", arguments))

    def fill(self, key: str, arguments: Mapping[str, Argument]) -> str:
        """Return the text of a key with those of `arguments` that it asks for; the others are left out."""
        text = self._texts.get(key)
        wanted = text.placeholders if text else {}
        return self.say(key, **{name: value for name, value in arguments.items() if name in wanted})

    def ago(self, minutes: int) -> str:
        """Write how long ago something was: `vừa xong`, `5 phút trước`, `3 giờ trước`, `2 ngày trước`."""
        if minutes < 1:
            return self.say("ago.now")
        if minutes < 60:
            return self.say("ago.minutes", minutes=minutes)
        if minutes < 24 * 60:
            return self.say("ago.hours", hours=minutes // 60)
        return self.say("ago.days", days=minutes // (24 * 60))

    def count(self, number: int) -> str:
        """Write a whole number: `1.234`."""
        return formats.format_count(number, self.language)

    def money(self, amount_vnd: int) -> str:
        """Write an amount: `15.000 ₫`."""
        return formats.format_money(amount_vnd, self.language)

    def date(self, day: dt.date) -> str:
        """Write a day: `22/11/2026`."""
        return formats.format_date(day, self.language)

    def time(self, moment: dt.datetime) -> str:
        """Write a time of day in Vietnam: `08:05`."""
        return formats.format_time(moment)

    def datetime(self, moment: dt.datetime) -> str:
        """Write a time and its day: `08:05 ngày 22/11/2026`."""
        return formats.format_datetime(moment, self.language)

    def percent(self, share: float) -> str:
        """Write a share between 0 and 1: `37,5 %`."""
        return formats.format_percent(share, self.language)

    def _fill(self, key: str, piece: Piece, arguments: Mapping[str, Argument]) -> str:
        taken, write = self._writers[piece.kind]
        name = piece.name
        value = arguments.get(name)
        naive = isinstance(value, dt.datetime) and value.tzinfo is None
        if not isinstance(value, taken) or isinstance(value, bool) or naive:
            return self._missing(key, name)
        if piece.forms:
            return piece.forms[value != 1]
        return write(value)

    def _missing(self, key: str, argument: str = "") -> str:
        if self._strict:
            raise MissingText(key, argument)
        mark = f"«{argument or key}»"
        if key + mark not in self._reported:
            self._reported.add(key + mark)
            _log.warning("text %s in %s: %s", key, self.language, argument or "missing")
        return mark
