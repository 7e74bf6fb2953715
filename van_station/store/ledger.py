"""The change log and its heads, on an open writing connection.

Own changes are chained and signed here; others' are merged here. Rules of merging: `sync.merge`.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from sync.canonical import JsonValue, canonical
from sync.changes import DELETED, Change, ChangeId, digest, sign
from sync.clock import HybridClock
from sync.errors import ChainBroken, ChangeForked
from sync.merge import VersionVector, causal_order, merge

Cell = tuple[str, str, str]
"""entity, record id, field"""

_COLUMNS = (
    "site, seq, stamp, entity, record_id, field, value, replaces, author, schema_number, previous, signature"
)
_INSERT_CHANGE = f"INSERT INTO change_log ({_COLUMNS}, digest) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_INSERT_HEAD = "INSERT INTO field_head (entity, record_id, field, site, seq) VALUES (?,?,?,?,?)"
_DELETE_HEAD = "DELETE FROM field_head WHERE entity=? AND record_id=? AND field=? AND site=? AND seq=?"
_JOINED = "c." + _COLUMNS.replace(", ", ", c.")
_HEADS_OF_RECORD = (
    f"SELECT {_JOINED} FROM field_head h JOIN change_log c ON c.site = h.site AND c.seq = h.seq "  # noqa: S608
    "WHERE h.entity=? AND h.record_id=?"
)
_MAX_BATCH = 100_000


@dataclass(frozen=True, slots=True)
class Tail:
    """The last change of a site: its number, digest and stamp; 0 and empty for none."""

    seq: int
    digest: str
    stamp: str


class Ledger:
    """Writes change log and heads inside somebody else's transaction.

    Args:
        site_id: this machine.
        sign_bytes: Ed25519 of this machine's key.
        clock: gives stamps.
        schema: number of the record layout.
    """

    def __init__(
        self, site_id: str, sign_bytes: Callable[[bytes], bytes], clock: HybridClock, schema: int
    ) -> None:
        self._site = site_id
        self._sign_bytes = sign_bytes
        self._clock = clock
        self._schema = schema

    def observe_all(self, connection: Connection) -> None:
        """Take note of every site's last stamp, so that our next one is later than all we hold."""
        rows = connection.exec_driver_sql(
            "SELECT c.stamp FROM change_log c "
            "JOIN (SELECT site, max(seq) AS seq FROM change_log GROUP BY site) t USING (site, seq)"
        )
        for (stamp,) in rows.fetchall():
            self._clock.observe(stamp)

    def write(self, connection: Connection, cells: Mapping[Cell, JsonValue], author: str) -> int:
        """Write one change for each cell; it replaces all heads that the cell has.

        A tombstone also names the heads of all other cells of its record, as its author saw them.

        Returns:
            Number of this machine's last change.
        """
        last = tail(connection, self._site)
        if not cells:
            return last.seq
        stamp = self._clock.tick()
        heads = {record: _head_ids(connection, record) for record in {cell[:2] for cell in cells}}
        changes, gone = [], []
        seq, previous = last.seq, last.digest
        for cell, value in cells.items():
            entity, record_id, field = cell
            known = heads[entity, record_id]
            replaced = (
                [i for ids in known.values() for i in ids] if field == DELETED else known.get(field, [])
            )
            seq += 1
            change, previous = self._signed(
                Change(
                    site=self._site,
                    seq=seq,
                    stamp=stamp,
                    entity=entity,
                    record_id=record_id,
                    field=field,
                    value=value,
                    replaces=tuple(sorted(replaced)),
                    author=author,
                    schema=self._schema,
                    previous=previous,
                    signature="",
                )
            )
            changes.append(_as_row(change, previous))
            gone += [(*cell, *head) for head in known.get(field, [])]
            known[field] = [change.id()]
        connection.exec_driver_sql(_INSERT_CHANGE, changes)
        if gone:
            connection.exec_driver_sql(_DELETE_HEAD, gone)
        connection.exec_driver_sql(_INSERT_HEAD, [(*row[3:6], *row[:2]) for row in changes])
        return seq

    def _signed(self, change: Change) -> tuple[Change, str]:
        """Return the change signed, and its digest, which signing has computed anyway."""
        digests: list[bytes] = []

        def sign_digest(message: bytes) -> bytes:
            digests.append(message)
            return self._sign_bytes(message)

        return sign(change, sign_digest), digests[0].hex()

    def receive(self, connection: Connection, changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
        """Merge others' changes, whose signatures the caller has verified.

        Returns:
            (new, waiting): what was merged, and what lacks a change before it and was not kept.

        Raises:
            ChangeForked: another change is held under the same site and number.
            ChainBroken: a change does not continue its site's chain.
        """
        held = vector(connection)
        for change in changes:
            if change.seq <= held.get(change.site, 0):
                _refuse_fork(connection, change)
        ready, waiting = causal_order(changes, held)
        tails = {site: tail(connection, site).digest for site in {change.site for change in ready}}
        for change in ready:
            if change.previous != tails[change.site]:
                raise ChainBroken("link does not fit", site=change.site, seq=change.seq)
            tails[change.site] = digest(change)
            self._merge(connection, change, tails[change.site])
            self._clock.observe(change.stamp)
        return ready, waiting

    def _merge(self, connection: Connection, change: Change, own_digest: str) -> None:
        cell = (change.entity, change.record_id, change.field)
        rows = connection.exec_driver_sql(f"{_HEADS_OF_RECORD} AND h.field=?", cell)
        before = frozenset(_from_row(row) for row in rows.fetchall())
        after = merge(before, change)
        connection.exec_driver_sql(_INSERT_CHANGE, _as_row(change, own_digest))
        for head in before - after:
            connection.exec_driver_sql(_DELETE_HEAD, (*cell, *head.id()))
        for head in after - before:
            connection.exec_driver_sql(_INSERT_HEAD, (*cell, *head.id()))


def tail(connection: Connection, site: str) -> Tail:
    """Return a site's last change."""
    row = connection.exec_driver_sql(
        "SELECT seq, digest, stamp FROM change_log WHERE site=? ORDER BY seq DESC LIMIT 1", (site,)
    ).fetchone()
    return Tail(*row) if row else Tail(0, "", "")


def vector(connection: Connection) -> VersionVector:
    """Return the last number held of each site."""
    rows = connection.exec_driver_sql("SELECT site, max(seq) FROM change_log GROUP BY site")
    return {row[0]: row[1] for row in rows.fetchall()}


def heads_of(connection: Connection, entity: str, record_id: str) -> dict[str, frozenset[Change]]:
    """Return the heads of each field of a record."""
    cells: dict[str, set[Change]] = {}
    for row in connection.exec_driver_sql(_HEADS_OF_RECORD, (entity, record_id)).fetchall():
        change = _from_row(row)
        cells.setdefault(change.field, set()).add(change)
    return {field: frozenset(heads) for field, heads in cells.items()}


def changes_after(connection: Connection, known: Mapping[str, int], *, limit: int) -> list[Change]:
    """Return changes that a holder of `known` lacks: each site's in order, `limit` at most."""
    found: list[Change] = []
    for site in sorted(vector(connection)):
        rows = connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM change_log WHERE site=? AND seq>? ORDER BY seq LIMIT ?",  # noqa: S608
            (site, known.get(site, 0), min(limit - len(found), _MAX_BATCH)),
        )
        found += [_from_row(row) for row in rows.fetchall()]
        if len(found) >= limit:
            break
    return found


