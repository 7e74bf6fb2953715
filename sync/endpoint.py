"""What a machine may ask of the other side: one Protocol for gateway, HTTP client and later LAN peers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias

from sync.changes import Change, ChangeId
from sync.merge import VersionVector
from sync.receipts import DossierManifest, Receipt

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (bytes handed to the line so far, size of the blob)."""
Cancel: TypeAlias = Callable[[], bool]
"""Asked often while sending; True stops the transfer."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Who the other side is.

    Attributes:
        tenant: whose data it keeps; part of every sealed file's context.
        gateway_id: hex name of the gateway; feed cursors are counted per gateway.
        time: its clock, ISO 8601 UTC with milliseconds and "Z".
        receipt_public_key: 32 bytes Ed25519; to be pinned at enrolment.
        platform_public_key: HPKE public bytes scans are sealed to; b"" when it has none.
        max_blob_bytes: larger blobs are refused.
        software: name and version, for people.
    """

    tenant: str
    gateway_id: str
    time: str
    receipt_public_key: bytes
    platform_public_key: bytes
    max_blob_bytes: int
    software: str


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change the other side will not take, and its code for why."""

    id: ChangeId
    code: str


@dataclass(frozen=True, slots=True)
class PushReply:
    """What the other side holds after a push.

    Attributes:
        vector: last seq per site that it holds without a gap, durably; only sites of the push.
            A refused change of the pushing site counts as held (its place is kept as a hole).
        refused: changes it will not take, now or later.
    """

    vector: VersionVector
    refused: tuple[RefusedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialCode:
    """The platform gave a dossier its official code."""

    dossier_id: str
    code: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The platform moved a dossier to a status (1..10, national list), with a note code or ""."""

    dossier_id: str
    status: int
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A bank credited an amount; `bank_time` is ISO 8601 UTC."""

    notice_id: str
    reference: str
    amount_vnd: int
    bank_time: str


FeedEvent: TypeAlias = OfficialCode | StatusChanged | PaymentNotice


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events after a cursor, oldest first, and the cursor to go on from."""

    events: tuple[FeedEvent, ...]
    next_cursor: int


class Endpoint(Protocol):
    """The other side. Every call may be repeated harmlessly; several threads may call at once.

    Raises:
        LinkLost: it may or may not have arrived.
        ServerBusy: not now.
        NotEnrolled: this site is unknown there.
        Refused: no, and repeating changes nothing.
        ProtocolBroken: this is not the other side that we know.
    """

    def hello(self) -> ServerInfo:
        """Return who is there; needs no enrolment."""
        ...

    def push(self, changes: Sequence[Change]) -> PushReply:
        """Hand over changes, each site's in order of seq; answered when they are durable.

        Raises:
            Refused: nothing was taken because the batch as a whole cannot be read.
            TooLarge: too many or too big for one batch.
        """
        ...

    def blob_offset(self, blob_id: str) -> int | None:
        """Return how many bytes of a blob it holds, from the start; None when it knows nothing of it."""
        ...

    def upload(
        self,
        blob_id: str,
        source: BinaryIO,
        *,
        size_bytes: int,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> int:
        """Send what is missing of a blob; returns when it is whole, checked and durable there.

        Args:
            blob_id: hex SHA-256 of the content.
            source: seekable, open for reading; not closed.
            size_bytes: of the whole content.
            progress: see `Progress`.
            cancel: see `Cancel`.

        Returns:
            Bytes that had to be sent.

        Raises:
            BlobDamaged: the content does not hash to its id; the other side dropped it.
            Cancelled: asked to stop; what arrived is kept and resumed next time.
        """
        ...

    def submit(self, manifest: DossierManifest) -> Receipt:
        """Hand in a dossier whose changes and blobs are there.

        Raises:
            MissingParts: some are not.
        """
        ...

    def feed(self, after: int, limit: int) -> FeedPage:
        """Return up to `limit` events with a cursor above `after`."""
        ...
