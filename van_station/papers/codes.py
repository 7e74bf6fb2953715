"""QR codes as SVG text, made and kept in memory."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from van_station.papers.errors import TooMuch

MAX_QR_CHARACTERS = 900
QUIET_MODULES = 4


class Svg(str):
    """A picture that we drew ourselves, as SVG text; it goes to a template unchanged."""

    __slots__ = ()


def qr_svg(text: str) -> Svg:
    """Return a QR code (error correction M, quiet zone of four modules) as SVG; black runs on white.

    Raises:
        TooMuch: more than 900 characters: a phone could not read it from a slip.
    """
    if len(text) > MAX_QR_CHARACTERS:
        raise TooMuch("qr")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    runs = "".join(_runs(row, y) for y, row in enumerate(rows))
    size = len(rows)
    return Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#ffffff"/><path d="{runs}" fill="#000000"/></svg>'
    )


def qr_modules(code: Svg) -> int:
    """Return how many modules wide a code of `qr_svg` is, quiet zone included."""
    return int(code.partition('viewBox="0 0 ')[2].partition(" ")[0])


def _runs(row: list[bool], y: int) -> str:
    path, x = "", 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            path += f"M{x} {y}h{end - x}v1h-{end - x}z"
        x = end + 1
    return path
