"""One round of the uplink: records first, then news, then blobs, then dossiers; nothing blocks the rest."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import BytesIO
from random import Random
from typing import BinaryIO

from sync.changes import Change, ChangeId, encoded_size
from sync.endpoint import Endpoint, ServerInfo
from sync.errors import (
    BlobDamaged,
    Cancelled,
    ChangeRefused,
    LinkLost,
    MissingParts,
    NotEnrolled,
    ProtocolBroken,
    Refused,
    ServerBusy,
    SyncError,
    TooLarge,
)
from sync.receipts import DossierManifest, Receipt, verify_receipt
from sync.upload_queue import BLOB, CHANGE, DOSSIER, BlobTask, UploadQueue

__all__ = [
    "BLOB",
    "CHANGE",
    "DOSSIER",
    "BlobTask",
    "Outcome",
    "Parked",
    "RoundReport",
    "Uplink",
    "UplinkSettings",
    "UploadQueue",
]


class Outcome(Enum):
    """How a round ended."""

    DONE = "done"
    """Everything that could be sent was sent."""
    LEFT_OVER = "left_over"
    """The line held, some items have to be tried again."""
    LINK_LOST = "link_lost"
    """The line was lost, or is not there."""
    REFUSED = "refused"
    """The gateway does not know us, or it is not the gateway we know: a person must look."""


@dataclass(frozen=True, slots=True)
class Parked:
    """An item that was set aside in this round."""

    kind: str
    ref_id: str
    code: str


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What one round did.

    Attributes:
        outcome: see `Outcome`.
        code: error code when the round ended early or left something over, else "".
        next_delay_s: when to start the next round.
        server: who answered, None when nobody did.
        skew_s: gateway's clock minus ours, None when unknown; above 300 it wants a person's eye.
        changes_sent, blobs_sent, bytes_sent, receipts, events: counts.
        parked: items set aside in this round.
    """

    outcome: Outcome
    code: str
    next_delay_s: float
    server: ServerInfo | None
    skew_s: float | None
    changes_sent: int
    blobs_sent: int
    bytes_sent: int
    receipts: int
    events: int
    parked: tuple[Parked, ...]


@dataclass(frozen=True, slots=True)
class UplinkSettings:
    """Bounds and paces of the uplink; times in seconds."""

    batch_changes: int = 500
    batch_bytes: int = 256 * 1024
    parallel_blobs: int = 2
    feed_limit: int = 200
    idle_s: float = 15.0
    back_off_first_s: float = 1.0
    back_off_cap_s: float = 30.0
    busy_in_a_row: int = 3
    damaged_tries: int = 3


