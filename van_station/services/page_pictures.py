"""Pictures of a batch's pages, as they would be kept now; made in memory from what lies sealed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanning import Box, CleanPage, adjust, preview, rotate, thumbnail
from van_station.rules.page_geometry import Crop, Part, part_left
from van_station.rules.page_order import Sheet
from van_station.services.capture_events import CropView, PictureView
from van_station.services.sealed_pages import KeptPage

THUMBNAIL_PX = 320
_LEAST_KEPT_PX = 8
_THUMBNAILS = 600
_MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Frame:
    """A page among everything the scanner saw.

    Attributes:
        width_px, height_px: of everything.
        found: the part that the machine kept.
    """

    width_px: int
    height_px: int
    found: Part


class PagePictures:
    """Makes pictures; remembers thumbnails. Thread-safe; each call may take some tenths of a second.

    Args:
        open_page: returns a page by its row, from the store.
    """

    def __init__(self, open_page: Callable[[str], KeptPage]) -> None:
        self._open = open_page
        self._thumbs: OrderedDict[tuple[str, int, Crop | None], bytes] = OrderedDict()
        self._frames: dict[str, Frame] = {}
        self._lock = threading.Lock()

    def arrived(self, key: str, page: CleanPage) -> None:
        """Remember the thumbnail of a page that is at hand."""
        self._remember((key, 0, None), thumbnail(page, THUMBNAIL_PX))

    def thumbnail(self, sheet: Sheet) -> bytes:
        """Return a small picture."""
        name = (sheet.key, sheet.quarters, sheet.crop)
        with self._lock:
            ready = self._thumbs.get(name)
            plain = self._thumbs.get((sheet.key, 0, sheet.crop))
        if ready is not None:
            return ready
        if plain is not None:
            picture = adjust.turned(plain, sheet.quarters)
        else:
            picture = thumbnail(self.page(sheet), THUMBNAIL_PX)
        return self._remember(name, picture)

    def preview(self, sheet: Sheet, max_px: int) -> bytes:
        """Return a page to read on the screen, `max_px` on its long side."""
        return preview(self.page(sheet), max_px)

    def full(self, sheet: Sheet) -> bytes:
        """Return a page dot by dot, as JPEG."""
        return self.page(sheet).image

    def original(self, sheet: Sheet, max_px: int) -> PictureView:
        """Return a page as the scanner gave it, turned as the person turned it."""
        kept = self._open(sheet.key)
        plain = (
            preview(kept.page, max_px) if kept.original is None else adjust.look_at_raw(kept.original, max_px)
        )
        picture = adjust.turned(plain, sheet.quarters)
        return PictureView(picture, *adjust.picture_size(picture))

    def seals(self, sheet: Sheet) -> tuple[Part, ...]:
        """Return where red seals lie on the page, largest first."""
        page = self.page(sheet)
        return tuple(part_of(box, page.width_px, page.height_px) for box in adjust.seal_boxes(page))

    def page(self, sheet: Sheet) -> CleanPage:
        """Return the page as it would be kept now: cut, turned."""
        kept = self._open(sheet.key)
        page = kept.page
        if sheet.crop is not None:
            whole = self._whole(kept)
            part = part_left(sheet.crop, in_mm(whole.width_px, whole.dpi), in_mm(whole.height_px, whole.dpi))
            page = adjust.cut(whole, _box(part, whole))
        return rotate(page, sheet.quarters * 90)

    def cropping(self, sheet: Sheet, max_px: int) -> CropView:
        """Return what is needed to cut a page by hand; turned as the page is."""
        kept = self._open(sheet.key)
        whole = self._whole(kept)
        frame = self._frame(kept, whole, sheet.key)
        width_mm, height_mm = in_mm(whole.width_px, whole.dpi), in_mm(whole.height_px, whole.dpi)
        found = _crop_of(frame.found, width_mm, height_mm)
        picture = adjust.turned(preview(whole, max_px), sheet.quarters)
        if sheet.quarters % 2:
            width_mm, height_mm = height_mm, width_mm
        now = (sheet.crop or found).turned(sheet.quarters)
        return CropView(picture, width_mm, height_mm, now, found.turned(sheet.quarters))

    def frame(self, key: str) -> Frame:
        """Return where a page lies among everything the scanner saw."""
        with self._lock:
            known = self._frames.get(key)
        if known is not None:
            return known
        kept = self._open(key)
        return self._frame(kept, self._whole(kept), key)

    def forget(self) -> None:
        """Let all pictures go."""
        with self._lock:
            self._thumbs.clear()
            self._frames.clear()

    def _whole(self, kept: KeptPage) -> CleanPage:
        """Return the page with all that lay around it: where nothing was changed, the page itself."""
        return kept.page if kept.original is None else adjust.uncropped(kept.original)

    def _frame(self, kept: KeptPage, whole: CleanPage, key: str) -> Frame:
        found = part_of(adjust.find_part(kept.page, whole), whole.width_px, whole.height_px)
        frame = Frame(whole.width_px, whole.height_px, found)
        with self._lock:
            self._frames[key] = frame
        return frame

    def _remember(self, name: tuple[str, int, Crop | None], picture: bytes) -> bytes:
        with self._lock:
            self._thumbs[name] = picture
            while len(self._thumbs) > _THUMBNAILS:
                self._thumbs.popitem(last=False)
        return picture


class PagesToKeep(Sequence[CleanPage]):
    """Pages of a document, opened from the store one at a time.

    Args:
        sheets: which, in order.
        pictures: opens them.
        looked_at: told before each page is opened, with its index; may raise to stop.
    """

    def __init__(
        self, sheets: Sequence[Sheet], pictures: PagePictures, looked_at: Callable[[int], None]
    ) -> None:
        self._sheets, self._pictures, self._looked_at = sheets, pictures, looked_at

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._sheets)

    def __getitem__(self, index: int) -> CleanPage:  # type: ignore[override]  # nobody takes slices
        """Open a page."""
        self._looked_at(index % len(self))
        return self._pictures.page(self._sheets[index])

    def __iter__(self) -> Iterator[CleanPage]:
        """Open page after page."""
        return (self[index] for index in range(len(self)))


def part_of(box: Box, width_px: int, height_px: int) -> Part:
    """Return a box as shares of its page."""
    return Part(box.left / width_px, box.top / height_px, box.width / width_px, box.height / height_px)


def _box(part: Part, page: CleanPage) -> Box:
    width, height = page.width_px, page.height_px
    return Box(
        round(part.left * width),
        round(part.top * height),
        max(_LEAST_KEPT_PX, round(part.width * width)),
        max(_LEAST_KEPT_PX, round(part.height * height)),
    )


def _crop_of(part: Part, width_mm: float, height_mm: float) -> Crop:
    return Crop(
        part.left * width_mm,
        part.top * height_mm,
        (1 - part.left - part.width) * width_mm,
        (1 - part.top - part.height) * height_mm,
    ).inside(width_mm, height_mm)


def in_mm(px: int, dpi: int) -> float:
    """Return a length on paper."""
    return px / max(dpi, 1) * _MM_PER_INCH
