"""What this library raises on purpose. Codes of faults and findings are in `scanning.codes`."""

from __future__ import annotations

from typing import ClassVar


class ScanningError(Exception):
    """Root of the library's errors.

    Attributes:
        code: stable name of what went wrong, for a catalogue of sentences.
        retryable: True when the same call may succeed later, unchanged.
    """

    code: ClassVar[str] = "scan.failed"
    retryable: ClassVar[bool] = False


class DeviceUnknown(ScanningError):
    """No device of that id: it was unplugged, or its driver is not configured."""

    code = "scan.device_unknown"
    retryable = True


class DriverMissing(ScanningError):
    """The program or Python module that drives this kind of device is not installed."""

    code = "scan.driver_missing"


class FrameBroken(ScanningError):
    """Bytes from the driver process are not a frame, or a frame is larger than agreed."""

    code = "scan.driver_crashed"
    retryable = True


class PageUnreadable(ScanningError):
    """The bytes are not a whole picture of a kind that we read."""

    code = "scan.page_unreadable"


class PageTooLarge(ScanningError):
    """The picture claims more pixels or bytes than a page may have."""

    code = "scan.page_too_large"

    def __init__(self, message: str, *, claimed: int, limit: int) -> None:
        super().__init__(message)
        self.claimed = claimed
        self.limit = limit


class OcrUnavailable(ScanningError):
    """No OCR program, or not the language asked for: see `ocr.status`."""

    code = "scan.ocr_unavailable"


class OcrFailed(ScanningError):
    """The OCR program ended with an error on this page."""

    code = "scan.ocr_failed"
    retryable = True


class OcrTooSlow(ScanningError):
    """The OCR program was stopped because it took longer than allowed."""

    code = "scan.ocr_too_slow"
    retryable = True


class PdfRefused(ScanningError):
    """The written document did not pass as PDF/A-2b; `rules` names what failed."""

    code = "scan.pdf_refused"

    def __init__(self, message: str, *, rules: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.rules = rules


class PdfNotTaken(ScanningError):
    """A PDF from elsewhere may not go into a dossier as it is; `reason` says why."""

    code = "scan.pdf_not_taken"

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class PdfNotFaithful(ScanningError):
    """Read back, the document does not show the pages it was made from.

    Attributes:
        page_no: 1-based page, or 0 when the document as a whole is wrong.
        difference: mean absolute difference of the page in grey levels, or None.
    """

    code = "scan.pdf_not_faithful"

    def __init__(self, message: str, *, page_no: int = 0, difference: float | None = None) -> None:
        super().__init__(message)
        self.page_no = page_no
        self.difference = difference
