"""Signing copies: which key, its PIN, how far it is, and what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.certify import Outcome, SignWay, TokenView
from van_station.services.errors import ServiceError
from van_station.ui import dialogs, parts, theme
from van_station.ui.parts import Style
from van_station.ui.session import Desk
from van_station.ui.uploads import FileChooser

MAX_FILE_BYTES = 1 << 20
FILE = "file"


class CertifySheet:
    """Asks for token or file and for the PIN, signs, and stays open while something is left to sign.

    Args:
        desk: the window.
        file_ids: the documents to sign.
        after: runs when it is over, whether all were signed or not.
    """

    def __init__(self, desk: Desk, file_ids: tuple[str, ...], after: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._left, self._after = desk, list(file_ids), after
        self._total, self._done = len(file_ids), 0
        self._chosen, self._file = "", b""
        self._stop = threading.Event()
        self.working = False
        self._dialog: ft.AlertDialog | None = None
        say = desk.say
        self._chooser = FileChooser(desk, ("p12", "pfx"), MAX_FILE_BYTES)
        self._tiles: dict[str, parts.Tile] = {}
        self._ways = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._pin_view, self._pin = parts.field(
            desk,
            "sign-pin",
            say("certify.asked_pin"),
            act=self._sign,
            password=True,
            can_reveal_password=True,
        )
        self._state = ft.Column(spacing=theme.GAP_S, visible=False)
        self._go = parts.Press(
            desk, "sign-go", self._go_words(), self._sign, kind="filled", icon=ft.Icons.DRAW_OUTLINED
        )
        self._cancel = parts.Press(
            desk, "sign-cancel", say("common.cancel"), self._close_or_stop, kind="text"
        )

    def _go_words(self) -> str:
        say = self._desk.say
        return say("certify.one") if len(self._left) == 1 else say("certify.all", count=len(self._left))

    async def open(self) -> None:
        """Show the sheet with the tokens plugged in now."""
        desk = self._desk
        await self._look()
        refresh = parts.Press(
            desk,
            "sign-refresh",
            desk.say("certify.refresh"),
            self._look_again,
            kind="text",
            icon=ft.Icons.REFRESH_ROUNDED,
        )
        refresh.view.visible = desk.work.certify.has_module
        body: list[ft.Control] = [
            parts.text(desk.say("certify.hint"), Style.BODY_LARGE),
            ft.Row(
                [parts.heading(desk.say("certify.way"), Style.TITLE_MEDIUM), refresh.view],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            ),
            self._ways,
            self._pin_view,
            self._state,
        ]
        self._dialog = dialogs.sheet(
            desk,
            desk.say("certify.title"),
            body,
            [self._cancel.view, self._go.view],
            icon=ft.Icons.DRAW_OUTLINED,
            width=620,
        )
        await desk.focus(self._pin if self._chosen else self._tiles[FILE].button)

    # ------------------------------------------------------------------ which key
    async def _look(self) -> None:
        """Find tokens; one that is alone is chosen at once."""
        desk, say = self._desk, self._desk.say
        notice: ft.Control | None = None
        tokens: tuple[TokenView, ...] = ()
        try:
            tokens = await desk.run(desk.work.certify.tokens)
            if not tokens:
                notice = parts.notice(desk, say("certify.tokens_none"), "info", identifier="no-token")
        except ServiceError as error:
            tone: theme.Tone = "warn" if desk.work.certify.has_module else "info"
            notice = parts.notice(desk, self._sentence(error.code), tone, identifier="no-driver")
        self._tiles = {}
        for number, token in enumerate(tokens, start=1):
            marks = [token.maker]
            if token.locked:
                marks.append(say("certify.locked"))
            elif token.last_try:
                marks.append(say("certify.last_try"))
            elif token.few_tries:
                marks.append(say("certify.few_tries"))
            self._tiles[token.id] = self._tile(
                token.id, f"sign-token-{number}", token.label, " · ".join(marks), ft.Icons.USB_ROUNDED
            )
        caption = say("certify.file_chosen") if self._file else say("certify.choose_file")
        self._tiles[FILE] = self._tile(
            FILE, "sign-file", say("certify.file"), caption, ft.Icons.UPLOAD_FILE_OUTLINED
        )
        usable = [token.id for token in tokens if not token.locked]
        if self._chosen not in self._tiles or (self._chosen == FILE and not self._file):
            self._chosen = usable[0] if len(usable) == 1 else ""
        self._ways.controls = [*([notice] if notice else []), *(tile.view for tile in self._tiles.values())]
        self._mark()

    def _tile(self, key: str, identifier: str, label: str, caption: str, icon: ft.IconData) -> parts.Tile:
        async def pick() -> None:
            if self.working:
                return
            if key == FILE and not await self._choose_file():
                return
            self._chosen = key
            self._mark()
            self._ways.update()
            self._pin_view.update()
            await self._desk.focus(self._pin)

        return parts.Tile(self._desk, identifier, label, pick, icon=icon, caption=caption)

    async def _choose_file(self) -> bool:
        data = await self._chooser.choose()
        if data is None:
            return False
        self._file = data
        self._tiles[FILE].caption(self._desk.say("certify.file_chosen"))
        return True

    def _mark(self) -> None:
        say = self._desk.say
        for key, tile in self._tiles.items():
            tile.set(selected=key == self._chosen)
        self._pin.label = (
            say("certify.asked_passphrase") if self._chosen == FILE else say("certify.asked_pin")
        )

    async def _look_again(self) -> None:
        if not self.working:
            await self._look()
            self._ways.update()
            self._pin_view.update()

    # ------------------------------------------------------------------ signing
    async def _sign(self) -> None:
        if self.working or not self._left:
            return
        desk, secret = self._desk, self._pin.value or ""
        self._pin.value = ""  # asked each time, kept nowhere
        way = SignWay(file=self._file) if self._chosen == FILE else SignWay(token_id=self._chosen)
        self.working = True
        self._stop.clear()
        self._cancel.set(label=desk.say("certify.stop"))
        self._go.set(disabled=True)
        self._tell_progress(desk.say("certify.opening"), None)
        self._update()
        code, outcome = "", None
        try:
            outcome = await desk.run(
                desk.work.certify.sign,
                desk.me,
                tuple(self._left),
                way,
                secret,
                told=lambda done, total: desk.from_thread(self._heard, done, total),
                stop=self._stop,
            )
        except ServiceError as error:
            code = error.code
        finally:
            self.working = False
        await self._over(outcome, code)

    async def _heard(self, done: int, total: int) -> None:
        self._desk.touch()
        if self.working and done < total:
            words = self._desk.say("certify.progress", done=self._done + done + 1, total=self._total)
            self._tell_progress(words, done / total)
            self._update()

    async def _over(self, outcome: Outcome | None, code: str) -> None:
        desk, say = self._desk, self._desk.say
        if outcome is not None:
            self._done += len(outcome.signed)
            self._left = self._left[len(outcome.signed) :]
            code = outcome.fault or ""
        if not self._left and outcome is not None:
            self._close()
            key = "certify.done_without_stamp" if outcome.without_stamp else "certify.done"
            desk.snack(say(key, count=self._done), tone="info" if outcome.without_stamp else "good")
            await self._after()
            return
        self._cancel.set(label=say("common.close") if self._done else say("common.cancel"))
        self._go.set(label=self._go_words(), disabled=False)
        sentences = [say("certify.partly", done=self._done, total=self._total)] if self._done else []
        if code:
            sentences.append(self._sentence(code))
        self._tell(parts.notice(desk, " ".join(sentences), "bad" if code else "warn"))
        await self._look()
        self._update()
        await self._after()
        if self._showing:
            await desk.focus(self._pin)

    # ------------------------------------------------------------------ showing
    def _sentence(self, code: str) -> str:
        text = self._desk.texts.error(code)
        return f"{text.happened} {text.next_step}"

    def _tell(self, control: ft.Control) -> None:
        self._state.controls = [ft.Semantics(identifier="sign-state", live_region=True, content=control)]
        self._state.visible = True

    def _tell_progress(self, words: str, share: float | None) -> None:
        bar = ft.ProgressBar(value=share, color=self._desk.palette.primary)
        self._tell(ft.Column([parts.text(words, Style.BODY_LARGE), bar], spacing=8))

    @property
    def _showing(self) -> bool:
        return self._dialog is not None and self._dialog.open

    def _update(self) -> None:
        """Draw; nobody looks when the sheet was closed meanwhile."""
        if self._dialog is not None and self._dialog.open:
            for control in (self._ways, self._pin_view, self._state, self._go.view, self._cancel.view):
                control.update()

    async def _close_or_stop(self) -> None:
        if self.working:
            self._stop.set()
        else:
            self._close()
            await self._after()

    def _close(self) -> None:
        self._file = b""
        if self._dialog is not None:
            dialogs.close(self._dialog)
