"""The person at intake: number, name, birth, sex, address, phone; the number masked once a card was read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.ui import parts, theme
from van_station.ui.desk.intake_field import IntakeHub, WatchedField
from van_station.ui.desk.intake_state import TYPED, capital_words, masked, spoken_phone
from van_station.ui.parts import Style

SEXES = ("male", "female")
LARGE_TEXT = 1.5
_LABELS = {"birth": "birth_date"}
_HINTS = {"id_number": "id_number_hint", "birth": "birth_hint"}


class PersonPanel:
    """The fields about one person."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self.fields = {name: self._field(name) for name in TYPED}
        self._sexes = {code: self._sex_tile(code) for code in SEXES}
        desk = hub.desk
        self._hidden_number = parts.text("", Style.BODY_LARGE)
        self._hidden = parts.tid(
            "id-hidden",
            ft.Container(
                self._hidden_number,
                border=ft.Border.all(1.5, desk.palette.edge),
                border_radius=theme.RADIUS_M,
                bgcolor=desk.palette.raised,
                padding=ft.Padding.symmetric(horizontal=16, vertical=13),
                expand=True,
            ),
            expand=True,
        )
        self._eye = parts.Press(
            desk, "id-show", desk.say("intake.id_show"), hub.unless_reading(self.flip), kind="text"
        )
        self.fields["id_number"].view.expand = True
        number = ft.Row(
            [self.fields["id_number"].view, self._hidden, self._eye.view],
            spacing=4,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        sexes = ft.Row(
            [
                parts.text(desk.say("intake.sex"), Style.LABEL_LARGE, color=desk.palette.quiet),
                *[tile.view for tile in self._sexes.values()],
            ],
            spacing=theme.GAP_S,
            wrap=True,
        )
        views = {name: each.view for name, each in self.fields.items()}
        large = desk.look.scale >= LARGE_TEXT  # an address then needs a line of its own
        rest: list[ft.Control] = [
            ft.Container(views["address"], col={"xs": 12, "md": 12 if large else 5}),
            ft.Container(views["phone"], col={"xs": 12, "md": 7 if large else 3}),
        ]
        self.view = ft.ResponsiveRow(
            [
                ft.Container(number, col={"xs": 12, "md": 5}),
                ft.Container(views["full_name"], col={"xs": 12, "md": 4}),
                ft.Container(views["birth"], col={"xs": 12, "md": 3}),
                ft.Container(sexes, col={"xs": 12, "md": 5 if large else 4}, padding=ft.Padding.only(top=3)),
                *(reversed(rest) if large else rest),
            ],
            spacing=theme.GAP_M,
            run_spacing=theme.GAP_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    def _field(self, name: str) -> WatchedField:
        hub, say = self._hub, self._hub.desk.say
        leave = {"phone": spoken_phone, "full_name": capital_words}
        return WatchedField(
            hub,
            name,
            say(f"intake.{_LABELS.get(name, name)}"),
            get=lambda: getattr(hub.state, name),
            put=lambda value: setattr(hub.state, name, value),
            enter=self._to_next(name),
            leave=leave.get(name, str),
            hint=say(f"intake.{_HINTS[name]}") if name in _HINTS else "",
            autofocus=name == "id_number",
        )

    def _to_next(self, name: str) -> Callable[[], Awaitable[None]]:
        async def go() -> None:
            await self.fields[TYPED[(TYPED.index(name) + 1) % len(TYPED)]].focus()

        return go

    def _sex_tile(self, code: str) -> parts.Tile:
        hub = self._hub

        async def pick() -> None:
            hub.state.sex = "" if hub.state.sex == code else code
            self.show_sex()
            await hub.check("sex")

        label = hub.desk.say(f"intake.sex_{code}")
        return parts.Tile(hub.desk, f"sex-{code}", label, hub.unless_reading(pick), compact=True)

    async def flip(self) -> None:
        """Show the number that was read, or hide it again."""
        state = self._hub.state
        if not masked(state.id_number):
            return
        state.number_hidden = not state.number_hidden
        self.show_number()
        self.view.update()

    async def focus(self, name: str = "id_number") -> None:
        """Give a field the keyboard; the one after the number while that is masked."""
        hidden = name == "id_number" and not self.fields["id_number"].view.visible
        await self.fields["full_name" if hidden else name].focus()

    async def catch(self) -> None:
        """Give the first field the keyboard for a reader; its Enter may have just been pressed."""
        hidden = not self.fields["id_number"].view.visible
        await self._hub.desk.focus_after_enter(self.fields["full_name" if hidden else "id_number"].control)

    def show(self) -> None:
        """Show everything of the state; the caller updates the view."""
        for each in self.fields.values():
            each.show()
        self.show_sex()
        self.show_number()

    def show_sex(self) -> None:
        """Show which sex is chosen."""
        for code, tile in self._sexes.items():
            tile.set(selected=self._hub.state.sex == code)

    def show_number(self) -> None:
        """Show the number, or that there is one."""
        state, say = self._hub.state, self._hub.desk.say
        cover = masked(state.id_number)
        hidden = bool(cover) and state.number_hidden
        self._hidden.visible, self.fields["id_number"].view.visible = hidden, not hidden
        self._hidden_number.value = cover
        self._eye.view.visible = bool(cover) and (state.from_card or state.known is not None or hidden)
        self._eye.set(label=say("intake.id_show") if hidden else say("intake.id_hide"))

    def show_notes(self) -> None:
        """Show errors and warnings at their fields."""
        state, strict = self._hub.state, self._hub.strict
        for name, each in self.fields.items():
            each.tell(state.notes_for(name, all_fields=strict))
        if state.notes_for("id_number", all_fields=strict) and self._number_is_wrong():
            state.number_hidden = False
            self.show_number()

    def _number_is_wrong(self) -> bool:
        notes = self._hub.state.notes_for("id_number", all_fields=self._hub.strict)
        return any(note.severity == "error" for note in notes)
