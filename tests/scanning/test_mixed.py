from __future__ import annotations

import io
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import pdfa
from PIL import Image

from scanning import pdf
from scanning.errors import PdfNotFaithful
from scanning.page import CleanPage
from scanning.pdf import bitonal, picture
from scanning.pdf.assembly import add_page
from scanning.pdf.bitonal import Bitonal, compress
from scanning.pdf.drawn import draw_layers, page_size_pt
from scanning.pdf.layer import Layer, Place, Stencil
from scanning.pdf.likeness import COMPARE_DPI, compare, decoded, expected_pixels
from scanning.pdf.mixed import at_mask_dpi, split
from scanning.pdf.picture import picture_layers, size_bytes
from scanning.stages.inks import find_inks
from scanning.stages.photos import find_pictures
from tests.scanning.test_pdf import NOW

CODECS = ["g4", "jbig2"]


@pytest.fixture(scope="session")
def letter(cleaned: list[CleanPage]) -> CleanPage:
    """Print, a red seal over it, and a blue signature."""
    return cleaned[0]


@pytest.fixture(scope="session")
def layers(letter: CleanPage):
    return split(*at_mask_dpi(decoded(letter), letter.dpi))


def masks(seed: int, shape: tuple[int, int], share: float) -> np.ndarray:
    """Blobs rather than noise: like letters, with rows alike."""
    noise = np.random.default_rng(seed).random(shape).astype(np.float32)
    return cv2.blur(noise, (1 + seed % 5, 1 + seed % 3)) < share


def one_image(mask: Bitonal, *, as_picture: bool = False) -> bytes:
    document = pikepdf.Pdf.new()
    add_page(document, (100.0, 100.0), (Stencil(mask, (0, 0, 0)),))
    if as_picture:
        stream = document.pages[0].Resources.XObject.Im0
        del stream.ImageMask
        stream.ColorSpace = pikepdf.Name.DeviceGray
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_pdfium_decodes(mask: Bitonal) -> np.ndarray:
    document = pypdfium2.PdfDocument(one_image(mask, as_picture=True))
    image = next(iter(document[0].get_objects()))
    return np.asarray(image.get_bitmap(render=False).to_pil().convert("L")) < 128


def as_pikepdf_decodes(mask: Bitonal) -> np.ndarray:
    document = pikepdf.open(io.BytesIO(one_image(mask, as_picture=True)))
    stream = document.pages[0].Resources.XObject.Im0
    return np.asarray(pikepdf.PdfImage(stream).as_pil_image().convert("L")) < 128


def as_jbig2dec_decodes(mask: Bitonal, folder: Path) -> np.ndarray:
    head = b"\x97JB2\r\n\x1a\n\x01" + struct.pack(">I", 1)
    ends = struct.pack(">IBBBI", 2, 49, 0, 1, 0) + struct.pack(">IBBBI", 3, 51, 0, 0, 0)
    path = folder / "mask.jb2"
    path.write_bytes(head + mask.data + ends)
    done = subprocess.run(["jbig2dec", "-t", "pbm", "-o", "-", str(path)], capture_output=True, check=True)
    return np.asarray(Image.open(io.BytesIO(done.stdout)).convert("L")) == 0


def check_every_decoder(mask: np.ndarray, codec: str, folder: Path) -> None:
    coded = compress(mask, codec)
    assert (as_pdfium_decodes(coded) == mask).all()
    if codec == "g4" or shutil.which("jbig2dec"):  # pikepdf asks that program for JBIG2
        assert (as_pikepdf_decodes(coded) == mask).all()
    if codec == "jbig2" and shutil.which("jbig2dec"):
        assert (as_jbig2dec_decodes(coded, folder) == mask).all()


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (64, 8), (1, 90), (70, 1), (61, 77)])
def test_masks_come_back_to_the_bit_from_every_decoder(codec, shape, tmp_path):
    for share in (0.0, 0.45, 1.1):
        check_every_decoder(masks(shape[0], shape, share), codec, tmp_path)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.sampled_from(CODECS))
def test_any_mask_comes_back_to_the_bit(seed, height, width, share, codec):
    mask = masks(seed, (height, width), share)
    assert (as_pdfium_decodes(compress(mask, codec)) == mask).all()


def test_a_whole_page_of_group_4_is_one_strip_and_not_inverted(letter, layers):
    black = as_pdfium_decodes(layers[-1].mask)
    coded = compress(black, "g4")
    assert len(coded.data) < 100_000
    assert (as_pdfium_decodes(coded) == black).all()
    assert (as_pikepdf_decodes(coded) == black).all()
    assert 0.005 < black.mean() < 0.2


