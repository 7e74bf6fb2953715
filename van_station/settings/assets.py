"""Where the data files that travel with the product lie, and how they are read: bounded, once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

MAX_ASSET_BYTES = 2 * 1024 * 1024


class AssetMissing(Exception):
    """A data file that belongs to the product isn't there or can't be read: the installation is damaged."""

    code = "settings.asset_missing"
    retryable = False

    def __init__(self, relative: str) -> None:
        super().__init__(f"asset {relative!r}")
        self.relative = relative


@cache
def assets_root() -> Path:
    """Return the folder of data files: `van_station/assets` in a wheel, else `assets` of the checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "assets", package.parent / "assets"):
        if folder.is_dir():
            return folder
    raise AssetMissing("assets")


def asset_path(relative: str) -> Path:
    """Return the path of an asset named with forward slashes, never outside the assets folder.

    Raises:
        AssetMissing: no such file, or a name that leads out of the folder.
    """
    root = assets_root().resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise AssetMissing(relative)
    return path


@cache
def read_json(relative: str) -> Any:
    """Return the parsed JSON asset; the same object for each call: don't change it.

    Raises:
        AssetMissing: absent, over 2 MiB, or no JSON.
    """
    path = asset_path(relative)
    if path.stat().st_size > MAX_ASSET_BYTES:
        raise AssetMissing(relative)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise AssetMissing(relative) from fault


def catalogue_files() -> dict[str, Any]:
    """Return every JSON file of the catalogue that travels with the product, parsed, by path inside it.

    Raises:
        AssetMissing: as `read_json`.
    """
    catalogue = assets_root() / "catalogue"
    paths = sorted(path.relative_to(catalogue).as_posix() for path in catalogue.rglob("*.json"))
    return {path: read_json(f"catalogue/{path}") for path in paths}


def earlier_editions() -> tuple[bytes, ...]:
    """Return the packed editions of the catalogue that earlier programs brought along, the oldest first."""
    return tuple(path.read_bytes() for path in sorted((assets_root() / "editions").glob("*.vscat")))
