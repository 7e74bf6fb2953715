import re

import pytest
from PIL import Image

from van_station.settings.assets import assets_root

BRAND = assets_root() / "brand"


@pytest.mark.parametrize("name", ["emblem.svg", "emblem-mono.svg"])
def test_the_emblem_names_itself_and_fetches_nothing(name):
    source = (BRAND / name).read_text(encoding="utf-8")
    assert "<title>" in source
    assert re.findall(r"href|url\(|<script|<image", source) == []


@pytest.mark.parametrize("size_px", [32, 64, 192, 512])
def test_the_emblem_comes_in_the_sizes_of_icons(size_px):
    with Image.open(BRAND / f"emblem-{size_px}.png") as picture:
        assert picture.size == (size_px, size_px)
