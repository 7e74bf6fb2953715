from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from scanning.errors import PageTooLarge, PageUnreadable
from scanning.page import CleanPage, Encoding, PageLimits, RawPage
from scanning.pipeline import CleanOptions, clean, preview, rotate, thumbnail
from scanning.samples import SamplePage, make_sample_stack
from scanning.samples.wear import Wear, wear_down
from scanning.stages.decode import decode
from scanning.stages.proxy import make_proxy
from scanning.stages.quality import DARK_LEVEL
from scanning.stages.skew import estimate_skew
from tests.scanning.conftest import as_raw
from tests.scanning.test_folder import bomb_png


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def opened(page: CleanPage | bytes) -> Image.Image:
    return Image.open(io.BytesIO(page if isinstance(page, bytes) else page.image))


def codes(page: CleanPage) -> set[str]:
    return {finding.code for finding in page.findings}


def of_kind(stack: list[SamplePage], kind: str) -> SamplePage:
    return next(sample for sample in stack if sample.truth.kind == kind)


def residual_deg(page: CleanPage) -> float | None:
    return estimate_skew(make_proxy(np.asarray(opened(page)), page.dpi).ink)


@pytest.fixture(scope="module")
def straight(font) -> dict[str, bytes]:
    """A page of each kind at 100 dpi that does not lean."""
    pages = make_sample_stack(50, 5, font=font, dpi=100, max_skew_deg=0)
    return {page.truth.kind: page.image for page in pages}


@pytest.mark.parametrize("skew_deg", [-3.0, -0.4, 0.0, 1.3, 3.0])
@pytest.mark.parametrize("kind", ["letter", "form"])
def test_lean_is_told_within_a_fifth_of_a_degree(straight, kind, skew_deg):
    leaning = opened(straight[kind]).rotate(-skew_deg, Image.Resampling.BICUBIC, fillcolor="white")
    page = clean(as_raw(jpeg(leaning), dpi=100))
    assert page.skew_deg == pytest.approx(skew_deg, abs=0.2)


def test_pages_stand_straight_after_cleaning(stack, dark_stack, cleaned, dark_cleaned):
    for sample, page in zip((*stack, *dark_stack), (*cleaned, *dark_cleaned), strict=True):
        if sample.truth.kind in ("letter", "form", "birth"):
            assert residual_deg(page) == pytest.approx(0, abs=0.2)


def test_what_shines_through_is_blank_and_a_signature_alone_is_not(stack, dark_stack, cleaned, dark_cleaned):
    for sample, page in zip((*stack, *dark_stack), (*cleaned, *dark_cleaned), strict=True):
        assert page.blank is sample.truth.blank, sample.truth.kind
        assert ("scan.blank" in codes(page)) is sample.truth.blank


@pytest.mark.parametrize("bleed", [0.05, 0.10, 0.16])
def test_bleed_through_up_to_a_sixth_is_blank(font, bleed):
    front = opened(make_sample_stack(3, 1, kinds=("letter",), font=font, dpi=150)[0].image)
    back = wear_down(
        Image.new("RGB", front.size, "white"),
        ImageOps.mirror(front),
        Wear(1.0, (246, 240, 222), bleed, False, 4),
    )
    assert clean(as_raw(jpeg(back), dpi=150)).blank


def blank_with(draw) -> CleanPage:
    image = Image.new("RGB", (1240, 1754), (248, 247, 244))
    draw(ImageDraw.Draw(image))
    return clean(as_raw(jpeg(image), dpi=150))


def test_one_stamped_line_a_red_stamp_or_a_pencil_note_is_not_blank(font):
    def line(draw):
        for x in range(500, 740, 8):
            draw.rectangle((x, 900, x + 4, 912), fill=(40, 40, 40))

    def stamp(draw):
        draw.ellipse((600, 900, 720, 1020), outline=(210, 60, 70), width=4)

    def pencil(draw):
        draw.line([(300 + 5 * x, 800 + 25 * (x % 3)) for x in range(40)], fill=(150, 150, 150), width=3)

    for mark in (line, stamp, pencil):
        assert not blank_with(mark).blank, mark.__name__


def test_punch_holes_and_a_streak_of_the_glass_do_not_make_a_page_written():
    def holes(draw):
        for y in (700, 1180):
            draw.ellipse((50, y, 84, y + 34), fill=(20, 20, 20))
        draw.line((900, 0, 900, 1754), fill=(90, 90, 90), width=3)

    assert blank_with(holes).blank


def test_a_blank_page_is_marked_and_kept_whole(cleaned):
    page = next(page for page in cleaned if page.blank)
    assert opened(page).size == (page.width_px, page.height_px)


def test_dark_backing_is_cropped_away(dark_cleaned):
    for page in dark_cleaned:
        pixels = np.asarray(opened(page).convert("L"))
        assert page.width_px == pytest.approx(1654 * 0.94, abs=6)
        assert page.height_px == pytest.approx(2339 * 0.94, abs=6)
        assert np.median(pixels[:3]) > 200
        assert np.median(pixels[:, -3:]) > 200


def test_findings_name_what_a_person_should_look_at(stack):
    letter = of_kind(stack, "letter").image
    image = opened(letter)
    sharp = clean(as_raw(letter))
    assert sharp.findings == ()
    assert "scan.blurred" in codes(clean(as_raw(jpeg(image.filter(ImageFilter.GaussianBlur(4))))))
    assert "scan.too_dark" in codes(clean(as_raw(jpeg(image.point(lambda value: value * 0.35)))))
    assert "scan.low_resolution" in codes(clean(as_raw(letter, dpi=150)))
    cut = clean(as_raw(jpeg(image.crop((330, 0, *image.size)))))
    assert "scan.cut_off" in codes(cut)
    assert cut.findings[-1].box is not None
    assert cut.findings[-1].box.left == 0


