"""What spoils pages, drawn: fingers, shadows, holes, dust, faded ink. Seeded; the same seed gives the same page."""

from __future__ import annotations

import random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SKINS = ((224, 172, 140), (198, 134, 100), (141, 92, 66), (240, 196, 168), (170, 112, 82))


def with_finger(image: Image.Image, edge: str, chance: random.Random, *, inset: int = 0) -> Image.Image:
    """Lay a thumb of 16 to 22 mm over an edge of an A4 page that begins `inset` dots inside the picture."""
    width, height = image.size
    mm = (width - 2 * inset) / 210
    wide, deep = chance.uniform(16, 22) * mm, chance.uniform(18, 34) * mm
    along = chance.uniform(0.2, 0.8)
    size = {"left": (deep, wide), "right": (deep, wide), "top": (wide, deep), "bottom": (wide, deep)}[edge]
    left = {"left": inset - deep * 0.3, "right": width - inset - deep * 0.7}.get(edge, width * along)
    top = {"top": inset - deep * 0.3, "bottom": height - inset - deep * 0.7}.get(edge, height * along)
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (left, top, left + size[0], top + size[1]), radius=wide * 0.48, fill=255
    )
    skin = np.zeros((height, width, 3), np.float32) + np.asarray(chance.choice(SKINS), np.float32)
    shade = np.linspace(1.04, 0.86, width, dtype=np.float32)[None, :, None]
    finger = Image.fromarray(np.clip(skin * shade, 0, 255).astype(np.uint8))
    return Image.composite(finger, image, mask.filter(ImageFilter.GaussianBlur(mm * 0.3)))


def faded(image: Image.Image, left: float) -> Image.Image:
    """Leave this share of the ink's depth."""
    return image.point(lambda value: round(255 - (255 - value) * left))


def with_gutter(image: Image.Image, depth: float, *, side: str = "left", reach: float = 0.12) -> Image.Image:
    """Darken towards a side as a book's gutter or a lid that stands open does; `depth` at the edge, 0..1."""
    pixels = np.asarray(image, np.float32)
    height, width = pixels.shape[:2]
    length = {"left": width, "right": width, "top": height, "bottom": height}[side]
    fall = 1 - depth * np.clip(1 - np.arange(length) / (length * reach), 0, 1) ** 1.5
    fall = fall[::-1] if side in ("right", "bottom") else fall
    light = fall[None, :, None] if side in ("left", "right") else fall[:, None, None]
    return Image.fromarray(np.clip(pixels * light, 0, 255).astype(np.uint8))


def with_holes(image: Image.Image) -> Image.Image:
    """Punch two holes of 6 mm, 80 mm apart, 12 mm from the left edge."""
    out = image.copy()
    mm = out.width / 210
    for middle in (out.height / 2 - 40 * mm, out.height / 2 + 40 * mm):
        box = (9 * mm, middle - 3 * mm, 15 * mm, middle + 3 * mm)
        ImageDraw.Draw(out).ellipse(box, fill=(22, 22, 24))
    return out.filter(ImageFilter.GaussianBlur(0.4))


def with_salt(image: Image.Image, seed: int, specks: int = 600) -> Image.Image:
    """Scatter dark specks of one or two dots."""
    pixels = np.array(image)
    noise = np.random.default_rng(seed)
    for y, x in zip(
        noise.integers(2, pixels.shape[0] - 2, specks),
        noise.integers(2, pixels.shape[1] - 2, specks),
        strict=True,
    ):
        cv2.circle(pixels, (int(x), int(y)), 0, (70, 70, 70), -1)
    return Image.fromarray(pixels)
