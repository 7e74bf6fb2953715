"""The invisible words of a page as PDF operators."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import Final

from scanning.pdf.glyphless import ADVANCE, Codes
from scanning.text import TextLayer, Word

_DESCENT: Final = 0.2
_INVISIBLE: Final = "3 Tr"


def text_operators(layer: TextLayer, codes: Codes, *, page_height_px: int, points_per_px: float) -> bytes:
    """Return operators that set each word invisibly over its picture.

    All words of a line share one baseline and size, so that readers join them again; each is stretched to
    the width of its box. Letters are composed (NFC), as Vietnamese is typed and searched.
    """
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in layer.words:
        if word.text.strip() and word.box.width > 0 and word.box.height > 0:
            lines[word.line].append(word)
    operators = ["BT", _INVISIBLE]
    for words in lines.values():
        top = min(word.box.top for word in words)
        bottom = max(word.box.top + word.box.height for word in words)
        size = (bottom - top) * points_per_px
        base = (page_height_px - bottom) * points_per_px + size * _DESCENT
        operators.append(f"/F0 {size:.2f} Tf")
        for word in words:
            operators += _word(word, codes, size=size, base=base, points_per_px=points_per_px)
    operators.append("ET\n")
    return "\n".join(operators).encode("ascii")


def _word(word: Word, codes: Codes, *, size: float, base: float, points_per_px: float) -> list[str]:
    text = unicodedata.normalize("NFC", word.text.strip())
    natural = len(text) * size * ADVANCE / 1000
    stretch = 100 * word.box.width * points_per_px / natural
    return [
        f"{stretch:.2f} Tz",
        f"1 0 0 1 {word.box.left * points_per_px:.2f} {base:.2f} Tm",
        f"<{codes.encode(text + ' ').hex()}> Tj",
    ]
