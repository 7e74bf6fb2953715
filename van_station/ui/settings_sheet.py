"""How the window looks: language, colours, size of text. Applies at once, to this window only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from van_station.ui import dialogs, parts, theme
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

_LANGUAGES = (("vi", "shell.language_vi"), ("en", "shell.language_en"))
_MODES = (("light", "shell.theme_light"), ("dark", "shell.theme_dark"), ("contrast", "shell.theme_contrast"))


def show(desk: Frame, redraw: Callable[[], Awaitable[None]]) -> None:
    """Open the sheet; `redraw` rebuilds what the window shows after each choice."""
    holder: list[ft.AlertDialog] = []

    async def done() -> None:
        dialogs.close(holder[0])

    async def choose(**changes: Any) -> None:
        dialogs.close(holder[0])
        desk.relook(**changes)
        desk.page.update()
        await redraw()

    say = desk.say
    body: list[ft.Control] = []
    groups: tuple[tuple[str, str, list[tuple[Any, str]]], ...] = (
        ("language", "shell.language", [(key, say(words)) for key, words in _LANGUAGES]),
        ("mode", "shell.theme", [(key, say(words)) for key, words in _MODES]),
        ("scale", "shell.text_size", [(step, f"{round(step * 100)} %") for step in theme.SCALES]),
    )
    for name, title, choices in groups:
        body.append(parts.text(say(title), Style.LABEL_LARGE))
        body.append(
            ft.Row(
                [_tile(desk, name, value, words, choose) for value, words in choices], wrap=True, spacing=8
            )
        )
    button = parts.Press(desk, "settings-close", say("common.close"), done, kind="filled", autofocus=True)
    holder.append(
        dialogs.sheet(
            desk, say("shell.appearance"), body, [button.view], icon=ft.Icons.TUNE_ROUNDED, width=620
        )
    )


def _tile(
    desk: Frame, name: str, value: Any, words: str, choose: Callable[..., Awaitable[None]]
) -> ft.Control:
    async def pick() -> None:
        await choose(**{name: value})

    tile = parts.Tile(desk, f"look-{name}-{value}", words, pick, compact=True)
    tile.set(selected=getattr(desk.look, name) == value)
    return tile.view
