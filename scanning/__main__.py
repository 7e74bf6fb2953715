"""`python -m scanning`: list devices, tell their options, scan to a PDF, clean a folder into a PDF.

Pages lie in a spool folder beside the PDF until it is written (`OUT.pages`, or `--spool`): memory does not
grow with the stack, and the same command after a kill goes on behind the pages that are there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from scanning import ocr, pdf
from scanning.devices import (
    DeviceConfig,
    NetworkScanner,
    OptionsNotTold,
    OptionValue,
    PageCaptured,
    Profile,
    ProfileRefused,
    ScanFault,
    ScanSettings,
    device_options,
    lasting_key,
    list_devices,
    network_id,
    normal_address,
    start_scan,
)
from scanning.devices.profiles import from_text, to_text, with_profile
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
    parser.add_argument("--network", action="append", default=[], metavar="ADDRESS", help="an eSCL scanner")
    parser.add_argument("--certificate", default="", help="SHA-256 that those scanners must show over https")
    parser.add_argument("--no-search", action="store_true", help="do not look for scanners on the network")
    parser.add_argument("--profiles", type=Path, help="file in which profiles are kept")
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("devices", help="list scanners and watched folders")
    listing.set_defaults(run=_devices)
    telling = commands.add_parser("options", help="tell everything that a device lets be set")
    telling.set_defaults(run=_options)
    keeping = commands.add_parser("profile", help="keep a named way to scan with a device, or list them")
    keeping.add_argument("name", nargs="?", default="")
    keeping.set_defaults(run=_profile)
    scan = commands.add_parser("scan", help="scan to a PDF")
    scan.add_argument("--profile", default="", help="a kept way to scan, instead of the options below")
    scan.set_defaults(run=_scan)
    for command in (telling, keeping, scan):
        command.add_argument("--device", required=True, help="an id of `devices`, or an eSCL address")
    for command in (keeping, scan):
        command.add_argument("--source", choices=("adf", "flatbed"), default="adf")
        command.add_argument("--duplex", action="store_true")
        command.add_argument("--gray", action="store_true")
        command.add_argument("--dpi", type=int, default=300)
        command.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE", dest="own")
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


def _config(options: argparse.Namespace) -> DeviceConfig:
    typed = list(options.network)
    device = getattr(options, "device", "")
    if device and _is_address(device):
        typed.append(device)
    return DeviceConfig(
        folders=tuple(options.folder),
        sane=True,
        wia=True,
        network=tuple(NetworkScanner(address, options.certificate) for address in typed),
        find_network=not options.no_search,
    )


def _is_address(device: str) -> bool:
    return not device.startswith(("folder:", "sane:", "escl:", "wia:"))


def _device_id(options: argparse.Namespace) -> str:
    device = str(options.device)
    return network_id(normal_address(device)) if _is_address(device) else device


def _devices(options: argparse.Namespace) -> int:
    for device in list_devices(_config(options)):
        able = ("feeder" if device.has_feeder else "", "duplex" if device.has_duplex else "")
        print(f"{device.id}\t{device.label}\t{' '.join(filter(None, able))}\t{device.note}")
    return 0


def _options(options: argparse.Namespace) -> int:
    try:
        told = device_options(_device_id(options), _config(options))
    except OptionsNotTold as error:
        print(error.fault, file=sys.stderr)
        return 1
    for option in told:
        limits = "|".join(str(choice) for choice in option.choices)
        if option.low is not None or option.high is not None:
            limits = f"{option.low:g}..{option.high:g}" if option.low is not None else f"..{option.high:g}"
        state = "" if option.settable else "asleep"
        value = "" if option.value is None else option.value
        print(f"{option.name}\t{option.kind}\t{option.unit}\t{limits}\t{value}\t{state}\t{option.title}")
    return 0


def _profile(options: argparse.Namespace) -> int:
    key, kept = lasting_key(_device_id(options)), _kept(options)
    profiles = from_text(kept[key]) if key in kept else ()
    if options.name:
        profiles = with_profile(profiles, Profile(options.name, _settings(options)))
        kept[key] = to_text(profiles)
        options.profiles.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    for profile in profiles:
        print(f"{profile.name}\t{profile.settings.dpi} dpi\t{profile.settings.source}")
    return 0


def _kept(options: argparse.Namespace) -> dict[str, str]:
    """Read the file of profiles: an object of lasting keys of devices, each with its profiles' text."""
    if options.profiles is None:
        raise ProfileRefused("--profiles names no file")
    try:
        kept = json.loads(options.profiles.read_text(encoding="utf-8"))
        return {str(key): str(text) for key, text in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise ProfileRefused("not a file of profiles") from error


def _settings(options: argparse.Namespace) -> ScanSettings:
    own = tuple((name, _value(text)) for name, _, text in (each.partition("=") for each in options.own))
    mode: Literal["color", "gray"] = "gray" if options.gray else "color"
    return ScanSettings(dpi=options.dpi, source=options.source, duplex=options.duplex, mode=mode, options=own)


def _value(text: str) -> OptionValue:
    """Return a typed value as a device wants it: true/false, a number, else words."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _scan(options: argparse.Namespace) -> int:
    device_id, config, settings = _device_id(options), _config(options), _settings(options)
    if options.profile:
        kept = from_text(_kept(options).get(lasting_key(device_id), to_text(())))
        found = next((each for each in kept if each.name == options.profile), None)
        if found is None:
            raise ProfileRefused("no profile of that name")
        settings = found.settings
    return _to_pdf(options, device_id, settings, config)


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
                    print(f"page {event.page.sequence}: kept", file=sys.stderr, flush=True)
            elif isinstance(event, ScanFault):
                faults += 1
                about = f" ({event.detail})" if event.detail else ""
                print(f"{event.code} at {event.page_no}{about}", file=sys.stderr)
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
