"""The adaptive binary arithmetic coder of JBIG2 and its generic regions, as integer loops.

Compiled when numba is there (16 ms for a written page at 300 dpi); without it the same lines run as plain
Python, a thousand times slower: good for checking, not for pages.

Source: ITU-T T.88 (2018), annex E (MQ coder) and 6.2 (generic region, template 0, typical prediction).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, TypeVar

import numpy as np

try:
    numba: Any = import_module("numba")
except ImportError:
    numba = None

_Function = TypeVar("_Function", bound=Callable[..., Any])

COMPILED: Final = numba is not None
PAD: Final = 4
"""Empty columns that `code_region` wants left and right of the picture, and two empty rows above it."""


def _compiled(function: _Function) -> _Function:
    if numba is None:
        return function
    try:
        result: _Function = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep compiled code: compile in each process
        result = numba.njit(nogil=True)(function)
    return result


# T.88 table E.1: Qe, next state after the likelier and the less likely symbol, whether the likelier changes
_STATES: Final = (
    (0x5601, 1, 1, 1), (0x3401, 2, 6, 0), (0x1801, 3, 9, 0), (0x0AC1, 4, 12, 0), (0x0521, 5, 29, 0),
    (0x0221, 38, 33, 0), (0x5601, 7, 6, 1), (0x5401, 8, 14, 0), (0x4801, 9, 14, 0), (0x3801, 10, 14, 0),
    (0x3001, 11, 17, 0), (0x2401, 12, 18, 0), (0x1C01, 13, 20, 0), (0x1601, 29, 21, 0), (0x5601, 15, 14, 1),
    (0x5401, 16, 14, 0), (0x5101, 17, 15, 0), (0x4801, 18, 16, 0), (0x3801, 19, 17, 0), (0x3401, 20, 18, 0),
    (0x3001, 21, 19, 0), (0x2801, 22, 19, 0), (0x2401, 23, 20, 0), (0x2201, 24, 21, 0), (0x1C01, 25, 22, 0),
    (0x1801, 26, 23, 0), (0x1601, 27, 24, 0), (0x1401, 28, 25, 0), (0x1201, 29, 26, 0), (0x1101, 30, 27, 0),
    (0x0AC1, 31, 28, 0), (0x09C1, 32, 29, 0), (0x08A1, 33, 30, 0), (0x0521, 34, 31, 0), (0x0441, 35, 32, 0),
    (0x02A1, 36, 33, 0), (0x0221, 37, 34, 0), (0x0141, 38, 35, 0), (0x0111, 39, 36, 0), (0x0085, 40, 37, 0),
    (0x0049, 41, 38, 0), (0x0025, 42, 39, 0), (0x0015, 43, 40, 0), (0x0009, 44, 41, 0), (0x0005, 45, 42, 0),
    (0x0001, 45, 43, 0), (0x5601, 46, 46, 0),
)  # fmt: skip
STATES: Final = np.array(_STATES, np.int64)

_TYPICAL_CONTEXT = 0x9B25  # T.88 figure 8


@_compiled
def _put_byte(code: int, place: int, out: Any) -> tuple[int, int, int]:
    """BYTEOUT, with the bit stuffed after 0xFF: return code, bits until the next byte, place."""
    if out[place] != 0xFF and code >= 0x8000000:
        out[place] += 1
        code &= 0x7FFFFFF
    if out[place] == 0xFF:
        out[place + 1] = (code >> 20) & 0xFF
        return code & 0xFFFFF, 7, place + 1
    out[place + 1] = (code >> 19) & 0xFF
    return code & 0x7FFFF, 8, place + 1


@_compiled
def _renormalise(interval: int, code: int, count: int, place: int, out: Any) -> tuple[int, int, int, int]:
    """RENORME: shift until the interval is half full again."""
    while True:
        interval <<= 1
        code <<= 1
        count -= 1
        if count == 0:
            code, count, place = _put_byte(code, place, out)
        if interval & 0x8000:
            return interval, code, count, place


@_compiled
def code_region(rows: Any, width: int, learnt: Any, out: Any, states: Any) -> int:  # noqa: C901, PLR0912
    """Code all rows into `out` and return the index of the last byte; byte 0 is not part of the result.

    One long function on purpose: taken apart, its registers live in memory and it is 20 times slower.

    Args:
        rows: uint8 of 0 and 1, two empty rows above, `PAD` empty columns on both sides.
        width: columns between the empty ones.
        learnt: 65 536 zeros, uint8: state * 2 + likelier symbol of each context.
        out: uint8, large enough: a quarter of the dots and 4 kB.
        states: `STATES`.
    """
    interval, code, count, place = 0x8000, 0, 12, 0  # INITENC
    row_before = 0
    for y in range(rows.shape[0] - 2):
        top, above, now = rows[y], rows[y + 1], rows[y + 2]
        same = 1
        for x in range(PAD, PAD + width):
            if now[x] != above[x]:
                same = 0
                break
        two_up = (np.int64(top[PAD]) << 1) | np.int64(top[PAD + 1])
        one_up = (np.int64(above[PAD]) << 2) | (np.int64(above[PAD + 1]) << 1) | np.int64(above[PAD + 2])
        left = np.int64(0)
        # first whether the row is like the one above it; its dots only when it is not
        for x in range(PAD - 1, PAD if same else PAD + width):
            if x < PAD:
                context = np.int64(_TYPICAL_CONTEXT)
                bit = np.int64(same ^ row_before)
                row_before = same
            else:
                two_up = ((two_up << 1) | np.int64(top[x + 2])) & 31
                one_up = ((one_up << 1) | np.int64(above[x + 3])) & 127
                context = (two_up << 11) | (one_up << 4) | left
                bit = np.int64(now[x])
                left = ((left << 1) | bit) & 15
            index = np.int64(learnt[context]) >> 1
            likelier = np.int64(learnt[context]) & 1
            estimate = states[index, 0]
            interval -= estimate
            if bit == likelier:
                if interval & 0x8000:
                    code += estimate
                    continue
                if interval < estimate:
                    interval = estimate
                else:
                    code += estimate
                learnt[context] = states[index, 1] * 2 + likelier
            else:
                if interval < estimate:
                    code += estimate
                else:
                    interval = estimate
                learnt[context] = states[index, 2] * 2 + (likelier ^ states[index, 3])
            interval, code, count, place = _renormalise(interval, code, count, place, out)
    # FLUSH: set as many bits of the code to one as the interval allows
    limit = code + interval
    code |= 0xFFFF
    if code >= limit:
        code -= 0x8000
    for _ in range(2):
        code, count, place = _put_byte(code << count, place, out)
    if out[place] != 0xFF:
        place += 1
        out[place] = 0xFF
    out[place + 1] = 0xAC
    return place + 1
