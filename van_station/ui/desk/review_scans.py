"""Scanning from the review, and making the documents: what is heard of both, and how long it still takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent, Ended, Fault, PageArrived, Progress
from van_station.services.page_intake import Aim
from van_station.ui.desk.page_words import kept_words
from van_station.ui.desk.review_batch import ReviewBatch
from van_station.ui.desk.review_side import ReviewSide
from van_station.ui.desk.review_state import Chosen, seconds_left
from van_station.ui.desk.scan_choice import ScanChoice
from van_station.ui.session import Desk

LONG_S = 90


@dataclass(frozen=True, slots=True)
class ScanActs:
    """What scanning asks of the screen."""

    soon: Callable[[], None]
    """Draw everything anew as soon as there is time."""
    focus: Callable[[], Awaitable[None]]
    back: Callable[[], Awaitable[None]]


class ReviewScans:
    """Scans for the paper that is looked through, and keeps what was scanned."""

    def __init__(self, desk: Desk, state: ReviewBatch, side: ReviewSide, acts: ScanActs) -> None:
        self._desk, self._state, self._side, self._acts = desk, state, side, acts
        self._dossier_id, self._component_id = "", ""
        self._aim: Aim | None = None
        self._began = 0.0
        self._here = False
        self._unlisten: Callable[[], None] = lambda: None

    # ------------------------------------------------------------------ coming and going
    async def enter(self, dossier_id: str, component_id: str) -> None:
        """Take up the batch of a paper."""
        desk, choice = self._desk, self._desk.state(ScanChoice)
        self._dossier_id, self._component_id, self._here = dossier_id, component_id, True
        self._side.say("", value=None, busy=False)
        self._side.fault("")
        if choice.scanners is None:
            choice.found(await desk.run(desk.work.capture.scanners, desk.me))
        self._take(await desk.run(desk.work.capture.unfinished, dossier_id, component_id))

    def leave(self) -> None:
        """Hear of nothing any more; a running scan goes on, its pages are sealed."""
        self._here = False
        self._unlisten()

    def _take(self, batch: CaptureBatch | None) -> None:
        if batch is not self._state.batch:
            self._unlisten()
        self._state.batch = batch
        if batch is not None:
            self._unlisten = batch.listen(self._sink)

    # ------------------------------------------------------------------ scanning
    async def scan_or_stop(self) -> None:
        """Scan more, behind the last page; or stop the scanner."""
        batch = self._state.batch
        if batch is not None and batch.running:
            await self._desk.run(batch.cancel)
        else:
            await self._scan(None)

    async def rescan(self) -> None:
        """Scan one page that takes the place of the page one is at."""
        if (page := self._state.page) is not None:
            await self._scan(Aim(instead_of=page.key))

    async def insert(self) -> None:
        """Scan pages that go behind what is chosen."""
        if keys := self._state.keys:
            await self._scan(Aim(after=keys[-1]))

    async def _scan(self, aim: Aim | None) -> None:
        desk, device = self._desk, self._desk.state(ScanChoice).device
        if device is None:
            self._side.fault(desk.say("scan.no_device"))
            self._side.view.update()
            return
        self._side.fault("")
        self._aim = aim
        start, wish = desk.work.capture.start, desk.state(ScanChoice).wish(aim)
        place = (self._dossier_id, self._component_id)
        self._take(await desk.run(start, desk.me, *place, device.id, wish, self._sink))
        self._acts.soon()

    # ------------------------------------------------------------------ keeping
    async def keep(self) -> None:
        """Make the documents, then go back to the papers, if one is still here."""
        desk, batch = self._desk, self._state.batch
        if batch is None or batch.running or batch.keeping or not self._state.view.pages:
            return
        work = asyncio.create_task(desk.run(batch.keep_all, desk.me))
        await asyncio.sleep(0)
        self._acts.soon()
        try:
            files = await work
        finally:
            self._acts.soon()
        desk.snack(kept_words(desk.texts, files))
        if self._here:
            await self._acts.back()

    async def stop(self) -> None:
        """Stop making documents; the keyboard goes where it is safe."""
        if self._state.batch is not None:
            await self._acts.focus()
            await self._desk.run(self._state.batch.cancel)

    # ------------------------------------------------------------------ news
    def _sink(self, event: CaptureEvent) -> None:
        self._desk.from_thread(self._heard, event)

    async def _heard(self, event: CaptureEvent) -> None:
        self._desk.touch()
        match event:
            case PageArrived():
                if self._aim is not None or not self._state.chosen.current:
                    self._state.chosen = Chosen().at(event.page.key)
            case Fault():
                text = self._desk.texts.error(event.code)
                self._side.fault(f"{text.happened} {text.next_step}")
            case Ended():
                if self._state.batch is not None:
                    await self._desk.run(self._state.batch.wait, 2)
                if not event.pages and not self._side.faulty:
                    self._nothing_came()
            case Progress():
                self._say_progress(event)
                if self._here:
                    self._side.view.update()
                return
        if self._here:
            self._acts.soon()

    def _nothing_came(self) -> None:
        device = self._desk.state(ScanChoice).device
        folder = device is not None and device.kind == "folder"
        self._side.fault(self._desk.say("scan.folder_empty" if folder else "scan.feeder_empty"))

    def _say_progress(self, event: Progress) -> None:
        texts = self._desk.texts
        sentence = texts.fill(f"progress.{event.step}", {"done": event.done + 1, "total": event.total})
        if event.done == 0:
            self._began = time.monotonic()
        left = seconds_left(event.done, event.total, time.monotonic() - self._began)
        if left is not None:
            sentence = f"{sentence} · {time_left_words(self._desk, left)}"
        self._side.say(sentence, value=event.done / event.total if event.total > 1 else None, busy=True)


def time_left_words(desk: Desk, seconds: int) -> str:
    """Return how long something still takes."""
    if seconds < LONG_S:
        return desk.say("review.seconds_left", count=seconds)
    return desk.say("review.minutes_left", count=round(seconds / 60))
