"""Which files of a watched folder may go: those whose every page the caller has made durable."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import stat_result
from pathlib import Path


def file_identity(status: stat_result) -> tuple[int, int, int]:
    """Return what changes when a file is replaced or written to: size, time of change, inode."""
    return status.st_size, status.st_mtime_ns, status.st_ino


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    pages: int
    identity: tuple[int, ...]
    whole: bool


class SourceLedger:
    """Counts pages delivered and acknowledged per file; removes a file when nothing is owed."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = frozenset(folder.absolute() for folder in folders)
        self._lock = threading.Lock()
        self._source_of: dict[int, int] = {}
        self._acknowledged: defaultdict[int, set[int]] = defaultdict(set)
        self._sources: dict[int, _Source] = {}

    def delivered(self, sequence: int, source: int) -> None:
        """Note that a page came from a file."""
        with self._lock:
            self._source_of[sequence] = source

    def complete(
        self, source: int, path: Path, *, pages: int, identity: tuple[int, ...], whole: bool
    ) -> None:
        """Note that a file has given all it has.

        Raises:
            ValueError: the driver names a file outside the watched folders.
        """
        if path.absolute().parent not in self._folders:
            raise ValueError("a file outside the watched folders")
        with self._lock:
            self._sources[source] = _Source(path, pages, identity, whole)
            self._remove_if_done(source)  # a quick caller may have acknowledged every page by now

    def acknowledge(self, sequences: Iterable[int]) -> int:
        """Remove files whose pages are all acknowledged; return how many went."""
        removed = 0
        with self._lock:
            touched = set()
            for sequence in sequences:
                if (source := self._source_of.get(sequence)) is not None:
                    self._acknowledged[source].add(sequence)
                    touched.add(source)
            for source in touched:
                removed += self._remove_if_done(source)
        return removed

    def _remove_if_done(self, source: int) -> bool:
        known = self._sources.get(source)
        if known is None or not known.whole or len(self._acknowledged[source]) < known.pages:
            return False
        try:
            if file_identity(known.path.lstat()) != known.identity:
                return False
            known.path.unlink()
        except OSError:
            return False
        del self._sources[source]
        return True
