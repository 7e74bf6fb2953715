"""How the desk looks: colours, type, spaces. Everything visual that two screens share is decided here.

A calm petrol blue-green for what is official, a warm amber for who goes first and what wants attention. Every
pair of colours that carries text is in `text_pairs` and tested for contrast (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import flet as ft

Mode = Literal["light", "dark", "contrast"]
Tone = Literal["neutral", "info", "good", "warn", "bad", "accent"]
SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)
TARGET_PX = 48  # smallest thing to press; the standard asks 44 for public desks
GAP_XS, GAP_S, GAP_M, GAP_L, GAP_XL = 4, 8, 14, 20, 32
RADIUS_S, RADIUS_M, RADIUS_L = 8, 12, 18
FIELD_WIDTH = 380
READING_WIDTH = 760
REGULAR, MEDIUM, SEMIBOLD, BOLD = "Desk", "Desk Medium", "Desk SemiBold", "Desk Bold"
FONT_FILES = {
    REGULAR: "InterTabular-Regular.ttf",
    MEDIUM: "InterTabular-Medium.ttf",
    SEMIBOLD: "InterTabular-SemiBold.ttf",
    BOLD: "InterTabular-Bold.ttf",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by use: `x` carries text `on_x`, the quiet ground `x_soft` carries `on_x_soft`."""

    ground: str
    card: str
    raised: str
    text: str
    quiet: str
    line: str
    edge: str
    bar: str
    on_bar: str
    on_bar_quiet: str
    mark: str
    on_mark: str
    bar_selected: str
    on_bar_selected: str
    primary: str
    on_primary: str
    primary_soft: str
    on_primary_soft: str
    accent: str
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    good: str
    good_soft: str
    on_good_soft: str
    bad: str
    on_bad: str
    bad_soft: str
    on_bad_soft: str
    focus: str


LIGHT = Palette(
    ground="#F1F5F4",
    card="#FFFFFF",
    raised="#E7EEED",
    text="#10262B",
    quiet="#3F565C",
    line="#CBD8D9",
    edge="#667E84",
    bar="#08404B",
    on_bar="#FFFFFF",
    on_bar_quiet="#BFDCE0",
    mark="#FFE6C4",
    on_mark="#08404B",
    bar_selected="#E4F3F3",
    on_bar_selected="#063640",
    primary="#0A5C68",
    on_primary="#FFFFFF",
    primary_soft="#D5EAEB",
    on_primary_soft="#06363E",
    accent="#9C4A00",
    on_accent="#FFFFFF",
    accent_soft="#FFE6C4",
    on_accent_soft="#5A2E00",
    good="#1B6B3B",
    good_soft="#D6F0DE",
    on_good_soft="#0C4022",
    bad="#B3261E",
    on_bad="#FFFFFF",
    bad_soft="#FBE0DD",
    on_bad_soft="#6A120C",
    focus="#C25E00",
)
DARK = Palette(
    ground="#0A171B",
    card="#11232A",
    raised="#1A3038",
    text="#E7F1F2",
    quiet="#B3C8CC",
    line="#2C464E",
    edge="#8AA5AB",
    bar="#062E37",
    on_bar="#F2FAFB",
    on_bar_quiet="#A9CBD1",
    mark="#FFC078",
    on_mark="#062E37",
    bar_selected="#17505C",
    on_bar_selected="#F2FAFB",
    primary="#7CD3DD",
    on_primary="#00343B",
    primary_soft="#17474F",
    on_primary_soft="#D6F3F6",
    accent="#FFC078",
    on_accent="#442200",
    accent_soft="#553411",
    on_accent_soft="#FFE3C2",
    good="#8CD9A5",
    good_soft="#164029",
    on_good_soft="#CFF3DA",
    bad="#FFB3AA",
    on_bad="#5C0A05",
    bad_soft="#5A1B16",
    on_bad_soft="#FFDCD8",
    focus="#FFB454",
)
CONTRAST = Palette(
    ground="#FFFFFF",
    card="#FFFFFF",
    raised="#EFEFEF",
    text="#000000",
    quiet="#1E1E1E",
    line="#000000",
    edge="#000000",
    bar="#000000",
    on_bar="#FFFFFF",
    on_bar_quiet="#FFFFFF",
    mark="#FFE45C",
    on_mark="#000000",
    bar_selected="#FFE45C",
    on_bar_selected="#000000",
    primary="#00323A",
    on_primary="#FFFFFF",
    primary_soft="#E2F4F6",
    on_primary_soft="#000000",
    accent="#5C2A00",
    on_accent="#FFFFFF",
    accent_soft="#FFE45C",
    on_accent_soft="#000000",
    good="#00401C",
    good_soft="#E0F7E7",
    on_good_soft="#000000",
    bad="#7A0008",
    on_bad="#FFFFFF",
    bad_soft="#FFE9E7",
    on_bad_soft="#4A0005",
    focus="#B00060",
)
PALETTES: dict[Mode, Palette] = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


