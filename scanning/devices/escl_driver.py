"""Network scanners by eSCL (AirScan, Mopria); runs in the driver process only, on any system.

A page counts when its whole picture was decoded: half a JPEG is a fault, never a page. The normal end of
a stack is the scanner's 404, and even then its status is asked: a jam ends a job with 404 too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from scanning.devices.escl_client import Answer, EsclClient, Patience, refusal
from scanning.devices.escl_words import (
    ADF_EMPTY,
    ADF_FAULTS,
    MODES,
    UNITS_PER_INCH,
    EsclCapabilities,
    EsclInput,
    EsclOrder,
    EsclStatus,
    as_options,
    write_order,
)
from scanning.devices.file_pages import FilePage, pages_of
from scanning.devices.link import DriverFault, DriverLink
from scanning.devices.network_address import (
    address_of,
    lasting_key,
    normal_address,
    normal_certificate,
)
from scanning.devices.options import DeviceOption, unfit_options
from scanning.devices.settings import DeviceConfig, ScanSettings
from scanning.errors import PageTooLarge, PageUnreadable
from scanning.page import MM_PER_INCH, PageLimits, RawPage

_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}
_UNDER_WAY: Final = ("", "Processing", "Pending")
_OURS: Final = frozenset({"source", "mode", "resolution"})
"""Options that `ScanSettings` has fields for."""


def scan_escl(device_id: str, settings: ScanSettings, config: DeviceConfig, link: DriverLink) -> None:
    """Scan until the feeder is empty, enough pages were taken, or something is wrong.

    Raises:
        DriverFault: with the code of what ended the scan; pages sent before stay valid.
    """
    link.page_no = 0
    client = open_client(device_id, config, link)
    try:
        capabilities = client.capabilities()
        order, document = _order(capabilities, settings)
        if order.source != "flatbed":
            _require_paper(client.status(), capabilities)
        link.page_no = 1
        job = _begin(client, document, config, link)
        with _job(client, job, link, lambda: open_client(device_id, config, link)):
            _take_pages(client, job, order, settings, config, link)
    finally:
        client.close()


def open_client(device_id: str, config: DeviceConfig, link: DriverLink) -> EsclClient:
    """Return a client for a device, with the certificate that was kept for it.

    Raises:
        DriverFault: nobody there.
    """
    address = address_of(device_id)
    told = {normal_address(each.address): normal_certificate(each.certificate) for each in config.network}
    certificate = told.get(address) or dict(config.certificates).get(lasting_key(device_id), "")
    silence_s = min(config.network_timeout_s, 0.7 * config.watchdog_s)
    return EsclClient(address, certificate, link, Patience(silence_s, config.page_timeout_s))


def describe(device_id: str, label: str, config: DeviceConfig, link: DriverLink) -> dict[str, Any]:
    """Return what a listing tells of one network scanner."""
    host = urlsplit(address_of(device_id)).netloc
    entry: dict[str, Any] = {
        "id": device_id,
        "kind": "escl",
        "label": label or host,
        "has_feeder": False,
        "has_duplex": False,
        "has_flatbed": True,
        "note": "",
        "certificate": "",
    }
    try:
        client = open_client(device_id, config, link)
        try:
            found = client.capabilities()
        finally:
            client.close()
    except DriverFault as fault:
        return entry | {"note": fault.code}
    return entry | {
        "label": f"{found.model} ({host})",
        "has_feeder": "adf" in found.inputs or "adf-duplex" in found.inputs,
        "has_duplex": "adf-duplex" in found.inputs,
        "has_flatbed": "flatbed" in found.inputs,
        "certificate": client.certificate,
    }


def escl_options(device_id: str, config: DeviceConfig, link: DriverLink) -> tuple[DeviceOption, ...]:
    """Return what a network scanner lets be set.

    Raises:
        DriverFault: nobody there, or nobody who speaks eSCL.
    """
    client = open_client(device_id, config, link)
    try:
        return as_options(client.capabilities())
    finally:
        client.close()


def _order(capabilities: EsclCapabilities, settings: ScanSettings) -> tuple[EsclOrder, bytes]:
    """Fit the wish to what the scanner offers.

    Raises:
        DriverFault: a source, colour mode or format that it has not; an option that it does not know.
    """
    name = "flatbed" if settings.source == "flatbed" else "adf-duplex" if settings.duplex else "adf"
    source = capabilities.inputs.get(name)
    mode = MODES[settings.mode]
    if source is None or (source.color_modes and mode not in source.color_modes):
        raise DriverFault("scan.bad_setting")
    for unfit in unfit_options(settings.options, as_options(capabilities)):
        raise DriverFault("scan.bad_setting" if unfit.known else "scan.option_unknown", unfit.name)
    width, height = _area(source, settings)
    order = EsclOrder(
        source=name,
        color_mode=mode,
        dpi=source.nearest_dpi(settings.dpi),
        width=width,
        height=height,
        media_type=_media_type(source),
        tuned={key: int(value) for key, value in settings.options if key not in _OURS},
    )
    return order, write_order(order, capabilities.version)


def _media_type(source: EsclInput) -> str:
    if not source.formats or "image/jpeg" in source.formats:
        return "image/jpeg"
    if "image/png" in source.formats:
        return "image/png"
    raise DriverFault("scan.unsupported")


def _area(source: EsclInput, settings: ScanSettings) -> tuple[int, int]:
    if settings.page_size_mm is None:
        return source.max_width, source.max_height
    across, down = (round(side * UNITS_PER_INCH / MM_PER_INCH) for side in settings.page_size_mm)
    return min(across, source.max_width), min(down, source.max_height)


def _require_paper(status: EsclStatus, capabilities: EsclCapabilities) -> None:
    """Tell a jam, an open cover or an empty tray before a job is begun."""
    if status.adf in ADF_FAULTS:
        raise DriverFault(ADF_FAULTS[status.adf])
    if status.adf == ADF_EMPTY and capabilities.detects_paper:
        raise DriverFault("scan.no_paper")


def _begin(client: EsclClient, document: bytes, config: DeviceConfig, link: DriverLink) -> str:
    """Order the job, waiting while the scanner is busy with somebody else's; return its path."""
    answer = _patiently(lambda: client.order(document), config, link)
    if answer.status == 201:
        return client.job_path(answer)
    if answer.status == 409:
        raise DriverFault(ADF_FAULTS.get(client.status().adf, "scan.busy"))
    raise DriverFault(refusal(answer.status))


