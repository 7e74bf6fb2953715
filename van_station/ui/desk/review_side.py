"""Beside the page: where its document goes, what was found on it, scanning and keeping."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from van_station.services.capture_events import BatchView, PageView
from van_station.services.dossier_views import ComponentView
from van_station.ui import parts, theme, words
from van_station.ui.desk.page_words import out_words, page_notes
from van_station.ui.parts import Style
from van_station.ui.session import Desk

NUMBERED = 9
"""So many papers have a digit of their own."""
SIDE_PX = 288


@dataclass(frozen=True, slots=True)
class SideActs:
    """What the buttons beside the page do."""

    scan: Callable[[], Awaitable[None]]
    keep: Callable[[], Awaitable[None]]
    stop: Callable[[], Awaitable[None]]
    blanks: Callable[[], Awaitable[None]]
    assign: Callable[[str], Awaitable[None]]


class ReviewSide:
    """The column at the right."""

    def __init__(self, desk: Desk, acts: SideActs) -> None:
        self._desk, self._acts = desk, acts
        say = desk.say
        self._status = parts.text("", Style.BODY_MEDIUM)
        self._said = parts.tid("review-status", self._status, live_region=True)
        self._bar = ft.ProgressBar(bar_height=6, border_radius=3, visible=False)
        self.scan = parts.Press(
            desk,
            "review-scan",
            say("scan.more"),
            acts.scan,
            kind="tonal",
            icon=ft.Icons.DOCUMENT_SCANNER_OUTLINED,
            shortcut="F9",
            show_key=True,
            fill=True,
        )
        self.keep = parts.Press(
            desk,
            "review-keep",
            " ",
            acts.keep,
            kind="filled",
            icon=ft.Icons.LOCK_OUTLINE_ROUNDED,
            shortcut="F10",
            show_key=True,
            fill=True,
        )
        self._stop = parts.Press(
            desk, "review-stop", say("review.stop_keeping"), acts.stop, kind="outlined", fill=True
        )
        self._blanks = parts.Press(desk, "review-blanks", " ", acts.blanks, kind="text", fill=True)
        self._fault = ft.Container(visible=False)
        self._findings = ft.Column(spacing=theme.GAP_XS, tight=True)
        self._tiles: dict[str, parts.Tile] = {}
        self._list = ft.Column(spacing=theme.GAP_XS, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._goes = parts.heading(say("review.goes_to"), Style.TITLE_SMALL)
        column = ft.Column(
            [
                self._said,
                self._bar,
                self._fault,
                self.keep.view,
                self._stop.view,
                self.scan.view,
                self._blanks.view,
                self._goes,
                self._list,
                parts.heading(say("review.findings"), Style.TITLE_SMALL),
                self._findings,
            ],
            spacing=theme.GAP_S,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self.view = ft.Container(
            column,
            width=desk.size(SIDE_PX),
            bgcolor=desk.palette.card,
            border=ft.Border.all(1, desk.palette.line),
            border_radius=theme.RADIUS_L,
            padding=theme.GAP_M,
        )

    # ------------------------------------------------------------------ where documents go
    def offer(self, components: Sequence[ComponentView]) -> None:
        """List the dossier's papers, each with its digit."""
        self._tiles = {}
        for number, component in enumerate(components, start=1):
            self._tiles[component.id] = self._tile(component, str(number) if number <= NUMBERED else "")
        self._list.controls = [tile.view for tile in self._tiles.values()]

    def by_digit(self, digit: str) -> str:
        """Return the component of a digit; "" when there is none."""
        ids = list(self._tiles)
        return ids[int(digit) - 1] if digit.isdigit() and 1 <= int(digit) <= min(len(ids), NUMBERED) else ""

    def _tile(self, component: ComponentView, key: str) -> parts.Tile:
        async def pick() -> None:
            await self._acts.assign(component.id)

        name = words.either(self._desk.texts, component.name, component.name_en)
        return parts.Tile(self._desk, f"to-{component.code}", name, pick, key=key)

    # ------------------------------------------------------------------ drawing
    def draw(self, batch: BatchView, page: PageView | None) -> None:
        """Show how the batch and the page stand; the caller updates."""
        say = self._desk.say
        document = batch.documents[page.document] if page is not None else None
        going = document.component_id if document is not None else ""
        self._goes.visible = self._list.visible = document is not None
        for component_id, tile in self._tiles.items():
            tile.set(selected=component_id == going)
        kept = sum(each.kept for each in batch.documents)
        files = sum(each.kept > 0 for each in batch.documents)
        label = say("scan.keep", count=kept)
        self.keep.set(label=label if files < 2 else say("review.keep_several", count=kept, files=files))
        self.keep.view.visible = bool(batch.pages)
        self._stop.view.visible = batch.keeping
        self.scan.set(
            label=say("scan.stop")
            if batch.running
            else say("scan.more")
            if batch.pages
            else say("scan.start")
        )
        self.scan.view.visible = not batch.keeping
        blank = [each for each in batch.pages if each.blank]
        out = sum(each.dropped for each in blank)
        self._blanks.view.visible = bool(blank) and not batch.keeping
        self._blanks.set(
            label=say("review.blanks_keep", count=out) if out else say("review.blanks_drop", count=len(blank))
        )
        self._draw_findings(page)

    def _draw_findings(self, page: PageView | None) -> None:
        texts, p = self._desk.texts, self._desk.palette
        said = [] if page is None else [out_words(texts, page), *page_notes(texts, page)]
        lines = [line for line in said if line]
        if not lines:
            lines = [self._desk.say("review.nothing_found")] if page is not None else []
            self._findings.controls = [parts.text(line, Style.BODY_MEDIUM, color=p.quiet) for line in lines]
            return
        self._findings.controls = [parts.notice(self._desk, line, "warn") for line in lines]

    def say(self, sentence: str, *, value: float | None, busy: bool) -> None:
        """Say what goes on."""
        self._status.value, self._said.visible = sentence, bool(sentence)
        self._bar.visible, self._bar.value = busy, value

    @property
    def faulty(self) -> bool:
        """Whether it is said that something went wrong."""
        return bool(self._fault.visible)

    def fault(self, sentence: str) -> None:
        """Say what went wrong; "" for nothing."""
        self._fault.visible = bool(sentence)
        if sentence:
            self._fault.content = parts.notice(self._desk, sentence, "bad", identifier="review-fault")

    def names(self, components: Sequence[ComponentView]) -> Mapping[str, str]:
        """Return the papers' names by id."""
        return {each.id: words.either(self._desk.texts, each.name, each.name_en) for each in components}
