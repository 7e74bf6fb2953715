import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.catalogue import Label
from van_station.rules.form_options import ListEntry, OptionList, search_options
from van_station.rules.text import fold

NAMES = [
    "Phường Ba Đình",
    "Phường Hoàn Kiếm",
    "Xã Đình Xuyên",
    "Phường Đống Đa",
    "Xã Ba Vì",
    "Đình Bảng",
    "Phường Thanh Đình, cạnh hồ Ba Bể",
]
WARDS = OptionList(
    [
        ListEntry(
            f"{at:03d}", Label(name, name.replace("Phường", "Ward")), also="cũ: Kim Mã" if at == 0 else ""
        )
        for at, name in enumerate(NAMES)
    ]
)


def names(query, limit=10):
    return [entry.label.vi for entry in search_options(WARDS, query, limit)]


def test_what_begins_with_the_query_comes_first():
    assert names("đình")[0] == "Đình Bảng"
    assert names("phuong")[:2] == ["Phường Ba Đình", "Phường Hoàn Kiếm"]


def test_words_may_stand_in_any_order_and_be_cut_short():
    assert names("dinh ba") == ["Đình Bảng", "Phường Ba Đình", "Phường Thanh Đình, cạnh hồ Ba Bể"]
    assert names("ho ki") == ["Phường Hoàn Kiếm"]


@pytest.mark.parametrize("query", ["kim ma", "Kim Mã", "KIM  MA", "000", "ward ba"])
def test_former_names_codes_and_english_are_found(query):
    assert names(query)[0] == "Phường Ba Đình"


def test_the_middle_of_a_word_is_found_last():
    assert names("uyen") == ["Xã Đình Xuyên"]


def test_no_query_gives_the_first_entries_and_nonsense_none():
    assert names("", 2) == NAMES[:2]
    assert names("   ", 1) == NAMES[:1]
    assert names("zzz") == []
    assert names("dinh", 0) == names("", -1) == []
    assert names("x" * 10_000) == []


def test_a_code_is_looked_up():
    assert WARDS.get("003").label.vi == "Phường Đống Đa"
    assert WARDS.get("999") is None
    assert "003" in WARDS
    assert len(WARDS) == len(NAMES)


LETTERS = st.text("abđ ", min_size=1, max_size=8)


@given(st.lists(LETTERS, max_size=12), LETTERS, st.integers(1, 5))
def test_an_entry_is_found_if_and_only_if_all_words_are_in_it(texts, query, limit):
    entries = [ListEntry(str(at), Label(text, text)) for at, text in enumerate(texts)]
    found = search_options(OptionList(entries), query, limit)
    words = fold(query).split()

    def fits(entry):
        have = f"{fold(entry.label.vi)} {entry.code}"
        starts = all(any(each.startswith(word) for each in have.split()) for word in words)
        return starts or " ".join(words) in f" {have} "

    assert len(found) == len(set(found)) == min(limit, sum(map(fits, entries)))
    assert all(map(fits, found))


def test_ten_thousand_entries_need_few_steps(monkeypatch):
    entries = [ListEntry(f"{at:05d}", Label(f"Xã Số {at}", f"Commune {at}")) for at in range(10_000)]
    options = OptionList(entries)
    looked = []
    original = OptionList._places
    monkeypatch.setattr(
        OptionList, "_places", lambda self, part: (looked.append(at) or at for at in original(self, part))
    )
    assert len(search_options(options, "xã", 20)) == 20
    assert len(looked) <= 20
    looked.clear()
    assert search_options(options, "so xa 9999", 20) == (entries[9999],)
    assert len(looked) <= 20
