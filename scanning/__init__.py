"""From paper to a searchable PDF/A: scanners and watched folders, cleaning, OCR, documents.

    from scanning import DeviceConfig, ScanSettings, clean, devices, pdf

    with devices.start_scan(device_id, ScanSettings(), config) as job:
        pages = [clean(event.page) for event in job if isinstance(event, PageCaptured)]
    data = pdf.write(pages, layers=[None] * len(pages), title="...", created=now)
    pdf.verify(data, pages)

Names are loaded when first used: a driver process needs neither OpenCV nor pikepdf.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scanning import adjust, devices, ocr, pdf, samples
    from scanning.codes import FAULTS, FINDINGS, Severity
    from scanning.devices import (
        DeviceConfig,
        DeviceInfo,
        Event,
        PageCaptured,
        ScanEnded,
        ScanFault,
        ScanJob,
        ScanSettings,
    )
    from scanning.errors import (
        DeviceUnknown,
        OcrFailed,
        OcrTooSlow,
        OcrUnavailable,
        PageTooLarge,
        PageUnreadable,
        PdfNotFaithful,
        PdfRefused,
        ScanningError,
    )
    from scanning.ocr import OcrStatus
    from scanning.page import Box, CleanPage, Encoding, Finding, PageLimits, RawPage
    from scanning.pipeline import CleanOptions, clean, preview, rotate, thumbnail
    from scanning.separators import Part, Separator, read_separator, split_by_count, split_by_separators
    from scanning.text import TextLayer, Word

__all__ = [
    "FAULTS",
    "FINDINGS",
    "Box",
    "CleanOptions",
    "CleanPage",
    "DeviceConfig",
    "DeviceInfo",
    "DeviceUnknown",
    "Encoding",
    "Event",
    "Finding",
    "OcrFailed",
    "OcrStatus",
    "OcrTooSlow",
    "OcrUnavailable",
    "PageCaptured",
    "PageLimits",
    "PageTooLarge",
    "PageUnreadable",
    "Part",
    "PdfNotFaithful",
    "PdfRefused",
    "RawPage",
    "ScanEnded",
    "ScanFault",
    "ScanJob",
    "ScanSettings",
    "ScanningError",
    "Separator",
    "Severity",
    "TextLayer",
    "Word",
    "adjust",
    "clean",
    "devices",
    "ocr",
    "pdf",
    "preview",
    "read_separator",
    "rotate",
    "samples",
    "split_by_count",
    "split_by_separators",
    "thumbnail",
]

_HOMES: Final = {
    "scanning.codes": ("FAULTS", "FINDINGS", "Severity"),
    "scanning.devices": (
        "DeviceConfig",
        "DeviceInfo",
        "Event",
        "PageCaptured",
        "ScanEnded",
        "ScanFault",
        "ScanJob",
        "ScanSettings",
    ),
    "scanning.errors": (
        "DeviceUnknown",
        "OcrFailed",
        "OcrTooSlow",
        "OcrUnavailable",
        "PageTooLarge",
        "PageUnreadable",
        "PdfNotFaithful",
        "PdfRefused",
        "ScanningError",
    ),
    "scanning.ocr": ("OcrStatus",),
    "scanning.page": ("Box", "CleanPage", "Encoding", "Finding", "PageLimits", "RawPage"),
    "scanning.pipeline": ("CleanOptions", "clean", "preview", "rotate", "thumbnail"),
    "scanning.separators": (
        "Part",
        "Separator",
        "read_separator",
        "split_by_count",
        "split_by_separators",
    ),
    "scanning.text": ("TextLayer", "Word"),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}
_ROOMS: Final = ("adjust", "devices", "ocr", "pdf", "samples")


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"scanning.{name}")
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(name)
