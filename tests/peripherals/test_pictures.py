from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from van_station.bootstrap.demo.people import VISITORS
from van_station.peripherals.pictures import MAX_PICTURE_BYTES, PictureUnreadable, read_qr_codes

CARDS = [visitor.card for visitor in VISITORS]


def picture_of(text: str, *, module_px: int = 6) -> Image.Image:
    code = qrcode.QRCode(box_size=module_px, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code.make_image().convert("RGB")


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_card_comes_out_of_a_picture_letter_by_letter(card: str, kind: str) -> None:
    assert read_qr_codes(encoded(picture_of(card), kind)) == (card,)


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 7, -20])
def test_a_card_held_askew_is_read(angle: int) -> None:
    turned = picture_of(CARDS[0], module_px=8).rotate(angle, expand=True, fillcolor="white")
    assert read_qr_codes(encoded(turned)) == (CARDS[0],)


def test_a_card_in_a_large_dim_photograph_is_read() -> None:
    photo = Image.new("RGB", (2400, 1800), (90, 85, 80))
    photo.paste(picture_of(CARDS[1], module_px=7).point(lambda value: 40 + value // 2), (700, 500))
    assert read_qr_codes(encoded(photo, "JPEG", quality=70)) == (CARDS[1],)


def photographed(card: str, *, turned_deg: float, tilt: float, light: float, noise: float) -> Image.Image:
    """Return the card's code as a hand-held camera sees it: turned, seen aslant, in little and uneven light."""
    code = np.asarray(picture_of(card).convert("L"))
    side = code.shape[0]
    angle = np.deg2rad(turned_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * side * 0.7
    corners[0] *= 1 - tilt
    corners[1] *= 1 - tilt / 3
    flat = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    warp = cv2.getPerspectiveTransform(flat, (corners @ turn.T + (800, 600)).astype(np.float32))
    table = np.full((1200, 1600), 200, np.uint8)
    seen = cv2.warpPerspective(code, warp, (1600, 1200), table, borderMode=cv2.BORDER_TRANSPARENT)
    lit = (8 + seen * light) * np.linspace(1, 0.6, 1600)[None, :]
    lit = cv2.GaussianBlur(lit, (0, 0), 0.6) + np.random.default_rng(7).normal(0, noise, lit.shape)
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("turned_deg", "tilt", "light", "noise"),
    [(33, 0.15, 0.6, 4), (-28, 0.3, 0.5, 4), (10, 0.1, 0.12, 3), (12, 0.1, 0.06, 1.5), (170, 0.05, 0.3, 8)],
    ids=["crooked", "aslant", "dim", "nearly dark", "upside down and noisy"],
)
def test_a_card_photographed_by_hand_is_read(turned_deg, tilt, light, noise) -> None:
    photo = photographed(CARDS[0], turned_deg=turned_deg, tilt=tilt, light=light, noise=noise)
    assert read_qr_codes(encoded(photo, "JPEG", quality=80)) == (CARDS[0],)


def test_of_several_codes_the_largest_comes_first() -> None:
    photo = Image.new("RGB", (2000, 1200), "white")
    photo.paste(picture_of("https://vi.du", module_px=4), (0, 0))
    photo.paste(picture_of(CARDS[0], module_px=9), (600, 100))
    assert read_qr_codes(encoded(photo)) == (CARDS[0], "https://vi.du")


def test_a_picture_without_a_code_has_none() -> None:
    assert read_qr_codes(encoded(Image.new("RGB", (400, 300), "white"))) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        encoded(Image.new("RGB", (50, 50)), "BMP"),
        encoded(Image.new("RGB", (50, 50)), "GIF"),
        encoded(Image.new("RGB", (50, 50)), "TIFF"),
        encoded(picture_of(CARDS[0]))[:200],
        encoded(picture_of(CARDS[0]), "JPEG")[:300],
    ],
)
def test_what_is_no_whole_picture_of_our_kinds_is_refused(data: bytes) -> None:
    with pytest.raises(PictureUnreadable) as refused:
        read_qr_codes(data)
    assert (refused.value.code, refused.value.retryable) == ("card.picture_unreadable", False)


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(PictureUnreadable):
        read_qr_codes(encoded(picture_of(CARDS[0])) + b"\0" * MAX_PICTURE_BYTES)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF"]))
def test_no_bytes_make_it_fail_in_another_way(data: bytes, start: bytes) -> None:
    try:
        found = read_qr_codes(start + data)
    except PictureUnreadable:
        return
    assert all(isinstance(text, str) for text in found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_picture_is_read_or_refused(at: int, flip: int) -> None:
    data = bytearray(_WHOLE)
    data[at % len(data)] ^= flip
    try:
        read_qr_codes(bytes(data))
    except PictureUnreadable:
        return


_WHOLE = encoded(picture_of(CARDS[0], module_px=3))
