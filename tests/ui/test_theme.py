"""What the desk looks like can be read: contrast, sizes, fonts."""

from __future__ import annotations

import pytest

from van_station.settings.assets import assets_root
from van_station.ui import theme

MODES = sorted(theme.PALETTES)


def test_contrast_agrees_with_the_standards_own_examples():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
def test_every_text_reaches_aa_on_its_ground(mode):
    too_faint = {
        name: round(theme.contrast(*pair), 2)
        for name, pair in theme.text_pairs(theme.PALETTES[mode]).items()
        if theme.contrast(*pair) < 4.5
    }
    assert too_faint == {}


@pytest.mark.parametrize("mode", MODES)
def test_every_edge_and_focus_ring_can_be_told_from_its_ground(mode):
    too_faint = {
        name: round(theme.contrast(*pair), 2)
        for name, pair in theme.shape_pairs(theme.PALETTES[mode]).items()
        if theme.contrast(*pair) < 3
    }
    assert too_faint == {}


def test_the_high_contrast_look_reaches_aaa():
    assert min(theme.contrast(*pair) for pair in theme.text_pairs(theme.CONTRAST).values()) >= 7


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tone", ["neutral", "info", "good", "warn", "accent", "bad"])
def test_every_tone_can_be_read(mode, tone):
    assert theme.contrast(*theme.tone_colours(theme.PALETTES[mode], tone)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_text_grows_to_twice_its_size(mode):
    small, large = (theme.flet_theme(mode, scale).text_theme for scale in (1.0, 2.0))
    assert large.body_medium.size == pytest.approx(2 * small.body_medium.size)
    assert large.label_small.size == pytest.approx(2 * small.label_small.size)


def test_nothing_that_is_read_is_smaller_than_13_px():
    text = theme.flet_theme("light", 1.0).text_theme
    read = [
        getattr(text, f"{role}_{size}")
        for role in ("body", "label", "title")
        for size in ("small", "medium", "large")
    ]
    assert min(style.size for style in read) >= 13


def test_buttons_are_at_least_44_px_high():
    for kind in ("filled", "outlined", "text"):
        padding = theme.button_style(theme.LIGHT, kind).padding
        line = 16 * 1.3
        assert padding.top + padding.bottom + line >= 44
    icon = theme.button_style(theme.LIGHT, "icon").padding
    assert icon.top + icon.bottom + 24 >= 44


def test_the_fonts_it_names_are_among_the_assets():
    missing = [file for file in theme.FONT_FILES.values() if not (assets_root() / "fonts" / file).is_file()]
    assert missing == []
