"""The dossier's digitised copies and their signatures (*ký số bản số hóa*): one by one, or all at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.access import Act
from van_station.services.certify import SignState
from van_station.services.copy_views import CopyState, CopyView
from van_station.services.dossier_views import DossierView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.certify_sheet import CertifySheet
from van_station.ui.desk.copy_marks import copy_badge, copy_lines
from van_station.ui.parts import Style
from van_station.ui.session import Desk

TO_SIGN = frozenset({CopyState.UNSIGNED, CopyState.RESCANNED})


def to_sign(copies: tuple[CopyView, ...]) -> tuple[str, ...]:
    """Return the files that are not signed."""
    return tuple(copy.file_id for copy in copies if copy.state in TO_SIGN)


class CopiesCard:
    """A card that stays; `show` draws a dossier's copies on it.

    Args:
        desk: the window.
        rest: gives the keyboard to what comes next on the screen, once the sheet is gone.
    """

    def __init__(self, desk: Desk, rest: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._rest = desk, rest
        self._dossier: DossierView | None = None
        self._copies: tuple[CopyView, ...] = ()
        self._sheet: CertifySheet | None = None
        self.view = ft.Container(visible=False)

    async def show(self, dossier: DossierView) -> None:
        """Look at all copies anew; the caller updates the view. Waits for a signing that is going on."""
        if self._sheet is not None and self._sheet.working:
            return
        desk = self._desk
        self._dossier = dossier
        self._copies = await desk.run(desk.work.certify.copies, dossier.id)
        self.view.visible = bool(self._copies) or dossier.editable
        self.view.content = self._card()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Alt+K signs all."""
        if (
            event.alt
            and not event.ctrl
            and event.key.upper() == "K"
            and self._may_sign()
            and to_sign(self._copies)
        ):
            await self._sign(to_sign(self._copies))
            return True
        return False

    def _may_sign(self) -> bool:
        desk = self._desk
        ready = desk.work.certify.state is SignState.READY
        return ready and self._dossier is not None and self._dossier.editable and desk.me.may(Act.CERTIFY)

    def _card(self) -> ft.Control:
        desk, say = self._desk, self._desk.say
        if not self._copies:
            rows: list[ft.Control] = [
                parts.text(say("certify.none"), Style.BODY_LARGE, color=desk.palette.quiet)
            ]
            return parts.card(desk, rows, title=say("certify.title"))
        rows = [self._row(copy, number) for number, copy in enumerate(self._copies, start=1)]
        if desk.work.certify.state is SignState.NOT_INSTALLED:
            text = desk.texts.error("sign.not_installed")
            sentence = f"{text.happened} {text.next_step}"
            rows.insert(0, parts.notice(desk, sentence, "warn", identifier="sign-not-installed"))
        elif self._may_sign():
            rows[:0] = self._what_to_do(to_sign(self._copies))
        total, signed = len(self._copies), sum(copy.state is CopyState.SIGNED for copy in self._copies)
        tone: theme.Tone = "good" if signed == total else "warn"
        mark = parts.badge(desk, say("certify.sum", done=signed, total=total), tone)
        return parts.card(desk, rows, title=say("certify.title"), trailing=parts.tid("copies-sum", mark))

    def _what_to_do(self, waiting: tuple[str, ...]) -> list[ft.Control]:
        hint = self._desk.say("certify.hint")
        rows: list[ft.Control] = [parts.text(hint, Style.BODY_MEDIUM, color=self._desk.palette.quiet)]
        if waiting:
            rows.append(ft.Row([self._all_button(waiting).view]))
        return rows

    def _all_button(self, waiting: tuple[str, ...]) -> parts.Press:
        async def sign_all() -> None:
            await self._sign(waiting)

        return parts.Press(
            self._desk,
            "sign-all",
            self._desk.say("certify.all", count=len(waiting)),
            sign_all,
            kind="tonal",
            icon=ft.Icons.DRAW_OUTLINED,
            shortcut="Alt + K",
            show_key=True,
        )

    def _row(self, copy: CopyView, number: int) -> ft.Control:
        desk, say = self._desk, self._desk.say
        pages = say("dossier.component_pages", count=copy.page_count)
        head: list[ft.Control] = [
            parts.text(f"{number}. {self._name(copy)} · {pages}", Style.TITLE_SMALL),
            ft.Row([copy_badge(desk, copy)]),
            *copy_lines(desk, copy),
        ]
        row: list[ft.Control] = [ft.Column(head, spacing=4, expand=True)]
        button = self._button(copy)
        if button is not None:
            row.append(button)
        box = ft.Container(
            ft.Row(row, spacing=theme.GAP_S, vertical_alignment=ft.CrossAxisAlignment.CENTER),
            bgcolor=desk.palette.ground,
            border_radius=theme.RADIUS_M,
            padding=theme.GAP_M,
        )
        return parts.tid(f"copy-{number}", box, container=True)

    def _button(self, copy: CopyView) -> ft.Control | None:
        desk, say = self._desk, self._desk.say
        if not self._may_sign():
            return None
        if copy.state in TO_SIGN:

            async def sign() -> None:
                await self._sign((copy.file_id,))

            return self._press(f"sign-{copy.file_id}", say("certify.one"), sign, ft.Icons.DRAW_OUTLINED)
        lacks = copy.record is not None and copy.record.level == "B-B" and copy.state is CopyState.SIGNED
        if not (lacks and desk.work.certify.stamps_time):
            return None

        async def stamp() -> None:
            level = await desk.run(desk.work.certify.top_up, desk.me, copy.file_id)
            desk.snack(say("certify.time_stamped", level=level.value))

        return self._press(
            f"stamp-{copy.file_id}", say("certify.time_stamp"), stamp, ft.Icons.MORE_TIME_ROUNDED
        )

    def _press(
        self, identifier: str, label: str, act: Callable[[], Awaitable[None]], icon: ft.IconData
    ) -> ft.Control:
        return parts.Press(self._desk, identifier, label, act, icon=icon).view

    def _name(self, copy: CopyView) -> str:
        components = self._dossier.components if self._dossier else ()
        found = next((each for each in components if each.id == copy.component_id), None)
        return words.either(self._desk.texts, found.name, found.name_en) if found else copy.name

    async def _sign(self, file_ids: tuple[str, ...]) -> None:
        if self._sheet is not None and self._sheet.working:
            return
        self._sheet = CertifySheet(self._desk, file_ids, self._redraw)
        await self._sheet.open()

    async def _redraw(self) -> None:
        if self._dossier is not None:
            await self.show(self._dossier)
            self.view.update()
        if not dialogs.showing(self._desk):
            await self._rest()
