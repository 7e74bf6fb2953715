"""Connections to the encrypted database, and what its errors mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from van_station.store.errors import (
    ConstraintBroken,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTrouble,
)

KEY_BYTES = 32
_BUSY_MS = 10_000
_READERS = 4
_MEANINGS: dict[int, tuple[type[StoreError], str]] = {
    5: (StoreBusy, "another connection is writing"),  # SQLITE_BUSY
    8: (StoreReadOnly, "cannot write"),  # SQLITE_READONLY
    10: (StoreTrouble, "the disk failed"),  # SQLITE_IOERR
    11: (StoreDamaged, "a page is damaged"),  # SQLITE_CORRUPT
    13: (StoreFull, "no space left"),  # SQLITE_FULL
    14: (StoreTrouble, "cannot open the database"),  # SQLITE_CANTOPEN
    26: (StoreDamaged, "not a database"),  # SQLITE_NOTADB
}


def connector(path: Path, key: bytes, *, read_only: bool) -> Callable[[], Any]:
    """Return a function that opens one keyed connection.

    The raw key skips SQLCipher's own derivation (77 ms a connection); ours is Argon2id, once, outside.
    """
    pragmas = [
        *_cipher(key),
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "foreign_keys = ON",
        "secure_delete = ON",
        "cache_size = -32768",
        "synchronous = FULL",
        "fullfsync = ON",
        "checkpoint_fullfsync = ON",
        "wal_autocheckpoint = 500",  # a short log stays in the caches: a commit costs a tenth less
        *(["query_only = ON"] if read_only else []),
    ]

    return lambda: _connected(path, pragmas)


def bare_connection(path: Path, key: bytes) -> Any:
    """Return a connection that has read no page yet: for looking at pages one of which may be damaged."""
    return _connected(path, _cipher(key))


def _cipher(key: bytes) -> list[str]:
    if len(key) != KEY_BYTES:
        raise ValueError("a store key has 32 bytes")
    return [
        "cipher_log_level = NONE",
        "cipher_memory_security = OFF",  # ON: 1.4 ms more a save (measured); keys are wiped either way
        f"key = \"x'{key.hex()}'\"",
        "cipher_page_size = 2048",  # a commit seals and authenticates whole pages: smaller ones cost less
        "cipher_hmac_algorithm = HMAC_SHA256",  # the default SHA-512 makes a commit a tenth dearer (measured)
    ]


def _connected(path: Path, pragmas: list[str]) -> Any:
    connection = sqlcipher.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000
    )
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except sqlcipher.Error:
        connection.close()
        raise
    return connection


def writing_engine(path: Path, key: bytes) -> Engine:
    """Return the engine of the one writing connection; every transaction is BEGIN IMMEDIATE."""
    return _engine(connector(path, key, read_only=False), size=1, overflow=0, begin="BEGIN IMMEDIATE")


def reading_engine(path: Path, key: bytes) -> Engine:
    """Return the engine of the reading connections; a transaction is one snapshot."""
    return _engine(connector(path, key, read_only=True), size=_READERS, overflow=8, begin="BEGIN")


def _engine(connect: Callable[[], Any], *, size: int, overflow: int, begin: str) -> Engine:
    """Return an engine that begins by itself: the driver's own way commits half a migration (measured)."""
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=overflow,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def meaning(error: DBAPIError) -> StoreError:
    """Return ours for a database error; the original stays its cause, without parameters."""
    if isinstance(error, IntegrityError):
        return ConstraintBroken("a required value is missing, or one is repeated")
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    kind, text = _MEANINGS.get(code, (StoreError, "the database refused"))
    return kind(text)
