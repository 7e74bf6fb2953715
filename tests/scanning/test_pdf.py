from __future__ import annotations

import io
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import pdfa
from PIL import Image, ImageOps

from scanning import ocr, pdf
from scanning.errors import OcrUnavailable, PageUnreadable, PdfNotFaithful
from scanning.ocr.leaders import without_leaders
from scanning.page import Box, CleanPage
from scanning.pipeline import rotate
from scanning.samples.paper import Sheet
from scanning.text import TextLayer, Word

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
needs_vietnamese_ocr = pytest.mark.skipif(
    "vie" not in ocr.status().languages,
    reason="Debian's tesseract-ocr and tesseract-ocr-vie are not installed",
)


@pytest.fixture
def pages(cleaned: list[CleanPage]) -> list[CleanPage]:
    return cleaned


def document(pages: list[CleanPage], *, layers=None, quality="small") -> bytes:
    return pdf.write(
        pages, layers=layers or [None] * len(pages), title="Hồ sơ mẫu", created=NOW, quality=quality
    )


def text_of(data: bytes, page_no: int = 1) -> str:
    """The page's text as PDFium reads it."""
    opened = pypdfium2.PdfDocument(data)
    return unicodedata.normalize("NFC", opened[page_no - 1].get_textpage().get_text_range())


def words(text: str) -> list[str]:
    return [word.strip(".,:;!()") for word in text.split() if word.strip(".,:;!()_-")]


def layer(page: CleanPage, *lines: str) -> TextLayer:
    found = []
    for number, line in enumerate(lines):
        for place, word in enumerate(line.split()):
            box = Box(100 + 150 * place, 100 + 80 * number, 20 * len(word), 40)
            found.append(Word(word, box, 90.0, number))
    return TextLayer(tuple(found), 90.0, "vie")


@pytest.mark.parametrize("quality", ["small", "archive"])
def test_a_document_is_valid_pdf_a_and_shows_its_pages(pages, quality):
    data = document(pages, quality=quality)
    assert pdfa.validate_written(io.BytesIO(data), "2b").verdict == "pass"
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert opened.check_pdf_syntax() == []
        assert len(opened.pages) == len(pages)
    pdf.verify(data, pages)


class FromAStore(Sequence[CleanPage]):
    """Opens a page on access and counts."""

    def __init__(self, pages: list[CleanPage]) -> None:
        self.pages = pages
        self.opened: list[int] = []

    def __len__(self) -> int:
        return len(self.pages)

    def __getitem__(self, index):
        if index < len(self.pages):
            self.opened.append(index)
        return self.pages[index]


def test_each_page_is_opened_once_so_a_long_stack_need_not_be_in_memory(pages):
    store = FromAStore(pages)
    data = document(store)
    assert store.opened == list(range(len(pages)))
    pdf.verify(data, store)
    assert store.opened == list(range(len(pages))) * 2


def test_archive_keeps_the_pictures_to_the_byte_and_small_is_smaller(pages):
    archive, small = document(pages, quality="archive"), document(pages)
    with pikepdf.open(io.BytesIO(archive)) as opened:
        for page, written in zip(pages, opened.pages, strict=True):
            assert written.Resources.XObject.Im0.read_raw_bytes() == page.image
    assert len(small) < len(archive) / 2


def test_metadata_tells_title_language_and_time_and_nothing_of_people(pages):
    with pikepdf.open(io.BytesIO(document(pages[:1]))) as opened:
        assert str(opened.Root.Lang) == "vi-VN"
        assert str(opened.Root.PageLabels.Nums[1].S) == "/D"
        assert str(opened.docinfo.Title) == "Hồ sơ mẫu"
        assert set(opened.docinfo.keys()) <= {"/Title", "/CreationDate", "/ModDate", "/Producer", "/Creator"}
        with opened.open_metadata() as metadata:
            assert metadata["dc:title"] == "Hồ sơ mẫu"
            assert "dc:creator" not in metadata


def test_invisible_words_are_found_where_they_stand(pages):
    page = pages[0]
    lines = ("Cộng hòa xã hội chủ nghĩa Việt Nam", "Độc lập Tự do Hạnh phúc", "ưỡn ẹo ặ ễ ỹ Đ 𝒳")
    data = document([page], layers=[layer(page, *lines)])
    assert [line.strip() for line in text_of(data).splitlines()] == list(lines)
    searched = pypdfium2.PdfDocument(data)[0].get_textpage()
    hit = searched.search("Hạnh").get_next()
    left, bottom, _right, _top = searched.get_charbox(hit[0])
    line_bottom_pt = (page.height_px - 220) * 72 / page.dpi
    assert left == pytest.approx((100 + 150 * 4) * 72 / page.dpi, abs=3)
    assert line_bottom_pt <= bottom <= line_bottom_pt + 40 * 72 / page.dpi


def test_decomposed_letters_are_written_composed(pages):
    data = document(pages[:1], layers=[layer(pages[0], unicodedata.normalize("NFD", "Nguyễn Đặng"))])
    raw = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    assert raw.strip() == "Nguyễn Đặng"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12),
        min_size=1,
        max_size=5,
    )
)
def test_any_words_make_a_valid_document(texts):
    blank = Image.new("L", (400, 300), 255)
    out = io.BytesIO()
    blank.save(out, "JPEG")
    page = CleanPage(out.getvalue(), 400, 300, 100, True, (), 0.0, 0, 1)
    data = document([page], layers=[layer(page, *texts)])
    pdf.verify(data, [page])


