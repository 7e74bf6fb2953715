"""Turns a Typst template and data into a page, in memory.

Data travels as one JSON string in `sys.inputs`, is decoded in the template and never becomes Typst source.
Templates see the assets folder only (its papers, brand and fonts); no system font, no package, no network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from van_station.papers.codes import Svg
from van_station.papers.errors import NotPrintable, TooMuch
from van_station.papers.letters import printable
from van_station.settings.assets import asset_path, assets_root

MAX_DATA_BYTES = 512 * 1024
PRINT_PPI = 300
THERMAL_PPI = 8 * 25.4  # 8 dots a millimetre: 80 mm paper prints 576 dots in 72 mm


@cache
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _fit(value: Any) -> Any:
    if isinstance(value, Svg):
        return str(value)
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _fit(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fit(item) for item in value]
    return value


def _press(
    template: str, data: Mapping[str, Any], fonts: Path | None, output: Literal["pdf", "png"], ppi: float
) -> list[bytes]:
    source = asset_path(f"papers/{template}.typ")
    encoded = json.dumps(_fit(data), ensure_ascii=False, allow_nan=False)
    if len(encoded.encode()) > MAX_DATA_BYTES:
        raise TooMuch(template)
    nowhere = assets_root() / "papers" / "no-packages"
    try:
        made = typst.Compiler(
            source,
            root=assets_root(),
            font_paths=_fonts(fonts or assets_root() / "fonts"),
            ignore_system_fonts=True,
            sys_inputs={"data": encoded},
            package_path=nowhere,
            package_cache_path=nowhere,
        ).compile(format=output, ppi=ppi, pdf_standards=["a-2b"] if output == "pdf" else [])
    except typst.TypstError:
        # Typst quotes what it stumbled over, and that may be a person's data.
        raise NotPrintable(template) from None
    return [made] if isinstance(made, bytes) else list(made or [])


def render(template: str, data: Mapping[str, Any], *, fonts: Path | None = None) -> bytes:
    """Return a template filled with data, as PDF/A-2b.

    Args:
        template: name of a file in `assets/papers` without `.typ`.
        data: JSON values. Letters that the font lacks are shown as `□`.
        fonts: folder of the fonts; ours when None.

    Raises:
        AssetMissing: no such template.
        TooMuch: the data is larger than 512 KiB.
        NotPrintable: the template and the data do not fit together.
    """
    return _press(template, data, fonts, "pdf", PRINT_PPI)[0]


def render_pictures(
    template: str, data: Mapping[str, Any], *, ppi: float = PRINT_PPI, fonts: Path | None = None
) -> list[bytes]:
    """Return each page as PNG bytes; for previews and printers that print dots only. Raises as `render`."""
    return _press(template, data, fonts, "png", ppi)
