"""Dossiers (*hồ sơ*): begun from a ticket, filled, confirmed, printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.exchange import OutboxItem
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.records.trips import Setting, Trip
from van_station.rules.access import Act
from van_station.rules.catalogue import Channel, ComponentRule
from van_station.rules.dossiers import (
    DossierAct,
    DossierState,
    Have,
    completeness,
    move,
    provisional_number,
)
from van_station.rules.errors import RuleError
from van_station.rules.form_nodes import ArrayNode, FieldNode, FieldProblem, GroupNode, Node
from van_station.rules.form_options import ListEntry, OptionLists, search_options
from van_station.rules.form_prefill import apply_prefill, known_person, prefill
from van_station.rules.forms import Answers
from van_station.rules.json_values import JsonValue, get
from van_station.rules.working_days import Calendar, due_date
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.clock import HANOI, Clock, hanoi_day
from van_station.services.dossier_views import (
    EDITABLE,
    DossierLine,
    DossierView,
    FormView,
    Missing,
    dossier_lines,
    dossier_view,
)
from van_station.services.earlier_data import withheld
from van_station.services.errors import NotFound, Refused, ServiceError, rules_as_refusals
from van_station.services.form_answers import FormCase, form_case, form_view, with_item, without_changed
from van_station.services.parties import people_on
from van_station.services.people import person_row
from van_station.services.search import dossier_rows, found_ids, latest_dossiers
from van_station.services.told_answers import begin_with_told, note_told
from van_station.services.trips import open_trip
from van_station.store import Store, UnitOfWork

FIND_LIMIT = 200
OPTIONS_LIMIT = 50


@dataclass(frozen=True)
class DossierSetup:
    """What dossiers need of this machine."""

    site_id: str
    calendar: Calendar


class Incomplete(ServiceError):
    """The dossier can't be confirmed yet; `missing` says what lacks."""

    code = "dossier.incomplete"

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(count=len(missing))
        self.missing = missing


