"""Tesseract over pipes: the picture in on stdin, words out on stdout; no temporary file."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from scanning.errors import OcrFailed, OcrTooSlow, OcrUnavailable
from scanning.ocr.leaders import without_leaders
from scanning.ocr.probe import languages, program
from scanning.page import Box, CleanPage
from scanning.pictures import load
from scanning.pipeline import open_clean
from scanning.stages.decode import to_image
from scanning.text import TextLayer, Word

OCR_DPI: Final = 240
"""Fewer dots than the page has: forms and letters read as well as at 300 dpi and cost a quarter less."""
_MIN_ORIENTATION_CONFIDENCE: Final = 2.0
_WORD_LEVEL: Final = "5"
_BELOW_NORMAL_PRIORITY: Final = 0x00004000


@dataclass(frozen=True, slots=True)
class OcrStatus:
    """Whether pages can be read.

    Attributes:
        languages: codes of installed languages, sorted.
        reason: "" when available, else `scan.ocr_unavailable`.
    """

    available: bool
    languages: tuple[str, ...]
    reason: str = ""


def status() -> OcrStatus:
    """Look for the OCR program; costs a moment the first time."""
    path = program()
    found = languages(path) if path else ()
    return OcrStatus(bool(found), found, "" if found else OcrUnavailable.code)


def read(page: CleanPage, *, language: str = "vie", timeout_s: float = 60.0) -> TextLayer:
    """Read a page's words. One core at low priority: it runs behind and never in anyone's way.

    Args:
        page: a clean page, upright.
        language: a code of `status().languages`, or several joined by `+`.
        timeout_s: the program is stopped after so long.

    Raises:
        OcrUnavailable: no program, or not that language.
        OcrFailed: the program ended with an error.
        OcrTooSlow: it took longer than `timeout_s`.
        PageUnreadable: the page's picture is damaged.
    """
    path = program()
    if path is None or not set(language.split("+")) <= set(languages(path)):
        raise OcrUnavailable("no OCR program, or not this language")
    copy, scale = _reading_copy(page)
    command = [
        path,
        "stdin",
        "stdout",
        "-l",
        language,
        "--psm",
        "3",
        "--dpi",
        str(round(page.dpi * scale)),
        "tsv",
    ]
    output = _run(command, _as_pgm(copy), timeout_s)
    return _parse(output.decode("utf-8", "replace"), scale, page, language)


def find_rotation(page: CleanPage, *, timeout_s: float = 30.0) -> int | None:
    """Return the quarter turn clockwise that sets the page upright, or None if it cannot be told.

    Costs as much as half a reading, so ask only for pages read with a mean confidence under 70: upright pages
    read above that, turned ones at 35 to 48.

    Raises:
        OcrUnavailable: no program, or not its orientation data (`osd`).
        OcrTooSlow: it took longer than `timeout_s`.
        PageUnreadable: the page's picture is damaged.
    """
    path = program()
    if path is None or "osd" not in languages(path):
        raise OcrUnavailable("no OCR program, or no orientation data")
    copy, scale = _reading_copy(page)
    command = [path, "stdin", "stdout", "-l", "osd", "--psm", "0", "--dpi", str(round(page.dpi * scale))]
    try:
        told = _run(command, _as_pgm(copy), timeout_s).decode("ascii", "replace")
    except OcrFailed:
        return None  # too few letters: the program calls that an error
    turn = re.search(r"^Rotate: (0|90|180|270)$", told, re.MULTILINE)
    sure = re.search(r"^Orientation confidence: ([0-9.]+)$", told, re.MULTILINE)
    if turn is None or sure is None or float(sure[1]) < _MIN_ORIENTATION_CONFIDENCE:
        return None
    return int(turn[1])


def _reading_copy(page: CleanPage) -> tuple[Image.Image, float]:
    """Return a grey copy for reading, and its pixels for each page pixel."""
    image = open_clean(page)
    image.draft("L", image.size)
    gray = load(image).convert("L")
    scale = min(1.0, OCR_DPI / page.dpi)
    if scale < 1.0:
        gray = gray.resize((round(gray.width * scale), round(gray.height * scale)), Image.Resampling.BICUBIC)
    return to_image(without_leaders(np.asarray(gray), round(page.dpi * scale))), scale


def _as_pgm(image: Image.Image) -> bytes:
    """Return the simplest picture format there is: nothing to compress, nothing to decompress."""
    return b"P5 %d %d 255\n" % image.size + image.tobytes()


def _run(command: list[str], data: bytes, timeout_s: float) -> bytes:
    nice = shutil.which("nice")
    try:
        done = subprocess.run(  # noqa: S603  found on PATH, fixed arguments, no shell
            [nice, "-n", "10", *command] if nice else command,
            input=data,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            creationflags=_BELOW_NORMAL_PRIORITY if os.name == "nt" else 0,
        )
    except subprocess.TimeoutExpired as error:
        raise OcrTooSlow("OCR stopped") from error
    except OSError as error:
        raise OcrFailed("OCR did not start") from error
    if done.returncode:
        raise OcrFailed("OCR ended with an error")
    return done.stdout


def _parse(table: str, scale: float, page: CleanPage, language: str) -> TextLayer:
    """Turn tesseract's table into words with boxes in page pixels."""
    words: list[Word] = []
    lines: dict[tuple[str, str, str], int] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row["level"] != _WORD_LEVEL or not text:
            continue
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(lines))
        left, top = round(int(row["left"]) / scale), round(int(row["top"]) / scale)
        width, height = round(int(row["width"]) / scale), round(int(row["height"]) / scale)
        box = Box(left, top, min(width, page.width_px - left), min(height, page.height_px - top))
        words.append(Word(text, box, float(row["conf"]), line))
    mean = sum(word.confidence for word in words) / len(words) if words else 0.0
    return TextLayer(tuple(words), mean, language)
