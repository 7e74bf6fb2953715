"""One profile of a scanner: its name, how the pages are wanted, and the scanner's own options."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal

import flet as ft

from van_station.services.capture import ScannerView
from van_station.services.errors import Refused
from van_station.services.scan_profiles import OptionView, ProfileView
from van_station.ui import dialogs, parts, theme
from van_station.ui.parts import Style
from van_station.ui.session import Desk

RESOLUTIONS: Final = (150, 200, 300, 400, 600)
SIZES: Final[dict[str, tuple[float, float] | None]] = {
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "a3": (297.0, 420.0),
    "card": (85.6, 54.0),
    "whole": None,
}
OURS: Final = frozenset(
    {"source", "mode", "resolution", "depth", "tl_x", "tl_y", "br_x", "br_y", "width", "height"}
)
"""Options that have a place of their own above, or that follow from it."""
MOST_OWN: Final = 24
UNCHANGED: Final = "-"


def size_key(size: tuple[float, float] | None) -> str:
    """Return the key of a paper size; A4 for one that is not offered."""
    return next((key for key, value in SIZES.items() if value == size), "a4")


def resolutions(options: tuple[OptionView, ...]) -> tuple[int, ...]:
    """Return the resolutions to choose from: the scanner's own, or the usual ones within its range."""
    told = next((each for each in options if each.name == "resolution"), None)
    if told is None:
        return RESOLUTIONS
    if told.choices:
        return tuple(int(each) for each in told.choices if 75 <= float(each) <= 1200) or RESOLUTIONS
    low, high = told.low or 0, told.high or 1200
    return tuple(each for each in RESOLUTIONS if low <= each <= high) or RESOLUTIONS


def own_options(options: tuple[OptionView, ...]) -> tuple[OptionView, ...]:
    """Return the scanner's own options that can be set by choosing or by a number."""
    return tuple(
        each
        for each in options
        if each.settable
        and each.name not in OURS
        and each.value is not None
        and (each.choices or each.kind == "flag" or (each.kind != "text" and each.low is not None))
    )[:MOST_OWN]


def typed_value(option: OptionView, text: str) -> bool | int | float | str | None:
    """Return what was chosen or typed for an option as its kind of value; None when it is no such value."""
    if option.kind == "flag":
        return {"true": True, "false": False}.get(text)
    if option.kind == "text":
        return text
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(number) if option.kind == "whole" else number