class Dossiers:
    """The officer's work on one citizen's request."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalogue: Catalogue,
        setup: DossierSetup,
        lists: OptionLists | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._setup = setup
        self._lists = lists

    def start(self, actor: Actor, ticket_id: str, procedure_code: str | None = None) -> DossierView:
        """Begin the dossier of a ticket, prefilled from the card; the same one when it was begun before.

        Raises:
            Refused: procedure.missing, procedure.not_in_force, procedure.replaced, trip.none_open.
            NotFound: unknown ticket or procedure.
        """
        require(actor, Act.HELP_FORM)
        with self._store.unit(actor.user_id, "dossier.start", ("ticket", ticket_id)) as unit:
            query = select(Dossier).where(Dossier.ticket_id == ticket_id)
            known = unit.session.exec(query.where(Dossier.state != DossierState.VOIDED.value)).first()
            if known is None:
                known = self._begin(unit, actor, ticket_id, procedure_code)
            dossier_id = known.id
        return self.get(dossier_id)

    def start_for(
        self, actor: Actor, ticket_id: str, person_id: str, procedure_code: str | None = None
    ) -> DossierView:
        """Begin the dossier of one of the people on a ticket; the same one for the same person and procedure.

        Raises:
            Refused: as `start`; NotFound: unknown ticket, procedure, or a person who is not on the ticket.
        """
        require(actor, Act.HELP_FORM)
        with self._store.unit(actor.user_id, "dossier.start", ("ticket", ticket_id)) as unit:
            ticket = unit.session.get(Ticket, ticket_id)
            if ticket is None or person_id not in people_on(unit.session, ticket):
                raise NotFound
            query = select(Dossier).where(Dossier.ticket_id == ticket_id, Dossier.person_id == person_id)
            query = query.where(Dossier.procedure_code == (procedure_code or ticket.procedure_code))
            known = unit.session.exec(query.where(Dossier.state != DossierState.VOIDED.value)).first()
            if known is None:
                known = self._begin(unit, actor, ticket_id, procedure_code, person_id)
            dossier_id = known.id
        return self.get(dossier_id)

    def get(self, dossier_id: str) -> DossierView:
        """Return everything a dossier's page shows."""
        with self._store.reading() as session:
            row = _row(session, dossier_id)
            conflicts = tuple(each.field for each in self._store.conflicts("dossier", dossier_id))
            return dossier_view(session, row, self._entry(row), self._catalogue, conflicts)

    def find(
        self, text: str = "", state: DossierState | None = None, limit: int = 50
    ) -> tuple[DossierLine, ...]:
        """Return dossiers that the words of `text` find (`services.search`), or all; newest first."""
        most = max(0, min(limit, FIND_LIMIT))
        with self._store.reading() as session:
            if text.strip():
                rows = dossier_rows(session, found_ids(session, "dossier", text, state=state, limit=most))
                rows.sort(key=lambda pair: pair[0].created_at, reverse=True)
            else:
                rows = latest_dossiers(session, state, limit=most)
            return dossier_lines(session, rows, self._catalogue)

    def form(self, dossier_id: str) -> FormView:
        """Return the form as it stands: what to show, what is wrong, how far it is."""
        with self._store.reading() as session:
            row = _row(session, dossier_id)
            return form_view(row, self._entry(row), self._case(session, row))

    def options(self, list_name: str, query: str, limit: int = 8) -> tuple[ListEntry, ...]:
        """Return the best entries of a long list for what somebody types, accents and case ignored.

        Args:
            list_name: as `FieldNode.list_name` says.
            query: "" gives the first entries.
            limit: 50 at most.
        """
        known = (self._lists or {}).get(list_name)
        return search_options(known, query, max(0, min(limit, OPTIONS_LIMIT))) if known else ()

    def answer(self, actor: Actor, dossier_id: str, pointer: str, value: JsonValue) -> FormView:
        """Keep one answer: durable when this returns. The fee follows the answers."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.answer",
            lambda entry, answers: entry.form.set(answers, pointer, value, today=self._today()),
        )

    def take_over(
        self,
        actor: Actor,
        dossier_id: str,
        pointer: str,
        value: JsonValue,
        beside: Callable[[UnitOfWork], None],
    ) -> FormView:
        """Keep an earlier answer; `beside` checks and writes, in the same unit, where it came from."""
        return self._edit(
            actor,
            dossier_id,
            "returning.take_answer",
            lambda entry, answers: entry.form.set(answers, pointer, value, today=self._today()),
            beside,
        )

    def add_item(self, actor: Actor, dossier_id: str, pointer: str) -> FormView:
        """Add an empty item to a repeated group."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.item_add",
            lambda entry, answers: entry.form.add_item(answers, pointer, today=self._today()),
        )

    def remove_item(self, actor: Actor, dossier_id: str, pointer: str, index: int) -> FormView:
        """Remove an item of a repeated group."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.item_remove",
            lambda entry, answers: entry.form.remove_item(answers, pointer, index, today=self._today()),
        )

    def item(self, dossier_id: str, pointer: str, index: int) -> JsonValue:
        """Return an item of a repeated group as it is kept, for `restore_item`; None where there is none."""
        with self._store.reading() as session:
            items = get(dict(_row(session, dossier_id).answers), pointer)
        return items[index] if isinstance(items, list) and 0 <= index < len(items) else None

    def restore_item(
        self, actor: Actor, dossier_id: str, pointer: str, index: int, item: JsonValue
    ) -> FormView:
        """Put an item that was removed back to its place."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.item_add",
            lambda entry, answers: with_item(entry.form, answers, (pointer, index), item),
        )

    def move_item(self, actor: Actor, dossier_id: str, pointer: str, index: int, to: int) -> FormView:
        """Put an item of a repeated group to another place."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.item_move",
            lambda entry, answers: entry.form.move_item(answers, pointer, index, to, today=self._today()),
        )

    def duplicate_item(self, actor: Actor, dossier_id: str, pointer: str, index: int) -> FormView:
        """Put a copy of an item behind it."""
        return self._edit(
            actor,
            dossier_id,
            "dossier.item_add",
            lambda entry, answers: entry.form.duplicate_item(answers, pointer, index, today=self._today()),
        )

    def certify(self, actor: Actor, component_id: str, *, seen: bool = True) -> DossierView:
        """Record that the officer saw a paper, or compared the copy with its original.

        Source: only the officer certifies; a volunteer may scan (`digitisation_rules.json`).
        """
        require(actor, Act.CERTIFY)
        with self._store.unit(actor.user_id, "component.certify", ("component", component_id)) as unit:
            component = unit.session.get(Component, component_id)
            if component is None:
                raise NotFound
            _require_editable(_row(unit.session, component.dossier_id))
            component.certified_by = actor.user_id if seen else None
            unit.save(component)
            unit.note({"component": component.code, "seen": int(seen)})
            dossier_id = component.dossier_id
        return self.get(dossier_id)

    def missing(self, dossier_id: str) -> tuple[Missing, ...]:
        """Return what lacks before the dossier can be confirmed, in the order of the work."""
        with self._store.reading() as session:
            return self._missing(session, _row(session, dossier_id))

    def confirm(self, actor: Actor, dossier_id: str) -> DossierView:
        """Confirm a complete dossier: from here on it goes to the platform by itself.

        Raises:
            Incomplete: something lacks.
            Refused: state.not_allowed, dossier.in_conflict.
        """
        require(actor, Act.SUBMIT)
        now = self._clock.now()
        with self._store.unit(actor.user_id, "dossier.confirm", ("dossier", dossier_id)) as unit:
            row = _row(unit.session, dossier_id)
            missing = self._missing(unit.session, row)
            if missing:
                raise Incomplete(missing)
            if any(each.critical for each in self._store.conflicts("dossier", dossier_id)):
                raise Refused("dossier.in_conflict")
            row.answers = dict(self._attached(unit.session, row, self._entry(row)))
            _confirm(row)
            row.confirmed_at = now
            row.due_on = self._due_on(row, now)
            unit.save(row)
            for blob_id in _document_blobs(unit.session, dossier_id):
                unit.enqueue("blob", blob_id, dossier_id)
            unit.enqueue("dossier", dossier_id, dossier_id)
            unit.note({"version": row.version})
        return self.get(dossier_id)

    def void(self, actor: Actor, dossier_id: str, reason: str) -> DossierView:
        """Call a dossier void (*hủy*), with a reason; it stays and is counted as voided.

        Raises:
            Refused: dossier.reason_missing; dossier.not_allowed: it is at the platform, wholly or in part.
        """
        require(actor, Act.VOID)
        if not reason.strip():
            raise Refused("dossier.reason_missing")
        with self._store.unit(actor.user_id, "dossier.void", ("dossier", dossier_id)) as unit:
            row = _row(unit.session, dossier_id)
            with rules_as_refusals():
                row.state = move(DossierState(row.state), DossierAct.VOID).value
            items = unit.session.exec(select(OutboxItem).where(OutboxItem.dossier_id == dossier_id)).all()
            _require_unsent(items)
            for item in items:
                item.state, item.reason_code = "done", "dossier.voided"
                unit.save(item)
            row.void_reason = reason.strip()[:500]
            unit.save(row)
        return self.get(dossier_id)

    def _begin(
        self,
        unit: UnitOfWork,
        actor: Actor,
        ticket_id: str,
        procedure_code: str | None,
        person_id: str | None = None,
    ) -> Dossier:
        ticket = unit.session.get(Ticket, ticket_id)
        if ticket is None or ticket.person_id is None:
            raise NotFound
        code = procedure_code or ticket.procedure_code
        if not code:
            raise Refused("procedure.missing")
        now = self._clock.now()
        entry = self._catalogue.entry_for_new(code, hanoi_day(now))
        trip = open_trip(unit.session)
        person = person_row(unit.session, person_id or ticket.person_id)
        known = _known(person, withheld(unit.session, ticket, person.id))
        answers, told, source = entry.form.empty(), frozenset[str](), None
        if person.id == ticket.person_id:
            answers, told, source = begin_with_told(unit.session, ticket, self._catalogue, entry, answers)
        answers, _ = apply_prefill(entry.form, answers, prefill(entry.form, known))
        row = Dossier(
            trip_id=trip.id,
            ticket_id=ticket_id,
            person_id=person.id,
            procedure_code=code,
            procedure_version=entry.procedure.version,
            provisional_no=self._next_number(unit, now),
            state=DossierState.DRAFT.value,
            answers=answers,
            channel=Channel.DIRECT.value,
            counter=actor.counter,
            created_at=now,
            created_by=actor.user_id,
        )
        self._set_fee(row, *_circumstances(unit.session, row))
        unit.save(row)
        if source is not None:
            note_told(unit, row, source, told)
        for rule in entry.procedure.components:
            if not rule.from_form:
                unit.save(new_component(row.id, rule))
        if ticket.procedure_code != code and person.id == ticket.person_id:
            ticket.procedure_code = code
            unit.save(ticket)
        unit.note({"procedure": code, "dossier": row.id, "trip": trip.id})
        return row

    def _next_number(self, unit: UnitOfWork, now: datetime) -> str:
        day = hanoi_day(now)
        key = f"dossier_no:{day.isoformat()}"
        counter = unit.session.get(Setting, key) or Setting(key=key, value="0")
        counter.value = str(int(counter.value) + 1)
        unit.save(counter)
        with rules_as_refusals():
            return provisional_number(self._setup.site_id[:4], day, int(counter.value))

    def _edit(
        self,
        actor: Actor,
        dossier_id: str,
        act: str,
        change: Callable[[Entry, Answers], Answers],
        beside: Callable[[UnitOfWork], None] = lambda _: None,
    ) -> FormView:
        require(actor, Act.HELP_FORM)
        with self._store.unit(actor.user_id, act, ("dossier", dossier_id)) as unit:
            row = _row(unit.session, dossier_id)
            _require_editable(row)
            beside(unit)
            entry = self._entry(row)
            case = self._case(unit.session, row)
            circumstances = _circumstances(unit.session, row)  # looked up first: a look-up writes what waits
            before = dict(row.answers)
            with rules_as_refusals():
                row.answers = dict(change(entry, before))
            self._set_fee(row, *circumstances)
            unit.save(row)
            case = without_changed(unit, case, before, row.answers)
        return form_view(row, entry, case)  # after the commit: nobody waits for what is only shown

    def follow_fee(self, session: Session, row: Dossier) -> None:
        """Let the fee follow answers and version of a row that is being written."""
        self._set_fee(row, *_circumstances(session, row))

    def _set_fee(self, row: Dossier, group: str | None, ward: str | None) -> None:
        """Let the fee follow the answers; a fee the catalogue does not hold stays unknown."""
        fee = self._catalogue.fee_view(row, group, hanoi_day(row.created_at), ward)
        row.fee_vnd, row.fee_source = (fee.amount_vnd, fee.source) if fee else (None, None)

    def _case(self, session: Session, row: Dossier) -> FormCase:
        person = person_row(session, row.person_id)
        return form_case(session, row, person, _known(person), self._today(), self._lists)

    def _attached(self, session: Session, row: Dossier, entry: Entry) -> Answers:
        """Return the answers; those that stand for a paper say whether it was scanned."""
        query = select(Component.code).where(Component.dossier_id == row.id, Component.page_count > 0)
        return entry.form.attach(dict(row.answers), session.exec(query).all(), today=self._today())

    def _today(self) -> date:
        return hanoi_day(self._clock.now())

    def _missing(self, session: Session, row: Dossier) -> tuple[Missing, ...]:
        entry = self._entry(row)
        answers = self._attached(session, row, entry)
        review = entry.form.review(answers, today=self._today(), lists=self._lists)
        components = session.exec(select(Component).where(Component.dossier_id == row.id)).all()
        have = [Have(each.code, each.page_count, each.certified_by is not None) for each in components]
        ids = {each.code: each.id for each in components}
        labels = {node.pointer: node.label for node in _fields(review.nodes)}
        form_gaps = [_form_gap(problem, labels) for problem in review.errors]
        paper_gaps = [
            Missing("component", gap.code, gap.name.vi, gap.name.en, ids.get(gap.code, ""))
            for gap in completeness(entry.procedure, entry.form.submission(answers), have)
            if gap.blocking
        ]
        return (*form_gaps, *paper_gaps)

    def _due_on(self, row: Dossier, now: datetime) -> date | None:
        try:
            limit = self._entry(row).procedure.time_limit
            return due_date(now.astimezone(HANOI), limit, self._setup.calendar).on
        except RuleError:
            return None

    def _entry(self, row: Dossier) -> Entry:
        return self._catalogue.entry(row.procedure_code, row.procedure_version)


def _circumstances(session: Session, row: Dossier) -> tuple[str | None, str | None]:
    """Return what a fee depends on beside the answers: the priority group declared, and the trip's ward."""
    ticket = session.get(Ticket, row.ticket_id or "")
    trip = session.get(Trip, row.trip_id)
    return (ticket.priority_group if ticket else None), (trip.ward_code if trip else None)


