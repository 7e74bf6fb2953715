"""What a document keeps of the corpus's pages: red and blue ink, and letters read, against the drawings."""

from __future__ import annotations

import io
import statistics
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from scanning.pdf.likeness import ink_of, paper_of
from scanning.samples.corpus import DOTTED, CorpusPage, make_corpus
from scanning.stages.proxy import make_proxy
from scanning.stages.skew import estimate_skew

_DPI = 100
_COARSE_DPI = 25
_STILL_COLORED = 20
_DRAWN_COLORED = 60
_MIN_PX = 60
_LEAN_DPI = 150
_READ_DPI = 300
_NO_WAY_UP = ("signature",)
_NOT_READ = ("typed", "blank", "signature", "card", "receipt")
"""Kinds left out of the letters: their lines are not known, or mostly not running text."""


@dataclass(frozen=True)
class Truth:
    """What is known of one page; the drawing is kept as PNG."""

    kind: str
    text: tuple[str, ...]
    drawn_png: bytes
    skew_deg: float
    rotation_deg: int


@dataclass(frozen=True)
class Kept:
    """What a document shows: shares of ink by page, error rates by page; pages without any are left out."""

    red: list[float]
    blue: list[float]
    running_cer: list[float]
    dotted_cer: list[float]
    filled_cer: list[float]
    render_cer: list[float]
    skew_deg: list[float]
    upright: list[float]
    unplaced: int


def write_corpus(folder: Path, seed: int, pages: int, font: Path | None) -> list[Truth]:
    """Write the pages as JPEG files and return what is true of them."""
    truths = []
    for number, page in enumerate(make_corpus(seed, pages, font=font)):
        (folder / f"{number:04d}.jpg").write_bytes(page.image)
        truths.append(_truth(page))
    return truths


def _truth(page: CorpusPage) -> Truth:
    small = page.drawn.resize((827, 1169), Image.Resampling.BOX)
    out = io.BytesIO()
    small.save(out, "PNG")
    return Truth(page.kind, page.text, out.getvalue(), page.skew_deg, page.rotation_deg)


def measure(document: bytes, truths: Sequence[Truth], *, with_text: bool) -> Kept:
    """Compare each page with its drawing; letters only of pages that were not lying on their side."""
    kept = Kept([], [], [], [], [], [], [], [], 0)
    unplaced = 0
    opened = pypdfium2.PdfDocument(document)
    for number, truth in enumerate(truths):
        page = opened[number]
        if with_text and truth.rotation_deg == 0 and truth.kind not in _NOT_READ:
            rate = error_rate(" ".join(truth.text), page.get_textpage().get_text_range())
            _rates_of(truth, kept).append(rate)
            if truth.kind not in DOTTED:
                kept.render_cer.append(error_rate(" ".join(truth.text), _read_again(page)))
        _add_skew(page, truth, kept)
        drawn = np.asarray(Image.open(io.BytesIO(truth.drawn_png)).convert("RGB"))
        wanted = ink_of(np.full_like(drawn, 255), drawn)
        if all(int((wanted[color] > _DRAWN_COLORED).sum()) < _MIN_PX for color in ("red", "blue")):
            continue
        shown = np.asarray(page.render(scale=_DPI / 72).to_pil().convert("RGB"))
        found = _placed(shown, drawn)
        if found is None:
            unplaced += 1
            continue
        placed, turns = found
        if truth.kind not in _NO_WAY_UP:
            kept.upright.append(float(turns == 0))
        there = ink_of(paper_of(placed), placed)
        for color, shares in (("red", kept.red), ("blue", kept.blue)):
            ink = wanted[color] > _DRAWN_COLORED
            if int(ink.sum()) >= _MIN_PX:
                near = cv2.dilate(there[color], np.ones((3, 3), np.uint8))
                shares.append(float((near[ink] > _STILL_COLORED).mean()))
    opened.close()
    return replace(kept, unplaced=unplaced)


def _add_skew(page: pypdfium2.PdfPage, truth: Truth, kept: Kept) -> None:
    """Add how far text lines still lean; pages without lines are left out."""
    if truth.kind in ("blank", *_NO_WAY_UP):
        return
    shown = np.asarray(page.render(scale=_LEAN_DPI / 72).to_pil().convert("RGB"))
    lean = estimate_skew(make_proxy(shown, _LEAN_DPI).ink)
    if lean is not None:
        kept.skew_deg.append(abs(lean))