def text_pairs(p: Palette) -> dict[str, tuple[str, str]]:
    """Return every (text, ground) pair the screens use, by name; each must reach 4.5:1."""
    return {
        "text on ground": (p.text, p.ground),
        "text on card": (p.text, p.card),
        "text on raised": (p.text, p.raised),
        "quiet on ground": (p.quiet, p.ground),
        "quiet on card": (p.quiet, p.card),
        "quiet on raised": (p.quiet, p.raised),
        "bar": (p.on_bar, p.bar),
        "quiet on bar": (p.on_bar_quiet, p.bar),
        "selected on bar": (p.on_bar_selected, p.bar_selected),
        "primary button": (p.on_primary, p.primary),
        "primary as text on card": (p.primary, p.card),
        "primary as text on ground": (p.primary, p.ground),
        "soft primary": (p.on_primary_soft, p.primary_soft),
        "accent button": (p.on_accent, p.accent),
        "accent as text on card": (p.accent, p.card),
        "soft accent": (p.on_accent_soft, p.accent_soft),
        "good as text on card": (p.good, p.card),
        "soft good": (p.on_good_soft, p.good_soft),
        "bad as text on card": (p.bad, p.card),
        "bad as text on ground": (p.bad, p.ground),
        "bad button": (p.on_bad, p.bad),
        "soft bad": (p.on_bad_soft, p.bad_soft),
    }


def shape_pairs(p: Palette) -> dict[str, tuple[str, str]]:
    """Return every (edge, ground) pair that shows where a control is; each must reach 3:1."""
    return {
        "field edge on card": (p.edge, p.card),
        "field edge on ground": (p.edge, p.ground),
        "focus on card": (p.focus, p.card),
        "focus on ground": (p.focus, p.ground),
        "focus on bar": (p.mark, p.bar),
        "mark on bar": (p.mark, p.bar),
        "sign on mark": (p.on_mark, p.mark),
        "primary on card": (p.primary, p.card),
    }


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def tone_colours(p: Palette, tone: Tone) -> tuple[str, str]:
    """Return (ground, text) of a badge or notice."""
    return {
        "neutral": (p.raised, p.text),
        "info": (p.primary_soft, p.on_primary_soft),
        "good": (p.good_soft, p.on_good_soft),
        "warn": (p.accent_soft, p.on_accent_soft),
        "accent": (p.accent, p.on_accent),
        "bad": (p.bad_soft, p.on_bad_soft),
    }[tone]


def flet_theme(mode: Mode, scale: float) -> ft.Theme:
    """Return Flet's theme for a palette and a text scale (1.0 to 2.0)."""
    p = PALETTES[mode]
    return ft.Theme(
        color_scheme=_scheme(p),
        font_family=REGULAR,
        text_theme=_text_theme(p, scale),
        scaffold_bgcolor=p.ground,
        divider_color=p.line,
        visual_density=ft.VisualDensity.STANDARD,
        icon_theme=ft.IconTheme(size=20 * min(scale, 1.5)),
        filled_button_theme=ft.FilledButtonTheme(style=button_style(p, "filled")),
        outlined_button_theme=ft.OutlinedButtonTheme(style=button_style(p, "outlined")),
        text_button_theme=ft.TextButtonTheme(style=button_style(p, "text")),
        icon_button_theme=ft.IconButtonTheme(style=button_style(p, "icon")),
        tooltip_theme=ft.TooltipTheme(
            text_style=ft.TextStyle(size=14 * scale, color=p.card, font_family=REGULAR)
        ),
        scrollbar_theme=ft.ScrollbarTheme(thumb_color=p.edge, thickness=8, radius=4),
    )


