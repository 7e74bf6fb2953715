"""Everything this library raises on purpose; the root says what may be done about it."""


class SyncError(Exception):
    """Whatever this library raises on purpose.

    Attributes:
        code: stable name of what went wrong; faces turn it into a sentence.
        retryable: the same request may be repeated later, unchanged.
    """

    code = "sync.failed"
    retryable = False


class LinkLost(SyncError):
    """The line went quiet: the last request may or may not have arrived."""

    code = "sync.link_lost"
    retryable = True


class ServerBusy(SyncError):
    """The other side is there but cannot serve now (5xx, 429, disk full)."""

    code = "sync.server_busy"
    retryable = True


class Cancelled(SyncError):
    """Our own side asked to stop; what the server holds stays there."""

    code = "sync.cancelled"
    retryable = True


class Refused(SyncError):
    """The other side understood and said no: repeating changes nothing.

    Attributes:
        reason: the refusing side's own code, for the parked item and the log.
    """

    code = "sync.refused"

    def __init__(self, message: str = "", *, reason: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason or self.code


class NotEnrolled(Refused):
    """The other side does not know this site, or has revoked it."""

    code = "sync.not_enrolled"


class ProtocolBroken(SyncError):
    """The answer does not follow the protocol: another program, a proxy, or a defect."""

    code = "sync.protocol_broken"


class TooLarge(SyncError):
    """Something is larger than the bound that was given for it."""

    code = "sync.too_large"


class ChangeRefused(SyncError):
    """A change is malformed, or its signature does not belong to its site.

    Attributes:
        site: the change's site, "" when it could not be read.
        seq: its number, 0 when it could not be read.
    """

    code = "sync.change_refused"

    def __init__(self, message: str, *, site: str = "", seq: int = 0) -> None:
        super().__init__(message)
        self.site = site
        self.seq = seq


class ChainBroken(ChangeRefused):
    """A site's chain has a gap, another order, or a changed link."""

    code = "sync.chain_broken"


class ChangeForked(ChangeRefused):
    """Another change is already held under the same (site, seq): two histories of one site."""

    code = "sync.change_forked"


class ReceiptRefused(SyncError):
    """A receipt that proves nothing: wrong signature, or not about what was submitted."""

    code = "sync.receipt_refused"


class BlobDamaged(SyncError):
    """The bytes do not hash to the blob's id (tus checksum mismatch, or a damaged local file)."""

    code = "sync.blob_damaged"


class MissingParts(SyncError):
    """A dossier was submitted before all it names had arrived.

    Attributes:
        blob_ids: blobs that the server does not hold whole.
        last_seq: the last change of the submitting site that the server holds.
    """

    code = "sync.missing_parts"
    retryable = True

    def __init__(self, blob_ids: tuple[str, ...], last_seq: int) -> None:
        super().__init__(f"{len(blob_ids)} blobs missing, changes held up to {last_seq}")
        self.blob_ids = blob_ids
        self.last_seq = last_seq


class RequestReplayed(SyncError):
    """The same signed request came before; a new one, with its own nonce, is welcome."""

    code = "sync.replayed"
    retryable = True


class StaleRequest(SyncError):
    """A request's time is far behind the latest one of its site: an old recording, or a clock set back.

    Attributes:
        latest_ms: the site's latest time; a request dated after it is welcome.
    """

    code = "sync.stale_request"
    retryable = True

    def __init__(self, latest_ms: int) -> None:
        super().__init__("older than the site's latest request")
        self.latest_ms = latest_ms
