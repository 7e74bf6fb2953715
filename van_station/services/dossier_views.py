"""Dossiers as screens show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session, col, select

from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.exchange import OutboxItem, StatusEvent
from van_station.records.payments import Payment
from van_station.records.people import Person
from van_station.records.queue import Ticket
from van_station.records.trips import Trip
from van_station.rules.dossiers import DossierState
from van_station.rules.form_nodes import FieldProblem, Node
from van_station.rules.form_review import Progress
from van_station.rules.json_values import Pointer
from van_station.services.capture_events import FileView
from van_station.services.catalogue import Catalogue, Entry, FeeView, ProcedureCard
from van_station.services.clock import hanoi_day
from van_station.services.payments import PaymentState
from van_station.services.people import PersonView, person_row, person_view

EDITABLE = frozenset({DossierState.DRAFT, DossierState.READY, DossierState.SUPPLEMENT})
"""States in which answers and papers may change."""


@dataclass(frozen=True)
class Missing:
    """Something that lacks: a form answer, or a paper."""

    kind: Literal["form", "component"]
    code: str
    label: str
    label_en: str
    where: str
    """Pointer of the field, or id of the component."""
    args: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class FormPaper:
    """A paper as a form names it: the component's id, its name, how many pages were scanned."""

    component_id: str
    name: str
    pages: int


@dataclass(frozen=True)
class FormView:
    """The form as it stands."""

    title: str
    title_en: str
    nodes: tuple[Node, ...]
    problems: tuple[FieldProblem, ...]
    answered: int
    """Required fields with an answer that is right."""
    total: int
    editable: bool
    warnings: tuple[FieldProblem, ...] = ()
    """What a person should look at once more; stops nothing."""
    progress: Progress = field(default_factory=lambda: Progress(0, 0))
    """How far the whole and each page is."""
    origin_days: Mapping[Pointer, date] = field(default_factory=dict)
    """The day of the earlier dossier, or of the guidance, for answers whose origin is `earlier` or `told`."""
    papers: Mapping[str, FormPaper] = field(default_factory=dict)
    """The dossier's papers by code, for answers that stand for one."""
    pledges: frozenset[Pointer] = frozenset()
    """Yes-or-no fields that only *yes* satisfies."""


@dataclass(frozen=True)
class ComponentView:
    """A paper of the dossier and what has been scanned of it."""

    id: str
    code: str
    name: str
    name_en: str
    required: bool
    applies: bool
    kind: Literal["submit", "show"]
    seen: bool
    files: tuple[FileView, ...]
    pending_pages: int


@dataclass(frozen=True)
class StatusView:
    """A step at the authority."""

    status: int
    at: datetime


@dataclass(frozen=True)
class DossierLine:
    """A dossier in a list."""

    id: str
    number: str
    official_code: str | None
    person_name: str
    procedure_name: str
    procedure_name_en: str
    state: DossierState
    platform_status: int | None
    created_at: datetime
    pages: int
    outbox_reason: str | None

    def __repr__(self) -> str:
        return f"DossierLine(id={self.id!r}, state={self.state.value!r})"


@dataclass(frozen=True)
class DossierView:
    """Everything a dossier's page shows."""

    id: str
    number: str
    provisional_no: str
    official_code: str | None
    state: DossierState
    platform_status: int | None
    procedure: ProcedureCard
    procedure_version: str
    """The version of the procedure that the draft was begun with."""
    person: PersonView
    components: tuple[ComponentView, ...]
    fee: FeeView | None
    """None while the catalogue holds no fee for this case."""
    payment_state: PaymentState | None
    due_on: date | None
    created_at: datetime
    confirmed_at: datetime | None
    acknowledged_at: datetime | None
    ticket_label: str
    events: tuple[StatusView, ...]
    void_reason: str | None
    conflicts: tuple[str, ...]
    editable: bool


