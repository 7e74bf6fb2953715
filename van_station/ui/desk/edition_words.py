"""What an edition of the catalogue changes, and what is wrong with one, in words."""

from __future__ import annotations

from van_station.i18n import Texts
from van_station.rules.catalogue_diff import EditionChange, ProcedureChange
from van_station.rules.catalogue_faults import EditionRefused, Fault

MOST_SHOWN = 40


def counts(change: EditionChange) -> dict[str, int]:
    """Return how many procedures are added, changed and removed."""
    found = {"added": 0, "changed": 0, "removed": 0}
    for each in change.procedures:
        found[each.what] += 1
    return found


def touched(texts: Texts, change: ProcedureChange) -> str:
    """Return which parts of a procedure change: `giấy tờ, lệ phí, tờ khai`; "" when it comes or goes."""
    names: dict[str, None] = {}
    for field in change.fields:
        part = field.pointer.strip("/").split("/")[0]
        if part != "version":
            key = f"field.{part}"
            names[texts.say(key) if key in texts else part] = None
    if change.form:
        names[texts.say("field.form")] = None
    return ", ".join(names)


def faults_of(refusal: BaseException) -> tuple[Fault, ...]:
    """Return every fault behind a refusal, none when it is about the file as a whole."""
    cause = refusal.__cause__
    return cause.faults if isinstance(cause, EditionRefused) else ()


def place(fault: Fault) -> str:
    """Return where a fault is: the file and the pointer in it."""
    return f"{fault.file} {fault.pointer or '/'}".strip()


def what(texts: Texts, fault: Fault) -> str:
    """Return what is wrong there."""
    key = f"fault.{fault.what}"
    said = texts.say(key) if key in texts else fault.what
    return f"{said} {fault.hint}".strip()
