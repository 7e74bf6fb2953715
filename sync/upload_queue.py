"""What waits on a machine for the uplink, as the uplink sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from sync.changes import Change
from sync.endpoint import FeedEvent
from sync.merge import VersionVector
from sync.receipts import DossierManifest, Receipt

CHANGE, BLOB, DOSSIER = "change", "blob", "dossier"
"""Kinds of parked items; a change's ref_id is "<site>:<seq>"."""


@dataclass(frozen=True, slots=True)
class BlobTask:
    """A sealed file that waits to be sent."""

    blob_id: str
    dossier_id: str
    size_bytes: int
    urgent: bool


class UploadQueue(Protocol):
    """What waits on this machine. Called from one thread only; each call is durable before it returns."""

    def pending_changes(self, limit: int) -> list[Change]:
        """Return changes not acknowledged and not parked, each site's in order of seq."""
        ...

    def acknowledged_changes(self, vector: VersionVector) -> None:
        """Note per site up to which seq the gateway holds the changes; it may be less than it once said."""
        ...

    def pending_blobs(self) -> list[BlobTask]:
        """Return blobs neither done nor parked."""
        ...

    def open_blob(self, blob_id: str) -> "BinaryIO | bytes":
        """Return a blob's content; the uplink closes it."""
        ...

    def blob_done(self, blob_id: str) -> None:
        """Note that the gateway holds the blob whole."""
        ...

    def pending_dossiers(self) -> list[DossierManifest]:
        """Return dossiers confirmed, not receipted, not parked."""
        ...

    def dossier_receipted(self, receipt: Receipt) -> None:
        """Keep a receipt; its signature and content have been checked."""
        ...

    def park(self, kind: str, ref_id: str, code: str) -> None:
        """Set an item aside until a person looks at it; it is no longer pending."""
        ...

    def feed_cursor(self) -> int:
        """Return up to where the feed has been applied, 0 at first."""
        ...

    def apply_feed(self, events: Sequence[FeedEvent], next_cursor: int) -> None:
        """Apply events and move the cursor, in one transaction."""
        ...
