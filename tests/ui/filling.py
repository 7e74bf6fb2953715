"""Filling a form with keys alone: F10 leads to each gap, what is typed there depends on its kind."""

from __future__ import annotations

import contextlib

from tests.ui.conftest import Station
from tests.ui.driver import Window
from van_station.rules.form_nodes import FieldKind, FieldNode
from van_station.rules.json_values import JsonValue
from van_station.ui.desk.form_choices import fits_tiles
from van_station.ui.desk.form_model import fields_of

MOST_GAPS = 60


def field(station: Station, dossier_id: str, pointer: str) -> FieldNode:
    """Return a field as the service has it now."""
    nodes = fields_of(station.workspace.dossiers.form(dossier_id).nodes)
    return next(node for node in nodes if node.pointer == pointer)


def answer_of(station: Station, dossier_id: str, pointer: str) -> JsonValue:
    """Return an answer as it is on the disk; None for a field that is not there."""
    nodes = fields_of(station.workspace.dossiers.form(dossier_id).nodes)
    return next((node.value for node in nodes if node.pointer == pointer), None)


def here(window: Window) -> str:
    """Return the pointer of the field that has the keyboard, "" when it is elsewhere."""
    name = window.place().partition(":")[0]
    if name.startswith("field/"):
        return name.removeprefix("field")
    return name.removeprefix("choice").rpartition("-")[0] if name.startswith("choice/") else ""


def fill_gaps(station: Station, window: Window, dossier_id: str, answers: dict[str, object]) -> list[str]:
    """Go from gap to gap and answer each; returns where it went.

    Args:
        station: the machine.
        window: at the form.
        dossier_id: whose form it is.
        answers: by pointer: what is typed, the place of a tile, or True for a box.
    """
    walked: list[str] = []
    form = station.workspace.dossiers.form
    for _ in range(MOST_GAPS):
        wrong = {problem.pointer for problem in form(dossier_id).problems}
        if not wrong:
            return walked
        window.quiet()
        if here(window) not in wrong:
            window.press("F10")
        window.wait(lambda gaps=wrong: here(window) in gaps, f"a gap, the keyboard is at {window.place()}")
        pointer = here(window)
        walked.append(pointer)
        give(station, window, dossier_id, pointer, answers[pointer])
    raise AssertionError(f"no end of gaps: {walked}")


def give(station: Station, window: Window, dossier_id: str, pointer: str, said: object) -> None:
    """Answer the field that has the keyboard."""
    node = field(station, dossier_id, pointer)
    if node.kind is FieldKind.CHECKBOX:
        window.press("Space")
    elif node.kind is FieldKind.CHOICE and fits_tiles(node):
        window.press_on(f"choice{pointer}-{said}", "Space")
    elif node.kind in (FieldKind.CHOICE, FieldKind.LIST):
        window.write(str(said))
        window.see(f"hit{pointer}-0")
        window.press("Enter")
        window.gone(f"hit{pointer}-0")
    else:
        window.press("Control+A")
        window.write(str(said))
        window.press("Enter")
    window.wait(
        lambda: answer_of(station, dossier_id, pointer) not in (None, node.value),
        f"the answer at {pointer} on disk",
    )


def turn_to(window: Window, identifier: str) -> None:
    """Turn the pages of a form, back first, until a control is there and nothing turns any more."""
    for key in ("PageUp", "PageDown"):
        for _ in range(8):
            with contextlib.suppress(AssertionError):  # a page comes row by row
                window.wait(lambda: window.part(identifier).count() > 0, identifier, 2)
                window.quiet(1.0)  # the page of the last answer may still be turning
            if window.part(identifier).count():
                return
            before = fields_seen(window)
            window.press(key)
            with contextlib.suppress(AssertionError):
                window.wait(lambda seen=before: fields_seen(window) != seen, "another page", 1.5)
                continue
            break
    raise AssertionError(f"{identifier} is on no page")


def fields_seen(window: Window) -> list[str]:
    """Return the test ids of all fields of the page, at one moment."""
    return window.page.evaluate(
        """() => [...document.querySelectorAll('[flt-semantics-identifier^="field/"]')]
            .map(e => e.getAttribute('flt-semantics-identifier'))"""
    )
