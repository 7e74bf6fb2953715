"""The gateway's SQLite file: one writer at a time, an answer only after a synced commit."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sync.errors import SyncError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS enrolment_code (code_hash TEXT PRIMARY KEY, site TEXT) STRICT;
CREATE TABLE IF NOT EXISTS site (
  site TEXT PRIMARY KEY, public_key BLOB NOT NULL, enrolled_at TEXT NOT NULL,
  latest_ms INTEGER NOT NULL DEFAULT 0, skew_ms INTEGER NOT NULL DEFAULT 0, last_contact TEXT,
  held_seq INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS nonce (
  site TEXT NOT NULL, nonce TEXT NOT NULL, time_ms INTEGER NOT NULL,
  PRIMARY KEY (site, nonce)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
  site TEXT NOT NULL, seq INTEGER NOT NULL, digest TEXT NOT NULL, previous TEXT NOT NULL,
  body BLOB NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY (site, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hole (
  site TEXT NOT NULL, seq INTEGER NOT NULL, code TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (site, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS submission (
  dossier_id TEXT NOT NULL, version INTEGER NOT NULL, manifest TEXT NOT NULL, at TEXT NOT NULL,
  receipt TEXT, PRIMARY KEY (dossier_id, version)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
  key TEXT PRIMARY KEY, dossier_id TEXT NOT NULL, version INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, official_code TEXT, status INTEGER, refused TEXT) STRICT;
CREATE TABLE IF NOT EXISTS feed (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS platform_cursor (
  one INTEGER PRIMARY KEY CHECK (one = 1), cursor INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO platform_cursor VALUES (1, 0);
"""


KEY_BYTES = 32


class StoreKeyRefused(SyncError):
    """The gateway's database does not open with this key, or no cipher is installed for it."""

    code = "sync.store_key_refused"


class Database:
    """One connection that threads take in turn; every transaction is BEGIN IMMEDIATE.

    Args:
        path: the file; made when absent.
        schema: statements that may run at every start.
        key: 32 bytes: the file is encrypted (SQLCipher, optional dependency sqlcipher3); b"": it is not.

    Raises:
        StoreKeyRefused: see there.
    """

    def __init__(self, path: Path, schema: str = _SCHEMA, *, key: bytes = b"") -> None:
        self._turn = threading.RLock()
        self._connection = _connect(path, key)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA fullfsync=1")
        self._connection.execute("PRAGMA checkpoint_fullfsync=1")
        self._connection.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block did, synced to disk, or none of it."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read outside a transaction."""
        with self._turn:
            yield self._connection

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()


def _connect(path: Path, key: bytes) -> sqlite3.Connection:
    driver: Any = sqlite3
    if key:
        driver = _cipher_driver(key)
    connection = driver.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
    connection.row_factory = driver.Row
    if key:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
        except driver.DatabaseError as error:
            connection.close()
            raise StoreKeyRefused("the database does not open with this key") from error
    return connection  # type: ignore[no-any-return]  # sqlcipher3 has the same interface


def _cipher_driver(key: bytes) -> Any:
    if len(key) != KEY_BYTES or find_spec("sqlcipher3") is None:
        raise StoreKeyRefused("no 32-byte key, or sqlcipher3 is not installed")
    from sqlcipher3 import dbapi2  # noqa: PLC0415  -- optional

    return dbapi2
