"""Fee (*phí, lệ phí*): a large VietQR, the exact amount, its state in words. Nobody marks it paid by hand."""

from __future__ import annotations

import flet as ft

from van_station.services.dossier_views import DossierView
from van_station.services.payments import PaymentView
from van_station.ui import parts, theme, words
from van_station.ui.desk.step import Goto, Step
from van_station.ui.parts import Style
from van_station.ui.session import Desk


def payment_tone(state: str) -> theme.Tone:
    """Return the tone of a payment's state; only a matched credit is good."""
    if state == "matched":
        return "good"
    return "warn" if state == "pending" else "bad"


class FeeStep(Step):
    """The fee of a dossier."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        super().__init__(desk, goto)
        self._dossier: DossierView | None = None
        self._payment: PaymentView | None = None
        self._qr = b""
        self._slot = ft.Column(
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            spacing=theme.GAP_M,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self._show: parts.Press | None = None
        self._drawn: tuple[object, ...] = ()
        self._next = forward = parts.Press(
            desk,
            "fee-next",
            desk.say("common.next"),
            self._forward,
            kind="filled",
            icon=ft.Icons.ARROW_FORWARD_ROUNDED,
            shortcut="F10",
        )
        foot = ft.Row([forward.view], alignment=ft.MainAxisAlignment.END)
        self.view = ft.Column([self._slot, foot], spacing=theme.GAP_S, expand=True)

    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Draw what is due and how it stands."""
        self._drawn = ()
        await self._load(dossier)

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """A notice of the bank came, or the amount changed."""
        await self._load(dossier)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """F9 shows the code, F10 goes on."""
        if event.key == "F9" and self._payment is None and self._due():
            await self._request()
            return True
        if event.key == "F10":
            await self._forward()
            return True
        return False

    async def focus(self) -> None:
        """Give the keyboard to asking for the fee, else to what leads on."""
        asking = self._payment is None and self._due() and self._show is not None
        await self.desk.focus(self._show.button if asking and self._show else self._next.button)

    async def _forward(self) -> None:
        await self.goto("submit")

    def _due(self) -> bool:
        return (
            self._dossier is not None and self._dossier.fee is not None and self._dossier.fee.amount_vnd > 0
        )

    async def _load(self, dossier: DossierView) -> None:
        desk = self.desk
        self._dossier = dossier
        payments = await desk.run(desk.work.payments.of, dossier.id)
        fresh = payments[-1] if payments else None
        if fresh is not None and (
            self._payment is None or fresh.qr_payload != self._payment.qr_payload or not self._qr
        ):
            self._qr = await desk.run(desk.work.payments.qr_png, fresh.id)
        self._payment = fresh
        drawn = (dossier.fee, fresh, self._qr)
        if drawn == self._drawn:
            return  # whoever has the keyboard keeps it
        self._drawn = drawn
        self._draw()
        self.view.update()

    async def _request(self) -> None:
        if self._dossier is None:
            return
        desk = self.desk
        await desk.run(desk.work.payments.request, desk.me, self._dossier.id)
        await self._load(self._dossier)
        await self.focus()

    # ------------------------------------------------------------------ drawing
    def _draw(self) -> None:
        dossier, desk = self._dossier, self.desk
        if dossier is None:
            return
        if dossier.fee is None:
            self._slot.controls = [
                parts.card(
                    desk, [parts.empty(desk, ft.Icons.HELP_OUTLINE_ROUNDED, desk.say("fee.not_in_catalogue"))]
                )
            ]
        elif dossier.fee.amount_vnd == 0:
            self._slot.controls = [parts.card(desk, [self._free(dossier)])]
        elif self._payment is None:
            self._slot.controls = [parts.card(desk, [self._ask(dossier)])]
        else:
            self._slot.controls = [self._picture(self._payment, dossier)]

    def _free(self, dossier: DossierView) -> ft.Control:
        desk = self.desk
        sentence = desk.say("fee.free")
        if dossier.fee is not None and dossier.fee.waived_by:
            group = words.choice(desk.texts, "priority", dossier.fee.waived_by)
            sentence = f"{sentence}. {desk.say('fee.waived_for', group=group)}"
        box = parts.empty(desk, ft.Icons.MONEY_OFF_ROUNDED, sentence, identifier="fee-free")
        return ft.Column([box, self._source(dossier)], horizontal_alignment=ft.CrossAxisAlignment.CENTER)

    def _ask(self, dossier: DossierView) -> ft.Control:
        desk, say = self.desk, self.desk.say
        amount = dossier.fee.amount_vnd if dossier.fee else 0
        self._show = show = parts.Press(
            desk,
            "show-qr",
            say("fee.show_qr"),
            self._request,
            kind="filled",
            icon=ft.Icons.QR_CODE_2_ROUNDED,
            shortcut="F9",
            big=True,
        )
        return ft.Column(
            [
                parts.text(say("fee.amount"), Style.TITLE_MEDIUM, color=desk.palette.quiet),
                parts.tid(
                    "fee-amount",
                    parts.text(desk.texts.money(amount), Style.DISPLAY_MEDIUM, color=desk.palette.primary),
                ),
                *self._unverified_mark(dossier),
                self._source(dossier),
                show.view,
            ],
            spacing=theme.GAP_M,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def _unverified_mark(self, dossier: DossierView) -> list[ft.Control]:
        """Return the mark beside an amount that nobody has checked against the law."""
        if dossier.fee is None or not dossier.fee.unverified:
            return []
        desk = self.desk
        mark = parts.badge(
            desk, desk.say("fee.unverified_mark"), "warn", ft.Icons.REPORT_GMAILERRORRED_ROUNDED
        )
        return [parts.tid("fee-unverified-mark", mark)]

    def _source(self, dossier: DossierView) -> ft.Control:
        desk = self.desk
        fee = dossier.fee
        rows: list[ft.Control] = []
        if fee is not None:
            rows.append(self._source_words(fee.source))
            if fee.unverified:
                rows.append(
                    parts.notice(desk, desk.say("fee.unverified"), "warn", identifier="fee-unverified")
                )
        return ft.Column(rows, spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.CENTER)

    def _source_words(self, source: str) -> ft.Control:
        sentence = f"{self.desk.say('fee.source')}: {source}"
        return parts.tid("fee-source", parts.text(sentence, Style.BODY_MEDIUM, color=self.desk.palette.quiet))

    def _picture(self, payment: PaymentView, dossier: DossierView) -> ft.Control:
        """Return the code as large as the room allows, beside amount, state and account."""
        desk, say, p = self.desk, self.desk.say, self.desk.palette
        state = payment.state.value
        image = ft.Image(
            src=self._qr,
            width=340,
            height=340,
            fit=ft.BoxFit.CONTAIN,
            filter_quality=ft.FilterQuality.NONE,
            semantics_label=say("fee.qr_label", amount=payment.amount_vnd),
        )
        code = ft.Column(
            [
                parts.tid(
                    "fee-qr", ft.Container(image, bgcolor="#FFFFFF", padding=8, border_radius=theme.RADIUS_M)
                ),
                parts.text(say("fee.scan_to_pay"), Style.BODY_MEDIUM, color=p.quiet),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            spacing=theme.GAP_S,
        )
        icon = ft.Icons.VERIFIED_ROUNDED if state == "matched" else ft.Icons.HOURGLASS_TOP_ROUNDED
        facts = [
            (say("fee.account"), f"{payment.account_no} · {payment.bank_name}"),
            (say("fee.account_name"), payment.account_name),
            (say("fee.reference"), payment.reference),
        ]
        practice: list[ft.Control] = []
        if payment.practice:
            practice.append(parts.badge(desk, say("fee.practice"), "warn", ft.Icons.SCHOOL_OUTLINED))
        lines: list[ft.Control] = [
            parts.text(say("fee.amount"), Style.TITLE_MEDIUM, color=p.quiet),
            parts.tid(
                "fee-amount",
                parts.text(desk.texts.money(payment.amount_vnd), Style.DISPLAY_MEDIUM, color=p.primary),
            ),
            ft.Row(
                [
                    parts.tid(
                        "fee-state",
                        parts.badge(
                            desk, words.choice(desk.texts, "payment_state", state), payment_tone(state), icon
                        ),
                        live_region=True,
                    ),
                    *self._unverified_mark(dossier),
                    *practice,
                ],
                wrap=True,
                spacing=theme.GAP_S,
                run_spacing=theme.GAP_S,
            ),
        ]
        if state == "matched" and payment.paid_at is not None:
            received = say("fee.notice_received", amount=payment.matched_vnd, at=payment.paid_at)
            lines.append(parts.notice(desk, received, "good"))
        else:
            lines.append(parts.notice(desk, say("fee.pending_hint"), "info"))
        lines.append(parts.facts(desk, facts))
        if dossier.fee is not None:
            lines.append(self._source_words(dossier.fee.source))
        right = ft.Column(lines, spacing=theme.GAP_M, expand=True)
        row = ft.Row([code, right], spacing=theme.GAP_XL, vertical_alignment=ft.CrossAxisAlignment.START)
        return parts.card(desk, [row])
