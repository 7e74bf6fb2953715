import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import vectors
from van_station.rules.text import (
    ascii_upper,
    fold,
    given_name_key,
    is_name,
    is_suspect_card_text,
    nfc,
    sort_key,
)

TEXT = vectors("text_test_vectors")


@pytest.mark.parametrize("case", TEXT["fold"], ids=lambda case: case["input"])
def test_folding_follows_the_vectors(case):
    assert fold(case["input"]) == case["folded"]


@pytest.mark.parametrize("pair", TEXT["same_after_fold"] + TEXT["not_same"])
def test_pairs_that_fold_alike(pair):
    assert fold(pair[0]) == fold(pair[1])


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâđeêioôơuưyAĐỄỬớbc \u0301\u0323\u0309"))
def test_folding_vietnamese_leaves_ascii_and_ignores_case_and_form(text):
    assert fold(text).isascii()
    assert fold(text.upper()) == fold(text) == fold(nfc(text))


def test_words_sort_as_in_a_dictionary():
    case = TEXT["sort_words"]
    assert sorted(case["input"], key=sort_key) == case["expected"]


def test_full_text_sorts_by_letters_then_tones():
    case = TEXT["sort_full_text"]
    assert sorted(case["input"], key=sort_key) == case["expected"]


def test_people_sort_by_given_name():
    case = TEXT["sort_by_given_name"]
    assert sorted(case["input"], key=given_name_key) == case["expected"]


@pytest.mark.parametrize(
    "broken", ["Nguy?n Thị", "Nguy\ufffdn", "Nguyá»…n Thá»‹", "ThÃ¹y", "Nguy\x1an", "Äáº·ng"]
)
def test_broken_letters_are_noticed(broken):
    assert is_suspect_card_text(broken)


@pytest.mark.parametrize(
    "whole", ["Lã Thị Ơn", "LÃ THỊ ÂN", "Đặng Văn Đức", "Số 1 ngõ 2/3, Phường Ba Đình", ""]
)
def test_whole_letters_are_left_alone(whole):
    assert not is_suspect_card_text(whole)


def test_names_have_no_digits_or_signs():
    assert is_name("Nguyễn Thị Ví Dụ")
    assert is_name("H'Hen Niê")
    assert not is_name("Nguyen 5")
    assert not is_name("  ")


def test_bank_and_machine_readable_names_are_ascii_capitals():
    assert ascii_upper("Đặng Thị Hường") == "DANG THI HUONG"
