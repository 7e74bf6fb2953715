"""The official procedure platform, as the gateway sees it, and a REFERENCE that plays it.

The real one is reached by an adapter of its own; nothing here speaks its protocol. The reference
answers at once, keeps its own file, and lets a demo play bank and officer.
"""

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

from sync.canonical import canonical, parse
from sync.endpoint import FeedEvent, OfficialCode, PaymentNotice, StatusChanged
from sync.errors import Refused
from sync.gateway.database import Database
from sync.receipts import DossierManifest
from sync.wire import MAX_JSON_BYTES, event_as_json, read_event

REGISTERED, RECEIVED, PROCESSING = 1, 2, 4
"""National statuses the reference walks through by itself: mới đăng ký, được tiếp nhận, đang xử lý."""
_HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The platform's answer: its code for the dossier ("" when it comes later) and the status."""

    official_code: str
    status: int


@dataclass(frozen=True, slots=True)
class News:
    """What the platform said since a cursor, oldest first."""

    events: tuple[FeedEvent, ...]
    next_cursor: int


class Platform(Protocol):
    """Where dossiers go. Calls may be repeated: `key` names one hand-over for ever."""

    def accept(self, key: str, manifest: DossierManifest) -> Acceptance:
        """Take a dossier over; the same key always gets the same answer.

        Raises:
            ServerBusy: not now; the hand-over stays in the outbox.
        """
        ...

    def news(self, after: int) -> News:
        """Return what happened after a cursor."""
        ...


_SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
  key TEXT PRIMARY KEY, dossier_id TEXT NOT NULL, code TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counter (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS news (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, key TEXT UNIQUE) STRICT;
"""


class ReferencePlatform:
    """Plays the platform: gives codes `<unit>-YYMMDD-NNNN`, moves 1 -> 2 -> 4, passes on payments.

    Codes follow TT 03/2025/TT-VPCP as seen in working systems; the unit is configuration and unverified.

    Args:
        path: its own SQLite file.
        unit: agency part of the codes.
        now: clock, aware.
        key: see `Database`.
    """

    def __init__(self, path: Path, *, unit: str, now: Callable[[], datetime], key: bytes = b"") -> None:
        self._database = Database(path, _SCHEMA, key=key)
        self._unit = unit
        self._now = now

    def accept(self, key: str, manifest: DossierManifest) -> Acceptance:
        """See `Platform`; a new version of a dossier keeps its code."""
        with self._database.transaction() as rows:
            known = rows.execute("SELECT code FROM accepted WHERE key = ?", (key,)).fetchone()
            if known is not None:
                return Acceptance(known["code"], PROCESSING)
            earlier = rows.execute(
                "SELECT code FROM accepted WHERE dossier_id = ?", (manifest.dossier_id,)
            ).fetchone()
            code = str(earlier["code"]) if earlier else self._next_code(rows)
            rows.execute("INSERT INTO accepted VALUES (?, ?, ?)", (key, manifest.dossier_id, code))
            if earlier is None:
                self._say(rows, OfficialCode(manifest.dossier_id, code))
            for status in (REGISTERED, RECEIVED, PROCESSING) if earlier is None else (PROCESSING,):
                self._say(rows, StatusChanged(manifest.dossier_id, status, self._moment(), ""))
        return Acceptance(code, PROCESSING)

    def news(self, after: int) -> News:
        """See `Platform`."""
        with self._database.reading() as rows:
            found = rows.execute(
                "SELECT cursor, body FROM news WHERE cursor > ? ORDER BY cursor LIMIT 500", (after,)
            ).fetchall()
        bodies = [parse(row["body"], max_bytes=MAX_JSON_BYTES) for row in found]
        events = [read_event(body) for body in bodies if isinstance(body, dict)]
        return News(tuple(event for event in events if event), found[-1]["cursor"] if found else after)

    def pay(self, reference: str, amount_vnd: int, *, notice_id: str = "") -> PaymentNotice:
        """Play the bank: a credit of `amount_vnd` with `reference`; a repeated `notice_id` is said once."""
        notice = PaymentNotice(notice_id or secrets.token_hex(16), reference, amount_vnd, self._moment())
        with self._database.transaction() as rows:
            self._say(rows, notice, key=notice.notice_id)
        return notice

    def set_status(self, dossier_id: str, status: int, *, note: str = "") -> StatusChanged:
        """Play the officer who handles the dossier.

        Raises:
            Refused: reason "sync.dossier_unknown".
        """
        event = StatusChanged(dossier_id, status, self._moment(), note)
        with self._database.transaction() as rows:
            known = rows.execute("SELECT 1 FROM accepted WHERE dossier_id = ?", (dossier_id,)).fetchone()
            if known is None:
                raise Refused("no such dossier", reason="sync.dossier_unknown")
            self._say(rows, event)
        return event

    def close(self) -> None:
        """Close its file."""
        self._database.close()

    def _say(self, rows: sqlite3.Connection, event: FeedEvent, *, key: str | None = None) -> None:
        rows.execute(
            "INSERT OR IGNORE INTO news (body, key) VALUES (?, ?)", (canonical(event_as_json(event)), key)
        )

    def _next_code(self, rows: sqlite3.Connection) -> str:
        day = f"{self._now().astimezone(_HANOI):%y%m%d}"
        rows.execute("INSERT OR IGNORE INTO counter VALUES (?, 0)", (day,))
        rows.execute("UPDATE counter SET last = last + 1 WHERE day = ?", (day,))
        number = rows.execute("SELECT last FROM counter WHERE day = ?", (day,)).fetchone()["last"]
        return f"{self._unit}-{day}-{number:04d}"

    def _moment(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
