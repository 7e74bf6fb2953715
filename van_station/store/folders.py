"""Files that survive a power cut, and the lock that makes one process the store's owner."""

import os
import sys
from pathlib import Path
from weakref import WeakSet

from van_station.store.errors import StoreBusy


def make_private(folder: Path) -> None:
    """Make `folder` with all above it; what we make is readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; nothing to do where folders cannot be opened (Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes | memoryview, *, fresh: Path) -> None:
    """Write `data` to `fresh` in the same folder, fsync, rename to `path`, fsync the folder.

    On an OSError nothing is left under either name that was not there before.
    """
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


class OwnerLock:
    """Makes this process the only owner; the kernel releases it when the process ends, however it ends.

    Raises:
        StoreBusy: somebody else owns it.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            raise StoreBusy("another process owns this store") from error
        _HELD.add(self)

    def release(self) -> None:
        """Let others own it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            _HELD.discard(self)


_HELD: "WeakSet[OwnerLock]" = WeakSet()


def _let_go_in_child() -> None:
    """Close the locks in a forked child, or a scanner's child would keep its dead parent's store locked."""
    for lock in list(_HELD):
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
