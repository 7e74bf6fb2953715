"""Finds a procedure by what people say: without accents, abbreviated, misspelt, by code, in everyday words.

Every procedure is known by phrases: its name, its keywords, its form. A phrase scores by how much it covers
of what was said, and how much of it was said; rare words count more. The best phrase decides, and
`Hit.because` tells it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from van_station.rules.catalogue import Procedure
from van_station.rules.catalogue_edition import Edition
from van_station.rules.search_words import (
    NO_WORDS,
    Slips,
    Vocabulary,
    Words,
    as_typed,
    load_words,
    spoken,
    without_telex,
)

__all__ = ["MAX_QUERY", "NO_WORDS", "Hit", "ProcedureSearch", "Words", "load_words", "search", "search_of"]

MAX_QUERY = 200
MAX_TOKENS = 16

_CODE = re.compile(r"[0-9](\.?[0-9]{1,6})?(\.[a-z0-9.]{1,12})?")
# Scores: the phrase itself; the phrase with one slip; the most for words alone; the least that is shown.
_EXACT, _SLIP, _MOST, _LEAST = 100.0, 90.0, 88.0, 38.0
# What a phrase is worth by the field it stands in, and a meaning put in for what was said.
_KEYWORD, _NAME, _FORM, _NOT_AS_SAID = 1.0, 0.96, 0.7, 0.97
# A score for words: the share of what was said, the share of the phrase, and said in its order.
_SHARE, _WHOLE, _IN_ORDER = 0.62, 0.28, 0.1
# Of rarity: a filler; a word for what happened, and for each that the phrase lacks; a word nobody knows.
_FILLER_WEIGHT, _ACT_WEIGHT, _ACT_MISSED, _UNKNOWN_WEIGHT = 0.15, 1.5, 0.93, 0.8
# Words rarer than this part of the rarest one bring phrases; commoner ones only add to those.
_RARE = 0.35
# A word typed with accents where the catalogue has it with others (`trà`, `trả`).
_OTHER_MARKS = 0.75
# A phrase said whole in a long sentence: its least score by its worth, less when its words were scattered.
_CONTAINED, _CONTAINED_WORTH, _CONTAINED_MOST, _SCATTERED = 38.0, 2.5, 70.0, 3.0
_SURELY, _WHOLLY = 0.9, 0.98


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure found; the higher score comes first. Scores of two queries don't compare.

    Attributes:
        because: the phrase of the catalogue that decided, folded; or the code.
    """

    procedure: Procedure
    score: int
    because: str = ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    owner: int
    text: str
    marked: frozenset[str]
    worths: Mapping[str, float]
    worth: float
    weight: float


@dataclass(frozen=True, slots=True)
class _Said:
    word: str
    worth: float
    readings: Mapping[str, float]


@dataclass(slots=True)
class _Best:
    score: float = 0.0
    because: str = ""

    def take(self, score: float, because: str) -> None:
        if score > self.score:
            self.score, self.because = score, because


