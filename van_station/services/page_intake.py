"""Taking the pages of a scan as they come: each is sealed before anybody hears of it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from scanning import CleanOptions, adjust, clean
from scanning.devices import PageCaptured, ScanEnded, ScanFault, ScanJob
from scanning.errors import ScanningError
from van_station.security import SecurityError
from van_station.services.capture_events import CaptureEvent, Ended, Fault, PageArrived, PageView
from van_station.services.errors import ServiceError
from van_station.services.sealed_pages import KeptPage
from van_station.store import StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Aim:
    """Where the pages of a scan go; at the end when nothing is said."""

    after: str = ""
    """Behind this page."""
    instead_of: str = ""
    """The first takes this page's place, which is left out and can be taken back."""


class PageIntake:
    """Takes pages until the device ends, or until one can't be kept: later ones must not close the gap.

    Args:
        held: hashes of raw pages that are sealed already; a kill between sealing a page and removing its
            file makes a folder give it again, and once is enough.
        keep: seals a page and puts it in its place.
        tell: tells the screens.
    """

    def __init__(
        self,
        held: set[str],
        keep: Callable[[KeptPage], PageView],
        tell: Callable[[CaptureEvent], None],
    ) -> None:
        self._held, self._keep, self._tell = held, keep, tell

    def take(self, job: ScanJob) -> None:
        """Take all pages of a job; the last thing told is always `Ended`."""
        pages, safe = 0, True
        try:
            with job:
                for event in job:
                    match event:
                        case PageCaptured() if safe:
                            kept = self._take_page(job, event)
                            safe = kept is not None
                            pages += kept or 0
                        case ScanFault() if safe:
                            self._tell(Fault(event.code, event.page_no, event.retryable))
                        case ScanEnded():
                            break
        except Exception as error:  # noqa: BLE001  -- the screen must hear of an end, whatever the defect
            log.error("scan ended: %s", type(error).__name__)  # noqa: TRY400
            self._tell(Fault(ScanningError.code, pages + 1, retryable=True))
        self._tell(Ended(pages))

    def _take_page(self, job: ScanJob, event: PageCaptured) -> int | None:
        """Return how many pages were kept, 0 or 1; None when the page is good and can't be kept."""
        raw = event.page
        source = hashlib.sha256(raw.image).hexdigest()
        if source in self._held:
            self._held.discard(source)
            job.acknowledge([raw])
            return 0
        try:
            page = clean(raw, CleanOptions())
            original = None if page.image == raw.image else adjust.keepable(raw)
            view = self._keep(KeptPage(page, source, original))
        except ScanningError as error:
            self._tell(Fault(error.code, raw.sequence, error.retryable))
            return 0
        except (StoreError, SecurityError, ServiceError) as error:
            # the page is not safe: stop pulling paper in, and say why
            job.cancel()
            self._tell(Fault(error.code, raw.sequence, error.retryable))
            return None
        job.acknowledge([raw])
        self._tell(PageArrived(view))
        return 1
