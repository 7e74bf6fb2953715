"""Reading the chip of a card: what opens it, where the card lies, and what went wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.services.chip import ChipAsk, ChipState
from van_station.services.errors import ServiceError
from van_station.services.intake import CardView, IntakeDraft
from van_station.ui import dialogs, parts, words
from van_station.ui.desk.intake_state import masked
from van_station.ui.parts import Style
from van_station.ui.session import Desk
from van_station.ui.words import day_text, typed_day

Filled = Callable[[CardView], Awaitable[None]]


def offers_chip(desk: Desk) -> bool:
    """Tell whether this machine can read chips at all."""
    return desk.work.intake.chip_state() is ChipState.READY


class ChipSheet:
    """Asks for the key that stands on the card, waits for the chip, and hands over what it says.

    Args:
        desk: the window.
        draft: what is known so far; after the QR only the day of expiry is asked.
        filled: takes the card over.
    """

    def __init__(self, desk: Desk, draft: IntakeDraft, filled: Filled) -> None:
        self._desk, self._draft, self._filled = desk, draft, filled
        self._dialog: ft.AlertDialog | None = None
        self._reading = False
        self._card: CardView | None = None
        say = desk.say
        self._by_day = bool(draft.id_number and draft.birth_date)
        self._expiry_view, self._expiry = parts.field(
            desk,
            "chip-expiry",
            say("chip.expiry"),
            hint=say("intake.birth_hint"),
            act=self._read,
            autofocus=True,
        )
        self._mrz_view, self._mrz = parts.field(
            desk,
            "chip-mrz",
            say("chip.mrz"),
            hint="IDVNM…",
            multiline=True,
            min_lines=2,
            max_lines=3,
            max_length=120,
            autofocus=not self._by_day,
        )
        self._can_view, self._can = parts.field(
            desk, "chip-can", say("chip.can"), helper=say("chip.can_help"), act=self._read, max_length=6
        )
        self._expiry_view.visible = self._by_day
        self._state = ft.Column(spacing=8, visible=False)
        self._go = parts.Press(
            desk, "chip-read", say("chip.read"), self._read, kind="filled", icon=ft.Icons.CONTACTLESS_OUTLINED
        )
        self._stop = parts.Press(desk, "chip-close", say("common.cancel"), self._close, kind="text")

    async def open(self) -> None:
        """Show the sheet, with the readers that are plugged in."""
        desk = self._desk
        readers = await desk.run(desk.work.intake.chip_readers)
        found = (
            parts.badge(desk, readers[0], "good")
            if readers
            else parts.notice(desk, desk.say("chip.no_reader_now"), "warn")
        )
        body: list[ft.Control] = [
            parts.text(desk.say("chip.how_day" if self._by_day else "chip.how_mrz"), Style.BODY_LARGE),
            parts.tid("chip-readers", found),
            self._expiry_view,
            self._mrz_view,
            self._can_view,
            self._state,
        ]
        buttons: list[ft.Control] = [self._stop.view, self._go.view]
        self._dialog = dialogs.sheet(
            desk, desk.say("chip.title"), body, buttons, icon=ft.Icons.CONTACTLESS_OUTLINED
        )

    def _ask(self) -> ChipAsk:
        mrz, can = (self._mrz.value or "").strip(), (self._can.value or "").strip()
        if mrz:
            return ChipAsk(mrz=mrz)
        if can:
            return ChipAsk(can=can)
        return ChipAsk(
            id_number=self._draft.id_number,
            birth_date=self._draft.birth_date,
            expires_on=typed_day(self._expiry.value or ""),
        )

    async def _read(self) -> None:
        if self._reading:
            return
        if self._card is not None:
            await self._use(self._card)
            return
        desk = self._desk
        self._reading = True
        self._tell(
            ft.Row([ft.ProgressRing(width=24, height=24), parts.text(desk.say("chip.lay"))], spacing=12)
        )
        try:
            card = await desk.run(desk.work.intake.read_chip, desk.me, self._ask(), seen=self._draft)
        except ServiceError as error:
            text = desk.texts.error(error.code, **error.details)
            self._tell(parts.notice(desk, f"{text.happened} {text.next_step}", "bad"))
            return
        finally:
            self._reading = False
        self._card = card
        self._tell(self._result(card))
        self._go.set(label=desk.say("chip.use"))
        if self._dialog is not None and self._dialog.open:
            for view in (self._expiry_view, self._mrz_view, self._can_view):
                view.visible = False
                view.update()
            self._go.view.update()

    def _result(self, card: CardView) -> ft.Control:
        """Show what the chip says beside what is doubtful about it, for comparing with the card's face."""
        desk, draft = self._desk, card.draft
        known = [
            (desk.say("intake.full_name"), draft.full_name),
            (desk.say("intake.id_number"), masked(draft.id_number) or draft.id_number),
            (desk.say("intake.birth_date"), day_text(draft.birth_date, draft.birth_text)),
            (desk.say("intake.address"), draft.address),
        ]
        if card.chip is not None:
            expiry = day_text(card.chip.expires_on, desk.say("chip.no_expiry"))
            known.append((desk.say("chip.expiry"), expiry))
        rows: list[ft.Control] = [parts.facts(desk, [(name, value) for name, value in known if value])]
        for note in card.notes:
            told = words.note(desk.texts, note.code, dict(note.details))
            rows.append(parts.notice(desk, told, "bad" if note.severity == "error" else "warn"))
        return ft.Column(rows, spacing=8)

    async def _use(self, card: CardView) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)
        await self._filled(card)

    def _tell(self, control: ft.Control) -> None:
        """Say where the reading stands; nobody looks when the sheet was closed meanwhile."""
        self._state.controls = [ft.Semantics(identifier="chip-state", live_region=True, content=control)]
        self._state.visible = True
        if self._dialog is not None and self._dialog.open:
            self._state.update()

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)
