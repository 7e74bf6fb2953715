"""Pages are read behind the operator, and stand upright in their document."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime

import pypdfium2
import pytest

from scanning import CleanPage, clean, ocr, rotate
from scanning.ocr import Reading
from scanning.samples import make_sample_stack
from tests.scanning.conftest import a_font, as_raw
from van_station.rules.page_order import Document, Sheet
from van_station.services.capture_events import Progress
from van_station.services.page_documents import DocumentMaker, DocumentTools
from van_station.services.page_pictures import PagePictures
from van_station.services.page_shelf import Made
from van_station.services.reading_behind import ReadingBehind
from van_station.services.sealed_pages import KeptPage

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


class Morning:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def made_of(pages: dict[str, CleanPage], reading: ReadingBehind, told: list[Progress]) -> Made:
    """The document of some pages, as a batch makes it."""
    pictures = PagePictures(lambda key: KeptPage(pages[key], "", None))
    document = Document("paper", tuple(Sheet(key) for key in pages))
    return DocumentMaker(pictures, DocumentTools(reading, Morning()), told.append).make([document])[0]


needs_ocr = pytest.mark.skipif("vie" not in ocr.status().languages, reason="no OCR program with Vietnamese")


@pytest.fixture(scope="module")
def letter() -> CleanPage:
    return clean(as_raw(make_sample_stack(6, 1, font=a_font(), dpi=150)[0].image, dpi=150))


def upside_down(page: CleanPage) -> CleanPage:
    """As a page that was laid in wrongly, not one that a person turned."""
    return clean(as_raw(rotate(page, 180).image, dpi=page.dpi))


def test_without_ocr_nothing_is_asked_and_a_document_is_made_all_the_same(letter):
    reading, told = ReadingBehind(use_ocr=False), list[Progress]()
    written = made_of({"a": letter}, reading, told)
    assert written.turned == 0
    assert [step.step for step in told] == ["scan.writing", "scan.comparing"]
    reading.close()


@needs_ocr
def test_a_page_laid_in_upside_down_stands_upright_in_its_document_and_that_is_told(letter):
    reading = ReadingBehind(use_ocr=True)
    pages = {"a": letter, "b": upside_down(letter)}
    heard: dict[str, Reading] = {}
    both = threading.Event()

    def told(key: str, read: Reading) -> None:
        heard[key] = read
        if len(heard) == 2:
            both.set()

    for key, page in pages.items():
        reading.ask(Sheet(key).stamp, page, told)
    assert both.wait(60)
    assert [heard[Sheet(key).stamp].turned_deg for key in pages] == [0, 180]
    written = made_of(pages, reading, [])
    reading.close()
    assert written.turned == 1
    document = pypdfium2.PdfDocument(io.BytesIO(written.pdf))
    one, other = (document[index].get_textpage().get_text_range() for index in (0, 1))
    assert "Mẫu Sơn Giả" in one
    assert "Mẫu Sơn Giả" in other


@needs_ocr
def test_a_page_that_a_person_turned_stays_as_that_person_wants_it(letter):
    reading = ReadingBehind(use_ocr=True)
    mine = rotate(letter, 180)
    assert mine.rotation_deg == 180
    read = reading.result("a", mine)
    reading.close()
    assert read is not None
    assert read.turned_deg == 0


@needs_ocr
def test_what_was_forgotten_or_closed_is_not_read(letter):
    reading = ReadingBehind(use_ocr=True)
    for number in range(12):
        reading.ask(str(number), letter)
    reading.forget(*(str(number) for number in range(12)))
    reading.close()
    assert reading.result("a", letter) is None
