"""A driver run here instead of in its own process, for tables of faults: same frames, no start-up."""

from __future__ import annotations

import io
from collections.abc import Callable

from scanning.devices import PageCaptured, ScanEnded, ScanFault
from scanning.devices.events import Event
from scanning.devices.frames import FrameKind, read_frame
from scanning.devices.job import _page
from scanning.devices.link import DriverLink


def events_of(drive: Callable[[DriverLink], None]) -> list[Event]:
    """Return the events that a job would make of what a driver says."""
    pipe = io.BytesIO()
    link = DriverLink(pipe)
    with link.telling_the_end():
        drive(link)
    pipe.seek(0)
    events: list[Event] = []
    while (frame := read_frame(pipe.read)) is not None:
        match frame.kind:
            case FrameKind.PAGE:
                events.append(PageCaptured(_page(frame.header, frame.body)))
            case FrameKind.FAULT:
                events.append(
                    ScanFault.of(frame.header["code"], frame.header["page_no"], frame.header["detail"])
                )
            case FrameKind.ENDED:
                events.append(ScanEnded(frame.header["pages"]))
    return events