def _known(person: Person, but: frozenset[str] = frozenset()) -> dict[str, JsonValue]:
    facts = {
        "id_number": person.id_number,
        "old_id_number": person.old_id_number,
        "full_name": person.full_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "birth_text": person.birth_text,
        "sex": person.sex,
        "address": person.address,
        "phone": person.phone,
        "card_issued_on": person.card_issued_on.isoformat() if person.card_issued_on else "",
    }
    return known_person(**{name: value or "" for name, value in facts.items() if name not in but})


def new_component(dossier_id: str, rule: ComponentRule) -> Component:
    """Return the row of a paper that a dossier needs."""
    return Component(
        dossier_id=dossier_id,
        code=rule.code,
        name=rule.name.vi,
        required=rule.required,
        copies=rule.copies,
        document_kind=rule.paper.value,
    )


def _form_gap(problem: FieldProblem, labels: dict[str, Any]) -> Missing:
    label = labels.get(problem.pointer)
    vi, en = (label.vi, label.en) if label else ("", "")
    return Missing("form", problem.code, vi, en, problem.pointer, problem.args)


def _fields(nodes: Sequence[Node]) -> list[FieldNode]:
    """Return all visible fields of a layout, in order."""
    found: list[FieldNode] = []
    for node in nodes:
        if not node.visible:
            continue
        match node:
            case FieldNode():
                found.append(node)
            case GroupNode():
                found += _fields(node.children)
            case ArrayNode():
                for item in node.items:
                    found += _fields(item)
    return found


