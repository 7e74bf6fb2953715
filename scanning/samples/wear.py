"""What paper and scanner do to a page: tint, ink from behind, lean, backing, softness, noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from scanning.stages.decode import to_image
from scanning.stages.skew import straighten

_BACKING: Final = (28, 28, 30)
_BACKING_SCALE: Final = 0.94
_NOISE: Final = 3.0
_SOFTNESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Wear:
    """How a page is worn.

    Attributes:
        skew_deg: lean, clockwise positive.
        tint: colour of the paper.
        bleed: share of the other side's ink that shines through, 0..1.
        dark_backing: show a dark backing around the paper.
        seed: of the noise.
    """

    skew_deg: float
    tint: tuple[int, int, int]
    bleed: float
    dark_backing: bool
    seed: int
    softness_px: float = _SOFTNESS


def wear_down(clean: Image.Image, behind: Image.Image | None, wear: Wear) -> Image.Image:
    """Return the page as a scanner would see it; `behind` is the mirrored other side."""
    page: npt.NDArray[np.floating[Any]] = np.asarray(clean, np.float32)
    if behind is not None:
        other = cv2.GaussianBlur(np.asarray(behind, np.float32), (0, 0), 2.0)
        page = page * (1 - wear.bleed * (1 - other / 255))
    page = page * (np.asarray(wear.tint, np.float32) / 255)
    leaning = _lean(np.clip(page, 0, 255).astype(np.uint8), wear)
    soft = cv2.GaussianBlur(leaning, (0, 0), wear.softness_px)
    noise = np.random.default_rng(wear.seed).normal(0, _NOISE, soft.shape[:2]).astype(np.float32)
    worn: npt.NDArray[np.uint8] = np.clip(soft + noise[..., None], 0, 255).astype(np.uint8)
    return to_image(worn)


def _lean(page: npt.NDArray[np.uint8], wear: Wear) -> npt.NDArray[np.uint8]:
    if not wear.dark_backing:
        return straighten(page, -wear.skew_deg, wear.tint)
    height, width = page.shape[:2]
    small = cv2.resize(
        page, (round(width * _BACKING_SCALE), round(height * _BACKING_SCALE)), interpolation=cv2.INTER_AREA
    )
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    framed = np.empty_like(page)
    framed[:] = _BACKING
    framed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return straighten(framed, -wear.skew_deg, _BACKING)
