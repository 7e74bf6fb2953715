"""Sealed bodies as files named by their hash: written once, never changed."""

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from van_station.store.errors import BlobDamaged, BlobMissing, BlobTooLarge, of_os_error
from van_station.store.folders import make_private, sync_folder, write_durably

MAX_BLOB_BYTES = 640 * 1024 * 1024
_BLOB_ID = re.compile(r"[0-9a-f]{64}")
_FRESH = ".new-"


class BlobStore:
    """A folder of 256 folders of blobs.

    Args:
        folder: made when missing, mode 0700.
        max_bytes: bound for one blob, on writing and on reading.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BLOB_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._opened_at = time.time()
        self._put_here: set[str] = set()
        make_private(folder)

    def put(self, body: bytes) -> str:
        """Keep `body`; it survives a power cut once this returns. The same body twice is one blob.

        Returns:
            Its id, hex SHA-256.

        Raises:
            BlobTooLarge: beyond the bound.
            StoreFull, StoreReadOnly, StoreTrouble: nothing was kept.
        """
        if len(body) > self._max_bytes:
            raise BlobTooLarge("blob is too large")
        blob_id = hashlib.sha256(body).hexdigest()
        self._put_here.add(blob_id)
        path = self._path(blob_id)
        if self._is_whole(blob_id):
            return blob_id
        try:
            if not path.parent.exists():
                make_private(path.parent)
                sync_folder(self._folder)
            write_durably(path, body, fresh=path.parent / f"{_FRESH}{uuid4().hex}")
        except OSError as error:
            raise of_os_error(error) from error
        return blob_id

    def get(self, blob_id: str) -> bytes:
        """Return the body, checked against its id.

        Raises:
            BlobMissing: no such blob here, or not an id.
            BlobDamaged: the bytes do not hash to the id, or are beyond the bound.
        """
        with self.open(blob_id) as file:
            body = file.read(self._max_bytes + 1)
        if len(body) > self._max_bytes or hashlib.sha256(body).hexdigest() != blob_id:
            raise BlobDamaged("blob does not hash to its id")
        return body

    def open(self, blob_id: str) -> BinaryIO:
        """Return the body as a file for sending, hash unchecked; BlobMissing if it is not here."""
        try:
            return self._path(blob_id).open("rb")
        except FileNotFoundError as error:
            raise BlobMissing("no such blob here") from error
        except OSError as error:
            raise of_os_error(error) from error

    def size(self, blob_id: str) -> int:
        """Return the body's size in bytes; BlobMissing if it is not here."""
        with self.open(blob_id) as file:
            return os.fstat(file.fileno()).st_size

    def exists(self, blob_id: str) -> bool:
        """Whether the blob is here, unread; False for what is not an id."""
        return _BLOB_ID.fullmatch(blob_id) is not None and self._path(blob_id).is_file()

    def discard(self, blob_id: str) -> None:
        """Remove a blob that the platform holds; gone for good on return, also when it was not here."""
        path = self._path(blob_id)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def sweep(self, known: AbstractSet[str]) -> int:
        """Remove orphans: blobs that no row names, and half-written files, of earlier runs only.

        A blob is put before the row that names it commits; so nothing that this run has put is touched.

        Args:
            known: every blob id that a row names.

        Returns:
            How many files were removed.
        """
        removed = 0
        for path in self._files():
            is_ours = path.name in known or path.name in self._put_here
            if not is_ours and path.stat().st_mtime < self._opened_at:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def ids(self) -> Iterator[str]:
        """Yield the ids of all blobs here."""
        return (path.name for path in self._files() if _BLOB_ID.fullmatch(path.name))

    def _files(self) -> Iterator[Path]:
        for shard in self._folder.iterdir():
            if shard.is_dir():
                yield from shard.iterdir()

    def _is_whole(self, blob_id: str) -> bool:
        try:
            self.get(blob_id)
        except (BlobMissing, BlobDamaged):
            return False
        return True

    def _path(self, blob_id: str) -> Path:
        if not _BLOB_ID.fullmatch(blob_id):
            raise BlobMissing("not a blob id")
        return self._folder / blob_id[:2] / blob_id
