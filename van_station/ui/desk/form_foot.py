"""Below a form: how far it is, the way to the next gap, whether everything is kept, the way on."""

from __future__ import annotations

import flet as ft

from van_station.services.dossier_views import FormView
from van_station.ui import parts, theme
from van_station.ui.desk.form_model import FormModel
from van_station.ui.desk.form_saving import Saving
from van_station.ui.frame import Frame
from van_station.ui.parts import Style

NEXT_GAP, GAP_BEFORE = "F10", "Ctrl + F10"


class Foot:
    """The row below a form, and the strip that says what could not be kept."""

    def __init__(self, desk: Frame, *, gap: parts.Act, go_on: parts.Act, again: parts.Act) -> None:
        self._desk = desk
        self._bar = ft.ProgressBar(value=0, bar_height=8, border_radius=4)
        self._count = parts.text("", Style.LABEL_MEDIUM, color=desk.palette.quiet)
        self._saved = parts.text("", Style.LABEL_MEDIUM, color=desk.palette.good)
        self.gap = parts.Press(
            desk, "form-gap", "", gap, kind="tonal", icon=ft.Icons.SKIP_NEXT_ROUNDED,
            shortcut=f"{NEXT_GAP} · {GAP_BEFORE}",
        )  # fmt: skip
        self.next = parts.Press(
            desk,
            "form-next",
            desk.say("common.next"),
            go_on,
            kind="filled",
            icon=ft.Icons.ARROW_FORWARD_ROUNDED,
            shortcut="F9",
        )
        far = ft.Column(
            [self._bar, parts.tid("form-progress", self._count)], spacing=4, expand=True, tight=True
        )
        row = ft.Row(
            [far, parts.tid("form-saved", self._saved, live_region=True), self.gap.view, self.next.view],
            spacing=theme.GAP_M,
        )
        self._again = parts.Press(desk, "form-retry", desk.say("form.try_again"), again, kind="outlined")
        self._why = parts.text("", Style.BODY_MEDIUM, color=desk.palette.on_bad_soft, expand=True)
        sign = ft.Icon(ft.Icons.ERROR_OUTLINE_ROUNDED, color=desk.palette.on_bad_soft)
        self._strip = ft.Container(
            ft.Row(
                [sign, parts.tid("form-unsaved", self._why, live_region=True, expand=True), self._again.view],
                spacing=12,
            ),
            bgcolor=desk.palette.bad_soft,
            border_radius=theme.RADIUS_M,
            padding=ft.Padding.symmetric(horizontal=16, vertical=6),
            visible=False,
        )
        self.view = ft.Column([self._strip, row], spacing=theme.GAP_S, tight=True)

    def show(self, form: FormView, model: FormModel) -> None:
        """Say how far the form is."""
        say, p, left = self._desk.say, self._desk.palette, len(model.gaps)
        self._bar.value = form.answered / form.total if form.total else 1
        done = say("form.done_of", done=form.answered, total=form.total)
        self._count.value = done if left else say("form.ready")
        self._count.color = p.quiet if left else p.good
        self.gap.set(label=say("form.gaps_left", count=left))
        self.gap.view.visible = bool(left) and form.editable

    def stand(self, saving: Saving) -> None:
        """Say whether everything is kept."""
        say, p = self._desk.say, self._desk.palette
        self._saved.value, self._saved.color = {
            "still": ("", p.quiet),
            "saving": (say("common.saving"), p.quiet),
            "saved": (f"✓ {say('common.saved')}", p.good),
            "failed": (say("form.not_saved"), p.bad),
        }[saving.standing]
        self._strip.visible = saving.failure is not None
        if saving.failure is not None:
            text = self._desk.texts.error(saving.failure.code, **saving.failure.details)
            self._why.value = f"{say('form.not_saved')}. {text.happened} {text.next_step}"
