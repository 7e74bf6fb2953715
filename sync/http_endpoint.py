"""`Endpoint` over HTTP, on requests, for lines that are slow, lossy and often gone.

Format: docs/formats/exchange.md. Why it is built this way: see `LineTimes` and `_SmallBuffer`.
"""

import hashlib
import io
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from sync import wire
from sync.canonical import JsonValue, canonical, parse
from sync.changes import Change, encode_batch
from sync.endpoint import Cancel, FeedPage, Progress, PushReply, ServerInfo
from sync.errors import LinkLost, ProtocolBroken, StaleRequest, SyncError
from sync.receipts import DossierManifest, Receipt, decode_receipt, manifest_as_json
from sync.signing import Sign
from sync.tus import Answer, Patience, Remainder, Upload, offset_of

SEND_BUFFER_BYTES = 48 * 1024
MAX_ANSWER_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LineTimes:
    """Seconds to wait on a bad line.

    Attributes:
        stall_s: for a connection, and for each piece of a body to be accepted by the system. requests
            calls it the connect timeout, but urllib3 applies it to every send as well.
        answer_s: for the answer once the body is handed over; the send buffer has still to drain.
        probe_s: both, for the question whether the line is back.
    """

    stall_s: float = 3.0
    answer_s: float = 15.0
    probe_s: float = 2.0


