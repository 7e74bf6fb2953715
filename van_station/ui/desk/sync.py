"""Sending (*chờ gửi*): what waits, what could not be sent and why, and sending now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import flet as ft

from van_station.rules.access import Act
from van_station.services.exchange import ExchangeStatus, Parked, Signal
from van_station.ui import parts, theme, words
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk


class SyncScreen(Screen):
    """The outbox in words."""

    kinds = frozenset({"dossier", "exchange", "outbox_item", "receipt_row"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._body = ft.Column(
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self._busy = False
        self._drawn: tuple[object, ...] = ()
        self._send = parts.Press(
            desk,
            "sync-now",
            desk.say("shell.sync_now"),
            self._send_now,
            kind="filled",
            icon=ft.Icons.SYNC_ROUNDED,
            shortcut="F9",
            big=True,
        )
        self._line = self._make_line_card()
        self.view = self._body

    async def enter(self, where: Where) -> None:
        """Ask how things stand."""
        self._drawn = ()
        self._body.controls = [parts.loading(self.desk)]
        self._body.update()
        await self._load()
        await self.focus()

    async def focus(self) -> None:
        """Give the keyboard to sending."""
        await self.desk.focus(self._send.button)

    async def changed(self, kinds: frozenset[str]) -> None:
        """Something was sent, or the line came or went."""
        await self._load()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 sends now."""
        if event.key == "F9":
            await self._send_now()
            return True
        return False

    async def _load(self) -> None:
        self._show(await self.desk.run(self.desk.work.exchange.status))

    def _show(self, status: ExchangeStatus) -> None:
        """Draw how things stand when it is not what stands there already."""
        drawn = (replace(status, next_try_s=None), self._busy)
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw(status)

    def _draw(self, status: ExchangeStatus) -> None:
        self._draw_line(status)
        self._body.controls = [self._line, self._counts(status), self._parked_card(status)]
        self._body.update()

    def _make_line_card(self) -> ft.Control:
        """Make the card with the button; it stays, so that the keyboard stays on the button."""
        desk, p = self.desk, self.desk.palette
        self._icon = ft.Icon(ft.Icons.WIFI_FIND_ROUNDED, size=40)
        self._mark = ft.Container(self._icon, padding=18, border_radius=theme.RADIUS_L)
        self._signal = parts.text("", Style.HEADLINE_SMALL)
        self._last = parts.text("", Style.BODY_LARGE, color=p.quiet)
        text = ft.Column(
            [
                parts.tid("sync-signal", self._signal),
                self._last,
                parts.text(desk.say("sync.promise"), Style.BODY_MEDIUM, color=p.quiet),
            ],
            spacing=4,
            expand=True,
        )
        row = ft.Row([self._mark, text, self._send.view], spacing=theme.GAP_L)
        return parts.card(desk, [row], padding=theme.GAP_XL)

    def _draw_line(self, status: ExchangeStatus) -> None:
        desk, say, p = self.desk, self.desk.say, self.desk.palette
        picture = {
            Signal.ONLINE: (ft.Icons.WIFI_ROUNDED, "shell.signal_on", p.good_soft, p.on_good_soft),
            Signal.OFFLINE: (ft.Icons.WIFI_OFF_ROUNDED, "shell.signal_off", p.accent_soft, p.on_accent_soft),
            Signal.PAUSED: (ft.Icons.PAUSE_CIRCLE_OUTLINE_ROUNDED, "shell.signal_paused", p.raised, p.text),
        }
        icon, key, ground, ink = picture.get(
            status.signal, (ft.Icons.WIFI_FIND_ROUNDED, "shell.signal_checking", p.raised, p.text)
        )
        self._icon.icon, self._icon.color, self._mark.bgcolor = icon, ink, ground
        self._signal.value = say(key)
        self._last.value = say("shell.sync_never")
        if status.last_sync_at is not None:
            ago = words.ago(desk.texts, status.last_sync_at, datetime.now(UTC))
            self._last.value = say("shell.sync_last", ago=ago)
        running = status.running or self._busy
        self._send.set(label=say("submit.sending" if running else "shell.sync_now"))

    def _counts(self, status: ExchangeStatus) -> ft.Control:
        say = self.desk.say
        numbers = [
            ("sync-dossiers", status.pending_dossiers, say("sync.dossiers"), ft.Icons.FOLDER_OUTLINED),
            ("sync-records", status.pending_records, say("sync.records"), ft.Icons.LIST_ALT_ROUNDED),
            ("sync-files", status.pending_files, say("sync.files"), ft.Icons.PICTURE_AS_PDF_OUTLINED),
        ]
        boxes: list[ft.Control] = [
            ft.Container(self._number(identifier, count, label, icon), col={"xs": 12, "md": 4})
            for identifier, count, label, icon in numbers
        ]
        return ft.ResponsiveRow(boxes, spacing=theme.GAP_M, run_spacing=theme.GAP_M)

    def _number(self, identifier: str, count: int, label: str, icon: ft.IconData) -> ft.Control:
        desk, p = self.desk, self.desk.palette
        colour = p.accent if count else p.good
        return parts.card(
            desk,
            [
                ft.Row(
                    [
                        ft.Icon(icon, size=30, color=p.quiet),
                        ft.Column(
                            [
                                parts.tid(
                                    identifier,
                                    parts.text(desk.texts.count(count), Style.HEADLINE_LARGE, color=colour),
                                ),
                                parts.text(label, Style.BODY_MEDIUM, color=p.quiet),
                            ],
                            spacing=0,
                            expand=True,
                        ),
                    ],
                    spacing=theme.GAP_M,
                )
            ],
        )

    def _parked_card(self, status: ExchangeStatus) -> ft.Control:
        desk, say = self.desk, self.desk.say
        if not status.parked:
            calm = parts.empty(
                desk, ft.Icons.TASK_ALT_ROUNDED, say("sync.nothing_parked"), identifier="nothing-parked"
            )
            return parts.card(desk, [calm], title=say("sync.parked"))
        return parts.card(desk, [self._parked(item) for item in status.parked], title=say("sync.parked"))

    def _parked(self, item: Parked) -> ft.Control:
        desk = self.desk
        text = desk.texts.error(item.reason)

        async def retry() -> None:
            await desk.run(desk.work.exchange.retry, desk.me, item.id)
            desk.snack(desk.say("sync.retrying"))
            await self._load()

        button = parts.Press(
            desk,
            f"retry-{item.id}",
            desk.say("common.retry"),
            retry,
            kind="tonal",
            icon=ft.Icons.REPLAY_ROUNDED,
        )
        kind = words.choice(desk.texts, "outbox_kind", item.kind)
        head = f"{kind} · {item.dossier_number}" if item.dossier_number else kind
        return ft.Row(
            [
                ft.Icon(ft.Icons.REPORT_PROBLEM_OUTLINED, color=desk.palette.bad, size=26),
                ft.Column(
                    [
                        parts.text(head, Style.TITLE_SMALL),
                        parts.text(f"{text.happened} {text.next_step}", Style.BODY_MEDIUM),
                        parts.text(
                            desk.texts.datetime(item.since), Style.BODY_SMALL, color=desk.palette.quiet
                        ),
                    ],
                    spacing=2,
                    expand=True,
                ),
                button.view,
            ],
            spacing=theme.GAP_M,
        )

    async def _send_now(self) -> None:
        desk = self.desk
        if self._busy or not (desk.me.may(Act.SUBMIT) or desk.me.may(Act.SETUP)):
            return
        self._busy = True
        try:
            await self._load()
            status = await desk.run(desk.work.exchange.sync_now)
        finally:
            self._busy = False
        self._show(status)
        done = status.signal is Signal.ONLINE
        desk.snack(desk.say("sync.sent" if done else "submit.offline"), tone="good" if done else "neutral")