def _patiently(ask: Any, config: DeviceConfig, link: DriverLink) -> Answer:
    """Ask again while the answer is 503; each wait is bounded, and so is their sum."""
    until = time.monotonic() + config.busy_patience_s
    while True:
        answer: Answer = ask()
        if answer.status != 503:
            return answer
        _wait(answer, until, link)


def _wait(answer: Answer, until: float, link: DriverLink) -> None:
    if time.monotonic() >= until:
        raise DriverFault("scan.busy")
    link.alive()
    if link.cancelled.wait(answer.retry_after_s):
        raise DriverFault("scan.cancelled")


def _take_pages(
    client: EsclClient,
    job: str,
    order: EsclOrder,
    settings: ScanSettings,
    config: DeviceConfig,
    link: DriverLink,
) -> None:
    wanted = 1 if order.source == "flatbed" else settings.max_pages
    while wanted is None or link.sent < wanted:
        link.page_no = link.sent + 1
        answer = _next(client, job, config, link)
        if answer.status != 200:
            _judge_end(client.status(), job, link, feeder=order.source != "flatbed")
            return
        page = _whole(answer, config.limits)
        raw = RawPage(
            page.image,
            page.encoding,
            page.width_px,
            page.height_px,
            order.dpi,
            link.page_no,
            f"page-{link.page_no}",
        )
        link.page(raw, source=raw.sequence)


def _next(client: EsclClient, job: str, config: DeviceConfig, link: DriverLink) -> Answer:
    """Return the next page, or the answer that there is none; a conflict with a healthy job means "soon"."""
    until = time.monotonic() + config.busy_patience_s
    while True:
        if link.cancelled.is_set():
            raise DriverFault("scan.cancelled")
        answer = client.next_document(job, config.limits.max_bytes)
        if answer.status in (200, 404, 410):
            return answer
        if answer.status == 409:
            status = client.status()
            state, _made = _job_state(status, job)
            if status.adf in ADF_FAULTS or state not in _UNDER_WAY:
                return answer
        elif answer.status != 503:
            raise DriverFault(refusal(answer.status))
        _wait(answer, until, link)


def _job_state(status: EsclStatus, job: str) -> tuple[str, int]:
    for place, told in status.jobs.items():
        if urlsplit(place).path == job:
            return told
    return "", 0


def _judge_end(status: EsclStatus, job: str, link: DriverLink, *, feeder: bool) -> None:
    """Accept the end of a stack only when the scanner says nothing against it.

    Raises:
        DriverFault: a jam and its like, a job stopped there, a page made but never sent, no page at all.
    """
    if feeder and status.adf in ADF_FAULTS:
        raise DriverFault(ADF_FAULTS[status.adf])
    state, made = _job_state(status, job)
    if link.cancelled.is_set() or state == "Canceled":
        raise DriverFault("scan.cancelled")
    if state == "Aborted":
        raise DriverFault("scan.device_aborted")
    if made > link.sent:
        raise DriverFault("scan.page_incomplete")
    if not link.sent:
        raise DriverFault("scan.no_paper" if feeder else "scan.no_data")


def _whole(answer: Answer, limits: PageLimits) -> FilePage:
    """Decode the page once, so that only whole ones pass.

    Raises:
        DriverFault: not a picture, half a one, or one with too many pixels.
    """
    suffix = _SUFFIXES.get(answer.headers.get("content-type", "").partition(";")[0].strip().lower(), ".jpg")
    try:
        return next(iter(pages_of(answer.body, suffix, limits)))
    except PageTooLarge as error:
        raise DriverFault("scan.page_too_large") from error
    except PageUnreadable as error:
        raise DriverFault("scan.page_incomplete") from error


@contextmanager
def _job(client: EsclClient, job: str, link: DriverLink, another: Any) -> Iterator[None]:
    """Take the job back in the end, and at once when the scan is cancelled while we wait for a page."""
    over = threading.Event()

    def heed() -> None:
        link.cancelled.wait()
        if not over.is_set():
            _delete_by(another, job)

    threading.Thread(target=heed, name="escl-cancel", daemon=True).start()
    try:
        yield
    except DriverFault as fault:
        # what our own taking back of the job looks like from here
        if link.cancelled.is_set():
            raise DriverFault("scan.cancelled") from fault
        raise
    finally:
        over.set()
        client.delete(job)


def _delete_by(another: Any, job: str) -> None:
    try:
        client: EsclClient = another()
    except DriverFault:
        return
    client.delete(job)
    client.close()
