"""The gateway without its web face: the parts put together, and an endpoint in the same process."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from sync.changes import Change, decode_items, encode_batch
from sync.endpoint import Cancel, FeedPage, Progress, PushReply, ServerInfo
from sync.errors import Cancelled, NotEnrolled
from sync.gateway.blobs import BlobFolder
from sync.gateway.database import Database
from sync.gateway.gate import Gate
from sync.gateway.keys import open_keys
from sync.gateway.ledger import Ledger
from sync.gateway.platform import Platform, ReferencePlatform
from sync.gateway.settings import GatewaySettings
from sync.gateway.submissions import Submissions
from sync.receipts import DossierManifest, Receipt
from sync.wire import MAX_BATCH_BYTES, MAX_BATCH_CHANGES

SOFTWARE = "sync-gateway 0.1"
_CHUNK_BYTES = 64 * 1024


def utc_now() -> datetime:
    """Return the wall clock, aware."""
    return datetime.now(UTC)


class GatewayCore:
    """All of a gateway but HTTP. Threads may call at once.

    Args:
        settings: see `GatewaySettings`.
        platform: where dossiers go; the reference when None.
        now: clock, aware.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        platform: Platform | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.settings = settings
        self._clock = now
        self.keys = open_keys(settings.folder)
        self.database = Database(settings.folder / "gateway.sqlite", key=settings.store_key)
        (settings.folder / "gateway.sqlite").chmod(0o600)
        self.blobs = BlobFolder(
            settings.folder,
            max_blob_bytes=settings.max_blob_bytes,
            keep_free_bytes=settings.keep_free_bytes,
        )
        self.reference = (
            ReferencePlatform(
                settings.folder / "platform.sqlite", unit=settings.unit, now=now, key=settings.store_key
            )
            if platform is None
            else None
        )
        self.gate = Gate(self.database, now_ms=lambda: int(now().timestamp() * 1000), now=self._now)
        self.gate.offer(settings.enrolment_codes)
        self.ledger = Ledger(self.database, self._now)
        handed_to = platform or self.reference
        assert handed_to is not None
        self.submissions = Submissions(
            self.database,
            ledger=self.ledger,
            blobs=self.blobs,
            platform=handed_to,
            keys=self.keys,
            now=self._now,
        )

    def _now(self) -> str:
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def hello(self) -> ServerInfo:
        """Return who this is."""
        return ServerInfo(
            tenant=self.settings.tenant,
            gateway_id=self.keys.gateway_id,
            time=self._now(),
            receipt_public_key=self.keys.receipt_public_key,
            platform_public_key=self.settings.platform_public_key,
            max_blob_bytes=self.settings.max_blob_bytes,
            software=SOFTWARE,
        )

    def push_packed(self, pusher: str, data: bytes) -> PushReply:
        """Take a batch as it came over the line."""
        items = decode_items(data, max_bytes=MAX_BATCH_BYTES, max_changes=MAX_BATCH_CHANGES)
        return self.ledger.push(pusher, items)

    def counts(self) -> dict[str, int]:
        """Return figures for the metrics page: how many of each thing are held."""
        tables = ("site", "change", "hole", "submission", "feed")
        with self.database.reading() as rows:
            counts = {
                name: int(rows.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608  # fixed names
                for name in tables
            }
            waiting = rows.execute("SELECT count(*) FROM outbox WHERE official_code IS NULL").fetchone()[0]
            skew = rows.execute("SELECT coalesce(max(abs(skew_ms)), 0) FROM site").fetchone()[0]
        return counts | {"outbox_waiting": int(waiting), "largest_skew_ms": int(skew)}

    def close(self) -> None:
        """Close the files."""
        self.database.close()
        if self.reference is not None:
            self.reference.close()


class LocalEndpoint:
    """`Endpoint` onto a core in the same process, for a site that is enrolled there.

    It skips HTTP and the request signature, nothing else.
    """

    def __init__(self, core: GatewayCore, site: str) -> None:
        self._core = core
        self._site = site

    def _admit(self) -> None:
        with self._core.database.reading() as rows:
            if rows.execute("SELECT 1 FROM site WHERE site = ?", (self._site,)).fetchone() is None:
                raise NotEnrolled("site is unknown")

    def hello(self) -> ServerInfo:
        """See `Endpoint`."""
        return self._core.hello()

    def push(self, changes: Sequence[Change]) -> PushReply:
        """See `Endpoint`."""
        self._admit()
        return self._core.push_packed(self._site, encode_batch(changes))

    def blob_offset(self, blob_id: str) -> int | None:
        """See `Endpoint`."""
        self._admit()
        state = self._core.blobs.state(blob_id)
        return None if state is None else state[0]

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
        self._admit()
        start = offset = self._core.blobs.create(blob_id, size_bytes)
        if self._core.blobs.is_whole(blob_id):
            return 0
        source.seek(offset)
        writer = self._core.blobs.open_part(blob_id, offset=offset)
        try:
            while offset < size_bytes and (chunk := source.read(min(_CHUNK_BYTES, size_bytes - offset))):
                if cancel is not None and cancel():
                    raise Cancelled("asked to stop")
                writer.write(chunk)
                offset += len(chunk)
                if progress is not None:
                    progress(offset, size_bytes)
        finally:
            writer.close()
        self._core.blobs.finish(blob_id)
        return offset - start

    def submit(self, manifest: DossierManifest) -> Receipt:
        """See `Endpoint`."""
        self._admit()
        return self._core.submissions.submit(manifest)

    def feed(self, after: int, limit: int) -> FeedPage:
        """See `Endpoint`."""
        self._admit()
        return self._core.submissions.feed(after, limit)
