"""Findings: each says what it is for, and says nothing on good pages."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageFilter

from scanning.pipeline import clean
from scanning.samples.corpus import CORPUS_KINDS, make_corpus
from scanning.samples.wear import Wear, wear_down
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.drawn_wear import faded, with_finger
from tests.scanning.test_stages import codes, jpeg, of_kind, opened

DPI = 100
HARMLESS = {"scan.blank", "scan.low_resolution"}


@pytest.fixture(scope="module")
def letter(stack) -> Image.Image:
    return opened(of_kind(stack, "letter").image).convert("RGB")


def found(image: Image.Image, dpi: int = 200) -> set[str]:
    return codes(clean(as_raw(jpeg(image), dpi=dpi)))


@pytest.mark.parametrize("left", [0.22, 0.3, 0.4])
def test_faded_print_is_told_and_kept(letter, left):
    page = clean(as_raw(jpeg(faded(letter, left))))
    assert "scan.too_pale" in codes(page)
    assert not page.blank


@pytest.mark.parametrize("left", [0.6, 1.0])
def test_print_that_can_be_read_is_not_called_faded(letter, left):
    assert "scan.too_pale" not in found(faded(letter, left))


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("seed", range(4))
def test_a_finger_over_the_edge_is_found_where_it_is(letter, edge, seed):
    page = clean(as_raw(jpeg(with_finger(letter, edge, random.Random(seed)))))
    finding = next((each for each in page.findings if each.code == "scan.finger"), None)
    assert finding is not None, edge
    box = finding.box
    assert box is not None
    middle_x, middle_y = (
        (box.left + box.width / 2) / page.width_px,
        (box.top + box.height / 2) / page.height_px,
    )
    near = {"left": middle_x, "right": 1 - middle_x, "top": middle_y, "bottom": 1 - middle_y}
    assert near[edge] < 0.12
    assert box.width * box.height < 0.06 * page.width_px * page.height_px


@pytest.mark.parametrize("seed", range(3))
def test_a_finger_is_found_on_paper_that_lies_on_a_dark_table(letter, seed):
    framed = Image.new("RGB", (letter.width + 300, letter.height + 300), (34, 34, 38))
    framed.paste(letter, (150, 150))
    assert "scan.finger" not in found(framed)
    assert "scan.finger" in found(with_finger(framed, "left", random.Random(seed), inset=150))


def bordered(draw) -> Image.Image:
    image = Image.new("RGB", (827, 1169), (250, 248, 240))
    draw(ImageDraw.Draw(image))
    return image.filter(ImageFilter.GaussianBlur(0.5))


def test_seals_photos_tables_and_wood_are_no_fingers():
    def seal(draw):
        draw.ellipse((-20, 500, 120, 640), outline=(200, 30, 40), width=4)
        draw.ellipse((20, 540, 80, 600), fill=(200, 30, 40))

    def photo(draw):
        draw.rectangle((300, 300, 420, 460), fill=(60, 90, 160))
        draw.ellipse((325, 330, 395, 430), fill=(224, 172, 140))

    def band(draw):
        draw.rectangle((0, 0, 827, 60), fill=(214, 168, 140))

    def table(draw):
        draw.rectangle((0, 0, 200, 1169), fill=(150, 104, 72))

    def yellowed(draw):
        draw.rectangle((0, 0, 827, 1169), fill=(232, 214, 170))
        draw.ellipse((0, 700, 90, 790), fill=(222, 202, 160))

    for drawn in (seal, photo, band, table, yellowed):
        assert "scan.finger" not in found(bordered(drawn), 100), drawn.__name__


def test_good_pages_of_the_corpus_raise_no_alarm():
    """Two pages of every kind: no finding at all but on blank ones."""
    alarms: list[tuple[str, set[str]]] = []
    for page in make_corpus(31, 2 * len(CORPUS_KINDS), font=a_font(), dpi=DPI):
        told = codes(clean(as_raw(page.image, dpi=DPI))) - HARMLESS
        if told:
            alarms.append((page.kind, told))
    assert alarms == []


def test_a_page_is_not_spoilt_by_tint_or_bleed(letter):
    worn = wear_down(
        letter, letter.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Wear(0, (232, 214, 170), 0.14, False, 2)
    )
    assert found(worn) <= {"scan.skewed"}
