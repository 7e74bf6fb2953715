"""Long lists of codes, such as 10,000 wards, and the search in them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from van_station.rules.catalogue import Label
from van_station.rules.text import fold

MAX_QUERY = 80
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One answer of a list.

    Attributes:
        code: what is stored.
        label: what is shown and searched.
        also: other words by which people look for it, such as a former name.
    """

    code: str
    label: Label
    also: str = ""


class OptionList:
    """Entries in the order in which they are offered, indexed once."""

    def __init__(self, entries: Sequence[ListEntry]) -> None:
        self._entries = tuple(entries)
        self._by_code = {entry.code: entry for entry in self._entries}
        lines = [f"\n {fold(_words(entry))} " for entry in self._entries]
        self._text = "".join(lines)
        self._index(lines)
        self._starts: list[int] = []
        at = 0
        for line in lines:
            self._starts.append(at)
            at += len(line)

    def _index(self, lines: Sequence[str]) -> None:
        entries: dict[str, set[int]] = {}
        for at, line in enumerate(lines):
            for word in line.split():
                entries.setdefault(word, set()).add(at)
        self._words = sorted(entries)
        self._having = [entries[word] for word in self._words]

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> ListEntry | None:
        """Return the entry of a code."""
        return self._by_code.get(code)

    def first(self, limit: int) -> tuple[ListEntry, ...]:
        """Return the first entries, for a list that was opened without a word."""
        return self._entries[:limit]

    def find(self, query: str, limit: int) -> tuple[ListEntry, ...]:
        """Return what `search_options` returns."""
        words = fold(query[:MAX_QUERY]).split()[:MAX_WORDS]
        if not words or limit < 1:
            return self.first(max(limit, 0))
        found: dict[int, None] = {}
        for matches in (
            self._places("\n " + " ".join(words)),
            self._places(" " + " ".join(words)),
            self._each_word(words),
            self._places(" ".join(words)),
        ):
            for at in matches:
                found.setdefault(at)
                if len(found) >= limit:
                    return tuple(self._entries[each] for each in found)
        return tuple(self._entries[each] for each in found)

    def _places(self, part: str) -> Iterator[int]:
        """Yield the numbers of the entries in which a part occurs."""
        at = self._text.find(part)
        while at >= 0:
            entry = bisect_right(self._starts, at) - 1
            yield entry
            at = self._text.find(part, self._end(entry))

    def _end(self, entry: int) -> int:
        return self._starts[entry + 1] if entry + 1 < len(self._starts) else len(self._text)

    def _each_word(self, words: Sequence[str]) -> Iterator[int]:
        """Yield the entries in which every word begins some word."""
        found: set[int] | None = None
        for word in words:
            first, last = bisect_left(self._words, word), bisect_left(self._words, word + "\U0010ffff")
            having = set().union(*self._having[first:last])
            found = having if found is None else found & having
        yield from sorted(found or ())


OptionLists: TypeAlias = Mapping[str, OptionList]
"""The lists that a host offers, by the names that forms use in `x-options`."""


def search_options(options: OptionList, query: str, limit: int = 20) -> tuple[ListEntry, ...]:
    """Return the best entries for what somebody types, accents and case ignored.

    First come entries that begin with the query, then those with a word that does, then those that have all
    of its words in any order, then those that have it anywhere; within each in the order of the list. No
    query gives the first entries.
    """
    return options.find(query, limit)


def _words(entry: ListEntry) -> str:
    english = entry.label.en if entry.label.en != entry.label.vi else ""
    return " ".join(word for word in (entry.label.vi, english, entry.also, entry.code) if word)
