from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pikepdf
import pytest

from scanning import pdf
from scanning.page import CleanPage
from scanning.pdf.layer import Layer
from scanning.pdf.picture import picture_layers
from scanning.pipeline import clean, rotate
from scanning.samples.corpus import CORPUS_KINDS, CorpusPage, make_corpus
from tests.bench.corpus_scanning import error_rate
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.test_pdf import NOW

HARD = ("decision", "land", "card", "typed", "receipt")


@pytest.fixture(scope="session")
def corpus() -> dict[str, CorpusPage]:
    """One page of each kind at 200 dpi."""
    return {page.kind: page for page in make_corpus(4, len(CORPUS_KINDS), font=a_font(), dpi=200)}


def cleaned_page(page: CorpusPage) -> CleanPage:
    return rotate(clean(as_raw(page.image)), page.rotation_deg)


def test_every_kind_is_drawn_and_the_same_seed_gives_the_same_pages(corpus):
    assert set(corpus) == set(CORPUS_KINDS)
    again = next(make_corpus(4, 1, font=a_font(), dpi=200))
    assert again.image == corpus["letter"].image
    assert next(make_corpus(5, 1, font=a_font(), dpi=200)).image != again.image


@pytest.mark.parametrize("kind", HARD)
def test_hard_pages_are_split_and_lose_no_ink(corpus, kind):
    page = cleaned_page(corpus[kind])
    data = pdf.write([page], layers=[None], title="x", created=NOW)
    pdf.verify(data, [page])
    assert len(data) < 60_000
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert len(opened.pages[0].Resources.XObject.keys()) > 1, "kept whole"


def test_a_portrait_is_a_picture_and_the_print_beside_it_is_not(corpus):
    layers = picture_layers(cleaned_page(corpus["card"]), "small")
    boxes = [layer for layer in layers if isinstance(layer, Layer) and layer.mask is None][1:]
    assert len(boxes) == 1
    assert boxes[0].place.width * boxes[0].place.height < 0.05
    assert layers[-1].mask is not None


def test_a_turned_page_is_turned_back_by_its_truth():
    pages = make_corpus(2, 40, font=a_font(), dpi=75)
    turned = next(page for page in pages if page.rotation_deg and page.kind != "blank")
    upright = clean(replace(as_raw(turned.image, dpi=75)))
    across = upright.width_px > upright.height_px
    assert across == (turned.rotation_deg in (90, 270))
    assert (np.array(turned.drawn.size) == (620, 877)).all()


def test_letters_wrong_are_counted_by_edits():
    assert error_rate("Họ và tên: ....", "Ho va tên") == pytest.approx(2 / 7)
    assert error_rate("Độc lập", "Độc lập") == 0
    assert error_rate("abc", "") == 1
