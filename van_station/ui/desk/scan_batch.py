"""Scanning one paper: choose the device, watch pages come, put them right, keep them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.access import Act
from van_station.services.capture import ScannerView
from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent, Ended, Fault, PageArrived, PageView, Progress
from van_station.services.dossier_views import ComponentView
from van_station.ui import dialogs, parts, theme
from van_station.ui.desk.page_words import kept_words
from van_station.ui.desk.review_scans import time_left_words
from van_station.ui.desk.review_state import seconds_left
from van_station.ui.desk.scan_choice import ScanChoice
from van_station.ui.desk.scan_devices import DeviceTiles
from van_station.ui.desk.scan_grid import ThumbGrid, shown_pages
from van_station.ui.desk.scan_page import PageActs, PageTools
from van_station.ui.desk.scan_profiles import ProfileRow
from van_station.ui.parts import Style
from van_station.ui.session import Desk


def kept_count(pages: tuple[PageView, ...]) -> int:
    """Return how many pages the document would have."""
    return sum(not page.dropped for page in pages)


def neighbour(pages: tuple[PageView, ...], key: str, step: int) -> str:
    """Return the key of the page `step` further, staying inside the batch; "" when there is none."""
    keys = [page.key for page in pages]
    if not keys:
        return ""
    index = keys.index(key) + step if key in keys else 0
    return keys[max(0, min(index, len(keys) - 1))]


class BatchPanel:
    """The scanning part of the chosen paper.

    Args:
        desk: the window.
        kept: called when a document was made.
    """

    def __init__(self, desk: Desk, kept: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._kept_act = desk, kept
        self._choice = desk.state(ScanChoice)
        self._dossier_id = ""
        self._component: ComponentView | None = None
        self._batch: CaptureBatch | None = None
        self._pages: tuple[PageView, ...] = ()
        self._selected = ""
        self._shown = False
        self._keeping, self._began = False, 0.0
        self._fault: Fault | None = None
        self._nothing_came = False
        self._unlisten: Callable[[], None] = lambda: None
        stretch = ft.CrossAxisAlignment.STRETCH
        self._settings = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch)
        self._words = parts.text("", Style.BODY_LARGE)
        self._status = parts.tid("scan-status", self._words, live_region=True)
        self._progress = ft.ProgressBar(bar_height=6, border_radius=3, visible=False)
        self._fault_box = ft.Container(visible=False)
        self._grid = ThumbGrid(desk, self._press)
        self._devices = DeviceTiles(desk, self._choice, self._device_changed)
        self._no_ocr = ft.Container(visible=False)
        self._make_buttons()
        self._tools = PageTools(
            desk, PageActs(self._look_through, self._rotate, self._move, self._drop_or_restore)
        )
        self._work = ft.Row(
            [self._status, self._tools.view],
            wrap=True,
            spacing=theme.GAP_M,
            run_spacing=theme.GAP_S,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self.view = ft.Column(
            [self._settings, self._progress, self._fault_box, self._work, self._grid.view, self._no_ocr],
            spacing=theme.GAP_S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def _make_buttons(self) -> None:
        """Make what stays while pages come and go: whoever has the keyboard keeps it."""
        desk, say = self._desk, self._desk.say
        scan_icon, keep_icon = ft.Icons.DOCUMENT_SCANNER_OUTLINED, ft.Icons.LOCK_OUTLINE_ROUNDED
        self._start_button = parts.Press(
            desk,
            "scan-start",
            say("scan.start"),
            self._start_or_stop,
            kind="filled",
            icon=scan_icon,
            shortcut="F9",
        )
        self._keep_button = parts.Press(
            desk, "scan-keep", " ", self._keep, kind="filled", icon=keep_icon, shortcut="F10"
        )
        self._discard_button = parts.Press(
            desk,
            "scan-discard",
            say("scan.discard"),
            self._ask_discard,
            kind="text",
            icon=ft.Icons.DELETE_SWEEP_OUTLINED,
        )
        self._again_button = parts.Press(
            desk,
            "scanners-again",
            say("common.refresh"),
            self._look_again,
            kind="tonal",
            icon=ft.Icons.REFRESH_ROUNDED,
        )
        self._no_scanner = parts.notice(
            desk,
            say("scan.no_device"),
            "warn",
            actions=[self._again_button.view],
            identifier="no-scanner",
        )
        buttons = (self._start_button, self._keep_button, self._discard_button)
        self._scanner_row = ft.Row(
            [self._devices.view, *[button.view for button in buttons]],
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self._profiles = ProfileRow(desk, self._look_again)
        self._settings.controls = [self._no_scanner, self._scanner_row, self._profiles.view]

    # ------------------------------------------------------------------ coming and going
    async def load_scanners(self) -> None:
        """Ask which devices answer; the first one is chosen until somebody chooses."""
        if self._choice.scanners is None:
            self._choice.found(await self._desk.run(self._desk.work.capture.scanners, self._desk.me))
        await self._profiles.show(self._choice.device)

    async def show(self, dossier_id: str, component: ComponentView, *, editable: bool) -> None:
        """Show the batch of a paper, one that was cut short included."""
        self._dossier_id, self._component, self._shown = dossier_id, component, True
        self._fault, self._selected, self._nothing_came = None, "", False
        self._grid.clear()
        allowed = editable and self._desk.me.may(Act.SCAN)
        self._take(
            await self._desk.run(self._desk.work.capture.unfinished, dossier_id, component.id)
            if allowed
            else None
        )
        await self._load_pages()
        self._settings.visible = self._work.visible = allowed
        await self._grid.load(self._batch, self._pages, self._selected)
        self._draw()

    def rest(self) -> None:
        """The step is left; a running scan goes on, its pages are sealed."""
        self._shown = False
        self._unlisten()
        self._grid.clear()

    async def focus(self) -> None:
        """Give the keyboard to scanning, or to keeping what was scanned."""
        devices = self._choice.scanners.devices if self._choice.scanners else ()
        button = self._keep_button if self._pages else self._start_button
        await self._desk.focus((button if devices or self._pages else self._again_button).button)

    async def _load_pages(self) -> None:
        self._pages = await self._desk.run(self._batch.pages) if self._batch is not None else ()
        if self._selected not in {page.key for page in self._pages}:
            self._selected = self._pages[0].key if self._pages else ""

    def _chosen_device(self) -> ScannerView | None:
        return self._choice.device

    @property
    def _running(self) -> bool:
        return self._batch is not None and self._batch.running

    # ------------------------------------------------------------------ keys
    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 scan or stop, F10 keep, F11 look through, arrows choose, R turns, Delete leaves out."""
        page = self._page()
        if event.key == "F9":
            await self._start_or_stop()
        elif event.key == "F10" and self._pages:
            await self._keep()
        elif event.ctrl or event.alt or page is None:
            return False
        elif event.key == "F11":
            await self._look_through()
        elif event.key in ("Arrow Left", "Arrow Right"):
            step = 1 if event.key == "Arrow Right" else -1
            await self._select(neighbour(self._pages, self._selected, step))
        elif event.key.upper() == "R":
            await self._rotate(-1 if event.shift else 1)
        elif event.key == "Delete":
            await self._drop_or_restore()
        else:
            return False
        return True

    # ------------------------------------------------------------------ drawing
    def _draw(self) -> None:
        self._draw_settings()
        self._draw_status()
        self._grid.draw(self._pages, self._selected)
        self._draw_tools()

    async def _device_changed(self) -> None:
        await self._profiles.show(self._choice.device)
        self._redraw()

    def _redraw(self) -> None:
        self._draw()
        if self._shown:
            self.view.update()

    def _draw_settings(self) -> None:
        say = self._desk.say
        devices = self._choice.scanners.devices if self._choice.scanners else ()
        self._no_scanner.visible, self._scanner_row.visible = not devices, bool(devices)
        self._devices.draw(running=self._running)
        self._profiles.running(running=self._running)
        label = say("scan.stop") if self._running else say("scan.more") if self._pages else say("scan.start")
        weight: parts.Kind = "tonal" if self._pages and not self._running else "filled"
        if self._keeping:
            label = say("review.stop_keeping")
        self._start_button.set(label=label, kind=weight)
        stops = self._running or self._keeping
        self._start_button.button.icon = (
            ft.Icons.STOP_CIRCLE_OUTLINED if stops else ft.Icons.DOCUMENT_SCANNER_OUTLINED
        )
        count = kept_count(self._pages)
        off = self._running or self._keeping
        self._keep_button.set(label=say("scan.keep", count=count), disabled=off or not count)
        self._discard_button.set(disabled=off)
        self._keep_button.view.visible = self._discard_button.view.visible = bool(self._pages)
        lacking = bool(devices) and self._choice.scanners is not None and not self._choice.scanners.ocr_ready
        self._no_ocr.visible = lacking
        if lacking and self._no_ocr.content is None:
            words = parts.text(
                say("scan.text_layer_missing"), Style.BODY_SMALL, color=self._desk.palette.quiet
            )
            self._no_ocr.content = parts.tid("no-ocr", words)

    def _draw_status(self) -> None:
        desk, say = self._desk, self._desk.say
        fault = self._fault
        self._fault_box.visible = fault is not None
        if fault is not None:
            text = desk.texts.error(fault.code)
            sentence = f"{text.happened} {text.next_step}"
            self._fault_box.content = parts.notice(desk, sentence, "bad", identifier="scan-fault")
        elif self._nothing_came:
            device = self._chosen_device()
            folder = device is not None and device.kind == "folder"
            sentence = say("scan.folder_empty") if folder else say("scan.feeder_empty")
            self._fault_box.content = parts.notice(desk, sentence, "warn", identifier="scan-nothing")
            self._fault_box.visible = True
        if self._keeping:
            return
        self._progress.visible, self._progress.value = self._running, None
        sentence = ""
        if self._running:
            sentence = say("scan.running", count=len(self._pages))
        elif not self._pages:
            lacking = self._component is not None and not self._component.files
            ready = lacking and not self._nothing_came and self._chosen_device() is not None
            sentence = say("scan.ready_hint") if ready else ""
        else:
            blank = sum(page.blank and page.dropped for page in self._pages)
            sentence = say("scan.pages_ready", count=kept_count(self._pages))
            if blank:
                sentence += f" · {say('scan.blank_dropped', count=blank)}"
        self._words.value, self._status.visible = sentence, bool(sentence)

    def _draw_tools(self) -> None:
        self._tools.draw(self._page(), off=self._keeping)

    # ------------------------------------------------------------------ scanning
    async def _look_again(self) -> None:
        self._choice.scanners = None
        await self.load_scanners()
        self._redraw()

    async def _start(self) -> None:
        desk, component, device = self._desk, self._component, self._chosen_device()
        if component is None or device is None or self._running or self._keeping:
            return
        self._fault, self._nothing_came = None, False
        wish = self._choice.wish()
        batch = await desk.run(
            desk.work.capture.start, desk.me, self._dossier_id, component.id, device.id, wish, self._sink
        )
        self._take(batch)
        await self._load_pages()
        self._redraw()

    def _take(self, batch: CaptureBatch | None) -> None:
        """Show a batch and hear of it, of no other any more."""
        if batch is not self._batch:
            self._unlisten()
        self._batch = batch
        if batch is not None:
            self._unlisten = batch.listen(self._sink)

    def _sink(self, event: CaptureEvent) -> None:
        self._desk.from_thread(self._heard, event)

    async def _heard(self, event: CaptureEvent) -> None:
        self._desk.touch()
        if not self._shown:
            return
        match event:
            case PageArrived():
                await self._load_pages()
                await self._grid.load(self._batch, self._pages, self._selected)
            case Fault():
                self._fault = event
            case Ended():
                if self._batch is not None:
                    await self._desk.run(self._batch.wait, 2)
                await self._load_pages()
                self._nothing_came = not self._pages and self._fault is None
            case Progress():
                self._say_progress(event)
        self._redraw()

    def _say_progress(self, event: Progress) -> None:
        key, done = f"progress.{event.step}", {"done": event.done + 1, "total": event.total}
        texts = self._desk.texts
        sentence = texts.fill(key, done) if key in texts else texts.say("scan.sealing_now")
        if event.done == 0:
            self._began = time.monotonic()
        left = seconds_left(event.done, event.total, time.monotonic() - self._began)
        self._words.value = f"{sentence} · {time_left_words(self._desk, left)}" if left else sentence
        self._status.visible = self._progress.visible = True
        self._progress.value = event.done / event.total if event.total > 1 else None

    async def _start_or_stop(self) -> None:
        await (self._stop() if self._running or self._keeping else self._start())

    async def _stop(self) -> None:
        if self._batch is not None:
            await self._desk.run(self._batch.cancel)

    # ------------------------------------------------------------------ pages
    def _page(self) -> PageView | None:
        return next((page for page in self._pages if page.key == self._selected), None)

    async def _press(self, key: str) -> None:
        """The first press of a page chooses it, the second shows it large."""
        if key == self._selected:
            await self._look_through()
        else:
            await self._select(key)

    async def _select(self, key: str) -> None:
        before = [page.key for page in shown_pages(self._pages, self._selected)]
        self._selected = key
        await self._grid.load(self._batch, self._pages, self._selected)
        self._redraw()
        if key not in before:  # the dozen before is gone, perhaps with the keyboard
            await self._desk.focus(self._grid.button(key))

    async def _look_through(self) -> None:
        """Open the review at the chosen page."""
        if self._batch is not None and self._component is not None:
            await self._desk.go(
                "review", id=self._dossier_id, component=self._component.id, page=self._selected
            )

    async def _rotate(self, quarters: int) -> None:
        page = self._page()
        if page is not None and self._batch is not None:
            turned = await self._desk.run(self._batch.rotate, self._desk.me, page.key, quarters)
            self._selected = turned.key
            await self._reload()

    async def _move(self, step: int) -> None:
        page = self._page()
        if page is not None and self._batch is not None:
            await self._desk.run(self._batch.move, self._desk.me, page.key, page.index + step)
            await self._reload()

    async def _drop_or_restore(self) -> None:
        page = self._page()
        if page is not None and self._batch is not None:
            act = self._batch.restore if page.dropped else self._batch.drop
            await self._desk.run(act, self._desk.me, page.key)
            await self._reload()

    async def _reload(self) -> None:
        await self._load_pages()
        await self._grid.load(self._batch, self._pages, self._selected)
        self._redraw()

    # ------------------------------------------------------------------ keeping
    async def _keep(self) -> None:
        desk, batch = self._desk, self._batch
        if batch is None or self._running or self._keeping or not kept_count(self._pages):
            return
        self._keeping = True
        self._say_progress(Progress("scan.sealing", 0, 1))
        self._redraw()
        try:
            files = await desk.run(batch.keep_all, desk.me)
        finally:
            self._keeping = False
            self._redraw()
        self._take(None)
        self._pages = ()
        self._grid.clear()
        desk.snack(kept_words(desk.texts, files))
        await self._kept_act()

    async def _ask_discard(self) -> None:
        desk = self._desk

        async def go() -> None:
            if self._batch is not None:
                await desk.run(self._batch.discard, desk.me)
            self._take(None)
            await self._reload()

        question = desk.say("scan.discard_question", count=len(self._pages))
        dialogs.ask(desk, question, yes=desk.say("scan.discard"), act=go, danger=True)
