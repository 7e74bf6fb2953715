"""Who works with keys sees where the keyboard is, in every palette and with the largest letters."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.ui.conftest import station_in
from tests.ui.driver import Window
from van_station.ui import theme
from van_station.ui.serve import UiSettings

pytestmark = pytest.mark.browser
PLACES = ("login", "passphrase", "sign-in", "demo-minh")


def ring_pixels(window: Window, place: str, colour: str) -> int:
    """How many pixels of a control have the ring's colour."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    box = window.part(place).bounding_box()
    assert box is not None
    area = (box["x"] - 6, box["y"] - 6, box["x"] + box["width"] + 6, box["y"] + box["height"] + 6)
    picture = Image.open(io.BytesIO(window.page.screenshot())).convert("RGB").crop(area)
    return sum(
        count
        for count, seen in picture.getcolors(1 << 24)
        if all(abs(a - b) <= 3 for a, b in zip(seen, wanted, strict=True))
    )


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 1.5), ("contrast", 2.0)])
def test_field_button_and_tile_are_ringed_while_they_have_the_keyboard(
    tmp_path, browser, context, mode, scale
):
    with station_in(tmp_path, UiSettings(mode=mode, text_scale=scale), gateway=False) as station:
        window = Window.open(context, station.url)
        window.without_mouse()
        window.wait_at("login")
        for place in PLACES:
            window.reach(place)
            window.wait(
                lambda at=place: ring_pixels(window, at, theme.PALETTES[mode].focus) > 300,
                f"a ring around {place}",
                5,
            )
        assert ring_pixels(window, "login", theme.PALETTES[mode].focus) < 100, "only one has the ring"