def test_lean_left_in_is_a_finding(stack):
    sample = max(stack, key=lambda one: abs(one.truth.skew_deg) if one.truth.kind == "letter" else 0)
    turned = jpeg(opened(sample.image).rotate(2 if sample.truth.skew_deg < 0 else -2, fillcolor="white"))
    assert "scan.skewed" in codes(clean(as_raw(turned), CleanOptions(deskew=False)))


def test_a_straight_jpeg_is_kept_to_the_byte_but_a_cameras_notes_are_not():
    image = Image.new("RGB", (827, 1169), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 700, 104), fill="black")
    plain = jpeg(image)
    assert clean(as_raw(plain, dpi=100)).image == plain
    out = io.BytesIO()
    notes = Image.Exif()
    notes[0x013B] = "Khuat Thi Bia"
    image.save(out, "JPEG", exif=notes, comment=b"Luong Van Mau")
    kept = clean(as_raw(out.getvalue(), dpi=100)).image
    assert b"Bia" not in kept
    assert b"Mau" not in kept


def test_a_photo_held_sideways_comes_out_upright():
    image = Image.new("RGB", (400, 200), "white")
    image.paste("black", (0, 0, 40, 200))  # upright, this bar is at the top
    out = io.BytesIO()
    notes = Image.Exif()
    notes[0x0112] = 6  # turn a quarter clockwise to view
    image.save(out, "JPEG", exif=notes)
    page = clean(as_raw(out.getvalue()), CleanOptions(deskew=False, crop=False))
    assert (page.width_px, page.height_px) == (200, 400)
    assert np.asarray(opened(page).convert("L"))[:30].mean() < 30


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_quarter_turns_before_and_after_cleaning_agree(straight, turn):
    letter = as_raw(straight["letter"], dpi=100)
    options = CleanOptions(deskew=False, rotation_deg=turn)
    before = clean(letter, options)
    after = rotate(clean(letter, CleanOptions(deskew=False)), turn)
    assert (before.width_px, before.height_px, before.rotation_deg) == (
        after.width_px,
        after.height_px,
        after.rotation_deg,
    )
    difference = np.asarray(opened(before).convert("L"), float) - np.asarray(
        opened(after).convert("L"), float
    )
    assert np.abs(difference).mean() < 2


def test_a_turn_that_is_not_a_quarter_is_refused(stack):
    with pytest.raises(ValueError, match="rotation"):
        clean(as_raw(stack[0].image), CleanOptions(rotation_deg=45))
    with pytest.raises(ValueError, match="rotation"):
        rotate(clean(as_raw(stack[0].image)), 10)


def test_gray_paper_is_kept_gray_and_a_red_seal_keeps_it_in_colour(stack):
    assert opened(clean(as_raw(of_kind(stack, "letter").image))).mode == "RGB"
    gray = jpeg(opened(of_kind(stack, "letter").image).convert("L").convert("RGB"))
    assert opened(clean(as_raw(gray))).mode == "L"


def test_small_pictures_are_as_large_as_asked(cleaned):
    page = cleaned[0]
    assert max(opened(thumbnail(page)).size) == 320
    assert max(opened(preview(page)).size) == 1600
    assert max(opened(thumbnail(page, max_px=100)).size) == 100
    assert len(thumbnail(page)) < 20_000


def test_a_picture_that_claims_too_much_is_refused_before_decoding():
    with pytest.raises(PageTooLarge):
        clean(RawPage(bomb_png(), Encoding.PNG, 1, 1, 300, 1, "x"))
    with pytest.raises(PageTooLarge):
        clean(RawPage(b"", Encoding.RGB, 60_000, 60_000, 300, 1, "x"))
    with pytest.raises(PageTooLarge):
        clean(as_raw(jpeg(Image.new("L", (200, 200)))), CleanOptions(limits=PageLimits(max_bytes=100)))


def test_damaged_pictures_are_refused_whole(stack):
    whole = stack[0].image
    for damaged in (b"", whole[:50], whole[: len(whole) // 2], b"GIF89a" + bytes(50)):
        with pytest.raises(PageUnreadable):
            clean(RawPage(damaged, Encoding.JPEG, 10, 10, 300, 1, "x"))
    with pytest.raises(PageUnreadable):
        clean(RawPage(bytes(299), Encoding.RGB, 10, 10, 300, 1, "x"))


@given(st.binary(max_size=300), st.sampled_from([Encoding.JPEG, Encoding.PNG]), st.integers(0, 3))
def test_any_bytes_are_a_page_or_are_refused(noise: bytes, encoding: Encoding, start: int):
    magic = (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", png_with(noise))[start]
    try:
        decode(RawPage(magic + noise, encoding, 8, 8, 300, 1, "x"), PageLimits(max_pixels=10_000))
    except (PageUnreadable, PageTooLarge):
        return


def png_with(noise: bytes) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(noise)
    chunks = [
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in (header, data)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@given(
    st.integers(8, 60),
    st.integers(8, 60),
    st.sampled_from([Encoding.RGB, Encoding.GRAY]),
    st.integers(0, 255),
)
def test_a_page_of_any_size_and_shade_is_cleaned(width, height, encoding, shade):
    data = bytes([shade]) * (width * height * (3 if encoding is Encoding.RGB else 1))
    page = clean(RawPage(data, encoding, width, height, 300, 1, "x"))
    assert page.blank == (shade >= DARK_LEVEL)
    assert opened(page).size == (page.width_px, page.height_px)


def test_a_side_too_dark_to_read_is_not_dropped_as_blank():
    page = clean(as_raw(jpeg(Image.new("RGB", (827, 1169), "black")), dpi=100))
    assert not page.blank
    assert "scan.too_dark" in codes(page)
