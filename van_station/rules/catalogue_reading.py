import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from typing import NoReturn, TypeVar

from van_station.rules.conditions import Condition, load_condition
from van_station.rules.errors import CatalogueRefused
from van_station.rules.json_values import JsonValue

MAX_TEXT = 2000
MAX_WORDS = 80
MAX_PRESETS = 10

Choice = TypeVar("Choice", bound=StrEnum)


class Reader:
    """Reads typed values out of parsed JSON and refuses with the place of the fault.

    Args:
        data: what should be an object.
        place: JSON pointer to it.
    """

    def __init__(self, data: object, place: str = "") -> None:
        self._place = place
        if not isinstance(data, Mapping):
            self.refuse()
        self._data: Mapping[str, object] = data
        self._asked: set[str] = set()

    def refuse(self, key: str | None = None) -> NoReturn:
        """Raise CatalogueRefused for this object, or for the value under `key`."""
        place = self._place if key is None else f"{self._place}/{key}"
        raise CatalogueRefused(f"fault at {place or '/'}", place=place)

    def has(self, key: str) -> bool:
        """Tell whether there is a value other than null."""
        return self._value(key) is not None

    def skip(self, key: str) -> None:
        """Let a key be there that means nothing to the program."""
        self._asked.add(key)

    def finish(self) -> None:
        """Refuse the first key that nobody asked for: a misspelt one would else be lost in silence."""
        for key in self._data:
            if key not in self._asked:
                self.refuse(key)

    def _value(self, key: str) -> object:
        self._asked.add(key)
        return self._data.get(key)

    def text(self, key: str, *, pattern: str | None = None) -> str:
        """Return a text of 1 to 2,000 characters."""
        value = self._value(key)
        if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT:
            self.refuse(key)
        if pattern is not None and re.fullmatch(pattern, value) is None:
            self.refuse(key)
        return value

    def texts(self, key: str, *, most: int = MAX_WORDS) -> list[str]:
        """Return a list of texts."""
        value = self._value(key)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(key)
        if not all(isinstance(word, str) and 1 <= len(word) <= MAX_TEXT for word in value):
            self.refuse(key)
        return list(value)

    def whole(self, key: str, *, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(key)
        return value

    def flag(self, key: str) -> bool:
        """Return a truth value; one that isn't there is False."""
        self.skip(key)
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key)
        return value

    def day(self, key: str) -> date:
        """Return an ISO date."""
        try:
            return date.fromisoformat(self.text(key, pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
        except ValueError:
            self.refuse(key)

    def day_or_none(self, key: str) -> date | None:
        """Return an ISO date, or None where null stands for an open end."""
        return self.day(key) if self.has(key) else None

    def clock(self, key: str) -> time:
        """Return a time of the day, `HH:MM`."""
        try:
            return time.fromisoformat(self.text(key, pattern=r"[0-9]{2}:[0-9]{2}"))
        except ValueError:
            self.refuse(key)

    def choice(self, kind: type[Choice], key: str) -> Choice:
        """Return the member of an enum that the text under `key` names."""
        try:
            return kind(self.text(key))
        except ValueError:
            self.refuse(key)

    def choices(self, kind: type[Choice], key: str) -> tuple[Choice, ...]:
        """Return the members of an enum that a list names, at least one and each once."""
        words = self.texts(key)
        try:
            members = tuple(kind(word) for word in words)
        except ValueError:
            self.refuse(key)
        if not members or len(set(members)) != len(members):
            self.refuse(key)
        return members

    def condition(self, key: str) -> Condition | None:
        """Return the condition under `key`, None where there is none."""
        if not self.has(key):
            return None
        try:
            return load_condition(self._data[key])
        except ValueError:
            self.refuse(key)

    def presets(self, key: str) -> dict[str, JsonValue]:
        """Return plain values by JSON pointer, {} where there are none."""
        value = self._value(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping) or len(value) > MAX_PRESETS:
            self.refuse(key)
        if not all(
            pointer.startswith("/") and isinstance(each, str | int) for pointer, each in value.items()
        ):
            self.refuse(key)
        return dict(value)

    def child(self, key: str) -> "Reader":
        """Return a reader of the object under `key`."""
        return Reader(self._value(key), f"{self._place}/{key}")

    def items(self, key: str, *, most: int) -> Iterator["Reader"]:
        """Yield readers of the objects in a list."""
        value = self._value(key)
        if not isinstance(value, list) or len(value) > most:
            self.refuse(key)
        for at, item in enumerate(value):
            yield Reader(item, f"{self._place}/{key}/{at}")
