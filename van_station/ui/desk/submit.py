"""Hand-over (*hoàn tất*): what lacks, confirming, the slip, and how far the dossier has come."""

from __future__ import annotations

from datetime import datetime

import flet as ft

from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.services.dossier_views import DossierView, Missing
from van_station.services.dossiers import Incomplete
from van_station.services.exchange import ExchangeStatus, Signal
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.copies_card import CopiesCard
from van_station.ui.desk.step import Goto, Step
from van_station.ui.parts import Style
from van_station.ui.session import Desk

SENT = frozenset({DossierState.ACKNOWLEDGED, DossierState.SUPPLEMENT, DossierState.DONE})


class SubmitStep(Step):
    """The last step of a dossier."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        super().__init__(desk, goto)
        self._dossier: DossierView | None = None
        self._missing: tuple[Missing, ...] = ()
        self._status: ExchangeStatus | None = None
        self._main: ft.Control | None = None
        self._drawn: tuple[object, ...] = ()
        self._slip = ""
        self._copies = CopiesCard(desk, self.focus)
        self._left = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._right = ft.Column(spacing=theme.GAP_M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        row = ft.ResponsiveRow(
            [
                ft.Container(self._left, col={"xs": 12, "md": 7}),
                ft.Container(self._right, col={"xs": 12, "md": 5}),
            ],
            spacing=theme.GAP_M,
            run_spacing=theme.GAP_M,
        )
        self.view = ft.Column([row], expand=True, scroll=ft.ScrollMode.AUTO)

    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Draw what lacks or how far it has come."""
        self._slip = self.desk.offer(
            lambda: self.desk.work.slips.receipt(self.desk.me, dossier.id), self.desk.say("slip.title")
        )
        self._drawn = ()
        await self._load(dossier)

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """It was sent, signed for, or got a status."""
        await self._load(dossier)

    async def focus(self) -> None:
        """Give the keyboard to the first gap, to confirming or to the slip, whichever stands there."""
        if self._main is not None:
            await self.desk.focus(self._main)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 confirms, Alt+K signs all copies."""
        if await self._copies.on_key(event):
            return True
        if event.key == "F9" and self._dossier is not None and self._dossier.editable:
            await self._ask_confirm()
            return True
        return False

    async def _load(self, dossier: DossierView) -> None:
        desk = self.desk
        self._dossier = dossier
        self._missing = await desk.run(desk.work.dossiers.missing, dossier.id) if dossier.editable else ()
        self._status = await desk.run(desk.work.exchange.status)
        drawn = (dossier, self._missing, self._status.signal)
        if drawn == self._drawn:
            return  # whoever has the keyboard keeps it
        self._drawn = drawn
        await self._copies.show(dossier)
        self._left.controls = [self._work_card() if dossier.editable else self._sent_card(dossier)]
        self._right.controls = [self._copies.view, self._history(dossier)]
        if desk.me.may(Act.VOID) and dossier.state is not DossierState.VOIDED and dossier.state not in SENT:
            self._right.controls.append(ft.Row([self._void_button()], alignment=ft.MainAxisAlignment.END))
        self.view.update()

    # ------------------------------------------------------------------ before
    def _work_card(self) -> ft.Control:
        desk, say = self.desk, self.desk.say
        confirm = parts.Press(
            desk,
            "confirm",
            say("dossier.confirm"),
            self._ask_confirm,
            kind="filled",
            icon=ft.Icons.TASK_ALT_ROUNDED,
            shortcut="F9",
            disabled=bool(self._missing),
            big=True,
        )
        self._main = confirm.button
        if not self._missing:
            return parts.card(
                desk,
                [
                    parts.notice(desk, say("dossier.complete"), "good", identifier="complete"),
                    parts.text(say("dossier.confirm_hint"), Style.BODY_LARGE, color=desk.palette.quiet),
                    ft.Row([confirm.view]),
                ],
                title=say("dossier.confirm"),
            )
        rows = [self._gap(missing) for missing in self._missing]
        self._main = rows[0].button
        return parts.card(
            desk,
            [
                parts.notice(
                    desk, say("dossier.missing_count", count=len(self._missing)), "warn", identifier="missing"
                ),
                *[row.view for row in rows],
                ft.Row([confirm.view]),
            ],
            title=say("dossier.confirm"),
        )

    def _gap(self, missing: Missing) -> parts.Tile:
        desk = self.desk

        async def go() -> None:
            if missing.kind == "form":
                await self.goto("form", field=missing.where)
            else:
                await self.goto("papers", component=missing.where)

        name = words.either(desk.texts, missing.label, missing.label_en)
        if missing.kind == "form":
            icon, why = ft.Icons.EDIT_NOTE_ROUNDED, words.note(desk.texts, missing.code, dict(missing.args))
        else:
            icon, why = ft.Icons.DESCRIPTION_OUTLINED, desk.say("dossier.component_missing")
        return parts.Tile(desk, f"gap-{missing.where}", name, go, icon=icon, caption=why)

    async def _ask_confirm(self) -> None:
        if self._missing:
            first = self._missing[0]
            step, name = ("form", "field") if first.kind == "form" else ("papers", "component")
            await self.goto(step, **{name: first.where})
            return
        dialogs.ask(
            self.desk,
            self.desk.say("dossier.confirm_question"),
            yes=self.desk.say("dossier.confirm"),
            act=self._confirm,
        )

    async def _confirm(self) -> None:
        desk = self.desk
        if self._dossier is None:
            return
        try:
            dossier = await desk.run(desk.work.dossiers.confirm, desk.me, self._dossier.id)
        except Incomplete:
            await self._load(self._dossier)
            return
        desk.snack(desk.say("dossier.confirmed"))
        await self._load(dossier)
        await self.focus()

    # ------------------------------------------------------------------ after
    def _sent_card(self, dossier: DossierView) -> ft.Control:
        desk, say = self.desk, self.desk.say
        if dossier.state is DossierState.VOIDED:
            return parts.card(desk, [parts.empty(desk, ft.Icons.BLOCK_ROUNDED, say("dossier_state.voided"))])
        print_slip = parts.Press(
            desk,
            "print-slip",
            say("slip.print"),
            None,
            kind="filled",
            icon=ft.Icons.PRINT_OUTLINED,
            url=self._slip,
            big=True,
        )
        self._main = print_slip.button
        kind = "slip.official" if dossier.official_code else "slip.provisional"
        lines: list[ft.Control] = [self._sent_notice(dossier)]
        if dossier.official_code:
            lines.append(
                parts.text(say("dossier.official_code"), Style.LABEL_LARGE, color=desk.palette.quiet)
            )
            lines.append(
                parts.tid(
                    "official-code",
                    parts.text(dossier.official_code, Style.HEADLINE_LARGE, color=desk.palette.primary),
                )
            )
            lines.append(parts.notice(desk, say("slip.replace_with_official"), "info"))
        else:
            lines.append(
                parts.text(say("dossier.provisional_no"), Style.LABEL_LARGE, color=desk.palette.quiet)
            )
            lines.append(
                parts.tid(
                    "provisional-no",
                    parts.text(dossier.provisional_no, Style.HEADLINE_LARGE, color=desk.palette.primary),
                )
            )
        lines.append(parts.text(say(kind), Style.BODY_LARGE))
        lines.append(ft.Row([print_slip.view]))
        return parts.card(desk, lines, title=say("slip.title"))

    def _sent_notice(self, dossier: DossierView) -> ft.Control:
        desk, say = self.desk, self.desk.say
        if dossier.state in SENT:
            at = dossier.acknowledged_at
            sentence = say("submit.acknowledged", at=at) if at else say("dossier_state.acknowledged")
            return parts.notice(desk, sentence, "good", icon=ft.Icons.VERIFIED_OUTLINED, identifier="sent")
        if self._status is not None and self._status.signal is Signal.ONLINE:
            return parts.notice(
                desk, say("submit.waiting_online"), "info", icon=ft.Icons.SYNC_ROUNDED, identifier="waiting"
            )
        return parts.notice(
            desk, say("submit.offline"), "warn", icon=ft.Icons.WIFI_OFF_ROUNDED, identifier="waiting"
        )

    def _history(self, dossier: DossierView) -> ft.Control:
        """Return the way of the dossier so far, earliest first, and the next stop in grey."""
        desk, say = self.desk, self.desk.say
        stops: list[tuple[str, datetime | None, bool]] = [
            (say("dossier.history_begun"), dossier.created_at, True),
            (say("dossier.history_confirmed"), dossier.confirmed_at, dossier.confirmed_at is not None),
            (say("dossier_state.acknowledged"), dossier.acknowledged_at, dossier.acknowledged_at is not None),
        ]
        stops += [
            (words.choice(desk.texts, "platform_status", event.status), event.at, True)
            for event in dossier.events
        ]
        return parts.card(
            desk, [self._stop(*stop) for stop in stops], title=say("dossier.history"), spacing=theme.GAP_S
        )

    def _stop(self, label: str, at: datetime | None, done: bool) -> ft.Control:  # noqa: FBT001 -- a row of a table
        p = self.desk.palette
        icon = ft.Icons.CHECK_CIRCLE_ROUNDED if done else ft.Icons.CIRCLE_OUTLINED
        when = self.desk.texts.datetime(at) if at is not None else ""
        return ft.Row(
            [
                ft.Icon(icon, color=p.good if done else p.edge, size=22),
                parts.text(label, Style.BODY_LARGE, color=p.text if done else p.quiet, expand=True),
                parts.text(when, Style.BODY_SMALL, color=p.quiet),
            ],
            spacing=theme.GAP_S,
        )

    # ------------------------------------------------------------------ void
    def _void_button(self) -> ft.Control:
        label = self.desk.say("dossier.void")
        return parts.Press(
            self.desk, "void", label, self._ask_void, kind="text", icon=ft.Icons.BLOCK_ROUNDED
        ).view

    async def _ask_void(self) -> None:
        desk, dossier = self.desk, self._dossier
        if dossier is None:
            return
        view, reason = parts.field(desk, "void-reason", desk.say("dossier.void_reason"), autofocus=True)

        async def go() -> None:
            await desk.run(desk.work.dossiers.void, desk.me, dossier.id, reason.value or "")
            desk.snack(desk.say("dossier_state.voided"))
            await self.goto("submit")

        question = desk.say("dossier.void_question", number=dossier.number)
        dialogs.ask(desk, question, yes=desk.say("dossier.void"), act=go, body=[view], danger=True)
