"""Small sheets over a screen: what went wrong, and a question before what can't be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.ui import parts, theme
from van_station.ui.frame import Frame


def sheet(
    desk: Frame,
    title: str,
    body: list[ft.Control],
    actions: list[ft.Control],
    *,
    icon: ft.IconData | None = None,
    tone: theme.Tone = "info",
    width: float = 560,
) -> ft.AlertDialog:
    """Show a sheet over the screen and return it; Esc closes it."""
    p = desk.palette
    ground, ink = theme.tone_colours(p, tone)
    heading: list[ft.Control] = [ft.Text(title, theme_style=ft.TextThemeStyle.HEADLINE_SMALL, expand=True)]
    if icon is not None:
        mark = ft.Container(
            ft.Icon(icon, color=ink, size=26), bgcolor=ground, padding=10, border_radius=theme.RADIUS_M
        )
        heading.insert(0, mark)
    dialog = ft.AlertDialog(
        title=ft.Row(heading, spacing=theme.GAP_M, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        content=ft.Container(
            ft.Column(
                body, spacing=theme.GAP_M, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
            width=desk.size(width),
            padding=ft.Padding.only(top=4),
        ),
        actions=[ft.Row(actions, wrap=True, alignment=ft.MainAxisAlignment.END, spacing=theme.GAP_S)],
        bgcolor=p.card,
        shape=ft.RoundedRectangleBorder(radius=theme.RADIUS_L),
        semantics_label=title,
        scrollable=True,
        barrier_color=ft.Colors.with_opacity(0.55, "#000000"),
        title_padding=ft.Padding.only(left=28, right=28, top=26, bottom=10),
        content_padding=ft.Padding.symmetric(horizontal=28, vertical=6),
        actions_padding=ft.Padding.only(left=22, right=22, top=14, bottom=20),
    )
    desk.sheet = dialog
    desk.page.show_dialog(dialog)
    return dialog


def showing(desk: Frame) -> bool:
    """Tell whether a sheet lies over the screen: its keys are not the screen's then."""
    return desk.sheet is not None and desk.sheet.open


def close(dialog: ft.AlertDialog) -> None:
    """Take a sheet away."""
    if dialog.open:
        dialog.open = False
        dialog.update()


def problem(desk: Frame, happened: str, next_step: str, code: str) -> ft.AlertDialog:
    """Show what happened and what to do next; the code stands small below, for the technician."""
    holder: list[ft.AlertDialog] = []

    async def done() -> None:
        close(holder[0])

    button = parts.Press(desk, "problem-close", desk.say("common.close"), done, kind="filled", autofocus=True)
    body: list[ft.Control] = [
        ft.Semantics(
            identifier="problem",
            live_region=True,
            content=ft.Text(next_step, theme_style=ft.TextThemeStyle.BODY_LARGE),
        ),
        ft.Text(code, theme_style=ft.TextThemeStyle.BODY_SMALL, color=desk.palette.quiet, selectable=True),
    ]
    holder.append(sheet(desk, happened, body, [button.view], icon=ft.Icons.ERROR_OUTLINE_ROUNDED, tone="bad"))
    return holder[0]


def ask(
    desk: Frame,
    question: str,
    *,
    yes: str,
    act: Callable[[], Awaitable[None]],
    body: list[ft.Control] | None = None,
    danger: bool = False,
) -> ft.AlertDialog:
    """Ask before `act`; the harmless answer has the keyboard when the act is dangerous."""
    holder: list[ft.AlertDialog] = []

    async def no() -> None:
        close(holder[0])

    async def go() -> None:
        if await desk.guarded(act):
            close(holder[0])

    kind: parts.Kind = "danger" if danger else "filled"
    buttons: list[ft.Control] = [
        parts.Press(desk, "ask-no", desk.say("common.cancel"), no, kind="text", autofocus=danger).view,
        parts.Press(desk, "ask-yes", yes, go, kind=kind, autofocus=not danger and not body).view,
    ]
    icon = ft.Icons.WARNING_AMBER_ROUNDED if danger else ft.Icons.HELP_OUTLINE_ROUNDED
    holder.append(sheet(desk, question, body or [], buttons, icon=icon, tone="warn" if danger else "info"))
    return holder[0]


def close_all(desk: Frame) -> None:
    """Take every sheet away: the window is locked or left."""
    while desk.page.pop_dialog() is not None:
        pass
