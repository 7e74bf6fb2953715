"""The sheet in a phone's picture: found where it is, refused where it is not clear, straightened."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from scanning.page import RawPage
from scanning.pipeline import CleanOptions, clean
from scanning.samples import SamplePage, make_sample_stack
from scanning.stages.camera import taken_by_camera
from scanning.stages.perspective import find_sheet, flatten
from tests.scanning.conftest import as_raw
from tests.scanning.photographs import PHONE, Photograph, photograph, pose, table

A4, CARD = (210.0, 297.0), (85.6, 53.98)


@pytest.fixture(scope="module")
def papers(font: Path | None) -> list[np.ndarray]:
    samples: list[SamplePage] = make_sample_stack(5, 4, font=font, dpi=110)
    return [np.asarray(Image.open(io.BytesIO(sample.image)).convert("RGB")) for sample in samples]


def taken(papers: list[np.ndarray], seed: int, kind: str) -> Photograph:
    rng = np.random.default_rng(seed)
    corners = pose(
        A4,
        tilt=rng.uniform(-28, 28),
        lean=rng.uniform(-22, 22),
        turn=rng.uniform(-25, 25),
        away=rng.uniform(1.35, 1.7),
        shift=rng.uniform(-0.04, 0.04, 2),
    )
    return photograph(papers[seed % len(papers)], corners, rng, kind)


def corner_error(found: np.ndarray, true: np.ndarray) -> float:
    """Return the worst distance of a corner, whichever corner was called the first."""
    return min(float(np.hypot(*(np.roll(found, turn, axis=0) - true).T).max()) for turn in range(4))


@pytest.mark.parametrize(
    ("kind", "at_least"), [("dark", 4), ("wood", 4), ("green", 4), ("clutter", 4), ("light", 2)]
)
def test_corners_are_found_within_a_hundredth_of_the_diagonal(papers, kind: str, at_least: int):
    """White on white, where the picture is overexposed, may be refused; wrong corners are never given."""
    found = 0
    for seed in range(4):
        picture = taken(papers, 100 * len(kind) + seed, kind)
        assert (picture.corners > 5).all()
        assert (picture.corners < np.array(PHONE) - 5).all()
        sheet = find_sheet(picture.pixels)
        if sheet is None:
            continue
        found += 1
        assert corner_error(sheet.corners, picture.corners) <= 0.01 * picture.diagonal
        assert sheet.ratio == pytest.approx(297 / 210, rel=0.09)
    assert found >= at_least


def test_a_frame_printed_on_a_page_is_not_the_page():
    page = np.full((1600, 1200, 3), 235, np.uint8)
    cv2.rectangle(page, (140, 180), (1060, 1420), (40, 40, 40), 5)
    assert find_sheet(page) is None


def test_a_flattened_sheet_shows_what_was_on_it(papers):
    picture = taken(papers, 3, "wood")
    sheet = find_sheet(picture.pixels)
    flat = flatten(picture.pixels, sheet)
    height, width = flat.pixels.shape[:2]
    assert height / width == pytest.approx(297 / 210, abs=0.01)
    assert flat.dpi == pytest.approx(height * 25.4 / 297, abs=1)
    paper = cv2.cvtColor(papers[3 % len(papers)], cv2.COLOR_RGB2GRAY)
    seen = cv2.cvtColor(flat.pixels, cv2.COLOR_RGB2GRAY)
    size = (300, 424)
    one = cv2.GaussianBlur(cv2.resize(paper, size, interpolation=cv2.INTER_AREA), (0, 0), 1.5)
    other = cv2.GaussianBlur(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), (0, 0), 1.5)
    like = np.corrcoef(one[12:-12, 12:-12].ravel(), other[12:-12, 12:-12].ravel())[0, 1]
    assert like > 0.8


def test_a_card_is_told_from_a_sheet_by_its_shape():
    rng = np.random.default_rng(4)
    card = np.full((540, 856, 3), 225, np.uint8)
    cv2.rectangle(card, (60, 120), (300, 460), (150, 120, 110), -1)
    for line in range(6):
        cv2.line(card, (360, 150 + 50 * line), (800, 150 + 50 * line), (60, 60, 70), 8)
    picture = photograph(card, pose(CARD, tilt=12, lean=-9, turn=8, away=1.6), rng, "dark")
    sheet = find_sheet(picture.pixels)
    assert sheet is not None
    assert sheet.ratio == pytest.approx(85.6 / 53.98)
    assert sheet.long_mm == 85.6
    height, width = flatten(picture.pixels, sheet).pixels.shape[:2]
    assert width > height


@pytest.mark.parametrize("kind", ["dark", "wood", "light", "clutter"])
def test_a_table_without_a_paper_is_kept_whole(kind: str):
    for seed in range(3):
        assert find_sheet(table(np.random.default_rng(seed), kind).astype(np.uint8)) is None


def test_things_that_are_no_paper_are_refused(papers):
    rng = np.random.default_rng(9)
    height, width = 600, 424
    corners = pose(A4, tilt=10, lean=5, turn=4, away=1.5)
    for colour in ((30, 30, 36), (170, 30, 40), (30, 60, 160)):  # a screen, a red folder, a blue book
        thing = np.full((height, width, 3), colour, np.uint8)
        assert find_sheet(photograph(thing, corners, rng, "wood").pixels) is None
    blobs = np.clip(rng.normal(128, 60, (9, 7, 3)), 0, 255).astype(np.float32)
    face = cv2.resize(blobs, PHONE, interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)
    assert find_sheet(face) is None
    assert find_sheet(papers[0]) is None, "a scan that fills the picture has no table around it"


@pytest.mark.parametrize("shift", [(0.42, 0.0), (-0.42, 0.1), (0.0, 0.4), (0.35, -0.4)])
def test_a_paper_that_is_cut_off_is_kept_whole(papers, shift: tuple[float, float]):
    corners = pose(A4, tilt=8, lean=6, turn=5, away=1.3, shift=shift)
    assert not ((corners > 0).all() and (corners < np.array(PHONE)).all())
    picture = photograph(papers[0], corners, np.random.default_rng(2), "wood")
    assert find_sheet(picture.pixels) is None


def test_a_phones_picture_comes_out_of_cleaning_as_its_sheet_and_says_so(papers):
    picture = taken(papers, 11, "wood")
    raw = as_raw(picture.jpeg(), dpi=300)
    page = clean(raw)
    assert "scan.flattened" in [finding.code for finding in page.findings]
    assert page.height_px / page.width_px == pytest.approx(297 / 210, abs=0.03)
    assert b"Invented" not in page.image, "the camera's notes stay behind"
    whole = clean(raw, CleanOptions(flatten=False, deskew=False, crop=False))
    assert (whole.width_px, whole.height_px) == PHONE


def test_a_picture_without_a_clear_sheet_is_cleaned_whole():
    out = io.BytesIO()
    Image.fromarray(table(np.random.default_rng(1), "clutter").astype(np.uint8)).save(out, "JPEG")
    page = clean(as_raw(out.getvalue()), CleanOptions(flatten=True, deskew=False, crop=False))
    assert (page.width_px, page.height_px) == PHONE
    assert "scan.flattened" not in [finding.code for finding in page.findings]


def jpeg(size: tuple[int, int], dpi: tuple[int, int] | None = None, **notes: object) -> RawPage:
    exif, out = Image.Exif(), io.BytesIO()
    if "maker" in notes:
        exif[0x010F] = notes["maker"]
    if "exposure" in notes:
        exif.get_ifd(0x8769)[0x829A] = notes["exposure"]
    Image.new("L", size, 200).save(out, "JPEG", exif=exif, **({"dpi": dpi} if dpi else {}))
    return as_raw(out.getvalue())


@pytest.mark.parametrize(
    ("how", "camera"),
    [
        ({"size": (3000, 4000), "exposure": 0.01}, True),
        ({"size": (3000, 4000), "dpi": (300, 300), "exposure": 0.01}, True),
        ({"size": (600, 800), "dpi": (72, 72), "maker": "Invented"}, True),
        ({"size": (2000, 2667)}, True),
        ({"size": (2480, 3508)}, False),
        ({"size": (2480, 3508), "dpi": (300, 300), "maker": "A scanner's"}, False),
        ({"size": (3000, 4000), "dpi": (300, 300)}, False),
        ({"size": (600, 800)}, False),
    ],
)
def test_a_camera_is_known_by_its_notes_else_by_shape_and_size(how: dict[str, object], camera: bool):
    assert taken_by_camera(jpeg(**how)) is camera
