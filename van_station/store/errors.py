"""Everything this room raises on purpose. No message carries a row's content or a key."""

import errno


class StoreError(Exception):
    """Whatever this room raises on purpose.

    Attributes:
        code: stable name of what went wrong; faces turn it into a sentence.
        retryable: the same act may succeed later, unchanged.
    """

    code = "store.failed"
    retryable = False


class StoreLocked(StoreError):
    """The key is not this store's."""

    code = "store.locked"


class StoreDamaged(StoreError):
    """The key is right, the file is not: a page fails its check, or the file is cut."""

    code = "store.damaged"


class StoreBusy(StoreError):
    """Another process, or another connection, holds the store."""

    code = "store.busy"
    retryable = True


class StoreFull(StoreError):
    """The disk is full; nothing of the act was kept."""

    code = "store.full"
    retryable = True


class StoreReadOnly(StoreError):
    """The disk cannot be written, or a reading session was asked to write."""

    code = "store.read_only"


class StoreTrouble(StoreError):
    """The disk reported a failure of its own; nothing of the act was kept."""

    code = "store.disk"
    retryable = True


class StoreNewer(StoreError):
    """The store was written by a newer version of this program."""

    code = "store.newer"


class StoreClosed(StoreError):
    """The store has been closed, e.g. because the desk is locked."""

    code = "store.closed"


class ConstraintBroken(StoreError):
    """A row misses a required value, or repeats what must be unique."""

    code = "store.constraint"


class StaleRow(StoreError):
    """Since this row was read, somebody else changed a value that is about to be replaced: read it again."""

    code = "store.stale"
    retryable = True


class AuditRefused(StoreError):
    """An audit note holds something else than codes and counts."""

    code = "store.audit_refused"


class BlobMissing(StoreError):
    """No such blob on this machine."""

    code = "store.blob_missing"


class BlobDamaged(StoreError):
    """The bytes on disk do not hash to the blob's id."""

    code = "store.blob_damaged"


class BlobTooLarge(StoreError):
    """More bytes than the store's bound for one blob."""

    code = "store.blob_too_large"


def of_os_error(error: OSError) -> StoreError:
    """Return ours for an error of the file system."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StoreFull("no space left")
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return StoreReadOnly("cannot write")
    return StoreTrouble("the disk failed")
