"""Building blocks of screens: buttons, fields, cards, badges, notices. All speak to screen readers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

import flet as ft

from van_station.ui import theme
from van_station.ui.frame import Frame

Kind = Literal["filled", "tonal", "outlined", "text", "danger", "accent"]
Style = ft.TextThemeStyle
Act = Callable[..., Awaitable[Any]]


def tid(identifier: str, control: ft.Control, **semantics: Any) -> ft.Semantics:
    """Wrap a control so that tests find it and screen readers group it."""
    return ft.Semantics(identifier=identifier, content=control, **semantics)


def key_cap(desk: Frame, key: str, *, ink: str | None = None) -> ft.Container:
    """Return a small picture of the key that does the same as the control it stands in."""
    cap = ft.Container(
        text(key, Style.LABEL_SMALL),
        border_radius=5,
        padding=ft.Padding.symmetric(horizontal=6, vertical=1),
    )
    colour_cap(cap, ink or desk.palette.quiet)
    return cap


def colour_cap(cap: ft.Container, ink: str) -> None:
    """Give a key's picture the ink of the words beside it; the caller updates the view."""
    cap.border = ft.Border.all(1, ink)
    if isinstance(cap.content, ft.Text):
        cap.content.color = ink


def text(value: str, style: Style = Style.BODY_MEDIUM, **more: Any) -> ft.Text:
    """Return a text in one of the theme's sizes; nothing sets its own size."""
    return ft.Text(value, theme_style=style, **more)


class Press:
    """A button never smaller than the touch target, named for tests, with its shortcut in the tooltip.

    With `show_key` the shortcut stands on it; with `fill` it is as wide as its place and its words wrap.
    """

    def __init__(  # noqa: PLR0913 -- each is a word on the button or a way it looks
        self,
        desk: Frame,
        identifier: str,
        label: str,
        act: Act | None,
        *,
        kind: Kind = "outlined",
        icon: ft.IconData | None = None,
        shortcut: str = "",
        url: str = "",
        disabled: bool = False,
        autofocus: bool = False,
        expand: bool = False,
        big: bool = False,
        show_key: bool = False,
        fill: bool = False,
    ) -> None:
        self.label = ft.Text(
            label,
            theme_style=Style.TITLE_MEDIUM if big else Style.LABEL_LARGE,
            color=_ink(desk.palette, kind, disabled=disabled),
        )
        self._desk, self._kind, self._big, self._fill = desk, kind, big, fill
        maker = (
            ft.OutlinedButton if kind == "outlined" else ft.TextButton if kind == "text" else ft.FilledButton
        )
        content: ft.Control = self.label
        self._cap: ft.Container | None = None
        if show_key and shortcut:
            self._cap = key_cap(desk, shortcut, ink=_ink(desk.palette, kind, disabled=disabled))
            content = ft.Row([self.label, self._cap], spacing=10, tight=not fill)
            self.label.expand = fill or None
        self.button = maker(
            content=content,
            icon=icon,
            on_click=desk.on(act) if act else None,
            url=_address(url),
            style=_button_look(desk, kind, big=big, fill=fill),
            disabled=disabled,
            autofocus=autofocus,
            tooltip=shortcut or None,
            expand=expand or None,
        )
        self.view = tid(identifier, self.button, expand=expand or None)

    def set(
        self,
        *,
        label: str | None = None,
        disabled: bool | None = None,
        url: str | None = None,
        kind: Kind | None = None,
    ) -> None:
        """Change words, state, address or weight (among filled kinds); the caller updates the view."""
        if label is not None:
            self.label.value = label
        if kind is not None and kind != self._kind:
            self._kind = kind
            self.button.style = _button_look(self._desk, kind, big=self._big, fill=self._fill)
            self.label.color = _ink(self._desk.palette, kind, disabled=bool(self.button.disabled))
        if disabled is not None:
            self.button.disabled = disabled
            self.label.color = _ink(self._desk.palette, self._kind, disabled=disabled)
        if self._cap is not None:
            colour_cap(self._cap, _ink(self._desk.palette, self._kind, disabled=bool(self.button.disabled)))
        if url is not None:
            self.button.url = _address(url)