def test_a_mask_without_dots_is_refused():
    with pytest.raises(ValueError, match="dots"):
        compress(np.zeros((0, 4), np.bool_))


def colors(letter: CleanPage) -> tuple[np.ndarray, float, float, float]:
    pixels, _ = at_mask_dpi(decoded(letter), letter.dpi)
    inks = find_inks(pixels)
    return pixels, *(float(mask.mean()) for mask in (inks.black, inks.warm, inks.cold))


def test_print_seal_and_pen_are_three_inks(letter):
    pixels, black, warm, cold = colors(letter)
    inks = find_inks(pixels)
    assert black > warm > cold > 0.0002
    assert not (inks.black & inks.warm).any()
    assert not (inks.cold & (inks.black | inks.warm)).any()
    assert np.median(pixels[inks.warm & inks.core], axis=0)[0] > 150
    blue = np.median(pixels[inks.cold & inks.core], axis=0)
    assert blue[2] > blue[0] + 50


def test_a_grey_page_has_black_ink_only():
    gray = np.full((300, 300), 230, np.uint8)
    cv2.putText(gray, "Mau 12", (20, 150), cv2.FONT_HERSHEY_SIMPLEX, 2, 20, 5)
    inks = find_inks(gray)
    assert inks.black.any()
    assert not inks.warm.any()
    assert not inks.cold.any()


