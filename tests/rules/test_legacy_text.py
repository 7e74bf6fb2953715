import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import reference
from van_station.rules.citizen_card import parse_card_qr
from van_station.rules.errors import CardUnreadable, CatalogueRefused
from van_station.rules.legacy_text import MAX_LEGACY_TEXT, LegacyEncoding, load_tables, recognise
from van_station.rules.syllables import is_syllable

DATA = reference("legacy_encodings")
TABLES = load_tables(DATA)
UNITS = reference("hanoi_ward_conversion")["units"]
PLACES = sorted({f"{unit['old_name']}, {unit['old_district']}" for unit in UNITS})
PEOPLE = [
    "Nguyễn Thị Ví Dụ",
    "Đặng Thị Hường",
    "Trần Văn Ứng",
    "Lê Hoàng Yến",
    "Vũ Quốc Khánh",
    "Phạm Gia Huy",
]
PLAIN = "001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội|15082021"
WRITTEN = {
    LegacyEncoding.TCVN3: {letter: code for code, letter in DATA["tcvn3"].items()},
    LegacyEncoding.VNI: {letter: code for code, letter in DATA["vni_lower"].items()},
}


def written(text: str, encoding: LegacyEncoding) -> str:
    """Return the text as an old program wrote it; accented capitals of TCVN3 lose their case."""
    table = WRITTEN[encoding]
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in text)


def test_the_vectors_are_read():
    for case in DATA["test_vectors"]:
        for encoding in LegacyEncoding:
            found = recognise(case[encoding.value], TABLES)
            assert (found.text, found.encoding) == (case["unicode"], encoding)


@pytest.mark.parametrize("encoding", list(LegacyEncoding))
def test_every_place_and_name_written_the_old_way_is_read_again(encoding):
    for text in [*PLACES, *PEOPLE]:
        old = written(text, encoding)
        found = recognise(old, TABLES)
        assert old == text or (found is not None and found.text.lower() == text.lower()), text


def test_text_in_unicode_is_left_alone():
    assert [text for text in [*PLACES, *PEOPLE, "Café Müller", "São Paulo", "Hà Nội", "", "abc"]
            if recognise(text, TABLES)] == []  # fmt: skip


def test_capitals_of_a_capital_font_are_capitals_again():
    assert recognise("NGUYÔN THÞ VÝ Dô", TABLES).text == "NGUYỄN THỊ VÍ DỤ"


@given(st.text(max_size=200))
def test_nothing_makes_it_fail(text):
    found = recognise(text, TABLES)
    assert found is None or found.text != text


def test_a_text_beyond_the_bound_is_not_looked_at():
    assert recognise(written("Nguyễn ", LegacyEncoding.TCVN3) * MAX_LEGACY_TEXT, TABLES) is None


@pytest.mark.parametrize("encoding", list(LegacyEncoding))
def test_a_card_in_old_letters_is_read_and_marked_as_a_guess(encoding):
    card = parse_card_qr(written(PLAIN, encoding), legacy=TABLES)
    assert card.full_name.lower() == "nguyễn thị ví dụ"
    assert card.address.lower().startswith("số 1 ngõ 2, phường trúc bạch")
    marks = [finding for finding in card.findings if finding.code == "card.legacy_letters"]
    assert [mark.args for mark in marks] == [{"encoding": encoding.value}]


def test_a_card_in_unicode_has_no_such_mark():
    assert parse_card_qr(PLAIN, legacy=TABLES).findings == ()


def test_without_tables_old_letters_ask_for_another_scan():
    with pytest.raises(CardUnreadable):
        parse_card_qr(written(PLAIN, LegacyEncoding.TCVN3))


@pytest.mark.parametrize(
    "data", [{}, {"tcvn3": []}, {"tcvn3": {"a": 1}, "vni_lower": {"a": "b"}}, {"tcvn3": {"abcd": "x"}}]
)
def test_a_damaged_table_is_refused(data):
    with pytest.raises(CatalogueRefused):
        load_tables(data)


@pytest.mark.parametrize(
    "word", ["Nguyễn", "HƯỜNG", "quý", "giếng", "Oanh", "ý", "khuỷu", "Đắk", "hoà", "hòa", "thuở"]
)
def test_words_of_the_language_are_syllables(word):
    assert is_syllable(word) is (word != "Đắk")


@pytest.mark.parametrize("word", ["NguyÔn", "thÞ", "xaõ", "hat", "bcd", "áà", "nghiêngg", ""])
def test_what_spells_nothing_is_no_syllable(word):
    assert not is_syllable(word)
