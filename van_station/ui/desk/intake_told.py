"""What the person answered during guidance (*hướng dẫn*): said to go along, and left out by one press."""

from __future__ import annotations

import flet as ft

from van_station.ui import parts, words
from van_station.ui.desk.intake_field import IntakeHub


class ToldStrip:
    """One line above the person's fields: whose answers they are must be seen before the number is given."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        self.view = ft.Column(spacing=0, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)

    def show(self) -> None:
        """Draw; the caller updates the view."""
        desk, state = self._hub.desk, self._hub.state
        told, card = state.told, state.procedure
        self.view.visible = told is not None
        if told is None:
            self.view.controls = []
            return
        leave = parts.Press(
            desk, "told-drop", desk.say("intake.told_drop"), self._hub.unless_reading(self._drop), kind="text"
        )
        name = words.either(desk.texts, card.name, card.name_en) if card else told.procedure_code
        said = desk.say("intake.told", count=len(told.answers), procedure=name)
        icon = ft.Icons.RECORD_VOICE_OVER_OUTLINED
        self.view.controls = [
            parts.notice(desk, said, "info", icon=icon, actions=[leave.view], identifier="told")
        ]

    async def _drop(self) -> None:
        self._hub.state.told = None
        await self._hub.redraw()
        await self._hub.onward()
