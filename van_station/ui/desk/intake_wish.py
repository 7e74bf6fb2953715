"""What somebody came for: need, procedure, priority group with its rule and source."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.services.intake import GroupChoice
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.intake_field import IntakeHub
from van_station.ui.desk.procedure_picker import ProcedurePicker
from van_station.ui.desk.trip import NEED_ICONS
from van_station.ui.parts import Style

NEEDS_PROCEDURE = frozenset({"digitise", "guidance"})
_CONFIDENCES = ("verified", "recalled", "secondary", "unverified", "plan")


def confidence_words(say: Callable[..., str], confidence: str) -> str:
    """Return how far a rule may be trusted; a sentence of the data that is no code as it stands."""
    return say(f"confidence.{confidence}") if confidence in _CONFIDENCES else confidence


class WishPanel:
    """Tiles for needs, the procedure, tiles for priority groups."""

    def __init__(self, hub: IntakeHub) -> None:
        self._hub = hub
        desk = hub.desk
        self._groups: tuple[GroupChoice, ...] = ()
        self._needs: dict[str, parts.Tile] = {}
        self._group_tiles: dict[str, parts.Tile] = {}
        stretch = ft.CrossAxisAlignment.STRETCH
        self._need_row = ft.ResponsiveRow(spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._procedure = ft.Column(spacing=theme.GAP_S, horizontal_alignment=stretch)
        self._notes = ft.Column(spacing=theme.GAP_S, visible=False, horizontal_alignment=stretch)
        self._group_row = ft.Row(wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)
        self._group_said = ft.Column(spacing=2, visible=False)
        self._picker = ProcedurePicker(
            desk,
            self._take,
            hold=lambda: hub.reader.busy,
            divert=self._card_in_search,
            foreign=desk.work.intake.seems_card,
            heard=lambda value: hub.reader.typed("procedure-search", value),
            at=self._typing,
        )
        rules = parts.Press(
            desk,
            "priority-rules",
            desk.say("priority_rule.more"),
            hub.unless_reading(self._show_rules),
            kind="text",
            icon=ft.Icons.GAVEL_ROUNDED,
            shortcut="Alt+U",
            show_key=True,
        )
        self.view = parts.card(
            desk,
            [
                self._title("intake.need", "intake.need_hint"),
                self._need_row,
                self._notes,
                self._title("intake.procedure"),
                self._procedure,
                self._title("intake.priority", "intake.priority_hint", rules.view),
                self._group_row,
                self._group_said,
            ],
            padding=16,
            spacing=theme.GAP_S,
        )

    def _title(self, key: str, hint: str = "", *more: ft.Control) -> ft.Control:
        say = self._hub.desk.say
        row: list[ft.Control] = [parts.heading(say(key), Style.TITLE_MEDIUM)]
        if hint:
            row.append(parts.text(say(hint), Style.BODY_SMALL, color=self._hub.desk.palette.quiet))
        return ft.Row(
            [*row, *more],
            spacing=theme.GAP_M,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def _typing(self, place: str) -> None:
        self._hub.typing_at = place

    # ------------------------------------------------------------------ needs
    async def load(self) -> None:
        """Ask for needs and groups, once."""
        if self._needs:
            return
        desk = self._hub.desk
        needs = await desk.run(desk.work.intake.needs)
        self._groups = await desk.run(desk.work.intake.groups)
        self._needs = {code: self._need_tile(code, number) for number, code in enumerate(needs, start=1)}
        self._need_row.controls = [
            ft.Container(tile.view, col={"xs": 12, "sm": 6, "lg": 4}) for tile in self._needs.values()
        ]
        self._group_tiles = {group.code: self._group_tile(group) for group in self._groups}
        self._group_row.controls = [tile.view for tile in self._group_tiles.values()]

    def _need_tile(self, code: str, number: int) -> parts.Tile:
        hub = self._hub

        async def pick() -> None:
            await self._choose(code)

        label = hub.desk.say(f"need.{code}")
        icon = NEED_ICONS.get(code)
        return parts.Tile(
            hub.desk, f"need-{code}", label, hub.unless_reading(pick), icon=icon, key=str(number)
        )

    async def choose_number(self, number: int) -> None:
        """Choose a need by its place on the screen, from 1."""
        codes = list(self._needs)
        if 1 <= number <= len(codes):
            await self._choose(codes[number - 1])

    async def _choose(self, code: str) -> None:
        hub = self._hub
        hub.state.need = code
        hub.state.touched.add("need")
        self.show_need()
        await hub.check("need")
        if code in NEEDS_PROCEDURE and hub.state.procedure is None:
            await self._picker.focus()

    async def focus(self) -> None:
        """Give the keyboard to the chosen need, or the first one."""
        tile = self._needs.get(self._hub.state.need) or next(iter(self._needs.values()), None)
        if tile is not None:
            await self._hub.desk.focus(tile.button)

    # ------------------------------------------------------------------ procedure
    async def _card_in_search(self, text: str) -> None:
        """Take a card that was read, or pasted, while the keyboard was at the search."""
        await self._hub.read(text)

    async def _take(self, card: ProcedureCard | None) -> None:
        hub = self._hub
        hub.state.choose(card)
        hub.typing_at = ""
        self._picker.clear()
        await hub.redraw()
        await hub.check("procedure_code")
        if card is not None:
            tile = next(iter(self._group_tiles.values()), None)
            if tile is not None:
                await hub.desk.focus(tile.button)

    def show_procedure(self) -> None:
        """Show the chosen procedure, or the search."""
        card, desk = self._hub.state.procedure, self._hub.desk
        if card is None:
            self._procedure.controls = [self._picker.view]
            return

        async def drop() -> None:
            await self._take(None)
            await self._picker.focus()

        change = parts.Press(
            desk, "procedure-change", desk.say("common.change"), self._hub.unless_reading(drop), kind="text"
        )
        name = f"{words.either(desk.texts, card.name, card.name_en)} · {card.code}"
        icon = ft.Icons.DESCRIPTION_OUTLINED
        self._procedure.controls = [
            parts.notice(desk, name, "info", icon=icon, actions=[change.view], identifier="procedure-chosen"),
        ]

    # ------------------------------------------------------------------ priority
    def _group_tile(self, group: GroupChoice) -> parts.Tile:
        hub = self._hub

        async def pick() -> None:
            state = hub.state
            state.group = None if state.group == group.code else group.code
            state.group_suggested = False
            state.touched.add("priority_group")
            self.show_groups()
            self.view.update()

        name = words.choice(hub.desk.texts, "priority", group.code) or group.name
        tile = parts.Tile(hub.desk, f"group-{group.code}", name, hub.unless_reading(pick), compact=True)
        tile.button.tooltip = self._rule(group)
        return tile

    def _rule(self, group: GroupChoice) -> str:
        say = self._hub.desk.say
        law = say("priority_rule.law", law=group.law) if group.law else say("priority_rule.no_law")
        plan = say("priority_rule.in_plan") if group.in_plan else say("priority_rule.not_in_plan")
        return f"{law} ({confidence_words(say, group.confidence)}). {plan}."

    def show_groups(self) -> None:
        """Show which group is chosen, by which rule, and whether the machine only suggests it."""
        state, desk = self._hub.state, self._hub.desk
        for code, tile in self._group_tiles.items():
            tile.set(selected=state.group == code)
        chosen = next((group for group in self._groups if group.code == state.group), None)
        said: list[ft.Control] = []
        if chosen is not None and state.group_suggested:
            mark = parts.badge(
                desk, desk.say("priority_rule.suggested"), "warn", ft.Icons.AUTO_AWESOME_OUTLINED
            )
            said.append(parts.tid("group-suggested", ft.Row([mark])))
        if chosen is not None:
            rule = parts.text(self._rule(chosen), Style.BODY_SMALL, color=desk.palette.quiet)
            said.append(parts.tid("group-rule", rule))
        self._group_said.controls, self._group_said.visible = said, bool(said)

    async def _show_rules(self) -> None:
        self.rules()

    def rules(self) -> None:
        """Open the sheet with every group, its rule and its source."""
        desk, say, p = self._hub.desk, self._hub.desk.say, self._hub.desk.palette
        holder: list[ft.AlertDialog] = []

        async def done() -> None:
            dialogs.close(holder[0])

        body: list[ft.Control] = [parts.text(say("priority_rule.how"), Style.BODY_LARGE)]
        for group in self._groups:
            name = words.choice(desk.texts, "priority", group.code) or group.name
            body.append(
                ft.Column(
                    [
                        parts.text(name, Style.TITLE_SMALL),
                        parts.text(self._rule(group), Style.BODY_SMALL, color=p.quiet),
                    ],
                    spacing=2,
                )
            )
        close = parts.Press(desk, "rules-close", say("common.close"), done, kind="filled", autofocus=True)
        title = say("priority_rule.title")
        holder.append(dialogs.sheet(desk, title, body, [close.view], icon=ft.Icons.GAVEL_ROUNDED, width=720))

    # ------------------------------------------------------------------ all of it
    def clear(self) -> None:
        """Forget what was searched."""
        self._picker.clear()

    def show_need(self) -> None:
        """Show which need is chosen."""
        for code, tile in self._needs.items():
            tile.set(selected=self._hub.state.need == code)

    def show(self) -> None:
        """Show everything of the state; the caller updates the view."""
        self.show_need()
        self.show_procedure()
        self.show_groups()

    def show_notes(self) -> None:
        """Show what is wrong with the wish."""
        state, desk, strict = self._hub.state, self._hub.desk, self._hub.strict
        told = [
            note
            for note in state.notes
            if note.field in ("need", "procedure_code", "priority_group", "companions")
            and (strict or (note.severity == "warning" and note.field in state.touched))
        ]
        self._notes.controls = [
            parts.notice(
                desk,
                words.note(desk.texts, note.code, dict(note.details)),
                "bad" if note.severity == "error" else "warn",
            )
            for note in told
        ]
        self._notes.visible = bool(told)