class ProcedureSearch:
    """An index over a catalogue; build it once for each version of the catalogue.

    Args:
        procedures: those that may be found.
        words: everyday language.
        old_codes: repealed or replaced codes to the codes in force today.
    """

    def __init__(
        self,
        procedures: Iterable[Procedure],
        words: Words = NO_WORDS,
        old_codes: Mapping[str, str] | None = None,
    ) -> None:
        self._procedures = list(procedures)
        self._words = words
        self._often = {code: place for place, code in enumerate(words.often)}
        at = {procedure.code: owner for owner, procedure in enumerate(self._procedures)}
        self._codes = {code.casefold(): owner for code, owner in at.items()}
        for old, new in (old_codes or {}).items():
            if new in at:
                self._codes.setdefault(old.casefold(), at[new])
        self._index()

    def _index(self) -> None:
        raw = [
            (owner, text, weight)
            for owner, procedure in enumerate(self._procedures)
            for text, weight in _texts(procedure)
        ]
        owners: dict[str, set[int]] = {}
        for owner, text, _ in raw:
            for word in spoken(text).split():
                owners.setdefault(word, set()).add(owner)
        count = len(self._procedures)
        self._worth = {word: self._rarity(word, count, len(who)) for word, who in owners.items()}
        self._phrases = [self._phrase(owner, text, weight) for owner, text, weight in raw]
        self._having: dict[str, list[int]] = {}
        self._exactly: dict[str, list[int]] = {}
        for place, phrase in enumerate(self._phrases):
            self._exactly.setdefault(phrase.text.replace(" ", ""), []).append(place)
            for word in phrase.worths:
                self._having.setdefault(word, []).append(place)
        self._vocabulary = Vocabulary(owners)
        self._slips = Slips(self._exactly)

    def _phrase(self, owner: int, text: str, weight: float) -> _Phrase:
        plain = spoken(text)
        worths = {word: self._worth[word] for word in plain.split()}
        return _Phrase(owner, plain, frozenset(as_typed(text)), worths, sum(worths.values()), weight)

    def _rarity(self, word: str, count: int, having: int) -> float:
        plain = log(1 + count / having)
        if word in self._words.acts:
            return plain * _ACT_WEIGHT
        return plain * _FILLER_WEIGHT if word in self._words.fillers else plain

    def find(self, query: str, *, limit: int = 8) -> list[Hit]:
        """Return the best hits first; an empty query finds nothing. Only 200 characters are looked at."""
        said = spoken(query[:MAX_QUERY])
        if not said or limit < 1:
            return []
        best = self._by_code(said)
        if not best:
            marks = {spoken(word): word for word in as_typed(query[:MAX_QUERY])}
            for text, trust in self._variants(said):
                self._by_phrase(text, trust, best)
                self._by_words(text, trust, marks, best)
        hits = [
            Hit(self._procedures[owner], round(each.score), each.because)
            for owner, each in best.items()
            if each.score >= _LEAST
        ]
        order = {self._procedures[owner].code: -each.score for owner, each in best.items()}
        return sorted(hits, key=lambda hit: self._order(hit, order))[:limit]

    def _order(self, hit: Hit, order: Mapping[str, float]) -> tuple[float, int, str]:
        code = hit.procedure.code
        return round(order[code], 3), self._often.get(code, len(self._often)), code

    def _by_code(self, said: str) -> dict[int, _Best]:
        if _CODE.fullmatch(said) is None or len(said) < 3:
            return {}
        typed = said if said[1] == "." else f"{said[0]}.{said[1:]}"
        found: dict[int, _Best] = {}
        for code, owner in self._codes.items():
            if code == typed or code.startswith(typed):
                found.setdefault(owner, _Best()).take(_EXACT if code == typed else _SLIP, code)
        return found

    def _variants(self, said: str) -> list[tuple[str, float]]:
        """Return what was said and what it may mean, each with the trust in it."""
        found = {said: 1.0}
        bare = without_telex(said)
        if bare != said and not all(word in self._vocabulary for word in said.split()):
            found.setdefault(bare, _NOT_AS_SAID)
        found.setdefault(" ".join(self._vocabulary.parted(word) for word in said.split()), _NOT_AS_SAID)
        for text, trust in list(found.items()):
            words = text.split()[:MAX_TOKENS]
            short = [word for word in words if word not in self._words.fillers]
            for told in (words, short):
                found.setdefault(self._words.in_the_catalogues(told), trust * _NOT_AS_SAID)
        found.pop("", None)
        return list(found.items())

    def _by_phrase(self, said: str, trust: float, best: dict[int, _Best]) -> None:
        """Take phrases that were said whole, with their spaces or without, with at most one slip."""
        joined = said.replace(" ", "")
        for score, keys in ((_EXACT, [joined]), (_SLIP, self._slips.near(joined))):
            for place in (place for key in keys for place in self._exactly.get(key, ())):
                phrase = self._phrases[place]
                best.setdefault(phrase.owner, _Best()).take(score * trust * phrase.weight, phrase.text)

    def _by_words(self, said: str, trust: float, marks: Mapping[str, str], best: dict[int, _Best]) -> None:
        """Take phrases by the words that they share with what was said."""
        read = self._read(said.split()[:MAX_TOKENS])
        total = sum(word.worth for word in read)
        acts = {word.word for word in read} & self._words.acts
        padded = f" {said} "
        for place, met in self._covered(read, marks).items():
            phrase = self._phrases[place]
            worth = sum(met.values())
            whole = min(1.0, worth / phrase.worth)
            score = _MOST * (_SHARE * worth / total + _WHOLE * whole)
            if score + _MOST * _IN_ORDER < _LEAST and whole < _SURELY:
                continue
            contained = f" {phrase.text} " in padded
            if contained or said in phrase.text:
                score += _MOST * _IN_ORDER
            if whole > (_SURELY if contained else _WHOLLY):
                floor = _CONTAINED + _CONTAINED_WORTH * phrase.worth - (0.0 if contained else _SCATTERED)
                score = max(score, min(_CONTAINED_MOST, floor))
            score *= _ACT_MISSED ** len(acts - met.keys())
            best.setdefault(phrase.owner, _Best()).take(score * trust * phrase.weight, phrase.text)

    def _read(self, words: Sequence[str]) -> list[_Said]:
        """Return the words said, each once, with what they may stand for; the rarest first."""
        read: list[_Said] = []
        for at, word in enumerate(dict.fromkeys(words)):
            readings = self._vocabulary.readings(word, unfinished=at == len(words) - 1)
            read.append(_Said(word, self._said_worth(word, readings), readings))
        return sorted(read, key=lambda each: (-each.worth, each.word))

    def _covered(self, read: Sequence[_Said], marks: Mapping[str, str]) -> dict[int, dict[str, float]]:
        """Return for each phrase what it covers, by word said. Common words bring no phrase of their own."""
        covered: dict[int, dict[str, float]] = {}
        rare = max((said.worth for said in read if said.readings), default=0.0) * _RARE
        for said in read:
            for reading, sure in said.readings.items():
                worth = min(said.worth, self._worth[reading]) * sure
                mark = marks.get(said.word) if reading == said.word else None
                for place in self._places(reading, None if said.worth >= rare else covered):
                    marked = mark is None or mark in self._phrases[place].marked
                    met = covered.setdefault(place, {})
                    met[said.word] = max(met.get(said.word, 0.0), worth if marked else worth * _OTHER_MARKS)
        return covered

    def _places(self, word: str, among: Mapping[int, object] | None) -> Sequence[int]:
        having = self._having[word]
        if among is None:
            return having
        if len(having) <= len(among):
            return [place for place in having if place in among]
        return [place for place in among if word in self._phrases[place].worths]

    def _said_worth(self, word: str, readings: Mapping[str, float]) -> float:
        if word in self._words.fillers:
            return self._worth.get(word, _FILLER_WEIGHT)
        if word in self._worth:
            return self._worth[word]
        return max((self._worth[reading] for reading in readings), default=_UNKNOWN_WEIGHT)


def search_of(edition: Edition) -> ProcedureSearch:
    """Build the search of an edition: with its words, and with old codes leading to those in force."""
    today = {old: edition.resolve(old)[0] for old in edition.successors}
    old_codes = {old: procedure.code for old, procedure in today.items() if procedure is not None}
    return ProcedureSearch(edition.procedures.values(), load_words(edition.words), old_codes)


def search(
    procedures: Sequence[Procedure], query: str, *, words: Words = NO_WORDS, limit: int = 8
) -> list[Hit]:
    """Search once; for repeated searches keep a `ProcedureSearch`."""
    return ProcedureSearch(procedures, words).find(query, limit=limit)


def _texts(procedure: Procedure) -> Iterator[tuple[str, float]]:
    named = [(procedure.name.vi, _NAME), (procedure.name.en, _NAME)]
    named += [(keyword, _KEYWORD) for keyword in procedure.keywords]
    if procedure.form.id != "applicant":
        named.append((procedure.form.name.vi, _FORM))
    once: dict[str, float] = {}
    for text, weight in named:
        if spoken(text):
            once.setdefault(text, weight)
    yield from once.items()
