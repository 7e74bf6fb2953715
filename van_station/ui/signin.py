"""The page before anybody is signed in, and the lock: name and passphrase, nothing of anybody's work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.door import DemoUser, SignedIn
from van_station.services.errors import SignInRefused
from van_station.ui import parts, settings_sheet, theme
from van_station.ui.parts import Style
from van_station.ui.session import Desk


class SignIn:
    """The sign-in page.

    Args:
        desk: the window.
        entered: called with what the door gave.
        redrawn: called after language or colours changed, to draw this page anew.
    """

    def __init__(
        self,
        desk: Desk,
        entered: Callable[[SignedIn], Awaitable[None]],
        redrawn: Callable[[], Awaitable[None]],
    ) -> None:
        self._desk, self._entered, self._redrawn = desk, entered, redrawn
        say = desk.say
        login, self.login = parts.field(
            desk,
            "login",
            say("signin.login"),
            icon=ft.Icons.PERSON_OUTLINE_ROUNDED,
            autofocus=True,
            act=self._next,
        )
        passphrase, self.passphrase = parts.field(
            desk,
            "passphrase",
            say("signin.passphrase"),
            icon=ft.Icons.LOCK_OUTLINE_ROUNDED,
            password=True,
            can_reveal_password=True,
            act=self._submit,
        )
        self.problem = Refusal(desk)
        self.enter_button = parts.Press(
            desk,
            "sign-in",
            say("signin.action"),
            self._submit,
            kind="filled",
            icon=ft.Icons.LOGIN_ROUNDED,
            big=True,
        )
        form: list[ft.Control] = [
            parts.heading(say("signin.title"), Style.HEADLINE_MEDIUM),
            parts.text(say("signin.hint"), Style.BODY_MEDIUM, color=desk.palette.quiet),
            login,
            passphrase,
            self.problem.view,
            self.enter_button.view,
            *self._hints(),
        ]
        self.view = two_halves(desk, form, self._settings)

    def _hints(self) -> list[ft.Control]:
        """Invented users of a demonstration as cards that fill the form."""
        users = self._desk.door.hints()
        if not users:
            return []
        cards = [self._hint(user) for user in users]
        return [
            ft.Divider(height=theme.GAP_L, color=self._desk.palette.line),
            parts.text(
                self._desk.say("signin.demo_users"), Style.LABEL_MEDIUM, color=self._desk.palette.quiet
            ),
            ft.ResponsiveRow(cards, spacing=theme.GAP_S, run_spacing=theme.GAP_S),
        ]

    def _hint(self, user: DemoUser) -> ft.Control:
        async def fill() -> None:
            self.login.value, self.passphrase.value = user.login, user.passphrase
            self.problem.clear()
            self.view.update()
            await self._desk.focus(self.passphrase)

        tile = parts.Tile(
            self._desk,
            f"demo-{user.login}",
            self._desk.say(f"role.{user.role.value}"),
            fill,
            icon=ROLE_ICONS.get(user.role.value),
            caption=user.full_name,
        )
        return ft.Container(tile.view, col={"xs": 12, "md": 6})

    async def _next(self) -> None:
        await self._desk.focus_after_enter(self.passphrase)

    async def _submit(self) -> None:
        desk = self._desk
        login, passphrase = (self.login.value or "").strip(), self.passphrase.value or ""
        if not login or not passphrase:
            await self._desk.focus(self.passphrase if login else self.login)
            return
        self._busy(on=True)
        try:
            signed_in = await desk.run(desk.door.sign_in, login, passphrase)
        except SignInRefused as refused:
            self.passphrase.value = ""
            self.problem.show(refused)
        else:
            self.passphrase.value = ""
            await self._entered(signed_in)
            return
        finally:
            self._busy(on=False)
        await self._desk.focus_after_enter(self.passphrase)

    def _busy(self, *, on: bool) -> None:
        if self.view.page is None:
            return
        self.enter_button.set(label=self._desk.say("signin.checking" if on else "signin.action"), disabled=on)
        self.view.update()

    async def _settings(self) -> None:
        settings_sheet.show(self._desk, self._redrawn)

    async def changed(self, kinds: frozenset[str]) -> None:
        """Nothing here depends on records."""

    async def on_key(self, event: ft.KeyboardEvent) -> None:
        """No shortcuts before sign-in."""

    async def tick(self) -> None:
        """Nothing here moves with time."""

    async def close(self) -> None:
        """Nothing to keep."""


class Lock:
    """The locked window: the same person's passphrase opens it, or they sign out."""

    def __init__(
        self, desk: Desk, opened: Callable[[], Awaitable[None]], signed_out: Callable[[], Awaitable[None]]
    ) -> None:
        self._desk, self._opened = desk, opened
        say = desk.say
        view, self.passphrase = parts.field(
            desk,
            "passphrase",
            say("signin.passphrase"),
            icon=ft.Icons.LOCK_OUTLINE_ROUNDED,
            password=True,
            can_reveal_password=True,
            autofocus=True,
            act=self._submit,
        )
        self.problem = Refusal(desk)
        me = desk.me
        form: list[ft.Control] = [
            parts.heading(me.full_name, Style.HEADLINE_MEDIUM),
            parts.text(say("shell.locked"), Style.BODY_LARGE, color=desk.palette.quiet),
            view,
            self.problem.view,
            parts.Press(
                desk,
                "unlock",
                say("shell.unlock"),
                self._submit,
                kind="filled",
                icon=ft.Icons.LOCK_OPEN_ROUNDED,
                big=True,
            ).view,
            parts.Press(
                desk, "sign-out", say("shell.sign_out"), signed_out, kind="text", icon=ft.Icons.LOGOUT_ROUNDED
            ).view,
        ]
        self.view = two_halves(desk, form)

    async def _submit(self) -> None:
        desk = self._desk
        try:
            await desk.run(desk.door.check, desk.me, self.passphrase.value or "")
        except SignInRefused as refused:
            self.passphrase.value = ""
            self.view.update()
            self.problem.show(refused)
            await self._desk.focus_after_enter(self.passphrase)
        else:
            await self._opened()

    async def changed(self, kinds: frozenset[str]) -> None:
        """A locked window shows nothing that changes."""

    async def on_key(self, event: ft.KeyboardEvent) -> None:
        """No shortcuts while locked."""

    async def tick(self) -> None:
        """Nothing here moves with time."""

    async def close(self) -> None:
        """Nothing to keep."""


