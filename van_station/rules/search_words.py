"""The words of a search: everyday language, keyboard slips, and an index that forgives one of them.

What people type lacks accents, doubles a letter, swaps two, or shows Telex keys because the Vietnamese
keyboard was off (`keets hoon`). Everything here works on folded text, see `text.fold`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from van_station.rules.catalogue_reading import Reader
from van_station.rules.text import fold, nfc

MAX_MEANS = 1000
MAX_PHRASE = 7
"""Words of the longest everyday phrase."""
FORGIVEN_FROM = 5
"""Letters typed from which one slip is forgiven; in a shorter word only two swapped letters."""
MAX_STARTS = 40
"""Words that an unfinished word may stand for."""

_PIECES = re.compile(r"[0-9]+(?:\.[a-z0-9]+)+|[a-z0-9]+")
_Y_AS_I = re.compile(r"(?<=[bcdghklmnprstvx])y\b")
_EDGES = ".,;:!?()\"'/-"
_DOUBLES = re.compile(r"(aa|ee|oo|dd)")
_TONE_KEY = re.compile(r"^([a-z]*[aeiouy][a-z]*)[sfrxj]$")


@dataclass(frozen=True, slots=True)
class Words:
    """Everyday language, folded.

    Attributes:
        means: whole phrases and abbreviations to what the catalogue calls them.
        fillers: words that say little (`làm`, `giấy`, `tôi`): they count next to nothing.
        acts: words that tell what happened (`mất`, `đổi`, `hết`): they count more, since they tell apart.
        often: codes in the order in which people ask for them; the earlier one wins a draw.
    """

    means: Mapping[str, str]
    fillers: frozenset[str]
    acts: frozenset[str] = frozenset()
    often: tuple[str, ...] = ()

    def in_the_catalogues(self, said: Sequence[str]) -> str:
        """Replace everyday phrases, the longest first; what was put in is not replaced again."""
        told: list[str | None] = list(said)
        put = dict(enumerate(said))
        for size in range(min(MAX_PHRASE, len(said)), 0, -1):
            for at in range(len(said) - size + 1):
                piece = [word for word in told[at : at + size] if word is not None]
                meaning = self.means.get(" ".join(piece)) if len(piece) == size else None
                if meaning is not None:
                    told[at : at + size] = [None] * size
                    put.update(dict.fromkeys(range(at, at + size), ""))
                    put[at] = meaning
        return " ".join(part for _, part in sorted(put.items()) if part)


NO_WORDS = Words({}, frozenset())


def load_words(data: Mapping[str, object]) -> Words:
    """Build from the parsed `words.json`.

    Raises:
        CatalogueRefused: with the place of the fault.
    """
    read = Reader(data)
    means = {
        spoken(item.text("say")): spoken(item.text("means")) for item in read.items("means", most=MAX_MEANS)
    }
    fillers, acts, often = (
        read.texts(key, most=400) if read.has(key) else [] for key in ("fillers", "acts", "often")
    )
    return Words(means, frozenset(map(spoken, fillers)), frozenset(map(spoken, acts)), tuple(often))


def spoken(text: str) -> str:
    """Return the words of a text, folded, one space between them; codes such as `1.001193` stay whole.

    A last y after a consonant is written i: both spellings are in use (`kỹ`, `kĩ`; `lý`, `lí`).
    """
    return _Y_AS_I.sub("i", " ".join(_PIECES.findall(fold(text))))


def as_typed(text: str) -> list[str]:
    """Return the words of a text that carry accents, lower case; `đăng ký` typed without them gives none."""
    words = (word.strip(_EDGES).casefold() for word in nfc(text).split())
    return [word for word in words if word and not word.isascii()]


def without_telex(said: str) -> str:
    """Return words typed with Telex while the Vietnamese keyboard was off: `keets hoon` is `ket hon`."""
    return " ".join(_plain(word) for word in said.split())


def _plain(word: str) -> str:
    bare = _DOUBLES.sub(lambda pair: pair.group()[0], word).replace("w", "")
    toned = _TONE_KEY.match(bare)
    return toned.group(1) if toned else bare


def is_one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter was added, left out or mistaken, or two neighbours were swapped."""
    if typed == meant:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, other = typed[start:], meant[start:]
    if rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]:
        return True
    return (
        len(rest) > 1 and len(other) > 1 and (rest[1], rest[0], rest[2:]) == (other[0], other[1], other[2:])
    )


class Slips:
    """Finds texts that differ from a typed one by one slip, without comparing with each of them.

    Both sides are reduced by one letter and meet there; what meets is compared. A text of n letters costs
    n + 1 entries.
    """

    def __init__(self, texts: Iterable[str], *, least: int = FORGIVEN_FROM - 1) -> None:
        self._least = least
        self._met: dict[str, list[str]] = {}
        for text in sorted(set(texts)):
            if len(text) >= least:
                for shape in _shapes(text):
                    self._met.setdefault(shape, []).append(text)

    def near(self, typed: str) -> list[str]:
        """Return the texts one slip away, in alphabetical order; short ones by a swap alone."""
        if len(typed) < self._least:
            return []
        found = {text for shape in _shapes(typed) for text in self._met.get(shape, ())}
        return sorted(text for text in found if self._forgiven(typed, text))

    @staticmethod
    def _forgiven(typed: str, text: str) -> bool:
        if not is_one_slip(typed, text):
            return False
        return len(typed) >= FORGIVEN_FROM or sorted(typed) == sorted(text)


def _shapes(text: str) -> Iterator[str]:
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


class Vocabulary:
    """All words of the catalogue, and which of them a typed word may stand for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._sorted = sorted(set(words))
        self._known = frozenset(self._sorted)
        self._slips = Slips(self._sorted)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def readings(self, typed: str, *, unfinished: bool) -> dict[str, float]:
        """Return words that a typed one may stand for, each with how surely (1.0 is the word itself).

        Args:
            typed: one folded word.
            unfinished: it is the last one, so that the person may still be typing it.
        """
        found: dict[str, float] = {}
        if unfinished and len(typed) > 1:
            for word in self._starting_with(typed):
                found[word] = 0.35 if typed in self._known else 0.7
        if typed in self._known:
            found[typed] = 1.0
        elif len(typed) >= FORGIVEN_FROM - 1:
            for word in self._slips.near(typed):
                found[word] = max(found.get(word, 0.0), 0.75)
        return found

    def parted(self, typed: str) -> str:
        """Return two known words that were typed as one (`khaisinh`) with a space, any other as it is."""
        if typed not in self._known:
            for at in range(len(typed) - 2, 1, -1):
                if typed[:at] in self._known and typed[at:] in self._known:
                    return f"{typed[:at]} {typed[at:]}"
        return typed

    def _starting_with(self, start: str) -> list[str]:
        at = bisect_left(self._sorted, start)
        words = self._sorted[at : at + MAX_STARTS]
        return [word for word in words if word.startswith(start) and word != start]
