"""What has no peer: blanks told, alarms on good pages, memory of a long stack, pages a second while OCR runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from scanning.devices import DeviceConfig, PageCaptured, ScanSettings, start_scan
from scanning.devices.settings import folder_id
from scanning.page import RawPage
from scanning.pipeline import clean, thumbnail
from scanning.samples.corpus import CorpusPage, make_corpus
from scanning.spool import PageSpool
from tests.bench.measuring import Figure, Spread
from tests.scanning.conftest import a_font, as_raw
from van_station.services.reading_behind import ReadingBehind

ROOT = Path(__file__).resolve().parents[2]
SEED = 17
_WEIGH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A small program between: Linux counts what the starter of a program held as that program's own."""
_EXPECTED = {"scan.blank"}


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures; `quick` shows that it runs."""
    pages = list(make_corpus(SEED, 12 if quick else 60, font=a_font()))
    return [
        *_told(pages, dpi=300),
        _memory(folder, pages[:4], count=20 if quick else 500),
        _sustained(folder, pages, rounds=1 if quick else 3),
    ]


def _told(pages: Sequence[CorpusPage], *, dpi: int) -> list[Figure]:
    """Return precision and recall of blank sides, and alarms on pages that are as they should be."""
    right = wrong = missed = alarms = 0
    for page in pages:
        cleaned = clean(as_raw(page.image, dpi=dpi))
        blank = page.kind == "blank"
        right += cleaned.blank and blank
        wrong += cleaned.blank and not blank
        missed += blank and not cleaned.blank
        alarms += bool({finding.code for finding in cleaned.findings} - _EXPECTED)
    said = f"{len(pages)} pages, {right + missed} of them blank"
    return [
        _one("blank sides: precision", right / max(right + wrong, 1), "share", 1.0, said, more=True),
        _one("blank sides: recall", right / max(right + missed, 1), "share", 0.95, said, more=True),
        _one("good pages with a finding", alarms / len(pages), "share", 0.02, said),
    ]


def _memory(folder: Path, pages: Iterable[CorpusPage], *, count: int) -> Figure:
    """Return the largest memory of the whole program on a long stack, without OCR (programs of their own)."""
    pictures = folder / "stack"
    pictures.mkdir()
    sources = [page.image for page in pages]
    for number in range(count):
        path = pictures / f"{number:04d}.jpg"
        path.write_bytes(sources[number % len(sources)])
        os.utime(path, (time.time() - 60, time.time() - 60))
    out = folder / "stack.pdf"
    command = [sys.executable, "-m", "scanning", "clean", str(pictures), "--keep-blank", "--out", str(out)]
    done = subprocess.run([sys.executable, "-c", _WEIGH, *command], capture_output=True, check=True, cwd=ROOT)
    largest_kib = int(done.stdout.split()[-1])
    said = f"{count} pages of 300 dpi, python -m scanning clean, largest process"
    return _one("memory of a long stack", largest_kib * 1024 / 1e6, "MB", 400.0, said)


def _sustained(folder: Path, pages: Sequence[CorpusPage], *, rounds: int) -> Figure:
    """Return pages a second from the driver's process to spool and thumbnail, OCR at work behind."""
    pictures = folder / "feed"
    pictures.mkdir()
    for number, page in enumerate(pages):
        path = pictures / f"{number:04d}.jpg"
        path.write_bytes(page.image)
        os.utime(path, (time.time() - 60, time.time() - 60))
    rates = []
    for turn in range(rounds):
        spool, reading = PageSpool(folder / f"spool-{turn}"), ReadingBehind(use_ocr=True)
        start, count = time.perf_counter(), 0
        for raw in _fed(pictures):
            page = clean(raw)
            index = spool.append(page, str(count))
            thumbnail(page)
            if not page.blank:
                reading.ask(str(index), page)
            count += 1
        rates.append(count / (time.perf_counter() - start))
        reading.close()
    said = f"{len(pages)} pages a round; cleaned, kept durably, thumbnail made; a 70-ppm duplex scanner feeds 2.33"
    return Figure(
        "scan: capture, spool, thumbnail while OCR runs",
        "pages/s",
        Spread.of(rates),
        bar=2.33,
        bar_on="median",
        more_is_better=True,
        note=said,
    )


def _fed(pictures: Path) -> Iterable[RawPage]:
    config = DeviceConfig(folders=(pictures,), settle_s=0.0)
    with start_scan(folder_id(pictures), ScanSettings(), config) as job:
        yield from (event.page for event in job if isinstance(event, PageCaptured))


def _one(name: str, value: float, unit: str, bar: float, note: str, *, more: bool = False) -> Figure:
    return Figure(
        f"scan: {name}", unit, Spread.of([value]), bar=bar, bar_on="median", more_is_better=more, note=note
    )