def test_fringes_of_a_line_sensor_are_hardly_taken_for_colour():
    page = np.full((400, 600, 3), 245, np.uint8)
    cv2.putText(page, "Phieu 2026", (20, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, (20, 20, 20), 6)
    page[..., 0] = np.roll(page[..., 0], 1, axis=1)
    inks = find_inks(cv2.GaussianBlur(page, (0, 0), 0.8))
    assert inks.warm.sum() + inks.cold.sum() < 0.08 * inks.black.sum()


def test_what_shines_through_stays_in_the_background(cleaned):
    blank = next(page for page in cleaned if page.blank)
    layers = split(*at_mask_dpi(decoded(blank), blank.dpi))
    assert len(layers) == 1
    assert isinstance(layers[0], Layer)


def page_with_photo() -> np.ndarray:
    page = np.full((1200, 1000, 3), 250, np.uint8)
    tones = np.random.default_rng(3).integers(40, 210, (14, 10, 3), np.uint8)
    page[300:720, 500:800] = cv2.resize(tones, (300, 420), interpolation=cv2.INTER_CUBIC)
    for row in range(5):
        cv2.putText(page, "Ho va ten", (40, 330 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 5)
    return page


def test_a_photo_is_boxed_and_text_beside_it_is_not():
    (box,) = find_pictures(page_with_photo(), 300)
    assert abs(box.left - 500) < 40
    assert abs(box.top - 300) < 40
    assert abs(box.left + box.width - 800) < 40
    assert abs(box.top + box.height - 720) < 40


def test_a_page_of_text_has_no_pictures(letter):
    assert find_pictures(*at_mask_dpi(decoded(letter), letter.dpi)) == ()


def clean_page(pixels: np.ndarray, dpi: int = 300) -> CleanPage:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=88)
    return CleanPage(out.getvalue(), pixels.shape[1], pixels.shape[0], dpi, False, (), 0.0, 0, 1)


def test_a_photo_keeps_its_tones_in_the_document():
    page = clean_page(page_with_photo())
    laid = picture_layers(page, "small")
    assert any(isinstance(layer, Layer) and layer.place != Place(0, 0, 1, 1) for layer in laid)
    shown = draw_layers(page, laid, COMPARE_DPI)
    wanted = expected_pixels(page, (shown.shape[1], shown.shape[0]))
    assert np.abs(shown.astype(int) - wanted)[160:350, 260:390].mean() < 12


def test_a_letter_is_split_and_much_smaller_than_one_picture(letter):
    laid = picture_layers(letter, "small")
    assert isinstance(laid[-1], Stencil)
    assert sum(layer.mask is not None for layer in laid) == 3
    assert size_bytes(laid) < 0.25 * size_bytes((picture._whole(letter),))
    assert picture_layers(letter, "small") == laid


def of(letter: CleanPage, layers) -> bytes:
    out = io.BytesIO()
    with pikepdf.Pdf.new() as document:
        add_page(document, page_size_pt(letter), layers)
        document.save(out)
    return out.getvalue()


def moved(layer, px: float, letter: CleanPage):
    share = px / (letter.width_px * 300 / letter.dpi)
    return replace(layer, place=layer.place._replace(left=layer.place.left + share))


def inverted(stencil: Stencil) -> Stencil:
    return replace(stencil, mask=compress(~as_pdfium_decodes(stencil.mask)))


def test_the_split_page_is_faithful(letter, layers):
    pdf.verify(of(letter, layers), [letter])
    found = compare(*both(letter, layers))
    assert found.kept["dark"] >= 0.99
    assert found.kept["red"] >= 0.98
    assert found.kept["blue"] >= 0.96


def both(letter, layers):
    shown = draw_layers(letter, layers, COMPARE_DPI)
    return shown, expected_pixels(letter, (shown.shape[1], shown.shape[0]))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_lost_layer_is_not_faithful(letter, layers, number):
    with pytest.raises(PdfNotFaithful):
        pdf.verify(of(letter, layers[:number] + layers[number + 1 :]), [letter])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_mask_ten_dots_aside_is_not_faithful(letter, layers, number):
    changed = [*layers]
    changed[number] = moved(changed[number], 10, letter)
    with pytest.raises(PdfNotFaithful):
        pdf.verify(of(letter, changed), [letter])


def test_an_inverted_mask_is_not_faithful(letter, layers):
    with pytest.raises(PdfNotFaithful):
        pdf.verify(of(letter, [*layers[:-1], inverted(layers[-1])]), [letter])


def test_a_black_seal_is_not_faithful(letter, layers):
    as_black = Stencil(layers[1].mask, (20, 20, 20), layers[1].place)
    with pytest.raises(PdfNotFaithful) as caught:
        pdf.verify(of(letter, [layers[0], as_black, *layers[2:]]), [letter])
    assert "red" in str(caught.value)


def test_one_lost_word_is_not_faithful(letter, layers):
    mask = as_pdfium_decodes(layers[-1].mask).copy()
    down, across = np.argwhere(mask)[len(np.argwhere(mask)) // 2]
    mask[down - 50 : down + 50, across - 90 : across + 90] = False
    changed = replace(layers[-1], mask=compress(mask))
    with pytest.raises(PdfNotFaithful):
        pdf.verify(of(letter, [*layers[:-1], changed]), [letter])


@pytest.mark.parametrize("spoil", ["lose red", "crash", "draw nothing"])
def test_a_page_that_a_split_would_spoil_is_kept_whole(letter, layers, monkeypatch, spoil):
    def spoilt(pixels, dpi):
        if spoil == "crash":
            raise cv2.error("no")
        if spoil == "lose red":
            return (layers[0], *layers[2:])
        return (Layer(b"broken", "DCTDecode", 10, 10, False),)

    monkeypatch.setattr(picture, "split", spoilt)
    data = pdf.write([letter], layers=[None], title="x", created=NOW)
    pdf.verify(data, [letter])
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert list(opened.pages[0].Resources.XObject.keys()) == ["/Im0"]


def test_a_page_that_one_small_picture_would_spoil_keeps_its_own(letter, monkeypatch):
    monkeypatch.setattr(picture, "split", lambda pixels, dpi: ())
    monkeypatch.setattr(picture, "_SMALL_QUALITY", 1)
    monkeypatch.setattr(picture, "SMALL_DPI", 30)
    (layer,) = picture_layers(letter, "small")
    assert layer.data == letter.image


@pytest.mark.parametrize("codec", CODECS)
def test_either_codec_makes_a_valid_and_faithful_document(letter, monkeypatch, codec):
    monkeypatch.setattr(bitonal, "best_codec", lambda: codec)
    data = pdf.write([letter], layers=[None], title="x", created=NOW)
    assert pdfa.validate_written(io.BytesIO(data), "2b").verdict == "pass"
    pdf.verify(data, [letter])
    with pikepdf.open(io.BytesIO(data)) as opened:
        images = opened.pages[0].Resources.XObject
        filters = {str(image.Filter) for _, image in images.items()}
    assert filters == {"/DCTDecode", {"g4": "/CCITTFaxDecode", "jbig2": "/JBIG2Decode"}[codec]}


def test_too_few_dots_for_masks_are_kept_whole(letter):
    image = decoded(letter)
    coarse = clean_page(np.asarray(image.resize((image.width // 2, image.height // 2))), dpi=100)
    assert len(picture_layers(coarse, "small")) == 1
