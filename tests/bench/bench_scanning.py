"""Scan-to-PDF against OCRmyPDF: the same corpus, the same steps, in one run on one machine.

Both are run as whole processes, start-up included; CPU counts every process they start. `run(pages)` returns the rows; run as
a script it prints them: `python tests/bench/bench_scanning.py 12`.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scanning import ocr  # noqa: E402
from scanning.pdf.bitonal import best_codec  # noqa: E402
from tests.bench.corpus_scanning import (  # noqa: E402
    Truth,
    mean,
    measure,
    middle,
    tenth,
    worst,
    write_corpus,
)
from tests.scanning.conftest import a_font  # noqa: E402

WITHOUT_OCR = ("--tesseract-timeout", "0", "--deskew", "--clean", "-O1")
WITH_OCR = ("-l", "vie", "--deskew", "--rotate-pages", "-O1")
WITH_OCR_SMALLEST = ("-l", "vie", "--deskew", "--rotate-pages", "-O3")
_SEED = 11
_DIFFERENCE = "ours keeps ink at 300 dpi; without OCR pages stay as they lie"


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is ours / peer, None without a peer."""

    name: str
    ours: float
    peer: float | None
    ratio: float | None
    unit: str
    note: str


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    size_bytes: int


def run(pages: int) -> list[Row]:
    """Measure scan-to-PDF of `pages` sample pages, without and with OCR, ours and OCRmyPDF's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pictures = folder / "in"
        pictures.mkdir()
        truths = write_corpus(pictures, _SEED, pages, a_font())
        past = time.time() - 60
        for path in pictures.iterdir():
            os.utime(path, (past, past))
        rows = _compare("without OCR", truths, folder, (), WITHOUT_OCR)
        if "vie" in ocr.status().languages:
            rows += _compare("with OCR", truths, folder, ("--language", "vie"), WITH_OCR)
            rows += _compare(
                "with OCR, peer at -O3", truths, folder, ("--language", "vie"), WITH_OCR_SMALLEST
            )
        return rows


def _compare(
    name: str, truths: list[Truth], folder: Path, ours: tuple[str, ...], peer: tuple[str, ...]
) -> list[Row]:
    pages = len(truths)
    command = [sys.executable, "-m", "scanning", "clean", str(folder / "in"), "--keep-blank", *ours]
    mine = _cost([*command, "--out", str(folder / "ours.pdf")], folder / "ours.pdf")
    theirs = _peer_cost(folder, peer)
    missing = "peer not installed" if not _peer_installed() else "peer did not run with these options"
    note = f"peer: ocrmypdf {' '.join(peer)}; {_DIFFERENCE}" if theirs else missing
    figures = (
        ("pages/s", pages / mine.wall_s, pages / theirs.wall_s if theirs else None),
        ("CPU s/page", mine.cpu_s / pages, theirs.cpu_s / pages if theirs else None),
        ("kB/page", mine.size_bytes / pages / 1000, theirs.size_bytes / pages / 1000 if theirs else None),
    )
    rows = [
        Row(f"scan to PDF {name}, {unit}", own, other, own / other if other else None, unit, note)
        for unit, own, other in figures
    ]
    return rows + _kept(name, truths, folder, note, with_peer=theirs is not None, with_text=bool(ours))


def _kept(
    name: str, truths: list[Truth], folder: Path, note: str, *, with_peer: bool, with_text: bool
) -> list[Row]:
    """Return what both documents keep of ink and, where letters were read, how wrong they are."""
    mine = measure((folder / "ours.pdf").read_bytes(), truths, with_text=with_text)
    theirs = measure((folder / "peer.pdf").read_bytes(), truths, with_text=with_text) if with_peer else None
    figures = [
        ("red ink kept, mean", "share", mean(mine.red), mean(theirs.red) if theirs else None),
        ("red ink kept, worst page", "share", worst(mine.red), worst(theirs.red) if theirs else None),
        ("blue ink kept, mean", "share", mean(mine.blue), mean(theirs.blue) if theirs else None),
        ("blue ink kept, worst page", "share", worst(mine.blue), worst(theirs.blue) if theirs else None),
        (
            "errors in running text",
            "CER",
            mean(mine.running_cer),
            mean(theirs.running_cer) if theirs else None,
        ),
        ("errors in dotted forms", "CER", mean(mine.dotted_cer), mean(theirs.dotted_cer) if theirs else None),
        (
            "errors of a fresh reading of the rendered page",
            "CER",
            mean(mine.render_cer),
            mean(theirs.render_cer) if theirs else None,
        ),
        ("lean left in, median", "deg", middle(mine.skew_deg), middle(theirs.skew_deg) if theirs else None),
        ("lean left in, p90", "deg", tenth(mine.skew_deg), tenth(theirs.skew_deg) if theirs else None),
        ("pages upright", "share", mean(mine.upright), mean(theirs.upright) if theirs else None),
    ]
    other = mean(theirs.filled_cer) if theirs else None
    figures.append(("errors in dotted forms scribbled over", "CER", mean(mine.filled_cer), other))
    told = f"{note}; masks by {best_codec()}; pages not placed: {mine.unplaced}"
    told += f", peer {theirs.unplaced}" if theirs else ""
    return [
        Row(f"scan to PDF {name}: {what}, {unit}", own, other, own / other if other else None, unit, told)
        for what, unit, own, other in figures
        if own is not None
    ]


def _peer_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("ocrmypdf", "img2pdf"))


def _peer_cost(folder: Path, options: tuple[str, ...]) -> Cost | None:
    if not _peer_installed():
        return None
    import img2pdf  # noqa: PLC0415  a peer, not a dependency

    source = folder / "in.pdf"
    source.write_bytes(img2pdf.convert([str(path) for path in sorted((folder / "in").iterdir())]))
    out = folder / "peer.pdf"
    command = [
        sys.executable,
        "-m",
        "ocrmypdf",
        "--quiet",
        "--output-type",
        "pdfa",
        *options,
        str(source),
        str(out),
    ]
    try:
        return _cost(command, out)
    except subprocess.CalledProcessError:
        return None


def _cost(command: list[str], out: Path) -> Cost:
    """Run a command and return what it and all its children cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall_s = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s, cpu_s, out.stat().st_size)


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else 10):
        peer, ratio = (f"{row.peer:.3f}", f"{row.ratio:.3f}") if row.peer and row.ratio else ("-", "-")
        print(f"{row.name:75} ours {row.ours:8.3f}  peer {peer:>8}  ratio {ratio:>6}  {row.note}")
