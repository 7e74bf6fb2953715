"""Where something lies on a page, and where it lies after the page was turned or cut."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_MM = 10.0
"""What is left of a page after cutting is never narrower or lower."""
EDGES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Crop:
    """How much is cut off each edge, in millimetres to a tenth."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def turned(self, quarters: int) -> Crop:
        """Return the same cut on the page turned clockwise by quarter turns: left becomes top."""
        edges = (self.left, self.top, self.right, self.bottom)
        return Crop(*(edges[(index - quarters) % 4] for index in range(4)))

    def inside(self, width_mm: float, height_mm: float) -> Crop:
        """Return the cut kept on a page of this size, rounded; at least `LEAST_MM` of the page is left."""
        left, right = _pair(self.left, self.right, width_mm)
        top, bottom = _pair(self.top, self.bottom, height_mm)
        return Crop(left, top, right, bottom)

    def pulled(self, edge: str, by_mm: float, width_mm: float, height_mm: float) -> Crop:
        """Return the cut with one edge moved inwards (or out, negative); the others stay where they are."""
        size = width_mm if edge in ("left", "right") else height_mm
        other = getattr(self, {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[edge])
        most = max(0.0, size - other - LEAST_MM)
        moved = round(max(0.0, min(getattr(self, edge) + by_mm, most)), 1)
        return Crop(*(moved if name == edge else getattr(self, name) for name in EDGES))


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle on a page, each side a share of the page's: 0..1."""

    left: float
    top: float
    width: float
    height: float

    def turned(self, quarters: int) -> Part:
        """Return where it lies after quarter turns clockwise."""
        part = self
        for _ in range(quarters % 4):
            part = Part(1 - part.top - part.height, part.left, part.height, part.width)
        return part

    def within(self, whole: Part) -> Part | None:
        """Return where it lies on what was cut out as `whole`; None when nothing of it is left."""
        left = max(self.left, whole.left)
        top = max(self.top, whole.top)
        right = min(self.left + self.width, whole.left + whole.width)
        bottom = min(self.top + self.height, whole.top + whole.height)
        if right <= left or bottom <= top or not (whole.width and whole.height):
            return None
        return Part(
            (left - whole.left) / whole.width,
            (top - whole.top) / whole.height,
            (right - left) / whole.width,
            (bottom - top) / whole.height,
        )


def part_left(crop: Crop, width_mm: float, height_mm: float) -> Part:
    """Return what a cut leaves of a page."""
    kept = crop.inside(width_mm, height_mm)
    return Part(
        kept.left / width_mm,
        kept.top / height_mm,
        (width_mm - kept.left - kept.right) / width_mm,
        (height_mm - kept.top - kept.bottom) / height_mm,
    )


def _pair(near: float, far: float, size: float) -> tuple[float, float]:
    near = round(max(0.0, min(near, size - LEAST_MM)), 1)
    far = round(max(0.0, min(far, size - LEAST_MM - near)), 1)
    return max(near, 0.0), max(far, 0.0)
