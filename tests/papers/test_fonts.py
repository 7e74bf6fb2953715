"""The one font prints everything that Vietnamese needs, and digits stand in columns."""

import unicodedata
from pathlib import Path

import pytest

from van_station.papers.letters import PRINTABLE, REPLACEMENT, printable
from van_station.settings.assets import assets_root

tables = pytest.importorskip("fontTools.ttLib")
FOLDER = assets_root() / "fonts"
FILES = sorted(FOLDER.glob("*.ttf"))
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"


def vietnamese() -> set[str]:
    vowels = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES]
    letters = {*vowels, *"bcdđghklmnpqrstvxfjwz"}
    return letters | {letter.upper() for letter in letters}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def font(request):
    return tables.TTFont(request.param)


def test_there_are_four_weights_of_one_family_in_less_than_1500_kb():
    weights = {tables.TTFont(path)["OS/2"].usWeightClass for path in FILES}
    families = {str(tables.TTFont(path)["name"].getDebugName(16)) for path in FILES}
    assert weights == {400, 500, 600, 700}
    assert families == {"Inter Tabular"}
    assert sum(path.stat().st_size for path in FILES) < 1_500_000


def test_every_vietnamese_letter_composed_and_in_pieces_is_there(font):
    letters = vietnamese() | set(MARKS)
    assert len(vietnamese()) == 2 * (72 + 21)
    assert sorted(letter for letter in letters if ord(letter) not in font.getBestCmap()) == []


def test_dong_arrows_and_ticks_are_there(font):
    assert [sign for sign in "₫←↑→↓✓✗–…•“”□" if ord(sign) not in font.getBestCmap()] == []


def test_digits_have_one_width(font):
    glyphs = font.getBestCmap()
    assert len({font["hmtx"][glyphs[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_what_we_call_printable_is_what_the_font_has(font):
    assert sorted(letter for letter in PRINTABLE if ord(letter) not in font.getBestCmap()) == []


def test_the_licence_travels_with_the_font():
    assert "SIL Open Font License" in Path(FOLDER / "LICENSE-OFL.txt").read_text(encoding="utf-8")


def test_decomposed_letters_are_composed_and_foreign_ones_replaced():
    assert printable(unicodedata.normalize("NFD", "Nguyễn Thị Hường")) == "Nguyễn Thị Hường"
    assert printable("Lý 李 \u0000 🙂") == f"Lý {REPLACEMENT} {REPLACEMENT} {REPLACEMENT}"
    assert printable("không\u200brộng\u00ad") == "khôngrộng"
    assert printable(" hai\r\n dòng\t") == "hai dòng"
    assert printable("15.000\u00a0₫") == "15.000\u00a0₫"
