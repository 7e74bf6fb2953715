"""A card reader is told from a person by its speed and its Enter, wherever the keyboard is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.rules.citizen_card import looks_like_card, seems_card
from van_station.ui.desk.card_reader import CardReader
from van_station.ui.wedge import MAX_CHARS, Wedge, character

CARD = "001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1 ngõ 2, Hà Nội|15082021"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def type_into(wedge: Wedge, clock: Clock, text: str, *, every_s: float) -> None:
    for char in text:
        clock.now += every_s
        wedge.press(char)


@pytest.mark.parametrize("every_s", [0.001, 0.005, 0.02])
def test_a_reader_is_recognised(every_s):
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "001199000123|X", every_s=every_s)
    assert wedge.busy
    assert wedge.enter() == "001199000123|X"


@pytest.mark.parametrize("every_s", [0.06, 0.1, 0.3])
def test_even_a_quick_person_is_not_taken_for_a_reader(every_s):
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "001199000123|X", every_s=every_s)
    assert not wedge.busy
    assert wedge.enter() == ""


def test_what_a_person_typed_before_is_not_part_of_what_the_reader_typed():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "abc", every_s=0.2)
    clock.now += 1
    type_into(wedge, clock, "001199000123|X", every_s=0.003)
    assert wedge.enter() == "001199000123|X"


def test_a_reader_is_heard_through_a_desk_that_draws_just_then():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "VS1T|B007|", every_s=0.003)
    clock.now += 0.2
    type_into(wedge, clock, "ab12ab12ab12", every_s=0.001)
    assert wedge.enter() == "VS1T|B007|ab12ab12ab12"


def test_an_enter_that_comes_late_is_a_persons():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "001199000123|X", every_s=0.003)
    clock.now += 0.5
    assert wedge.enter() == ""


def test_the_readers_enter_presses_no_button():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "001199000123|X", every_s=0.003)
    wedge.enter()
    clock.now += 0.05
    assert wedge.busy
    clock.now += 1
    assert not wedge.busy


def test_short_bursts_are_nothing():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "12345", every_s=0.003)
    assert wedge.enter() == ""


@pytest.mark.parametrize(
    ("key", "shift", "char"),
    [("A", False, "a"), ("A", True, "A"), ("5", False, "5"), ("|", True, "|"), ("Ễ", False, "ễ"), ("Numpad 7", False, "7"),
     (" ", False, " "), ("Space", False, " "), ("F9", False, ""), ("Arrow Left", False, ""), ("Enter", False, "")],
)  # fmt: skip
def test_key_labels_become_characters(key, shift, char):
    assert character(key, shift=shift) == char


# ------------------------------------------------------------------ fields
def key(label: str, *, shift: bool = False) -> SimpleNamespace:
    return SimpleNamespace(key=label, shift=shift, ctrl=False, alt=False, meta=False)


def scan_into_field(reader: CardReader, clock: Clock, name: str, before: str, text: str) -> str:
    value = before
    for char in text:
        clock.now += 0.002
        value += char
        reader.typed(name, value)
    return value


def test_a_card_scanned_into_a_field_leaves_what_the_person_had_typed_there():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    for end in range(1, 7):
        clock.now += 0.2
        reader.typed("full_name", "Nguyễn"[:end])
    clock.now += 2
    value = scan_into_field(reader, clock, "full_name", "Nguyễn", CARD)
    assert reader.entered("full_name", value) == (CARD, "Nguyễn")


def test_a_card_scanned_into_an_empty_field_leaves_it_empty():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    assert reader.entered("id_number", scan_into_field(reader, clock, "id_number", "", CARD)) == (CARD, "")


def test_a_card_scanned_over_what_the_program_had_filled_in_leaves_that():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    reader.put("address", "Số 1")
    value = scan_into_field(reader, clock, "address", "Số 1", CARD)
    assert reader.entered("address", value) == (CARD, "Số 1")


def test_a_name_and_enter_is_no_card():
    reader = CardReader(looks_like_card, Clock(), seems_card=seems_card)
    assert reader.entered("full_name", "Nguyễn Văn A") == ("", "Nguyễn Văn A")


def test_a_card_read_while_a_button_has_the_keyboard_is_rebuilt_from_its_keys():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    plain = "001199000123||Nguyen Thi Vi Du|01011999|Nu|So 1|15082021"
    for char in plain:
        clock.now += 0.002
        assert reader.key(key(char.upper(), shift=char.isupper() or char == "|")) == ""
        if char == " ":
            assert reader.busy, "the reader's blank must not press the button"
    assert reader.key(key("Enter")) == plain, "for a slip; what is asked again, when it was a card"


def test_keys_that_went_into_a_field_are_left_to_the_field():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    value = ""
    for char in CARD:
        clock.now += 0.002
        reader.key(key(char.upper()))
        value += char
        reader.typed("id_number", value)
    assert reader.key(key("Enter")) == ""
    assert reader.entered("id_number", value) == (CARD, "")


def test_keys_heard_late_belong_to_the_field_that_changed_with_them():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    value = ""
    for char in CARD:
        clock.now += 0.002
        reader.key(key(char.upper()))
        value += char
        reader.typed("id_number", value)
    clock.now += 0.2
    reader.key(key("5"))
    clock.now += 0.2
    assert reader.key(key("Enter")) == "", "the field has it, whole"


def test_a_card_heard_slowly_where_no_field_is_was_a_card_all_the_same():
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    for char in "001199000456||ng n|01011999|N|Thn oi|15082021":
        clock.now += 0.3
        assert reader.key(key(char.upper())) == ""
    assert seems_card(reader.key(key("Enter")))
    assert reader.key(key("Enter")) == "", "it is said once"


@pytest.mark.parametrize("key_label", ["A", "5"])
def test_three_thousand_keys_of_a_stuck_key_are_no_code_and_are_not_kept(key_label):
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    for _ in range(3000):
        clock.now += 0.03
        reader.key(key(key_label))
        assert len(reader._wedge._chars) <= MAX_CHARS
        assert len(reader._keys) <= MAX_CHARS
    assert reader.busy, "no button is pressed meanwhile"
    assert reader.key(key("Enter")) == ""
    clock.now += 1
    assert not reader.busy


def test_a_broken_reader_that_types_without_end_is_not_taken_for_a_card_at_its_end():
    clock = Clock()
    wedge = Wedge(clock)
    type_into(wedge, clock, "x" * MAX_CHARS + CARD, every_s=0.001)
    assert wedge.enter() == ""
    clock.now += 1
    type_into(wedge, clock, CARD, every_s=0.001)
    assert wedge.enter() == CARD, "the next one is heard"


TORN = (CARD[:40], CARD[13:], CARD[:12] + CARD[30:], "0011990001|" + CARD[13:], CARD + "|" * 40)


@pytest.mark.parametrize("torn", TORN)
@pytest.mark.parametrize("before", ["", "Nguyễn", "001199000123"])
def test_a_torn_card_pasted_into_a_field_goes_to_the_reading_and_leaves_the_field(torn, before):
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    reader.put("full_name", before)
    clock.now += 1
    reader.typed("full_name", before + torn)
    text, left = reader.entered("full_name", before + torn)
    assert seems_card(text)
    assert left in (before, ""), "nothing of the card stays"


@given(before=st.text("0912 Số ngõ", min_size=1, max_size=20), at=st.integers(0, 20))
def test_a_card_pasted_anywhere_into_a_text_is_taken_exactly_or_not_as_a_card(before, at):
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    reader.put("address", before)
    clock.now += 1
    value = before[:at] + CARD + before[at:]
    reader.typed("address", value)
    text, left = reader.entered("address", value)
    assert (text, left) == (CARD, before) or not looks_like_card(text)


# ------------------------------------------------------------------ people, whatever they type with
WORDS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyzAĐNQTV0123456789 |,", min_size=1, max_size=40)
STROKES = st.lists(
    st.tuples(st.floats(0.05, 0.6), st.integers(1, 6)), min_size=1, max_size=40
)  # pause before a stroke; letters an input method (Telex, VNI) sends for it at once


@given(text=WORDS, strokes=STROKES, into_field=st.booleans())
def test_what_a_person_types_is_never_taken_whatever_input_method_helps(text, strokes, into_field):
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    value = ""
    for pause, letters in strokes:
        clock.now += pause
        for _ in range(letters):
            char = text[len(value) % len(text)]
            clock.now += 0.001
            value += char
            reader.key(key(char.upper()))
            if into_field:
                reader.typed("full_name", value)
    clock.now += 0.05
    if looks_like_card(value) or seems_card(value):
        return
    assert reader.key(key("Enter")) == ""
    assert reader.entered("full_name", value) == ("", value)


@given(
    before=st.text("Nguyễn Văn ", max_size=12),
    every_s=st.floats(0.0005, 0.02),
    card=st.sampled_from([CARD, CARD + "||||"]),
)
def test_a_reader_is_told_apart_after_whatever_a_person_left_in_the_field(before, every_s, card):
    clock = Clock()
    reader = CardReader(looks_like_card, clock, seems_card=seems_card)
    for end in range(1, len(before) + 1):
        clock.now += 0.2
        reader.typed("full_name", before[:end])
    clock.now += 1
    value = before
    for char in card:
        clock.now += every_s
        value += char
        reader.typed("full_name", value)
    assert reader.entered("full_name", value) == (card, before)
