"""What a durable commit costs: SQLCipher against plain SQLite, and a whole unit of work.

The peer gets the store's own tables and indexes, the same pragmas but the key, and the same rows.
"""

from __future__ import annotations

import cProfile
import pstats
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.bench.measuring import Figure, Sample, Spread, duel, timed
from van_station.records import Ticket
from van_station.security import Signer, new_signing_key
from van_station.store import Store
from van_station.store.connections import connector

BAR = 1.25
_KEY = bytes(range(32))
_SITE = "5a17e0"
_DELETE_HEAD = "DELETE FROM field_head WHERE entity=? AND record_id=? AND field=?"
_PARTS = (
    ("signatures", "security/signing.py", "sign"),
    ("change log and heads", "store/ledger.py", "write"),
    ("ORM flush", "orm/session.py", "flush"),
    ("audit line", "store/audit.py", "append"),
    ("commit", "engine/default.py", "do_commit"),
)
"""Shown name, end of the file's path, function; signatures are within the change log."""
_PEER_PRAGMAS = (
    "journal_mode = WAL",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cache_size = -32768",
    "synchronous = FULL",
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
)


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of commits and units of work."""
    rounds = 3 if quick else 30
    signer = Signer.from_private(new_signing_key())
    store = Store.open(folder / "ours", _KEY, site_id=_SITE, sign=signer.sign, now=lambda: datetime.now(UTC))
    try:
        path = folder / "ours" / "store.db"
        schema = _schema(path)
        units = _Units(store, path)
        return [
            *_one_row(folder, schema, rounds),
            *_whole_unit("new ticket", units.new, units, folder, schema, rounds),
            *_whole_unit("5 fields changed", units.change, units, folder, schema, rounds),
        ]
    finally:
        store.close()


def _schema(path: Path) -> list[str]:
    with connector(path, _KEY, read_only=True)() as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE '%_index_%' "  # the pieces of a word index come with it
            "ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END"
        )
        return [sql for (sql,) in rows]


def _plain(path: Path, schema: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _PEER_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for statement in schema:
        connection.execute(statement)
    return connection


def _ciphered(path: Path, schema: Sequence[str]) -> Any:
    connection = connector(path, _KEY, read_only=False)()
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in schema:
        connection.execute(statement)
    return connection


# ------------------------------------------------------------------ one row
def _one_row(folder: Path, schema: Sequence[str], rounds: int) -> list[Figure]:
    """Compare elapsed time (for the bar) and processor time, which other programs' work does not change."""
    ours, peer = _ciphered(folder / "row.ours", schema), _plain(folder / "row.peer", schema)
    names = [row[1] for row in peer.execute("PRAGMA table_info(ticket)")]
    statement = f"INSERT INTO ticket ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

    def commit_on(connection: Any, clock: Callable[[], float]) -> Sample:
        def commit() -> float:
            row = [uuid4().hex if name == "id" else 7 if name in _NUMBERS else "text" for name in names]
            start = clock()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(statement, row)
            connection.execute("COMMIT")
            return clock() - start

        return commit

    clocks = {"": time.perf_counter, ", processor time": time.thread_time}
    figures = [
        duel(
            f"commit: one row, SQLCipher{name}",
            commit_on(ours, clock),
            commit_on(peer, clock),
            rounds=rounds,
            each=15,
            bar=None if name else BAR,
            note="peer: plain sqlite3, same pragmas, table, indexes, statement",
        )
        for name, clock in clocks.items()
    ]
    ours.close()
    peer.close()
    return figures


_NUMBERS = frozenset({"number", "times_called"})


# ------------------------------------------------------------------ a unit of work
@dataclass(frozen=True)
class _Written:
    """The rows that one unit left behind."""

    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    heads: tuple[tuple[Any, ...], ...]
    replaced: tuple[tuple[Any, ...], ...]


