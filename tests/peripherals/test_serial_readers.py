"""A reader on a serial line, played by a pseudo-terminal: real bytes through the real driver."""

from __future__ import annotations

import os
import queue
import tty
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from van_station.peripherals.serial_readers import (
    MAX_LINE_BYTES,
    Line,
    ReaderState,
    SerialReader,
    serial_ports,
)

CARD = "001199000123||Nguyễn Thị Ví Dụ|01011999|Nữ|Số 1 ngõ 2, Phường Trúc Bạch, Ba Đình, Hà Nội|15082021"
WAIT_S = 20


class Plug:
    """The end of the line where the reader is."""

    def __init__(self, link: Path) -> None:
        self.ours, theirs = os.openpty()
        tty.setraw(theirs)
        self._theirs = theirs
        self.link = link
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(theirs))

    def give(self, data: bytes) -> None:
        os.write(self.ours, data)

    def pull(self) -> None:
        self.link.unlink()
        os.close(self._theirs)
        os.close(self.ours)


@pytest.fixture
def heard():
    return queue.Queue()


@pytest.fixture
def states():
    return queue.Queue()


@pytest.fixture
def reader(tmp_path, heard, states):
    reader = SerialReader(str(tmp_path / "ttyReader"), on_text=heard.put, on_state=states.put)
    yield reader
    reader.stop()


def test_a_card_comes_letter_by_letter(tmp_path, reader, heard, states):
    plug = Plug(tmp_path / "ttyReader")
    reader.start()
    assert states.get(timeout=WAIT_S) is ReaderState.READY
    plug.give(CARD.encode() + b"\r\n")
    assert heard.get(timeout=WAIT_S) == CARD
    plug.give(CARD.encode()[:40])
    plug.give(CARD.encode()[40:])
    assert heard.get(timeout=WAIT_S) == CARD, "a silence ends a line as well"
    assert heard.empty()


def test_a_reader_pulled_out_and_put_back_goes_on(tmp_path, reader, heard, states):
    plug = Plug(tmp_path / "ttyReader")
    reader.start()
    assert states.get(timeout=WAIT_S) is ReaderState.READY
    plug.pull()
    assert states.get(timeout=WAIT_S) is ReaderState.MISSING
    again = Plug(tmp_path / "ttyReader")
    assert states.get(timeout=WAIT_S) is ReaderState.READY
    again.give(CARD.encode() + b"\r")
    assert heard.get(timeout=WAIT_S) == CARD


def test_a_port_that_is_not_there_is_said_to_be_missing_once(reader, states):
    reader.start()
    assert states.get(timeout=WAIT_S) is ReaderState.MISSING
    reader.stop()
    assert states.empty()


def test_bytes_of_an_old_table_are_kept_for_the_rules_to_read():
    assert Line().feed(b"Nguy\xd4n\r") == ["NguyÔn"]


def test_a_line_without_end_is_dropped_whole_and_the_next_is_read():
    line = Line()
    assert line.feed(b"x" * (MAX_LINE_BYTES * 3) + b"\r" + b"good\n") == ["good"]


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\x00\ufeff", exclude_categories=["Cs"]), min_size=1, max_size=60)
                .filter(lambda text: text.strip(" \t")), max_size=8), st.randoms())  # fmt: skip
def test_however_the_bytes_are_cut_the_same_codes_come(texts, random):
    data = "".join(text + random.choice(["\r", "\n", "\r\n"]) for text in texts).encode()
    line, got, at = Line(), [], 0
    while at < len(data):
        step = random.randint(1, 9)
        got += line.feed(data[at : at + step])
        at += step
    assert got == texts


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    line = Line()
    assert all(isinstance(text, str) for text in line.feed(data) + line.silence())


def test_ports_have_a_name():
    assert all(port.device for port in serial_ports())
