"""How one looks at the page: its picture in the fineness that is needed, its seals, its original, its cut."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from van_station.ui.desk.page_crop import CropActs, CropFrame
from van_station.ui.desk.page_stage import PageStage
from van_station.ui.desk.page_words import page_line
from van_station.ui.desk.review_batch import ReviewBatch
from van_station.ui.session import Desk

PREVIEW_PX = 1600
PICTURES = 4
STEP = 1.4


@dataclass(frozen=True, slots=True)
class LookActs:
    """What looking asks of the screen."""

    draw: Callable[[], None]
    """Draw buttons and words anew, and send them."""
    reload: Callable[[], Awaitable[None]]
    focus: Callable[[], Awaitable[None]]


class ReviewLooks:
    """The large picture. Pictures are in memory only, the last few of them."""

    def __init__(self, desk: Desk, state: ReviewBatch, acts: LookActs) -> None:
        self._desk, self._state, self._acts = desk, state, acts
        self.stage = PageStage(desk, self._finer)
        self.crop = CropFrame(desk, CropActs(self.apply_crop, self.end_crop, self._crop_moved))
        self.comparing = False
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._seals: dict[str, int] = {}
        self._drawing = 0

    @property
    def close(self) -> bool:
        """Whether one looks closely: arrows move the page then."""
        return self.stage.zoom.scale is not None

    def forget(self) -> None:
        """Let all pictures go."""
        self._pictures.clear()
        self._seals.clear()
        self.comparing = False
        self.crop.end()
        self.stage.overlay(None)

    # ------------------------------------------------------------------ the picture
    async def show(self) -> None:
        """Show the page one is at: its small picture at once, the readable one as soon as it is there."""
        page, batch = self._state.page, self._state.batch
        if self.crop.on or self.comparing:
            return
        if page is None or batch is None:
            self.stage.clear()
            self.stage.update()
            return
        self._drawing += 1
        mine = self._drawing
        label = page_line(self._desk.texts, page, len(self._state.view.pages))
        ready = self._pictures.get(page.stamp)
        self.stage.show(page, ready or await self._desk.run(batch.thumbnail, page.key), label)
        self.stage.update()
        if ready is None:
            picture = await self._desk.run(batch.preview, page.key, PREVIEW_PX)
            self._remember(page.stamp, picture)
            if mine == self._drawing and not (self.crop.on or self.comparing):
                self.stage.show(page, picture, label)
                self.stage.update()
        await self._finer()

    async def _finer(self) -> None:
        """Fetch the page dot by dot when one looks so close that the readable picture is coarse."""
        page, batch = self._state.page, self._state.batch
        if page is None or batch is None or self.comparing or self.crop.on:
            return
        if self.stage.scale * max(page.width_px, page.height_px) <= PREVIEW_PX:
            return
        name, mine = f"{page.stamp}/dots", self._drawing
        if name not in self._pictures:
            self._remember(name, await self._desk.run(batch.full, page.key))
        if mine == self._drawing and not (self.crop.on or self.comparing):
            label = page_line(self._desk.texts, page, len(self._state.view.pages))
            self.stage.show(page, self._pictures.get(name), label)
            self.stage.update()

    def _remember(self, name: str, picture: bytes) -> None:
        self._pictures[name] = picture
        while len(self._pictures) > PICTURES:
            self._pictures.popitem(last=False)

    # ------------------------------------------------------------------ closer
    async def flip(self) -> None:
        """Whole page, or dot by dot."""
        await (self.stage.whole() if self.close else self.stage.dots())

    async def closer(self) -> None:
        """Look closer."""
        await self.stage.step(STEP)

    async def farther(self) -> None:
        """Look from farther away."""
        await self.stage.step(1 / STEP)

    async def to_seal(self) -> None:
        """Look at the red seal; again, at the next one."""
        page, batch = self._state.page, self._state.batch
        if page is None or batch is None:
            return
        seals = await self._desk.run(batch.seals, page.key)
        if not seals:
            self._desk.snack(self._desk.say("review.no_seal"), tone="info")
            return
        number = self._seals.get(page.stamp, -1) + 1
        self._seals[page.stamp] = number
        await self.stage.at(seals[number % len(seals)])

    async def compare(self) -> None:
        """Show the page as the scanner gave it; again, as it would be kept."""
        page, batch = self._state.page, self._state.batch
        if page is None or batch is None:
            return
        self.comparing = not self.comparing
        if self.comparing:
            words = self._desk.say("review.before")
            shown = await self._desk.run(batch.original, page.key, PREVIEW_PX)
            size = (float(shown.width_px), float(shown.height_px))
            self.stage.show_size(shown.picture, size, words, caption=words)
        self._acts.draw()
        await self.show()

    async def flip_marks(self) -> None:
        """Show or hide what was found on the page."""
        self.stage.show_marks = not self.stage.show_marks
        self.stage.draw()
        self._acts.draw()

    # ------------------------------------------------------------------ cutting
    async def begin_crop(self) -> None:
        """Cut the page by hand."""
        page, batch = self._state.page, self._state.batch
        if page is None or batch is None or self._state.view.keeping:
            return
        self.comparing = False
        shown = await self._desk.run(batch.cropping, page.key, PREVIEW_PX)
        self.crop.begin(shown)
        self.stage.overlay(self.crop.overlay)
        words = self._desk.say("review.crop_hint")
        self.stage.show_size(shown.picture, (shown.width_mm, shown.height_mm), words, caption="")
        self._acts.draw()
        await self._desk.focus(self.crop.first)

    def _crop_moved(self) -> None:
        self.stage.draw()
        self.stage.update()
        self.crop.view.update()

    async def apply_crop(self) -> None:
        """Keep the cut; it is applied when the document is made."""
        page, batch = self._state.page, self._state.batch
        if page is not None and batch is not None:
            await self._desk.run(batch.crop, self._desk.me, page.key, self.crop.chosen())
        await self.end_crop()

    async def end_crop(self) -> None:
        """Leave the page as it was cut."""
        await self._acts.focus()
        self.crop.end()
        self.stage.overlay(None)
        await self._acts.reload()
