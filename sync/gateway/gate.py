"""Who may enter: enrolment by one-time code, and the signature on every request."""

import hashlib
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sync.errors import NotEnrolled, ProtocolBroken, Refused, RequestReplayed, StaleRequest
from sync.gateway.database import Database
from sync.signing import PUBLIC_KEY_BYTES, is_signed
from sync.wire import signed_message

REPLAY_WINDOW_MS = 10 * 60 * 1000
"""Requests may arrive this far out of order on their sender's own time line; nonces are kept as long."""
MIN_CODE_CHARS = 12
_SITE = re.compile(r"[0-9a-f]{1,64}")
_NONCE = re.compile(r"[0-9a-f]{32}")
_TIME = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it claims to be.

    Attributes:
        method, target: as sent; the target with its query.
        body_hash: hex SHA-256 of the body, or "stream" where the blob id covers it.
        site, time, nonce, signature: the texts of the four headers.
    """

    method: str
    target: str
    body_hash: str
    site: str
    time: str
    nonce: str
    signature: str


class Gate:
    """Enrols devices and checks their requests.

    Args:
        database: the gateway's.
        now_ms: its clock, milliseconds since 1970 UTC.
        now: the same as ISO 8601 text.
    """

    def __init__(self, database: Database, *, now_ms: Callable[[], int], now: Callable[[], str]) -> None:
        self._database = database
        self._now_ms = now_ms
        self._now = now

    def offer(self, codes: tuple[str, ...]) -> None:
        """Make enrolment codes valid, each once; only their hashes are kept.

        Raises:
            ValueError: a code is short enough to be guessed.
        """
        if any(len(code) < MIN_CODE_CHARS for code in codes):
            raise ValueError(f"an enrolment code has at least {MIN_CODE_CHARS} characters")
        with self._database.transaction() as rows:
            for code in codes:
                rows.execute("INSERT OR IGNORE INTO enrolment_code VALUES (?, NULL)", (_hash(code),))

    def enrol(self, request: SignedRequest, code: str, public_key: bytes) -> None:
        """Register a site's key. The request must be signed with it; the same again changes nothing.

        Raises:
            NotEnrolled: unknown or used code, wrong signature.
            Refused: reason "sync.site_taken": the site has another key.
        """
        time_ms = self._check_form(request)
        if len(public_key) != PUBLIC_KEY_BYTES or not _fits(request, time_ms, public_key):
            raise NotEnrolled("signature does not fit", reason="sync.signature_wrong")
        with self._database.transaction() as rows:
            known = rows.execute("SELECT public_key FROM site WHERE site = ?", (request.site,)).fetchone()
            offered = rows.execute(
                "SELECT site FROM enrolment_code WHERE code_hash = ?", (_hash(code),)
            ).fetchone()
            if offered is None or offered["site"] not in {None, request.site}:
                raise NotEnrolled("code is unknown or used", reason="sync.enrolment_code_refused")
            if known is not None and bytes(known["public_key"]) != public_key:
                raise Refused("site has another key", reason="sync.site_taken")
            rows.execute(
                "UPDATE enrolment_code SET site = ? WHERE code_hash = ?", (request.site, _hash(code))
            )
            rows.execute(
                "INSERT OR IGNORE INTO site (site, public_key, enrolled_at) VALUES (?, ?, ?)",
                (request.site, public_key, self._now()),
            )

    def admit(self, request: SignedRequest) -> str:
        """Return the site a request comes from; its nonce is used up, durably.

        The sender's clock is compared with its own earlier requests only. How far it is from ours
        is recorded as `skew_ms`, never a reason to refuse.

        Raises:
            ProtocolBroken: headers missing or malformed.
            NotEnrolled: unknown site, or wrong signature.
            RequestReplayed: this nonce came before.
            StaleRequest: more than `REPLAY_WINDOW_MS` before the site's latest request.
        """
        time_ms = self._check_form(request)
        with self._database.transaction() as rows:
            known = rows.execute(
                "SELECT public_key, latest_ms FROM site WHERE site = ?", (request.site,)
            ).fetchone()
            if known is None:
                raise NotEnrolled("site is unknown")
            if not _fits(request, time_ms, known["public_key"]):
                raise NotEnrolled("signature does not fit", reason="sync.signature_wrong")
            latest_ms = max(int(known["latest_ms"]), time_ms)
            if time_ms <= latest_ms - REPLAY_WINDOW_MS:
                raise StaleRequest(latest_ms)
            self._use_nonce(rows, request, time_ms, latest_ms)
        return request.site

    def _use_nonce(
        self, rows: sqlite3.Connection, request: SignedRequest, time_ms: int, latest_ms: int
    ) -> None:
        fresh = rows.execute(
            "INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)", (request.site, request.nonce, time_ms)
        )
        if not fresh.rowcount:
            raise RequestReplayed("nonce was used")
        rows.execute(
            "DELETE FROM nonce WHERE site = ? AND time_ms <= ?", (request.site, latest_ms - REPLAY_WINDOW_MS)
        )
        rows.execute(
            "UPDATE site SET latest_ms = ?, skew_ms = ?, last_contact = ? WHERE site = ?",
            (latest_ms, time_ms - self._now_ms(), self._now(), request.site),
        )

    def _check_form(self, request: SignedRequest) -> int:
        parts = (
            (_SITE, request.site),
            (_TIME, request.time),
            (_NONCE, request.nonce),
            (_SIGNATURE, request.signature),
        )
        if not all(pattern.fullmatch(text) for pattern, text in parts):
            raise ProtocolBroken("request is not signed")
        return int(request.time)


def _fits(request: SignedRequest, time_ms: int, public_key: bytes) -> bool:
    message = signed_message(
        request.method, request.target, request.body_hash, request.site, time_ms, request.nonce
    )
    return is_signed(message, bytes.fromhex(request.signature), public_key)


def _hash(code: str) -> str:
    return hashlib.sha256(b"sync.enrolment.1\n" + code.encode()).hexdigest()
