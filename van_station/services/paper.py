"""A page or table that is ready to print or to keep, in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PrintedPage:
    """A finished document. `file_name` is ASCII and holds no personal data."""

    file_name: str
    media_type: str
    data: bytes = field(repr=False)
