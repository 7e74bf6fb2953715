"""Scanning one paper: choose the device, watch pages come, put them right, keep them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.access import Act
from van_station.services.capture import CaptureSettings, ScannerList, ScannerView
from van_station.services.capture_batch import CaptureBatch
from van_station.services.capture_events import CaptureEvent, Ended, Fault, PageArrived, PageView, Progress
from van_station.services.dossier_views import ComponentView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.page_viewer import show_page
from van_station.ui.parts import Style
from van_station.ui.session import Desk

THUMBNAIL = (118, 160)


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
        self._scanners: ScannerList | None = None
        self._device = ""
        self._duplex = False
        self._dossier_id = ""
        self._component: ComponentView | None = None
        self._batch: CaptureBatch | None = None
        self._pages: tuple[PageView, ...] = ()
        self._selected = ""
        self._shown = False
        self._keeping = False
        self._fault: Fault | None = None
        self._thumbs: dict[str, _Thumb] = {}
        self._settings = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._status = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._grid = ft.Row(
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        self._tools = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._finish = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self.view = ft.Column(
            [self._settings, self._status, self._finish, self._tools, self._grid],
            spacing=theme.GAP_M,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    # ------------------------------------------------------------------ coming and going
    async def load_scanners(self) -> None:
        """Ask which devices answer; the first one is chosen until somebody chooses."""
        if self._scanners is None:
            self._scanners = await self._desk.run(self._desk.work.capture.scanners)
        known = [device.id for device in self._scanners.devices]
        if self._device not in known:
            self._device = known[0] if known else ""

    async def show(self, dossier_id: str, component: ComponentView, *, editable: bool) -> None:
        """Show the batch of a paper, one that was cut short included."""
        self._dossier_id, self._component, self._shown = dossier_id, component, True
        self._fault, self._selected = None, ""
        self._thumbs.clear()
        self._batch = None
        allowed = editable and self._desk.me.may(Act.SCAN)
        if allowed:
            self._batch = await self._desk.run(self._desk.work.capture.unfinished, dossier_id, component.id)
        await self._load_pages()
        self._settings.visible = self._finish.visible = self._tools.visible = allowed
        self._draw()

    def rest(self) -> None:
        """The step is left; a running scan goes on, its pages are sealed."""
        self._shown = False
        self._thumbs.clear()

    async def _load_pages(self) -> None:
        self._pages = await self._desk.run(self._batch.pages) if self._batch is not None else ()
        if self._selected not in {page.key for page in self._pages}:
            self._selected = self._pages[0].key if self._pages else ""

    def _chosen_device(self) -> ScannerView | None:
        devices = self._scanners.devices if self._scanners else ()
        return next((device for device in devices if device.id == self._device), None)

    @property
    def _running(self) -> bool:
        return self._batch is not None and self._batch.running

    # ------------------------------------------------------------------ keys
    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 scan or stop, F10 keep, arrows choose, Shift+arrows move, R turns, Delete leaves out."""
        page = self._page()
        if event.key == "F9":
            await (self._stop() if self._running else self._start())
        elif event.key == "F10" and self._pages:
            await self._keep()
        elif event.ctrl or event.alt or page is None:
            return False
        elif event.key in ("Arrow Left", "Arrow Right"):
            step = 1 if event.key == "Arrow Right" else -1
            await (
                self._move(step)
                if event.shift
                else self._select(neighbour(self._pages, self._selected, step))
            )
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
        self._draw_grid()
        self._draw_tools()
        self._draw_finish()

    def _redraw(self) -> None:
        self._draw()
        if self._shown:
            self.view.update()

    def _draw_settings(self) -> None:
        desk, say = self._desk, self._desk.say
        devices = self._scanners.devices if self._scanners else ()
        if not devices:
            again = parts.Press(
                desk,
                "scanners-again",
                say("common.refresh"),
                self._look_again,
                kind="tonal",
                icon=ft.Icons.REFRESH_ROUNDED,
            )
            self._settings.controls = [
                parts.notice(
                    desk, say("scan.no_device"), "warn", actions=[again.view], identifier="no-scanner"
                )
            ]
            return
        row: list[ft.Control] = [self._device_tile(device) for device in devices]
        chosen = self._chosen_device()
        if chosen is not None and chosen.has_duplex:
            row.append(self._duplex_tile())
        label = say("scan.stop") if self._running else say("scan.more") if self._pages else say("scan.start")
        act = self._stop if self._running else self._start
        icon = ft.Icons.STOP_CIRCLE_OUTLINED if self._running else ft.Icons.DOCUMENT_SCANNER_OUTLINED
        start = parts.Press(
            desk, "scan-start", label, act, kind="filled", icon=icon, shortcut="F9", disabled=self._keeping
        )
        row.append(start.view)
        self._settings.controls = [ft.Row(row, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)]
        if self._scanners is not None and not self._scanners.ocr_ready:
            quiet = parts.text(say("scan.text_layer_missing"), Style.BODY_SMALL, color=desk.palette.quiet)
            self._settings.controls.append(parts.tid("no-ocr", quiet))

    def _device_tile(self, device: ScannerView) -> ft.Control:
        async def pick() -> None:
            self._device = device.id
            self._redraw()

        label = self._desk.say("scan.folder_watch") if device.kind == "folder" else device.label
        icon = ft.Icons.FOLDER_OPEN_OUTLINED if device.kind == "folder" else ft.Icons.SCANNER_OUTLINED
        tile = parts.Tile(self._desk, f"device-{device.id}", label, pick, icon=icon, compact=True)
        tile.set(selected=device.id == self._device)
        tile.button.disabled = self._running
        return tile.view

    def _duplex_tile(self) -> ft.Control:
        async def flip() -> None:
            self._duplex = not self._duplex
            self._redraw()

        tile = parts.Tile(
            self._desk,
            "duplex",
            self._desk.say("scan.duplex"),
            flip,
            icon=ft.Icons.FLIP_ROUNDED,
            compact=True,
        )
        tile.set(selected=self._duplex)
        return tile.view

    def _draw_status(self) -> None:
        desk, say = self._desk, self._desk.say
        shown: list[ft.Control] = []
        if self._running:
            bar = ft.ProgressBar(bar_height=6, border_radius=3)
            words_ = parts.text(say("scan.running", count=len(self._pages)), Style.BODY_LARGE)
            shown += [parts.tid("scan-status", words_, live_region=True), bar]
        elif self._pages and not self._keeping:
            blank = sum(page.blank and page.dropped for page in self._pages)
            sentence = say("scan.pages_ready", count=kept_count(self._pages))
            if blank:
                sentence += f" · {say('scan.blank_dropped', count=blank)}"
            shown.append(parts.tid("scan-status", parts.text(sentence, Style.BODY_LARGE), live_region=True))
        if self._fault is not None:
            text = desk.texts.error(self._fault.code)
            shown.append(
                parts.notice(desk, f"{text.happened} {text.next_step}", "bad", identifier="scan-fault")
            )
        if not self._keeping:
            self._status.controls = shown

    def _draw_grid(self) -> None:
        for page in self._pages:
            if page.key not in self._thumbs:
                self._thumbs[page.key] = _Thumb(self._desk, page, self._press)
        keys = [page.key for page in self._pages]
        for gone in [key for key in self._thumbs if key not in keys]:
            del self._thumbs[gone]
        for number, page in enumerate(self._pages, start=1):
            self._thumbs[page.key].draw(page, number, selected=page.key == self._selected)
        self._grid.controls = [self._thumbs[key].view for key in keys]
        self._grid.visible = bool(keys)

    def _draw_tools(self) -> None:
        desk, say, page = self._desk, self._desk.say, self._page()
        if page is None:
            self._tools.controls = []
            return

        async def turn_left() -> None:
            await self._rotate(-1)

        async def turn_right() -> None:
            await self._rotate(1)

        async def earlier() -> None:
            await self._move(-1)

        async def later() -> None:
            await self._move(1)

        off = self._keeping
        drop_label = say("scan.restore_page") if page.dropped else say("scan.delete_page")
        drop_icon = ft.Icons.RESTORE_FROM_TRASH_OUTLINED if page.dropped else ft.Icons.DELETE_OUTLINE_ROUNDED
        tools = [
            ("page-left", say("scan.rotate_left"), turn_left, ft.Icons.ROTATE_LEFT_ROUNDED, "Shift + R"),
            ("page-right", say("scan.rotate_right"), turn_right, ft.Icons.ROTATE_RIGHT_ROUNDED, "R"),
            ("page-earlier", say("scan.move_up"), earlier, ft.Icons.ARROW_BACK_ROUNDED, "Shift + ←"),
            ("page-later", say("scan.move_down"), later, ft.Icons.ARROW_FORWARD_ROUNDED, "Shift + →"),
            ("page-drop", drop_label, self._drop_or_restore, drop_icon, "Delete"),
        ]
        view = parts.Press(
            desk,
            "page-view",
            say("scan.view_page"),
            self._preview,
            icon=ft.Icons.ZOOM_IN_ROUNDED,
            disabled=off,
        )
        number = parts.text(say("scan.page_number", number=page.index + 1), Style.LABEL_LARGE)
        self._tools.controls = [
            ft.Container(number, padding=ft.Padding.symmetric(vertical=14)),
            view.view,
            *[
                parts.icon_button(desk, identifier, icon, f"{label} ({shortcut})", act, disabled=off)
                for identifier, label, act, icon, shortcut in tools
            ],
        ]

    def _draw_finish(self) -> None:
        desk, say = self._desk, self._desk.say
        if not self._pages:
            self._finish.controls = []
            return
        off = self._running or self._keeping
        count = kept_count(self._pages)
        keep = parts.Press(
            desk,
            "scan-keep",
            say("scan.keep", count=count),
            self._keep,
            kind="filled",
            icon=ft.Icons.LOCK_OUTLINE_ROUNDED,
            shortcut="F10",
            disabled=off or not count,
            big=True,
        )
        discard = parts.Press(
            desk,
            "scan-discard",
            say("scan.discard"),
            self._ask_discard,
            kind="text",
            icon=ft.Icons.DELETE_SWEEP_OUTLINED,
            disabled=off,
        )
        self._finish.controls = [keep.view, discard.view]

    # ------------------------------------------------------------------ scanning
    async def _look_again(self) -> None:
        self._scanners = None
        await self.load_scanners()
        self._redraw()

    async def _start(self) -> None:
        desk, component, device = self._desk, self._component, self._chosen_device()
        if component is None or device is None or self._running or self._keeping:
            return
        self._fault = None
        wish = CaptureSettings(
            source="adf" if device.has_feeder else "flatbed", duplex=self._duplex and device.has_duplex
        )
        listener = self._listener(component.id)
        self._batch = await desk.run(
            desk.work.capture.start, desk.me, self._dossier_id, component.id, device.id, wish, listener
        )
        await self._load_pages()
        self._redraw()

    def _listener(self, component_id: str) -> Callable[[CaptureEvent], None]:
        def heard(event: CaptureEvent) -> None:
            self._desk.from_thread(self._heard, component_id, event)

        return heard

    async def _heard(self, component_id: str, event: CaptureEvent) -> None:
        self._desk.touch()
        if self._component is None or self._component.id != component_id:
            return
        match event:
            case PageArrived():
                await self._load_pages()
            case Fault():
                self._fault = event
            case Ended():
                if self._batch is not None:
                    await self._desk.run(self._batch.wait, 2)
                await self._load_pages()
            case Progress():
                self._say_progress(event)
        self._redraw()

    def _say_progress(self, event: Progress) -> None:
        key, done = f"progress.{event.step}", {"done": event.done + 1, "total": event.total}
        texts = self._desk.texts
        sentence = texts.fill(key, done) if key in texts else texts.say("scan.sealing_now")
        bar = ft.ProgressBar(
            value=event.done / event.total if event.total > 1 else None, bar_height=6, border_radius=3
        )
        self._status.controls = [
            parts.tid("scan-status", parts.text(sentence, Style.BODY_LARGE), live_region=True),
            bar,
        ]

    async def _stop(self) -> None:
        if self._batch is not None:
            await self._desk.run(self._batch.cancel)

    # ------------------------------------------------------------------ pages
    def _page(self) -> PageView | None:
        return next((page for page in self._pages if page.key == self._selected), None)

    async def _press(self, key: str) -> None:
        """The first press of a page chooses it, the second shows it large."""
        if key == self._selected:
            await self._preview()
        else:
            await self._select(key)

    async def _select(self, key: str) -> None:
        self._selected = key
        self._redraw()

    async def _preview(self) -> None:
        page = self._page()
        if page is None or self._batch is None:
            return
        picture = await self._desk.run(self._batch.preview, page.key)
        show_page(self._desk, picture, self._desk.say("scan.page_number", number=page.index + 1))

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
            file = await desk.run(batch.keep, desk.me)
        finally:
            self._keeping = False
            self._redraw()
        self._batch, self._pages = None, ()
        self._thumbs.clear()
        desk.snack(desk.say("scan.done", count=file.page_count))
        await self._kept_act()

    async def _ask_discard(self) -> None:
        desk = self._desk

        async def go() -> None:
            if self._batch is not None:
                await desk.run(self._batch.discard, desk.me)
            self._batch = None
            await self._reload()

        question = desk.say("scan.discard_question", count=len(self._pages))
        dialogs.ask(desk, question, yes=desk.say("scan.discard"), act=go, danger=True)


