"""`python -m scanning`: list devices, scan to a PDF, clean a folder of pictures into a PDF."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

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
from scanning.text import TextLayer


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
    pages: list[CleanPage] = []
    faults = 0
    with start_scan(device_id, settings, config) as job:
        for event in job:
            if isinstance(event, PageCaptured):
                pages.append(_cleaned(event.page))
            elif isinstance(event, ScanFault):
                faults += 1
                print(f"{event.code} at {event.page_no}", file=sys.stderr)
    kept = [page for page in pages if options.keep_blank or not page.blank]
    if not kept:
        print("no pages", file=sys.stderr)
        return 1
    layers = _read_all(kept, options.language)
    data = pdf.write(kept, layers=layers, title=options.out.stem, created=datetime.now(UTC))
    pdf.verify(data, kept)
    options.out.write_bytes(data)
    print(f"{len(kept)} pages, {len(pages) - len(kept)} blank left out, {len(data)} bytes")
    return 1 if faults else 0


def _read_all(pages: Sequence[CleanPage], language: str) -> list[TextLayer | None]:
    """Read pages on all cores: each runs a program of its own on one core."""
    if not language:
        return [None] * len(pages)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda page: ocr.read(page, language=language), pages))


def _cleaned(raw: RawPage) -> CleanPage:
    page = clean(raw)
    for finding in page.findings:
        print(f"page {page.sequence}: {finding.code}", file=sys.stderr)
    return page


if __name__ == "__main__":
    sys.exit(main())
