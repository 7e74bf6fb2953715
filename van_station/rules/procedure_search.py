"""Finds a procedure by what people say: without accents, abbreviated, by form number, in everyday words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from van_station.rules.catalogue import Procedure
from van_station.rules.catalogue_reading import Reader
from van_station.rules.text import fold

MAX_QUERY = 200
MAX_TOKENS = 12

_WHOLE_WORD = 10
_WORD_START = 7
_KEYWORD = 8
_KEYWORD_START = 5
_PHRASE_IN_NAME = 15
_PHRASE_IN_KEYWORDS = 12
_CODE = 100


@dataclass(frozen=True, slots=True)
class Words:
    """Everyday language, folded: whole phrases and abbreviations to what the catalogue calls them."""

    means: Mapping[str, str]
    fillers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure found; the higher score comes first. Scores of two queries don't compare."""

    procedure: Procedure
    score: int


@dataclass(frozen=True, slots=True)
class _Entry:
    procedure: Procedure
    name: str
    keywords: tuple[str, ...]
    code: str
    name_words: tuple[str, ...]
    keyword_words: frozenset[str]


def load_words(data: Mapping[str, object]) -> Words:
    """Build from the parsed `words.json`.

    Raises:
        CatalogueRefused: with the place of the fault.
    """
    read = Reader(data)
    means = {fold(item.text("say")): fold(item.text("means")) for item in read.items("means", most=500)}
    return Words(means, frozenset(fold(word) for word in read.texts("fillers")))


NO_WORDS = Words({}, frozenset())


class ProcedureSearch:
    """An index over a catalogue; build it once for each version of the catalogue."""

    def __init__(self, procedures: Iterable[Procedure], words: Words = NO_WORDS) -> None:
        self._entries = [_entry(procedure) for procedure in procedures]
        self._words = words

    def find(self, query: str, *, limit: int = 8) -> list[Hit]:
        """Return the best hits first; an empty query finds nothing. Only 200 characters are looked at."""
        said = fold(query[:MAX_QUERY])
        if not said or limit < 1:
            return []
        variants = self._variants(said)
        scored = [
            Hit(entry.procedure, max(_score(entry, variant) for variant in variants))
            for entry in self._entries
        ]
        found = [hit for hit in scored if hit.score > 0]
        return sorted(found, key=lambda hit: (-hit.score, hit.procedure.code))[:limit]

    def _variants(self, said: str) -> list[str]:
        """Return what was said and what it may mean: phrases replaced, longest first; fillers left out."""
        padded = f" {said} "
        for phrase in sorted(self._words.means, key=len, reverse=True):
            if f" {phrase} " in padded:
                padded = padded.replace(f" {phrase} ", f" {self._words.means[phrase]} ")
        plain = " ".join(padded.split())
        short = " ".join(word for word in plain.split() if word not in self._words.fillers)
        return [variant for variant in dict.fromkeys((said, plain, short)) if variant]


def search(
    procedures: Sequence[Procedure], query: str, *, words: Words = NO_WORDS, limit: int = 8
) -> list[Hit]:
    """Search once; for repeated searches keep a `ProcedureSearch`."""
    return ProcedureSearch(procedures, words).find(query, limit=limit)


def _entry(procedure: Procedure) -> _Entry:
    name = fold(procedure.name.vi)
    texts = (*procedure.keywords, procedure.form.name.vi, procedure.name.en)
    keywords = tuple(fold(text) for text in texts)
    return _Entry(
        procedure,
        name,
        keywords,
        procedure.code,
        tuple(name.split()),
        frozenset(word for keyword in keywords for word in keyword.split()),
    )


def _score(entry: _Entry, said: str) -> int:
    if entry.code.startswith(said) or said in entry.keywords:
        return _CODE
    tokens = said.split()[:MAX_TOKENS]
    points = [_token(entry, token) for token in tokens]
    if not all(points):
        return 0
    bonus = _PHRASE_IN_NAME if said in entry.name else 0
    bonus += _PHRASE_IN_KEYWORDS if any(said in keyword for keyword in entry.keywords) else 0
    return min(_CODE - 1, bonus + sum(points) // len(points))


def _token(entry: _Entry, token: str) -> int:
    if token in entry.name_words:
        return _WHOLE_WORD
    if token in entry.keyword_words:
        return _KEYWORD
    if any(word.startswith(token) for word in entry.name_words):
        return _WORD_START
    if any(word.startswith(token) for word in entry.keyword_words):
        return _KEYWORD_START
    return 0
