"""Returning citizens: what they told or brought before is offered again, one by one, with date and source.

Nothing is shown without their consent, nothing is taken without a deliberate act, and nothing comes from
anybody else's dossier. Source: Luật 91/2025/QH15, Điều 9; kiosk plan (what was entered is not asked twice).
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from van_station.records.columns import json_text
from van_station.records.consents import TakenOver
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.people import Person, User
from van_station.records.queue import Ticket
from van_station.records.trips import Setting
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.rules.form_nodes import FieldNode, GroupNode, Node
from van_station.rules.json_values import JsonValue, Pointer, get
from van_station.rules.reuse import ReusableField, is_about, reusable_fields, sources_of
from van_station.rules.text import fold
from van_station.services.actor import Actor, require
from van_station.services.capture_events import FileView
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.consents import REUSE_ANSWERS, REUSE_SCANS, standing
from van_station.services.copy_records import undo_certification
from van_station.services.dossier_views import EDITABLE, FormView
from van_station.services.dossiers import Dossiers
from van_station.services.errors import NotFound, Refused
from van_station.services.page_shelf import file_view, require_editable
from van_station.services.people import person_row
from van_station.services.sealed_files import Content, SealedFiles
from van_station.store import Store, UnitOfWork

MOST_EARLIER = 20
"""Earlier dossiers looked at, the newest."""
MOST_VALUES = 3
"""Different earlier answers offered for one field."""
_DECLINED = "returning.declined:"
_MOST_DECLINED = 500


@dataclass(frozen=True)
class Offer:
    """One earlier answer or scan that may be taken."""

    id: str
    kind: Literal["answer", "scan"]
    label: str
    """The field's or paper's name."""
    label_en: str
    target: str
    """Pointer of the field, or id of the component, that it would fill."""
    value: JsonValue
    """The earlier answer as kept (a choice's code, an ISO date); None for a scan."""
    recorded_at: datetime
    recorded_by: str
    """Full name of who wrote it down or scanned it; "" when not known here."""
    source_dossier_id: str
    source_number: str
    source_procedure: str
    source_procedure_en: str
    pages: int = 0
    usable: bool = True
    """False for a scan whose body this machine can't open: it must be scanned again."""

    def __repr__(self) -> str:
        return f"Offer(id={self.id!r}, kind={self.kind!r})"


@dataclass(frozen=True)
class MetBefore:
    """All that is said of earlier visits without consent."""

    dossiers: int
    answers_allowed: bool
    scans_allowed: bool
    visits: int = 0
    """How many tickets they had before the dossier's own."""
    last_at: datetime | None = None
    """When they had the last one."""


@dataclass(frozen=True)
class _Case:
    """The dossier that offers are for."""

    row: Dossier
    entry: Entry
    person: Person
    earlier: tuple[Dossier, ...]


class Returning:
    """Offers what a person told or brought before."""

    def __init__(self, store: Store, catalogue: Catalogue, dossiers: Dossiers, files: SealedFiles) -> None:
        self._store = store
        self._catalogue = catalogue
        self._dossiers = dossiers
        self._files = files
        self._shown: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def met_before(self, actor: Actor, person_id: str, dossier_id: str = "") -> MetBefore:
        """Return how often the person was here before, without any content, and what they agree to."""
        require(actor, Act.REUSE)
        with self._store.reading() as session:
            person = person_row(session, person_id)
            earlier = self._earlier(session, person, dossier_id)
            here = session.get(Dossier, dossier_id) if dossier_id else None
            visits, last_at = _visits(session, person, but=here.ticket_id if here else None)
            return MetBefore(
                visits=visits,
                last_at=last_at,
                dossiers=len(earlier),
                answers_allowed=standing(session, person_id, REUSE_ANSWERS) is not None,
                scans_allowed=standing(session, person_id, REUSE_SCANS) is not None,
            )

    def offers(self, actor: Actor, person_id: str, procedure_code: str, dossier_id: str) -> tuple[Offer, ...]:
        """Return what may be taken into a dossier: answers in the form's order, then scans, the newest first.

        Only of purposes the person agrees to now. That somebody was shown them is written down, once for each
        person and dossier while the machine is open.

        Raises:
            NotFound: no such dossier of this procedure. Refused: returning.other_person.
        """
        require(actor, Act.REUSE)
        with self._store.reading() as session:
            case = self._case(session, person_id, dossier_id)
            if case.row.procedure_code != procedure_code:
                raise NotFound
            offers = tuple(self._offers(session, case))
        if offers:
            self._note_shown(actor, dossier_id, len(offers))
        return offers

    def take_answer(self, actor: Actor, dossier_id: str, offer_id: str) -> FormView:
        """Take one earlier answer into the dossier: durable when this returns, with where it came from.

        Raises:
            Refused: returning.gone (no longer on offer: taken, consent withdrawn), dossier.not_editable, or
                why the form doesn't take the value.
        """
        require(actor, Act.REUSE)
        with self._store.reading() as session:
            offer = self._offer(session, dossier_id, offer_id, "answer")

        def beside(unit: UnitOfWork) -> None:
            self._offer(unit.session, dossier_id, offer_id, "answer")
            unit.note({"source": offer.source_dossier_id})
            unit.save(
                TakenOver(
                    dossier_id=dossier_id,
                    source_dossier_id=offer.source_dossier_id,
                    what="answers",
                    pointer=offer.target,
                    taken_at=unit.now,
                    taken_by=actor.user_id,
                )
            )

        return self._dossiers.take_over(actor, dossier_id, offer.target, offer.value, beside)

    def take_scan(self, actor: Actor, dossier_id: str, offer_id: str) -> FileView:
        """Attach an earlier scan without the paper going through the scanner again.

        The body is sealed anew: a sealed file opens under its own dossier and file only, so the platform
        could never open the same blob as part of this dossier. Certifying is not taken along.

        Raises:
            Refused: returning.gone, dossier.not_editable, file.not_openable, file.damaged,
                station.not_enrolled.
        """
        require(actor, Act.REUSE)
        require(actor, Act.SCAN)
        with self._store.reading() as session:
            offer = self._offer(session, dossier_id, offer_id, "scan")
            source = session.get_one(StoredFile, _file_of(offer_id))
            require_editable(session, dossier_id)
        content = Content(self._files.open(source), source.media_type, source.page_count, "document", 1)
        row = self._files.seal(actor.user_id, dossier_id, offer.target, content)
        with self._store.unit(actor.user_id, "returning.take_scan", ("dossier", dossier_id)) as unit:
            self._offer(unit.session, dossier_id, offer_id, "scan")
            require_editable(unit.session, dossier_id)
            component = unit.session.get_one(Component, offer.target)
            row.sequence = 1 + _document_count(unit.session, component.id)
            component.page_count += row.page_count
            undo_certification(unit, component)
            unit.save(row)
            unit.save(component)
            unit.save(
                TakenOver(
                    dossier_id=dossier_id,
                    source_dossier_id=offer.source_dossier_id,
                    what="file",
                    file_id=row.id,
                    taken_at=unit.now,
                    taken_by=actor.user_id,
                )
            )
            unit.note({"source": offer.source_dossier_id, "pages": row.page_count})
        return file_view(row)

    def decline(self, actor: Actor, dossier_id: str, offer_id: str) -> None:
        """Offer this one no more in this dossier, on this machine.

        Raises:
            Refused: returning.gone.
        """
        require(actor, Act.REUSE)
        with self._store.unit(actor.user_id, "returning.decline", ("dossier", dossier_id)) as unit:
            offer = self._offer(unit.session, dossier_id, offer_id)
            key = f"{_DECLINED}{dossier_id}"
            kept = unit.session.get(Setting, key) or Setting(key=key, value="")
            kept.value = " ".join([*kept.value.split(), offer.id][-_MOST_DECLINED:])
            unit.save(kept)
            unit.note({"kind": offer.kind})

    # ------------------------------------------------------------------ finding
    def _offer(self, session: Session, dossier_id: str, offer_id: str, kind: str | None = None) -> Offer:
        """Return an offer as it stands now; Refused (returning.gone) when it does not."""
        row = session.get(Dossier, dossier_id)
        if row is None:
            raise NotFound
        for offer in self._offers(session, self._case(session, row.person_id, dossier_id)):
            if offer.id == offer_id and kind in (None, offer.kind):
                return offer
        raise Refused("returning.gone")

    def _case(self, session: Session, person_id: str, dossier_id: str) -> _Case:
        row = session.get(Dossier, dossier_id)
        if row is None:
            raise NotFound
        if row.person_id != person_id:
            raise Refused("returning.other_person")
        person = person_row(session, person_id)
        return _Case(
            row,
            self._catalogue.entry(row.procedure_code, row.procedure_version),
            person,
            self._earlier(session, person, dossier_id),
        )

    def _earlier(self, session: Session, person: Person, but: str) -> tuple[Dossier, ...]:
        """Return the person's own dossiers, the newest first, without those whose owner is in doubt."""
        query = (
            select(Dossier)
            .where(
                col(Dossier.person_id).in_(_same_person(session, person)),
                Dossier.id != but,
                Dossier.state != DossierState.VOIDED.value,
            )
            .order_by(col(Dossier.created_at).desc(), col(Dossier.id))
            .limit(MOST_EARLIER)
        )
        rows = session.exec(query).all()
        return tuple(row for row in rows if not self._in_doubt("dossier", row.id, "person_id"))

    def _in_doubt(self, kind: str, record_id: str, field: str) -> bool:
        return any(each.field == field for each in self._store.conflicts(kind, record_id))

    def _offers(self, session: Session, case: _Case) -> Iterator[Offer]:
        if DossierState(case.row.state) not in EDITABLE or not case.earlier:
            return
        declined = session.get(Setting, f"{_DECLINED}{case.row.id}")
        gone = frozenset(declined.value.split() if declined else ())
        found: list[Offer] = []
        if standing(session, case.person.id, REUSE_ANSWERS) is not None:
            found += self._answers(session, case)
        if standing(session, case.person.id, REUSE_SCANS) is not None:
            found += self._scans(session, case)
        yield from (offer for offer in found if offer.id not in gone)

    def _answers(self, session: Session, case: _Case) -> Iterator[Offer]:
        visible = frozenset(_shown_fields(case.entry.form.layout(dict(case.row.answers))))
        wanted = [each for each in reusable_fields(case.entry.form.schema) if each.pointer in visible]
        sources = [
            (row, entry, fields)
            for row, entry in self._readable(case.earlier)
            if is_about(fields := reusable_fields(entry.form.schema), row.answers, case.person.id_number)
        ]
        for field in wanted:
            now = get(case.row.answers, field.pointer)
            known = {json_text(now)}
            for row, entry, fields in sources:
                same = entry.procedure.form.id == case.entry.procedure.form.id
                for value in _given(row, sources_of(field, fields, same_form=same)):
                    text = json_text(value)
                    if text not in known and len(known) <= MOST_VALUES:
                        known.add(text)
                        yield self._answer(session, field, value, row, entry)

    def _readable(self, rows: Iterable[Dossier]) -> Iterator[tuple[Dossier, Entry]]:
        """Yield the dossiers whose procedure this machine knows, in the version they were begun with."""
        for row in rows:
            with contextlib.suppress(NotFound):
                yield row, self._catalogue.entry(row.procedure_code, row.procedure_version)

    def _answer(
        self, session: Session, field: ReusableField, value: JsonValue, row: Dossier, entry: Entry
    ) -> Offer:
        return Offer(
            id=f"a.{row.id}.{_digest(field.pointer, value)}",
            kind="answer",
            label=field.title,
            label_en=field.title_en,
            target=field.pointer,
            value=value,
            recorded_at=row.confirmed_at or row.created_at,
            recorded_by=_name_of(session, row.created_by),
            source_dossier_id=row.id,
            source_number=row.official_code or row.provisional_no,
            source_procedure=entry.procedure.name.vi,
            source_procedure_en=entry.procedure.name.en,
        )

    def _scans(self, session: Session, case: _Case) -> Iterator[Offer]:
        rows = {row.id: row for row in case.earlier}
        earlier = _documents(session, list(rows))
        here = session.exec(select(Component).where(Component.dossier_id == case.row.id)).all()
        names = {rule.code: rule.name.en for rule in case.entry.procedure.components}
        taken = _contents(session, case.row.id)
        for component in sorted(here, key=lambda each: each.code):
            offered = set(taken)
            for file, source in earlier:
                if not _is_same_paper(component, source) or file.plain_sha256 in offered:
                    continue
                offered.add(file.plain_sha256)
                row = rows[file.dossier_id]
                yield Offer(
                    id=f"s.{file.id}.{component.id}",
                    kind="scan",
                    label=component.name,
                    label_en=names.get(component.code, component.name),
                    target=component.id,
                    value=None,
                    recorded_at=file.sealed_at,
                    recorded_by=_name_of(session, file.created_by),
                    source_dossier_id=row.id,
                    source_number=row.official_code or row.provisional_no,
                    source_procedure=self._catalogue.name(row.procedure_code),
                    source_procedure_en=self._catalogue.name_en(row.procedure_code),
                    pages=file.page_count,
                    usable=file.local_key is not None and self._store.blobs.exists(file.blob_id),
                )

    def _note_shown(self, actor: Actor, dossier_id: str, count: int) -> None:
        key = (actor.user_id, dossier_id)
        with self._lock:
            if key in self._shown:
                return
            self._shown.add(key)
        with self._store.unit(actor.user_id, "returning.show", ("dossier", dossier_id)) as unit:
            unit.note({"offers": count})


def _shown_fields(nodes: Iterable[Node]) -> Iterator[Pointer]:
    """Yield the pointers of what may be typed into now, outside repeated groups."""
    for node in nodes:
        if isinstance(node, FieldNode) and node.visible and node.enabled:
            yield node.pointer
        elif isinstance(node, GroupNode) and node.visible:
            yield from _shown_fields(node.children)


def _same_person(session: Session, person: Person) -> list[str]:
    """Return the ids of the rows of one person: two machines may have met them before they met each other.

    The number alone could be a typing slip: the name must be the same too.
    """
    if not person.id_number:
        return [person.id]
    query = select(Person.id).where(
        Person.id_number == person.id_number, Person.folded_name == person.folded_name
    )
    return sorted({person.id, *session.exec(query).all()})


def _visits(session: Session, person: Person, *, but: str | None) -> tuple[int, datetime | None]:
    """Return how many tickets a person had besides one, and when the last of them."""
    query = select(Ticket.created_at).where(col(Ticket.person_id).in_(_same_person(session, person)))
    if but is not None:
        query = query.where(Ticket.id != but)
    rows = session.exec(query.order_by(col(Ticket.created_at))).all()
    return len(rows), rows[-1] if rows else None


def _given(row: Dossier, fields: Iterable[ReusableField]) -> Iterator[JsonValue]:
    for field in fields:
        value = get(row.answers, field.pointer)
        if value is not None and value != "" and not isinstance(value, list | dict | bool):
            yield value


def _documents(session: Session, dossier_ids: Sequence[str]) -> list[tuple[StoredFile, Component]]:
    """Return the documents of dossiers with the paper each is, the newest first."""
    query = (
        select(StoredFile, Component)
        .where(
            StoredFile.component_id == Component.id,
            col(StoredFile.dossier_id).in_(dossier_ids),
            StoredFile.role == "document",
            col(StoredFile.removed).is_(False),
        )
        .order_by(col(StoredFile.sealed_at).desc(), col(StoredFile.id))
    )
    return list(session.exec(query).all())


def _is_same_paper(one: Component, other: Component) -> bool:
    return one.code == other.code or fold(one.name) == fold(other.name)


def _contents(session: Session, dossier_id: str) -> frozenset[str]:
    """Return the hashes of what the dossier holds already."""
    query = select(StoredFile.plain_sha256).where(
        StoredFile.dossier_id == dossier_id, col(StoredFile.removed).is_(False)
    )
    return frozenset(session.exec(query).all())


def _document_count(session: Session, component_id: str) -> int:
    query = select(StoredFile.id).where(
        StoredFile.component_id == component_id, StoredFile.role == "document"
    )
    return len(session.exec(query).all())


def _name_of(session: Session, user_id: str) -> str:
    user = session.get(User, user_id)
    return user.full_name if user else ""


def _file_of(offer_id: str) -> str:
    return offer_id.split(".")[1]


def _digest(pointer: Pointer, value: JsonValue) -> str:
    return hashlib.sha256(json_text([pointer, value]).encode()).hexdigest()[:24]
