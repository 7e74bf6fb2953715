"""Vietnamese text: folding for search, order for lists, letters broken by a scanner.

Source: Unicode NFD; letter and tone order as in ICU's `vi` collation.
"""

import re
import unicodedata

# The letters with a stroke have no decomposition. Eth (U+00D0/F0) stands for đ in text from old fonts.
_STROKED = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "Ɖ": "d", "ɖ": "d"})
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_ORDER = {letter: 100 + place for place, letter in enumerate(_ALPHABET)}
# none, huyền, hỏi, ngã, sắc, nặng
_TONE_ORDER = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_ETH_AS_D = str.maketrans({"ð": "đ", "Ð": "Đ"})

_LINES = "\n\r\t"

SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


def nfc(text: str) -> str:
    """Return the one form in which text is stored: NFC, spaces collapsed, ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def seen(text: str, *, controls: bool = False) -> str:
    """Return `text` without what nobody sees: control codes, marks of direction, zero-width, half letters.

    Ends of lines and tabs stay. What is copied from a web page or a message carries such marks; on paper and
    in a search they make another text of what looks the same.

    Args:
        text: as typed or pasted.
        controls: leave control codes in, where they tell that a reader lost letters.
    """
    unseen = {"Cf", "Cs", "Co", "Cn"} | (set() if controls else {"Cc"})
    return "".join(
        letter for letter in text if letter in _LINES or unicodedata.category(letter) not in unseen
    )


def fold(text: str) -> str:
    """Return `text` for matching: no accents, no case, `đ` as `d`, single spaces.

    Different names may fold alike (Điệp and Diệp): a match is a candidate, never proof of identity.
    Folding twice changes nothing.
    """
    loose = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    kept = "".join(letter for letter in loose if unicodedata.category(letter) not in {"Mn", "Cf"})
    plain = unicodedata.normalize("NFC", kept.translate(_STROKED))
    return " ".join(plain.split())


def sort_key(text: str) -> SortKey:
    """Return a key that orders text as a Vietnamese dictionary does: letters first, then tones."""
    letters: list[int] = []
    tones: list[int] = []
    clean = nfc(text).translate(_ETH_AS_D)
    for letter in clean.casefold():
        base, tone = _without_tone(letter)
        letters.append(_weight(base))
        tones.append(tone)
    return tuple(letters), tuple(tones), clean


def given_name_key(full_name: str) -> tuple[SortKey, SortKey]:
    """Return a key for lists of people: by the last word (the given name), then by the rest."""
    rest, _, given = nfc(full_name).rpartition(" ")
    return sort_key(given), sort_key(rest)


def _without_tone(letter: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONE_ORDER[mark] for mark in parts if mark in _TONE_ORDER), 0)
    base = "".join(mark for mark in parts if mark not in _TONE_ORDER)
    return unicodedata.normalize("NFC", base), tone


def _weight(base: str) -> int:
    if base == " ":
        return 0
    if base.isdecimal() and base.isascii():
        return 50 + int(base)
    if base in _LETTER_ORDER:
        return _LETTER_ORDER[base]
    return 1000 + ord(base[0]) if base else 1


# A keyboard-mode scanner that is not set to UTF-8 types "?" or U+FFFD for a Vietnamese letter, or the two or
# three bytes of the letter as Latin-1/cp1252 characters ("á»" starts most of them).
_BROKEN = re.compile(r"[\ufffd?\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|á»|áº|Æ°|Æ¡|Ä‘|Äƒ|Ã[¡¢£¨©ª¬­²³´µ¹º½]")


def is_suspect_card_text(text: str) -> bool:
    """Tell whether letters were lost between the card and us, so that the card must be read again."""
    return _BROKEN.search(text) is not None


def is_name(text: str) -> bool:
    """Tell whether `text` can be a person's name: letters, their marks, spaces and `' - . ’` only."""
    stripped = text.strip()
    return bool(stripped) and all(
        letter in " '-.’" or unicodedata.category(letter)[0] in "LM" for letter in stripped
    )


def ascii_upper(text: str) -> str:
    """Return the name as a machine-readable zone or a bank field wants it: folded, upper case, ASCII."""
    return fold(text).encode("ascii", "ignore").decode("ascii").upper()
