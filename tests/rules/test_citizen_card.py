from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.vectors import reference, vectors
from van_station.rules.citizen_card import (
    MAX_CARD_TEXT,
    check_id_number,
    looks_like_card,
    parse_card_qr,
    read_number,
    seems_card,
)
from van_station.rules.errors import CardUnreadable
from van_station.rules.findings import Severity, errors_in
from van_station.rules.people import Sex

CARDS = vectors("cccd_test_vectors")
PREFIXES = frozenset(row["code"] for row in reference("cccd_province_codes")["codes"])
PLAIN = CARDS["qr"][0]["payload"]
SEXES = {"Nam": Sex.MALE, "Nữ": Sex.FEMALE}


@pytest.mark.parametrize("case", CARDS["qr"], ids=lambda case: case["card"])
def test_every_layout_gives_the_same_person(case):
    card = parse_card_qr(case["payload"], prefixes=PREFIXES)
    assert card.id_number == "001199000123"
    assert card.full_name == "Nguyễn Thị Ví Dụ"
    assert card.birth_date == date(1999, 1, 1)
    assert card.birth_text == "01/01/1999"
    assert card.sex is Sex.FEMALE
    assert card.address.startswith("Số 1 ngõ 2, Phường")
    assert card.issued_on in {date(2021, 8, 15), date(2024, 8, 1)}
    assert card.findings == ()


def test_the_old_number_is_kept_and_the_unknown_fields_stay_raw():
    assert parse_card_qr(CARDS["qr"][1]["payload"]).old_id_number == "012345678"
    assert parse_card_qr(CARDS["qr"][0]["payload"]).old_id_number == ""
    assert parse_card_qr(CARDS["qr"][2]["payload"]).extra == ("", "", "", "")
    assert parse_card_qr(PLAIN + "|x|y").extra == ("x", "y")


@pytest.mark.parametrize("case", CARDS["number"], ids=lambda case: case["id"])
def test_numbers_follow_the_vectors(case):
    findings = check_id_number(case["id"], prefixes=PREFIXES)
    assert (errors_in(findings) == ()) is case["valid_shape"]
    assert any(finding.code == "id.unknown_prefix" for finding in findings) is ("warning" in case)
    if "sex" in case:
        facts = read_number(case["id"])
        assert (facts.sex, facts.birth_year) == (SEXES[case["sex"]], case["birth_year"])


def test_a_year_or_sex_that_disagrees_is_a_warning_only():
    findings = check_id_number("001199000123", birth_date=date(1990, 1, 1), sex=Sex.MALE)
    assert {finding.code for finding in findings} == {"id.birth_year_differs", "id.sex_differs"}
    assert {finding.severity for finding in findings} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "card.not_a_card"),
        ("https://example.vn/?id=1", "card.not_a_card"),
        ("HC4010|4e677579e1bb856e|01/01/1950|1|x|y", "card.not_a_card"),
        ("001199000123", "card.not_a_card"),
        ("00119900012||Nguyễn Thị Ví Dụ|01011999|Nữ|Hà Nội|15082021", "card.torn"),
        ("001199000123||Nguyễn Thị", "card.torn"),
        ("001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ", "card.torn"),
        ("001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Hà Nội|1508", "card.torn"),
        ("001199000123||a|b|c|d|e|f|g", "card.not_a_card"),
        ("001199000123||Nguy?n Th? V? D?|01011999|N?|H? N?i|15082021", "card.letters_broken"),
        ("001199000123||Nguy\ufffdn|01011999|Nữ|Hà Nội|15082021", "card.letters_broken"),
        ("001054000217|012345678|ng Vn ng|02031954|Nam|Thn oi, H Ni|20102021", "card.letters_broken"),
        ("079204000456||Phm Quc Th|17092004|Nam|S 8 t 5, H Ni|01082024||||", "card.letters_broken"),
        ("001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|H? N?i|15082021", "card.letters_broken"),
        (PLAIN + "|" + "x" * MAX_CARD_TEXT, "card.too_long"),
        (PLAIN + "|" * 30, "card.not_a_card"),
    ],
)
def test_what_is_no_whole_card_is_refused_with_its_reason(payload, code):
    with pytest.raises(CardUnreadable) as refusal:
        parse_card_qr(payload)
    assert refusal.value.code == code


