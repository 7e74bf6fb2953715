"""The machine-readable zone of the citizen card; the sample is invented, its check digits are right."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.errors import MrzUnreadable
from van_station.rules.mrz import check_digit, chip_key, parse_td1, typed_chip_key
from van_station.rules.people import Sex

LINES = (
    "IDVNM1990001239001199000123<<0",
    "9901018F3901016VNM<<<<<<<<<<<6",
    "NGUYEN<<THI<VI<DU<<<<<<<<<<<<<",
)
ZONE = "\n".join(LINES)
KEY = "199000123999010183901016"
TODAY = date(2026, 11, 23)


def test_the_sample_is_read_whole():
    mrz = parse_td1(ZONE)
    assert (mrz.issuer, mrz.document_number, mrz.id_number) == ("VNM", "199000123", "001199000123")
    assert (mrz.birth, mrz.expiry, mrz.sex, mrz.nationality) == ("990101", "390101", Sex.FEMALE, "VNM")
    assert mrz.name == "NGUYEN THI VI DU"
    assert mrz.key == KEY
    assert mrz.birth_date(TODAY) == date(1999, 1, 1)


@pytest.mark.parametrize("text", ["".join(LINES), ZONE.lower(), ZONE.replace("<", "‹"), f"  {ZONE}\r\n"])
def test_scanners_and_typing_give_it_in_many_forms(text):
    assert parse_td1(text).key == KEY


def test_the_printed_fields_make_the_same_key():
    for number in ("001199000123", "199000123", "001 199 000 123"):
        assert typed_chip_key(number, date(1999, 1, 1), date(2039, 1, 1)) == KEY


@pytest.mark.parametrize("number", ["", "00119900012", "00119900O123", "００１１９９０００１２３"])
def test_a_number_of_another_shape_makes_no_key(number):
    with pytest.raises(MrzUnreadable) as refused:
        typed_chip_key(number, date(1999, 1, 1), date(2039, 1, 1))
    assert refused.value.code == "mrz.number_wrong"


@pytest.mark.parametrize(
    ("line", "at", "place"),
    [(0, 6, "number"), (0, 16, "id"), (0, 29, "id"), (1, 1, "birth"), (1, 9, "expiry"), (1, 29, "whole")],
)
def test_a_wrong_character_is_found_by_its_check_digit(line, at, place):
    lines = [list(each) for each in LINES]
    lines[line][at] = str((int(lines[line][at]) + 1) % 10)
    if place == "id":  # the check over everything would notice it first
        whole = (
            "".join(lines[0])[5:] + "".join(lines[1])[:7] + "".join(lines[1])[8:15] + "".join(lines[1])[18:29]
        )
        lines[1][29] = check_digit(whole)
    with pytest.raises(MrzUnreadable) as refused:
        parse_td1("\n".join("".join(each) for each in lines))
    assert (refused.value.code, refused.value.details) == ("mrz.check_digit", {"place": place})


@pytest.mark.parametrize("text", ["", "IDVNM", ZONE[:-1], ZONE + "A", "P" + ZONE[1:], "<" * 300, "Đ" * 90])
def test_what_is_no_zone_is_refused(text):
    with pytest.raises(MrzUnreadable) as refused:
        parse_td1(text)
    assert refused.value.code == "mrz.not_td1"


@given(st.text(max_size=220))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(MrzUnreadable):
        parse_td1(text)


@pytest.mark.parametrize(
    ("characters", "digit"), [("L898902C<", "3"), ("690806", "1"), ("940623", "6"), ("D23145890734", "9")]
)
def test_check_digits_are_those_of_the_standard(characters, digit):
    assert check_digit(characters) == digit


def test_the_key_of_the_standards_example():
    assert chip_key("L898902C", "690806", "940623") == "L898902C<369080619406236"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [("261123", date(2026, 11, 23)), ("261124", date(1926, 11, 24)), ("99<<<<", None), ("990230", None)],
)
def test_a_year_of_two_digits_lies_in_the_past(birth, expected):
    key = chip_key("199000123", birth, "390101")
    line = birth + key[16] + "F3901016VNM<<<<<<<<<<<"
    whole = check_digit(LINES[0][5:] + line[:7] + line[8:15] + line[18:29])
    assert parse_td1(LINES[0] + line + whole + LINES[2]).birth_date(TODAY) == expected


def test_nothing_personal_shows_in_repr_or_refusal():
    assert not any(part in repr(parse_td1(ZONE)) for part in ("199000123", "NGUYEN", "990101"))
    with pytest.raises(MrzUnreadable) as refused:
        parse_td1(ZONE.replace("9901018", "9901017"))
    assert "9901" not in str(refused.value)
