"""What a scan job yields, in order; `ScanEnded` is always the last."""

from __future__ import annotations

from dataclasses import dataclass

from scanning.codes import FAULTS
from scanning.page import RawPage


@dataclass(frozen=True, slots=True)
class PageCaptured:
    """A whole page has arrived; it stays valid whatever comes after."""

    page: RawPage


@dataclass(frozen=True, slots=True)
class ScanFault:
    """Something went wrong.

    Attributes:
        code: one of `scanning.codes.FAULTS`.
        page_no: 1-based page (scanner) or file (folder) it struck; 0: before the first.
        retryable: the operator may simply try again.
        detail: name of the device's option that it is about, else "".
    """

    code: str
    page_no: int
    retryable: bool
    detail: str = ""

    @classmethod
    def of(cls, code: str, page_no: int, detail: str = "") -> ScanFault:
        """Make a fault as the catalogue describes it; KeyError for an unlisted code."""
        return cls(code, page_no, FAULTS[code], detail)


@dataclass(frozen=True, slots=True)
class ScanEnded:
    """Nothing more will come. `pages`: how many were delivered."""

    pages: int


Event = PageCaptured | ScanFault | ScanEnded