class Uplink:
    """Empties a queue into an endpoint, round by round.

    Args:
        endpoint: the gateway.
        queue: see `UploadQueue`.
        clock: wall clock, aware.
        random: for the jitter.
        pinned: the gateway as it was at enrolment; another one is refused. None takes whoever answers
            first and holds on to it.
        settings: see `UplinkSettings`.
        cancel: True stops transfers and ends the round.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        queue: UploadQueue,
        clock: Callable[[], datetime],
        random: Random,
        *,
        pinned: ServerInfo | None = None,
        settings: UplinkSettings | None = None,
        cancel: Callable[[], bool] = lambda: False,
    ) -> None:
        self._endpoint = endpoint
        self._queue = queue
        self._clock = clock
        self._random = random
        self._pinned = pinned
        self._settings = settings or UplinkSettings()
        self._cancel = cancel
        self._failed_rounds = 0
        self._damaged: dict[str, int] = {}
        self._put_off: dict[str, int] = {}

    def run_round(self) -> RoundReport:
        """Send what waits and fetch what is new; never raises a `SyncError`."""
        round_ = _Round()
        try:
            self._meet(round_)
            self._send_changes(round_)
            self._fetch_feed(round_)
            self._send_blobs(round_)
            self._submit_dossiers(round_)
            self._fetch_feed(round_)
            outcome = Outcome.LEFT_OVER if round_.code else Outcome.DONE
        except (NotEnrolled, _OtherGateway) as error:
            outcome, round_.code = Outcome.REFUSED, error.reason
        except SyncError as error:
            outcome, round_.code = Outcome.LINK_LOST, error.code
        return round_.report(outcome, self._next_delay_s(outcome))

    def _next_delay_s(self, outcome: Outcome) -> float:
        """Return the pause: idle after success, else doubled up to a cap; between half and all of it."""
        if outcome is Outcome.DONE:
            self._failed_rounds = 0
            pause_s = self._settings.idle_s
        else:
            doubled = self._settings.back_off_first_s * 2 ** min(self._failed_rounds, 16)
            pause_s = min(doubled, self._settings.back_off_cap_s)
            self._failed_rounds += 1
        return pause_s * self._random.uniform(0.5, 1.0)

    def _meet(self, round_: "_Round") -> None:
        before = self._clock()
        info = self._endpoint.hello()
        after = self._clock()
        known = self._pinned or info
        if (known.gateway_id, known.receipt_public_key) != (info.gateway_id, info.receipt_public_key):
            raise _OtherGateway("another gateway answers", reason="sync.other_gateway")
        self._pinned = known
        round_.server = info
        with suppress(ValueError):
            middle = before + (after - before) / 2
            round_.skew_s = (datetime.fromisoformat(info.time) - middle).total_seconds()

    # records

    def _send_changes(self, round_: "_Round") -> None:
        """Push until nothing is pending, or until what is pending stays the same.

        A gateway that was restored from an old copy says that it holds less than before: the queue then
        gives the older changes again.
        """
        last: list[ChangeId] = []
        while pending := self._queue.pending_changes(self._settings.batch_changes):
            places = [change.id() for change in pending]
            if places == last:
                round_.leave("sync.changes_not_taken")
                break
            last = places
            for batch in self._batches(pending, round_):
                self._push(batch, round_)

    def _batches(self, changes: Sequence[Change], round_: "_Round") -> Iterator[list[Change]]:
        """Split into batches of a size that a bad line takes in a few seconds; park what has no encoding."""
        batch: list[Change] = []
        room = self._settings.batch_bytes
        for change in changes:
            try:
                size = encoded_size(change)
            except ChangeRefused as error:
                self._park(CHANGE, f"{change.site}:{change.seq}", error.code, round_)
                continue
            if batch and size > room:
                yield batch
                batch, room = [], self._settings.batch_bytes
            batch.append(change)
            room -= size
        if batch:
            yield batch

    def _push(self, batch: list[Change], round_: "_Round") -> None:
        """Push one batch, in halves if it is refused as a whole."""
        try:
            reply = self._endpoint.push(batch)
        except NotEnrolled:
            raise
        except (Refused, TooLarge) as error:
            if len(batch) == 1:
                self._park(CHANGE, f"{batch[0].site}:{batch[0].seq}", _reason(error), round_)
            else:
                half = len(batch) // 2
                self._push(batch[:half], round_)
                self._push(batch[half:], round_)
            return
        for item in reply.refused:
            self._park(CHANGE, f"{item.id.site}:{item.id.seq}", item.code, round_)
        self._queue.acknowledged_changes(reply.vector)
        round_.changes_sent += sum(change.seq <= reply.vector.get(change.site, 0) for change in batch)

    # news

    def _fetch_feed(self, round_: "_Round") -> None:
        while True:
            cursor = self._queue.feed_cursor()
            page = self._endpoint.feed(cursor, self._settings.feed_limit)
            if page.next_cursor <= cursor:
                return
            self._queue.apply_feed(page.events, page.next_cursor)
            round_.events += len(page.events)

    # blobs

    def _send_blobs(self, round_: "_Round") -> None:
        """Send urgent ones first, then small ones, some at a time; only this thread touches the queue."""
        waiting = sorted(self._queue.pending_blobs(), key=self._precedence)
        running: dict[Future[int], BlobTask] = {}
        with ThreadPoolExecutor(self._settings.parallel_blobs, "uplink") as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < self._settings.parallel_blobs:
                        self._start(waiting.pop(0), pool, running, round_)
                    self._collect(running, round_)
            except BaseException:
                round_.stopped = True
                raise

    def _precedence(self, task: BlobTask) -> tuple[int, bool, int]:
        return self._put_off.get(task.blob_id, 0), not task.urgent, task.size_bytes

    def _start(
        self,
        task: BlobTask,
        pool: ThreadPoolExecutor,
        running: dict[Future[int], BlobTask],
        round_: "_Round",
    ) -> None:
        try:
            content = self._queue.open_blob(task.blob_id)
        except Exception as error:  # noqa: BLE001  # whatever ails one file must not stop the others
            return self._park(BLOB, task.blob_id, getattr(error, "code", "sync.blob_unreadable"), round_)
        source = BytesIO(content) if isinstance(content, bytes) else content
        running[pool.submit(self._send_blob, task, source, round_)] = task
        return None

    def _send_blob(self, task: BlobTask, source: BinaryIO, round_: "_Round") -> int:
        assert round_.server is not None
        with source:
            if task.size_bytes > round_.server.max_blob_bytes:
                raise TooLarge("the gateway takes no blob of this size")
            if hashlib.file_digest(source, "sha256").hexdigest() != task.blob_id:  # type: ignore[arg-type]
                raise _DamagedHere("the file here does not hash to its id")
            return self._endpoint.upload(
                task.blob_id,
                source,
                size_bytes=task.size_bytes,
                cancel=lambda: round_.stopped or self._cancel(),
            )

    def _collect(self, running: dict[Future[int], BlobTask], round_: "_Round") -> None:
        """Wait for one transfer to end and note how; a lost line is raised after the others were told."""
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            task = running.pop(future)
            try:
                round_.bytes_sent += future.result()
            except (NotEnrolled, Cancelled):
                raise
            except Exception as error:  # noqa: BLE001  # as above
                if isinstance(error, LinkLost):
                    self._endpoint.hello()  # raises when it is the line, and not this one file
                self._put_off[task.blob_id] = self._put_off.get(task.blob_id, 0) + 1
                self._judge(BLOB, task.blob_id, error, round_)
            else:
                self._queue.blob_done(task.blob_id)
                self._put_off.pop(task.blob_id, None)
                round_.blobs_sent += 1
                round_.busy = 0

    # dossiers

    def _submit_dossiers(self, round_: "_Round") -> None:
        for manifest in self._queue.pending_dossiers():
            try:
                receipt = self._submit(manifest, round_)
                assert self._pinned is not None
                verify_receipt(receipt, self._pinned.receipt_public_key, submitted=manifest)
            except (LinkLost, NotEnrolled):
                raise
            except MissingParts as error:
                if error.last_seq < manifest.last_seq:
                    self._queue.acknowledged_changes({manifest.site: error.last_seq})
                round_.leave(error.code)
            except SyncError as error:
                self._judge(DOSSIER, manifest.dossier_id, error, round_)
            else:
                self._queue.dossier_receipted(receipt)
                round_.receipts += 1
                round_.busy = 0

    def _submit(self, manifest: DossierManifest, round_: "_Round") -> Receipt:
        """Submit; blobs that we believed to be there and are not are sent again, once."""
        try:
            return self._endpoint.submit(manifest)
        except MissingParts as error:
            waiting = {task.blob_id for task in self._queue.pending_blobs()}
            lost = [blob for blob in error.blob_ids if blob in manifest.files and blob not in waiting]
            if not lost:
                raise
            for blob_id in lost:
                self._send_again(blob_id, manifest, round_)
            return self._endpoint.submit(manifest)

    def _send_again(self, blob_id: str, manifest: DossierManifest, round_: "_Round") -> None:
        try:
            content = self._queue.open_blob(blob_id)
        except Exception as error:
            raise Refused("file is gone here", reason="sync.blob_unreadable") from error
        source = BytesIO(content) if isinstance(content, bytes) else content
        size_bytes = source.seek(0, 2)
        source.seek(0)
        task = BlobTask(blob_id, manifest.dossier_id, size_bytes, urgent=True)
        round_.bytes_sent += self._send_blob(task, source, round_)

    # items that fail

    def _judge(self, kind: str, ref_id: str, error: Exception, round_: "_Round") -> None:
        """Park an item that will never pass; leave over one that may.

        Raises:
            ServerBusy: so many in a row that it is not the items.
        """
        if isinstance(error, BlobDamaged) and not isinstance(error, _DamagedHere):
            self._damaged[ref_id] = self._damaged.get(ref_id, 0) + 1
            if self._damaged[ref_id] < self._settings.damaged_tries:
                return round_.leave(error.code)
        if isinstance(error, SyncError) and (error.retryable or isinstance(error, ProtocolBroken)):
            round_.leave(error.code)
            round_.busy += 1
            if round_.busy >= self._settings.busy_in_a_row:
                raise ServerBusy("item after item is put off") from error
            return None
        return self._park(kind, ref_id, _reason(error), round_)

    def _park(self, kind: str, ref_id: str, code: str, round_: "_Round") -> None:
        """Set an item aside, once a round."""
        if not any((item.kind, item.ref_id) == (kind, ref_id) for item in round_.parked):
            self._queue.park(kind, ref_id, code)
            round_.parked.append(Parked(kind, ref_id, code))


class _OtherGateway(Refused):
    """Somebody else answers at the gateway's address."""


class _DamagedHere(BlobDamaged):
    """The file on this machine is not what was sealed; sending it again cannot help."""


class _Round:
    """Counts of a round under way."""

    def __init__(self) -> None:
        self.server: ServerInfo | None = None
        self.skew_s: float | None = None
        self.code = ""
        self.changes_sent = self.blobs_sent = self.bytes_sent = self.receipts = self.events = 0
        self.busy = 0
        self.stopped = False
        self.parked: list[Parked] = []

    def leave(self, code: str) -> None:
        """Note that something is left over, and why."""
        self.code = code

    def report(self, outcome: Outcome, next_delay_s: float) -> RoundReport:
        """Return what came of it."""
        return RoundReport(
            outcome=outcome,
            code=self.code,
            next_delay_s=next_delay_s,
            server=self.server,
            skew_s=self.skew_s,
            changes_sent=self.changes_sent,
            blobs_sent=self.blobs_sent,
            bytes_sent=self.bytes_sent,
            receipts=self.receipts,
            events=self.events,
            parked=tuple(self.parked),
        )


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "code", "") or "sync.failed")
