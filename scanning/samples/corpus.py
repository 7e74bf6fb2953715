"""A corpus of hard pages, one by one, with the clean drawing of each: what a scan of it should show.

Pages are drawn when asked for: sixty of them in memory would be gigabytes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from scanning.pictures import encode_jpeg
from scanning.samples.more_papers import (
    draw_card,
    draw_decision,
    draw_filled_form,
    draw_land,
    draw_receipt,
    draw_table,
    draw_typed,
)
from scanning.samples.paper import Sheet
from scanning.samples.papers import draw_birth, draw_form, draw_letter, draw_signature_only
from scanning.samples.wear import Wear, wear_down

_Painter = Callable[[Sheet, random.Random], None]
_PAINTERS: Final[dict[str, _Painter]] = {
    "letter": draw_letter,
    "form": draw_form,
    "decision": draw_decision,
    "table": draw_table,
    "land": draw_land,
    "card": draw_card,
    "filled": draw_filled_form,
    "typed": draw_typed,
    "receipt": draw_receipt,
    "birth": draw_birth,
    "signature": draw_signature_only,
}
CORPUS_KINDS: Final = (*_PAINTERS, "blank")
DOTTED: Final = frozenset({"form", "filled"})
"""Kinds with dotted leaders."""
_TURNS: Final = (0, 0, 0, 0, 0, 0, 0, 90, 180, 270)
_QUALITY: Final = 82
_TINTS: Final = ((255, 255, 255), (250, 248, 240), (246, 240, 222))
_YELLOWED: Final = (232, 214, 170)


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One page as scanned, and as drawn.

    Attributes:
        image: JPEG as a scanner gives it: leaning, turned, worn.
        drawn: the upright sheet before it was worn, A4.
        text: lines drawn; none where they are not known.
        rotation_deg: how the page lies: clockwise quarter turn that sets it upright.
    """

    kind: str
    image: bytes
    drawn: Image.Image
    text: tuple[str, ...]
    skew_deg: float
    rotation_deg: int
    dark_backing: bool


def make_corpus(
    seed: int, pages: int, *, font: Path | None = None, dpi: int = 300, max_skew_deg: float = 3.0
) -> Iterator[CorpusPage]:
    """Draw pages going round through `CORPUS_KINDS`; the same arguments give the same pictures."""
    chance = random.Random(seed)  # noqa: S311  drawings, not secrets
    for number in range(pages):
        yield _page(CORPUS_KINDS[number % len(CORPUS_KINDS)], chance, font, dpi, max_skew_deg)


def _page(kind: str, chance: random.Random, font: Path | None, dpi: int, max_skew_deg: float) -> CorpusPage:
    sheet, front = Sheet(font, dpi), Sheet(font, dpi)
    behind: Image.Image | None = None
    if kind == "blank" or chance.random() < 0.25:
        draw_letter(front, chance)
        behind = ImageOps.mirror(front.image)
    if kind != "blank":
        _PAINTERS[kind](sheet, chance)
    skew_deg = round(chance.uniform(-max_skew_deg, max_skew_deg), 2)
    backing = kind == "receipt" or chance.random() < 0.2
    tint = _YELLOWED if kind == "typed" else chance.choice(_TINTS)
    wear = Wear(
        skew_deg, tint, bleed=chance.uniform(0.05, 0.14), dark_backing=backing, seed=chance.randrange(2**31)
    )
    lying = chance.choice(_TURNS)
    scanned = wear_down(sheet.image, behind, wear)
    if lying:
        scanned = scanned.rotate(lying, expand=True)
    return CorpusPage(
        kind,
        encode_jpeg(scanned, quality=_QUALITY, dpi=dpi),
        sheet.image,
        tuple(sheet.text),
        skew_deg,
        lying,
        backing,
    )
