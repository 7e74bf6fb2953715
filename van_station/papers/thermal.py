"""The queue ticket as dots of a thermal printer, and the bytes that make one print them.

Thermal heads in use have 8 dots a millimetre (203 dpi): 58 mm paper prints 48 mm = 384 dots, 80 mm paper
72 mm = 576 dots. Whoever has another head scales the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image

from van_station.papers.press import THERMAL_PPI, render_pictures
from van_station.papers.slips import TicketData, ticket_values

PaperWidth = Literal[58, 80]
_PRINTED_MM: dict[PaperWidth, int] = {58: 48, 80: 72}
_DARK_BELOW = 150
"""Grey values below this become a dot: the thin strokes of marks over letters stay, edges do not swell."""
_BAND_ROWS = 256
"""Rows sent at a time: small printers have small buffers."""
_START = b"\x1b@"
_FEED_AND_CUT = b"\x1bd\x03\x1dV\x42\x00"


@dataclass(frozen=True, slots=True)
class Bitmap:
    """One-bit picture: rows from the top, eight dots a byte from the left, highest bit first, 1 is black."""

    width: int
    height: int
    rows: bytes = field(repr=False)

    @property
    def row_bytes(self) -> int:
        """How many bytes a row takes."""
        return (self.width + 7) // 8

    def png(self) -> bytes:
        """Return the picture as a one-bit PNG."""
        inverted = bytes(byte ^ 0xFF for byte in self.rows)
        out = io.BytesIO()
        Image.frombytes("1", (self.width, self.height), inverted).save(out, "png", dpi=(203, 203))
        return out.getvalue()


def ticket_bitmap(data: TicketData, *, paper_mm: PaperWidth = 80) -> Bitmap:
    """Return a queue ticket as dots, 384 wide for 58 mm paper and 576 for 80 mm.

    Raises:
        TooMuch: a QR text over 900 characters.
        PaperError: no page could be made.
    """
    values = ticket_values(data, width_mm=_PRINTED_MM[paper_mm], dots=True)
    page = render_pictures("ticket", values, ppi=THERMAL_PPI)[0]
    with Image.open(io.BytesIO(page)) as picture:
        dark = picture.convert("L").point(lambda grey: 255 if grey < _DARK_BELOW else 0).convert("1")
    return Bitmap(dark.width, dark.height, dark.tobytes())


def ticket_picture(data: TicketData, *, paper_mm: PaperWidth = 80) -> bytes:
    """Return the dots of `ticket_bitmap` as PNG. Raises as it does."""
    return ticket_bitmap(data, paper_mm=paper_mm).png()


def escpos(bitmap: Bitmap, *, cut: bool = True) -> bytes:
    """Return what an ESC/POS printer needs to print a bitmap.

    Args:
        bitmap: as wide as the printer's head, or narrower.
        cut: feed three lines and cut the paper afterwards.

    Source: ESC/POS command reference of Seiko Epson: ESC @, GS v 0 (m = 0; xL xH bytes a row, yL yH rows),
        ESC d, GS V B. Confidence: recalled, common to the printers of this class; not tried on a device.
    """
    parts = [_START]
    for top in range(0, bitmap.height, _BAND_ROWS):
        count = min(_BAND_ROWS, bitmap.height - top)
        head = b"\x1dv0\x00" + bitmap.row_bytes.to_bytes(2, "little") + count.to_bytes(2, "little")
        band = bitmap.rows[top * bitmap.row_bytes : (top + count) * bitmap.row_bytes]
        parts += [head, band]
    return b"".join([*parts, _FEED_AND_CUT if cut else b""])
