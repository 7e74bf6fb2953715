"""One dossier (*hồ sơ*): its head, and four steps: form, papers, fee, hand-over."""

from __future__ import annotations

import flet as ft

from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.services.dossier_views import DossierView, Missing
from van_station.ui import parts, theme, words
from van_station.ui.desk.dossiers import state_badge
from van_station.ui.desk.fee import FeeStep, payment_tone
from van_station.ui.desk.form import FormStep
from van_station.ui.desk.form_missing import Lacking, MissingSheet, captions, lacking
from van_station.ui.desk.scan import PapersStep
from van_station.ui.desk.step import Step
from van_station.ui.desk.submit import SubmitStep
from van_station.ui.desk.upgrade_sheet import UpgradeSheet
from van_station.ui.parts import Style
from van_station.ui.screen import Screen, Where
from van_station.ui.session import Desk

STEPS: tuple[tuple[str, str, ft.IconData, type[Step], Act], ...] = (
    ("form", "dossier.step_form", ft.Icons.EDIT_NOTE_ROUNDED, FormStep, Act.HELP_FORM),
    ("papers", "dossier.step_components", ft.Icons.DOCUMENT_SCANNER_OUTLINED, PapersStep, Act.SCAN),
    ("fee", "dossier.step_fee", ft.Icons.QR_CODE_2_ROUNDED, FeeStep, Act.TAKE_FEE),
    ("submit", "dossier.step_close", ft.Icons.SEND_OUTLINED, SubmitStep, Act.SUBMIT),
)


def finished_steps(dossier: DossierView, missing: tuple[Missing, ...]) -> frozenset[str]:
    """Return the names of the steps that lack nothing more."""
    lacking = {"form" if gap.kind == "form" else "papers" for gap in missing}
    done = {"form", "papers"} - lacking
    free = dossier.fee is not None and dossier.fee.amount_vnd == 0
    if free or (dossier.payment_state is not None and dossier.payment_state.value == "matched"):
        done.add("fee")
    if not dossier.editable:
        done.add("submit")
    return frozenset(done)


