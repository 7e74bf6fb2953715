"""Cards of the editions screen: an edition with what hangs on it, a difference, a refusal."""

from __future__ import annotations

import flet as ft

from van_station.rules.catalogue_diff import ProcedureChange
from van_station.services.edition_views import EditionPreview, EditionUse
from van_station.services.errors import Refused
from van_station.ui import parts, theme
from van_station.ui.desk import edition_words
from van_station.ui.parts import Style
from van_station.ui.session import Desk

_CHANGE_ICONS = {
    "added": ft.Icons.ADD_CIRCLE_OUTLINE_ROUNDED,
    "changed": ft.Icons.EDIT_OUTLINED,
    "removed": ft.Icons.REMOVE_CIRCLE_OUTLINE_ROUNDED,
}


def in_force(desk: Desk, use: EditionUse) -> ft.Control:
    """Return the card of the edition in force, with a warning when it is old."""
    say, p = desk.say, desk.palette
    picture = ft.Container(
        ft.Icon(ft.Icons.LIBRARY_BOOKS_OUTLINED, color=p.on_primary_soft, size=36),
        bgcolor=p.primary_soft,
        border_radius=theme.RADIUS_L,
        padding=16,
    )
    head = ft.Column(
        [
            parts.text(say("editions.in_force"), Style.LABEL_LARGE, color=p.quiet),
            parts.tid("edition-version", parts.text(use.edition.version, Style.HEADLINE_SMALL)),
        ],
        spacing=2,
        expand=True,
    )
    body: list[ft.Control] = [ft.Row([picture, head], spacing=theme.GAP_L)]
    if use.old:
        told = say("editions.old", days=use.age_days)
        body.append(parts.notice(desk, told, "warn", identifier="edition-old"))
    body.append(parts.facts(desk, _facts(desk, use)))
    return parts.card(desk, body)


def _facts(desk: Desk, use: EditionUse) -> list[tuple[str, str]]:
    say = desk.say
    edition = use.edition
    signer = say("editions.built_in") if edition.built_in else edition.key_id
    held = say("editions.damaged") if use.procedures is None else desk.texts.count(use.procedures)
    days = max(use.age_days, 0)
    issued = say("editions.issued_ago", issued_on=edition.issued_on, days=days)
    return [
        (say("editions.issued_on"), issued),
        (say("editions.signer"), signer),
        (say("editions.procedures"), held),
        (say("editions.drafts"), desk.texts.count(use.drafts)),
        (say("editions.installed_at"), desk.texts.datetime(edition.installed_at)),
    ]


def kept(desk: Desk, use: EditionUse) -> ft.Control:
    """Return the box of an older edition, with the drafts that hang on it."""
    p = desk.palette
    rows = ft.Column(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.HISTORY_ROUNDED, color=p.quiet),
                    parts.text(use.edition.version, Style.TITLE_MEDIUM, expand=True),
                ],
                spacing=theme.GAP_S,
            ),
            parts.facts(desk, _facts(desk, use)),
        ],
        spacing=theme.GAP_S,
    )
    box = ft.Container(rows, bgcolor=p.raised, border_radius=theme.RADIUS_M, padding=14)
    return parts.tid(f"edition-{use.edition.version}", box)


def changes(desk: Desk, told: EditionPreview) -> list[ft.Control]:
    """Return what an edition would change: sums, then procedure by procedure."""
    say = desk.say
    change = told.change
    sums = say("editions.change", **edition_words.counts(change), in_force=told.in_force)
    drawn: list[ft.Control] = [
        parts.tid("edition-change", parts.text(sums if change else say("catalogue.diff_none")))
    ]
    shown = change.procedures[: edition_words.MOST_SHOWN]
    drawn += [_change(desk, each) for each in shown]
    if len(change.procedures) > len(shown):
        more = say("editions.more", count=len(change.procedures) - len(shown))
        drawn.append(parts.text(more, Style.BODY_SMALL, color=desk.palette.quiet))
    for key, codes in (("diff_forms", change.forms), ("diff_successors", change.successors)):
        if codes:
            told_codes = say(f"catalogue.{key}", codes=", ".join(codes[: edition_words.MOST_SHOWN]))
            drawn.append(parts.text(told_codes, Style.BODY_MEDIUM))
    return drawn


def _change(desk: Desk, change: ProcedureChange) -> ft.Control:
    p = desk.palette
    colours = {"added": p.good, "changed": p.primary, "removed": p.bad}
    lines: list[ft.Control] = [
        parts.text(
            desk.say(f"catalogue.diff_{change.what}", code=change.code, name=change.name),
            Style.BODY_MEDIUM,
        )
    ]
    parts_touched = edition_words.touched(desk.texts, change)
    if parts_touched:
        lines.append(parts.text(parts_touched, Style.BODY_SMALL, color=p.quiet))
    row = ft.Row(
        [
            ft.Icon(_CHANGE_ICONS[change.what], color=colours[change.what]),
            ft.Column(lines, spacing=0, expand=True),
        ],
        spacing=theme.GAP_M,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return parts.tid(f"change-{change.code}", row)


def refused(desk: Desk, refusal: Refused) -> list[ft.Control]:
    """Say what is wrong with a file: as a whole, then each place in it."""
    text = desk.texts.error(refusal.code, **refusal.details)
    sentence = f"{text.happened} {text.next_step}"
    drawn: list[ft.Control] = [
        ft.Semantics(
            live_region=True,
            content=parts.notice(desk, sentence, "bad", identifier="edition-refused"),
        )
    ]
    faults = edition_words.faults_of(refusal)
    for at, fault in enumerate(faults[: edition_words.MOST_SHOWN]):
        lines: list[ft.Control] = [
            parts.text(edition_words.place(fault), Style.LABEL_LARGE),
            parts.text(edition_words.what(desk.texts, fault), Style.BODY_MEDIUM),
        ]
        drawn.append(parts.tid(f"fault-{at}", ft.Column(lines, spacing=0)))
    if len(faults) > edition_words.MOST_SHOWN:
        more = desk.say("editions.more", count=len(faults) - edition_words.MOST_SHOWN)
        drawn.append(parts.text(more, Style.BODY_SMALL))
    return drawn