def stored_changes(connection: Connection, site: str) -> Iterable[tuple[Change, str]]:
    """Yield a site's changes in order, each with the digest kept beside it."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS}, digest FROM change_log WHERE site=? ORDER BY seq",  # noqa: S608
        (site,),
    )
    for row in rows:
        yield _from_row(row), row[12]


def _head_ids(connection: Connection, record: tuple[str, str]) -> dict[str, list[ChangeId]]:
    rows = connection.exec_driver_sql(
        "SELECT field, site, seq FROM field_head WHERE entity=? AND record_id=?", record
    )
    ids: dict[str, list[ChangeId]] = {}
    for field, site, seq in rows.fetchall():
        ids.setdefault(field, []).append(ChangeId(site, seq))
    return ids


def _refuse_fork(connection: Connection, change: Change) -> None:
    held = connection.exec_driver_sql(
        "SELECT digest FROM change_log WHERE site=? AND seq=?", (change.site, change.seq)
    ).scalar()
    if held != digest(change):
        raise ChangeForked("another change is held", site=change.site, seq=change.seq)


def _as_row(change: Change, own_digest: str) -> tuple[Any, ...]:
    return (
        change.site,
        change.seq,
        change.stamp,
        change.entity,
        change.record_id,
        change.field,
        canonical(change.value).decode(),
        json.dumps(change.replaces, separators=(",", ":")),
        change.author,
        change.schema,
        change.previous,
        change.signature,
        own_digest,
    )


def _from_row(row: Sequence[Any]) -> Change:
    site, seq, stamp, entity, record_id, field, value, replaces, author, schema, previous, signature = row[
        :12
    ]
    return Change(
        site=site,
        seq=seq,
        stamp=stamp,
        entity=entity,
        record_id=record_id,
        field=field,
        value=json.loads(value),
        replaces=tuple(ChangeId(*pair) for pair in json.loads(replaces)),
        author=author,
        schema=schema,
        previous=previous,
        signature=signature,
    )
