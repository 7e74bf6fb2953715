"""Dossiers: taken in, handed to the platform through an outbox, receipted; and what the platform says."""

import json
import sqlite3
from collections.abc import Callable

from sync.canonical import JsonValue, canonical, parse
from sync.endpoint import FeedPage
from sync.errors import MissingParts, NotEnrolled, Refused, ServerBusy, SyncError
from sync.gateway.blobs import BlobFolder
from sync.gateway.database import Database
from sync.gateway.keys import GatewayKeys
from sync.gateway.ledger import Ledger
from sync.gateway.platform import Platform
from sync.receipts import (
    DossierManifest,
    Receipt,
    decode_receipt,
    encode_receipt,
    make_receipt,
    manifest_as_json,
    read_manifest,
)
from sync.wire import MAX_FEED_LIMIT, MAX_JSON_BYTES, event_as_json, read_event


class Submissions:
    """Takes dossiers in and keeps the feed.

    Args:
        database, ledger, blobs, platform, keys: the gateway's parts.
        now: its clock, ISO 8601 UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        ledger: Ledger,
        blobs: BlobFolder,
        platform: Platform,
        keys: GatewayKeys,
        now: Callable[[], str],
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._blobs = blobs
        self._platform = platform
        self._keys = keys
        self._now = now

    def submit(self, manifest: DossierManifest) -> Receipt:
        """Take a dossier in; the receipt is returned once it, its files and its code are committed.

        Raises:
            MissingParts: blobs or changes are not here yet.
            Refused: reason "sync.version_taken" (other content under this version) or
                "sync.version_outdated" (a later version is here), or the platform's own.
            ServerBusy: the platform does not answer; the dossier waits in the outbox.
        """
        manifest = read_manifest(manifest_as_json(manifest))
        known = self._known(manifest)
        if known is not None:
            return known
        self._require_parts(manifest)
        self._note(manifest)
        self.hand_over()
        receipt = self._known(manifest)
        if receipt is None:
            raise self._why_not(manifest)
        return receipt

    def _known(self, manifest: DossierManifest) -> Receipt | None:
        with self._database.reading() as rows:
            found = rows.execute(
                "SELECT manifest, receipt FROM submission WHERE dossier_id = ? AND version = ?",
                (manifest.dossier_id, manifest.version),
            ).fetchone()
        if found is None:
            return None
        if found["manifest"] != _as_text(manifest):
            raise Refused("other content under this version", reason="sync.version_taken")
        return decode_receipt(found["receipt"].encode()) if found["receipt"] else None

    def _require_parts(self, manifest: DossierManifest) -> None:
        with self._database.reading() as rows:
            if rows.execute("SELECT 1 FROM site WHERE site = ?", (manifest.site,)).fetchone() is None:
                raise NotEnrolled("site is unknown")
        missing = tuple(blob_id for blob_id in manifest.files if not self._blobs.is_whole(blob_id))
        held_seq = self._ledger.vector(manifest.site)
        if missing or held_seq < manifest.last_seq:
            raise MissingParts(missing, held_seq)

    def _note(self, manifest: DossierManifest) -> None:
        place = (manifest.dossier_id, manifest.version)
        with self._database.transaction() as rows:
            later = rows.execute(
                "SELECT 1 FROM submission WHERE dossier_id = ? AND version > ?", place
            ).fetchone()
            if later is not None:
                raise Refused("a later version is here", reason="sync.version_outdated")
            rows.execute(
                "INSERT OR IGNORE INTO submission VALUES (?, ?, ?, ?, NULL)",
                (*place, _as_text(manifest), self._now()),
            )
            key = f"{self._keys.gateway_id}:{manifest.dossier_id}:{manifest.version}"
            rows.execute(
                "INSERT OR IGNORE INTO outbox (key, dossier_id, version) VALUES (?, ?, ?)", (key, *place)
            )

    def hand_over(self) -> None:
        """Give the platform what waits in the outbox, oldest first; what it cannot take now waits on."""
        with self._database.reading() as rows:
            waiting = rows.execute(
                "SELECT o.key, s.manifest FROM outbox o JOIN submission s USING (dossier_id, version)"
                " WHERE o.official_code IS NULL AND o.refused IS NULL ORDER BY s.at, s.dossier_id, s.version"
            ).fetchall()
        for row in waiting:
            self._hand_over_one(row["key"], read_manifest(json.loads(row["manifest"])))

    def _hand_over_one(self, key: str, manifest: DossierManifest) -> None:
        answer, refused = None, None
        try:
            answer = self._platform.accept(key, manifest)
        except SyncError as error:
            refused = None if error.retryable else getattr(error, "reason", error.code)
        with self._database.transaction() as rows:
            rows.execute(
                "UPDATE outbox SET attempts = attempts + 1, refused = ? WHERE key = ?", (refused, key)
            )
            if answer is not None:
                rows.execute(
                    "UPDATE outbox SET official_code = ?, status = ? WHERE key = ?",
                    (answer.official_code, answer.status, key),
                )
                self._keep_receipt(rows, manifest, answer.official_code, answer.status)

    def _why_not(self, manifest: DossierManifest) -> SyncError:
        with self._database.reading() as rows:
            found = rows.execute(
                "SELECT refused FROM outbox WHERE dossier_id = ? AND version = ?",
                (manifest.dossier_id, manifest.version),
            ).fetchone()
        if found["refused"] is None:
            return ServerBusy("platform does not answer")
        return Refused("platform does not take it", reason=found["refused"])

    def _keep_receipt(
        self, rows: sqlite3.Connection, manifest: DossierManifest, code: str, status: int
    ) -> None:
        receipt = make_receipt(
            Receipt(
                dossier_id=manifest.dossier_id,
                version=manifest.version,
                site=manifest.site,
                last_seq=manifest.last_seq,
                files=manifest.files,
                chain_head=self._ledger.digest_at(manifest.site, manifest.last_seq),
                official_code=code,
                platform_status=status,
                received_at=self._now(),
                gateway_id=self._keys.gateway_id,
            ),
            self._keys.sign,
        )
        rows.execute(
            "UPDATE submission SET receipt = ? WHERE dossier_id = ? AND version = ? AND receipt IS NULL",
            (encode_receipt(receipt).decode(), manifest.dossier_id, manifest.version),
        )

    def feed(self, after: int, limit: int) -> FeedPage:
        """Return events after a cursor, having asked the platform for news first."""
        self._collect_news()
        with self._database.reading() as rows:
            found = rows.execute(
                "SELECT cursor, body FROM feed WHERE cursor > ? ORDER BY cursor LIMIT ?",
                (after, max(1, min(limit, MAX_FEED_LIMIT))),
            ).fetchall()
        bodies = [parse(row["body"].encode(), max_bytes=MAX_JSON_BYTES) for row in found]
        events = [read_event(body) for body in bodies if isinstance(body, dict)]
        return FeedPage(tuple(event for event in events if event), found[-1]["cursor"] if found else after)

    def _collect_news(self) -> None:
        with self._database.reading() as rows:
            cursor = rows.execute("SELECT cursor FROM platform_cursor").fetchone()["cursor"]
        news = self._platform.news(cursor)
        if news.next_cursor == cursor:
            return
        with self._database.transaction() as rows:
            moved = rows.execute(
                "UPDATE platform_cursor SET cursor = ? WHERE cursor = ?", (news.next_cursor, cursor)
            )
            for event in news.events if moved.rowcount else ():
                rows.execute(
                    "INSERT INTO feed (body) VALUES (?)", (canonical(event_as_json(event)).decode(),)
                )


def _as_text(manifest: DossierManifest) -> str:
    body: JsonValue = manifest_as_json(manifest)
    return canonical(body).decode()
