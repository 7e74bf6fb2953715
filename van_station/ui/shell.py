"""Around every screen: who may go where on top, how things stand below, keys, help, lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from van_station.services.workspace import StatusBar
from van_station.ui import dialogs, parts, settings_sheet, theme
from van_station.ui.parts import Style
from van_station.ui.screen import Place, Screen, Where
from van_station.ui.session import Desk
from van_station.ui.signin import practice_strip
from van_station.ui.status import StatusLine

NAVIGATION_KEYS = ("F2", "F3", "F4", "F6", "F7", "F8")
LEAST_PX = 540
"""A screen at 100 % is usable down to this height; a lower window scrolls the whole screen."""
FRAME_PX = 100
PLACE_PX = 140
"""What one place takes on the bar with its picture, at text scale 1."""
_STATUS_KINDS = frozenset({"dossier", "exchange", "outbox_item", "receipt_row", "stored_file", "trip"})


class Shell:
    """The signed-in window.

    Args:
        desk: the window.
        places: all screens; the person's role decides which show.
        lock: locks the window.
        sign_out: ends the session.
        redraw: builds this shell anew after language or colours changed.
    """

    def __init__(
        self,
        desk: Desk,
        places: tuple[Place, ...],
        *,
        lock: Callable[[], Awaitable[None]],
        sign_out: Callable[[], Awaitable[None]],
        redraw: Callable[[], Awaitable[None]],
    ) -> None:
        self.desk = desk
        self._lock, self._sign_out, self._redraw = lock, sign_out, redraw
        role = desk.me.role.value
        self._places = {place.name: place for place in places if role in place.roles}
        self._nav = [place for place in self._places.values() if place.in_navigation]
        self._keys = navigation_keys(self._nav)
        self._screens: dict[str, Screen] = {}
        self.screen: Screen | None = None
        self.name, self.where = "", Where()
        self._slot = ft.Container(
            expand=True, padding=ft.Padding.symmetric(horizontal=theme.GAP_L, vertical=theme.GAP_M)
        )
        self._room = ft.Container()
        self._slot.content = ft.Column(
            [self._room], scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        self._buttons = {place.name: self._nav_button(place) for place in self._nav}
        self.status = StatusLine(desk)
        rows: list[ft.Control] = [self._bar(), self._slot, self.status.view]
        if desk.door.practice:
            rows.insert(0, practice_strip(desk))
        self.view = ft.Column(
            rows, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )

    # ------------------------------------------------------------------ the top
    def _bar(self) -> ft.Control:
        desk = self.desk
        mark = ft.Container(
            ft.Icon(ft.Icons.AIRPORT_SHUTTLE_ROUNDED, color=desk.palette.on_mark, size=24),
            bgcolor=desk.palette.mark,
            border_radius=theme.RADIUS_S,
            padding=7,
            tooltip=desk.say("app.name"),
        )
        tools: list[ft.Control] = [
            parts.icon_button(
                desk,
                "help",
                ft.Icons.HELP_OUTLINE_ROUNDED,
                f"{desk.say('shell.help')} (F1)",
                self.help,
                on_bar=True,
            ),
            parts.icon_button(
                desk,
                "settings",
                ft.Icons.TUNE_ROUNDED,
                desk.say("shell.appearance"),
                self.settings,
                on_bar=True,
            ),
            parts.icon_button(
                desk, "lock", ft.Icons.LOCK_OUTLINE_ROUNDED, desk.say("shell.lock"), self._lock, on_bar=True
            ),
            parts.icon_button(
                desk,
                "sign-out",
                ft.Icons.LOGOUT_ROUNDED,
                desk.say("shell.sign_out"),
                self._sign_out,
                on_bar=True,
            ),
        ]
        return ft.Container(
            ft.Row(
                [
                    mark,
                    ft.Row(
                        [self._buttons[p.name] for p in self._nav],
                        wrap=True,
                        spacing=4,
                        run_spacing=2,
                        expand=True,
                    ),
                    ft.Row(tools, spacing=0, tight=True),
                ],
                spacing=theme.GAP_M,
            ),
            bgcolor=desk.palette.bar,
            padding=ft.Padding.symmetric(horizontal=theme.GAP_L, vertical=6),
        )

    def _nav_button(self, place: Place) -> ft.Semantics:
        async def go() -> None:
            await self.go(place.name)

        key = next((key for key, name in self._keys.items() if name == place.name), "")
        label = parts.text(self.desk.say(place.label_key), Style.LABEL_LARGE)
        icon = None if self._is_tight() else place.icon
        button = ft.TextButton(content=label, icon=icon, on_click=self.desk.on(go), tooltip=key or None)
        view = parts.tid(f"nav-{place.name}", button)
        view.data = (button, label)
        self._mark(view, current=False)
        return view

    def _is_tight(self) -> bool:
        """Tell whether the places fit on one line only without their pictures: large letters, low window."""
        return (self.desk.page.width or 1366) / self.desk.look.scale < PLACE_PX * len(self._nav)

    def _mark(self, view: ft.Semantics, *, current: bool) -> None:
        button, label = view.data
        p = self.desk.palette
        look = theme.button_style(p, "text", on_bar=True)
        look.padding = ft.Padding.symmetric(horizontal=8 if self._is_tight() else 16, vertical=14)
        look.bgcolor = p.bar_selected if current else "#00000000"
        look.icon_color = p.on_bar_selected if current else p.on_bar_quiet
        look.icon_size = 22 * min(self.desk.look.scale, 1.5)
        label.color = p.on_bar_selected if current else p.on_bar
        button.style = look
        view.selected = current

    # ------------------------------------------------------------------ going places
    @property
    def home(self) -> str:
        """Where this person's day begins."""
        return self._nav[0].name

    async def go(self, name: str, **where: str) -> None:
        """Show a screen; the one before is told that it is left."""
        if name not in self._places:
            return
        if self.screen is not None:
            await self.screen.leave()
        self.desk.withdraw_offers()
        if name not in self._screens:
            self._screens[name] = self._places[name].make(self.desk)
        self.name, self.where, self.screen = name, where, self._screens[name]
        for other, view in self._buttons.items():
            self._mark(view, current=other == name)
        self._room.content = self.screen.view
        self._make_room()
        self.view.update()
        await self.screen.enter(where)

    def _make_room(self) -> None:
        """Give the screen the window's height, or in a low window what it needs, to be scrolled."""
        least = self.desk.size(LEAST_PX)
        height = self.desk.page.height or 768
        low = height - self.desk.size(FRAME_PX) < least
        self._room.height, self._room.expand = (least, None) if low else (None, True)
        if isinstance(self._slot.content, ft.Column):
            self._slot.content.scroll = ft.ScrollMode.AUTO if low else None

    async def resized(self) -> None:
        """The window is higher or lower now."""
        self._make_room()
        self._slot.update()
        if self.screen is not None:
            await self.screen.resized()

    async def show(self, name: str = "", where: Where | None = None) -> None:
        """Draw everything for the first time."""
        await self.refresh_status()
        await self.go(name if name in self._places else self.home, **(where or {}))

    async def refresh_status(self) -> None:
        """Ask how things stand and say it below."""
        bar: StatusBar = await self.desk.run(self.desk.work.status_bar)
        self.status.show(bar)

    # ------------------------------------------------------------------ face
    async def changed(self, kinds: frozenset[str]) -> None:
        """Redraw status and screen as far as they are touched."""
        if kinds & _STATUS_KINDS:
            await self.refresh_status()
        if self.screen is not None and kinds & self.screen.kinds:
            await self.screen.changed(kinds)

    async def on_key(self, event: ft.KeyboardEvent) -> None:
        """Help, navigation, then whatever the screen does with it."""
        if self.screen is not None and await self.screen.on_key(event):
            return
        if event.key == "F1":
            await self.help()
        elif event.key in self._keys and not (event.ctrl or event.alt):
            await self.go(self._keys[event.key])
        elif event.ctrl and event.key in "123456":
            await self._go_to(int(event.key) - 1)
        elif event.ctrl and event.key == "Arrow Up":
            await self.desk.focus(
                self._buttons[self.name if self.name in self._buttons else self.home].data[0]
            )
        elif event.ctrl and event.key == "Arrow Down" and self.screen is not None:
            await self.screen.focus()
        elif event.ctrl and event.key.upper() == "L":
            await self._lock()

    async def _go_to(self, index: int) -> None:
        if index < len(self._nav):
            await self.go(self._nav[index].name)

    async def tick(self) -> None:
        """Let times in words move on."""
        self.status.tick()
        if self.screen is not None:
            await self.screen.tick()

    async def close(self) -> None:
        """Another face takes the window."""
        if self.screen is not None:
            await self.screen.leave()
        self.desk.withdraw_offers()

    # ------------------------------------------------------------------ sheets
    async def settings(self) -> None:
        """Open the sheet for language, colours and size."""
        settings_sheet.show(self.desk, self._redraw)

    async def help(self) -> None:
        """Open the sheet that lists every key."""
        desk, say = self.desk, self.desk.say
        keys = [(key, say(self._places[name].label_key)) for key, name in self._keys.items()]
        own = self.screen.keys if self.screen is not None else ()
        keys += [(key, say(words)) for key, words in (*own, *_KEYS)]
        rows: list[ft.Control] = [
            ft.Row(
                [
                    ft.Container(
                        parts.text(key, Style.LABEL_LARGE),
                        bgcolor=desk.palette.raised,
                        border_radius=theme.RADIUS_S,
                        padding=ft.Padding.symmetric(horizontal=12, vertical=6),
                        width=desk.size(150),
                    ),
                    parts.text(words, Style.BODY_LARGE, expand=True),
                ],
                spacing=theme.GAP_M,
            )
            for key, words in keys
        ]
        holder: list[ft.AlertDialog] = []

        async def done() -> None:
            dialogs.close(holder[0])

        button = parts.Press(desk, "help-close", say("common.close"), done, kind="filled", autofocus=True)
        holder.append(
            dialogs.sheet(desk, say("shell.keys_title"), rows, [button.view], icon=ft.Icons.KEYBOARD_OUTLINED)
        )
        await asyncio.sleep(0)


def navigation_keys(places: Sequence[Place]) -> dict[str, str]:
    """Return which key goes to which place: first those with a key of their own, the others in order."""
    own = {place.key: place.name for place in places if place.key}
    left = [key for key in NAVIGATION_KEYS if key not in own]
    rest = [place.name for place in places if not place.key]
    return dict(sorted({**own, **dict(zip(left, rest, strict=False))}.items()))


_KEYS = (
    ("F9", "shell.key_main"),
    ("F10", "shell.key_second"),
    ("Tab", "shell.key_tab"),
    ("Enter", "shell.key_enter"),
    ("Esc", "shell.key_escape"),
    ("Ctrl + ↑", "shell.key_top"),
    ("Ctrl + ↓", "shell.key_work"),
    ("Ctrl + ← →", "shell.key_step"),
    ("Ctrl + L", "shell.lock"),
    ("F1", "shell.help"),
)
