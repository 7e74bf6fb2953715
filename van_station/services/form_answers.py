"""What a screen shows of a form beside the answers: where they came from, which papers they name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from sqlmodel import Session, select

from van_station.records.consents import TakenOver
from van_station.records.dossiers import Component, Dossier
from van_station.records.people import Person
from van_station.rules.conditions import ANY
from van_station.rules.dossiers import DossierState
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_nodes import FieldKind
from van_station.rules.form_options import OptionLists
from van_station.rules.form_prefill import Known, prefill
from van_station.rules.forms import Answers, Form
from van_station.rules.json_values import JsonValue, Pointer, get, is_object, join
from van_station.services.catalogue import Entry
from van_station.services.clock import hanoi_day
from van_station.services.dossier_views import EDITABLE, FormPaper, FormView
from van_station.services.told_answers import TOLD
from van_station.store import UnitOfWork

_BY_CARD = {"card_qr": "card", "chip": "chip"}
_NOT_ON_CARDS = frozenset({"person.phone"})


@dataclass(frozen=True)
class FormCase:
    """What else a form's view is made of.

    Attributes:
        known: facts of the person, by prefill hint.
        identified_by: how the person's facts were read (`Person.identified_by`).
        taken: answers taken over, by pointer: the day of the earlier dossier and its answers.
        told: answers given during guidance and not changed since, by pointer.
        papers: the dossier's components by code.
        today: in Hanoi.
    """

    known: Known
    identified_by: str
    taken: Mapping[Pointer, tuple[date, Answers]] = field(default_factory=dict, repr=False)
    told: Mapping[Pointer, TakenOver] = field(default_factory=dict, repr=False)
    papers: Mapping[str, FormPaper] = field(default_factory=dict)
    today: date | None = None
    lists: OptionLists | None = None

    @property
    def scanned(self) -> frozenset[str]:
        """Codes of the papers that have pages."""
        return frozenset(code for code, paper in self.papers.items() if paper.pages)


def form_case(
    session: Session, row: Dossier, person: Person, known: Known, today: date, lists: OptionLists | None
) -> FormCase:
    """Look up what a form's view is made of."""
    components = session.exec(select(Component).where(Component.dossier_id == row.id)).all()
    query = select(TakenOver, Dossier).where(TakenOver.dossier_id == row.id, TakenOver.what == "answers")
    found = session.exec(query.where(TakenOver.source_dossier_id == Dossier.id)).all()
    told = select(TakenOver).where(TakenOver.dossier_id == row.id, TakenOver.what == TOLD)
    return FormCase(
        known=known,
        identified_by=person.identified_by,
        taken={
            taken.pointer or "": (hanoi_day(source.created_at), dict(source.answers))
            for taken, source in found
        },
        told={each.pointer or "": each for each in session.exec(told)},
        papers={each.code: FormPaper(each.id, each.name, each.page_count) for each in components},
        today=today,
        lists=lists,
    )


def form_view(row: Dossier, entry: Entry, case: FormCase) -> FormView:
    """Return the form as it stands."""
    form = entry.form
    answers = form.attach(dict(row.answers), case.scanned, today=case.today)
    origins = origins_of(form, answers, case)
    review = form.review(answers, origins, today=case.today, lists=case.lists)
    return FormView(
        title=entry.procedure.form.name.vi,
        title_en=entry.procedure.form.name.en,
        nodes=review.nodes,
        problems=review.errors,
        answered=review.progress.required_done,
        total=review.progress.required_total,
        editable=DossierState(row.state) in EDITABLE,
        warnings=review.warnings,
        progress=review.progress,
        origin_days=_origin_days(origins, case),
        papers=case.papers,
        pledges=pledges(form),
    )


def _origin_days(origins: Mapping[Pointer, str], case: FormCase) -> dict[Pointer, date]:
    days: dict[Pointer, date] = {}
    for pointer, how in origins.items():
        if how == "earlier":
            days[pointer] = case.taken[pointer][0]
        elif how == TOLD:
            days[pointer] = hanoi_day(case.told[pointer].taken_at)
    return days


