"""BER-TLV, as chips speak it: definite lengths, every length an attacker's claim.

Source: ISO/IEC 7816-4 section 6.3; ITU-T X.690 section 8.1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from van_station.security.errors import BrokenChipAnswer

MAX_ELEMENTS = 256
"""Most elements on one level; a citizen card's longest list has sixteen."""

Bytes = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class Tlv:
    """One element: its tag as a number (0x5F1F), its content, and where it began and ended."""

    tag: int
    content: Bytes = field(repr=False)
    start: int = 0
    end: int = 0

    @property
    def is_constructed(self) -> bool:
        """Whether the content is elements again."""
        first = self.tag
        while first > 0xFF:
            first >>= 8
        return bool(first & 0x20)


def read_header(data: Bytes, at: int = 0) -> tuple[int, int, int]:
    """Return tag, length of the content and offset of the content, reading at most six bytes.

    Raises:
        BrokenChipAnswer: the header is cut, its tag longer than three bytes, its length indefinite or longer
            than 65,535; whether so much content follows is not checked here.
    """
    tag, at = _read_tag(data, at)
    first = _byte(data, at)
    at += 1
    if first < 0x80:
        return tag, first, at
    size = first & 0x7F
    if not 1 <= size <= 2:
        raise BrokenChipAnswer("length of an element")
    length = 0
    for _ in range(size):
        length = length << 8 | _byte(data, at)
        at += 1
    return tag, length, at


def elements(data: Bytes) -> Iterator[Tlv]:
    """Give the elements of one level, in order.

    Raises:
        BrokenChipAnswer: as `read_header`, an element longer than what is there, or over 256 of them.
    """
    at = count = 0
    while at < len(data):
        count += 1
        if count > MAX_ELEMENTS:
            raise BrokenChipAnswer("too many elements")
        start = at
        tag, length, at = read_header(data, at)
        if at + length > len(data):
            raise BrokenChipAnswer("an element is longer than its frame")
        yield Tlv(tag, data[at : at + length], start, at + length)
        at += length


def only(data: Bytes, tag: int) -> Bytes:
    """Return the content of the first element with this tag.

    Raises:
        BrokenChipAnswer: there is none, or the level cannot be read.
    """
    for element in elements(data):
        if element.tag == tag:
            return element.content
    raise BrokenChipAnswer("an element is missing")


def encoded(tag: int, content: bytes) -> bytes:
    """Return one element; `content` has at most 65,535 bytes."""
    size = len(content)
    if size < 0x80:
        length = bytes([size])
    elif size <= 0xFF:
        length = bytes([0x81, size])
    else:
        length = b"\x82" + size.to_bytes(2, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + length + content


def _read_tag(data: Bytes, at: int) -> tuple[int, int]:
    tag = _byte(data, at)
    at += 1
    if tag & 0x1F != 0x1F:
        return tag, at
    for _ in range(2):
        more = _byte(data, at)
        at += 1
        tag = tag << 8 | more
        if not more & 0x80:
            return tag, at
    raise BrokenChipAnswer("tag of an element")


def _byte(data: Bytes, at: int) -> int:
    if at >= len(data):
        raise BrokenChipAnswer("an element is cut")
    return data[at]
