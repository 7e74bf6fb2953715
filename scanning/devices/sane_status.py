"""SANE's statuses, as python-sane spells them, and our fault codes (SANE Standard 1.06, 4.2.7)."""

from __future__ import annotations

from typing import Final

_STATUS_CODES: Final = {
    "Operation not supported": "scan.unsupported",
    "Operation was canceled": "scan.cancelled",
    "Operation was cancelled": "scan.cancelled",
    "Device busy": "scan.busy",
    "Invalid argument": "scan.bad_setting",
    "End of file reached": "scan.no_data",
    "Scanner returned no data": "scan.no_data",
    "Document feeder jammed": "scan.jammed",
    "Document feeder out of documents": "scan.no_paper",
    "Scanner cover is open": "scan.cover_open",
    "Error during device I/O": "scan.io",
    "Out of memory": "scan.no_memory",
    "Access to resource has been denied": "scan.denied",
}


def status_code(error: Exception) -> str:
    """Return the fault code for what python-sane raised; an unknown status counts as an I/O error."""
    return _STATUS_CODES.get(str(error), "scan.io")
