"""The catalogue of codes: what a scan, a page or a document can suffer from.

Faults end or interrupt a scan; findings describe a page that was kept. A code is never reused.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """How much a finding matters to whoever looks at the page."""

    INFO = "info"
    WARN = "warn"
    BLOCK = "block"


FAULTS: Final = MappingProxyType(
    {
        # the scanner, one code for each SANE status (SANE Standard 1.06, 4.2.7)
        "scan.jammed": True,
        "scan.no_paper": True,
        "scan.cover_open": True,
        "scan.busy": True,
        "scan.io": True,
        "scan.denied": False,
        "scan.no_memory": True,
        "scan.cancelled": True,
        "scan.unplugged": True,
        "scan.unsupported": False,
        "scan.bad_setting": False,
        "scan.no_data": True,
        "scan.page_incomplete": True,
        "scan.page_too_large": False,
        "scan.option_unknown": False,
        # what a network scanner's feeder tells beyond SANE (eSCL, AdfState)
        "scan.mispick": True,
        "scan.double_feed": True,
        "scan.paper_length": True,
        "scan.tray_failed": True,
        "scan.tray_overloaded": True,
        "scan.device_aborted": True,
        # the network scanner
        "scan.unreachable": True,
        "scan.not_a_scanner": False,
        "scan.bad_address": False,
        "scan.certificate_changed": False,
        # the driver process
        "scan.driver_hung": True,
        "scan.driver_crashed": True,
        "scan.driver_missing": False,
        "scan.device_unknown": True,
        # the watched folder
        "scan.folder_missing": True,
        "scan.file_unreadable": False,
        "scan.file_unfinished": True,
        "scan.file_too_large": False,
        "scan.file_too_many_pages": False,
    }
)
"""Fault code -> True when the operator may simply try again."""

FINDINGS: Final = MappingProxyType(
    {
        "scan.blank": Severity.INFO,
        "scan.separator": Severity.INFO,
        "scan.skewed": Severity.INFO,
        "scan.flattened": Severity.INFO,
        "scan.low_resolution": Severity.WARN,
        "scan.blurred": Severity.WARN,
        "scan.too_dark": Severity.WARN,
        "scan.too_pale": Severity.WARN,
        "scan.finger": Severity.WARN,
        "scan.page_missing": Severity.WARN,
        "scan.cut_off": Severity.WARN,
    }
)
"""Finding code -> severity."""
