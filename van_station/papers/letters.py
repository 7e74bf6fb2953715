"""Which letters our one font can print, and how text is made fit for it."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "□"
_SPACES = re.compile(r"[^\S\u00a0]+")
_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x148),
    (0x14A, 0x17F),
    (0x192, 0x192),
    (0x1A0, 0x1A1),
    (0x1AF, 0x1B0),
    (0x300, 0x304),
    (0x306, 0x309),
    (0x30A, 0x30A),
    (0x30C, 0x30C),
    (0x31B, 0x31B),
    (0x323, 0x323),
    (0x328, 0x328),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2027),
    (0x2030, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x20AB, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x2199),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2260),
    (0x2264, 0x2265),
    (0x25A0, 0x25A1),
    (0x2713, 0x2713),
    (0x2717, 0x2717),
)
PRINTABLE = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))


def printable(text: str) -> str:
    """Return the text composed (NFC), white space and line ends as single spaces, other letters as `□`.

    PDF/A refuses a page with a letter that its font lacks; one odd letter in a name must not cost the slip.
    """
    composed = unicodedata.normalize("NFC", text)
    spaced = _SPACES.sub(" ", composed).strip()
    seen = (
        letter for letter in spaced if unicodedata.category(letter) != "Cf"
    )  # zero width, direction marks
    return "".join(letter if letter in PRINTABLE else REPLACEMENT for letter in seen)