class _Thumb:
    """One page in the grid; its picture crosses the wire once."""

    def __init__(self, desk: Desk, page: PageView, press: Callable[[str], Awaitable[None]]) -> None:
        self._desk = desk

        async def pressed() -> None:
            await press(page.key)

        width, height = THUMBNAIL
        self._image = ft.Image(
            src=page.thumbnail, width=width, height=height, fit=ft.BoxFit.CONTAIN, exclude_from_semantics=True
        )
        self._label = parts.text("", Style.LABEL_MEDIUM)
        self._mark = parts.text("", Style.BODY_SMALL)
        column = ft.Column(
            [ft.Container(self._image, bgcolor="#FFFFFF"), self._label, self._mark],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self._button = ft.OutlinedButton(
            content=ft.Container(column, width=width + 8), on_click=desk.on(pressed)
        )
        self.view = parts.tid(f"page-{page.key}", self._button)

    def draw(self, page: PageView, number: int, *, selected: bool) -> None:
        desk, p = self._desk, self._desk.palette
        self._label.value = desk.say("scan.page_number", number=number)
        notes = [words.note(desk.texts, code, {}) for code in page.findings]
        if page.dropped:
            notes.insert(0, desk.say("scan.blank_page") if page.blank else desk.say("scan.left_out"))
        self._mark.value = "\n".join(notes)
        self._mark.color = p.quiet if page.dropped else p.accent
        self._mark.visible = bool(notes)
        self._image.opacity = 0.35 if page.dropped else 1
        look = theme.button_style(p, "outlined")
        look.padding = ft.Padding.all(8)
        look.bgcolor = p.primary_soft if selected else p.card
        resting = ft.BorderSide(2.5 if selected else 1, p.primary if selected else p.line)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        self._button.style = look
        self.view.selected = selected
        self.view.label = ". ".join([self._label.value, *notes])
