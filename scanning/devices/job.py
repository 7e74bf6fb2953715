"""A scan under way: events out of a driver process, in order, with an end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from scanning.codes import FAULTS
from scanning.devices.events import Event, PageCaptured, ScanEnded, ScanFault
from scanning.devices.frames import Frame, FrameKind
from scanning.devices.process import DriverProcess
from scanning.devices.settings import DeviceConfig, ScanSettings, require_known, to_json
from scanning.devices.sources import SourceLedger
from scanning.errors import FrameBroken
from scanning.page import Encoding, RawPage

_PAGES_AHEAD: Final = 4
_LOOK_EVERY_S: Final = 0.5


def start_scan(device_id: str, settings: ScanSettings, config: DeviceConfig) -> ScanJob:
    """Start a scan in a driver process of its own and return at once.

    Raises:
        DeviceUnknown: the id is not one that this configuration can have.
    """
    require_known(device_id, config)
    return ScanJob(device_id, settings, config)


class ScanJob:
    """Iterate to take events; the last is always `ScanEnded`.

    At most four pages wait in memory: a slow taker slows the scanner down, not the watchdog. Iterate from one
    thread; `cancel` and `acknowledge` may be called from any.
    """

    def __init__(self, device_id: str, settings: ScanSettings, config: DeviceConfig) -> None:
        self._process = DriverProcess(to_json(device_id, settings, config), config)
        self._events: queue.Queue[Event] = queue.Queue(_PAGES_AHEAD)
        self._ledger = SourceLedger(config.folders)
        self._cancelled = False
        self._told_end = False
        self._closed = threading.Event()
        self._pages = 0
        self._reader = threading.Thread(target=self._take_frames, name="scan-reader", daemon=True)
        self._reader.start()

    @property
    def driver_pid(self) -> int:
        """Process id of the driver, for logs and tests."""
        return self._process.pid

    def __iter__(self) -> Iterator[Event]:
        """Yield events until `ScanEnded`; a closed job yields nothing."""
        while not self._closed.is_set():
            try:
                event = self._events.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue  # closed from another thread, perhaps
            yield event
            if isinstance(event, ScanEnded):
                self.close()

    def cancel(self) -> None:
        """Stop the scan; pages already captured still come, then `scan.cancelled` and the end."""
        self._cancelled = True
        self._process.ask_to_stop()

    def acknowledge(self, pages: Iterable[RawPage]) -> int:
        """Tell that these pages are durable; return how many files of a watched folder were removed.

        A file goes only when all its pages were delivered whole and acknowledged, and when it is still the
        file that was read. On a scanner there is nothing to remove.
        """
        return self._ledger.acknowledge(page.sequence for page in pages)

    def close(self) -> None:
        """Release everything, stopping a scan that has not ended; harmless to repeat.

        A driver that has told its end gets `cancel_grace_s` to put the device away for the next scan.
        """
        self._closed.set()
        if self._told_end:
            self._process.let_go()
        self._process.kill()
        while self._reader.is_alive():
            self._drain()
            self._reader.join(0.05)
        self._process.close()

    def __enter__(self) -> Self:
        """Return the job itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the job."""
        self.close()

    def _drain(self) -> None:
        try:
            while True:
                self._events.get_nowait()
        except queue.Empty:
            return

    def _take_frames(self) -> None:
        """Turn frames into events; whatever happens, end with `ScanEnded`."""
        with suppress(FrameBroken, OSError, KeyError, ValueError, TypeError):  # as good as a crash
            for frame in self._process.frames():
                if frame.kind is FrameKind.ENDED:
                    self._told_end = True
                    break
                self._take(frame)
        if not self._told_end:
            self._events.put(ScanFault.of(self._how_it_died(), self._pages + 1))
        self._events.put(ScanEnded(self._pages))

    def _how_it_died(self) -> str:
        if self._process.hung:
            return "scan.driver_hung"
        return "scan.cancelled" if self._cancelled else "scan.driver_crashed"

    def _take(self, frame: Frame) -> None:
        match frame.kind:
            case FrameKind.PAGE:
                page = _page(frame.header, frame.body)
                self._ledger.delivered(page.sequence, int(frame.header["source"]))
                self._pages += 1
                self._events.put(PageCaptured(page))
            case FrameKind.SOURCE:
                self._ledger.complete(
                    int(frame.header["source"]),
                    Path(frame.header["path"]),
                    pages=int(frame.header["pages"]),
                    identity=_ints(frame.header["identity"]),
                    whole=bool(frame.header["whole"]),
                )
            case FrameKind.FAULT:
                code = frame.header["code"]
                known = code if code in FAULTS else "scan.driver_crashed"
                detail = str(frame.header.get("detail", ""))
                self._events.put(ScanFault.of(known, int(frame.header["page_no"]), detail))
            case _:
                return


def _ints(values: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def _page(header: dict[str, Any], body: bytes) -> RawPage:
    page = RawPage(
        image=body,
        encoding=Encoding(header["encoding"]),
        width_px=int(header["width_px"]),
        height_px=int(header["height_px"]),
        dpi=int(header["dpi"]),
        sequence=int(header["sequence"]),
        source_name=str(header["source_name"]),
    )
    channels = {Encoding.RGB: 3, Encoding.GRAY: 1}.get(page.encoding)
    if channels and len(body) != page.width_px * page.height_px * channels:
        raise FrameBroken("a page of another size than it says")
    return page
