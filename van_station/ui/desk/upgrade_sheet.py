"""A draft and the newer version of its procedure: what moving means, and the deliberate act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from van_station.rules.access import Act
from van_station.rules.form_changes import Change
from van_station.rules.form_nodes import FieldNode
from van_station.services.dossier_views import DossierView
from van_station.services.draft_upgrades import PaperChange, UpgradeView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.form_model import fields_of, shown_text
from van_station.ui.frame import Frame
from van_station.ui.parts import Style
from van_station.ui.session import Desk


def answer_words(desk: Frame, node: FieldNode | None, change: Change) -> str:
    """Return an answer as its old field showed it: a choice in words, a day as it is typed.

    Args:
        desk: the window.
        node: the old field; None for an answer that the old form did not show.
        change: whose value it is.
    """
    value = change.value
    if isinstance(value, bool):
        return desk.say("common.yes" if value else "common.no")
    if node is None or node.value != value:
        return str(value)
    if node.answer_label is not None:
        return words.label(desk.texts, node.answer_label)
    return shown_text(node, desk.texts.language)


class UpgradeSheet:
    """Shows what becomes of a draft in the version in force; whoever may submit moves it.

    Args:
        desk: the window.
        moved: runs after the draft has moved.
    """

    def __init__(self, desk: Desk, moved: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._moved = desk, moved
        self._dialog: ft.AlertDialog | None = None

    def notice(self, dossier: DossierView, newer: str, act: Callable[[], Awaitable[None]]) -> ft.Control:
        """Return the strip that says there is a newer version; `act` opens the sheet."""
        desk = self._desk
        see = parts.Press(
            desk,
            "upgrade-see",
            desk.say("upgrade.see"),
            act,
            kind="tonal",
            shortcut="Alt + U",
            show_key=True,
        )
        said = desk.say("upgrade.newer", old=dossier.procedure_version, new=newer)
        return parts.notice(
            desk, said, "warn", icon=ft.Icons.UPGRADE_ROUNDED, actions=[see.view], identifier="upgrade"
        )

    async def open(self, dossier: DossierView) -> None:
        """Look at what moving means, and show it; nothing is written."""
        desk, say, work = self._desk, self._desk.say, self._desk.work
        view = await desk.run(work.draft_upgrades.preview, desk.me, dossier.id)
        form = await desk.run(work.dossiers.form, dossier.id)
        nodes = {node.pointer: node for node in fields_of(form.nodes)}

        async def move() -> None:
            await desk.run(work.draft_upgrades.upgrade, desk.me, dossier.id)
            await self._close()
            desk.snack(say("upgrade.moved", version=view.new_version))
            await self._moved()

        may = desk.me.may(Act.SUBMIT)
        leave = parts.Press(
            desk, "upgrade-leave", say("upgrade.leave"), self._close, kind="text", autofocus=True
        )
        actions: list[ft.Control] = [leave.view]
        body = self._body(view, nodes)
        if may:
            actions.append(parts.Press(desk, "upgrade-move", say("upgrade.move"), move, kind="filled").view)
        else:
            body.append(parts.notice(desk, say("upgrade.officer_only"), "info", identifier="upgrade-officer"))
        self._dialog = dialogs.sheet(
            desk, say("upgrade.title"), body, actions, icon=ft.Icons.UPGRADE_ROUNDED, width=760
        )

    async def _close(self) -> None:
        if self._dialog is not None:
            dialogs.close(self._dialog)

    # ------------------------------------------------------------------ what it says
    def _body(self, view: UpgradeView, nodes: dict[str, FieldNode]) -> list[ft.Control]:
        desk, say = self._desk, self._desk.say
        versions = say("upgrade.versions", old=view.old_version, new=view.new_version)
        body: list[ft.Control] = [
            parts.text(versions, Style.BODY_LARGE),
            parts.notice(desk, say("upgrade.kept", count=view.kept), "good", identifier="upgrade-kept"),
        ]
        if view.left:
            body.append(self._part("left", "bad", [self._change(each, nodes) for each in view.left]))
        if view.reworded:
            body.append(self._part("reworded", "warn", [self._change(each, nodes) for each in view.reworded]))
        if view.added:
            body.append(self._part("added", "info", self._papers(view.added)))
        if view.dropped:
            body.append(self._part("dropped", "info", self._papers(view.dropped)))
        return body

    def _part(self, name: str, tone: theme.Tone, rows: Sequence[ft.Control]) -> ft.Control:
        desk = self._desk
        _, ink = theme.tone_colours(desk.palette, tone)
        column = ft.Column(
            [
                parts.heading(desk.say(f"upgrade.{name}", count=len(rows)), Style.TITLE_SMALL),
                parts.text(desk.say(f"upgrade.{name}_hint"), Style.BODY_SMALL, color=desk.palette.quiet),
                *rows,
            ],
            spacing=theme.GAP_XS,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        edged = ft.Container(
            column,
            border=ft.Border.only(left=ft.BorderSide(4, ink)),
            padding=ft.Padding.only(left=theme.GAP_M),
        )
        return parts.tid(f"upgrade-{name}", edged, container=True)

    def _change(self, change: Change, nodes: dict[str, FieldNode]) -> ft.Control:
        desk = self._desk
        label = words.label(desk.texts, change.label) or desk.say("upgrade.no_label")
        value = answer_words(desk, nodes.get(change.pointer), change)
        lines: list[ft.Control] = [
            parts.text(label, Style.LABEL_MEDIUM, color=desk.palette.quiet),
            parts.text(value, Style.BODY_LARGE),
        ]
        if change.reason.value != "reworded":
            reason = words.choice(desk.texts, "upgrade_reason", change.reason.value)
            lines.append(parts.text(reason, Style.BODY_SMALL))
        return ft.Container(ft.Column(lines, spacing=0), padding=ft.Padding.symmetric(vertical=4))

    def _papers(self, papers: Sequence[PaperChange]) -> list[ft.Control]:
        desk = self._desk
        rows: list[ft.Control] = []
        for paper in papers:
            name = words.either(desk.texts, paper.name, paper.name_en)
            if paper.pages:
                name = desk.say("upgrade.scanned", name=name, count=paper.pages)
            rows.append(parts.text(name, Style.BODY_LARGE))
        return rows