def _address(url: str) -> ft.Url | None:
    """A page to print opens beside the desk; a file to save is taken by the browser where it is."""
    if not url:
        return None
    return ft.Url(url, ft.UrlTarget.SELF if "/save/" in url else ft.UrlTarget.BLANK)


def _ink(p: theme.Palette, kind: Kind, *, disabled: bool) -> str:
    if disabled:
        return p.quiet
    return {
        "filled": p.on_primary,
        "tonal": p.on_primary_soft,
        "outlined": p.primary,
        "text": p.primary,
        "danger": p.on_bad,
        "accent": p.on_accent,
    }[kind]


def _button_look(desk: Frame, kind: Kind, *, big: bool, fill: bool = False) -> ft.ButtonStyle:
    p = desk.palette
    look = theme.button_style(p, {"outlined": "outlined", "text": "text"}.get(kind, "filled"))
    ground = {"filled": p.primary, "tonal": p.primary_soft, "danger": p.bad, "accent": p.accent}.get(kind)
    if ground:
        look.bgcolor = {ft.ControlState.DISABLED: p.raised, ft.ControlState.DEFAULT: ground}
    look.icon_color = {
        ft.ControlState.DISABLED: p.quiet,
        ft.ControlState.DEFAULT: _ink(p, kind, disabled=False),
    }
    look.icon_size = 22 * min(desk.look.scale, 1.5)
    if fill:
        look.padding = ft.Padding.symmetric(horizontal=12, vertical=13)
    if big:
        look.padding = ft.Padding.symmetric(horizontal=28, vertical=20)
    return look


def icon_button(
    desk: Frame,
    identifier: str,
    icon: ft.IconData,
    name: str,
    act: Act,
    *,
    colour: str | None = None,
    disabled: bool = False,
    on_bar: bool = False,
) -> ft.Semantics:
    """Return a button that is only a picture; `name` is what it is called and its tooltip."""
    button = ft.IconButton(
        icon=icon,
        icon_color=colour or (desk.palette.on_bar if on_bar else desk.palette.primary),
        icon_size=24 * min(desk.look.scale, 1.5),
        tooltip=name,
        on_click=desk.on(act),
        disabled=disabled,
        style=theme.button_style(desk.palette, "icon", on_bar=on_bar),
    )
    return tid(identifier, button)


def field(  # noqa: PLR0913 -- as Flet's own field, which has fifty
    desk: Frame,
    identifier: str,
    label: str,
    *,
    value: str = "",
    act: Act | None = None,
    change: Act | None = None,
    blur: Act | None = None,
    icon: ft.IconData | None = None,
    hint: str = "",
    helper: str = "",
    **more: Any,
) -> tuple[ft.Semantics, ft.TextField]:
    """Return (view, field): one line to type in, edged and labelled.

    Args:
        desk: the window.
        identifier: name for tests.
        label: what is to be typed.
        value: what stands there already.
        act: on Enter.
        change: on every change of the text.
        blur: when the keyboard goes elsewhere.
        icon: before the text.
        hint: shown while empty.
        helper: shown below.
        more: passed to Flet's field.
    """
    p = desk.palette
    control = ft.TextField(
        label=label,
        value=value,
        hint_text=hint or None,
        helper=helper or None,
        helper_max_lines=3,
        error_max_lines=3,
        prefix_icon=icon,
        filled=True,
        fill_color=p.card,
        bgcolor=p.card,
        border=theme.field_border(p),
        content_padding=ft.Padding.symmetric(horizontal=16, vertical=16),
        hint_style=ft.TextStyle(color=p.quiet),
        label_style=ft.TextStyle(color=p.quiet),
        cursor_color=p.primary,
        on_submit=desk.on(act) if act else None,
        on_change=desk.on(change, again=True) if change else None,
        on_blur=desk.on(blur, again=True) if blur else None,
        **more,
    )
    return tid(identifier, control, expand=more.get("expand")), control


