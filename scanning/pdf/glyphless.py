"""A font without ink for the searchable text: every character is one empty glyph half an em wide.

Each character used in a document gets a code; a map sends all codes to the one glyph, and `ToUnicode` gives
the letters back on copy and search. So any language costs one 1-kB font, and no letter can be drawn wrongly.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Final

import pikepdf
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Stream

ADVANCE: Final = 500
"""Width of every glyph in thousandths of the font size."""
_NAME: Final = "GlyphLess"
_PER_BLOCK: Final = 100
_EPOCH: Final = 3_786_912_000
"""1 January 2024 in seconds since 1904: the same bytes whenever the font is built."""


class Codes:
    """Gives each character of one document a two-byte code, from 1 upwards in order of first use."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> bytes:
        """Return the text as two-byte codes.

        Raises:
            OverflowError: more than 65 534 different characters.
        """
        return b"".join(
            self._codes.setdefault(letter, len(self._codes) + 1).to_bytes(2, "big") for letter in text
        )

    def items(self) -> Iterable[tuple[int, str]]:
        """Return (code, character) pairs in rising order of code."""
        return ((code, letter) for letter, code in self._codes.items())

    def __len__(self) -> int:
        return len(self._codes)


@cache
def font_program() -> bytes:
    """Return a TrueType font with `.notdef` and one empty glyph."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": Glyph(), "blank": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (ADVANCE, 0), "blank": (ADVANCE, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": _NAME, "styleName": "Regular", "psName": _NAME})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost(isFixedPitch=1)
    builder.font["head"].created = builder.font["head"].modified = _EPOCH
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def font_object(pdf: pikepdf.Pdf, codes: Codes) -> pikepdf.Object:
    """Return the font of a document for the codes used in it."""
    program = font_program()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/" + _NAME),
        Flags=5,
        FontBBox=Array([0, -200, ADVANCE, 800]),
        ItalicAngle=0,
        Ascent=800,
        Descent=-200,
        CapHeight=700,
        StemV=80,
        FontFile2=pdf.make_indirect(Stream(pdf, program, Length1=len(program))),
    )
    one_glyph = b"\x00\x00" + b"\x00\x01" * len(codes)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + _NAME),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, one_glyph)),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + _NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(Stream(pdf, to_unicode(codes))),
        )
    )


def to_unicode(codes: Codes) -> bytes:
    """Return the CMap from codes to UTF-16 text (ISO 32000-1, 9.10.3)."""
    pairs = [f"<{code:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for code, letter in codes.items()]
    blocks = []
    for start in range(0, len(pairs), _PER_BLOCK):
        block = pairs[start : start + _PER_BLOCK]
        blocks.append("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]))
    head = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    )
    tail = "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    return (head + "\n".join(blocks) + tail).encode("ascii")
