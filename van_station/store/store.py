"""The machine's store: one encrypted database and one folder of sealed bodies."""

import contextlib
import hashlib
import hmac
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from sync.changes import DELETED, Change
from sync.clock import HybridClock
from sync.merge import VersionVector, edited_unseen, in_conflict, shown
from van_station.records import CRITICAL_FIELDS, StoredFile
from van_station.store import audit, ledger
from van_station.store.blobs import BlobStore
from van_station.store.connections import meaning, reading_engine, writing_engine
from van_station.store.errors import (
    StoreClosed,
    StoreDamaged,
    StoreLocked,
    of_os_error,
)
from van_station.store.folders import OwnerLock, make_private, write_durably
from van_station.store.ledger import Ledger
from van_station.store.migrate import SCHEMA, migrate
from van_station.store.unit import UnitOfWork
from van_station.store.verify import VerifyReport, verify

DATABASE = "store.db"
BLOBS = "blobs"
LOCK = "store.lock"
KEY_CHECK = "store.check"
_LOG = logging.getLogger(__name__)

Listener = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with several values that nobody has chosen from.

    Attributes:
        field: column name; `sync.changes.DELETED` for a deleted record that holds an edit its deleter had not
            seen.
        heads: the concurrent changes, the one shown first. `settle` resolves them.
        critical: submission waits for a person's choice.
    """

    kind: str
    record_id: str
    field: str
    heads: tuple[Change, ...]
    critical: bool


class Store:
    """Made by `Store.open`; safe to use from several threads.

    Attributes:
        blobs: sealed bodies, named by hash.
        site_id: this machine.
        folder: where it all lies.
    """

    blobs: BlobStore
    site_id: str
    folder: Path

    def __init__(self, folder: Path, key: bytes, *, site_id: str, now: Callable[[], datetime]) -> None:
        """Use `open`."""
        self.folder = folder
        self.site_id = site_id
        self._now = now
        self._path = folder / DATABASE
        self._key = key
        self._turn = threading.Lock()
        self._turn_of = 0
        self._listeners: list[Listener] = []
        self._closed = False
        self._lock = OwnerLock(folder / LOCK)

    @classmethod
    def open(
        cls,
        folder: Path,
        key: bytes,
        *,
        site_id: str,
        sign: Callable[[bytes], bytes],
        now: Callable[[], datetime],
    ) -> "Store":
        """Open the store of a folder, made when missing; brings its tables up to date.

        Args:
            folder: this machine's alone.
            key: 32 bytes, `DeviceKeys.store_key()`.
            site_id: this machine, lower-case hex.
            sign: Ed25519 of this machine, for its changes.
            now: aware wall clock.

        Raises:
            StoreBusy: another process owns it.
            StoreLocked: not its key.
            StoreDamaged: the key is right and the file is not.
            StoreNewer: written by a newer version of this program.
            StoreFull, StoreReadOnly, StoreTrouble: the disk.
        """
        try:
            make_private(folder)
            store = cls(folder, key, site_id=site_id, now=now)
        except OSError as error:
            raise of_os_error(error) from error
        try:
            with _translated():
                store._start(sign)
        except BaseException:
            store._lock.release()
            raise
        return store

    def _start(self, sign: Callable[[bytes], bytes]) -> None:
        try:
            _check_key(self.folder, self._key)
            self.blobs = BlobStore(self.folder / BLOBS)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise of_os_error(error) from error
        self._writer: Engine = writing_engine(self._path, self._key)
        self._readers: Engine = reading_engine(self._path, self._key)
        try:
            with self._writer.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute("PRAGMA journal_mode = WAL")
            migrate(self._writer, self._path)
            with self._writer.begin() as connection:
                last = ledger.tail(connection, self.site_id).stamp
                clock = HybridClock(lambda: int(self._now().timestamp() * 1000), last)
                self._ledger = Ledger(self.site_id, sign, clock, SCHEMA)
                self._ledger.observe_all(connection)
        except BaseException:
            self._writer.dispose()
            self._readers.dispose()
            raise

    @contextlib.contextmanager
    def unit(self, actor_id: str, act: str, subject: tuple[str, str]) -> Iterator[UnitOfWork]:
        """Do one act in one transaction; once this returns it survives a power cut, and listeners are told.

        Units of all threads come one after another. An exception inside undoes all of it. Units do not nest.

        Args:
            actor_id: user id.
            act: code of the act, e.g. `ticket.call`.
            subject: (kind, id) of the thing that it is about.

        Raises:
            StoreClosed, StoreFull, StoreReadOnly, StoreTrouble, StoreDamaged, ConstraintBroken: nothing kept.
            AuditRefused: actor, act or subject is not a code.
        """
        audit.check_codes(actor_id, act, *subject)
        with self._my_turn():
            with _translated(), self._writer.begin() as connection:
                work = UnitOfWork(connection, self._ledger, self.blobs, self._now(), actor_id)
                try:
                    yield work
                    work.finish(act, subject)
                finally:
                    work.session.close()
            changed = frozenset(work.changed)
        self._tell(changed)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a read-only session on one snapshot; never waits for a unit. Rows stay usable afterwards.

        Raises:
            StoreReadOnly: something was written in it.
        """
        self._require_open()
        with (
            _translated(),
            self._readers.connect() as connection,
            Session(connection, autoflush=False, expire_on_commit=False) as session,
        ):
            yield session

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Have `callback` called with the kinds of things changed after each unit, in that unit's thread.

        Returns:
            A function that ends it.
        """
        self._listeners = [*self._listeners, callback]

        def stop() -> None:
            self._listeners = [other for other in self._listeners if other is not callback]

        return stop

    def conflicts(self, kind: str, record_id: str) -> tuple[Conflict, ...]:
        """Return the fields of a record that hold several values, critical ones first."""
        with self.reading() as session:
            cells = ledger.heads_of(session.connection(), kind, record_id)
        open_fields = {field for field, heads in cells.items() if in_conflict(heads)}
        if edited_unseen(cells.get(DELETED, frozenset()), cells.values()):
            open_fields.add(DELETED)
        found = []
        for field in open_fields:
            first = shown(cells[field])
            others = sorted(cells[field] - {first}, key=lambda head: head.stamp, reverse=True)
            is_critical = (kind, field) in CRITICAL_FIELDS
            found.append(Conflict(kind, record_id, field, (first, *others), is_critical))
        return tuple(sorted(found, key=lambda conflict: (not conflict.critical, conflict.field)))

    def vector(self) -> VersionVector:
        """Return the last change held of each site."""
        with self.reading() as session:
            return ledger.vector(session.connection())

    def changes_after(self, known: Mapping[str, int], *, limit: int) -> list[Change]:
        """Return at most `limit` changes that a holder of `known` lacks, each site's in order."""
        with self.reading() as session:
            return ledger.changes_after(session.connection(), known, limit=limit)

    def sweep_blobs(self) -> int:
        """Remove blobs that no row keeps, of earlier runs only; returns how many.

        A removed file has no key any more: its body is of no use to anybody.
        """
        with self.reading() as session:
            kept = select(col(StoredFile.blob_id)).where(col(StoredFile.removed).is_(False))
            known = frozenset(session.exec(kept).all())
        return self.blobs.sweep(known)

    def truncate_log(self) -> None:
        """Move all pages out of the write-ahead log: after dropping local keys, no old page holds them."""
        with self._my_turn(), _translated(), self._writer.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def verify(self, *, public_keys: Mapping[str, bytes] | None = None) -> VerifyReport:
        """Check both chains, rows against heads, every page, and the blobs that rows name.

        Args:
            public_keys: of sites whose signatures are to be checked too.
        """
        with self._my_turn(), _translated():
            return verify(self._writer, self._path, self._key, self.site_id, self.blobs, public_keys or {})

    def close(self) -> None:
        """Finish the running unit, forget the key, let others own the store. Twice is once."""
        if self._turn_of == threading.get_ident():
            raise RuntimeError("not inside a unit")
        with self._turn:
            if self._closed:
                return
            self._closed = True
            self._readers.dispose()
            self._writer.dispose()
            self._key = b""
            self._lock.release()

    def __repr__(self) -> str:
        return f"<Store of {self.site_id[:8]}>"

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn_of == threading.get_ident():
            raise RuntimeError("units do not nest")
        with self._turn:
            self._require_open()
            self._turn_of = threading.get_ident()
            try:
                yield
            finally:
                self._turn_of = 0

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosed("the store is closed")

    def _tell(self, changed: frozenset[str]) -> None:
        if not changed:
            return
        for listener in self._listeners:
            try:
                listener(changed)
            except Exception as error:  # noqa: BLE001  -- a screen must not undo what is kept
                _LOG.error("a listener failed: %s", type(error).__name__)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise meaning(error) from error


def _check_key(folder: Path, key: bytes) -> None:
    """Tell a wrong key from a damaged file, which SQLCipher cannot: by an HMAC that needs the whole key."""
    expected = hmac.digest(key, b"van-station store check 1", hashlib.sha256).hex().encode()
    path = folder / KEY_CHECK
    if path.exists():
        if not hmac.compare_digest(path.read_bytes()[:100], expected):
            raise StoreLocked("not this store's key")
    elif (folder / DATABASE).exists():
        raise StoreDamaged("the key check is missing")
    else:
        fresh = folder / f".{KEY_CHECK}.new"
        fresh.unlink(missing_ok=True)
        write_durably(path, expected, fresh=fresh)
