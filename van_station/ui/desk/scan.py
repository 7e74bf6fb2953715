"""Papers (*số hóa giấy tờ*): the list of papers, and for the chosen one its documents and its scanning."""

from __future__ import annotations

import flet as ft

from van_station.services.capture_events import FileView
from van_station.services.dossier_views import ComponentView, DossierView
from van_station.ui import dialogs, parts, theme, words
from van_station.ui.desk.copy_marks import copy_badge, copy_lines
from van_station.ui.desk.page_viewer import show_page
from van_station.ui.desk.returning_panel import ReturningPanel
from van_station.ui.desk.scan_batch import BatchPanel
from van_station.ui.desk.step import Goto, Step
from van_station.ui.parts import Style
from van_station.ui.session import Desk

MAX_THUMBNAILS = 8


def is_there(component: ComponentView) -> bool:
    """Whether a paper needs nothing more: scanned, or seen where seeing is enough."""
    return bool(component.files) or (component.kind == "show" and component.seen)


def next_component(components: tuple[ComponentView, ...], after: str) -> str:
    """Return the id of the paper to go on with: the next one that lacks, else the same."""
    lacking = [each.id for each in components if each.applies and not is_there(each)]
    if not lacking:
        return after or (components[0].id if components else "")
    ids = [each.id for each in components]
    later = [each for each in lacking if after in ids and ids.index(each) > ids.index(after)]
    return (later or lacking)[0]