class ProfileSheet:
    """Shows a profile to change, or an empty one to fill.

    Args:
        desk: the window.
        device: whose profile it is.
        profile: the one to begin with, or None.
        done: runs with the name of the profile that was kept, "" when one was let go.
    """

    def __init__(
        self,
        desk: Desk,
        device: ScannerView,
        profile: ProfileView | None,
        done: Callable[[str], Awaitable[None]],
    ) -> None:
        self._desk, self._device, self._done = desk, device, done
        self._given = profile
        start = profile or ProfileView("", source="adf" if device.has_feeder else "flatbed")
        self._source: Literal["adf", "flatbed"] = start.source
        self._duplex, self._gray = start.duplex, start.mode == "gray"
        self._start = start
        self._own: dict[str, tuple[OptionView, ft.TextField | ft.Dropdown]] = {}
        self._dialog: ft.AlertDialog | None = None
        self._tiles = self._offered_tiles()
        sides: list[ft.Control] = [tile.view for tile in self._tiles.values()]
        self._sides = ft.Row(sides, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._name_view, self._name = parts.field(
            desk,
            "profile-name",
            desk.say("scan.profile_name"),
            value=start.name,
            autofocus=True,
            max_length=40,
        )

    async def open(self) -> None:
        """Ask the scanner what it lets be set, and show the sheet; unanswered, without its own options."""
        desk = self._desk
        desk.snack(desk.say("scan.asking_scanner"))
        told: tuple[OptionView, ...] = ()
        sentence = ""
        try:
            told = await desk.run(desk.work.capture.profiles.options, self._device.id)
        except Refused as refused:
            text = desk.texts.error(refused.code)
            sentence = f"{text.happened} {text.next_step}"
        self._draw_sides()
        body: list[ft.Control] = [self._name_view, self._sides, self._choices(told)]
        if sentence:
            body.append(parts.notice(desk, sentence, "warn", identifier="profile-no-options"))
        body += self._own_views(own_options(told))
        close = parts.Press(desk, "profile-close", desk.say("common.close"), self._close, kind="text")
        save = parts.Press(desk, "profile-save", desk.say("scan.profile_save"), self._save, kind="filled")
        actions: list[ft.Control] = [close.view, save.view]
        if self._given is not None:
            gone = parts.Press(desk, "profile-remove", desk.say("common.remove"), self._remove, kind="text")
            actions.insert(0, gone.view)
        self._dialog = dialogs.sheet(
            desk,
            desk.say("scan.settings_of", device=self._device.label),
            body,
            actions,
            icon=ft.Icons.TUNE_ROUNDED,
            width=680,
        )

    def _draw_sides(self) -> None:
        """Show what of source, sides and colour is chosen; the tiles stay, so that the keyboard does."""
        chosen = {
            "adf": self._source == "adf",
            "flatbed": self._source == "flatbed",
            "duplex": self._duplex,
            "gray": self._gray,
        }
        for what, tile in self._tiles.items():
            tile.set(selected=chosen[what])
        if "duplex" in self._tiles:
            self._tiles["duplex"].view.visible = self._source == "adf"

    def _offered_tiles(self) -> dict[str, parts.Tile]:
        both = self._device.has_feeder and self._device.has_flatbed
        offered = {"adf": both, "flatbed": both, "duplex": self._device.has_duplex, "gray": True}
        return {what: self._tile(what) for what, there in offered.items() if there}

    def _tile(self, what: str) -> parts.Tile:
        async def flip() -> None:
            if what in ("adf", "flatbed"):
                self._source = "adf" if what == "adf" else "flatbed"
            elif what == "duplex":
                self._duplex = not self._duplex
            else:
                self._gray = not self._gray
            self._draw_sides()
            self._sides.update()

        words = {
            "adf": "scan.feeder",
            "flatbed": "scan.flatbed",
            "duplex": "scan.duplex",
            "gray": "scan.gray",
        }
        return parts.Tile(self._desk, f"profile-{what}", self._desk.say(words[what]), flip, compact=True)

    def _choices(self, told: tuple[OptionView, ...]) -> ft.Control:
        say = self._desk.say
        offered = sorted({*resolutions(told), self._start.dpi})
        dpi_view, self._dpi = parts.dropdown(
            self._desk,
            "profile-dpi",
            say("scan.resolution"),
            [(str(each), f"{each} dpi") for each in offered],
            value=str(self._start.dpi),
        )
        size_view, self._size = parts.dropdown(
            self._desk,
            "profile-size",
            say("scan.paper_size"),
            [(key, say(f"scan.size_{key}")) for key in SIZES],
            value=size_key(self._start.page_size_mm),
        )
        return ft.Row([dpi_view, size_view], wrap=True, spacing=theme.GAP_M, run_spacing=theme.GAP_S)

    def _own_views(self, options: tuple[OptionView, ...]) -> list[ft.Control]:
        """Return a choice or field for each of the scanner's own options; only what is filled in is kept."""
        if not options:
            return []
        say, kept = self._desk.say, dict(self._start.options)
        views: list[ft.Control] = [
            parts.heading(say("scan.own_options"), Style.TITLE_SMALL),
            parts.text(say("scan.own_options_help"), Style.BODY_SMALL, color=self._desk.palette.quiet),
        ]
        for option in options:
            value = kept.get(option.name)
            shown = "" if value is None else str(value).lower() if option.kind == "flag" else str(value)
            label = option.title or option.name
            if option.choices or option.kind == "flag":
                pairs = (
                    [("true", say("common.yes")), ("false", say("common.no"))]
                    if option.kind == "flag"
                    else [(str(each), str(each)) for each in option.choices]
                )
                view, control = parts.dropdown(
                    self._desk,
                    f"own-{option.name}",
                    label,
                    [(UNCHANGED, say("scan.own_unchanged")), *pairs],
                    value=shown or UNCHANGED,
                )
                self._own[option.name] = option, control
            else:
                bounds = f"{option.low:g} – {option.high:g} {option.unit}".strip()
                view, field = parts.field(self._desk, f"own-{option.name}", label, value=shown, helper=bounds)
                self._own[option.name] = option, field
            views.append(view)
        return views

    def _wanted(self) -> ProfileView | None:
        """Return the profile as the sheet says; None when a number is none, which is then marked."""
        own: dict[str, bool | int | float | str] = {
            name: value for name, value in self._start.options if name not in self._own
        }
        sound = True
        for name, (option, control) in self._own.items():
            text = (control.value or "").strip()
            if text in ("", UNCHANGED):
                continue
            value = typed_value(option, text)
            if value is None:
                sound = False
                if isinstance(control, ft.TextField):
                    control.error = self._desk.say("scan.own_not_number")
                    control.update()
                continue
            own[name] = value
        if not sound:
            return None
        return ProfileView(
            name=(self._name.value or "").strip(),
            dpi=int(self._dpi.value or self._start.dpi),
            mode="gray" if self._gray else "color",
            source=self._source,
            duplex=self._duplex and self._source == "adf" and self._device.has_duplex,
            page_size_mm=SIZES[self._size.value or "a4"],
            options=tuple(own.items()),
        )

    async def _save(self) -> None:
        desk, wanted = self._desk, self._wanted()
        if wanted is None:
            return
        if not wanted.name:
            self._name.error = desk.say("scan.profile_name_missing")
            self._name.update()
            return
        await desk.run(desk.work.capture.profiles.save, desk.me, self._device.id, wanted)
        await self._close()
        desk.snack(desk.say("scan.profile_saved", name=wanted.name))
        await self._done(" ".join(wanted.name.split()))

    async def _remove(self) -> None:
        desk = self._desk
        if self._given is not None:
            await desk.run(desk.work.capture.profiles.remove, desk.me, self._device.id, self._given.name)
        await self._close()
        await self._done("")

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)
