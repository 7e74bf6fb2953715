"""The driver's end of the pipe: everything a driver may say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from scanning.devices.frames import Frame, FrameKind, encode
from scanning.page import RawPage

_ALIVE_EVERY_S: Final = 0.3


class Sink(Protocol):
    """Where frames go: an unbuffered binary file."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Write some of the data and return how much."""


class DriverFault(Exception):
    """Raised by a driver to end the scan with a code of `scanning.codes.FAULTS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class DriverLink:
    """Sends frames; one driver thread at a time.

    Attributes:
        cancelled: set when the scan is to stop.
        page_no: pages (or files) begun so far, for faults.
        sent: pages delivered.
    """

    def __init__(self, sink: Sink) -> None:
        self.cancelled = threading.Event()
        self.page_no = 0
        self.sent = 0
        self._sink = sink
        self._last = 0.0

    def alive(self) -> None:
        """Tell that the driver makes progress; cheap enough to call for each line."""
        now = time.monotonic()
        if now - self._last >= _ALIVE_EVERY_S:
            self._send(Frame(FrameKind.ALIVE, {}))

    def page(self, page: RawPage, *, source: int) -> None:
        """Deliver a page; `source` is the 1-based file, or the page's own number on a scanner."""
        header = {
            "encoding": page.encoding.value,
            "width_px": page.width_px,
            "height_px": page.height_px,
            "dpi": page.dpi,
            "sequence": page.sequence,
            "source_name": page.source_name,
            "source": source,
        }
        self._send(Frame(FrameKind.PAGE, header, page.image))
        self.sent += 1

    def source(self, ordinal: int, path: str, *, pages: int, identity: Sequence[int], whole: bool) -> None:
        """Tell that all pages of a file were sent; `whole` is False when one of them failed."""
        header = {"source": ordinal, "path": path, "pages": pages, "identity": list(identity), "whole": whole}
        self._send(Frame(FrameKind.SOURCE, header))

    def fault(self, code: str, page_no: int, detail: str = "") -> None:
        """Report a fault; the scan may go on."""
        self._send(Frame(FrameKind.FAULT, {"code": code, "page_no": page_no, "detail": detail[:200]}))

    def devices(self, found: Sequence[dict[str, Any]]) -> None:
        """Answer a request to list devices."""
        self._send(Frame(FrameKind.DEVICES, {"devices": list(found)}))

    def options(self, found: Sequence[dict[str, Any]]) -> None:
        """Answer a request for a device's options; in the body, for a device may have hundreds."""
        self._send(Frame(FrameKind.OPTIONS, {}, json.dumps(list(found)).encode()))

    @contextmanager
    def telling_the_end(self) -> Iterator[None]:
        """Turn what ends the scan into a fault, and say in any case that nothing more will come."""
        try:
            yield
        except DriverFault as fault:
            self.fault(fault.code, self.page_no, fault.detail)
        except ImportError:
            self.fault("scan.driver_missing", 0)
        except MemoryError:
            self.fault("scan.no_memory", self.page_no)
        self._send(Frame(FrameKind.ENDED, {"pages": self.sent}))

    def _send(self, frame: Frame) -> None:
        for part in encode(frame):
            left = memoryview(part)
            while left:
                left = left[self._sink.write(left) or 0 :]
        self._last = time.monotonic()
