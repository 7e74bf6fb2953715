"""Words in the document lie on the letters they were read from, measured by PDFium against the drawing's truth."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
from PIL import ImageFont

from scanning import ocr, pdf
from scanning.page import Box, CleanPage
from scanning.pipeline import CleanOptions, clean
from scanning.samples.paper import Sheet
from scanning.text import TextLayer, Word
from tests.scanning.conftest import a_font, as_raw
from tests.scanning.test_stages import jpeg

DPI = 200
MM = 72 / 25.4
LINES = (
    "Họ, chữ đệm, tên người yêu cầu chứng thực",
    "Nơi cư trú: thôn Ruộng Giữa, xã Mẫu Sơn Giả",
    "Căn cứ Luật Tổ chức chính quyền địa phương",
    "Quyết định có hiệu lực kể từ ngày ký ban hành",
)
needs_ocr = pytest.mark.skipif("vie" not in ocr.status().languages, reason="no OCR program with Vietnamese")


@pytest.fixture(scope="module")
def drawn() -> tuple[CleanPage, list[Word]]:
    """A straight page, and each word with the box of its ink."""
    sheet = Sheet(a_font(), DPI)
    font = ImageFont.truetype(str(a_font()), round(14 * DPI / 72))
    words = []
    for number, line in enumerate(LINES):
        x, y = 25.0, 40.0 + 30 * number
        for text in line.split():
            left, top, right, bottom = sheet.draw.textbbox((sheet.px(x), sheet.px(y)), text, font=font)
            end = sheet.write(x, y, text, size_pt=14)
            words.append(
                Word(text, Box(int(left), int(top), int(right - left), int(bottom - top)), 95, number)
            )
            x = end + 2.4
    page = clean(as_raw(jpeg(sheet.image), dpi=DPI), CleanOptions(deskew=False, crop=False))
    return page, words


def places(page: CleanPage, layer: TextLayer) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words of the document with left, top, right, bottom in mm, as PDFium places their characters."""
    data = pdf.write([page], layers=[layer], title="x", created=datetime(2026, 1, 1, tzinfo=UTC))
    shown = pypdfium2.PdfDocument(data)[0]
    text = shown.get_textpage()
    height = shown.get_size()[1]
    found: list[tuple[str, list[tuple[float, float, float, float]]]] = [("", [])]
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if not letter.strip():
            found.append(("", []))
            continue
        found[-1] = (found[-1][0] + letter, [*found[-1][1], text.get_charbox(index, loose=True)])
    return [
        (
            unicodedata.normalize("NFC", word),
            (
                min(box[0] for box in boxes) / MM,
                (height - max(box[3] for box in boxes)) / MM,
                max(box[2] for box in boxes) / MM,
                (height - min(box[1] for box in boxes)) / MM,
            ),
        )
        for word, boxes in found
        if boxes
    ]


def in_mm(box: Box) -> tuple[float, float, float, float]:
    scale = 25.4 / DPI
    return box.left * scale, box.top * scale, (box.left + box.width) * scale, (box.top + box.height) * scale


def test_every_word_stands_where_it_was_read_to_a_tenth_of_a_millimetre(drawn):
    page, words = drawn
    placed = places(page, TextLayer(tuple(words), 95.0, "vie"))
    assert [text for text, _ in placed] == [word.text for word in words]
    for (_, shown), word in zip(placed, words, strict=True):
        wanted = in_mm(word.box)
        assert shown[0] == pytest.approx(wanted[0], abs=0.1)
        assert shown[2] == pytest.approx(wanted[2], abs=0.1)
        assert shown[1] <= wanted[1] + 0.1, "a line's words share one height: none is cut"
        assert shown[3] >= wanted[3] - 0.1


@needs_ocr
def test_words_that_were_read_lie_on_their_ink_to_a_millimetre(drawn):
    page, words = drawn
    placed = places(page, ocr.read(page))
    truth = {word.text: in_mm(word.box) for word in words}
    common = [(truth[text], box) for text, box in placed if text in truth]
    assert len(common) > 0.8 * len(words)
    for wanted, shown in common:
        assert shown[0] == pytest.approx(wanted[0], abs=0.8)
        assert shown[2] == pytest.approx(wanted[2], abs=0.8)