def dossier_view(
    session: Session, row: Dossier, entry: Entry, catalogue: Catalogue, conflicts: tuple[str, ...]
) -> DossierView:
    """Return the view of a row."""
    ticket = session.get(Ticket, row.ticket_id or "")
    trip = session.get(Trip, row.trip_id)
    state = DossierState(row.state)
    payment = session.exec(select(Payment).where(Payment.dossier_id == row.id)).first()
    events = session.exec(
        select(StatusEvent).where(StatusEvent.dossier_id == row.id).order_by(col(StatusEvent.at))
    ).all()
    return DossierView(
        id=row.id,
        number=row.official_code or row.provisional_no,
        provisional_no=row.provisional_no,
        official_code=row.official_code,
        state=state,
        platform_status=row.platform_status,
        procedure=catalogue.get(row.procedure_code, row.procedure_version),
        procedure_version=row.procedure_version,
        person=person_view(person_row(session, row.person_id)),
        components=_components(session, row, entry),
        fee=catalogue.fee_view(
            row,
            ticket.priority_group if ticket else None,
            hanoi_day(row.created_at),
            trip.ward_code if trip else None,
        ),
        payment_state=PaymentState(payment.state) if payment else None,
        due_on=row.due_on,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        acknowledged_at=row.acknowledged_at,
        ticket_label=ticket.label if ticket else "",
        events=tuple(StatusView(event.status, event.at) for event in events),
        void_reason=row.void_reason,
        conflicts=conflicts,
        editable=state in EDITABLE,
    )


def dossier_lines(
    session: Session, rows: Sequence[tuple[Dossier, Person]], catalogue: Catalogue
) -> tuple[DossierLine, ...]:
    """Return the lines of rows; pages and parked items of all of them are fetched together."""
    ids = [row.id for row, _ in rows]
    pages: Counter[str] = Counter()
    files = select(StoredFile.dossier_id, StoredFile.page_count).where(
        col(StoredFile.dossier_id).in_(ids),
        StoredFile.role == "document",
        col(StoredFile.removed).is_(False),
    )
    for dossier_id, count in session.exec(files):
        pages[dossier_id] += count
    items = select(OutboxItem.dossier_id, OutboxItem.reason_code).where(
        col(OutboxItem.dossier_id).in_(ids), OutboxItem.state == "parked"
    )
    parked = dict(session.exec(items).all())
    return tuple(
        DossierLine(
            id=row.id,
            number=row.official_code or row.provisional_no,
            official_code=row.official_code,
            person_name=person.full_name,
            procedure_name=catalogue.name(row.procedure_code),
            procedure_name_en=catalogue.name_en(row.procedure_code),
            state=DossierState(row.state),
            platform_status=row.platform_status,
            created_at=row.created_at,
            pages=pages[row.id],
            outbox_reason=parked.get(row.id),
        )
        for row, person in rows
    )


def _components(session: Session, row: Dossier, entry: Entry) -> tuple[ComponentView, ...]:
    rules = {rule.code: rule for rule in entry.procedure.components}
    order = {code: place for place, code in enumerate(rules)}
    applying = {
        rule.code for rule in entry.procedure.components_for(entry.form.submission(dict(row.answers)))
    }
    files = session.exec(
        select(StoredFile).where(StoredFile.dossier_id == row.id, col(StoredFile.removed).is_(False))
    ).all()
    rows = session.exec(select(Component).where(Component.dossier_id == row.id)).all()
    return tuple(
        ComponentView(
            id=component.id,
            code=component.code,
            name=component.name,
            name_en=rules[component.code].name.en if component.code in rules else component.name,
            required=component.required,
            applies=component.code in applying,
            kind=rules[component.code].kind.value if component.code in rules else "submit",
            seen=component.certified_by is not None,
            files=_documents(files, component.id),
            pending_pages=sum(file.component_id == component.id and file.role == "page" for file in files),
        )
        for component in sorted(rows, key=lambda each: order.get(each.code, len(order)))
    )


def _documents(files: Sequence[StoredFile], component_id: str) -> tuple[FileView, ...]:
    return tuple(
        FileView(file.id, component_id, file.page_count, file.size_bytes, file.sealed_at, file.media_type)
        for file in sorted(files, key=lambda each: each.sequence)
        if file.component_id == component_id and file.role == "document"
    )
