"""Invented machines: a site that writes changes, and a queue that keeps everything in memory."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

from sync.changes import Change, ChangeId, digest, sign
from sync.clock import HybridClock
from sync.endpoint import FeedEvent
from sync.merge import VersionVector
from sync.receipts import DossierManifest, Receipt
from sync.signing import new_private_key, public_key_of, signer
from sync.uplink import BLOB, CHANGE, DOSSIER, BlobTask

CODE = "van-enrolment-0001"


class Site:
    """Writes a chain of signed changes."""

    def __init__(self, name: str = "5a17e0") -> None:
        self.name = name
        self.private_key = new_private_key()
        self.public_key = public_key_of(self.private_key)
        self.sign = signer(self.private_key)
        self.log: list[Change] = []
        self._clock = HybridClock(lambda: 1_770_000_000_000)

    def write(self, value, *, record_id="0a", name="full_name", replaces: Sequence[ChangeId] = ()) -> Change:
        previous = digest(self.log[-1]) if self.log else ""
        change = Change(
            site=self.name,
            seq=len(self.log) + 1,
            stamp=self._clock.tick(),
            entity="person",
            record_id=record_id,
            field=name,
            value=value,
            replaces=tuple(sorted(replaces)),
            author="u1",
            schema=1,
            previous=previous,
            signature="",
        )
        self.log.append(sign(change, self.sign))
        return self.log[-1]


def blob(size: int, seed: int = 1) -> tuple[str, bytes]:
    data = random.Random(seed).randbytes(size)
    return hashlib.sha256(data).hexdigest(), data


@dataclass
class MemoryQueue:
    """An `UploadQueue` that forgets nothing and says what happened."""

    changes: list[Change] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    urgent: set[str] = field(default_factory=set)
    dossiers: list[DossierManifest] = field(default_factory=list)
    vector: VersionVector = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    parked: list[tuple[str, str, str]] = field(default_factory=list)
    events: list[FeedEvent] = field(default_factory=list)
    cursor: int = 0

    def _is_parked(self, kind: str, ref_id: str) -> bool:
        return any((k, r) == (kind, ref_id) for k, r, _ in self.parked)

    def pending_changes(self, limit: int) -> list[Change]:
        waiting = [c for c in self.changes if c.seq > self.vector.get(c.site, 0)]
        return [c for c in waiting if not self._is_parked(CHANGE, f"{c.site}:{c.seq}")][:limit]

    def acknowledged_changes(self, vector: VersionVector) -> None:
        self.vector |= vector

    def pending_blobs(self) -> list[BlobTask]:
        waiting = [b for b in self.blobs if b not in self.done and not self._is_parked(BLOB, b)]
        return [BlobTask(b, "d0", len(self.blobs[b]), urgent=b in self.urgent) for b in waiting]

    def open_blob(self, blob_id: str) -> BytesIO:
        return BytesIO(self.blobs[blob_id])

    def blob_done(self, blob_id: str) -> None:
        assert blob_id not in self.done
        self.done.append(blob_id)

    def pending_dossiers(self) -> list[DossierManifest]:
        receipted = {(r.dossier_id, r.version) for r in self.receipts}
        waiting = [m for m in self.dossiers if (m.dossier_id, m.version) not in receipted]
        return [m for m in waiting if not self._is_parked(DOSSIER, m.dossier_id)]

    def dossier_receipted(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    def park(self, kind: str, ref_id: str, code: str) -> None:
        assert not self._is_parked(kind, ref_id)
        self.parked.append((kind, ref_id, code))

    def feed_cursor(self) -> int:
        return self.cursor

    def apply_feed(self, events: Sequence[FeedEvent], next_cursor: int) -> None:
        self.events += events
        self.cursor = next_cursor


def filled_queue(site: Site, *, files: int = 3, size: int = 20_000) -> MemoryQueue:
    """A queue with ten changes and one dossier of some files."""
    queue = MemoryQueue(changes=[site.write(f"Họ tên số {n}") for n in range(10)])
    for seed in range(files):
        blob_id, data = blob(size + seed, seed)
        queue.blobs[blob_id] = data
    queue.dossiers.append(DossierManifest("d0", 1, site.name, 10, tuple(queue.blobs)))
    return queue


def now() -> datetime:
    return datetime.now(UTC)