def _scheme(p: Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=p.primary, on_primary=p.on_primary,
        primary_container=p.primary_soft, on_primary_container=p.on_primary_soft,
        secondary=p.primary, on_secondary=p.on_primary,
        secondary_container=p.primary_soft, on_secondary_container=p.on_primary_soft,
        tertiary=p.accent, on_tertiary=p.on_accent,
        tertiary_container=p.accent_soft, on_tertiary_container=p.on_accent_soft,
        error=p.bad, on_error=p.on_bad, error_container=p.bad_soft, on_error_container=p.on_bad_soft,
        surface=p.card, on_surface=p.text, on_surface_variant=p.quiet,
        outline=p.edge, outline_variant=p.line, surface_tint="#00000000",
        surface_bright=p.card, surface_dim=p.ground, surface_container_lowest=p.card,
        surface_container_low=p.card, surface_container=p.card,
        surface_container_high=p.card, surface_container_highest=p.raised,
        inverse_surface=p.bar, on_inverse_surface=p.on_bar, inverse_primary=p.accent_soft, scrim="#000000",
    )  # fmt: skip


def _text_theme(p: Palette, scale: float) -> ft.TextTheme:
    def style(size: float, family: str = REGULAR, height: float = 1.4) -> ft.TextStyle:
        return ft.TextStyle(
            size=round(size * scale, 1), font_family=family, height=height, color=p.text, letter_spacing=0
        )

    soft = min(1.0, 1.25 / scale)  # what is huge already need not grow as far
    return ft.TextTheme(
        display_large=style(104 * soft, BOLD, 1.1), display_medium=style(60 * soft, BOLD, 1.15),
        display_small=style(40, BOLD, 1.2), headline_large=style(30, SEMIBOLD, 1.25),
        headline_medium=style(25, SEMIBOLD, 1.3), headline_small=style(21, SEMIBOLD, 1.3),
        title_large=style(19, SEMIBOLD, 1.35),
        title_medium=style(17, SEMIBOLD, 1.35), title_small=style(15, SEMIBOLD, 1.35),
        body_large=style(17), body_medium=style(16), body_small=style(14),
        label_large=style(16, MEDIUM, 1.3), label_medium=style(14, MEDIUM, 1.3),
        label_small=style(13, MEDIUM, 1.3),
    )  # fmt: skip


def button_style(p: Palette, kind: str, *, on_bar: bool = False) -> ft.ButtonStyle:
    """Return a button's look: rounded, at least `TARGET_PX` high, ringed when it has the keyboard."""
    ring = p.mark if on_bar else p.focus
    resting = ft.BorderSide(1.5, p.edge) if kind == "outlined" else ft.BorderSide(0, "#00000000")
    padding = ft.Padding.all(12) if kind == "icon" else ft.Padding.symmetric(horizontal=20, vertical=15)
    return ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=RADIUS_M),
        padding=padding,
        side={ft.ControlState.FOCUSED: ft.BorderSide(3, ring), ft.ControlState.DEFAULT: resting},
        overlay_color={
            ft.ControlState.PRESSED: ft.Colors.with_opacity(
                0.16, p.text if kind != "filled" else p.on_primary
            ),
            ft.ControlState.HOVERED: ft.Colors.with_opacity(
                0.08, p.text if kind != "filled" else p.on_primary
            ),
            ft.ControlState.DEFAULT: "#00000000",
        },
        elevation=0,
        animation_duration=80,
    )


def field_border(p: Palette) -> dict[ft.ControlState, ft.InputBorder]:
    """Return the edge of something to type in: thicker and in the focus colour while it has the keyboard."""

    def edge(colour: str, width: float) -> ft.InputBorder:
        return ft.OutlineInputBorder(side=ft.BorderSide(width, colour), border_radius=RADIUS_M)

    return {
        ft.ControlState.ERROR: edge(p.bad, 2),
        ft.ControlState.FOCUSED: edge(p.focus, 3),
        ft.ControlState.DEFAULT: edge(p.edge, 1.5),
    }
