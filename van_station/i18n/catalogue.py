"""Reads the catalogues `vi.toml` and `en.toml` into flat texts with declared, typed placeholders.

A placeholder is `{name}` or `{name:kind}`; kinds are `text` (the default), `count`, `money`, `date`, `time`,
`datetime`, `percent`. Where a word depends on a count, `{name:one form|other form}` writes the first for 1
and the second for every other number: `{count:count} {count:page|pages}`. Vietnamese needs none of it.
Nothing else of Python's format language is taken: no attribute, index or conversion.
Keys join with dots: `[shell]` with `offline = "..."` is `shell.offline`; in `[error]` the quoted key
`"store.disk_full.next"` is `error.store.disk_full.next`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any

from van_station.i18n.errors import DamagedCatalogue
from van_station.i18n.formats import Language

LANGUAGES: tuple[Language, ...] = ("vi", "en")
KINDS = frozenset({"text", "count", "money", "date", "time", "datetime", "percent"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: `words` as they stand, then one placeholder (`name` is "" when none follows).

    Attributes:
        forms: the words for 1 and for every other count, instead of the number; () for the argument itself.
    """

    words: str
    name: str = ""
    kind: str = "text"
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a catalogue, cut into pieces."""

    pieces: tuple[Piece, ...]

    @property
    def placeholders(self) -> dict[str, str]:
        """The arguments that it needs: name to kind."""
        return {piece.name: piece.kind for piece in self.pieces if piece.name}


def parse(template: str) -> Text:
    """Cut a template into pieces.

    Raises:
        ValueError: unbalanced braces, or a placeholder that is more than a plain name and a known kind, or
            two forms.
    """
    pieces = []
    for words, name, kind, conversion in Formatter().parse(template):
        if name is None:
            pieces.append(Piece(words))
            continue
        forms = tuple((kind or "").split("|")) if "|" in (kind or "") else ()
        kind = "count" if len(forms) == 2 and all(forms) else kind or "text"  # noqa: PLW2901 -- what it means
        if not name.isidentifier() or conversion or kind not in KINDS:
            raise ValueError(f"placeholder {name!r}:{kind!r} is not a plain name and a known kind")
        pieces.append(Piece(words, name, kind, forms))
    return Text(tuple(pieces))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def read(source: str, language: str) -> Mapping[str, Text]:
    """Read a catalogue's TOML source.

    Raises:
        DamagedCatalogue: not TOML, the same key twice, a value that is no text, a bad placeholder.
    """
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise DamagedCatalogue(language) from error
    texts: dict[str, Text] = {}
    for key, value in _flat(table):
        if not isinstance(value, str) or key in texts:
            raise DamagedCatalogue(language, key)
        try:
            texts[key] = parse(value)
        except ValueError as error:
            raise DamagedCatalogue(language, key) from error
    return MappingProxyType(texts)


@cache
def load(language: Language) -> Mapping[str, Text]:
    """Return the shipped catalogue of a language, read once."""
    source = resources.files("van_station.i18n").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return read(source, language)
