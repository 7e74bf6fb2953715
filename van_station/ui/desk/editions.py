"""Editions of the catalogue (*bản danh mục*): which is in force, what hangs on older ones, a new one."""

from __future__ import annotations

import flet as ft

from van_station.rules.catalogue_bundle import MAX_BUNDLE_BYTES
from van_station.services.edition_views import EditionPreview
from van_station.services.errors import Refused
from van_station.ui import dialogs, parts, theme
from van_station.ui.desk import edition_cards
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk
from van_station.ui.uploads import FileChooser

EXTENSIONS = ("vscat",)


class EditionsScreen(Screen):
    """One card for the edition in force, one for a file that was chosen, one for those kept for drafts."""

    kinds = frozenset({"catalogue", "dossier"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._files = FileChooser(desk, EXTENSIONS, MAX_BUNDLE_BYTES)
        self._data: bytes | None = None
        self._busy = False
        stretch = ft.CrossAxisAlignment.STRETCH
        self._choose = parts.Press(
            desk,
            "edition-choose",
            desk.say("editions.choose"),
            self._choose_file,
            kind="filled",
            icon=ft.Icons.FILE_OPEN_OUTLINED,
            shortcut="F9",
        )
        self._now, self._kept, self._chosen = (
            ft.Column(spacing=theme.GAP_M, horizontal_alignment=stretch) for _ in range(3)
        )
        self._chosen.visible = False
        self._install_card = self._make_install_card()
        self.view = ft.Column(
            [self._now, self._install_card, self._kept],
            spacing=theme.GAP_M,
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=stretch,
        )

    def _make_install_card(self) -> ft.Control:
        desk, say = self.desk, self.desk.say
        body: list[ft.Control] = []
        if desk.door.practice:
            body.append(parts.notice(desk, say("editions.practice"), "info", identifier="edition-practice"))
        keys = desk.work.editions.trusted_keys
        if keys:
            told = say("editions.trusted", keys=", ".join(keys))
            body.append(parts.text(told, Style.BODY_SMALL, color=desk.palette.quiet))
        else:
            body.append(parts.notice(desk, say("editions.no_keys"), "warn", identifier="edition-no-keys"))
        body += [ft.Row([self._choose.view], wrap=True), self._chosen]
        return parts.card(desk, body, title=say("editions.install_title"))

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Ask which editions there are."""
        self._now.controls, self._kept.controls = [parts.loading(self.desk)], []
        self.view.update()
        await self._load()
        await self.focus()

    async def leave(self) -> None:
        """Let go of a file that was chosen and not installed."""
        self._forget()

    async def focus(self) -> None:
        """Give the keyboard to the button that opens a file."""
        await self.desk.focus(self._choose.button)

    async def changed(self, kinds: frozenset[str]) -> None:
        """An edition came into force, or a draft was begun or sent."""
        await self._load()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 opens a file."""
        if event.key != "F9" or dialogs.showing(self.desk):
            return False
        await self.desk.focus(self._choose.button)
        await self._choose_file()
        return True

    async def _load(self) -> None:
        desk = self.desk
        uses = await desk.run(desk.work.editions.overview, desk.me)
        active = next((use for use in uses if use.edition.active), None)
        self._now.controls = [edition_cards.in_force(desk, active)] if active is not None else []
        others = [use for use in uses if use is not active]
        drawn = [edition_cards.kept(desk, use) for use in others] or [
            parts.empty(
                desk,
                ft.Icons.INVENTORY_2_OUTLINED,
                desk.say("editions.none_kept"),
                identifier="none-kept",
            )
        ]
        self._kept.controls = [parts.card(desk, drawn, title=desk.say("editions.kept"))]
        self.view.update()

    # ------------------------------------------------------------------ a new one
    async def _choose_file(self) -> None:
        if self._busy:
            return
        data = await self._files.choose()
        if data is not None:
            await self._look(data)

    async def _look(self, data: bytes) -> None:
        """Check a bundle whole and say what it would change; nothing is installed."""
        desk = self.desk
        self._forget()
        self._working("editions.checking")
        try:
            told = await desk.run(desk.work.editions.preview, desk.me, data)
        except Refused as refusal:
            self._chosen.controls = edition_cards.refused(desk, refusal)
        else:
            self._data = data
            self._chosen.controls = self._difference(told)
        finally:
            self._busy = False
        self._install_card.update()
        await desk.focus(self._install_it.button if self._data and not told.active else self._choose.button)

    def _working(self, key: str) -> None:
        self._busy = True
        ring = ft.ProgressRing(width=28, height=28, stroke_width=3, color=self.desk.palette.primary)
        told = parts.text(self.desk.say(key), Style.BODY_LARGE, expand=True)
        row = ft.Row([ring, told], spacing=theme.GAP_M)
        self._chosen.controls = [parts.tid("edition-working", row, live_region=True)]
        self._chosen.visible = True
        self._install_card.update()

    def _forget(self) -> None:
        self._data, self._busy = None, False
        self._chosen.controls, self._chosen.visible = [], False

    def _ask_to_install(self, told: EditionPreview) -> None:
        """Ask before an edition comes into force; for an older one ask a second time."""
        desk, say = self.desk, self.desk.say

        async def install() -> None:
            await self._install(older=told.older)

        async def ask_again() -> None:
            desk.later(self._ask_older(told, install))

        arguments = {"version": told.version, "in_force": told.in_force}
        dialogs.ask(
            desk,
            say("editions.ask", version=told.version),
            yes=say("editions.install"),
            act=ask_again if told.older else install,
            body=[parts.text(desk.texts.fill("editions.ask_hint", arguments), Style.BODY_LARGE)],
        )

    async def _ask_older(self, told: EditionPreview, install: parts.Act) -> None:
        desk, say = self.desk, self.desk.say
        dialogs.ask(
            desk,
            say("editions.ask_older", version=told.version),
            yes=say("editions.install_older"),
            act=install,
            body=[
                parts.text(
                    say("editions.ask_older_hint", version=told.version, in_force=told.in_force),
                    Style.BODY_LARGE,
                )
            ],
            danger=True,
        )

    async def _install(self, *, older: bool) -> None:
        desk, data = self.desk, self._data
        if data is None or self._busy:
            return
        self._working("editions.installing")
        try:
            view = await desk.run(desk.work.editions.install, desk.me, data, older=older)
        except Refused as refusal:
            self._busy = False
            self._chosen.controls = edition_cards.refused(desk, refusal)
            self._install_card.update()
            return
        self._forget()
        await self._load()
        desk.snack(desk.say("editions.installed", version=view.version))
        await self.focus()

    # ------------------------------------------------------------------ drawing
    def _difference(self, told: EditionPreview) -> list[ft.Control]:
        desk, say = self.desk, self.desk.say
        head = say("editions.chosen", version=told.version, issued_on=told.issued_on, count=told.procedures)
        drawn: list[ft.Control] = [
            parts.tid("edition-chosen", parts.heading(head, Style.TITLE_MEDIUM), live_region=True),
            parts.text(
                say("editions.signed_by", signer=told.key_id), Style.BODY_SMALL, color=desk.palette.quiet
            ),
        ]
        if told.active:
            drawn.append(parts.notice(desk, say("editions.same"), "good", identifier="edition-same"))
            return drawn
        if told.older:
            older = say("editions.older", version=told.version, in_force=told.in_force)
            drawn.append(parts.notice(desk, older, "warn", identifier="edition-older"))
        drawn += edition_cards.changes(desk, told)
        self._install_it = parts.Press(
            desk,
            "edition-install",
            say("editions.install"),
            self._asked(told),
            kind="accent" if told.older else "filled",
            icon=ft.Icons.DOWNLOAD_DONE_ROUNDED,
        )
        leave = parts.Press(desk, "edition-leave", say("editions.leave"), self._leave_it, kind="text")
        drawn.append(
            ft.Row([leave.view, self._install_it.view], wrap=True, alignment=ft.MainAxisAlignment.END)
        )
        return drawn

    def _asked(self, told: EditionPreview) -> parts.Act:
        async def ask() -> None:
            self._ask_to_install(told)

        return ask

    async def _leave_it(self) -> None:
        self._forget()
        self._install_card.update()
        await self.focus()
