"""The gateway's SQLite file: one writer at a time, an answer only after a synced commit."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


class Database:
    """One connection that threads take in turn; every transaction is BEGIN IMMEDIATE.

    Args:
        path: the file; made when absent.
        schema: statements that may run at every start.
    """

    def __init__(self, path: Path, schema: str = _SCHEMA) -> None:
        self._turn = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
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
