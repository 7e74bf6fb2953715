"""One window with a person at it: who is signed in, what they are doing, how news reaches the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import flet as ft

from van_station.services.actor import Actor
from van_station.services.door import Door
from van_station.services.errors import ServiceError
from van_station.services.workspace import Workspace
from van_station.ui import dialogs
from van_station.ui.frame import Frame, Look
from van_station.ui.handout import Handout, Sheet, SheetRefused

S = TypeVar("S")


class Face(Protocol):
    """What the window shows at the moment: the sign-in page, the lock, or the shell with its screen."""

    async def changed(self, kinds: frozenset[str]) -> None:
        """Redraw what these kinds of things touch."""

    async def on_key(self, event: ft.KeyboardEvent) -> None:
        """React to a key."""

    async def tick(self) -> None:
        """A few seconds went by."""

    async def close(self) -> None:
        """The window shows something else now."""


class Desk(Frame):
    """A window of the desk.

    Args:
        page: Flet's page.
        door: where people sign in.
        handout: pages to print and pictures on their way in.
        look: how the window looks at first.
        idle_lock_s: lock after so long without a key or a press.
    """

    def __init__(
        self, page: ft.Page, door: Door, handout: Handout, look: Look, *, idle_lock_s: float
    ) -> None:
        super().__init__(page, look)
        self.door = door
        self.handout = handout
        self.idle_lock_s = idle_lock_s
        self.actor: Actor | None = None
        self.workspace: Workspace | None = None
        self.face: Face | None = None
        self.go: Callable[..., Awaitable[None]] = self._nowhere
        """Shows another screen: `await desk.go("dossier", id=...)`; set by the shell."""
        self.sign_out: Callable[[], Awaitable[None]] = self._nobody
        """Ends the session; set by whoever owns the window."""
        self.absolute: Callable[[str], str] = str
        """Turns an address of ours into one that this window's browser finds."""
        self.refused = self._show_refusal
        self.defect = self._show_defect
        self._states: dict[type, Any] = {}
        self._unlisten: Callable[[], None] | None = None
        self._pending: set[str] = set()
        self._drawing: asyncio.Task[None] | None = None
        self._offers: list[str] = []

    # ------------------------------------------------------------------ who is here
    @property
    def me(self) -> Actor:
        """The signed-in person."""
        if self.actor is None:
            raise RuntimeError("nobody is signed in")
        return self.actor

    @property
    def work(self) -> Workspace:
        """The signed-in person's services."""
        if self.workspace is None:
            raise RuntimeError("nobody is signed in")
        return self.workspace

    def state(self, kind: type[S]) -> S:
        """Return this session's one state of a kind; made on first use, gone at sign-out."""
        if kind not in self._states:
            self._states[kind] = kind()
        return self._states[kind]  # type: ignore[no-any-return]

    def forget_state(self, kind: type) -> None:
        """Start afresh with a kind of state."""
        self._states.pop(kind, None)

    def enter(self, workspace: Workspace, actor: Actor) -> None:
        """Take note of who signed in, and listen to their services."""
        self.workspace, self.actor = workspace, actor
        self.touch()
        self.listen()

    def listen(self) -> None:
        """Hear what changes; harmless when already listening."""
        if self.workspace is not None and self._unlisten is None:
            self._unlisten = self.workspace.listen(self._heard)

    def deafen(self) -> None:
        """Stop listening: the window is gone for the moment."""
        unlisten, self._unlisten = self._unlisten, None
        if unlisten is not None:
            unlisten()

    async def leave(self) -> None:
        """Sign out: nothing of the session stays."""
        self.deafen()
        actor, self.actor, self.workspace = self.actor, None, None
        self._states.clear()
        self.withdraw_offers()
        if actor is not None:
            await asyncio.to_thread(self.door.sign_out, actor)

    # ------------------------------------------------------------------ news from the services
    def _heard(self, kinds: frozenset[str]) -> None:
        """Hop from whatever thread rang to the window's loop; bursts become one redraw."""
        self._loop.call_soon_threadsafe(self._note, kinds, context=self._context)

    def _note(self, kinds: frozenset[str]) -> None:
        self._pending |= kinds
        if self._drawing is None or self._drawing.done():
            self._drawing = self._loop.create_task(self._draw())

    async def _draw(self) -> None:
        while self._pending:
            kinds, self._pending = frozenset(self._pending), set()
            if self.face is not None and self.actor is not None:
                await self.guarded(self.face.changed, kinds)

    async def _nowhere(self, _name: str, **_where: str) -> None:
        """Nobody is signed in: there is nowhere to go."""

    async def _nobody(self) -> None:
        """Nobody is signed in: there is nobody to sign out."""

    # ------------------------------------------------------------------ when something goes wrong
    def _show_refusal(self, code: str, details: Mapping[str, str | int]) -> None:
        text = self.texts.error(code, **details)
        dialogs.problem(self, text.happened, text.next_step, code)

    def _show_defect(self, error: BaseException) -> None:
        text = self.texts.error("ui.defect")
        dialogs.problem(self, text.happened, text.next_step, type(error).__name__)

    # ------------------------------------------------------------------ pages to print or keep
    def offer(self, make: Callable[[], Any], title: str, *, save: bool = False) -> str:
        """Return an address whose opening makes a page with `make` (blocking; returns a PrintedPage)."""

        async def produce() -> Sheet:
            self.touch()
            try:
                page = await asyncio.to_thread(make)
            except ServiceError as error:
                text = self.texts.error(error.code, **error.details)
                if save:
                    self.refused(error.code, error.details)
                raise SheetRefused(f"{text.happened} {text.next_step}") from error
            return Sheet(page.file_name, page.media_type, page.data)

        address = self.handout.offer(produce, title=title, language=self.look.language, save=save)
        self._offers.append(address)
        return self.absolute(address)

    def withdraw_offers(self) -> None:
        """Close every address handed out since the last time."""
        for address in self._offers:
            self.handout.withdraw(address)
        self._offers.clear()