def test_pages_and_layers_must_match_and_time_needs_a_zone(pages):
    with pytest.raises(ValueError, match=r"needs a page|argument 2"):
        pdf.write([], layers=[], title="x", created=NOW)
    with pytest.raises(ValueError, match=r"needs a page|argument 2"):
        pdf.write(pages, layers=[None], title="x", created=NOW)
    with pytest.raises(ValueError, match="zone"):
        pdf.write(pages[:1], layers=[None], title="x", created=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_damaged_page_is_not_written(pages):
    with pytest.raises(PageUnreadable):
        document([replace(pages[0], image=pages[0].image[:3000])])


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def opened(page: CleanPage) -> Image.Image:
    return Image.open(io.BytesIO(page.image)).convert("RGB")


@pytest.mark.parametrize("spoil", [ImageOps.mirror, ImageOps.flip, ImageOps.invert])
def test_a_picture_changed_on_the_way_is_not_faithful(pages, spoil):
    spoilt = [replace(pages[0], image=jpeg(spoil(opened(pages[0])))), *pages[1:]]
    with pytest.raises(PdfNotFaithful) as caught:
        pdf.verify(document(spoilt, quality="archive"), pages)
    assert caught.value.page_no == 1


def test_swapped_missing_doubled_and_resized_pages_are_not_faithful(pages):
    swapped = [pages[1], pages[0], *pages[2:]]
    for wrong in (swapped, pages[:-1], [*pages, pages[0]], [replace(pages[0], dpi=100), *pages[1:]]):
        with pytest.raises(PdfNotFaithful):
            pdf.verify(document(wrong, quality="archive"), pages)


def test_a_lost_stripe_of_text_is_not_faithful(pages):
    image = opened(pages[0])
    image.paste("white", (0, int(image.height * 0.2), image.width, int(image.height * 0.5)))
    with pytest.raises(PdfNotFaithful):
        pdf.verify(document([replace(pages[0], image=jpeg(image))]), pages[:1])


def test_a_blank_side_in_place_of_a_written_one_is_not_faithful(pages):
    blank = next(page for page in pages if page.blank)
    written = replace(pages[0], image=blank.image)
    with pytest.raises(PdfNotFaithful):
        pdf.verify(document([written]), pages[:1])


def test_broken_bytes_are_not_faithful(pages):
    data = document(pages[:1])
    for broken in (b"", data[: len(data) // 3], b"%PDF-1.7"):
        with pytest.raises(PdfNotFaithful):
            pdf.verify(broken, pages[:1])


@needs_vietnamese_ocr
def test_nine_words_in_ten_of_a_sample_come_back_from_the_document(pages, stack):
    layers = [ocr.read(page) if number < 2 else None for number, page in enumerate(pages)]
    data = document(pages, layers=layers)
    for number in (0, 1):
        expected = words(" ".join(stack[number].truth.text))
        got = words(text_of(data, number + 1))
        if shutil.which("pdftotext"):
            command = ["pdftotext", "-f", str(number + 1), "-l", str(number + 1), "-", "-"]
            got = words(subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode())
        found = sum(word in got for word in expected)
        assert found >= 0.9 * len(expected), (found, len(expected))
    assert layers[0].mean_confidence > 80


@needs_vietnamese_ocr
def test_boxes_of_words_lie_on_the_page(pages):
    read = ocr.read(pages[0])
    assert read.words
    for word in read.words:
        assert 0 <= word.box.left <= word.box.left + word.box.width <= pages[0].width_px
        assert 0 <= word.box.top <= word.box.top + word.box.height <= pages[0].height_px
    assert "ĐỀ NGHỊ" in read.plain


@needs_vietnamese_ocr
@pytest.mark.skipif("osd" not in ocr.status().languages, reason="Debian's tesseract-ocr-osd is not installed")
@pytest.mark.parametrize("lying", [0, 90, 180])
def test_a_page_on_its_side_is_told_how_to_turn(pages, lying):
    turn = ocr.find_rotation(rotate(pages[0], lying))
    assert turn == (360 - lying) % 360


def test_a_language_that_is_not_installed_is_refused(pages):
    with pytest.raises(OcrUnavailable):
        ocr.read(pages[0], language="tlh")


def test_without_the_program_reading_is_unavailable(monkeypatch, pages):
    monkeypatch.setenv("PATH", "")
    assert ocr.status().reason == "scan.ocr_unavailable"
    with pytest.raises(OcrUnavailable):
        ocr.read(pages[0])
    with pytest.raises(OcrUnavailable):
        ocr.find_rotation(pages[0])


def test_leaders_go_from_the_copy_that_is_read_and_dots_of_letters_stay(font):
    sheet = Sheet(font, 240)
    end = sheet.write(20, 40, "Kính gửi: ị ẹ ộ ... iii")
    before = np.asarray(sheet.image.convert("L"))
    sheet.leader(end + 3, 40, 190)
    dotted = np.asarray(sheet.image.convert("L"))
    assert (dotted != before).any()
    assert np.abs(without_leaders(dotted, 240).astype(int) - before).mean() < 0.01
    assert (without_leaders(before, 240) == before).all()