def without_changed(unit: UnitOfWork, case: FormCase, before: Answers, after: Answers) -> FormCase:
    """Forget, in the unit that changes answers, where those came from that the person gave otherwise now."""
    changed = {pointer for pointer in case.told if get(before, pointer) != get(after, pointer)}
    for pointer in sorted(changed):
        unit.erase(case.told[pointer])
    if not changed:
        return case
    return replace(case, told={at: row for at, row in case.told.items() if at not in changed})


def origins_of(form: Form, answers: Answers, case: FormCase) -> dict[Pointer, str]:
    """Return where answers came from that nobody changed since: card, chip, intake, earlier, told, default.

    An answer of the draft counts as the card's when it says what the card says; so it stays right whatever
    was typed in between.
    """
    found: dict[Pointer, str] = {}
    for pointer, value in _leaves(form.empty()):
        if get(answers, pointer) == value:
            found[pointer] = "default"
    hints = form.prefill_hints()
    how = _BY_CARD.get(case.identified_by, "intake")
    for pointer, value in prefill(form, case.known).items():
        if get(answers, pointer) == value:
            found[pointer] = "intake" if hints[pointer] in _NOT_ON_CARDS else how
    for pointer, (_, source) in case.taken.items():
        value = get(answers, pointer)
        if value is not None and any(value == each for _, each in _leaves(source)):
            found[pointer] = "earlier"
    found |= {pointer: TOLD for pointer in case.told if get(answers, pointer) is not None}
    return found


def with_item(form: Form, answers: Answers, place: tuple[Pointer, int], item: JsonValue) -> Answers:
    """Return the answers with an item of a repeated group put back where it was.

    Args:
        form: the form.
        answers: the draft.
        place: pointer of the group, and the item's number there.
        item: the item's answers as they were kept; what the form doesn't take is left out.

    Raises:
        AnswerRefused: `form.no_such_field`, `form.too_many_items`, `form.too_large`.
    """
    pointer, index = place
    answers = form.add_item(answers, pointer)
    items = get(answers, pointer)
    last = len(items) - 1 if isinstance(items, list) else 0
    answers = _filled(form, answers, f"{pointer}/{last}", item)
    return form.move_item(answers, pointer, last, min(index, last)) if index < last else answers


def _filled(form: Form, answers: Answers, pointer: Pointer, value: JsonValue) -> Answers:
    if is_object(value):
        for name, inner in value.items():
            answers = _filled(form, answers, pointer + join([name]), inner)
        return answers
    if isinstance(value, list):
        there = get(answers, pointer)
        for at, inner in enumerate(value):
            if not isinstance(there, list) or at >= len(there):
                answers = form.add_item(answers, pointer)
            answers = _filled(form, answers, f"{pointer}/{at}", inner)
        return answers
    with contextlib.suppress(AnswerRefused):  # calculated again, or no field of this form any more
        return form.set(answers, pointer, value)
    return answers


@lru_cache(maxsize=256)
def pledges(form: Form) -> frozenset[Pointer]:
    """Return the yes-or-no fields that only *yes* satisfies, as a declaration that is signed."""
    found = set()
    for path, spec in form.loaded.fields.items():
        if spec.kind is FieldKind.CHECKBOX and ANY not in path:
            place: object = form.loaded.schema
            for part in path:
                inner = place.get("properties") if isinstance(place, Mapping) else None
                place = inner.get(part) if isinstance(inner, Mapping) else None
            if isinstance(place, Mapping) and place.get("const") is True:
                found.add(join(path))
    return frozenset(found)


def _leaves(value: JsonValue, pointer: Pointer = "") -> Iterator[tuple[Pointer, JsonValue]]:
    if is_object(value):
        for name, inner in value.items():
            yield from _leaves(inner, pointer + join([name]))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{pointer}/{at}")
    elif value is not None:
        yield pointer, value
