"""Which way is up is told from the words, and only when there is doubt."""

from __future__ import annotations

import random

import pytest

from scanning import ocr
from scanning.ocr import tesseract, upright
from scanning.page import CleanPage, PageLimits
from scanning.pipeline import clean, rotate
from scanning.samples import make_sample_stack
from scanning.samples.corpus import make_corpus
from scanning.samples.paper import Sheet
from scanning.samples.papers import draw_signature_only
from scanning.stages.decode import decode
from scanning.stages.proxy import make_proxy
from scanning.stages.skew import estimate_skew
from tests.bench.corpus_scanning import error_rate
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.test_stages import jpeg

needs_ocr = pytest.mark.skipif("vie" not in ocr.status().languages, reason="no OCR program with Vietnamese")


@pytest.fixture(scope="module")
def letter() -> CleanPage:
    return clean(as_raw(make_sample_stack(6, 1, font=a_font(), dpi=150)[0].image, dpi=150))


@needs_ocr
@pytest.mark.parametrize("lying", [90, 180, 270])
def test_a_turned_page_is_read_as_it_belongs(letter, lying):
    turned = rotate(letter, lying)
    reading = ocr.read_upright(turned)
    assert (reading.turned_deg + lying) % 360 == 0
    shown = ocr.turned(turned, reading)
    assert (shown.width_px, shown.height_px) == (letter.width_px, letter.height_px)
    assert error_rate(ocr.read(letter).plain, reading.layer.plain) < 0.03
    assert all(0 <= word.box.left < letter.width_px for word in reading.layer.words)


@needs_ocr
def test_an_upright_page_is_read_once_and_its_way_up_not_looked_for(letter, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(upright, "find_rotation", lambda *_, **__: asked.append(1))
    assert ocr.read_upright(letter).turned_deg == 0
    assert asked == []


@needs_ocr
@pytest.mark.parametrize("lying", [90, 180])
def test_without_orientation_data_the_words_alone_tell(letter, lying, monkeypatch):
    monkeypatch.setattr(tesseract, "languages", lambda _: ("vie",))
    reading = ocr.read_upright(rotate(letter, lying))
    assert (reading.turned_deg + lying) % 360 == 0


@needs_ocr
def test_a_signature_alone_stays_as_it_lies():
    sheet = Sheet(a_font(), 150)
    draw_signature_only(sheet, random.Random(3))
    page = clean(as_raw(jpeg(sheet.image), dpi=150))
    assert ocr.read_upright(page).turned_deg == 0


def test_lean_is_told_of_pages_on_their_side_too():
    """Receipts and certificates in frames have lines both ways: their words tell the way up, not their lines."""
    either = {"receipt", "land", "birth", "signature", "blank", "card"}
    seen = 0
    for page in make_corpus(21, 48, font=a_font(), dpi=75):
        if page.kind in either:
            continue
        raw = as_raw(page.image, dpi=75)
        ink = make_proxy(decode(raw, PageLimits()), 75).ink
        assert ocr.lies_on_its_side(clean(raw)) == (page.rotation_deg in (90, 270)), page.kind
        lean = estimate_skew(ink)
        assert lean is not None
        assert lean == pytest.approx(page.skew_deg, abs=0.3), (page.kind, page.rotation_deg)
        seen += page.rotation_deg in (90, 270)
    assert seen >= 3
