"""Cutting by hand, the original beside the clean page, and finding seals: on drawn pages with known truth."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from scanning import Box, CleanPage, Encoding, RawPage, adjust, clean, samples
from scanning.pictures import encode_jpeg

DPI = 150


def raw_of(kind: str, *, backing_px: int = 0) -> RawPage:
    """A drawn page, with a dark scanner bed around it if wanted."""
    image = Image.open(io.BytesIO(samples.make_sample_stack(4, 1, kinds=(kind,), dpi=DPI)[0].image)).convert(
        "RGB"
    )
    if backing_px:
        bed = Image.new("RGB", (image.width + 2 * backing_px, image.height + 3 * backing_px), (24, 24, 26))
        bed.paste(image, (backing_px, backing_px))
        image = bed
    return RawPage(encode_jpeg(image, quality=90, dpi=DPI), Encoding.JPEG, *image.size, DPI, 1, "test")


def test_the_part_that_the_machine_kept_is_found_on_the_whole_scan() -> None:
    raw = raw_of("letter", backing_px=120)
    page, whole = clean(raw), adjust.uncropped(raw)
    assert page.width_px < whole.width_px
    found = adjust.find_part(page, whole)
    again = adjust.cut(whole, found)
    assert (again.width_px, again.height_px) == (page.width_px, page.height_px)
    ours, theirs = (
        np.asarray(Image.open(io.BytesIO(each.image)).convert("L"), float) for each in (again, page)
    )
    assert np.abs(ours - theirs).mean() < 6


def test_a_page_that_was_not_cut_is_all_of_the_scan() -> None:
    page = clean(raw_of("form"))
    assert adjust.find_part(page, page) == Box(0, 0, page.width_px, page.height_px)


def test_a_cut_stays_on_the_page_and_leaves_something() -> None:
    page = clean(raw_of("form"))
    assert adjust.cut(page, Box(-50, -50, 150, 99_999)).width_px == 100
    with pytest.raises(ValueError, match="left"):
        adjust.cut(page, Box(page.width_px + 1, 0, 10, 10))


def test_a_red_seal_is_found_and_a_frame_or_a_blue_signature_is_none() -> None:
    birth = clean(raw_of("birth"))
    seals = adjust.seal_boxes(birth)
    assert len(seals) == 1
    seal = seals[0]
    assert 20 < seal.width / DPI * 25.4 < 50
    assert seal.top > birth.height_px / 2
    assert adjust.seal_boxes(clean(raw_of("form"))) == ()


def test_grey_pages_have_no_red() -> None:
    grey = Image.new("L", (400, 500), 255)
    page = CleanPage(encode_jpeg(grey, quality=80, dpi=DPI), 400, 500, DPI, True, (), 0.0, 0, 1)
    assert adjust.seal_boxes(page) == ()


def test_packed_rows_are_kept_as_a_picture_of_the_same_page() -> None:
    pixels = np.full((60, 40, 3), (250, 240, 200), np.uint8)
    raw = RawPage(pixels.tobytes(), Encoding.RGB, 40, 60, DPI, 3, "scanner")
    kept = adjust.keepable(raw)
    assert (kept.encoding, kept.width_px, kept.sequence) == (Encoding.JPEG, 40, 3)
    assert adjust.picture_size(adjust.look_at_raw(kept)) == (40, 60)
    assert adjust.keepable(kept) is kept


def test_a_picture_turned_clockwise_lies_on_its_side() -> None:
    picture = encode_jpeg(Image.new("RGB", (40, 60), "white"), quality=80, dpi=72)
    assert adjust.picture_size(adjust.turned(picture, 1)) == (60, 40)
    assert adjust.picture_size(adjust.turned(picture, 2)) == (40, 60)
    assert adjust.turned(picture, 4) is picture
