"""What a returning citizen told or brought before: offered one by one, with date and source, taken or not.

To be hung where a dossier is worked on: `panel = ReturningPanel(desk, kinds)`, `panel.view`, and
`await panel.show(dossier)` on entering. It says nothing for somebody who was never here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from van_station.rules.form_nodes import FieldNode
from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import DossierView
from van_station.services.returning import MetBefore, Offer
from van_station.ui import parts, theme, words
from van_station.ui.desk.consent_sheet import ConsentSheet
from van_station.ui.parts import Style
from van_station.ui.session import Desk

BOTH = frozenset({"answer", "scan"})


async def _nobody() -> None:
    """Nobody wants to know."""


class ReturningPanel:
    """One line: how often they were here; opened, one offer after the other.

    Args:
        desk: the window.
        kinds: which offers to show: `answer`, `scan` or both.
        taken: runs after something was taken into the dossier.
    """

    def __init__(
        self, desk: Desk, kinds: frozenset[str] = BOTH, taken: Callable[[], Awaitable[None]] = _nobody
    ) -> None:
        self._desk, self._kinds, self._taken = desk, kinds, taken
        self._dossier: DossierView | None = None
        self._met: MetBefore | None = None
        self._offers: tuple[Offer, ...] = ()
        self._labels: dict[str, FieldNode] = {}
        self._open = False
        self.view = ft.Column(
            spacing=theme.GAP_S, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )

    # ------------------------------------------------------------------ reading
    async def show(self, dossier: DossierView) -> None:
        """Ask what is on offer for a dossier and draw it; the caller updates the view."""
        if self._dossier is None or dossier.id != self._dossier.id:
            self._open = False
        self._dossier = dossier
        await self._load()
        self._draw()

    async def _load(self) -> None:
        desk, dossier = self._desk, self._dossier
        self._offers, self._met = (), None
        if dossier is None or not dossier.editable:
            return
        person_id, returning = dossier.person.id, desk.work.returning
        self._met = await desk.run(returning.met_before, desk.me, person_id, dossier.id)
        if self._open and self._met.dossiers and (self._met.answers_allowed or self._met.scans_allowed):
            found = await desk.run(returning.offers, desk.me, person_id, dossier.procedure.code, dossier.id)
            self._offers = tuple(offer for offer in found if offer.kind in self._kinds)
            self._labels = await desk.run(self._nodes, dossier.id) if self._offers else {}

    def _nodes(self, dossier_id: str) -> dict[str, FieldNode]:
        found: dict[str, FieldNode] = {}
        pending = list(self._desk.work.dossiers.form(dossier_id).nodes)
        while pending:
            node = pending.pop()
            if isinstance(node, FieldNode):
                found[node.pointer] = node
            else:
                pending += getattr(node, "children", ())
        return found

    async def _again(self) -> None:
        await self._load()
        self._draw()
        self.view.update()

    # ------------------------------------------------------------------ acts
    async def _ask(self) -> None:
        if self._dossier is not None:
            await ConsentSheet(self._desk, self._dossier.person.id, self._consented).open()

    async def _consented(self) -> None:
        self._open = True
        await self._again()

    async def _flip(self) -> None:
        self._open = not self._open
        await self._again()

    def _take(self, offer: Offer) -> Callable[[], Awaitable[None]]:
        async def take() -> None:
            desk, returning, dossier = self._desk, self._desk.work.returning, self._dossier
            if dossier is None:
                return
            if offer.kind == "answer":
                await desk.run(returning.take_answer, desk.me, dossier.id, offer.id)
            else:
                await desk.run(returning.take_scan, desk.me, dossier.id, offer.id)
            desk.snack(desk.say("returning.taken", label=self._label(offer)))
            await self._again()
            await self._taken()

        return take

    def _skip(self, offer: Offer) -> Callable[[], Awaitable[None]]:
        async def skip() -> None:
            if self._dossier is not None:
                await self._desk.run(
                    self._desk.work.returning.decline, self._desk.me, self._dossier.id, offer.id
                )
            await self._again()

        return skip

    # ------------------------------------------------------------------ drawing
    def _draw(self) -> None:
        met = self._met
        self.view.visible = met is not None and met.dossiers > 0
        if met is None or not self.view.visible:
            self.view.controls = []
            return
        rows: list[ft.Control] = [self._line(met)]
        if self._open and (met.answers_allowed or met.scans_allowed):
            rows.append(self._offer(self._offers[0]) if self._offers else self._nothing())
        self.view.controls = rows

    def _line(self, met: MetBefore) -> ft.Control:
        desk, say = self._desk, self._desk.say
        said = say("returning.dossiers", count=met.dossiers)
        if met.last_at is not None:
            said = f"{say('returning.was_here', day=met.last_at, times=met.visits)}. {said}"
        allowed = met.answers_allowed or met.scans_allowed
        actions: list[ft.Control] = []
        if allowed:
            label = say("common.close") if self._open else say("returning.open")
            actions.append(parts.Press(desk, "returning-open", label, self._flip, kind="tonal").view)
        label = say("returning.consents") if allowed else say("returning.ask")
        ask = parts.Press(desk, "returning-ask", label, self._ask, kind="text" if allowed else "tonal")
        return parts.notice(
            desk,
            said,
            "good",
            icon=ft.Icons.HISTORY_ROUNDED,
            actions=[*actions, ask.view],
            identifier="returning",
        )

    def _nothing(self) -> ft.Control:
        none = parts.text(self._desk.say("returning.nothing"), Style.BODY_MEDIUM)
        return parts.tid("returning-nothing", none)

    def _label(self, offer: Offer) -> str:
        return words.either(self._desk.texts, offer.label, offer.label_en)

    def _value(self, offer: Offer) -> str:
        if offer.kind == "scan":
            return self._desk.say("returning.scan_pages", pages=offer.pages)
        return self._shown(offer.target, offer.value)

    def _shown(self, pointer: str, value: JsonValue) -> str:
        """Return an answer as the form shows it: a choice's words, a day as it is typed."""
        node = self._labels.get(pointer)
        for option in node.options if node is not None else ():
            if option.value == value:
                return words.label(self._desk.texts, option.label)
        text = str(value)
        year, _, rest = text.partition("-")
        if node is not None and node.kind.value == "date" and len(year) == 4 and len(rest) == 5:
            month, _, day = rest.partition("-")
            return f"{day}/{month}/{year}"
        return text

    def _offer(self, offer: Offer) -> ft.Control:
        desk, say, p = self._desk, self._desk.say, self._desk.palette
        source = say(
            "returning.source",
            day=offer.recorded_at,
            by=offer.recorded_by or say("returning.somebody"),
            procedure=words.either(desk.texts, offer.source_procedure, offer.source_procedure_en),
            number=offer.source_number,
        )
        take = parts.Press(
            desk,
            "returning-take",
            say("returning.take"),
            self._take(offer),
            kind="filled",
            disabled=not offer.usable,
        )
        skip = parts.Press(desk, "returning-skip", say("returning.skip"), self._skip(offer))
        lines: list[ft.Control] = [
            parts.text(
                say("returning.one_of", number=1, count=len(self._offers)), Style.LABEL_SMALL, color=p.quiet
            ),
            parts.text(self._label(offer), Style.LABEL_LARGE),
            parts.tid("returning-value", parts.text(self._value(offer), Style.BODY_LARGE)),
            parts.tid("returning-source", parts.text(source, Style.BODY_SMALL, color=p.quiet)),
        ]
        if not offer.usable:
            lines.append(parts.notice(desk, say("returning.scan_closed"), "warn"))
        lines.append(ft.Row([take.view, skip.view], wrap=True, spacing=theme.GAP_S))
        return parts.tid(
            "returning-offer",
            ft.Container(
                ft.Column(lines, spacing=theme.GAP_XS, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                bgcolor=p.ground,
                border_radius=theme.RADIUS_M,
                padding=theme.GAP_M,
            ),
            container=True,
        )
