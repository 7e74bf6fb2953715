"""The window itself: how it looks, what it says, how its handlers run. Parts and sheets know no more."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

import flet as ft

from van_station.i18n import Language, Texts
from van_station.ui import theme

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Act = Callable[..., Awaitable[Any]]
TOAST_S = 3.5
FOCUS_S = 2.0
SETTLE_S = 0.15


@dataclass(frozen=True, slots=True)
class Look:
    """What a person may change about the window."""

    language: Language = "vi"
    mode: theme.Mode = "light"
    scale: float = 1.0

    @property
    def palette(self) -> theme.Palette:
        """The colours of this look."""
        return theme.PALETTES[self.mode]


class Frame:
    """One window. Lives on the server, survives a reload of the page, never shared by two windows.

    Args:
        page: Flet's page.
        look: language, colours, text scale.
        clock: seconds that only ever grow.
    """

    def __init__(self, page: ft.Page, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        self.page = page
        self.look = look
        self.texts = Texts(look.language)
        self.refused: Callable[[str, Mapping[str, str | int]], None] = self._unheard
        """Shows what a service refused; set by whoever owns the window."""
        self.defect: Callable[[BaseException], None] = self._unheard
        """Shows that something of ours broke; likewise."""
        self.sheet: ft.AlertDialog | None = None
        """The latest sheet over the screen, open or not."""
        self._clock = clock
        self._last_act = clock()
        self._running: set[str] = set()
        self._toast = ft.Container(top=96, left=0, right=0, alignment=ft.Alignment.TOP_CENTER, visible=False)
        self._toasts = 0
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()

    @staticmethod
    def _unheard(*_error: object) -> None:
        log.warning("an error had no window to be shown in")

    # ------------------------------------------------------------------ words and look
    def say(self, key: str, **arguments: Any) -> str:
        """Return a text in the window's language."""
        return self.texts.say(key, **arguments)

    @property
    def palette(self) -> theme.Palette:
        """The colours of the present look."""
        return self.look.palette

    def size(self, px: float) -> float:
        """Return a length that grows with the text."""
        return px * self.look.scale

    def relook(self, **changes: Any) -> None:
        """Change language, mode or text scale; the face is rebuilt by whoever calls."""
        self.look = replace(self.look, **changes)
        self.texts = Texts(self.look.language)
        self.dress()

    def dress(self) -> None:
        """Give the page the present look."""
        page, look = self.page, self.look
        page.theme = theme.flet_theme(look.mode, look.scale)
        page.theme_mode = ft.ThemeMode.LIGHT
        page.bgcolor = look.palette.ground
        locale = ft.Locale("vi", "VN") if look.language == "vi" else ft.Locale("en", "GB")
        page.locale_configuration = ft.LocaleConfiguration(
            supported_locales=[ft.Locale("vi", "VN"), ft.Locale("en", "GB")], current_locale=locale
        )
        page.title = self.say("app.name")

    # ------------------------------------------------------------------ handlers
    def touch(self) -> None:
        """Somebody is at the desk."""
        self._last_act = self._clock()

    def idle_s(self) -> float:
        """Return how long nobody did anything."""
        return self._clock() - self._last_act

    def on(self, act: Act, *, again: bool = False) -> Callable[[Any], Coroutine[Any, Any, None]]:
        """Return an event handler around `act`: errors become words, a second press while it runs is ignored.

        Args:
            act: async; takes the event or nothing.
            again: let every event through, for text that is being typed.
        """
        takes_event = bool(inspect.signature(act).parameters)
        key = f"{id(getattr(act, '__self__', act))}.{getattr(act, '__qualname__', '')}"

        async def handle(event: Any) -> None:
            self.touch()
            if not again and key in self._running:
                return
            self._running.add(key)
            try:
                await self.guarded(act, *([event] if takes_event else []))
            finally:
                self._running.discard(key)

        return handle

    async def guarded(self, act: Act, *arguments: Any) -> bool:
        """Run `act`; show what it refuses. Returns whether it went through."""
        try:
            await act(*arguments)
        except Exception as error:  # noqa: BLE001 -- the edge: nothing may end the window or show itself raw
            code = getattr(error, "code", None)
            if isinstance(code, str) and "." in code:  # refused on purpose, whichever room it comes from
                self.refused(code, getattr(error, "details", {}))
                return False
            log_defect(error)
            self.defect(error)
            return False
        return True

    @staticmethod
    async def run(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Run a service call beside the loop."""
        return await asyncio.to_thread(work, *arguments, **named)

    @staticmethod
    async def focus(control: Any) -> None:
        """Give a control the keyboard; a window that has gone meanwhile keeps nobody waiting."""
        with contextlib.suppress(TimeoutError, RuntimeError):
            await asyncio.wait_for(control.focus(), FOCUS_S)

    async def focus_after_enter(self, control: Any) -> None:
        """Give a field the keyboard after Enter, which makes the browser drop it a moment later."""
        await self.focus(control)
        await asyncio.sleep(SETTLE_S)
        await self.focus(control)

    def later(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine beside the present handler, under the same error rules."""

        async def wrapped() -> Any:
            return await work

        return self._loop.create_task(self.guarded(wrapped))

    def from_thread(self, act: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> None:
        """Run a coroutine on the window's loop; callable from any thread."""

        def start() -> None:
            self._loop.create_task(self.guarded(act, *arguments))

        self._loop.call_soon_threadsafe(start, context=self._context)

    # ------------------------------------------------------------------ one line of news
    def snack(self, text: str, *, tone: theme.Tone = "good") -> None:
        """Say in one line below the navigation that something was done; the line before it goes."""
        p = self.palette
        ground, ink = {"good": (p.good, p.card), "bad": (p.bad, p.on_bad)}.get(tone, (p.bar, p.on_bar))
        icons = {"good": ft.Icons.CHECK_CIRCLE_ROUNDED, "bad": ft.Icons.ERROR_ROUNDED}
        words = ft.Text(text, theme_style=ft.TextThemeStyle.LABEL_LARGE, color=ink, expand=True)
        row = ft.Row([ft.Icon(icons.get(tone, ft.Icons.INFO_ROUNDED), color=ink), words], spacing=12)
        self._toast.content = ft.Container(
            ft.Semantics(identifier="result", live_region=True, content=row),
            bgcolor=ground,
            width=self.size(500),
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.symmetric(horizontal=18, vertical=12),
            shadow=ft.BoxShadow(
                blur_radius=18, color=ft.Colors.with_opacity(0.28, "#000000"), offset=ft.Offset(0, 4)
            ),
            on_click=self._hide_toast,
        )
        if self._toast not in self.page.overlay:
            self.page.overlay.append(self._toast)
        self._toast.top, self._toast.visible = 42 + self.size(54), True
        self.page.update()
        self._toasts += 1
        self._loop.create_task(self._hide_later(self._toasts))

    async def _hide_later(self, number: int) -> None:
        await asyncio.sleep(TOAST_S)
        if number == self._toasts:
            await self._hide_toast()

    async def _hide_toast(self, _event: object = None) -> None:
        self._toast.visible = False
        self.page.update()


def log_defect(error: BaseException) -> None:
    """Log where something broke; its message is left out, it might hold what somebody typed."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("defect in a handler: %s\n%s", type(error).__name__, where)