def test_a_refusal_tells_nothing_about_the_person():
    with pytest.raises(CardUnreadable) as refusal:
        parse_card_qr("001199000123||Nguy?n Th? V? D?|01011999|N?|H? N?i|15082021")
    assert "001199" not in str(refusal.value)
    assert "001199" not in repr(parse_card_qr(PLAIN))
    assert "Ví Dụ" not in repr(parse_card_qr(PLAIN))


@pytest.mark.parametrize("birth", ["1950", "00001950"])
def test_a_birth_year_alone_is_kept_as_text(birth):
    card = parse_card_qr(f"001150000123||Nguyễn Thị Ví Dụ|{birth}|Nữ|Hà Nội|15082021")
    assert (card.birth_date, card.birth_text) == (None, "1950")
    assert [finding.code for finding in card.findings] == ["card.birth_year_only"]


def test_an_impossible_day_is_kept_as_text_with_a_warning():
    card = parse_card_qr("001199000123||Nguyễn Thị Ví Dụ|31021999|Nữ|Hà Nội|99999999")
    assert (card.birth_date, card.birth_text, card.issued_on) == (None, "31021999", None)
    assert [finding.code for finding in card.findings] == ["card.birth_not_a_date", "card.issued_not_a_date"]


def test_a_card_without_address_is_read():
    assert parse_card_qr("001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|15082021").address == ""


@pytest.mark.parametrize("name", ["H Hen Nie", "K Brom", "Y Phon Ksor", "Le Thi My", "Ksor H'Bia"])
def test_a_name_without_accents_is_not_taken_for_one_that_lost_letters(name):
    assert parse_card_qr(f"066199000123||{name}|01011999|Nữ|Đắk Lắk|15082021").full_name == name


def test_a_scanner_that_drops_the_accents_is_noticed():
    card = parse_card_qr("001199000123||Nguyen Thi Vi Du|01011999|Nu|Ha Noi|15082021")
    assert [finding.code for finding in card.findings] == ["card.no_accents"]


def test_line_ends_of_a_keyboard_scanner_do_no_harm():
    assert parse_card_qr(PLAIN + "\r\n") == parse_card_qr(PLAIN)


def test_a_keyboard_wedge_is_told_from_typing():
    assert looks_like_card(PLAIN)
    assert looks_like_card(CARDS["qr"][3]["payload"] + "\n")
    assert not looks_like_card("001199000123")
    assert not looks_like_card("Nguyễn Thị Ví Dụ")


@pytest.mark.parametrize("address", ["Thn oi, Vt Li, Ba V, H Ni", "S 1 ng 2, H Ni"])
def test_a_name_that_still_spells_words_is_refused_when_the_address_has_lost_its_letters(address):
    with pytest.raises(CardUnreadable) as refused:
        parse_card_qr(f"001199000123||Bi n An|01011999|Nam|{address}|15082021")
    assert refused.value.code == "card.letters_broken"


@pytest.mark.parametrize("address", ["KTT Dong Xa, TP Ha Noi", "S 1 Ha Noi", ""])
def test_abbreviations_in_an_address_without_accents_are_no_lost_letters(address):
    card = parse_card_qr(f"001199000123||Nguyen Thi Vi Du|01011999|Nu|{address}|15082021")
    assert card.address == address


@pytest.mark.parametrize(
    ("text", "meant"),
    [(PLAIN, True), (PLAIN[:20], True), (PLAIN[13:], True), ("15082021|", True), ("a|b", False), ("", False),
     ("Số 1 ngõ 2", False), ("001199000123", False), ("0912 000 123", False), ("9" * 100_000, False),
     ("|" * 100_000, True)],
)  # fmt: skip
def test_what_was_meant_as_a_card_is_told_from_what_a_person_writes(text, meant):
    assert seems_card(text) is meant


@given(st.text(max_size=MAX_CARD_TEXT + 10))
def test_any_text_is_read_or_refused(text):
    with suppress(CardUnreadable):
        assert parse_card_qr(text).full_name


@given(st.data())
def test_a_torn_card_never_passes_for_a_whole_one(data):
    cut = data.draw(st.integers(0, len(PLAIN) - 1))
    with pytest.raises(CardUnreadable):
        parse_card_qr(PLAIN[:cut])


@given(st.integers(0, 10**12 - 1))
def test_any_twelve_digits_are_no_error(number):
    assert errors_in(check_id_number(f"{number:012d}", prefixes=PREFIXES)) == ()
