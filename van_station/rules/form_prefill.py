"""Answers that are already known: from a card, or from what the person told before."""

import contextlib
from collections.abc import Mapping

from van_station.rules.citizen_card import CardReading
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_changes import changed_between
from van_station.rules.form_nodes import FieldKind
from van_station.rules.form_partial_dates import read_partial_date
from van_station.rules.forms import Answers, Form
from van_station.rules.json_values import JsonValue, Pointer, get, join

Known = Mapping[str, JsonValue]
"""Hint -> value, for example `person.full_name`; the hints are listed in `docs/formats/catalogue.md`."""


def known_from_card(card: CardReading) -> dict[str, JsonValue]:
    """Return what a card tells, by prefill hint."""
    return known_person(
        id_number=card.id_number,
        old_id_number=card.old_id_number,
        full_name=card.full_name,
        birth_date=card.birth_date.isoformat() if card.birth_date else "",
        birth_text=card.birth_text,
        sex=str(card.sex or ""),
        address=card.address,
        card_issued_on=card.issued_on.isoformat() if card.issued_on else "",
    )


def known_person(**facts: str) -> dict[str, JsonValue]:
    """Return `person.<fact>` for each fact that is not empty.

    Facts: id_number, old_id_number, full_name, birth_date (ISO), birth_text, sex (`male`/`female`), address,
    phone, card_issued_on (ISO). `person.birth_year` is added from either birth fact.
    """
    known: dict[str, JsonValue] = {f"person.{name}": value for name, value in facts.items() if value}
    year = facts.get("birth_date", "")[:4] or facts.get("birth_text", "")[-4:]
    if year.isascii() and year.isdecimal() and len(year) == 4:
        known["person.birth_year"] = int(year)
    return known


def prefill(form: Form, known: Known) -> dict[Pointer, JsonValue]:
    """Return which fields can be filled, by pointer; nothing is written."""
    offered = {pointer: known[hint] for pointer, hint in form.prefill_hints().items() if hint in known}
    return offered | _partial_births(form, known)


def _partial_births(form: Form, known: Known) -> dict[Pointer, JsonValue]:
    """Return what a card that gives less than a day of birth tells the fields that can hold that."""
    told = known.get("person.birth_text")
    if "person.birth_date" in known or not isinstance(told, str):
        return {}
    read = read_partial_date(told).date
    return {
        join(path): read.stored
        for path, spec in form.loaded.fields.items()
        if read is not None and spec.kind is FieldKind.PARTIAL_DATE and spec.prefill == "person.birth_date"
    }


def apply_prefill(
    form: Form, answers: Answers, offered: Mapping[Pointer, JsonValue]
) -> tuple[Answers, frozenset[Pointer]]:
    """Fill empty fields only; return the new answers and the pointers that were filled."""
    filled: set[Pointer] = set()
    for pointer, value in offered.items():
        if get(answers, pointer) is None:
            answers = form.set(answers, pointer, value)
            filled.add(pointer)
    return answers, frozenset(filled)


def apply_told(
    form: Form, answers: Answers, told: Mapping[Pointer, JsonValue], asked: Form | None = None
) -> tuple[Answers, frozenset[Pointer]]:
    """Fill in what a person answered when they were guided; return the new answers and what was filled.

    Args:
        form: of the dossier that begins.
        answers: what the form begins with; a default gives way to what was said.
        told: answers by pointer.
        asked: the form whose questions were put, when that was another version. An answer comes along only
            where the question still reads the same: nobody answered the new one.
    """
    if asked is not None:
        told = _still_asked(asked, form, told)
    filled: set[Pointer] = set()
    for pointer, value in told.items():
        with contextlib.suppress(AnswerRefused):  # what the form can't hold is asked again
            answers = form.set(answers, pointer, value)
            filled.add(pointer)
    return answers, frozenset(filled)


def _still_asked(asked: Form, form: Form, told: Mapping[Pointer, JsonValue]) -> dict[Pointer, JsonValue]:
    said, _ = apply_told(asked, asked.empty(), told)
    carried = changed_between(asked, form, said)
    reworded = {change.pointer for change in carried.reworded}
    return {pointer: told[pointer] for pointer in carried.kept if pointer in told and pointer not in reworded}
