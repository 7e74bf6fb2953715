"""Looking through scanned pages (*xem và sắp xếp*): strip, page, papers; all of it by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.dossier_views import DossierView
from van_station.ui import dialogs, parts, theme
from van_station.ui.desk.page_strip import PageStrip, StripActs
from van_station.ui.desk.page_words import page_line
from van_station.ui.desk.review_batch import ReviewBatch
from van_station.ui.desk.review_keys import review_act
from van_station.ui.desk.review_looks import LookActs, ReviewLooks
from van_station.ui.desk.review_scans import ReviewScans, ScanActs
from van_station.ui.desk.review_side import ReviewSide, SideActs
from van_station.ui.desk.review_state import Chosen
from van_station.ui.desk.review_tools import KEYS, ReviewTools
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk


class ReviewScreen(Screen):
    """The batch of one paper; which, `where["id"]` and `where["component"]` say."""

    kinds = frozenset({"setting", "stored_file"})
    keys = KEYS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._dossier: DossierView | None = None
        self._component = ""
        self._reloading: asyncio.Task[None] | None = None
        self._again = False
        self._state = ReviewBatch(desk, self._reload)
        self._looks = ReviewLooks(desk, self._state, LookActs(self._redraw, self._reload, self.focus))
        self._side = ReviewSide(
            desk, SideActs(self._scan_or_stop, self._keep, self._stop, self._state.blanks, self._state.assign)
        )
        self._scans = ReviewScans(desk, self._state, self._side, ScanActs(self._soon, self.focus, self._back))
        self._strip = PageStrip(desk, StripActs(self._choose, self._drop_on, self._thumbnail))
        self._acts = self._named_acts()
        self._tools = ReviewTools(desk, self._acts)
        self._line = parts.Press(desk, "review-page", " ", self._looks.flip, kind="text", fill=True)
        self._title = parts.text(
            desk.say("review.title"), Style.TITLE_MEDIUM, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS
        )
        self._whose = parts.text("", Style.BODY_SMALL, color=desk.palette.quiet, max_lines=1)
        self._empty = parts.empty(
            desk, ft.Icons.DOCUMENT_SCANNER_OUTLINED, desk.say("review.empty"), identifier="review-empty"
        )
        self._build()

    def _named_acts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        state, looks = self._state, self._looks
        return {
            "left": lambda: state.rotate(-1),
            "right": lambda: state.rotate(1),
            "earlier": lambda: state.shift(-1),
            "later": lambda: state.shift(1),
            "drop": state.drop_or_restore,
            "undo": state.undo,
            "redo": state.redo,
            "split": state.split,
            "merge": state.merge,
            "crop": looks.begin_crop,
            "fit": looks.stage.whole,
            "dots": looks.stage.dots,
            "seal": looks.to_seal,
            "closer": looks.closer,
            "farther": looks.farther,
            "compare": looks.compare,
            "marks": looks.flip_marks,
            "rescan": self._scans.rescan,
            "insert": self._scans.insert,
            "scan": self._scan_or_stop,
            "keep": self._keep,
            "escape": self._escape,
        }

    def _build(self) -> None:
        desk = self.desk
        name = f"{desk.say('review.back')} (Esc)"
        back = parts.icon_button(desk, "review-back", ft.Icons.ARROW_BACK_ROUNDED, name, self._back)
        line = parts.tid("review-line", self._line.view, live_region=True)
        whose = ft.Column([self._title, self._whose], spacing=0, expand=True, tight=True)
        head = ft.Row(
            [back, whose, self._tools.look, self._looks.stage.percent, line],
            spacing=theme.GAP_S,
        )
        stretch = ft.CrossAxisAlignment.STRETCH
        self._middle = ft.Column(
            [self._tools.view, self._looks.crop.view, self._looks.stage.view],
            spacing=theme.GAP_XS,
            expand=True,
            horizontal_alignment=stretch,
        )
        body = ft.Row(
            [self._strip.view, self._middle, self._side.view],
            spacing=theme.GAP_S,
            expand=True,
            vertical_alignment=stretch,
        )
        self._empty.visible = False
        self.view = ft.Column([head, self._empty, body], spacing=theme.GAP_XS, expand=True)

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Show the batch of a paper of a dossier, at a page."""
        desk = self.desk
        self._component = where.get("component", "")
        self._dossier = dossier = await desk.run(desk.work.dossiers.get, where.get("id", ""))
        self._whose.value = f"{dossier.person.full_name} · {dossier.number}"
        self._side.offer([each for each in dossier.components if each.applies or each.files])
        await self._scans.enter(dossier.id, self._component)
        self._state.chosen = Chosen().at(where.get("page", ""))
        await self._reload()
        await self.focus()

    async def leave(self) -> None:
        """Pages stay sealed in their order; pictures in memory go."""
        self._scans.leave()
        self._looks.forget()

    async def changed(self, kinds: frozenset[str]) -> None:
        """Pages came, or somebody else sorted them."""
        del kinds
        self._soon()

    async def focus(self) -> None:
        """Give the keyboard to the line of the page, from where every key works."""
        await self.desk.focus(self._line.button)

    async def _back(self) -> None:
        if self._dossier is not None:
            await self.desk.go("dossier", id=self._dossier.id, step="papers", component=self._component)

    # ------------------------------------------------------------------ keys
    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """See `review_keys`."""
        if dialogs.showing(self.desk):
            return False
        if self._looks.crop.on:
            return await self._crop_key(event)
        match review_act(event, zoomed=self._looks.close, columns=self._strip.columns):
            case None:
                return False
            case ("step", int() as by, bool() as extend):
                await self._go(self._state.chosen.step(self._state.order, by, extend=extend))
            case ("pan", int() as right, int() as down):
                await self._looks.stage.pan(right, down)
            case ("digit", str() as digit, _) if component := self._side.by_digit(digit):
                await self._state.assign(component)
            case (str() as name, _, _) if name in self._acts:
                await self._acts[name]()
        return True

    async def _crop_key(self, event: ft.KeyboardEvent) -> bool:
        if event.key == "Escape":
            await self._looks.end_crop()
        elif event.key.upper() == "C" and not (event.ctrl or event.alt):
            await self._looks.apply_crop()
        else:
            return self._looks.crop.on_key(event)
        return True

    async def _escape(self) -> None:
        if self._looks.comparing:
            await self._looks.compare()
        elif self._looks.close:
            await self._looks.stage.whole()
        else:
            await self._back()

    # ------------------------------------------------------------------ drawing
    def _soon(self) -> None:
        """Reload soon; what comes meanwhile is drawn together."""
        if self._reloading is not None and not self._reloading.done():
            self._again = True
            return
        self._reloading = self.desk.later(self._reload_until_calm())

    async def _reload_until_calm(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            await self._reload()

    async def _reload(self) -> None:
        await self._state.load()
        self._redraw()
        await self._strip.reveal()
        await self._strip.fill()
        await self._looks.show()

    def _redraw(self) -> None:
        self._draw()
        self.view.update()

    def _draw(self) -> None:
        desk, state, view = self.desk, self._state, self._state.view
        page, looks = state.page, self._looks
        components = self._dossier.components if self._dossier else ()
        self._empty.visible = not view.pages
        self._strip.view.visible = self._middle.visible = bool(view.pages)
        self._tools.view.visible = not looks.crop.on
        self._strip.show(view, state.chosen, self._side.names(components))
        self._side.draw(view, page)
        line = page_line(desk.texts, page, len(view.pages)) if page is not None else desk.say("review.empty")
        if len(state.keys) > 1:
            line = f"{line}. {desk.say('review.selected', count=len(state.keys))}"
        self._line.set(label=line)
        lit = {"compare": looks.comparing, "marks": looks.stage.show_marks, "crop": looks.crop.on}
        dropped = page is not None and page.dropped
        self._tools.draw(dropped=dropped, undo=view.can_undo, redo=view.can_redo, on=lit)
        if view.running:
            self._side.say(desk.say("scan.running", count=len(view.pages)), value=None, busy=True)
        elif not view.keeping:
            self._side.say("", value=None, busy=False)

    # ------------------------------------------------------------------ choosing
    async def _choose(self, key: str, extend: bool) -> None:  # noqa: FBT001 -- an event's payload
        await self._go(self._state.chosen.at(key, extend=extend))
        await self.focus()  # a press on the strip takes the keyboard from wherever it was

    async def _drop_on(self, dragged: str, target: str) -> None:
        await self._state.drop_on(dragged, target)
        await self.focus()

    async def _go(self, chosen: Chosen) -> None:
        other = chosen.current != self._state.chosen.current
        self._state.chosen = chosen
        if other:
            self._looks.comparing = False
        self._redraw()
        await self._strip.reveal()
        await self._strip.fill()
        if other:
            await self._looks.show()

    def _thumbnail(self, key: str) -> bytes:
        return self._state.batch.thumbnail(key) if self._state.batch is not None else b""

    # ------------------------------------------------------------------ scanning and keeping
    async def _scan_or_stop(self) -> None:
        await self._scans.scan_or_stop()

    async def _keep(self) -> None:
        await self._scans.keep()

    async def _stop(self) -> None:
        await self._scans.stop()
