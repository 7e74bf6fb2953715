"""Files chosen in the window, brought to memory; nothing touches a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import flet as ft

from van_station.services.errors import Refused
from van_station.ui.handout import MAX_UPLOAD_BYTES, UploadTooLarge
from van_station.ui.session import Desk

UPLOAD_TIMEOUT_S = 60
PICTURES = ("jpg", "jpeg", "png", "webp", "bmp")


class FileChooser:
    """Opens the window's file dialog and returns a file's bytes.

    Args:
        desk: the window.
        extensions: of the files to choose from, without the dot.
        max_bytes: a larger file is not even read.
        kind: how the codes of the refusals begin: `upload.<kind>too_large`, `upload.<kind>interrupted`.
    """

    def __init__(self, desk: Desk, extensions: Sequence[str], max_bytes: int, kind: str = "file_") -> None:
        self._desk = desk
        self._extensions, self._max_bytes, self._kind = list(extensions), max_bytes, kind
        self._picker = ft.FilePicker(on_upload=self._progress)
        self._failed: asyncio.Future[bytes] | None = None

    async def choose(self) -> bytes | None:
        """Return the bytes of one file, None when the person chose none.

        Raises:
            Refused: upload.file_too_large, upload.file_interrupted; for a picture without `file_`.
        """
        files = await self._picker.pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=self._extensions,
            cancel_upload_on_window_blur=False,
        )
        if not files:
            return None
        if files[0].size > self._max_bytes:
            raise self._too_large()
        if files[0].path:  # a native window knows the file itself
            return await asyncio.to_thread(self._bounded_read, Path(files[0].path))
        address, arriving = self._desk.handout.inbox(max_bytes=self._max_bytes)
        self._failed = arriving
        await self._picker.upload(
            [ft.FilePickerUploadFile(id=files[0].id, name=files[0].name, upload_url=address)]
        )
        try:
            return await asyncio.wait_for(arriving, UPLOAD_TIMEOUT_S)
        except UploadTooLarge:
            raise self._too_large() from None
        except (TimeoutError, asyncio.CancelledError):
            raise Refused(f"upload.{self._kind}interrupted") from None

    def _too_large(self) -> Refused:
        return Refused(f"upload.{self._kind}too_large", most_mb=self._max_bytes >> 20)

    async def _progress(self, event: ft.FilePickerUploadEvent) -> None:
        if event.error and self._failed is not None and not self._failed.done():
            self._failed.cancel()

    def _bounded_read(self, path: Path) -> bytes:
        with path.open("rb") as file:
            data = file.read(self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise self._too_large()
        return data


class PictureChooser(FileChooser):
    """Chooses a picture."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, PICTURES, MAX_UPLOAD_BYTES, kind="")
