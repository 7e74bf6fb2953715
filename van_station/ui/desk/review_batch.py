"""The batch that is looked through: its pages, which are chosen, and what is done to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import BatchView, PageView
from van_station.ui.desk.review_state import Chosen
from van_station.ui.session import Desk

NOTHING = BatchView((), (), can_undo=False, can_redo=False, running=False, keeping=False)


class ReviewBatch:
    """A batch as this window shows it.

    Args:
        desk: the window.
        drawn: loads and draws everything anew; called after each act.
    """

    def __init__(self, desk: Desk, drawn: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._drawn = desk, drawn
        self.batch: CaptureBatch | None = None
        self.view = NOTHING
        self.chosen = Chosen()

    # ------------------------------------------------------------------ what there is
    @property
    def order(self) -> list[str]:
        """All pages by key."""
        return [page.key for page in self.view.pages]

    @property
    def page(self) -> PageView | None:
        """The page one is at."""
        return next((page for page in self.view.pages if page.key == self.chosen.current), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The chosen pages, in order."""
        return self.chosen.keys(self.order)

    async def load(self) -> None:
        """Ask how the batch stands; stay at the same page, or at the one in its place."""
        view = await self._desk.run(self.batch.view) if self.batch is not None else NOTHING
        before, self.view = self.order, view
        self.chosen = self.chosen.settled(self.order, before)

    # ------------------------------------------------------------------ acts on all chosen pages
    async def rotate(self, quarters: int) -> None:
        """Turn clockwise by quarter turns."""
        if (keys := self.keys) and self.batch is not None:
            await self._do(self.batch.rotate, keys, quarters)

    async def shift(self, step: int) -> None:
        """Move one place on or back."""
        if (keys := self.keys) and self.batch is not None:
            await self._do(self.batch.shift, keys, step)

    async def drop_or_restore(self) -> None:
        """Leave out, or take back, as the page one is at needs."""
        page, keys = self.page, self.keys
        if page is not None and self.batch is not None:
            await self._do(self.batch.restore if page.dropped else self.batch.drop, keys)

    async def drop_on(self, dragged: str, target: str) -> None:
        """Put what is dragged (with all that is chosen, when it is among that) where it was let go."""
        order = self.order
        if self.batch is None or dragged not in order or target not in order:
            return
        keys = self.keys if dragged in self.keys else (dragged,)
        after = order.index(target) > order.index(dragged)
        self.chosen = Chosen(keys[-1], keys[0])
        await self._do(self.batch.place, keys, target, after=after)

    # ------------------------------------------------------------------ documents
    async def split(self) -> None:
        """Begin another document behind what is chosen."""
        if (keys := self.keys) and self.batch is not None:
            await self._do(self.batch.split, keys[-1])

    async def merge(self) -> None:
        """Join the document with the next one."""
        if (page := self.page) is not None and self.batch is not None:
            await self._do(self.batch.merge, page.key)

    async def assign(self, component_id: str) -> None:
        """Let the document be this paper of the dossier."""
        if (page := self.page) is not None and self.batch is not None:
            await self._do(self.batch.assign, page.key, component_id)

    async def blanks(self) -> None:
        """Take all blank pages back, or leave all of them out."""
        if self.batch is not None:
            keep = any(page.blank and page.dropped for page in self.view.pages)
            await self._do(self.batch.blanks, keep=keep)

    # ------------------------------------------------------------------ back and forth
    async def undo(self) -> None:
        """Undo the last act."""
        if self.batch is not None and self.view.can_undo:
            await self._do(self.batch.undo)
        else:
            self._desk.snack(self._desk.say("review.nothing_to_undo"), tone="info")

    async def redo(self) -> None:
        """Do again what was undone."""
        if self.batch is not None and self.view.can_redo:
            await self._do(self.batch.redo)

    async def _do(self, act: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        await self._desk.run(act, self._desk.me, *arguments, **named)
        await self._drawn()
