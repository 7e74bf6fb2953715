"""What the commands refuse because of what was asked for, not because of what lies in a file."""

from __future__ import annotations

from pathlib import Path


class AskedAmiss(Exception):
    """A path or option that cannot be used.

    Attributes:
        exit_code: 2 for an option that could never be right, 1 for what depends on the disk.
        details: for the sentence.
    """

    code = "cli.asked_amiss"
    retryable = False
    exit_code = 1

    def __init__(self, **details: str) -> None:
        super().__init__(self.code)
        self.details = details


class SourceMissing(AskedAmiss):
    """Nothing lies at this path."""

    code = "cli.source_missing"


class SourceUnreadable(AskedAmiss):
    """Something lies there that cannot be read as a file: a folder, somebody else's, a broken disk."""

    code = "cli.source_unreadable"


class NotWritten(AskedAmiss):
    """No folder, no permission, no room; what lay there before still does."""

    code = "cli.not_written"


class NoEdition(AskedAmiss):
    """A folder without `catalogue.json`."""

    code = "catalogue.no_edition"


class NoKeyFile(AskedAmiss):
    """A file that `new-key` has not written."""

    code = "catalogue.no_key_file"


class NoSuchGroup(AskedAmiss):
    """A priority group that nobody knows."""

    code = "catalogue.no_such_group"
    exit_code = 2


class NoSuchWard(AskedAmiss):
    """A ward that is not one of Hanoi's."""

    code = "catalogue.no_such_ward"
    exit_code = 2


class NoSuchDay(AskedAmiss):
    """A day that no calendar has, or that is written otherwise."""

    code = "cli.no_such_day"
    exit_code = 2


class NoSuchLanguage(AskedAmiss):
    """Neither vi nor en."""

    code = "cli.no_such_language"
    exit_code = 2


class TrustUnfit(AskedAmiss):
    """No public key of 64 hex digits."""

    code = "catalogue.trust_unfit"
    exit_code = 2


def unreadable(path: Path, error: OSError | ValueError) -> AskedAmiss:
    """Return what to raise when a file could not be opened."""
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    return (SourceMissing if missing else SourceUnreadable)(path=str(path))
