"""What the review of pages remembers: what is chosen, what of the strip is in sight, how close one looks.

Plain values, no control: all of it is tested without a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from van_station.rules.page_geometry import Part
from van_station.services.capture_events import DocumentView

MAX_SCALE = 4.0
SEAL_SHARE = 0.55
"""A seal that one looks at fills so much of the view."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The page one is at, and where a range began.

    Attributes:
        current: the page shown large; "" when there is none.
        anchor: the other end of what is chosen.
    """

    current: str = ""
    anchor: str = ""

    def keys(self, order: Sequence[str]) -> tuple[str, ...]:
        """Return the chosen pages, in order."""
        if self.current not in order:
            return ()
        ends = order.index(self.current), order.index(self.anchor) if self.anchor in order else -1
        first, last = (ends[0], ends[0]) if ends[1] < 0 else (min(ends), max(ends))
        return tuple(order[first : last + 1])

    def at(self, key: str, *, extend: bool = False) -> Chosen:
        """Go to a page; `extend` takes all up to it."""
        return Chosen(key, self.anchor if extend and self.anchor else key)

    def step(self, order: Sequence[str], by: int, *, extend: bool = False) -> Chosen:
        """Go so many pages on, staying inside the batch."""
        if not order:
            return Chosen()
        index = order.index(self.current) + by if self.current in order else 0
        return self.at(order[max(0, min(index, len(order) - 1))], extend=extend)

    def settled(self, order: Sequence[str], before: Sequence[str]) -> Chosen:
        """Return the choice after pages came or went: the same page, else the one in its place."""
        if self.current in order:
            return self if self.anchor in order else replace(self, anchor=self.current)
        if not order:
            return Chosen()
        index = before.index(self.current) if self.current in before else 0
        return Chosen().at(order[min(index, len(order) - 1)])


# ---------------------------------------------------------------------- the strip
@dataclass(frozen=True, slots=True)
class StripRow:
    """A line of the strip: the head of a document, or pages side by side."""

    document: int
    keys: tuple[str, ...]
    """Empty for a head."""
    top_px: float
    height_px: float


def lay_out(
    documents: Sequence[DocumentView], *, columns: int, head_px: float, page_px: float
) -> tuple[StripRow, ...]:
    """Return the lines of the strip from top to bottom."""
    rows: list[StripRow] = []
    top = 0.0
    for document in documents:
        lines: list[tuple[str, ...]] = [()]
        lines += [document.keys[at : at + columns] for at in range(0, len(document.keys), columns)]
        for keys in lines:
            height = page_px if keys else head_px
            rows.append(StripRow(document.index, keys, top, height))
            top += height
    return tuple(rows)


def in_sight(
    rows: Sequence[StripRow], *, scrolled_px: float, view_px: float, margin_px: float
) -> tuple[int, int]:
    """Return the lines to draw, from (included) and to (not included): those in sight and a margin."""
    above, below = scrolled_px - margin_px, scrolled_px + view_px + margin_px
    seen = [at for at, row in enumerate(rows) if row.top_px + row.height_px > above and row.top_px < below]
    if not seen:
        return (max(0, len(rows) - 1), len(rows))
    return seen[0], seen[-1] + 1


def scroll_to_see(rows: Sequence[StripRow], key: str, *, scrolled_px: float, view_px: float) -> float | None:
    """Return where to scroll so that a page is in sight; None when it is already (or isn't there)."""
    at = next((index for index, row in enumerate(rows) if key in row.keys), None)
    if at is None:
        return None
    row = rows[at]
    head = at > 0 and not rows[at - 1].keys
    top = rows[at - 1].top_px if head else row.top_px
    if top < scrolled_px:
        return top
    bottom = row.top_px + row.height_px
    return max(0.0, bottom - view_px) if bottom > scrolled_px + view_px else None


# ---------------------------------------------------------------------- the page, close or far
@dataclass(frozen=True, slots=True)
class Placed:
    """Where a page lies in its view, in screen pixels."""

    left: float
    top: float
    width: float
    height: float

    def part(self, part: Part) -> Placed:
        """Return where a part of the page lies."""
        return Placed(
            self.left + part.left * self.width,
            self.top + part.top * self.height,
            part.width * self.width,
            part.height * self.height,
        )


@dataclass(frozen=True, slots=True)
class Zoom:
    """How close one looks, and at what.

    Attributes:
        scale: screen pixels a page pixel; None for the whole page.
        x, y: what is in the middle, as shares of the page.
    """

    scale: float | None = None
    x: float = 0.5
    y: float = 0.5

    def place(self, page: tuple[float, float], view: tuple[float, float]) -> Placed:
        """Return where a page of `page` pixels lies in a view of `view` pixels; no empty band beside it."""
        scale = self.scale or fit_scale(page, view)
        width, height = page[0] * scale, page[1] * scale
        left = _along(width, view[0], self.x)
        top = _along(height, view[1], self.y)
        return Placed(left, top, width, height)

    def closer(self, page: tuple[float, float], view: tuple[float, float], factor: float) -> Zoom:
        """Look closer or from farther away; the whole page is the farthest."""
        least = fit_scale(page, view)
        scale = min((self.scale or least) * factor, MAX_SCALE)
        return Zoom() if scale <= least * 1.01 else replace(self, scale=scale)

    def panned(self, page: tuple[float, float], view: tuple[float, float], by: tuple[float, float]) -> Zoom:
        """Move the page under the view by screen pixels, right and down; it stops at its edges."""
        placed = self.place(page, view)
        x = (view[0] / 2 - placed.left + by[0]) / placed.width
        y = (view[1] / 2 - placed.top + by[1]) / placed.height
        half = view[0] / 2 / placed.width, view[1] / 2 / placed.height
        return replace(self, x=_within(x, half[0]), y=_within(y, half[1]))


def fit_scale(page: tuple[float, float], view: tuple[float, float]) -> float:
    """Return the scale at which a whole page fits its view."""
    return max(min(view[0] / max(page[0], 1), view[1] / max(page[1], 1)), 0.01)


def look_at(part: Part, page: tuple[float, float], view: tuple[float, float]) -> Zoom:
    """Look at a part of a page so that it fills about half of the view."""
    wide = view[0] * SEAL_SHARE / max(part.width * page[0], 1)
    high = view[1] * SEAL_SHARE / max(part.height * page[1], 1)
    scale = max(fit_scale(page, view), min(wide, high, MAX_SCALE))
    return Zoom(scale, part.left + part.width / 2, part.top + part.height / 2)


def seconds_left(done: int, total: int, elapsed_s: float) -> int | None:
    """Return how long the rest takes at the pace so far; None until there is a pace."""
    if done < 1 or total <= done:
        return None
    return max(1, round(elapsed_s / done * (total - done)))


def _along(size: float, view: float, middle: float) -> float:
    if size <= view:
        return (view - size) / 2
    return max(view - size, min(0.0, view / 2 - middle * size))


def _within(middle: float, half: float) -> float:
    return 0.5 if half >= 0.5 else max(half, min(middle, 1 - half))
