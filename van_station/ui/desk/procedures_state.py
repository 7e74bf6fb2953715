"""What somebody at the desk has asked and answered about a procedure (*thủ tục*); no window in here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from van_station.rules.json_values import JsonValue, Pointer
from van_station.services.catalogue import ProcedureCard
from van_station.services.guidance import Advice, AskedQuestion, NeededPaper

OWN_TILE_FROM = 3
"""A domain with fewer procedures than this is found under "other"."""
OTHER = "other"


class PaperGroup(StrEnum):
    """What a citizen does with a paper, in the order of the page."""

    BRING = "bring"
    SHOW = "show"
    FORM = "form"
    PERHAPS = "perhaps"


@dataclass(slots=True)
class ProceduresState:
    """Search, filter, and the answers of one citizen; nothing of it is ever kept on disk."""

    query: str = ""
    domain: str = ""
    """Code of a domain, `OTHER`, or "" for all."""
    code: str = ""
    """The procedure that stands open, "" for the list."""
    answers: dict[Pointer, JsonValue] = field(default_factory=dict, repr=False)
    """In the order in which they were given."""
    group: str | None = None
    sources: bool = False
    """Whether each paper shows where it is written."""

    def open(self, code: str) -> None:
        """Open a procedure for somebody new."""
        self.code, self.answers, self.group = code, {}, None

    def close(self) -> None:
        """Go back to the list; what was answered is forgotten."""
        self.open("")

    def answer(self, pointer: Pointer, value: JsonValue) -> None:
        """Take an answer; given again it is the latest."""
        self.answers.pop(pointer, None)
        self.answers[pointer] = value

    def forget(self, pointer: Pointer) -> None:
        """Ask a question again."""
        self.answers.pop(pointer, None)

    def back(self, asked: Iterable[Pointer]) -> bool:
        """Take the latest answer to one of the questions asked now back; False when there is none."""
        now = frozenset(asked)
        latest = next((pointer for pointer in reversed(self.answers) if pointer in now), None)
        if latest is not None:
            del self.answers[latest]
        return latest is not None

    def restart(self) -> None:
        """Ask everything again."""
        self.answers = {}


def next_question(advice: Advice) -> AskedQuestion | None:
    """Return the first question without an answer."""
    return next((question for question in advice.questions if question.answer is None), None)


def trail(advice: Advice) -> tuple[AskedQuestion, ...]:
    """Return the questions that were answered, in the order of the form."""
    return tuple(question for question in advice.questions if question.answer is not None)


def group_of(paper: NeededPaper) -> PaperGroup:
    """Return what a citizen does with a paper."""
    if not paper.certain:
        return PaperGroup.PERHAPS
    if paper.from_form:
        return PaperGroup.FORM
    return PaperGroup.SHOW if paper.kind == "show" else PaperGroup.BRING


def grouped(papers: Iterable[NeededPaper]) -> tuple[tuple[PaperGroup, tuple[NeededPaper, ...]], ...]:
    """Return the papers by group; groups without any are left out."""
    found: dict[PaperGroup, list[NeededPaper]] = {group: [] for group in PaperGroup}
    for paper in papers:
        found[group_of(paper)].append(paper)
    return tuple((group, tuple(inside)) for group, inside in found.items() if inside)


def domains(cards: Sequence[ProcedureCard]) -> tuple[str, ...]:
    """Return the domains to choose from, the largest first, and `OTHER` when some are too small."""
    counts: dict[str, int] = {}
    for card in cards:
        counts[card.domain] = counts.get(card.domain, 0) + 1
    own = [domain for domain in counts if counts[domain] >= OWN_TILE_FROM]
    own.sort(key=lambda domain: -counts[domain])
    return (*own, OTHER) if len(own) < len(counts) else tuple(own)


def in_domain(
    cards: Iterable[ProcedureCard], domain: str, choices: Sequence[str]
) -> tuple[ProcedureCard, ...]:
    """Return the cards of a domain among the choices of `domains`; all for ""."""
    if not domain:
        return tuple(cards)
    if domain == OTHER:
        return tuple(card for card in cards if card.domain not in choices)
    return tuple(card for card in cards if card.domain == domain)


def digit(key: str) -> int:
    """Return the number of a digit key 1 to 9 of either block, 0 for any other key."""
    label = key.removeprefix("Numpad ")
    return int(label) if len(label) == 1 and label in "123456789" else 0
