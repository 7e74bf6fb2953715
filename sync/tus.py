"""A tus 1.0.0 client for lines that break: whole remainder in one request, ask again, go on.

Source: tus 1.0.0 core protocol, creation-with-upload, checksum.
"""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from sync.endpoint import Cancel, Progress
from sync.errors import Cancelled, LinkLost, ProtocolBroken, Refused, SyncError

PIECE_BYTES = 4096
"""Handed to the line at once; the stall watch counts per piece, so it has to be small."""
_HASH_BYTES = 1 << 20
_OCTETS = "application/offset+octet-stream"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to put up with a bad line.

    Attributes:
        probe_every_s: after a cut, ask whether the line is back this often.
        give_up_s: stop asking after this long.
        fruitless_tries: stop after so many tries in a row that moved nothing.
    """

    probe_every_s: float = 1.0
    give_up_s: float = 20.0
    fruitless_tries: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names in any case), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line(Protocol):
    """What carries the requests."""

    def send(self, method: str, target: str, headers: Mapping[str, str], body: "Remainder | None") -> Answer:
        """Send one request; statuses of 400 and above are raised, except 404.

        Raises:
            LinkLost: no byte was accepted for the stall time, or the connection broke.
        """
        ...

    def probe(self) -> bool:
        """Whether the other side answers now."""
        ...


class Remainder:
    """The part of a file from `offset` to its end, read in small pieces while it is sent.

    Attributes:
        handed_over: bytes read so far, repetitions included.
    """

    def __init__(
        self,
        source: BinaryIO,
        *,
        offset: int,
        size_bytes: int,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> None:
        self._source = source
        self._offset = offset
        self._size_bytes = size_bytes
        self._progress = progress
        self._cancel = cancel
        self._position = offset
        self.handed_over = 0
        self.restart()

    def __len__(self) -> int:
        return self._size_bytes - self._offset

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(PIECE_BYTES):
            yield piece

    def restart(self) -> None:
        """Begin again, for a request that is repeated."""
        self._source.seek(self._offset)
        self._position = self._offset

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, of at most `PIECE_BYTES`.

        Raises:
            Cancelled: asked to stop.
        """
        if self._cancel is not None and self._cancel():
            raise Cancelled("asked to stop")
        room = min(PIECE_BYTES, self._size_bytes - self._position, size if size >= 0 else PIECE_BYTES)
        piece = self._source.read(room)
        self.handed_over += len(piece)
        self._position += len(piece)
        if self._progress is not None and piece:
            self._progress(self._position, self._size_bytes)
        return piece

    def checksum(self) -> str:
        """Return the Upload-Checksum of what will be sent."""
        running, left = hashlib.sha256(), len(self)
        while left and (piece := self._source.read(min(_HASH_BYTES, left))):
            running.update(piece)
            left -= len(piece)
        self.restart()
        return "sha256 " + base64.b64encode(running.digest()).decode()


class Upload:
    """Brings one blob over, through as many connections as it takes.

    Args:
        line: carries the requests.
        blob_id: hex SHA-256 of the content; its address is `/v1/uploads/<blob_id>`.
        source: seekable; not closed.
        size_bytes: of the whole content.
        progress, cancel: see `sync.endpoint`.
        patience: see `Patience`.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        line: Line,
        blob_id: str,
        source: BinaryIO,
        *,
        size_bytes: int,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._line = line
        self._blob_id = blob_id
        self._target = f"/v1/uploads/{blob_id}"
        self._source = source
        self._size_bytes = size_bytes
        self._progress = progress
        self._cancel = cancel
        self._patience = patience or Patience()
        self._sleep = sleep
        self._sent = 0

    def run(self) -> int:
        """Return once the other side holds the blob whole; the result is how many bytes were sent.

        Raises:
            LinkLost: out of patience; what arrived is kept there.
            BlobDamaged, TooLarge, Refused, ServerBusy, Cancelled: see `Endpoint.upload`.
        """
        furthest, fruitless = -1, 0
        while True:
            try:
                held = offset_of(self._line, self._target, size_bytes=self._size_bytes)
                if held == self._size_bytes:
                    return self._sent
                fruitless = 0 if (held or 0) > furthest else fruitless
                furthest = max(furthest, held or 0)
                self._send_rest(held)
            except LinkLost as error:
                self._await_line()
                failure: SyncError = error
            except Refused as error:
                if error.reason not in {"sync.offset_wrong", "sync.upload_unknown"}:
                    raise
                failure = error
            else:
                continue
            fruitless += 1
            if fruitless > self._patience.fruitless_tries:
                raise LinkLost(f"{fruitless} tries moved nothing") from failure

    def _send_rest(self, held: int | None) -> None:
        rest = Remainder(
            self._source,
            offset=held or 0,
            size_bytes=self._size_bytes,
            progress=self._progress,
            cancel=self._cancel,
        )
        headers = {"Tus-Resumable": "1.0.0"}
        if len(rest):
            headers |= {"Content-Type": _OCTETS, "Upload-Checksum": rest.checksum()}
        try:
            if held is None:
                name = base64.b64encode(self._blob_id.encode()).decode()
                headers |= {"Upload-Length": str(self._size_bytes), "Upload-Metadata": f"blob_id {name}"}
                self._line.send("POST", "/v1/uploads", headers, rest if len(rest) else None)
            else:
                self._line.send("PATCH", self._target, headers | {"Upload-Offset": str(held)}, rest)
        finally:
            self._sent += rest.handed_over

    def _await_line(self) -> None:
        """Probe until the other side answers.

        Raises:
            LinkLost: it did not within `give_up_s`.
        """
        waited = 0.0
        while not self._line.probe():
            if self._cancel is not None and self._cancel():
                raise Cancelled("asked to stop")
            if waited >= self._patience.give_up_s:
                raise LinkLost("line does not come back")
            self._sleep(self._patience.probe_every_s)
            waited += self._patience.probe_every_s


def offset_of(line: Line, target: str, *, size_bytes: int | None = None) -> int | None:
    """Return how many bytes the other side holds, None when it knows nothing of the blob.

    Args:
        line: carries the request.
        target: address of the upload.
        size_bytes: of the whole, when it is known.

    Raises:
        ProtocolBroken: no offset in the answer, or one beyond the size.

    Source: tus 1.0.0, core protocol, Upload-Offset.
    """
    answer = line.send("HEAD", target, {"Tus-Resumable": "1.0.0"}, None)
    if answer.status == 404:
        return None
    text = answer.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ProtocolBroken("no offset in the answer")
    if size_bytes is not None and int(text) > size_bytes:
        raise ProtocolBroken("offset is beyond the size")
    return int(text)
