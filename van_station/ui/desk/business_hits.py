"""Businesses that the search line finds: tax code, who spoke for them, and their dossiers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.businesses import BusinessCard
from van_station.services.dossier_views import DossierLine
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.intake_state import BUSINESS, IntakeState
from van_station.ui.desk.procedures import TAKES_IN
from van_station.ui.parts import Style
from van_station.ui.session import Desk

MOST_SHOWN = 3


class BusinessHits:
    """The businesses above the list of dossiers; one pressed opens with its dossiers.

    Args:
        desk: the window.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found: tuple[BusinessCard, ...] = ()
        self._dialog: ft.AlertDialog | None = None
        self.view = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )

    async def find(self, text: str) -> bool:
        """Look for businesses and draw them; returns whether there are any. The caller updates the view."""
        desk = self._desk
        found: tuple[BusinessCard, ...] = ()
        if text.strip():
            found = await desk.run(desk.work.businesses.find, desk.me, text, MOST_SHOWN)
        if found != self._found or bool(found) is not self.view.visible:
            self._found = found
            self.view.controls = [self._row(card) for card in found]
            self.view.visible = bool(found)
        return bool(found)

    async def open_first(self) -> None:
        """Open the best of them, if there are any."""
        if self._found:
            await self._open(self._found[0])

    # ------------------------------------------------------------------ one line
    def _row(self, card: BusinessCard) -> ft.Control:
        desk, p = self._desk, self._desk.palette

        async def open_it() -> None:
            await self._open(card)

        content = ft.Row(
            [
                ft.Icon(ft.Icons.STOREFRONT_OUTLINED, color=p.primary, size=26 * min(desk.look.scale, 1.5)),
                ft.Column(
                    [
                        parts.text(card.business.name, Style.TITLE_MEDIUM, color=p.text),
                        parts.text(self._facts(card), Style.BODY_SMALL, color=p.quiet),
                    ],
                    spacing=2,
                    expand=True,
                ),
                parts.text(
                    desk.say("business.dossiers", count=len(card.dossiers)),
                    Style.LABEL_LARGE,
                    color=p.primary,
                ),
                ft.Icon(ft.Icons.CHEVRON_RIGHT_ROUNDED, color=p.quiet),
            ],
            spacing=theme.GAP_L,
        )
        look = theme.button_style(p, "outlined")
        look.bgcolor = p.card
        look.side = {
            ft.ControlState.FOCUSED: ft.BorderSide(3, p.focus),
            ft.ControlState.DEFAULT: ft.BorderSide(1, p.line),
        }
        button = ft.OutlinedButton(content=content, on_click=desk.on(open_it), style=look)
        return parts.tid(f"business-{card.business.id}", button)

    def _facts(self, card: BusinessCard) -> str:
        """Return tax code and representative in one line; what nobody told is said to be unknown."""
        say, code = self._desk.say, card.business.shown_tax_code
        who = card.representative
        spoke = " ".join(piece for piece in (who.full_name, who.masked_id) if piece) if who else ""
        return " · ".join(
            (
                say("business.code_is", code=code or say("common.not_known")),
                say("business.representative", name=spoke or say("common.not_known")),
            )
        )

    # ------------------------------------------------------------------ the sheet
    async def _open(self, card: BusinessCard) -> None:
        desk, say, p = self._desk, self._desk.say, self._desk.palette
        body: list[ft.Control] = [parts.text(self._facts(card), Style.BODY_LARGE)]
        if card.last_at is not None:
            said = say("returning.was_here", day=card.last_at, times=card.visits)
            body.append(parts.text(said, Style.BODY_MEDIUM, color=p.quiet))
        body.append(parts.heading(say("business.dossiers_title"), Style.TITLE_SMALL))
        body += [self._dossier(line) for line in card.dossiers]
        if not card.dossiers:
            body.append(parts.text(say("business.no_dossiers"), Style.BODY_MEDIUM, color=p.quiet))
        close = parts.Press(
            desk, "business-close", say("common.close"), self._close, kind="text", autofocus=True
        )
        actions: list[ft.Control] = [close.view]
        if desk.me.role.value in TAKES_IN:
            label = say("business.take_in")
            take = parts.Press(desk, "business-take-in", label, self._take_in(card), kind="filled")
            actions.append(take.view)
        self._dialog = dialogs.sheet(
            desk, card.business.name, body, actions, icon=ft.Icons.STOREFRONT_OUTLINED, width=760
        )

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)

    def _take_in(self, card: BusinessCard) -> Callable[[], Awaitable[None]]:
        async def take() -> None:
            desk, state = self._desk, self._desk.state(IntakeState)
            number = state.draft().id_number
            offer = await desk.run(desk.work.businesses.offer, desk.me, card.business.id, number)
            state.business = dict.fromkeys(BUSINESS, "")
            state.take_business(offer)
            await self._close()
            await desk.go("intake")

        return take

    def _dossier(self, line: DossierLine) -> ft.Control:
        desk, p = self._desk, self._desk.palette

        async def go() -> None:
            await self._close()
            await desk.go("dossier", id=line.id)

        procedure = words.either(desk.texts, line.procedure_name, line.procedure_name_en)
        state = words.choice(desk.texts, "dossier_state", line.state.value)
        facts = f"{line.number} · {desk.texts.date(line.created_at)} · {line.person_name} · {state}"
        row = ft.Row(
            [
                ft.Column(
                    [
                        parts.text(procedure, Style.LABEL_LARGE, color=p.text),
                        parts.text(facts, Style.BODY_SMALL, color=p.quiet),
                    ],
                    spacing=2,
                    expand=True,
                ),
                ft.Icon(ft.Icons.ARROW_FORWARD_ROUNDED, color=p.primary, size=18),
            ],
            spacing=theme.GAP_S,
        )
        look = theme.button_style(p, "text")
        look.padding = ft.Padding.symmetric(horizontal=10, vertical=12)
        return parts.tid(
            f"business-dossier-{line.number}", ft.TextButton(content=row, on_click=desk.on(go), style=look)
        )
