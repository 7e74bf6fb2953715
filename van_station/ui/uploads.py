"""Pictures chosen in the window, brought to memory; nothing touches a folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import flet as ft

from van_station.services.errors import Refused
from van_station.ui.handout import MAX_UPLOAD_BYTES, UploadTooLarge
from van_station.ui.session import Desk

UPLOAD_TIMEOUT_S = 60
PICTURES = ("jpg", "jpeg", "png", "webp", "bmp")


class PictureChooser:
    """Opens the window's file dialog and returns a picture's bytes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._picker = ft.FilePicker(on_upload=self._progress)
        self._failed: asyncio.Future[bytes] | None = None

    async def choose(self) -> bytes | None:
        """Return the bytes of one picture, None when the person chose none.

        Raises:
            Refused: upload.too_large, upload.interrupted.
        """
        files = await self._picker.pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=list(PICTURES),
            cancel_upload_on_window_blur=False,
        )
        if not files:
            return None
        if files[0].size > MAX_UPLOAD_BYTES:
            raise Refused("upload.too_large", most_mb=MAX_UPLOAD_BYTES >> 20)
        if files[0].path:  # a native window knows the file itself
            return await asyncio.to_thread(_bounded_read, Path(files[0].path))
        address, arriving = self._desk.handout.inbox()
        self._failed = arriving
        await self._picker.upload(
            [ft.FilePickerUploadFile(id=files[0].id, name=files[0].name, upload_url=address)]
        )
        try:
            return await asyncio.wait_for(arriving, UPLOAD_TIMEOUT_S)
        except UploadTooLarge:
            raise Refused("upload.too_large", most_mb=MAX_UPLOAD_BYTES >> 20) from None
        except (TimeoutError, asyncio.CancelledError):
            raise Refused("upload.interrupted") from None

    async def _progress(self, event: ft.FilePickerUploadEvent) -> None:
        if event.error and self._failed is not None and not self._failed.done():
            self._failed.cancel()


def _bounded_read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_UPLOAD_BYTES + 1)
    if len(data) > MAX_UPLOAD_BYTES:
        raise Refused("upload.too_large", most_mb=MAX_UPLOAD_BYTES >> 20)
    return data
