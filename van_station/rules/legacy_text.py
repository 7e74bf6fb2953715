"""Vietnamese written with a table from before Unicode: TCVN3 (ABC) and VNI, seen as Latin-1 characters.

Old records, and readers set up for them, still give such text. It is recognised by what it would say: a table
is believed only when it turns letters that spell nothing into syllables. A guess stays a guess: whoever shows
it asks a person to compare it with the paper.

Source: `legacy_encodings.json`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from van_station.rules.errors import CatalogueRefused
from van_station.rules.syllables import is_syllable
from van_station.rules.text import nfc

MAX_LEGACY_TEXT = 4096
MAX_TABLE = 200
LONGEST = 3
"""Characters of Latin-1 that stand for one letter: base, hat, tone."""
_WORD = re.compile(r"[^\s0-9!-/:-@\[-`{-~]+")


class LegacyEncoding(StrEnum):
    """Tables of letters from before Unicode."""

    TCVN3 = "tcvn3"
    VNI = "vni"


@dataclass(frozen=True, slots=True)
class LegacyTables:
    """What each sequence of Latin-1 characters stands for, lower case, longest first."""

    tcvn3: Mapping[str, str]
    vni: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Text in Unicode, and the table that it was written with."""

    text: str
    encoding: LegacyEncoding

    def __repr__(self) -> str:
        return f"Recognised(encoding={self.encoding.value!r})"


def load_tables(data: Mapping[str, object]) -> LegacyTables:
    """Build from the parsed `legacy_encodings.json`.

    Raises:
        CatalogueRefused: with the place of the fault.
    """
    return LegacyTables(_table(data, "tcvn3"), _table(data, "vni_lower"))


def recognise(text: str, tables: LegacyTables) -> Recognised | None:
    """Return what the text says in Unicode, or None when it is Unicode (or ASCII) already.

    Only words with letters beyond ASCII are judged. A table is believed when more of them become syllables
    than were ones before and every one of them does.

    Args:
        text: at most 4,096 characters; a longer one is never taken for legacy text.
        tables: see `load_tables`.
    """
    if len(text) > MAX_LEGACY_TEXT or text.isascii() or any(ord(letter) > 0xFF for letter in text):
        return None
    judged = [word for word in _WORD.findall(text) if not word.isascii()]
    best = sum(map(is_syllable, judged))
    found: Recognised | None = None
    for encoding in LegacyEncoding:
        read = [decode(word, encoding, tables) for word in judged]
        good = sum(map(is_syllable, read))
        if good == len(judged) and good > best:
            best, found = good, Recognised(nfc(decode(text, encoding, tables)), encoding)
    return found


def decode(text: str, encoding: LegacyEncoding, tables: LegacyTables) -> str:
    """Return the text read with one table, spaces as they are.

    TCVN3 has one code for both cases of an accented letter: in a column whose other letters are all capitals,
    as the `...H` fonts draw them, it becomes a capital.
    """
    if encoding is LegacyEncoding.VNI:
        return _WORD.sub(lambda word: _vni(word.group(), tables.vni), text)
    return "|".join(_tcvn3(column, tables.tcvn3) for column in text.split("|"))


def _table(data: Mapping[str, object], key: str) -> Mapping[str, str]:
    table = data.get(key)
    if not isinstance(table, Mapping) or not 0 < len(table) <= MAX_TABLE:
        raise CatalogueRefused(f"fault at /{key}", place=f"/{key}")
    for written, letter in table.items():
        if not (isinstance(written, str) and isinstance(letter, str) and 1 <= len(written) <= LONGEST):
            raise CatalogueRefused(f"fault at /{key}", place=f"/{key}")
    return {**table}


def _tcvn3(column: str, table: Mapping[str, str]) -> str:
    plain = [letter for letter in column if letter.isascii() and letter.isalpha()]
    capitals = len(plain) > 1 and all(letter.isupper() for letter in plain)
    read = "".join(table.get(letter, letter) for letter in column)
    return read.upper() if capitals else read


def _vni(word: str, table: Mapping[str, str]) -> str:
    out: list[str] = []
    at = 0
    while at < len(word):
        for length in range(LONGEST, 0, -1):
            piece = word[at : at + length]
            read = table.get(piece.lower())
            if len(piece) == length and read is not None:
                out.append(read.upper() if piece[0].isupper() else read)
                break
        else:
            length = 1
            out.append(word[at])
        at += length
    return "".join(out)