def dropdown(
    desk: Frame,
    identifier: str,
    label: str,
    options: Sequence[tuple[str, str]],
    *,
    value: str | None = None,
    change: Act | None = None,
    **more: Any,
) -> tuple[ft.Semantics, ft.Dropdown]:
    """Return (view, dropdown) over (key, words) pairs."""
    p = desk.palette
    control = ft.Dropdown(
        label=label,
        value=value,
        options=[ft.DropdownOption(key=key, text=words) for key, words in options],
        filled=True,
        fill_color=p.card,
        bgcolor=p.card,
        border=theme.field_border(p),
        menu_height=360,
        on_select=desk.on(change, again=True) if change else None,
        **more,
    )
    return tid(identifier, control, label=label), control


def card(  # noqa: PLR0913 -- as above
    desk: Frame,
    controls: Sequence[ft.Control],
    *,
    title: str = "",
    trailing: ft.Control | None = None,
    padding: int = theme.GAP_L,
    spacing: int = theme.GAP_M,
    expand: bool | int | None = None,
    bgcolor: str | None = None,
    scroll: ft.ScrollMode | None = None,
) -> ft.Container:
    """Return a raised surface with an optional title."""
    inside: list[ft.Control] = []
    if title:
        row: list[ft.Control] = [heading(title)]
        if trailing is not None:
            row.append(trailing)
        inside.append(ft.Row(row, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=not expand))
    column = ft.Column([*inside, *controls], spacing=spacing, expand=bool(expand), scroll=scroll)
    column.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
    return ft.Container(
        content=column,
        bgcolor=bgcolor or desk.palette.card,
        border=ft.Border.all(1, desk.palette.line),
        border_radius=theme.RADIUS_L,
        padding=padding,
        expand=expand,
    )


def heading(value: str, style: Style = Style.TITLE_LARGE) -> ft.Semantics:
    """Return a title that screen readers can jump to."""
    return ft.Semantics(header=True, content=text(value, style))


def badge(
    desk: Frame, value: str, tone: theme.Tone = "neutral", icon: ft.IconData | None = None
) -> ft.Container:
    """Return a small coloured label; the words carry the meaning, the colour only helps."""
    ground, ink = theme.tone_colours(desk.palette, tone)
    row: list[ft.Control] = []
    if icon is not None:
        row.append(ft.Icon(icon, color=ink, size=16 * min(desk.look.scale, 1.5)))
    row.append(text(value, Style.LABEL_MEDIUM, color=ink, expand=True, expand_loose=True))
    return ft.Container(
        ft.Row(row, spacing=6, tight=True),
        bgcolor=ground,
        border_radius=999,
        padding=ft.Padding.symmetric(horizontal=12, vertical=5),
    )


