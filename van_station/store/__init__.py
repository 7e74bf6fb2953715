"""The encrypted store: rows, blobs, one write path."""

from van_station.store.blobs import BlobStore
from van_station.store.errors import (
    AuditRefused,
    BlobDamaged,
    BlobMissing,
    BlobTooLarge,
    ConstraintBroken,
    StaleRow,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNewer,
    StoreReadOnly,
    StoreTrouble,
)
from van_station.store.store import Conflict, Store
from van_station.store.unit import Received, UnitOfWork
from van_station.store.verify import Finding, VerifyReport

__all__ = [
    "AuditRefused",
    "BlobDamaged",
    "BlobMissing",
    "BlobStore",
    "BlobTooLarge",
    "Conflict",
    "ConstraintBroken",
    "Finding",
    "Received",
    "StaleRow",
    "Store",
    "StoreBusy",
    "StoreClosed",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreNewer",
    "StoreReadOnly",
    "StoreTrouble",
    "UnitOfWork",
    "VerifyReport",
]
