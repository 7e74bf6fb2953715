"""Asking for consent (*hỏi đồng ý*): each purpose in words, nothing ticked beforehand, and taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.consents import PURPOSES, ConsentView
from van_station.ui import dialogs, parts, theme
from van_station.ui.parts import Style
from van_station.ui.session import Desk


class ConsentSheet:
    """A question for each purpose; what the person says yes to is marked and then recorded.

    Args:
        desk: the window.
        person_id: who is asked.
        after: runs when something was recorded or taken back.
    """

    def __init__(self, desk: Desk, person_id: str, after: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._person_id, self._after = desk, person_id, after
        self._said: set[str] = set()
        self._tiles: dict[str, parts.Tile] = {}
        self._body = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._record_press = parts.Press(
            desk, "consent-record", desk.say("consent.record"), self._record, kind="filled", disabled=True
        )
        self._dialog: ft.AlertDialog | None = None

    async def open(self) -> None:
        """Ask what stands, and show the sheet."""
        desk = self._desk
        await self._draw()
        close = parts.Press(
            desk, "consent-close", desk.say("common.close"), self._close, kind="text", autofocus=True
        )
        self._dialog = dialogs.sheet(
            desk,
            desk.say("consent.title"),
            [self._body],
            [close.view, self._record_press.view],
            icon=ft.Icons.HANDSHAKE_OUTLINED,
            width=680,
        )

    async def _draw(self) -> None:
        desk = self._desk
        standing = await desk.run(desk.work.consents.current, desk.me, self._person_id)
        given = {each.purpose: each for each in standing}
        self._said -= given.keys()
        self._tiles = {}
        rows: list[ft.Control] = [parts.text(desk.say("consent.explain"), Style.BODY_LARGE)]
        rows += [
            self._given(given[each], each) if each in given else self._question(each) for each in PURPOSES
        ]
        self._body.controls = rows
        self._record_press.set(disabled=not self._said)

    def _question(self, purpose: str) -> ft.Control:
        async def flip() -> None:
            self._said ^= {purpose}
            self._tiles[purpose].set(selected=purpose in self._said)
            self._record_press.set(disabled=not self._said)
            self._update()

        tile = parts.Tile(self._desk, f"consent-{purpose}", self._desk.say(f"consent.{purpose}"), flip)
        self._tiles[purpose] = tile
        tile.set(selected=purpose in self._said)
        return tile.view

    def _given(self, consent: ConsentView, purpose: str) -> ft.Control:
        desk = self._desk

        async def withdraw() -> None:
            await desk.run(desk.work.consents.withdraw, desk.me, self._person_id, purpose)
            await self._draw()
            self._update()
            desk.snack(desk.say("consent.withdrawn"))
            await self._after()

        button = parts.Press(
            desk, f"withdraw-{purpose}", desk.say("consent.withdraw"), withdraw, kind="outlined"
        )
        given = desk.say("consent.given", day=consent.given_at)
        sentence = f"{desk.say(f'consent.{purpose}')} {given}."
        return parts.notice(
            desk, sentence, "good", actions=[button.view], identifier=f"consent-given-{purpose}"
        )

    async def _record(self) -> None:
        desk = self._desk
        for purpose in PURPOSES:
            if purpose in self._said:
                await desk.run(desk.work.consents.record, desk.me, self._person_id, purpose, said_yes=True)
        await self._close()
        desk.snack(desk.say("consent.recorded"))
        await self._after()

    def _update(self) -> None:
        self._body.update()
        self._record_press.view.update()

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)
