"""Words of a search: slips, unfinished words, Telex keys."""

import random
import string

import pytest

from van_station.rules.errors import CatalogueRefused
from van_station.rules.search_words import (
    Slips,
    Vocabulary,
    as_typed,
    is_one_slip,
    load_words,
    spoken,
    without_telex,
)


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"means": [{"say": "x"}]},
        {"means": "x"},
        {"means": [], "fillers": [1]},
        {"means": [], "often": 1},
        {"means": [], "acts": "mất"},
    ],
)
def test_faulty_words_are_refused(fault):
    with pytest.raises(CatalogueRefused):
        load_words(fault)


@pytest.mark.parametrize(
    ("typed", "meant", "is_slip"),
    [
        ("sinhh", "sinh", True),
        ("sih", "sinh", True),
        ("sunh", "sinh", True),
        ("kahi", "khai", True),
        ("sinh", "sinh", False),
        ("sn", "sinh", False),
        ("hnis", "sinh", False),
        ("aabb", "bbaa", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_one_slip_is_one_letter_or_two_swapped(typed, meant, is_slip):
    assert is_one_slip(typed, meant) is is_slip
    assert is_one_slip(meant, typed) is is_slip


def test_slips_find_what_comparing_with_every_word_finds():
    chance = random.Random(11)
    words = {"".join(chance.choices("abcde", k=chance.randint(4, 8))) for _ in range(300)}
    slips = Slips(words)
    for _ in range(300):
        typed = "".join(chance.choices("abcde", k=chance.randint(5, 8)))
        assert slips.near(typed) == sorted(word for word in words if is_one_slip(typed, word))


def test_a_short_word_is_forgiven_two_swapped_letters_only():
    slips = Slips(["khai", "bang"])
    assert slips.near("kahi") == ["khai"]
    assert slips.near("khaj") == []
    assert slips.near("lang") == []
    assert slips.near("kh") == []


def test_two_words_typed_as_one_are_parted():
    words = Vocabulary(["khai", "sinh", "tru"])
    assert words.parted("khaisinh") == "khai sinh"
    assert words.parted("khai") == "khai"
    assert words.parted("khaix") == "khaix"
    assert words.parted("a" * 200) == "a" * 200


def test_an_unfinished_word_stands_for_those_that_begin_so():
    words = Vocabulary(["khai", "khu", "sinh"])
    assert set(words.readings("kh", unfinished=True)) == {"khai", "khu"}
    assert words.readings("kh", unfinished=False) == {}
    assert words.readings("khai", unfinished=False) == {"khai": 1.0}
    many = Vocabulary("a" + "".join(tail) for tail in zip(string.ascii_lowercase * 9, "b" * 234, strict=True))
    assert len(many.readings("a", unfinished=True)) == 0
    assert len(Vocabulary(f"ab{n}" for n in range(500)).readings("ab", unfinished=True)) <= 40


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("keets hoon", "ket hon"),
        ("ddawng kys", "dang ky"),
        ("thuwowngf", "thuong"),
        ("soor ddor", "so do"),
        ("khai sinh", "khai sinh"),
    ],
)
def test_telex_keys_are_read_as_letters(typed, meant):
    assert without_telex(typed) == meant


def test_everyday_phrases_are_replaced_once_and_the_longest_first():
    words = load_words(
        {
            "means": [
                {"say": "sổ", "means": "giấy"},
                {"say": "sổ đỏ", "means": "giấy chứng nhận đất"},
                {"say": "giấy", "means": "không bao giờ"},
            ]
        }
    )
    assert words.in_the_catalogues(["mat", "so", "do", "va", "so"]) == "mat giay chung nhan dat va giay"
    assert words.in_the_catalogues([]) == ""


def test_only_words_typed_with_accents_are_marked():
    assert as_typed("Đăng ky (Khai sinh), quán!") == ["đăng", "quán"]


def test_words_are_folded_and_both_spellings_of_i_meet():
    assert spoken("  Chữ KÝ, lý-lịch (kĩ) ") == "chu ki li lich ki"
    assert spoken("quý thủy") == "quy thuy"
    assert spoken("mã 1.001612.H26!") == "ma 1.001612.h26"