class _SmallBuffer(HTTPAdapter):
    """Keeps the kernel from swallowing a whole scan: else progress and stall times mean nothing."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs["socket_options"] = [
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES),
        ]
        super().init_poolmanager(*args, **kwargs)


class HttpEndpoint:
    """A gateway at an address, as seen by one enrolled site.

    Args:
        address: "https://host" or "http://127.0.0.1:port", without a path.
        site: our site id, hex.
        sign: signs with the site's key.
        now_ms: wall clock, milliseconds since 1970 UTC.
        new_nonce: 32 fresh hex digits.
        times: see `LineTimes`.
        patience: of uploads.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        address: str,
        site: str,
        sign: Sign,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        new_nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        times: LineTimes | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = address.rstrip("/")
        self._site = site
        self._sign = sign
        self._now_ms = now_ms
        self._new_nonce = new_nonce
        self._times = times or LineTimes()
        self._patience = patience or Patience()
        self._sleep = sleep
        self._ahead_ms = 0
        self._idle: deque[requests.Session] = deque()

    def close(self) -> None:
        """Drop all connections that are not in use."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def enrol(self, code: str, public_key: bytes) -> ServerInfo:
        """Register this site's public key with a one-time code; repeating it is harmless.

        Returns:
            The gateway's keys and name, to be pinned.

        Raises:
            NotEnrolled: the code is unknown or used.
            Refused: the site is registered with another key.
        """
        return wire.read_server_info(
            self._ask("POST", "/v1/enrol", {"code": code, "public_key": public_key.hex()})
        )

    def hello(self) -> ServerInfo:
        """See `Endpoint`."""
        return wire.read_server_info(self._ask("GET", "/v1/hello"))

    def push(self, changes: Sequence[Change]) -> PushReply:
        """See `Endpoint`."""
        answer = self._send(
            "POST", "/v1/changes", {"Content-Type": "application/octet-stream"}, encode_batch(changes)
        )
        return wire.read_push_reply(parse(answer.body, max_bytes=MAX_ANSWER_BYTES))

    def blob_offset(self, blob_id: str) -> int | None:
        """See `Endpoint`."""
        return offset_of(self, f"/v1/uploads/{blob_id}")

    def upload(
        self,
        blob_id: str,
        source: BinaryIO,
        *,
        size_bytes: int,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> int:
        """See `Endpoint`."""
        transfer = Upload(
            self,
            blob_id,
            source,
            size_bytes=size_bytes,
            progress=progress,
            cancel=cancel,
            patience=self._patience,
            sleep=self._sleep,
        )
        return transfer.run()

    def submit(self, manifest: DossierManifest) -> Receipt:
        """See `Endpoint`."""
        target = f"/v1/dossiers/{manifest.dossier_id}/submit"
        return decode_receipt(self._send("POST", target, _JSON, canonical(manifest_as_json(manifest))).body)

    def feed(self, after: int, limit: int) -> FeedPage:
        """See `Endpoint`."""
        return wire.read_feed_page(self._ask("GET", f"/v1/feed?after={after}&limit={limit}"))

    def send(self, method: str, target: str, headers: Mapping[str, str], body: Remainder | None) -> Answer:
        """Send blob bytes, or ask for them; see `sync.tus.Line`."""
        return self._repeat_if_stale(
            lambda: self._send_once(method, target, headers, body, body_hash=wire.UNSIGNED_BODY)
        )

    def probe(self) -> bool:
        """See `sync.tus.Line`; uses a connection of its own, the old ones may be dead."""
        self.close()
        try:
            answer = self._exchange("GET", "/health", {}, None, self._times.probe_s, self._times.probe_s)
        except LinkLost:
            return False
        return answer.status == 200

    def _ask(self, method: str, target: str, body: JsonValue = None) -> JsonValue:
        data = b"" if body is None else canonical(body)
        return parse(self._send(method, target, _JSON, data).body, max_bytes=MAX_ANSWER_BYTES)

    def _send(self, method: str, target: str, headers: Mapping[str, str], data: bytes) -> Answer:
        body_hash = hashlib.sha256(data).hexdigest()

        def once() -> Answer:
            body = Remainder(io.BytesIO(data), offset=0, size_bytes=len(data)) if data else None
            return self._send_once(method, target, headers, body, body_hash=body_hash)

        return self._repeat_if_stale(once)

    def _repeat_if_stale(self, once: Callable[[], Answer]) -> Answer:
        """Repeat, dated after the latest request the gateway knows of: our clock was set back."""
        try:
            return once()
        except StaleRequest as error:
            self._ahead_ms = error.latest_ms + 1 - self._now_ms()
            return once()

    def _send_once(
        self, method: str, target: str, headers: Mapping[str, str], body: Remainder | None, *, body_hash: str
    ) -> Answer:
        if body is not None:
            body.restart()
        signed = {**headers, **self._signature(method, target, body_hash)}
        answer = self._exchange(method, target, signed, body, self._times.stall_s, self._times.answer_s)
        if answer.status >= 400 and (answer.status != 404 or method != "HEAD"):
            raise _problem(answer, method)
        if answer.status >= 300 and answer.status != 404:
            raise ProtocolBroken(f"status {answer.status}")
        return answer

    def _signature(self, method: str, target: str, body_hash: str) -> dict[str, str]:
        time_ms, nonce = max(self._now_ms() + self._ahead_ms, 0), self._new_nonce()
        message = wire.signed_message(method, target, body_hash, self._site, time_ms, nonce)
        return {
            wire.SITE: self._site,
            wire.TIME: str(time_ms),
            wire.NONCE: nonce,
            wire.SIGNATURE: self._sign(message).hex(),
        }

    def _exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Remainder | None,
        stall_s: float,
        answer_s: float,
    ) -> Answer:
        session = self._take_session()
        try:
            with session.request(
                method,
                self._address + target,
                headers=dict(headers),
                data=body,
                timeout=(stall_s, answer_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = Answer(response.status_code, response.headers, _read_bounded(response))
        except (requests.RequestException, HTTPError, OSError) as error:
            session.close()
            raise LinkLost(type(error).__name__) from error
        except BaseException:
            session.close()
            raise
        self._idle.append(session)
        return answer

    def _take_session(self) -> requests.Session:
        """Return a session that nobody uses now: requests does not promise that threads may share one."""
        with suppress(IndexError):
            return self._idle.pop()
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", _SmallBuffer(max_retries=0))
        session.mount("https://", _SmallBuffer(max_retries=0))
        return session


_JSON = {"Content-Type": "application/json"}


def _read_bounded(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(64 * 1024):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise ProtocolBroken("answer is too long")
    return bytes(body)


def _problem(answer: Answer, method: str) -> SyncError:
    if method == "HEAD":
        return wire.error_of(answer.status, wire.problem_in_headers(answer.headers))
    try:
        return wire.error_of(answer.status, parse(answer.body, max_bytes=MAX_ANSWER_BYTES))
    except SyncError:
        return wire.error_of(answer.status, {})
