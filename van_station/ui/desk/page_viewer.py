"""A scanned page, large; from memory, never from a file."""

from __future__ import annotations

import flet as ft

from van_station.ui import dialogs, parts, theme
from van_station.ui.session import Desk


def show_page(desk: Desk, picture: bytes, title: str) -> None:
    """Show a page as large as the window allows; Esc closes it."""
    holder: list[ft.AlertDialog] = []

    async def done() -> None:
        dialogs.close(holder[0])

    height = max((desk.page.height or 768) - 260, 320)
    image = ft.Image(src=picture, height=height, fit=ft.BoxFit.CONTAIN, semantics_label=title)
    viewer = ft.InteractiveViewer(content=image, max_scale=5, min_scale=1)
    body: list[ft.Control] = [
        ft.Container(viewer, bgcolor="#FFFFFF", border_radius=theme.RADIUS_S, alignment=ft.Alignment.CENTER)
    ]
    button = parts.Press(desk, "page-close", desk.say("common.close"), done, kind="filled", autofocus=True)
    holder.append(
        dialogs.sheet(desk, title, body, [button.view], icon=ft.Icons.ZOOM_IN_ROUNDED, width=height * 0.9)
    )