def _document_blobs(session: Session, dossier_id: str) -> list[str]:
    query = select(StoredFile.blob_id).where(
        StoredFile.dossier_id == dossier_id,
        StoredFile.role == "document",
        col(StoredFile.removed).is_(False),
    )
    return sorted(set(session.exec(query).all()))


def _confirm(row: Dossier) -> None:
    """Move a complete dossier to the outbox; a supplemented one is a new version."""
    state = DossierState(row.state)
    if state is DossierState.SUPPLEMENT:
        row.version += 1
    with rules_as_refusals():
        if state is DossierState.DRAFT:
            state = move(state, DossierAct.COMPLETE)
        row.state = move(state, DossierAct.CONFIRM).value


def _require_editable(row: Dossier) -> None:
    if DossierState(row.state) not in EDITABLE:
        raise Refused("dossier.not_editable")


def _require_unsent(items: Sequence[OutboxItem]) -> None:
    """Refuse while files of the dossier are at the gateway, unless it has said no to the dossier itself."""
    said_no = any(item.kind == "dossier" and item.state == "parked" for item in items)
    if any(item.state == "done" for item in items) and not said_no:
        raise Refused("dossier.not_allowed")


def _row(session: Session, dossier_id: str) -> Dossier:
    row = session.get(Dossier, dossier_id)
    if row is None:
        raise NotFound
    return row
