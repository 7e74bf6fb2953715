"""Pictures of sample papers on a table as a phone would take them, with their true corners."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

PHONE = (900, 1200)
"""Width and height of the pictures: a phone's shape at a tenth of its pixels."""
FOCAL_PX = 1012.0


@dataclass(frozen=True)
class Photograph:
    pixels: np.ndarray
    corners: np.ndarray
    """Top left, top right, bottom right, bottom left of the paper, in pixels."""

    @property
    def diagonal(self) -> float:
        return float(np.hypot(*self.pixels.shape[:2]))

    def jpeg(self, *, phone: bool = True) -> bytes:
        image, out = Image.fromarray(self.pixels), io.BytesIO()
        exif = Image.Exif()
        if phone:
            exif[0x010F], exif[0x0110] = "Invented", "Phone 1"
        image.save(out, "JPEG", quality=90, exif=exif)
        return out.getvalue()


def pose(size_mm: tuple[float, float], *, tilt: float, lean: float, turn: float, away: float, shift=(0, 0)):
    """Return the corners of a sheet seen by a plain camera: tilts in degrees, distance in sheet lengths."""
    width, height = size_mm
    sheet = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    rx, ry, rz = np.deg2rad([tilt, lean, turn])
    about_x = np.array([[1, 0, 0], [0, np.cos(rx), -np.sin(rx)], [0, np.sin(rx), np.cos(rx)]])
    about_y = np.array([[np.cos(ry), 0, np.sin(ry)], [0, 1, 0], [-np.sin(ry), 0, np.cos(ry)]])
    about_z = np.array([[np.cos(rz), -np.sin(rz), 0], [np.sin(rz), np.cos(rz), 0], [0, 0, 1]])
    space = (about_x @ about_y @ about_z @ np.c_[sheet, np.zeros(4)].T).T
    space += [shift[0] * width, shift[1] * height, away * max(size_mm)]
    flat = FOCAL_PX * space[:, :2] / space[:, 2:]
    return flat + np.array(PHONE) / 2


def table(rng: np.random.Generator, kind: str) -> np.ndarray:
    """Return a table top: dark, wooden, light, or cluttered with pens, cups and cards."""
    width, height = PHONE
    base = {
        "dark": (52, 50, 58),
        "wood": (128, 92, 60),
        "light": (250, 250, 252),
        "clutter": (96, 88, 80),
        "green": (60, 96, 74),
    }[kind]
    top = np.full((height, width, 3), base, np.float32)
    grain = cv2.resize(rng.normal(0, 1, (height // 4, 6)).astype(np.float32), (width, height))
    top += grain[..., None] * (1.0 if kind == "light" else 7.0)
    top += cv2.GaussianBlur(rng.normal(0, 20, (height, width)).astype(np.float32), (0, 0), 2)[..., None] * (
        0.3 if kind == "light" else 1.0
    )
    if kind == "clutter":
        for _ in range(9):
            colour = tuple(float(value) for value in rng.integers(20, 235, 3))
            x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
            box = cv2.boxPoints(((x, y), rng.uniform(60, 340, 2), rng.uniform(0, 180)))
            cv2.fillConvexPoly(top, box.astype(np.int32), colour, cv2.LINE_AA)
            cv2.circle(top, (int(rng.integers(0, width)), int(rng.integers(0, height))), 60, colour[::-1], 14)
            cv2.line(top, (x, y), (int(rng.integers(0, width)), int(rng.integers(0, height))), colour, 12)
    return np.clip(top, 0, 255)


def photograph(
    paper: np.ndarray, corners: np.ndarray, rng: np.random.Generator, kind: str = "wood"
) -> Photograph:
    """Lay a paper (rows x columns x 3) with its corners there on a table and take the picture."""
    top = table(rng, kind)
    height, width = paper.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    lit = np.minimum(paper.astype(np.float32), 236.0)
    laid = cv2.warpPerspective(lit, warp, PHONE, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), warp, PHONE, flags=cv2.INTER_LINEAR)
    shadow = cv2.GaussianBlur(np.roll(mask, (6, 8), (0, 1)), (0, 0), 9)
    top *= 1 - 0.28 * shadow[..., None]
    picture = top * (1 - mask[..., None]) + laid * mask[..., None]
    x, y = np.meshgrid(np.linspace(-1, 1, PHONE[0]), np.linspace(-1, 1, PHONE[1]))
    slope = rng.uniform(-0.12, 0.12, 2)
    picture *= (1 + slope[0] * x + slope[1] * y)[..., None].astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.9) + rng.normal(0, 3, picture.shape)
    return Photograph(np.clip(picture, 0, 255).astype(np.uint8), corners)
