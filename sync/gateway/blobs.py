"""Blobs as files: a part grows by appending, and becomes a blob only when it hashes to its name.

The folder is the whole truth: `parts/<blob id>.<size>.part` while growing, `blobs/<2 hex>/<blob id>`
when whole. Nothing is said to be held before it is synced.
"""

import hashlib
import os
import re
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from sync.errors import BlobDamaged, ProtocolBroken, Refused, ServerBusy, TooLarge

_BLOB_ID = re.compile(r"[0-9a-f]{64}")
_KEEP_PARTS_S = 30 * 24 * 3600


class BlobFolder:
    """Parts and whole blobs below one folder.

    Args:
        folder: made when absent.
        max_blob_bytes: larger ones are refused.
        keep_free_bytes: to be left on the disk.
    """

    def __init__(self, folder: Path, *, max_blob_bytes: int, keep_free_bytes: int) -> None:
        self._blobs = folder / "blobs"
        self._parts = folder / "parts"
        self._max_blob_bytes = max_blob_bytes
        self._keep_free_bytes = keep_free_bytes
        for path in (self._blobs, self._parts):
            path.mkdir(mode=0o700, exist_ok=True, parents=True)
        self._sweep()

    def _sweep(self) -> None:
        for path in self._parts.iterdir():
            if path.stat().st_mtime < time.time() - _KEEP_PARTS_S:
                path.unlink(missing_ok=True)

    def path(self, blob_id: str) -> Path:
        """Return where a whole blob lies or will lie; ProtocolBroken for a malformed id."""
        if _BLOB_ID.fullmatch(blob_id) is None:
            raise ProtocolBroken("not a blob id")
        return self._blobs / blob_id[:2] / blob_id

    def is_whole(self, blob_id: str) -> bool:
        """Whether the blob is held, checked and synced."""
        return self.path(blob_id).exists()

    def state(self, blob_id: str) -> tuple[int, int] | None:
        """Return (bytes held durably, size of the whole), None when unknown."""
        whole = self.path(blob_id)
        if whole.exists():
            return whole.stat().st_size, whole.stat().st_size
        part = self._part(blob_id)
        if part is None:
            return None
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        return part.stat().st_size, _size_of(part)

    def create(self, blob_id: str, size_bytes: int) -> int:
        """Begin a blob, or go on with it; return the bytes held.

        Raises:
            TooLarge: beyond the bound.
            ServerBusy: no room on the disk.
        """
        if size_bytes > self._max_blob_bytes:
            raise TooLarge(f"{size_bytes} bytes, {self._max_blob_bytes} allowed")
        held = self.state(blob_id)
        if held is not None and (held[1] == size_bytes or self.is_whole(blob_id)):
            return held[0]
        if held is not None:
            self.drop(blob_id)
        if shutil.disk_usage(self._parts).free < size_bytes + self._keep_free_bytes:
            raise ServerBusy("no room on the disk")
        part = self._parts / f"{blob_id}.{size_bytes}.part"
        part.touch(mode=0o600)
        _sync_folder(self._parts)
        return 0

    def drop(self, blob_id: str) -> None:
        """Forget a part; a whole blob is never dropped."""
        part = self._part(blob_id)
        if part is not None:
            part.unlink(missing_ok=True)
            _sync_folder(self._parts)

    def open_part(self, blob_id: str, *, offset: int) -> "PartWriter":
        """Open a part for appending at `offset`, which must be where it ends.

        Raises:
            Refused: reason "sync.offset_wrong", or "sync.upload_unknown".
        """
        part = self._part(blob_id)
        if part is None:
            raise Refused("create it first", reason="sync.upload_unknown")
        if part.stat().st_size != offset:
            raise Refused("ask for the offset first", reason="sync.offset_wrong")
        return PartWriter(part.open("ab"), size_bytes=_size_of(part), offset=offset)

    def finish(self, blob_id: str) -> int:
        """Make a full part a blob; return the bytes held (fewer than the size while it still grows).

        Raises:
            BlobDamaged: the bytes do not hash to the id; the part is dropped.
        """
        part = self._part(blob_id)
        if part is None:
            return self.path(blob_id).stat().st_size
        held = part.stat().st_size
        if held < _size_of(part):
            return held
        with part.open("rb+") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        if found != blob_id:
            self.drop(blob_id)
            raise BlobDamaged("content does not hash to its id")
        whole = self.path(blob_id)
        whole.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(whole)
        _sync_folder(whole.parent)
        _sync_folder(self._blobs)
        _sync_folder(self._parts)
        return held

    def _part(self, blob_id: str) -> Path | None:
        self.path(blob_id)
        return next(self._parts.glob(f"{blob_id}.*.part"), None)


class PartWriter:
    """Appends to one part; what was written counts once `close` has synced it."""

    def __init__(self, file: BinaryIO, *, size_bytes: int, offset: int) -> None:
        self._file = file
        self._start = offset
        self.room = size_bytes - offset

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            TooLarge: more than the size that was declared.
            ServerBusy: the disk would not take it.
        """
        if len(data) > self.room:
            raise TooLarge("more than was declared")
        try:
            self._file.write(data)
        except OSError as error:
            raise ServerBusy("disk refuses") from error
        self.room -= len(data)

    def undo(self) -> None:
        """Take back all that this writer wrote."""
        self._file.flush()
        self._file.truncate(self._start)

    def close(self) -> None:
        """Sync to disk; ServerBusy when the disk would not take it."""
        try:
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ServerBusy("disk refuses") from error


def _size_of(part: Path) -> int:
    return int(part.name.split(".")[1])


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # NTFS journals the rename; a folder cannot be opened for syncing there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
