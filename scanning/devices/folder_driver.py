"""A watched folder as a scanner: network scanners and phones put files, we take pages.

Files are only read here. They are removed when the caller has acknowledged their pages
(`ScanJob.acknowledge`).
"""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanning.devices.file_pages import SUFFIXES, TooManyPages, pages_of
from scanning.devices.link import DriverFault, DriverLink
from scanning.devices.settings import DeviceConfig, ScanSettings, folder_id
from scanning.devices.sources import file_identity
from scanning.errors import PageTooLarge, PageUnreadable
from scanning.page import PageLimits, RawPage

_GAP_S: Final = 0.2
_MAX_FILES: Final = 2000
_HIDDEN_PREFIXES: Final = (".", "~$")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file was when we looked: (size, time of change, inode) and the clock."""

    path: Path
    identity: tuple[int, int, int]


def scan_folder(device_id: str, settings: ScanSettings, config: DeviceConfig, link: DriverLink) -> None:
    """Send every finished file of the folder as pages, in the natural order of names.

    Raises:
        DriverFault: the folder is gone, or the scan was cancelled.
    """
    folder = next((path for path in config.folders if folder_id(path) == device_id), None)
    if folder is None:
        raise DriverFault("scan.device_unknown")
    intake = _Intake(settings, config, link)
    quiet_since = time.monotonic()
    while not intake.full:
        finished, unfinished = _sort_out(folder, config.settle_s, intake.taken)
        for look in finished:
            intake.take(look)
            quiet_since = time.monotonic()
        if not finished and time.monotonic() - quiet_since >= _patience(config, unfinished):
            for _ in unfinished:
                intake.refuse("scan.file_unfinished")
            return
        link.alive()
        if link.cancelled.wait(_GAP_S):
            raise DriverFault("scan.cancelled")


def _patience(config: DeviceConfig, unfinished: list[_Look]) -> float:
    """A file that is being written is worth three settling times."""
    return max(config.wait_s, 3 * config.settle_s if unfinished else 0.0)


def _sort_out(
    folder: Path, settle_s: float, taken: dict[Path, tuple[int, int, int]]
) -> tuple[list[_Look], list[_Look]]:
    """Look twice; return (finished, still being written) files that were not taken yet."""
    first = {look.path: look for look in _look(folder)}
    time.sleep(min(settle_s, _GAP_S))
    now_ns = time.time_ns()
    finished: list[_Look] = []
    unfinished: list[_Look] = []
    for look in _look(folder):
        if taken.get(look.path) == look.identity:
            continue
        age_s = (now_ns - look.identity[1]) / 1e9
        settled = age_s >= settle_s or age_s < 0  # a clock ahead of ours proves nothing: two looks must do
        same = look.path in first and first[look.path].identity == look.identity
        (finished if settled and same else unfinished).append(look)
    return finished, unfinished


def _look(folder: Path) -> Iterator[_Look]:
    try:
        paths = sorted(folder.iterdir(), key=lambda path: _natural(path.name))
    except OSError as error:
        raise DriverFault("scan.folder_missing") from error
    for path in paths[:_MAX_FILES]:
        if path.suffix.lower() not in SUFFIXES or path.name.startswith(_HIDDEN_PREFIXES):
            continue
        try:
            status = path.lstat()
        except OSError:
            continue  # taken away between two looks
        if stat.S_ISREG(status.st_mode):
            yield _Look(path, file_identity(status))


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts page 2 before page 10."""
    return tuple(
        (int(part), "") if part.isdigit() else (0, part) for part in re.split(r"([0-9]+)", name.lower())
    )


class _Intake:
    """Takes files one by one and counts pages and ordinals."""

    def __init__(self, settings: ScanSettings, config: DeviceConfig, link: DriverLink) -> None:
        self.taken: dict[Path, tuple[int, int, int]] = {}
        self._limits = config.limits
        self._max_pages = settings.max_pages
        self._link = link

    @property
    def full(self) -> bool:
        """True when as many pages were sent as were wanted."""
        return self._max_pages is not None and self._link.sent >= self._max_pages

    def take(self, look: _Look) -> None:
        """Send a file's pages, or a fault with its ordinal; a bad file never stops the others."""
        if self.full:
            return
        self.taken[look.path] = look.identity
        self._link.page_no = ordinal = len(self.taken)
        before = self._link.sent
        whole = False
        try:
            whole = self._send_pages(look, ordinal)
        except (PageTooLarge, TooManyPages) as error:
            too_many = isinstance(error, TooManyPages)
            self._link.fault("scan.file_too_many_pages" if too_many else "scan.file_too_large", ordinal)
        except (PageUnreadable, OSError):
            self._link.fault("scan.file_unreadable", ordinal)
        sent = self._link.sent - before
        if sent:
            self._link.source(ordinal, str(look.path), pages=sent, identity=look.identity, whole=whole)

    def refuse(self, code: str) -> None:
        """Report a file that was not read."""
        self._link.fault(code, len(self.taken) + 1)

    def _send_pages(self, look: _Look, ordinal: int) -> bool:
        """Send pages until the file ends or enough were sent; True when the file ended."""
        data = _read_bounded(look, self._limits)
        for number, page in enumerate(pages_of(data, look.path.suffix.lower(), self._limits), start=1):
            if self.full:
                return False
            if self._link.cancelled.is_set():
                raise DriverFault("scan.cancelled")
            sequence = self._link.sent + 1
            self._link.page(
                RawPage(
                    image=page.image,
                    encoding=page.encoding,
                    width_px=page.width_px,
                    height_px=page.height_px,
                    dpi=page.dpi,
                    sequence=sequence,
                    source_name=f"file-{ordinal}-page-{number}",
                ),
                source=ordinal,
            )
        return True


def _read_bounded(look: _Look, limits: PageLimits) -> bytes:
    """Read the file whole; its size is checked before a byte is read, and again after.

    Raises:
        PageTooLarge: over the limit.
        PageUnreadable: empty, or changed since we looked.
    """
    size = look.identity[0]
    if size > limits.max_bytes:
        raise PageTooLarge("file over the limit", claimed=size, limit=limits.max_bytes)
    with look.path.open("rb") as file:
        data = file.read(size + 1)
    if not data or len(data) != size:
        raise PageUnreadable("empty, or changed while we read it")
    return data
