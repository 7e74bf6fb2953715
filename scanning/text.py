"""Text that was read on a page, with its places."""

from __future__ import annotations

from dataclasses import dataclass

from scanning.page import Box


@dataclass(frozen=True, slots=True)
class Word:
    """One word: text, box in pixels of the clean page, confidence 0..100, 0-based line it stands on."""

    text: str
    box: Box
    confidence: float
    line: int


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What OCR read on one page, in reading order.

    Attributes:
        mean_confidence: over words, 0..100; 0 when there are none.
        language: as asked of the OCR program, such as `vie`.
    """

    words: tuple[Word, ...]
    mean_confidence: float
    language: str

    @property
    def plain(self) -> str:
        """The words as text, one line for each line of the page."""
        lines: dict[int, list[str]] = {}
        for word in self.words:
            lines.setdefault(word.line, []).append(word.text)
        return "\n".join(" ".join(words) for words in lines.values())
