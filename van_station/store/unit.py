"""The one write path: row, change log, outbox mark and audit line commit together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, col, select

from sync.canonical import JsonValue
from sync.changes import DELETED, Change
from van_station.records import KINDS, OutboxItem, Record, Row, StoredFile, kind_of
from van_station.store import audit
from van_station.store.blobs import BlobStore
from van_station.store.capture import captured, mark_edited_json, refuse_stale, touched_kinds
from van_station.store.errors import BlobMissing
from van_station.store.ledger import Cell, Ledger
from van_station.store.rows import materialise
from van_station.store.values import to_json

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of others' changes.

    Attributes:
        new: how many were merged.
        waiting: those that lack a change before them; not kept, ask for them again.
    """

    new: int
    waiting: tuple[Change, ...]


class UnitOfWork:
    """One act of one person, in one transaction. Made by `Store.unit`.

    Read rows through `session` in the same unit, change them, and `save` them; whatever the session
    writes is captured as changes, also rows that were not named to `save`.

    Attributes:
        session: rows are read and found here. Bulk UPDATE, DELETE and INSERT statements are refused.
        changed: kinds of things written so far.
        now: the moment of the act.
    """

    def __init__(
        self, connection: Connection, ledger: Ledger, blobs: BlobStore, now: datetime, actor_id: str
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._blobs = blobs
        self._actor_id = actor_id
        self._cells: dict[Cell, JsonValue] = {}
        self._details: dict[str, str | int] = {}
        self.now = now
        self.changed: set[str] = set()
        self.session = Session(connection, expire_on_commit=False)
        event.listen(self.session, "before_flush", self._capture)
        event.listen(self.session, "do_orm_execute", _refuse_bulk)

    def add(self, row: R) -> R:
        """Keep a new row, or a changed one; the same as `save`."""
        return self.save(row)

    def save(self, row: R) -> R:
        """Keep a row; at the end of the unit each changed replicated column becomes a change.

        A row that was read in another session is taken in if what it replaces is still as it was read.

        Raises:
            StaleRow: somebody else has changed one of these values; read the row again.
            BlobMissing: a stored file whose blob has not been put first.
        """
        if inspect(row).detached:
            refuse_stale(self.session, row)
        self.session.add(row)
        mark_edited_json(self.session, row)
        if isinstance(row, StoredFile):
            self._require_blob(row)
        return row

    def erase(self, row: Record) -> None:
        """Remove a row everywhere: a tombstone, which keeps others' unseen edits findable."""
        if inspect(row).detached:
            refuse_stale(self.session, row)
        self.session.delete(row)

    def settle(self, row: Record, field: str, value: Any) -> None:
        """Write a person's choice among the values of a conflict, also when it is the value shown."""
        setattr(row, field, value)
        self.save(row)
        self._cells[kind_of(row), row.id, field] = to_json(value)
        self.changed.add(kind_of(row))

    def settle_deleted(self, kind: str, record_id: str, *, deleted: bool) -> None:
        """Write a person's choice about a deleted record that holds an edit its deleter had not seen."""
        self._cells[kind, record_id, DELETED] = deleted
        self._write_ledger()
        if materialise(self._connection, kind, record_id):
            self.changed.add(kind)
        self.session.expire_all()

    def note(self, details: dict[str, str | int]) -> None:
        """Add codes and counts to the audit line; AuditRefused for what may be personal data."""
        audit.check_details(details)
        self._details.update(details)

    def enqueue(self, kind: str, ref_id: str, dossier_id: str | None, *, urgent: bool = False) -> OutboxItem:
        """Mark something to be sent. What waits already for the same thing is used again."""
        waiting = select(OutboxItem).where(
            OutboxItem.kind == kind, OutboxItem.ref_id == ref_id, OutboxItem.state == "waiting"
        )
        item = self.session.exec(waiting.order_by(col(OutboxItem.created_at)).limit(1)).first()
        if item is None:
            item = OutboxItem(kind=kind, ref_id=ref_id, dossier_id=dossier_id, created_at=self.now)
        item.urgent = item.urgent or urgent
        return self.save(item)

    def apply_remote(self, changes: Sequence[Change]) -> Received:
        """Merge other machines' changes, whose signatures the caller has verified (`sync.changes.verify`).

        Rows show the newest head of each field; concurrent values stay as conflicts. What this version
        does not know is kept and passed on. Local tables and columns are never written.

        Raises:
            ChangeForked, ChainBroken: of `sync.errors`; nothing of this unit is kept.
        """
        self._write_ledger()
        new, waiting = self._ledger.receive(self._connection, changes)
        for entity, record_id in dict.fromkeys((change.entity, change.record_id) for change in new):
            if materialise(self._connection, entity, record_id):
                self.changed.add(entity)
        self.session.expire_all()
        return Received(len(new), tuple(waiting))

    def finish(self, act: str, subject: tuple[str, str]) -> None:
        """Write what is left, the changes, and the audit line. For the store."""
        last_change = self._write_ledger()
        audit.append(
            self._connection,
            self.now,
            actor_id=self._actor_id,
            act=act,
            subject=subject,
            details=self._details,
            last_change=last_change,
        )

    def _write_ledger(self) -> int:
        self.session.flush()
        last_change = self._ledger.write(self._connection, self._cells, self._actor_id)
        self._cells.clear()
        return last_change

    def _capture(self, session: Session, *_: object) -> None:
        self.changed |= touched_kinds(session)
        for row in session.new:
            if isinstance(row, StoredFile):
                self._require_blob(row)
            if isinstance(row, Record) and kind_of(row) in KINDS and self._was_erased(row):
                self._cells[kind_of(row), row.id, DELETED] = False
        for cell, value in captured(session):
            self._cells.pop(cell, None)
            self._cells[cell] = value

    def _was_erased(self, row: Record) -> bool:
        found = self._connection.exec_driver_sql(
            "SELECT 1 FROM field_head WHERE entity=? AND record_id=? AND field=? LIMIT 1",
            (kind_of(row), row.id, DELETED),
        )
        return found.first() is not None

    def _require_blob(self, row: StoredFile) -> None:
        """A row must never name a blob that is not on disk yet: put first, then save."""
        if (
            not row.removed
            and not self._blobs.exists(row.blob_id)
            and inspect(row).attrs.blob_id.history.added
        ):
            raise BlobMissing("put the blob before the row that names it")


def _refuse_bulk(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise TypeError("bulk statements would bypass the change log: save rows one by one")
