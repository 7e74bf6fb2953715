"""`python -m scanning`: list devices, scan to a PDF, clean a folder of pictures into a PDF.

Pages lie in a spool folder beside the PDF until it is written (`OUT.pages`, or `--spool`): memory does not
grow with the stack, and the same command after a kill goes on behind the pages that are there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from scanning import ocr, pdf
from scanning.devices import (
    DeviceConfig,
    PageCaptured,
    ScanFault,
    ScanSettings,
    list_devices,
    start_scan,
)
from scanning.devices.settings import folder_id
from scanning.errors import ScanningError
from scanning.page import CleanPage, RawPage
from scanning.pipeline import clean
from scanning.separators import Part, split_by_count, split_by_separators
from scanning.spool import PageSpool
from scanning.text import TextLayer

Item = TypeVar("Item")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 when something went wrong."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ScanningError as error:
        print(error.code, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scanning", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", default=[], help="a watched folder to show")
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("devices", help="list scanners and watched folders")
    listing.set_defaults(run=_devices)
    scan = commands.add_parser("scan", help="scan to a PDF")
    scan.add_argument("--device", required=True)
    scan.add_argument("--source", choices=("adf", "flatbed"), default="adf")
    scan.add_argument("--duplex", action="store_true")
    scan.add_argument("--dpi", type=int, default=300)
    scan.set_defaults(run=_scan)
    cleaning = commands.add_parser("clean", help="turn a folder of pictures into a PDF; the folder is kept")
    cleaning.add_argument("pictures", type=Path)
    cleaning.set_defaults(run=_clean)
    for command in (scan, cleaning):
        command.add_argument("--out", type=Path, required=True)
        command.add_argument("--keep-blank", action="store_true", help="blank sides go into the PDF too")
        command.add_argument("--language", default="", help="read the text, in this language, such as vie")
        command.add_argument(
            "--as-laid", action="store_true", help="do not set pages upright by the text read on them"
        )
        command.add_argument(
            "--quality",
            choices=("small", "archive"),
            default="small",
            help="archive: each page's own JPEG, whole",
        )
        command.add_argument(
            "--split",
            default="",
            metavar="separators|N",
            help="one PDF for each separator sheet, or for N sides",
        )
        command.add_argument("--spool", type=Path, help="where pages lie meanwhile; OUT.pages unless told")
    return parser


def _devices(options: argparse.Namespace) -> int:
    for device in list_devices(DeviceConfig(folders=tuple(options.folder), sane=True)):
        print(f"{device.id}\t{device.label}\t{device.note}")
    return 0


def _scan(options: argparse.Namespace) -> int:
    config = DeviceConfig(folders=tuple(options.folder), sane=True)
    settings = ScanSettings(dpi=options.dpi, source=options.source, duplex=options.duplex)
    return _to_pdf(options, options.device, settings, config)


def _clean(options: argparse.Namespace) -> int:
    config = DeviceConfig(folders=(options.pictures,), settle_s=0.0)
    return _to_pdf(options, folder_id(options.pictures), ScanSettings(), config)


def _to_pdf(options: argparse.Namespace, device_id: str, settings: ScanSettings, config: DeviceConfig) -> int:
    spool = PageSpool(options.spool or options.out.with_name(options.out.name + ".pages"))
    faults = _take(spool, device_id, settings, config)
    if options.language:
        _read_all(spool, options.language, upright=not options.as_laid, keep_blank=options.keep_blank)
    written = 0
    for number, part in enumerate(_parts(spool, options), start=1):
        written += _write(spool, part, number, options)
    if not written:
        print("no pages", file=sys.stderr)
        return 1
    left_out = len(spool) - written
    spool.clear()
    print(f"{written} pages, {left_out} blank sides or separators left out")
    return 1 if faults else 0


def _take(spool: PageSpool, device_id: str, settings: ScanSettings, config: DeviceConfig) -> int:
    """Clean pages into the spool as they come and return how many faults there were."""
    known = [mark.source_sha256 for mark in spool.marks]
    faults = 0
    with start_scan(device_id, settings, config) as job:
        for event in job:
            if isinstance(event, PageCaptured):
                source = hashlib.sha256(event.page.image).hexdigest()
                if source in known:
                    known.remove(source)  # kept by a run that was cut short; once for each time
                else:
                    spool.append(_cleaned(event.page), source)
            elif isinstance(event, ScanFault):
                faults += 1
                print(f"{event.code} at {event.page_no}", file=sys.stderr)
    return faults


def _read_all(spool: PageSpool, language: str, *, upright: bool, keep_blank: bool) -> None:
    """Read pages on all cores: each runs a program of its own on one core."""

    def read(index: int) -> None:
        page = spool.page(index)
        if upright:
            reading = ocr.read_upright(page, language=language)
        else:
            reading = ocr.Reading(0, ocr.read(page, language=language))
        spool.keep_reading(index, reading)
        if reading.turned_deg:
            print(f"page {page.sequence}: turned {reading.turned_deg}", file=sys.stderr)

    marks = list(enumerate(spool.marks))
    waiting = [
        index for index, mark in marks if (keep_blank or not mark.blank) and spool.reading(index) is None
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(read, waiting):
            pass


def _parts(spool: PageSpool, options: argparse.Namespace) -> Iterator[Part[int]]:
    """Yield the indices of pages that become a document each."""
    sides = range(len(spool))
    if options.split == "separators":
        parts = split_by_separators(sides, spool.page)
    elif options.split:
        parts = split_by_count(sides, int(options.split))
    else:
        parts = iter((Part("", tuple(sides)),))
    marks = spool.marks
    for part in parts:
        kept = tuple(index for index in part.pages if options.keep_blank or not marks[index].blank)
        if kept:
            yield Part(part.code, kept)


def _write(spool: PageSpool, part: Part[int], number: int, options: argparse.Namespace) -> int:
    """Write one document, read it back, and return how many pages it has."""
    out: Path = options.out
    if options.split:
        name = "-".join(filter(None, (out.stem, f"{number:02d}", part.code)))
        out = out.with_name(name + out.suffix)
    pages = _Opened(part.pages, lambda index: _as_read(spool, index))
    layers = _Opened(part.pages, lambda index: _layer(spool, index))
    made = pdf.write(pages, layers=layers, title=out.stem, created=datetime.now(UTC), quality=options.quality)
    pdf.verify(made, pages)
    out.write_bytes(made)
    print(f"{out.name}: {len(pages)} pages, {len(made)} bytes")
    return len(pages)


class _Opened(Sequence[Item]):
    """Items opened one by one when they are looked at."""

    def __init__(self, indices: Sequence[int], opened: Callable[[int], Item]) -> None:
        self._indices = indices
        self._open = opened

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, place: int) -> Item:  # type: ignore[override]
        return self._open(self._indices[place])


def _as_read(spool: PageSpool, index: int) -> CleanPage:
    page, reading = spool.page(index), spool.reading(index)
    return page if reading is None else ocr.turned(page, reading)


def _layer(spool: PageSpool, index: int) -> TextLayer | None:
    reading = spool.reading(index)
    return None if reading is None else reading.layer


def _cleaned(raw: RawPage) -> CleanPage:
    page = clean(raw)
    for finding in page.findings:
        print(f"page {page.sequence}: {finding.code}", file=sys.stderr)
    return page


if __name__ == "__main__":
    sys.exit(main())
