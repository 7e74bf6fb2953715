"""A sheet of A4 to draw on, measured in millimetres."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from scanning.page import A4_MM, MM_PER_INCH

INK: Final = (25, 25, 28)
BLUE: Final = (30, 50, 160)
RED: Final = (200, 30, 40)
_POINTS_PER_INCH: Final = 72
MARK: Final = "MẪU - GIẤY BỊA"
"""Stands on every page: a sample, invented."""


class Sheet:
    """White A4. `text` collects what was written, line by line."""

    def __init__(self, font: Path | None, dpi: int) -> None:
        self.dpi = dpi
        self.image = Image.new("RGB", (self.px(A4_MM[0]), self.px(A4_MM[1])), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.text: list[str] = []
        self._font = font

    def px(self, millimetres: float) -> int:
        """Return a length in pixels."""
        return round(millimetres * self.dpi / MM_PER_INCH)

    def write(
        self, x_mm: float, y_mm: float, line: str, *, size_pt: float = 12.5, ink: tuple[int, int, int] = INK
    ) -> float:
        """Write a line with its top left corner there; return where it ends, in mm."""
        font = _load(self._font, max(6, round(size_pt * self.dpi / _POINTS_PER_INCH)))
        drawn = line if self._font else without_accents(line)
        self.draw.text((self.px(x_mm), self.px(y_mm)), drawn, font=font, fill=ink)
        self.text.append(drawn)
        return x_mm + self.draw.textlength(drawn, font=font) * MM_PER_INCH / self.dpi

    def centre(self, x_mm: float, y_mm: float, line: str, *, size_pt: float = 12.5) -> None:
        """Write a line centred on x."""
        font = _load(self._font, max(6, round(size_pt * self.dpi / _POINTS_PER_INCH)))
        width_mm = self.draw.textlength(line, font=font) * MM_PER_INCH / self.dpi
        self.write(x_mm - width_mm / 2, y_mm, line, size_pt=size_pt)

    def leader(self, x_mm: float, y_mm: float, to_mm: float) -> None:
        """Set a row of dots along the foot of a line of text at y."""
        radius = max(1, self.px(0.2))
        foot = self.px(y_mm + 4.2)
        for x in range(self.px(x_mm), self.px(to_mm), max(3, self.px(1.05))):
            self.draw.ellipse((x - radius, foot - radius, x + radius, foot + radius), fill=INK)

    def scribble(self, points_mm: list[tuple[float, float]], *, ink: tuple[int, int, int] = BLUE) -> None:
        """Draw a pen's line through the points."""
        points = [(self.px(x), self.px(y)) for x, y in points_mm]
        self.draw.line(points, fill=ink, width=max(1, self.px(0.35)), joint="curve")


def without_accents(line: str) -> str:
    """Return the line in plain ASCII, for Pillow's own font, which has no Vietnamese letters."""
    plain = unicodedata.normalize("NFD", line.replace("đ", "d").replace("Đ", "D"))
    return plain.encode("ascii", "ignore").decode("ascii")


@cache
def _load(font: Path | None, size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(str(font), size_px) if font else ImageFont.load_default(size_px)
