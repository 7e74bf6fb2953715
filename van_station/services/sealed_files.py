"""Sealed files of dossiers: sealed before a row names them, opened in memory only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from van_station.records.dossiers import StoredFile
from van_station.security import SealContext, Sealer, SecurityError
from van_station.services.clock import Clock
from van_station.services.errors import NotFound, Refused
from van_station.store import Store, UnitOfWork


@dataclass(frozen=True)
class Content:
    """What is to be sealed, and as what."""

    plain: bytes = field(repr=False)
    media_type: str
    page_count: int
    role: str
    sequence: int


@dataclass(frozen=True)
class Seal:
    """Whom files are sealed for. Both raise Refused (station.not_enrolled) while that is not known."""

    tenant: Callable[[], str]
    sealer: Callable[[], Sealer]


class SealedFiles:
    """Seals and opens; rows are saved by the caller's unit."""

    def __init__(self, store: Store, clock: Clock, seal: Seal) -> None:
        self._store = store
        self._clock = clock
        self._seal = seal

    def require_ready(self) -> None:
        """Raise Refused (station.not_enrolled) now rather than after the first page was pulled in."""
        self._seal.sealer()

    def seal(self, actor_id: str, dossier_id: str, component_id: str, content: Content) -> StoredFile:
        """Seal a file durably and return the row that will name it."""
        row = StoredFile(
            dossier_id=dossier_id,
            component_id=component_id,
            blob_id="",
            media_type=content.media_type,
            size_bytes=0,
            page_count=content.page_count,
            plain_sha256=hashlib.sha256(content.plain).hexdigest(),
            sealed_at=self._clock.now(),
            created_by=actor_id,
            role=content.role,
            sequence=content.sequence,
        )
        sealed = self._seal.sealer().seal(content.plain, self._context(row))
        row.blob_id = self._store.blobs.put(sealed.body)
        row.size_bytes, row.local_key = len(sealed.body), sealed.local_key
        return row

    def open(self, row: StoredFile) -> bytes:
        """Return a file's content.

        Raises:
            Refused: file.not_openable (its key was dropped), file.damaged.
            StoreError: store.blob_missing, store.blob_damaged.
        """
        if row.local_key is None:
            raise Refused("file.not_openable")
        try:
            body = self._store.blobs.get(row.blob_id)
            return self._seal.sealer().open(body, row.local_key, self._context(row))
        except SecurityError as error:
            raise Refused("file.damaged") from error

    def discard(self, blob_ids: Sequence[str]) -> None:
        """Remove bodies nobody can open; what a kill leaves behind is swept at the next start."""
        for blob_id in blob_ids:
            self._store.blobs.discard(blob_id)

    def _context(self, row: StoredFile) -> SealContext:
        return SealContext(self._seal.tenant(), row.dossier_id, row.id)


def let_go(unit: UnitOfWork, row_ids: Sequence[str]) -> list[str]:
    """Drop the files' keys, so that their bodies can't be opened any more; return the bodies to discard."""
    gone = []
    for row_id in row_ids:
        row = unit.session.get(StoredFile, row_id)
        if row is not None:
            row.removed, row.local_key = True, None
            unit.save(row)
            gone.append(row.blob_id)
    return gone


def file_row(session: Session, file_id: str) -> StoredFile:
    """Return a file's row; NotFound when it is not here or was removed."""
    row = session.get(StoredFile, file_id)
    if row is None or row.removed:
        raise NotFound
    return row
