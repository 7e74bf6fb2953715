"""Elements of a chip's answers: lengths are claims, and an element never reaches beyond its frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.security.errors import BrokenChipAnswer
from van_station.security.tlv import MAX_ELEMENTS, elements, encoded, only, read_header

TAGS = st.sampled_from([0x30, 0x61, 0x6D, 0x87, 0x5F1F, 0x7F49, 0x0C])


@given(st.lists(st.tuples(TAGS, st.binary(max_size=400)), max_size=20))
def test_what_is_written_is_read_back(parts):
    data = b"".join(encoded(tag, content) for tag, content in parts)
    found = list(elements(data))
    assert [(each.tag, bytes(each.content)) for each in found] == parts
    assert [data[each.start : each.end] for each in found] == [encoded(*each) for each in parts]


@pytest.mark.parametrize(
    "data",
    [b"\x6d", b"\x5f", b"\x5f\x1f", b"\x6d\x81", b"\x6d\x82\x01", b"\x6d\x80\x00\x00", b"\x6d\x83\x00\x00\x01a",
     b"\x5f\xff\xff\x01\x00", b"\x6d\x05abcd", b"\x6d\x82\x01\x00" + bytes(255)],
)  # fmt: skip
def test_what_is_cut_or_claims_more_than_there_is_is_broken(data):
    with pytest.raises(BrokenChipAnswer):
        list(elements(data))


def test_an_element_does_not_reach_beyond_the_frame_around_it():
    inner = b"\x0c\x09abc"
    with pytest.raises(BrokenChipAnswer):
        list(elements(only(encoded(0x30, inner) + b"secret of the next", 0x30)))


def test_a_level_has_an_end():
    assert len(list(elements(b"\x0c\x00" * MAX_ELEMENTS))) == MAX_ELEMENTS
    with pytest.raises(BrokenChipAnswer):
        list(elements(b"\x0c\x00" * (MAX_ELEMENTS + 1)))


def test_a_missing_element_is_broken():
    with pytest.raises(BrokenChipAnswer):
        only(encoded(0x61, b""), 0x6D)


@given(st.binary(max_size=8))
def test_a_header_is_read_or_refused(data):
    try:
        tag, length, at = read_header(data)
    except BrokenChipAnswer:
        return
    assert 0 <= tag <= 0xFFFFFF
    assert 0 <= length <= 0xFFFF
    assert at <= len(data)