class PapersStep(Step):
    """Papers on the left, the chosen one on the right."""

    def __init__(self, desk: Desk, goto: Goto) -> None:
        super().__init__(desk, goto)
        self._dossier: DossierView | None = None
        self._chosen = ""
        self._tiles: dict[str, parts.Tile] = {}
        self._list = ft.Column(
            spacing=theme.GAP_S,
            scroll=ft.ScrollMode.AUTO,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        self._head = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._files = ft.Column(spacing=theme.GAP_S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._returning = ReturningPanel(desk)
        self._pictures: dict[str, tuple[bytes, ...]] = {}
        self.batch = BatchPanel(desk, self._kept)
        self._seen: dict[str, parts.Tile] = {}
        self._file_views: dict[str, tuple[bool, ft.Control]] = {}
        self._next = forward = parts.Press(
            desk,
            "papers-next",
            desk.say("common.next"),
            self._forward,
            icon=ft.Icons.ARROW_FORWARD_ROUNDED,
            kind="tonal",
        )
        self._separators = ft.Row()
        left = ft.Container(
            ft.Column(
                [
                    parts.heading(desk.say("dossier.components")),
                    self._list,
                    self._separators,
                    ft.Row([forward.view]),
                ],
                spacing=theme.GAP_M,
            ),
            bgcolor=desk.palette.card,
            border=ft.Border.all(1, desk.palette.line),
            border_radius=theme.RADIUS_L,
            padding=theme.GAP_L,
            expand=4,
        )
        right = ft.Container(
            ft.Column(
                [self._returning.view, self._head, self.batch.view, self._files],
                spacing=theme.GAP_M,
                scroll=ft.ScrollMode.AUTO,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=desk.palette.card,
            border=ft.Border.all(1, desk.palette.line),
            border_radius=theme.RADIUS_L,
            padding=theme.GAP_L,
            expand=8,
        )
        self.view = ft.Row(
            [left, right], spacing=theme.GAP_M, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )

    # ------------------------------------------------------------------ coming and going
    async def enter(self, dossier: DossierView, where: dict[str, str]) -> None:
        """Draw the papers and choose the one that lacks."""
        if self._dossier is None or dossier.id != self._dossier.id:
            self._chosen, self._tiles = "", {}
            self._pictures.clear()
            self._seen.clear()
        self._file_views.clear()  # the addresses in them ended with the last visit
        self._dossier = dossier
        self._chosen = where.get("component") or self._chosen or next_component(dossier.components, "")
        self._draw_list()
        self._offer_separators(dossier)
        await self._returning.show(dossier)
        await self.batch.load_scanners()
        await self._show_chosen()

    def _offer_separators(self, dossier: DossierView) -> None:
        """Offer the sheets that let one scan fill all papers; only where there is more than one."""
        desk = self.desk
        applying = sum(each.applies for each in dossier.components)
        if not dossier.editable or applying < 2:
            self._separators.controls = []
            return
        label = desk.say("scan.print_separators")
        address = desk.offer(lambda: desk.work.separators.sheets(desk.me, dossier.id), label)
        button = parts.Press(
            desk, "print-separators", label, None, kind="text", icon=ft.Icons.PRINT_OUTLINED, url=address
        )
        self._separators.controls = [button.view]

    async def changed(self, dossier: DossierView, kinds: frozenset[str]) -> None:
        """A paper was scanned or seen, perhaps on the other desk."""
        if dossier == self._dossier:
            return  # whoever has the keyboard keeps it
        self._dossier = dossier
        self._draw_list()
        self._draw_head()
        await self._draw_files()
        self.view.update()

    async def focus(self) -> None:
        """Give the keyboard to the scanner while a paper lacks, else to what leads on."""
        components = self._dossier.components if self._dossier else ()
        lacking = any(each.applies and not is_there(each) for each in components)
        if lacking and self._dossier is not None and self._dossier.editable:
            await self.batch.focus()
        else:
            await self.desk.focus(self._next.button)

    async def leave(self) -> None:
        """Pages that came stay sealed; pictures in memory go."""
        self.batch.rest()
        self._pictures.clear()

    async def on_key(self, event: ft.KeyboardEvent) -> bool:
        """The batch uses most keys."""
        return await self.batch.on_key(event)

    async def _forward(self) -> None:
        await self.goto("fee")

    # ------------------------------------------------------------------ the list
    def _component(self) -> ComponentView | None:
        components = self._dossier.components if self._dossier else ()
        return next((each for each in components if each.id == self._chosen), None)

    def _draw_list(self) -> None:
        if self._dossier is None:
            return
        shown = [each for each in self._dossier.components if each.applies or each.files]
        if list(self._tiles) != [each.id for each in shown]:
            self._tiles = {each.id: self._tile(each) for each in shown}
            self._list.controls = [tile.view for tile in self._tiles.values()]
        for each in shown:
            tile = self._tiles[each.id]
            tile.caption(self._state_words(each))
            tile.set(selected=each.id == self._chosen, done=is_there(each))

    def _tile(self, component: ComponentView) -> parts.Tile:
        async def pick() -> None:
            self._chosen = component.id
            self._draw_list()
            await self._show_chosen()

        name = words.either(self.desk.texts, component.name, component.name_en)
        return parts.Tile(self.desk, f"component-{component.code}", name, pick, caption=" ")

    def _state_words(self, component: ComponentView) -> str:
        say = self.desk.say
        if component.pending_pages:
            return say("scan.pending_pages", count=component.pending_pages)
        if component.files:
            return say("dossier.component_pages", count=sum(file.page_count for file in component.files))
        if is_there(component):
            return say("scan.seen")
        if not component.required:
            return say("common.optional")
        return say("scan.to_show") if component.kind == "show" else say("dossier.component_missing")

    # ------------------------------------------------------------------ the chosen one
    async def _show_chosen(self) -> None:
        component, dossier = self._component(), self._dossier
        if component is None or dossier is None:
            self.view.update()
            return
        self._draw_head()
        self._files.controls = []
        await self.batch.show(dossier.id, component, editable=dossier.editable)
        self.view.update()
        await self._draw_files()
        self.view.update()

    def _draw_head(self) -> None:
        component, dossier, desk = self._component(), self._dossier, self.desk
        if component is None or dossier is None:
            return
        name = words.either(desk.texts, component.name, component.name_en)
        state: theme.Tone = "good" if is_there(component) else "warn" if component.required else "neutral"
        row: list[ft.Control] = [
            ft.Column([parts.heading(name)], expand=True),
            parts.tid("component-state", parts.badge(desk, self._state_words(component), state)),
        ]
        self._head.controls = [ft.Row(row, spacing=theme.GAP_M)]
        if dossier.editable and (component.kind == "show" or component.files):
            self._head.controls.append(self._seen_box(component))

    def _seen_box(self, component: ComponentView) -> ft.Control:
        """Return the box that says the original was seen; it stays the same control."""
        desk = self.desk

        async def flipped() -> None:
            now = self._component()
            if now is not None:
                await desk.run(desk.work.dossiers.certify, desk.me, now.id, seen=not now.seen)

        tile = self._seen.get(component.id)
        if tile is None:
            label, icon = desk.say("scan.certify"), ft.Icons.VISIBILITY_OUTLINED
            tile = parts.Tile(desk, "certify", label, flipped, icon=icon, compact=True)
            self._seen[component.id] = tile
        tile.set(selected=component.seen)
        return ft.Row([tile.view])

    async def _draw_files(self) -> None:
        component = self._component()
        if component is None:
            return
        editable = self._dossier is not None and self._dossier.editable
        for file in component.files:
            drawn = self._file_views.get(file.id)
            if drawn is None or drawn[0] is not editable:
                self._file_views[file.id] = editable, await self._file(file)
        self._files.controls = [self._file_views[file.id][1] for file in component.files]

    async def _file(self, file: FileView) -> ft.Control:
        desk, say, p = self.desk, self.desk.say, self.desk.palette
        capture = desk.work.capture
        if file.id not in self._pictures:
            self._pictures[file.id] = await desk.run(capture.thumbnails, file.id)
        address = desk.offer(lambda: capture.document(desk.me, file.id), say("scan.document"))
        pictures = [
            self._picture(file, index, data)
            for index, data in enumerate(self._pictures[file.id][:MAX_THUMBNAILS])
        ]
        tools: list[ft.Control] = [
            parts.Press(
                desk,
                f"open-{file.id}",
                say("common.open"),
                None,
                kind="text",
                icon=ft.Icons.OPEN_IN_NEW_ROUNDED,
                url=address,
            ).view
        ]
        if self._dossier is not None and self._dossier.editable:
            tools.append(self._remove_button(file))
        pages = say("dossier.component_pages", count=file.page_count)
        facts = f"{pages} · {words.size(desk.texts, file.size_bytes)}"
        copies = await desk.run(desk.work.certify.copies, self._dossier.id if self._dossier else "", file.id)
        signs = [
            line for copy in copies for line in (ft.Row([copy_badge(desk, copy)]), *copy_lines(desk, copy))
        ]
        head = ft.Row(
            [
                ft.Icon(ft.Icons.LOCK_ROUNDED, color=p.good, size=22),
                ft.Column(
                    [
                        parts.text(facts, Style.TITLE_SMALL),
                        parts.text(say("scan.sealed_at", at=file.sealed_at), Style.BODY_SMALL, color=p.quiet),
                        *signs,
                    ],
                    spacing=0,
                    expand=True,
                ),
                *tools,
            ],
            spacing=theme.GAP_S,
        )
        box = ft.Container(
            ft.Column(
                [head, ft.Row(pictures, wrap=True, spacing=theme.GAP_S, run_spacing=theme.GAP_S)],
                spacing=theme.GAP_S,
            ),
            bgcolor=p.ground,
            border_radius=theme.RADIUS_M,
            padding=theme.GAP_M,
        )
        return parts.tid("document", box, container=True)

    def _picture(self, file: FileView, index: int, data: bytes) -> ft.Control:
        desk = self.desk

        async def enlarge() -> None:
            page = await desk.run(desk.work.capture.page_image, file.id, index)
            show_page(desk, page, desk.say("scan.page_number", number=index + 1))

        label = desk.say("scan.page_number", number=index + 1)
        image = ft.Image(src=data, height=116, width=84, fit=ft.BoxFit.CONTAIN, semantics_label=label)
        look = theme.button_style(desk.palette, "outlined")
        look.padding = ft.Padding.all(6)
        look.bgcolor = "#FFFFFF"
        return ft.OutlinedButton(content=image, on_click=desk.on(enlarge), style=look, tooltip=label)

    def _remove_button(self, file: FileView) -> ft.Control:
        desk = self.desk

        async def remove() -> None:
            await desk.run(desk.work.capture.remove, desk.me, file.id)

        async def ask() -> None:
            dialogs.ask(
                desk, desk.say("scan.remove_question"), yes=desk.say("common.remove"), act=remove, danger=True
            )

        label = desk.say("common.remove")
        return parts.Press(
            desk, f"remove-{file.id}", label, ask, kind="text", icon=ft.Icons.DELETE_OUTLINE_ROUNDED
        ).view

    async def _kept(self) -> None:
        """A document was made: show it, and go on with the next paper."""
        if self._dossier is None:
            return
        self._dossier = await self.desk.run(self.desk.work.dossiers.get, self._dossier.id)
        self._draw_list()
        await self._show_chosen()
