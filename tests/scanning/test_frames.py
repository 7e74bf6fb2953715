from __future__ import annotations

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanning.devices.frames import MAGIC, MAX_BODY, MAX_HEADER, Frame, FrameKind, encode, read_frame
from scanning.errors import FrameBroken

headers = st.dictionaries(
    st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=20), st.booleans()), max_size=4
)
frames = st.builds(Frame, st.sampled_from(FrameKind), headers, st.binary(max_size=3000))


class Dribble:
    """A pipe that gives between one byte and what is asked."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self.data = io.BytesIO(data)
        self.sizes = sizes
        self.largest = 0

    def read(self, size: int) -> bytes:
        self.largest = max(self.largest, size)
        piece = self.sizes.pop() if self.sizes else size
        return self.data.read(min(size, piece))


@given(st.lists(frames, max_size=4), st.lists(st.integers(1, 50), max_size=60))
def test_frames_survive_a_pipe_that_cuts_anywhere(sent: list[Frame], sizes: list[int]):
    pipe = Dribble(b"".join(part for frame in sent for part in encode(frame)), sizes)
    received = []
    while (frame := read_frame(pipe.read)) is not None:
        received.append(frame)
    assert received == sent


@given(frames, st.data())
def test_a_frame_cut_short_or_changed_is_refused_never_misread(frame: Frame, data: st.DataObject):
    whole = b"".join(encode(frame))
    if data.draw(st.booleans()):
        broken = whole[: data.draw(st.integers(1, len(whole) - 1))]
    else:
        place = data.draw(st.integers(0, len(whole) - 1).filter(lambda index: index != 4))  # 4: the kind
        broken = bytearray(whole)
        broken[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(FrameBroken):
        read_frame(io.BytesIO(bytes(broken)).read)


@given(st.binary(max_size=200))
def test_any_bytes_either_are_a_frame_or_are_refused(noise: bytes):
    with suppress(FrameBroken):
        read_frame(io.BytesIO(noise).read)


@pytest.mark.parametrize(
    ("header_size", "body_size"), [(MAX_HEADER + 1, 0), (0, MAX_BODY + 1), (2**32 - 1, 2**32 - 1)]
)
def test_lengths_over_the_bound_are_refused_before_anything_is_read(header_size: int, body_size: int):
    start = struct.pack(">4sBIII", MAGIC, FrameKind.PAGE, header_size, body_size, 0)
    pipe = Dribble(start + b"x" * 100, [])
    with pytest.raises(FrameBroken):
        read_frame(pipe.read)
    assert pipe.largest == len(start)


def test_a_stream_that_ends_between_frames_simply_ends():
    assert read_frame(io.BytesIO(b"").read) is None
