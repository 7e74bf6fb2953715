"""Frames on the pipe between a driver process and us.

A frame is 4 bytes magic `SCN1`, 1 byte kind, 4 bytes big-endian length of a JSON header, 4 bytes length
of a body, 4 bytes CRC-32 over header and body, then header and body. Both lengths are bounded before a byte
of either is read, so a broken driver can neither fill the memory nor leave half a page unnoticed.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from scanning.errors import FrameBroken

MAGIC: Final = b"SCN1"
MAX_HEADER: Final = 64 * 1024
MAX_BODY: Final = 256 * 1024 * 1024
_FIXED: Final = struct.Struct(">4sBIII")
_CHUNK: Final = 1024 * 1024


class FrameKind(IntEnum):
    """What a frame tells."""

    ALIVE = 1
    PAGE = 2
    FAULT = 3
    ENDED = 4
    DEVICES = 5
    SOURCE = 6
    OPTIONS = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """One message from a driver process."""

    kind: FrameKind
    header: dict[str, Any]
    body: bytes = b""


def encode(frame: Frame) -> tuple[bytes, bytes]:
    """Return the frame's start and its body, apart so that a large body is not copied.

    Raises:
        FrameBroken: header or body is over its bound.
    """
    header = json.dumps(frame.header, separators=(",", ":")).encode()
    if len(header) > MAX_HEADER or len(frame.body) > MAX_BODY:
        raise FrameBroken("frame over its bound")
    crc = zlib.crc32(frame.body, zlib.crc32(header))
    return _FIXED.pack(MAGIC, frame.kind, len(header), len(frame.body), crc) + header, frame.body


def read_frame(read: Callable[[int], bytes], *, max_body: int = MAX_BODY) -> Frame | None:
    """Read one frame; None when the stream ends exactly between two frames.

    Args:
        read: returns at most so many bytes, b"" at the end of the stream.
        max_body: largest body to accept.

    Raises:
        FrameBroken: not a frame, over a bound, damaged, or cut off inside.
    """
    start = _exactly(read, _FIXED.size)
    if not start:
        return None
    magic, kind, header_size, body_size, crc = _unpack(start)
    if magic != MAGIC or header_size > MAX_HEADER or body_size > max_body:
        raise FrameBroken("not a frame, or one over its bound")
    header = _exactly(read, header_size)
    body = _exactly(read, body_size)
    if len(header) < header_size or len(body) < body_size:
        raise FrameBroken("frame cut off")
    if zlib.crc32(body, zlib.crc32(header)) != crc:
        raise FrameBroken("frame damaged")
    return Frame(_kind(kind), _header(header), body)


def _unpack(start: bytes) -> tuple[bytes, int, int, int, int]:
    if len(start) < _FIXED.size:
        raise FrameBroken("frame cut off")
    magic, kind, header_size, body_size, crc = _FIXED.unpack(start)
    return magic, kind, header_size, body_size, crc


def _kind(value: int) -> FrameKind:
    try:
        return FrameKind(value)
    except ValueError as error:
        raise FrameBroken("unknown kind of frame") from error


def _header(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FrameBroken("frame header is not JSON") from error
    if not isinstance(header, dict):
        raise FrameBroken("frame header is not an object")
    return header


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """Read `size` bytes, fewer only where the stream ends."""
    parts: list[bytes] = []
    missing = size
    while missing:
        part = read(min(missing, _CHUNK))
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