def notice(
    desk: Frame,
    value: str,
    tone: theme.Tone = "info",
    *,
    icon: ft.IconData | None = None,
    actions: Sequence[ft.Control] = (),
    identifier: str = "",
) -> ft.Control:
    """Return a coloured strip with a sentence, and what can be done about it."""
    ground, ink = theme.tone_colours(desk.palette, tone)
    icons = {
        "info": ft.Icons.INFO_OUTLINE_ROUNDED,
        "good": ft.Icons.CHECK_CIRCLE_OUTLINE_ROUNDED,
        "warn": ft.Icons.WARNING_AMBER_ROUNDED,
        "bad": ft.Icons.ERROR_OUTLINE_ROUNDED,
    }
    shown = icon or icons.get(tone, ft.Icons.INFO_OUTLINE_ROUNDED)
    row = ft.Row(
        [
            ft.Icon(shown, color=ink, size=22 * min(desk.look.scale, 1.5)),
            text(value, Style.BODY_MEDIUM, color=ink, expand=True),
            *actions,
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    box = ft.Container(
        row,
        bgcolor=ground,
        border_radius=theme.RADIUS_M,
        padding=ft.Padding.symmetric(horizontal=16, vertical=2 if actions else 12),
    )
    return tid(identifier, box) if identifier else box


def empty(
    desk: Frame,
    icon: ft.IconData,
    sentence: str,
    *,
    action: ft.Control | None = None,
    identifier: str = "empty",
) -> ft.Control:
    """Return what a list shows when there is nothing in it: a sign, a sentence, the next step."""
    p = desk.palette
    sign = ft.Container(
        ft.Icon(icon, size=44 * min(desk.look.scale, 1.5), color=p.on_primary_soft),
        bgcolor=p.primary_soft,
        shape=ft.BoxShape.CIRCLE,
        padding=22,
    )
    column: list[ft.Control] = [
        sign,
        ft.Container(
            text(sentence, Style.BODY_LARGE, color=p.quiet, text_align=ft.TextAlign.CENTER),
            width=desk.size(440),
        ),
    ]
    if action is not None:
        column.append(action)
    return tid(
        identifier,
        ft.Container(
            ft.Column(
                column, horizontal_alignment=ft.CrossAxisAlignment.CENTER, spacing=theme.GAP_L, tight=True
            ),
            alignment=ft.Alignment.CENTER,
            padding=theme.GAP_XL,
        ),
    )


def loading(desk: Frame) -> ft.Control:
    """Return what a screen shows until its first answer."""
    ring = ft.ProgressRing(width=28, height=28, stroke_width=3, color=desk.palette.primary)
    return tid(
        "loading",
        ft.Container(
            ft.Row(
                [ring, text(desk.say("common.loading"), Style.BODY_LARGE, color=desk.palette.quiet)],
                alignment=ft.MainAxisAlignment.CENTER,
                spacing=theme.GAP_M,
            ),
            padding=theme.GAP_XL,
        ),
        live_region=True,
    )


class Tile:
    """A large choice that is on or off; its state is spoken and shown by a tick, not by colour alone."""

    def __init__(
        self,
        desk: Frame,
        identifier: str,
        label: str,
        act: Act,
        *,
        icon: ft.IconData | None = None,
        caption: str = "",
        compact: bool = False,
        key: str = "",
    ) -> None:
        self._desk, self._icon = desk, icon
        self._label = text(label, Style.LABEL_LARGE, expand=None if compact else True)
        self._caption = text(caption, Style.BODY_SMALL) if caption else None
        self._mark = ft.Icon(icon or ft.Icons.CIRCLE_OUTLINED, size=22 * min(desk.look.scale, 1.5))
        words: ft.Control = self._label
        if self._caption is not None:
            words = ft.Column([self._label, self._caption], spacing=2, tight=True, expand=True)
        self.button = ft.OutlinedButton(
            content=ft.Row(
                [self._mark, words, *([key_cap(desk, key)] if key else [])], spacing=10, tight=compact
            ),
            on_click=desk.on(act),
        )
        self.view = tid(identifier, self.button)
        self.set(selected=False)

    def caption(self, value: str) -> None:
        """Change the small words below; the caller updates the view."""
        if self._caption is not None:
            self._caption.value = value

    def set(self, *, selected: bool, done: bool | None = None) -> None:
        """Show whether it is chosen, and by a tick whether it is done; by default chosen is done."""
        ticked = selected if done is None else done
        p = self._desk.palette
        self.selected = selected
        ink = p.on_primary_soft if selected else p.text
        self._label.color = ink
        if self._caption is not None:
            self._caption.color = ink if selected else p.quiet
        self._mark.icon = (
            ft.Icons.CHECK_CIRCLE_ROUNDED if ticked else (self._icon or ft.Icons.CIRCLE_OUTLINED)
        )
        self._mark.color = p.primary if selected else p.good if ticked else p.quiet
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.primary_soft if selected else p.card
        look.padding = ft.Padding.symmetric(horizontal=16, vertical=14)
        resting = ft.BorderSide(2 if selected else 1.5, p.primary if selected else p.edge)
        look.side = {ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus), ft.ControlState.DEFAULT: resting}
        self.button.style = look
        self.view.selected = selected


def facts(desk: Frame, pairs: Sequence[tuple[str, str]]) -> ft.Control:
    """Return labelled facts, two columns of words."""
    rows: list[ft.Control] = []
    for name, value in pairs:
        rows.append(
            ft.Column(
                [
                    text(name, Style.LABEL_MEDIUM, color=desk.palette.quiet),
                    text(value, Style.BODY_LARGE),
                ],
                spacing=2,
                col={"xs": 12, "md": 6},
            )
        )
    return ft.ResponsiveRow(rows, spacing=theme.GAP_L, run_spacing=theme.GAP_M)
