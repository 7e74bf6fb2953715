"""Shadows, holes and dust go; seals, signatures and every letter stay."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from scanning.pdf.likeness import ink_of, paper_of
from scanning.pipeline import CleanOptions, clean
from scanning.samples.corpus import make_corpus
from scanning.stages.decode import Pixels
from scanning.stages.proxy import make_proxy
from scanning.stages.tidy import tidy
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.drawn_wear import with_gutter, with_holes, with_salt

DPI = 150
COLORED = ("letter", "land", "card", "receipt", "birth", "filled")


@pytest.fixture(scope="module")
def drawn() -> dict[str, Image.Image]:
    """One sheet of each kind as drawn: no wear at all."""
    return {page.kind: page.drawn for page in make_corpus(4, 12, font=a_font(), dpi=DPI)}


def tidied(image: Image.Image) -> Pixels:
    pixels = np.asarray(image.convert("RGB"))
    return tidy(pixels, make_proxy(pixels, DPI))


def ink_kept(before: Pixels, after: Pixels, color: str) -> float:
    """Share of a colour's ink that still has nine tenths of its depth."""
    was, now = (ink_of(paper_of(pixels), pixels)[color].astype(int) for pixels in (before, after))
    ink = was > 60
    return float((now[ink] >= was[ink] * 0.9).mean()) if ink.sum() > 60 else 1.0


@pytest.mark.parametrize("kind", COLORED)
@pytest.mark.parametrize("color", ["red", "blue", "dark"])
def test_inks_of_a_clean_page_are_kept(drawn, kind, color):
    before = np.asarray(drawn[kind].convert("RGB"))
    assert ink_kept(before, tidied(drawn[kind]), color) > 0.999


@pytest.mark.parametrize("kind", COLORED)
def test_inks_of_a_spoilt_page_are_kept(drawn, kind):
    spoilt = with_salt(with_holes(with_gutter(drawn[kind], 0.35)), 5)
    after = tidied(spoilt)
    for color, least in (("red", 0.995), ("blue", 0.995)):
        assert ink_kept(np.asarray(spoilt), after, color) >= least, color


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_shadow_towards_an_edge_is_lifted(drawn, side):
    after = tidied(with_gutter(drawn["letter"], 0.4, side=side, reach=0.08))
    strip = {"left": after[:, 8:60], "right": after[:, -60:-8], "top": after[8:60], "bottom": after[-60:-8]}[
        side
    ]
    assert np.percentile(strip, 25) > 240


def test_punch_holes_and_dust_go(drawn):
    after = tidied(with_salt(with_holes(drawn["letter"]), 9, 400))
    margin = after[:, : round(18 * DPI / 25.4)]
    assert (margin.min(axis=2) < 120).sum() < 40


def test_dots_of_letters_leaders_and_accents_stay(drawn):
    for kind in ("form", "decision", "table", "typed"):
        before = np.asarray(drawn[kind].convert("RGB"))
        lost = (before.min(axis=2) < 128) & (tidied(drawn[kind]).min(axis=2) > 160)
        assert lost.sum() == 0, kind


def test_a_page_without_dirt_is_the_same_array():
    pixels = np.full((1754, 1240, 3), 250, np.uint8)
    assert tidy(pixels, make_proxy(pixels, DPI)) is pixels


def test_cleaning_can_be_left_out(drawn):
    out = io.BytesIO()
    with_holes(drawn["letter"]).save(out, "JPEG", quality=90)
    raw = as_raw(out.getvalue(), dpi=DPI)

    def margin(tidy_up: bool) -> int:
        page = clean(raw, CleanOptions(tidy=tidy_up, deskew=False))
        pixels = np.asarray(Image.open(io.BytesIO(page.image)).convert("L"))
        return int((pixels[:, : round(18 * DPI / 25.4)] < 100).sum())

    assert margin(True) < 20 < margin(False)