class _Units:
    """Does units of work, and tells what the last one wrote."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._reader = connector(path, _KEY, read_only=True)()
        self._ticket_id = ""
        self._changes = self._lines = 0
        self._count = 0

    def new(self) -> None:
        """Keep a ticket that has all that intake knows."""
        self._count += 1
        ticket = Ticket(
            trip_id=uuid4().hex,
            lane="digitise",
            number=self._count,
            label=f"C{self._count:03d}",
            person_id=uuid4().hex,
            need="digitise",
            procedure_code="1.001193",
            priority_group="NCT",
            status="waiting",
            created_at=datetime.now(UTC),
            created_by=uuid4().hex,
        )
        self._ticket_id = ticket.id
        with self._store.unit("u1", "bench.new", ("ticket", ticket.id)) as unit:
            unit.save(ticket)
            unit.note({"lane": ticket.lane})

    def change(self) -> None:
        """Call the last ticket once more."""
        if not self._ticket_id:
            self.new()
        with self._store.unit("u1", "bench.call", ("ticket", self._ticket_id)) as unit:
            row = unit.session.get_one(Ticket, self._ticket_id)
            row.status = "waiting" if row.status == "called" else "called"
            row.called_at = datetime.now(UTC)
            row.times_called += 1
            row.counter = f"Quầy {row.times_called}"
            row.served_by = uuid4().hex
            unit.save(row)
            unit.note({"ticket": row.label})

    def written(self) -> _Written:
        """Return the rows written since this was asked last."""
        read = self._reader.execute
        changes = read("SELECT * FROM change_log WHERE seq > ? ORDER BY seq", (self._changes,)).fetchall()
        lines = read("SELECT * FROM audit_line WHERE seq > ? ORDER BY seq", (self._lines,)).fetchall()
        ticket = read("SELECT * FROM ticket WHERE id = ?", (self._ticket_id,)).fetchall()
        heads = read("SELECT * FROM field_head WHERE seq > ?", (self._changes,)).fetchall()
        self._changes += len(changes)
        self._lines += len(lines)
        rows = [("ticket", row) for row in ticket]
        rows += [("change_log", row) for row in changes] + [("audit_line", row) for row in lines]
        replaced = read(
            "SELECT entity, record_id, field FROM change_log WHERE seq > ? AND replaces <> '[]'",
            (self._changes - len(changes),),
        ).fetchall()
        return _Written(tuple(rows), tuple(heads), tuple(replaced))


def _whole_unit(
    name: str, act: Callable[[], None], units: _Units, folder: Path, schema: Sequence[str], rounds: int
) -> list[Figure]:
    """Compare a unit with its rows written raw, plain and encrypted; only writing them is timed."""
    plain = _plain(folder / f"{name}.plain", schema)
    ciphered = _ciphered(folder / f"{name}.cipher", schema)
    encrypted_s: list[float] = []
    last: list[_Written] = []

    def replay() -> float:
        units.written()
        act()
        last[:] = [units.written()]
        if len(encrypted_s) % 2:  # whoever syncs second finds the disk's journal just written
            encrypted_s.append(_write(ciphered, last[0]))
            return _write(plain, last[0])
        plain_s = _write(plain, last[0])
        encrypted_s.append(_write(ciphered, last[0]))
        return plain_s

    figure = duel(f"unit of work: {name}", timed(act), replay, rounds=rounds, each=5)
    raw = Spread.of(encrypted_s, scale=1000)
    note = (
        f"peer: the same {len(last[0].rows)} rows and {len(last[0].heads)} heads in one plain transaction "
        f"(raw SQLCipher {raw.median:.1f} ms); of our time: {_shares(act, 10 * rounds)}"
    )
    plain.close()
    ciphered.close()
    return [replace(figure, note=note)]


def _write(connection: Any, written: _Written) -> float:
    statements = [
        (f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(row))})", row)
        for table, row in written.rows
    ]
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for statement, row in statements:
        connection.execute(statement, row)
    connection.executemany(_DELETE_HEAD, written.replaced)
    connection.executemany("INSERT INTO field_head VALUES (?,?,?,?,?)", written.heads)
    connection.execute("COMMIT")
    return time.perf_counter() - start


def _shares(act: Callable[[], None], times: int) -> str:
    """Say where the time of a unit goes, by cProfile (which makes Python look slower than it is)."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        act()
    profile.disable()
    stats = pstats.Stats(profile)
    spent: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = stats.stats  # type: ignore[attr-defined]
    total: float = stats.total_tt  # type: ignore[attr-defined]
    found = []
    for shown, file, function in _PARTS:
        inside = sum(
            row[3] for (path, _, name), row in spent.items() if path.endswith(file) and name == function
        )
        found.append(f"{shown} {inside / total:.0%}")
    return ", ".join(found)
