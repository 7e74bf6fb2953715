"""Replication and uplink that lose nothing on a bad line; stands alone, knows nothing of its user.

The HTTP client is in `sync.http_endpoint`, the server in `sync.gateway`; both bring packages of their own.
"""

from sync.changes import DELETED, Change, ChangeId
from sync.clock import HybridClock
from sync.endpoint import Endpoint, FeedPage, OfficialCode, PaymentNotice, ServerInfo, StatusChanged
from sync.errors import SyncError
from sync.merge import VersionVector
from sync.receipts import DossierManifest, Receipt
from sync.uplink import BlobTask, Outcome, RoundReport, Uplink, UploadQueue

__all__ = [
    "DELETED",
    "BlobTask",
    "Change",
    "ChangeId",
    "DossierManifest",
    "Endpoint",
    "FeedPage",
    "HybridClock",
    "OfficialCode",
    "Outcome",
    "PaymentNotice",
    "Receipt",
    "RoundReport",
    "ServerInfo",
    "StatusChanged",
    "SyncError",
    "Uplink",
    "UploadQueue",
    "VersionVector",
]
