"""The bottom line of every screen: signal, what waits, last sending, trip and person, always in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import flet as ft

from van_station.services.exchange import Signal
from van_station.services.workspace import StatusBar
from van_station.ui import parts, theme
from van_station.ui.frame import Look
from van_station.ui.parts import Style
from van_station.ui.session import Desk

Part = tuple[str, ft.IconData, str, str]
"""(test id, icon, words, tone: quiet | good | warn)"""


def describe(desk: Desk, bar: StatusBar, now: datetime) -> list[Part]:
    """Return what the line says, left to right."""
    say = desk.say
    signals = {
        "online": (ft.Icons.WIFI_ROUNDED, "shell.signal_on", "good"),
        "offline": (ft.Icons.WIFI_OFF_ROUNDED, "shell.signal_off", "warn"),
        "paused": (ft.Icons.PAUSE_CIRCLE_OUTLINE_ROUNDED, "shell.signal_paused", "warn"),
    }
    icon, key, tone = signals.get(
        bar.signal.value, (ft.Icons.WIFI_FIND_ROUNDED, "shell.signal_checking", "quiet")
    )
    said: list[Part] = [("status-signal", icon, say(key), tone)]
    if bar.parked:
        words, tone = say("shell.outbox_stuck", count=bar.parked), "warn"
        said.append(("status-parked", ft.Icons.REPORT_PROBLEM_OUTLINED, words, tone))
    said.append(
        ("status-outbox", ft.Icons.OUTBOX_OUTLINED, _waiting(desk, bar), "warn" if bar.outbox else "quiet")
    )
    said.append(("status-sync", ft.Icons.SYNC_ROUNDED, _last_sync(desk, bar.last_sync_at, now), "quiet"))
    trip = say("shell.trip_label", place=bar.trip.place) if bar.trip else say("shell.no_trip")
    said.append(("status-trip", ft.Icons.PLACE_OUTLINED, trip, "quiet" if bar.trip else "warn"))
    role = say(f"role.{desk.me.role.value}")
    who = say("shell.user_label", name=desk.me.full_name, role=role)
    said.append(("status-user", ft.Icons.ACCOUNT_CIRCLE_OUTLINED, who, "quiet"))
    return said


def _waiting(desk: Desk, bar: StatusBar) -> str:
    """Return what waits; while nothing can be sent, also that it is safe meanwhile."""
    if not bar.outbox:
        return desk.say("shell.outbox_empty")
    sending = bar.signal in (Signal.ONLINE, Signal.UNKNOWN)
    return desk.say("shell.outbox_waiting" if sending else "shell.outbox_safe", count=bar.outbox)


def _last_sync(desk: Desk, at: datetime | None, now: datetime) -> str:
    if at is None:
        return desk.say("shell.sync_never")
    minutes = max(int((now - at).total_seconds() // 60), 0)
    return desk.say("shell.sync_last", ago=desk.texts.ago(minutes))


class StatusLine:
    """Draws the line; `tick` lets "5 minutes ago" grow without asking anybody."""

    def __init__(self, desk: Desk, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._desk, self._now = desk, now
        self._bar: StatusBar | None = None
        self._row = ft.Row(wrap=True, spacing=theme.GAP_L, run_spacing=4)
        self._said: list[Part] = []
        self._look: Look = desk.look
        self.view = parts.tid(
            "status",
            ft.Container(
                self._row,
                bgcolor=desk.palette.card,
                border=ft.Border.only(top=ft.BorderSide(1, desk.palette.line)),
                padding=ft.Padding.symmetric(horizontal=theme.GAP_L, vertical=9),
            ),
            container=True,
        )

    def show(self, bar: StatusBar) -> None:
        """Say how things stand."""
        self._bar = bar
        self.tick()

    def tick(self) -> None:
        """Say it again when a word has changed."""
        if self._bar is None:
            return
        said = describe(self._desk, self._bar, self._now())
        if said == self._said:
            return
        self._said = said
        self._row.controls = [self._part(*part) for part in said]
        if self.view.parent is not None:
            self.view.update()

    def _part(self, identifier: str, icon: ft.IconData, words: str, tone: str) -> ft.Control:
        p = self._desk.palette
        colour = {"good": p.good, "warn": p.accent}.get(tone, p.quiet)
        row = ft.Row(
            [
                ft.Icon(icon, size=18 * min(self._desk.look.scale, 1.5), color=colour),
                parts.text(words, Style.LABEL_MEDIUM, color=colour),
            ],
            spacing=7,
            tight=True,
        )
        return parts.tid(identifier, row)
