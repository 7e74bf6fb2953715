"""The scanners to choose from, and whether both sides are scanned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.capture import ScannerView
from van_station.ui import parts, theme
from van_station.ui.desk.scan_choice import ScanChoice
from van_station.ui.session import Desk


class DeviceTiles:
    """A row of devices; drawn anew only when something about them changed.

    Args:
        desk: the window.
        choice: which device is used.
        changed: called after somebody chose.
    """

    def __init__(self, desk: Desk, choice: ScanChoice, changed: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._choice, self._changed = desk, choice, changed
        self._drawn: tuple[object, ...] = ()
        self.view = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)

    def draw(self, *, running: bool) -> None:
        """Draw the devices; while one runs, none is chosen."""
        choice = self._choice
        devices = choice.scanners.devices if choice.scanners else ()
        drawn = (tuple(device.id for device in devices), choice.device_id, choice.duplex, running)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.view.controls = [self._device_tile(device, running=running) for device in devices]
        if choice.device is not None and choice.device.has_duplex:
            self.view.controls.append(self._duplex_tile())

    def _device_tile(self, device: ScannerView, *, running: bool) -> ft.Control:
        async def pick() -> None:
            self._choice.device_id = device.id
            await self._changed()

        label = self._desk.say("scan.folder_watch") if device.kind == "folder" else device.label
        icon = ft.Icons.FOLDER_OPEN_OUTLINED if device.kind == "folder" else ft.Icons.SCANNER_OUTLINED
        tile = parts.Tile(self._desk, f"device-{device.id}", label, pick, icon=icon, compact=True)
        tile.set(selected=device.id == self._choice.device_id)
        tile.button.disabled = running
        return tile.view

    def _duplex_tile(self) -> ft.Control:
        async def flip() -> None:
            self._choice.duplex = not self._choice.duplex
            await self._changed()

        words, icon = self._desk.say("scan.duplex"), ft.Icons.FLIP_ROUNDED
        tile = parts.Tile(self._desk, "duplex", words, flip, icon=icon, compact=True)
        tile.set(selected=self._choice.duplex)
        return tile.view
