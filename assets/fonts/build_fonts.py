# ruff: noqa: INP001 -- a tool beside its product, not a package
"""Make the four font files of this folder from upstream Inter.

Run by hand when Inter is renewed: `python build_fonts.py <folder with the four upstream files>`.
Needs fonttools. See README.md for where the upstream files come from.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Inter Tabular"
WEIGHTS = {"Regular": "400Regular", "Medium": "500Medium", "SemiBold": "600SemiBold", "Bold": "700Bold"}
# Latin with every Vietnamese letter (precomposed, and the marks to compose them), punctuation, đồng, arrows,
# ticks and the few shapes our pages draw.
RANGES = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x192, 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x2B0, 0x2E0),
    0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30A, 0x30B, 0x30C, 0x31B, 0x323, 0x328,
    *range(0x1EA0, 0x1EFA), *range(0x2010, 0x2028), 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A,
    0x20AB, 0x20AC, 0x2116, 0x2122, *range(0x2190, 0x219A), 0x21BB, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265,
    0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25B6, 0x25BC, 0x25CB, 0x25CF, 0x2605, 0x2606, 0x2713, 0x2717,
]  # fmt: skip


def give_digits_one_width(font: TTFont) -> None:
    """Point the ten digits at Inter's own tabular figures, so that columns stand without a font feature.

    The interface toolkit cannot switch font features on; amounts, numbers and times are what we show most.
    """
    for table in font["cmap"].tables:
        for code in range(0x30, 0x3A):
            if code in table.cmap:
                table.cmap[code] = table.cmap[code].removesuffix(".tf") + ".tf"


def rename(font: TTFont, style: str) -> None:
    """Give the changed font a name of its own: it is no longer upstream's Inter."""
    bold, plain = style == "Bold", style in ("Regular", "Bold")
    texts = {
        1: FAMILY if plain else f"{FAMILY} {style}",
        2: ("Bold" if bold else "Regular") if plain else "Regular",
        3: f"{FAMILY} {style}; tabular digits; subset",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
        16: FAMILY,
        17: style,
    }
    names = font["name"]
    for record in list(names.names):
        if record.nameID in texts or record.nameID in (18, 21, 22, 25):
            names.removeNames(record.nameID)
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)


def build(source: Path, target: Path, style: str) -> None:
    """Write one weight: tabular digits, our letters only, the layout features that spelling needs."""
    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "case"],
        name_IDs=["*"], notdef_outline=True, hinting=True, glyph_names=False, recalc_timestamp=False,
    )  # fmt: skip
    font = TTFont(source, recalcTimestamp=False)
    give_digits_one_width(font)
    rename(font, style)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=RANGES)
    chooser.subset(font)
    font.save(target)


def main(upstream: Path) -> None:
    """Build all four weights beside this file."""
    for style, stem in WEIGHTS.items():
        build(
            next(upstream.rglob(f"Inter_{stem}.ttf")),
            Path(__file__).parent / f"InterTabular-{style}.ttf",
            style,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
