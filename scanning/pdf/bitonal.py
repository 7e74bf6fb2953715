"""Ink masks, one bit a dot, compressed without loss: JBIG2 where its coder is compiled, else CCITT group 4.

Only JBIG2's generic regions are written. Its symbol coding puts one letter's picture in another's place when
they look alike, which has swapped digits in copies; on official papers that is never acceptable.
"""

from __future__ import annotations

import importlib.util
import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, TiffImagePlugin

Mask = npt.NDArray[np.bool_]
Codec = Literal["jbig2", "g4"]
_PIXELS_PER_METRE: Final = 11811
_MAX_EXPANSION_BYTES: Final = 4096
_STRIP_OFFSET, _STRIP_LENGTH, _ROWS_PER_STRIP = 273, 279, 278


@dataclass(frozen=True, slots=True)
class Bitonal:
    """A compressed mask. Decoded by its PDF filter, ink is 0 and paper 1, as PDF paints masks.

    Attributes:
        filter_name: `JBIG2Decode` or `CCITTFaxDecode`.
        parameters: of the filter.
    """

    data: bytes
    filter_name: str
    width_px: int
    height_px: int
    parameters: Mapping[str, int] = field(default_factory=dict)


def best_codec() -> Codec:
    """Return `jbig2` where numba (extra `jbig2`) is installed, else `g4`, which is half as large again."""
    return "jbig2" if importlib.util.find_spec("numba") is not None else "g4"


def compress(mask: Mask, codec: Codec | None = None) -> Bitonal:
    """Compress a mask, True for ink; by `best_codec` unless told."""
    if not mask.size:
        raise ValueError("a mask needs dots")
    return _jbig2(mask) if (codec or best_codec()) == "jbig2" else _group4(mask)


def _jbig2(mask: Mask) -> Bitonal:
    """Return an embedded JBIG2 stream: page information and one immediate lossless generic region."""
    height, width = mask.shape
    coded = _generic_region(mask)
    page = struct.pack(">IIIIBH", width, height, _PIXELS_PER_METRE, _PIXELS_PER_METRE, 1, 0)
    place = struct.pack(">IIIIB", width, height, 0, 0, 0)
    template = bytes([0x08]) + struct.pack("8b", 3, -1, -3, -1, 2, -2, -2, -2)
    data = _segment(0, 48, page) + _segment(1, 39, place + template + coded)
    return Bitonal(data, "JBIG2Decode", width, height)


def _segment(number: int, kind: int, body: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body


def _generic_region(mask: Mask) -> bytes:
    from scanning.pdf import arithmetic  # noqa: PLC0415  loads a compiler: only when something is to be coded

    height, width = mask.shape
    rows = np.zeros((height + 2, width + 2 * arithmetic.PAD), np.uint8)
    rows[2:, arithmetic.PAD : arithmetic.PAD + width] = mask
    out = np.zeros(mask.size // 4 + _MAX_EXPANSION_BYTES, np.uint8)
    learnt = np.zeros(65536, np.uint8)
    last = arithmetic.code_region(rows, width, learnt, out, arithmetic.STATES)
    return out[1 : int(last) + 1].tobytes()


def _group4(mask: Mask) -> Bitonal:
    """Return one strip of T.6.

    The coder takes bits of 1 for black whatever the TIFF calls them, so ink goes in as Pillow's white.
    """
    height, width = mask.shape
    out = io.BytesIO()
    whole = {_ROWS_PER_STRIP: height}
    Image.fromarray(mask).save(out, "TIFF", compression="group4", tiffinfo=whole)
    with Image.open(out, formats=("TIFF",)) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        offsets, lengths = tiff.tag_v2[_STRIP_OFFSET], tiff.tag_v2[_STRIP_LENGTH]
    if len(offsets) != 1:
        raise ValueError("more than one strip")
    data = out.getvalue()[offsets[0] : offsets[0] + lengths[0]]
    return Bitonal(data, "CCITTFaxDecode", width, height, {"K": -1, "Columns": width, "Rows": height})
