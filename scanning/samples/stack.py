"""A stack of sample pages with what is true about each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageOps

from scanning.pictures import encode_jpeg
from scanning.samples.paper import Sheet
from scanning.samples.papers import draw_birth, draw_form, draw_letter, draw_signature_only
from scanning.samples.wear import Wear, wear_down

Kind = Literal["letter", "form", "birth", "blank_back", "signature"]
KINDS: Final[tuple[Kind, ...]] = ("letter", "form", "blank_back", "birth", "signature")
_QUALITY: Final = 82
_PAINTERS: Final = {
    "letter": draw_letter,
    "form": draw_form,
    "birth": draw_birth,
    "signature": draw_signature_only,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect reader would find.

    Attributes:
        text: lines drawn, without the dots of leaders.
        skew_deg: lean put in, clockwise positive.
        blank: nobody wrote on this side.
        accented: False when no font was given and Vietnamese accents could not be drawn.
    """

    kind: Kind
    text: tuple[str, ...]
    skew_deg: float
    blank: bool
    dark_backing: bool
    accented: bool


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One drawn page as JPEG, with its truth."""

    image: bytes
    truth: Truth


def make_sample_stack(
    seed: int,
    pages: int,
    *,
    kinds: Sequence[Kind] = KINDS,
    font: Path | None = None,
    dpi: int = 300,
    max_skew_deg: float = 3.0,
    dark_backing: bool = False,
) -> list[SamplePage]:
    """Draw `pages` A4 pages, going round through `kinds`; the same arguments give the same pictures.

    Every page says that it is a sample and invented.

    Args:
        seed: of everything that varies.
        pages: how many.
        kinds: papers to go round through.
        dpi: resolution; drawing a page at 300 takes about 0.7 s.
        font: a TrueType file with Vietnamese letters; without one the text is drawn without accents.
        max_skew_deg: pages lean by up to so much either way.
        dark_backing: show the scanner's dark backing around the leaning paper.
    """
    chance = random.Random(seed)  # noqa: S311  drawings, not secrets
    return [
        _make_page(kinds[number % len(kinds)], chance, font, dpi, max_skew_deg, dark_backing=dark_backing)
        for number in range(pages)
    ]


def _make_page(
    kind: Kind, chance: random.Random, font: Path | None, dpi: int, max_skew_deg: float, *, dark_backing: bool
) -> SamplePage:
    sheet = Sheet(font, dpi)
    behind: Image.Image | None = None
    if kind == "blank_back":
        front = Sheet(font, dpi)
        draw_letter(front, chance)
        behind = ImageOps.mirror(front.image)
    else:
        _PAINTERS[kind](sheet, chance)
    skew_deg = round(chance.uniform(-max_skew_deg, max_skew_deg), 2)
    tint = chance.choice(((255, 255, 255), (250, 248, 240), (246, 240, 222)))
    wear = Wear(skew_deg, tint, bleed=0.10, dark_backing=dark_backing, seed=chance.randrange(2**31))
    image = wear_down(sheet.image, behind, wear)
    truth = Truth(kind, tuple(sheet.text), skew_deg, kind == "blank_back", dark_backing, font is not None)
    return SamplePage(encode_jpeg(image, quality=_QUALITY, dpi=dpi), truth)