ROLE_ICONS = {
    "volunteer": ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED,
    "officer": ft.Icons.BADGE_OUTLINED,
    "supervisor": ft.Icons.SUPERVISOR_ACCOUNT_OUTLINED,
    "technician": ft.Icons.BUILD_OUTLINED,
}


class Refusal:
    """The strip that says why the door stayed shut; a wait counts down before the eyes.

    Args:
        desk: the window.
        second_s: how long a second is, for tests.
    """

    def __init__(self, desk: Desk, second_s: float = 1.0) -> None:
        self._desk, self._second_s = desk, second_s
        self._number = 0
        self.view = ft.Column(spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    def clear(self) -> None:
        """Say nothing any more."""
        self._number += 1
        self._draw("")

    def show(self, refused: SignInRefused) -> None:
        """Say why, and when it may be tried again."""
        self._number += 1
        wait_s = refused.details.get("wait_s", 0)
        if isinstance(wait_s, int) and wait_s > 0:
            self._desk.later(self._count_down(wait_s, self._number))
        else:
            text = self._desk.texts.error(refused.code, **refused.details)
            self._draw(f"{text.happened} {text.next_step}")

    async def _count_down(self, wait_s: int, number: int) -> None:
        for left in range(wait_s, 0, -1):
            if number != self._number:
                return
            self._draw(self._desk.say("signin.wait", seconds=left))
            await asyncio.sleep(self._second_s)
        if number == self._number:
            self._draw(self._desk.say("signin.wait_over"), "info")

    def _draw(self, sentence: str, tone: theme.Tone = "bad") -> None:
        strip = parts.tid("signin-problem", parts.notice(self._desk, sentence, tone), live_region=True)
        self.view.controls = [strip] if sentence else []
        with contextlib.suppress(RuntimeError):  # the page was left meanwhile
            self.view.update()


def two_halves(
    desk: Desk, form: list[ft.Control], settings: Callable[[], Awaitable[None]] | None = None
) -> ft.Container:
    """Return the page: whose desk this is on the left, the form on the right."""
    column = ft.Column(form, spacing=theme.GAP_M, tight=True)
    column.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
    right: list[ft.Control] = [
        ft.Container(
            ft.Column(
                [ft.Container(column, width=desk.size(440))],
                scroll=ft.ScrollMode.AUTO,
                alignment=ft.MainAxisAlignment.CENTER,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            expand=True,
            alignment=ft.Alignment.CENTER,
            padding=theme.GAP_XL,
        )
    ]
    if settings is not None:
        gear = parts.icon_button(
            desk, "settings", ft.Icons.TUNE_ROUNDED, desk.say("shell.appearance"), settings
        )
        right.append(ft.Container(gear, top=16, right=16))
    halves = ft.Row(
        [
            ft.Container(_poster(desk), expand=5, bgcolor=desk.palette.bar),
            ft.Container(ft.Stack(right, expand=True), expand=7, bgcolor=desk.palette.ground),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    rows: list[ft.Control] = [halves]
    if desk.door.practice:
        rows.insert(0, practice_strip(desk))
    return ft.Container(ft.Column(rows, spacing=0, expand=True), expand=True, bgcolor=desk.palette.ground)


def practice_strip(desk: Desk) -> ft.Control:
    """Return the strip that says on every screen that nothing here is real."""
    ground, ink = theme.tone_colours(desk.palette, "warn")
    return parts.tid(
        "practice",
        ft.Container(
            ft.Row(
                [
                    ft.Icon(ft.Icons.SCHOOL_OUTLINED, color=ink, size=18 * min(desk.look.scale, 1.5)),
                    parts.text(desk.say("app.practice"), Style.LABEL_MEDIUM, color=ink),
                ],
                alignment=ft.MainAxisAlignment.CENTER,
                spacing=8,
            ),
            bgcolor=ground,
            padding=ft.Padding.symmetric(horizontal=16, vertical=5),
        ),
    )


def _poster(desk: Desk) -> ft.Control:
    """Return the left half: the owner's name, the product's, and what the desk promises."""
    p, say = desk.palette, desk.say
    promises = [
        (ft.Icons.WIFI_OFF_ROUNDED, "signin.promise_offline"),
        (ft.Icons.LOCK_OUTLINE_ROUNDED, "signin.promise_encrypted"),
        (ft.Icons.FACT_CHECK_OUTLINED, "signin.promise_receipt"),
    ]
    rows = [
        ft.Row(
            [
                ft.Icon(icon, color=p.mark, size=26 * min(desk.look.scale, 1.5)),
                parts.text(say(key), Style.BODY_LARGE, color=p.on_bar_quiet, expand=True),
            ],
            spacing=theme.GAP_M,
        )
        for icon, key in promises
    ]
    mark = ft.Container(
        ft.Icon(ft.Icons.AIRPORT_SHUTTLE_ROUNDED, size=48, color=p.on_mark),
        bgcolor=p.mark,
        border_radius=theme.RADIUS_L,
        padding=16,
    )
    stripe = ft.Container(height=4, width=96, bgcolor=p.mark, border_radius=2)
    return ft.Container(
        ft.Column(
            [
                mark,
                ft.Container(height=theme.GAP_S),
                parts.text(say("app.name"), Style.DISPLAY_SMALL, color=p.on_bar),
                parts.text(say("app.owner"), Style.TITLE_MEDIUM, color=p.on_bar_quiet),
                stripe,
                ft.Container(height=theme.GAP_S),
                *rows,
            ],
            spacing=theme.GAP_L,
            alignment=ft.MainAxisAlignment.CENTER,
            scroll=ft.ScrollMode.AUTO,
        ),
        padding=ft.Padding.symmetric(horizontal=theme.GAP_XL * 1.5, vertical=theme.GAP_XL),
        alignment=ft.Alignment.CENTER_LEFT,
    )