def _read_again(page: pypdfium2.PdfPage) -> str:
    """Return what OCR reads on the page as it is shown at 300 dpi: no layer, no help of ours."""
    picture = page.render(scale=_READ_DPI / 72).to_pil().convert("L")
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(_READ_DPI, _READ_DPI))
    command = ["tesseract", "stdin", "stdout", "-l", "vie", "--psm", "3", "--dpi", str(_READ_DPI)]
    done = subprocess.run(command, input=out.getvalue(), capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def _rates_of(truth: Truth, kept: Kept) -> list[float]:
    """Return where a page's rate belongs; what a pen scribbled is no text, and what is read of it counts as wrong."""
    if truth.kind == "filled":
        return kept.filled_cer
    return kept.dotted_cer if truth.kind in DOTTED else kept.running_cer


def _placed(shown: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, int] | None:
    """Lay what is shown over the drawing: turned, moved, scaled as fits best; None when nothing fits.

    Beside the picture: how many quarter turns that took, 0 for a page that stood upright.
    """
    best: tuple[float, np.ndarray, np.ndarray, int] | None = None
    goal = _soft(drawn, _COARSE_DPI / _DPI)
    for turned, guess, turns in _guesses(shown, drawn):
        small = _soft(turned, _COARSE_DPI / _DPI)
        scale = np.array([[1, 1, _COARSE_DPI / _DPI]] * 2, np.float32)
        try:
            fit, found = cv2.findTransformECC(
                goal, small, guess * scale, cv2.MOTION_AFFINE, _stop(60), None, 3
            )
        except cv2.error:
            continue
        if best is None or fit > best[0]:
            best = fit, turned, (found / scale).astype(np.float32), turns
    if best is None or best[0] < 0.5:
        return None
    _, turned, matrix, turns = best
    try:
        _, matrix = cv2.findTransformECC(
            _soft(drawn, 1.0), _soft(turned, 1.0), matrix, cv2.MOTION_AFFINE, _stop(40), None, 3
        )
    except cv2.error:
        return None
    size = (drawn.shape[1], drawn.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(turned, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return laid, turns


def _guesses(shown: np.ndarray, drawn: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    for turns, size, lean in product(range(4), (1.0, 0.94), (-2.0, 0.0, 2.0)):
        turned = np.ascontiguousarray(np.rot90(shown, turns))
        if (turned.shape[0] > turned.shape[1]) != (drawn.shape[0] > drawn.shape[1]):
            continue
        middle = (drawn.shape[1] / 2, drawn.shape[0] / 2)
        matrix = cv2.getRotationMatrix2D(middle, lean, size).astype(np.float32)
        matrix[0, 2] += turned.shape[1] / 2 - middle[0]
        matrix[1, 2] += turned.shape[0] / 2 - middle[1]
        yield turned, matrix, turns


def _soft(pixels: np.ndarray, scale: float) -> np.ndarray:
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    size = (round(gray.shape[1] * scale), round(gray.shape[0] * scale))
    return cv2.GaussianBlur(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), (0, 0), 1.5)


def _stop(rounds: int) -> tuple[int, int, float]:
    return (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, rounds, 1e-4)


def error_rate(wanted: str, read: str) -> float:
    """Return edits for each wanted letter; spaces and dots of leaders do not count."""
    one, other = _letters(wanted), _letters(read)
    row = np.arange(len(other) + 1)
    codes = np.array([ord(letter) for letter in other])
    for number, letter in enumerate(one, start=1):
        changed = np.concatenate(([number], np.minimum(row[1:] + 1, row[:-1] + (codes != ord(letter)))))
        steps = np.arange(changed.size)
        row = np.minimum.accumulate(changed - steps) + steps
    return float(row[-1]) / max(1, len(one))


def _letters(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if letter.isalnum())


def mean(shares: Sequence[float]) -> float | None:
    """Return the mean, None of nothing."""
    return statistics.fmean(shares) if shares else None


def worst(shares: Sequence[float]) -> float | None:
    """Return the least share, None of nothing."""
    return min(shares, default=None)


def middle(values: Sequence[float]) -> float | None:
    """Return the median, None of nothing."""
    return statistics.median(values) if values else None


def tenth(values: Sequence[float]) -> float | None:
    """Return the 90th percentile, None of nothing."""
    return float(np.percentile(values, 90)) if values else None
