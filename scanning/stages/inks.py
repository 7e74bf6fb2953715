"""Which dots of a page are ink, and which inks they are: black, warm (red seals), cold (blue pens).

Ink is told by local contrast, colour by a vote of the neighbourhood: a line sensor's colour fringes are red
on one side of a stroke and blue on the other, and cancel. What is not taken for ink is not lost, it stays in
the background; so doubtful dots are left there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from scanning.stages.decode import Pixels

Mask = npt.NDArray[np.bool_]

PAPER_SCALE: Final = 4
"""Page dots for each dot of the paper's colour map."""
_INK_RATIO: Final = 0.76
"""The core of a stroke is darker than this share of the paper around it."""
_PAPER_REACH: Final = 21
_CORE_REACH: Final = 11
_VOTE_REACH: Final = 5
_COLOR_SHARE: Final = 0.26
"""Of the darkness; black text votes under 0.12, faded seals and dark blue pens over 0.35."""
_LONE: Final = 2
_HOLE: Final = 8
_CORE_LEVEL: Final = 100
_WARM, _COLD = 1, 2


@dataclass(frozen=True, slots=True)
class Inks:
    """Masks of the page's size, no dot in two of them.

    Attributes:
        black: dark without colour.
        warm: red, brown, orange.
        cold: blue, green, violet.
        core: dots in the middle of strokes, where ink shows its own colour.
    """

    black: Mask
    warm: Mask
    cold: Mask
    core: Mask

    @property
    def all(self) -> Mask:
        """Every dot of ink."""
        joined: Mask = self.black | self.warm | self.cold
        return joined


def find_inks(pixels: Pixels, pictures: Mask | None = None) -> Inks:
    """Separate the inks of a page of about 300 dpi.

    Args:
        pixels: RGB, or grey, which has black only.
        pictures: True where a picture stands that is kept whole: there is no ink there.
    """
    paper = paper_map(pixels)
    dark = pixels if pixels.ndim == 2 else _darkest(pixels)
    ink, core = _dark_strokes(dark, paper if paper.ndim == 2 else _darkest(paper))
    if pictures is not None:
        ink &= ~pictures
        core &= ~pictures
    if pixels.ndim == 2:
        empty = np.zeros_like(ink)
        return Inks(ink, empty, empty, core)
    warm, cold = _colored(pixels, ink, core, paper)
    return Inks(ink & ~warm & ~cold, warm, cold, core)


def paper_map(pixels: Pixels) -> Pixels:
    """Return the colour of the paper everywhere, one dot for `PAPER_SCALE` of the page."""
    height, width = pixels.shape[:2]
    size = (max(1, width // PAPER_SCALE), max(1, height // PAPER_SCALE))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    brightest = cv2.dilate(small, np.ones((_PAPER_REACH, _PAPER_REACH), np.uint8))
    return np.asarray(cv2.blur(brightest, (_PAPER_REACH, _PAPER_REACH)), np.uint8)


def _darkest(pixels: Pixels) -> Pixels:
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.min(cv2.min(red, green), blue), np.uint8)


def _dark_strokes(dark: Pixels, paper_small: Pixels) -> tuple[Mask, Mask]:
    """Return ink and the cores of its strokes: darker than halfway between paper and the darkest dot near."""
    size = (dark.shape[1], dark.shape[0])
    paper = cv2.resize(paper_small, size, interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(dark, (3, 3), 0.7)
    darkest = cv2.erode(soft, np.ones((_CORE_REACH, _CORE_REACH), np.uint8))
    halfway = cv2.addWeighted(paper, 0.5, darkest, 0.5, 0)
    inked = cv2.compare(darkest, cv2.convertScaleAbs(paper, alpha=_INK_RATIO), cv2.CMP_LT)
    ink = cv2.bitwise_and(cv2.compare(soft, halfway, cv2.CMP_LT), inked)
    neighbours = cv2.boxFilter(cv2.bitwise_and(ink, np.ones_like(ink)), -1, (3, 3), normalize=False)
    kept = ((ink > 0) & (neighbours > _LONE)) | (neighbours >= _HOLE)
    core = kept & (soft <= cv2.addWeighted(paper, 0.2, darkest, 0.8, 0))
    return kept, core


def _colored(pixels: Pixels, ink: Mask, core: Mask, paper: Pixels) -> tuple[Mask, Mask]:
    """Return which ink is warm and which cold, by how much of each channel the paper around it lacks.

    The middles of strokes vote. Judged on half the dots: scanners' JPEG keeps colour no finer than that.
    """
    height, width = ink.shape
    half = (-(-width // 2), -(-height // 2))
    inked = cv2.resize(ink.astype(np.uint8) * 255, half, interpolation=cv2.INTER_AREA) > 0
    rows, columns = np.nonzero(inked)
    if not rows.size:
        return np.zeros_like(ink), np.zeros_like(ink)
    small = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
    step = PAPER_SCALE // 2
    near_rows = np.minimum(rows // step, paper.shape[0] - 1)
    near_columns = np.minimum(columns // step, paper.shape[1] - 1)
    white = paper[near_rows, near_columns].astype(np.int16)
    own = white - small[rows, columns]
    sure = cv2.resize(core.astype(np.uint8) * 255, half, interpolation=cv2.INTER_AREA) > _CORE_LEVEL
    voters = sure.astype(np.uint8) * 255
    votes = cv2.blur(voters, (_VOTE_REACH, _VOTE_REACH))[rows, columns].astype(np.float32)[:, None]
    voted = cv2.blur(cv2.bitwise_and(small, small, mask=voters), (_VOTE_REACH, _VOTE_REACH))[rows, columns]
    seen = np.where(votes > 0, voted * (255 / np.maximum(votes, 1)), small[rows, columns])
    around = white - seen.astype(np.int16)
    colored = (
        _tone(around) * _tone(own) > _COLOR_SHARE**2
    )  # fringes fail the first, black in a seal the other
    kinds = np.zeros(inked.shape, np.uint8)
    kinds[rows, columns] = np.where(colored, np.where(around[:, 0] <= around[:, 2], _WARM, _COLD), 0)
    full = cv2.resize(kinds, (2 * half[0], 2 * half[1]), interpolation=cv2.INTER_NEAREST)[:height, :width]
    return ink & (full == _WARM), ink & (full == _COLD)


def _tone(lack: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    """Return how unevenly the channels lack light, 0 for grey to 1 for a pure colour."""
    red, green, blue = (np.maximum(lack[:, channel], 0) for channel in range(3))
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    return np.asarray((most - least) / np.maximum(most, 8), np.float32)
