"""The changes a gateway holds: verified, chained per site, each place taken once."""

import logging
import sqlite3
from collections.abc import Callable, Sequence

from sync.changes import Change, ChangeId, digest, encode_batch, verify
from sync.endpoint import PushReply, RefusedChange
from sync.errors import ChainBroken, ChangeForked, ChangeRefused, NotEnrolled, SyncError
from sync.gateway.database import Database

_log = logging.getLogger(__name__)


class Ledger:
    """Takes batches of changes.

    Args:
        database: the gateway's.
        now: its clock, ISO 8601 UTC.
    """

    def __init__(self, database: Database, now: Callable[[], str]) -> None:
        self._database = database
        self._now = now

    def push(self, pusher: str, items: Sequence[Change | ChangeRefused]) -> PushReply:
        """Keep what is genuine and fits its chain; commit before returning.

        Args:
            pusher: the site that sent them; it may relay changes of other enrolled sites.
            items: decoded changes, or why one could not be read.

        Returns:
            What is held of the sites in `items`, and what was refused. A refused change of the
            pusher itself leaves a hole that its next change closes by its `previous`.
        """
        refused: list[RefusedChange] = []
        with self._database.transaction() as rows:
            for item in sorted(items, key=lambda item: (item.site, item.seq)):
                try:
                    if isinstance(item, ChangeRefused):
                        raise item
                    self._take(rows, item)
                except (ChangeRefused, NotEnrolled) as error:
                    self._refuse(rows, pusher, ChangeId(item.site, item.seq), error, refused)
            sites = {item.site for item in items}
            vector = {site: self._advance(rows, site) for site in sites if _is_known(rows, site)}
        return PushReply(vector, tuple(refused))

    def _take(self, rows: sqlite3.Connection, change: Change) -> None:
        key = rows.execute("SELECT public_key FROM site WHERE site = ?", (change.site,)).fetchone()
        if key is None:
            raise NotEnrolled("site is unknown")
        name = digest(change)
        held = _digest_at(rows, change.site, change.seq)
        if held == name:
            return
        if held is not None:
            raise ChangeForked("place is taken by another change", site=change.site, seq=change.seq)
        verify(change, key["public_key"])
        self._check_links(rows, change, name)
        if change.seq > 1 and not self._reaches(rows, change):
            return  # a gap: the vector tells the sender what to send again
        rows.execute(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (change.site, change.seq, name, change.previous, encode_batch([change]), self._now()),
        )
        rows.execute("DELETE FROM hole WHERE site = ? AND seq = ?", (change.site, change.seq))

    def _check_links(self, rows: sqlite3.Connection, change: Change, name: str) -> None:
        before = _digest_at(rows, change.site, change.seq - 1)
        after = rows.execute(
            "SELECT previous FROM change WHERE site = ? AND seq = ?", (change.site, change.seq + 1)
        ).fetchone()
        if (before not in {None, change.previous}) or (after is not None and after["previous"] != name):
            raise ChainBroken("link does not fit", site=change.site, seq=change.seq)

    def _reaches(self, rows: sqlite3.Connection, change: Change) -> bool:
        return change.seq <= self._advance(rows, change.site) + 1

    def _advance(self, rows: sqlite3.Connection, site: str) -> int:
        """Return the last seq held without a gap, holes counting as held; remembered for the next time."""
        found = rows.execute("SELECT held_seq FROM site WHERE site = ?", (site,)).fetchone()
        if found is None:
            return 0
        start = seq = int(found["held_seq"])
        while _is_filled(rows, site, seq + 1):
            seq += 1
        if seq > start:
            rows.execute("UPDATE site SET held_seq = ? WHERE site = ?", (seq, site))
        return seq

    def _refuse(
        self,
        rows: sqlite3.Connection,
        pusher: str,
        place: ChangeId,
        error: SyncError,
        refused: list[RefusedChange],
    ) -> None:
        _log.warning("change refused: %s site=%s seq=%d", error.code, place.site, place.seq)
        refused.append(RefusedChange(place, error.code))
        if place.site == pusher and not isinstance(error, ChangeForked):
            rows.execute(
                "INSERT INTO hole VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*place, error.code, self._now()),
            )

    def vector(self, site: str) -> int:
        """Return the last seq of a site that is held without a gap."""
        with self._database.transaction() as rows:
            return self._advance(rows, site)

    def digest_at(self, site: str, seq: int) -> str:
        """Return the digest of a held change, "" when the place is empty or a hole."""
        with self._database.reading() as rows:
            return _digest_at(rows, site, seq) or ""


def _digest_at(rows: sqlite3.Connection, site: str, seq: int) -> str | None:
    found = rows.execute("SELECT digest FROM change WHERE site = ? AND seq = ?", (site, seq)).fetchone()
    return None if found is None else str(found["digest"])


def _is_known(rows: sqlite3.Connection, site: str) -> bool:
    return rows.execute("SELECT 1 FROM site WHERE site = ?", (site,)).fetchone() is not None


def _is_filled(rows: sqlite3.Connection, site: str, seq: int) -> bool:
    return any(
        rows.execute(f"SELECT 1 FROM {table} WHERE site = ? AND seq = ?", (site, seq)).fetchone()  # noqa: S608  # fixed names
        for table in ("change", "hole")
    )
