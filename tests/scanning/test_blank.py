"""No written side is ever called blank; what shines through, holes, dust and streaks are no writing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from scanning.pipeline import clean
from scanning.samples.paper import Sheet
from scanning.samples.papers import draw_form, draw_letter
from scanning.samples.wear import Wear, wear_down
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.drawn_wear import with_holes, with_salt
from tests.scanning.test_stages import jpeg

DPI = 150
SWEEP = 8


@pytest.fixture(scope="module")
def fronts() -> list[Image.Image]:
    """Two written sides, mirrored, to shine through."""
    sheets = []
    for painter in (draw_letter, draw_form):
        sheet = Sheet(a_font(), DPI)
        painter(sheet, random.Random(7))
        sheets.append(ImageOps.mirror(sheet.image))
    return sheets


def is_blank(image: Image.Image) -> bool:
    return clean(as_raw(jpeg(image), dpi=DPI)).blank


def worn(image: Image.Image, front: Image.Image | None, chance: random.Random) -> Image.Image:
    tint = chance.choice([(255, 255, 255), (250, 248, 240), (246, 240, 222), (232, 214, 170)])
    wear = Wear(
        chance.uniform(-3, 3), tint, chance.uniform(0.02, 0.14), chance.random() < 0.3, chance.randrange(2**31),
        softness_px=chance.uniform(0.4, 0.9),
    )  # fmt: skip
    return wear_down(image, front, wear)


def signature(sheet: Sheet, chance: random.Random) -> None:
    x, y = chance.uniform(25, 150), chance.uniform(30, 240)
    points = [
        (x + step * 0.3 + 2 * math.sin(step / 4), y + 4 * math.sin(step / 6) * math.cos(step / 17))
        for step in range(90)
    ]
    sheet.scribble(points, ink=chance.choice([(30, 50, 160), (20, 20, 24), (60, 80, 190)]))


def stamp(sheet: Sheet, chance: random.Random) -> None:
    x, y, radius = chance.uniform(30, 170), chance.uniform(30, 250), chance.uniform(9, 18)
    box = [sheet.px(value) for value in (x - radius, y - radius, x + radius, y + radius)]
    sheet.draw.ellipse(
        box, outline=chance.choice([(200, 30, 40), (225, 120, 125)]), width=max(1, sheet.px(0.5))
    )


def pencil(sheet: Sheet, chance: random.Random) -> None:
    x, y, level = chance.uniform(30, 130), chance.uniform(30, 250), chance.randrange(120, 181)
    points = [(x + step * 0.9, y + 2.2 * math.sin(step * 1.3)) for step in range(28)]
    sheet.scribble(points, ink=(level, level, level))


def page_number(sheet: Sheet, chance: random.Random) -> None:
    sheet.centre(105, 280, f"Trang {chance.randrange(2, 9)}", size_pt=11)


def one_line(sheet: Sheet, chance: random.Random) -> None:
    sheet.write(30, chance.uniform(30, 250), "Đã nhận đủ hồ sơ.", size_pt=chance.choice([9, 12]))


def date_by_pen(sheet: Sheet, chance: random.Random) -> None:
    x, y = chance.uniform(30, 150), chance.uniform(30, 250)
    for stroke in range(6):
        left = x + stroke * 3
        sheet.scribble([(left, y), (left + 1.4, y + 3), (left, y + 5)], ink=(40, 60, 170))


MARKS: tuple[Callable[[Sheet, random.Random], None], ...] = (
    signature, stamp, pencil, page_number, one_line, date_by_pen,
)  # fmt: skip


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.__name__)
def test_a_side_with_one_mark_on_it_is_never_blank(mark, fronts):
    lost = []
    for seed in range(SWEEP):
        chance = random.Random(1000 * MARKS.index(mark) + seed)
        sheet = Sheet(a_font(), DPI)
        mark(sheet, chance)
        if is_blank(worn(sheet.image, chance.choice([None, *fronts]), chance)):
            lost.append(seed)
    assert lost == []


def test_sides_that_nobody_wrote_on_are_blank(fronts):
    kept = []
    for seed in range(2 * SWEEP):
        chance = random.Random(seed)
        side = Image.new("RGB", fronts[0].size, "white")
        if chance.random() < 0.3:
            side = with_holes(side)
        image = worn(side, chance.choice([None, *fronts]), chance)
        if chance.random() < 0.3:
            image = with_salt(image, seed, 200)
        if not is_blank(image):
            kept.append(seed)
    assert len(kept) <= 2 * SWEEP * 0.05, kept


def test_a_fold_and_a_shadow_at_the_edge_are_no_writing():
    image = Image.new("RGB", (1240, 1754), (248, 247, 244))
    draw = ImageDraw.Draw(image)
    draw.line((0, 877, 1240, 880), fill=(226, 225, 222), width=5)
    draw.rectangle((0, 0, 22, 1754), fill=(150, 150, 150))
    assert is_blank(image.filter(ImageFilter.GaussianBlur(3)))
