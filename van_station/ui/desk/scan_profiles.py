"""How the chosen scanner scans: its profiles as tiles, and the ways to the sheets that change them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.access import Act
from van_station.services.capture import ScannerView
from van_station.services.scan_profiles import ProfileView
from van_station.ui import dialogs, parts, theme
from van_station.ui.desk.scan_choice import ScanChoice
from van_station.ui.desk.scan_profile_sheet import ProfileSheet
from van_station.ui.session import Desk


class ProfileRow:
    """The profiles of one scanner; none chosen means as this machine's settings say.

    Args:
        desk: the window.
        look_again: asks anew which scanners there are.
    """

    def __init__(self, desk: Desk, look_again: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._look_again = desk, look_again
        self._device: ScannerView | None = None
        self._profiles: tuple[ProfileView, ...] = ()
        self._chosen = desk.state(ScanChoice).profiles
        self._running = False
        self._drawn: tuple[object, ...] = ()
        self._tiles = ft.Row(
            wrap=True,
            spacing=theme.GAP_S,
            run_spacing=theme.GAP_S,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self._note = ft.Container(visible=False)
        self._setup = parts.Press(
            desk,
            "scan-settings",
            desk.say("scan.settings"),
            self._open,
            kind="text",
            icon=ft.Icons.TUNE_ROUNDED,
        )
        self._add = parts.Press(
            desk,
            "scanner-add",
            desk.say("scan.add_scanner"),
            self._ask_address,
            kind="text",
            icon=ft.Icons.ADD_ROUNDED,
        )
        self.view = ft.Column(
            [self._note, self._tiles],
            spacing=theme.GAP_S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    @property
    def chosen(self) -> str:
        """Name of the profile to scan by; "" for none."""
        name = self._chosen.get(self._device.id, "") if self._device is not None else ""
        return name if name in {profile.name for profile in self._profiles} else ""

    async def show(self, device: ScannerView | None) -> None:
        """Load the profiles of a scanner; a folder has none."""
        self._device = device
        own = device is not None and device.kind != "folder"
        profiles = self._desk.work.capture.profiles
        self._profiles = await self._desk.run(profiles.of, device.id) if own and device else ()
        if device is not None and not self.chosen:
            self._chosen.pop(device.id, None)  # a profile that is there no more
        self._draw()

    def running(self, *, running: bool) -> None:
        """Keep still while the scanner works."""
        self._running = running
        self._draw()

    def _draw(self) -> None:
        device = self._device
        drawn = (device, self._profiles, self.chosen, self._running)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        own = device is not None and device.kind != "folder"
        self._tiles.controls = []
        if self._profiles:
            self._tiles.controls += [self._tile(""), *[self._tile(each.name) for each in self._profiles]]
        if own:
            self._tiles.controls.append(self._setup.view)
        if self._desk.me.may(Act.TRIP):
            self._tiles.controls.append(self._add.view)
        self._setup.set(disabled=self._running)
        self._add.set(disabled=self._running)
        self._draw_note(device)

    def _draw_note(self, device: ScannerView | None) -> None:
        self._note.visible = bool(device and device.note)
        if device is None or not device.note:
            return
        if device.note == "scan.untested":
            sentence = self._desk.say("scan.untested")
        else:
            told = self._desk.texts.error(device.note)
            sentence = f"{told.happened} {told.next_step}"
        self._note.content = parts.notice(self._desk, sentence, "warn", identifier="scanner-note")

    def _tile(self, name: str) -> ft.Control:
        async def pick() -> None:
            if self._device is not None:
                self._chosen[self._device.id] = name
            self._draw()
            self.view.update()

        label = name or self._desk.say("scan.profile_usual")
        identifier = f"profile-{name}" if name else "profile-usual"
        tile = parts.Tile(
            self._desk, identifier, label, pick, icon=ft.Icons.BOOKMARK_OUTLINE_ROUNDED, compact=True
        )
        tile.set(selected=name == self.chosen)
        tile.button.disabled = self._running
        return tile.view

    async def _open(self) -> None:
        if self._device is None:
            return
        current = next((each for each in self._profiles if each.name == self.chosen), None)
        await ProfileSheet(self._desk, self._device, current, self._saved).open()

    async def _saved(self, name: str) -> None:
        """A profile was kept or let go: the kept one is chosen."""
        if self._device is not None:
            self._chosen[self._device.id] = name
        await self.show(self._device)
        self.view.update()

    async def _ask_address(self) -> None:
        desk = self._desk

        async def add() -> None:
            address = await desk.run(desk.work.capture.profiles.add_scanner, desk.me, field.value or "")
            dialogs.close(dialog)
            desk.snack(desk.say("scan.scanner_added", address=address))
            await self._look_again()

        async def close() -> None:
            dialogs.close(dialog)

        view, field = parts.field(
            desk,
            "scanner-address",
            desk.say("scan.scanner_address"),
            act=add,
            hint="192.168.1.7",
            helper=desk.say("scan.scanner_address_help"),
            autofocus=True,
        )
        no = parts.Press(desk, "scanner-address-close", desk.say("common.close"), close, kind="text")
        yes = parts.Press(desk, "scanner-address-add", desk.say("scan.add_scanner"), add, kind="filled")
        dialog = dialogs.sheet(
            desk,
            desk.say("scan.add_scanner"),
            [view],
            [no.view, yes.view],
            icon=ft.Icons.SCANNER_OUTLINED,
        )
