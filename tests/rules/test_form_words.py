import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.form_words import MOST, date_in_words, number_in_words

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip


def number_from(words):
    """Read a number back: the reverse of what is tested, written independently."""
    billions = group = total = 0
    for word in words.split():
        if word in DIGITS:
            group += DIGITS[word]
        elif word == "mười":
            group += 10
        elif word in {"mươi", "trăm"}:
            last = group % 10
            group += last * (9 if word == "mươi" else 99)
        elif word in {"nghìn", "triệu"}:
            total, group = total + group * {"nghìn": 1000, "triệu": 10**6}[word], 0
        elif word == "tỷ":
            billions, total, group = total + group, 0, 0
        else:
            assert word == "linh"
    return billions * 10**9 + total + group


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (11, "mười một"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (90, "chín mươi"),
        (105, "một trăm linh năm"),
        (101, "một trăm linh một"),
        (1004, "một nghìn không trăm linh bốn"),
        (2021, "hai nghìn không trăm hai mươi mốt"),
        (50000, "năm mươi nghìn"),
        (1500000, "một triệu năm trăm nghìn"),
        (1000005, "một triệu không trăm linh năm"),
        (10**9, "một tỷ"),
        (10**12, "một nghìn tỷ"),
        (-15, "âm mười lăm"),
    ],
)
def test_a_number_is_said_as_in_the_north(number, words):
    assert number_in_words(number) == words


@given(st.integers(0, MOST))
def test_a_number_in_words_is_read_back(number):
    words = number_in_words(number)
    assert number_from(words) == number
    assert "mươi một" not in words
    assert "mươi năm" not in words


def test_a_number_beyond_fifteen_digits_is_refused():
    with pytest.raises(ValueError, match="number"):
        number_in_words(MOST + 1)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("2021-08-15", "Ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi mốt"),
        ("1954-04-24", "Ngày hai mươi tư tháng tư năm một nghìn chín trăm năm mươi tư"),
        ("1990-01-01", "Ngày một tháng một năm một nghìn chín trăm chín mươi"),
        ("1954-12", "Tháng mười hai năm một nghìn chín trăm năm mươi tư"),
        ("1905", "Năm một nghìn chín trăm linh năm"),
        ("L1954", "Năm Giáp Ngọ (một nghìn chín trăm năm mươi tư)"),
        ("31/4/1990", ""),
    ],
)
def test_a_date_is_written_out(stored, words):
    assert date_in_words(stored) == words


@given(st.dates())
def test_a_day_in_words_is_read_back(day):
    words = date_in_words(day.isoformat()).removeprefix("Ngày ")
    first, _, rest = words.partition(" tháng ")
    month, _, year = rest.partition(" năm ")
    assert [number_from(part) for part in (first, month, year)] == [day.day, day.month, day.year]