class DossierScreen(Screen):
    """The page of a dossier; which one, `where["id"]` says, and `where["step"]` which step."""

    kinds = frozenset(
        {
            "catalogue",
            "component",
            "dossier",
            "exchange",
            "outbox_item",
            "payment",
            "receipt_row",
            "status_event",
            "stored_file",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._dossier: DossierView | None = None
        self._step_name = ""
        self._done: frozenset[str] = frozenset()
        self._missing: tuple[Missing, ...] = ()
        self._lacking = Lacking((), (), (), fee=False)
        self._sheet = MissingSheet(desk, self.goto)
        self._upgrade = UpgradeSheet(desk, self._moved)
        self._newer = ""
        self._open_steps = [step for step in STEPS if desk.me.may(step[4])]
        self._steps = {name: make(desk, self.goto) for name, _, _, make, _ in self._open_steps}
        self._tiles = {
            name: self._tile(name, key, icon, index)
            for index, (name, key, icon, _, _) in enumerate(self._open_steps)
        }
        self._head = ft.Container()
        self._slot = ft.Container(expand=True)
        tiles: list[ft.Control] = [ft.Container(tile.view, expand=True) for tile in self._tiles.values()]
        self.view = ft.Column(
            [self._head, ft.Row(tiles, spacing=theme.GAP_S), self._slot], spacing=theme.GAP_M, expand=True
        )

    def _tile(self, name: str, key: str, icon: ft.IconData, index: int) -> parts.Tile:
        async def pick() -> None:
            await self.goto(name)

        label = f"{index + 1}. {self.desk.say(key)}"
        return parts.Tile(self.desk, f"step-{name}", label, pick, icon=icon, caption=" ")

    # ------------------------------------------------------------------ coming and going
    async def enter(self, where: Where) -> None:
        """Show a dossier and the step where work waits."""
        desk = self.desk
        self._slot.content = parts.loading(desk)
        self.view.update()
        self._dossier = await desk.run(desk.work.dossiers.get, where.get("id", ""))
        name = where.get("step") or self._first_step(self._dossier)
        await self._show(name, where)

    def _first_step(self, dossier: DossierView) -> str:
        names = list(self._steps)
        if not dossier.editable and "submit" in names:
            return "submit"
        return names[0]

    async def goto(self, name: str, **where: str) -> None:
        """Show another step of the same dossier."""
        if name in self._steps and self._dossier is not None:
            await self._leave_step()
            self._dossier = await self.desk.run(self.desk.work.dossiers.get, self._dossier.id)
            await self._show(name, where)

    async def _show(self, name: str, where: dict[str, str]) -> None:
        if self._dossier is None or name not in self._steps:
            return
        self._step_name = name
        self._done = await self._finished(self._dossier)
        self._newer = await self.desk.run(self.desk.work.draft_upgrades.newer, self._dossier.id)
        step = self._steps[name]
        self._draw_head(self._dossier)
        if isinstance(step, FormStep):
            await step.prepare(self._dossier)
        self._slot.content = step.view
        self.view.update()
        await step.enter(self._dossier, where)
        if not where.get("field"):
            await step.focus()

    async def _finished(self, dossier: DossierView) -> frozenset[str]:
        """Return the steps that lack nothing more."""
        found = await self.desk.run(self.desk.work.dossiers.missing, dossier.id) if dossier.editable else ()
        self._missing, self._lacking = found, lacking(dossier, found)
        return finished_steps(dossier, found)

    async def focus(self) -> None:
        """Give the keyboard to what comes next in this step."""
        if self._step_name:
            await self._steps[self._step_name].focus()

    async def leave(self) -> None:
        """Let the step save what is half typed."""
        await self._leave_step()

    async def _leave_step(self) -> None:
        if self._step_name:
            await self._steps[self._step_name].leave()

    async def changed(self, kinds: frozenset[str]) -> None:
        """Redraw head and step."""
        if self._dossier is None or not self._step_name:
            return
        desk = self.desk
        fresh = await desk.run(desk.work.dossiers.get, self._dossier.id)
        known, self._done = self._missing, await self._finished(fresh)
        newer, self._newer = self._newer, await desk.run(desk.work.draft_upgrades.newer, fresh.id)
        other = fresh != self._dossier or newer != self._newer
        if other:
            self._dossier = fresh
            self._draw_head(fresh)
            self._head.update()
        if other or self._missing != known:
            self._draw_steps(fresh)
            for tile in self._tiles.values():
                tile.view.update()
        await self._steps[self._step_name].changed(fresh, kinds)

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """Ctrl+left, Ctrl+right change the step; Alt+L: what lacks, Alt+U: newer version; else the step."""
        if self._step_name and await self._steps[self._step_name].on_key(event):
            return True
        if event.ctrl and event.key in ("Arrow Left", "Arrow Right"):
            names = list(self._steps)
            index = names.index(self._step_name) + (1 if event.key == "Arrow Right" else -1)
            if 0 <= index < len(names):
                await self.goto(names[index])
            return True
        if event.alt and event.key.upper() == "L" and self._dossier is not None and self._dossier.editable:
            await self._show_missing()
            return True
        if event.alt and event.key.upper() == "U" and self._newer:
            await self._show_upgrade()
            return True
        return False

    # ------------------------------------------------------------------ the head
    def _draw_head(self, dossier: DossierView) -> None:
        desk, say, p = self.desk, self.desk.say, self.desk.palette

        async def back() -> None:
            await desk.go("dossiers")

        name = words.either(desk.texts, dossier.procedure.name, dossier.procedure.name_en)
        marks: list[ft.Control] = [parts.tid("dossier-state", state_badge(desk, dossier.state))]
        if dossier.official_code is None and dossier.state is not DossierState.VOIDED:
            marks.append(parts.badge(desk, say("dossier.official_code_pending"), "neutral"))
        if dossier.procedure.unverified:
            mark = parts.badge(
                desk, say("dossier.procedure_unverified_mark"), "warn", ft.Icons.REPORT_GMAILERRORRED_ROUNDED
            )
            marks.append(parts.tid("procedure-unverified", mark))
        if dossier.platform_status is not None:
            marks.append(
                parts.badge(
                    desk, words.choice(desk.texts, "platform_status", dossier.platform_status), "info"
                )
            )
        if dossier.payment_state is not None:
            state = words.choice(desk.texts, "payment_state", dossier.payment_state.value)
            marks.append(
                parts.badge(
                    desk, state, payment_tone(dossier.payment_state.value), ft.Icons.PAYMENTS_OUTLINED
                )
            )
        if dossier.due_on is not None:
            marks.append(
                parts.badge(
                    desk, say("dossier.due_on", day=dossier.due_on), "neutral", ft.Icons.EVENT_OUTLINED
                )
            )
        ask = parts.Press(
            desk,
            "missing-open",
            say("missing.open"),
            self._show_missing,
            kind="tonal",
            icon=ft.Icons.CHECKLIST_ROUNDED,
            shortcut="Alt + L",
        )
        ask.view.visible = dossier.editable
        pieces = [dossier.person.full_name, dossier.person.masked_id, dossier.ticket_label]
        head = ft.Row(
            [
                parts.icon_button(desk, "back", ft.Icons.ARROW_BACK_ROUNDED, say("common.back"), back),
                ft.Column(
                    [
                        parts.text(" · ".join(piece for piece in pieces if piece), Style.TITLE_LARGE),
                        parts.text(
                            f"{name} · {dossier.procedure.code}",
                            Style.BODY_MEDIUM,
                            color=p.quiet,
                            max_lines=2,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                    ],
                    spacing=1,
                    expand=5,
                ),
                ask.view,
                ft.Column(
                    [
                        parts.tid(
                            "dossier-number", parts.text(dossier.number, Style.TITLE_LARGE, color=p.primary)
                        ),
                        ft.Row(
                            marks, spacing=6, run_spacing=4, wrap=True, alignment=ft.MainAxisAlignment.END
                        ),
                    ],
                    spacing=4,
                    expand=5,
                    horizontal_alignment=ft.CrossAxisAlignment.END,
                ),
            ],
            spacing=theme.GAP_S,
        )
        rows: list[ft.Control] = [head]
        if dossier.conflicts:
            rows.append(parts.notice(desk, say("dossier.conflict"), "bad", identifier="conflict"))
        if self._newer:
            rows.append(self._upgrade.notice(dossier, self._newer, self._show_upgrade))
        if dossier.void_reason:
            rows.append(parts.notice(desk, say("dossier.voided_because", reason=dossier.void_reason), "warn"))
        self._head.content = ft.Column(rows, spacing=theme.GAP_S)
        self._draw_steps(dossier)

    def _draw_steps(self, dossier: DossierView) -> None:
        """Say on each step's tile what lacks there."""
        said = captions(self.desk.texts, self._lacking, editable=dossier.editable)
        for step, tile in self._tiles.items():
            tile.caption(said[step])
            tile.set(selected=step == self._step_name, done=step in self._done)

    async def _show_upgrade(self) -> None:
        """Keep what is half typed, then show what moving to the newer version means."""
        if self._dossier is not None:
            await self._leave_step()
            await self._upgrade.open(self._dossier)

    async def _moved(self) -> None:
        await self.goto(self._step_name)

    async def _show_missing(self) -> None:
        """Open the list of all that lacks."""
        if self._dossier is None:
            return
        await self._leave_step()
        self._done = await self._finished(self._dossier)
        form = await self.desk.run(self.desk.work.dossiers.form, self._dossier.id)
        self._sheet.show(self._dossier, self._lacking, form)
