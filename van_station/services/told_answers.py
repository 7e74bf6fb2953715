"""Answers given during guidance (*hướng dẫn*): they go with the ticket and stand in the dossier's form.

They are kept encrypted and travel as every row does, so that another machine may begin the dossier. They are
erased when the ticket ends; the dossier then has its own answers and a note, without the value, of which of
them were given so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from van_station.records.consents import TakenOver
from van_station.records.dossiers import Dossier
from van_station.records.queue import Ticket, ToldAnswers
from van_station.rules.form_prefill import apply_told
from van_station.rules.forms import Answers
from van_station.rules.json_values import JsonValue, Pointer
from van_station.rules.queueing import OVER
from van_station.services.catalogue import Catalogue, Entry
from van_station.store import UnitOfWork

TOLD = "told"
"""`TakenOver.what` of an answer that was given during guidance."""
_OVER = frozenset(status.value for status in OVER)


@dataclass(frozen=True)
class GuidanceAnswers:
    """What somebody answered about one procedure, to be handed to the ticket.

    Attributes:
        version: of the procedure whose questions were asked.
        answers: by the field's pointer; only of questions that were asked in the end.
    """

    procedure_code: str
    version: str
    answers: Mapping[Pointer, JsonValue] = field(repr=False)
    told_at: datetime


def keep_told(unit: UnitOfWork, ticket: Ticket, told: GuidanceAnswers | None, user_id: str) -> int:
    """Write the answers of a ticket in the unit that makes it; returns how many.

    Answers about another procedure than the ticket's are left out.
    """
    if told is None or not told.answers or told.procedure_code != ticket.procedure_code:
        return 0
    unit.save(
        ToldAnswers(
            ticket_id=ticket.id,
            procedure_code=told.procedure_code,
            procedure_version=told.version,
            answers=dict(told.answers),
            told_at=told.told_at,
            told_by=user_id,
        )
    )
    return len(told.answers)


def told_on(session: Session, ticket_id: str) -> ToldAnswers | None:
    """Return what was answered for a ticket, the latest."""
    query = select(ToldAnswers).where(ToldAnswers.ticket_id == ticket_id)
    return session.exec(query.order_by(col(ToldAnswers.told_at).desc(), col(ToldAnswers.id))).first()


def begin_with_told(
    session: Session, ticket: Ticket, catalogue: Catalogue, entry: Entry, answers: Answers
) -> tuple[Answers, frozenset[Pointer], ToldAnswers | None]:
    """Return a form's first answers with those told for this procedure, which these are, and their row."""
    row = told_on(session, ticket.id)
    if row is None or row.procedure_code != entry.procedure.code:
        return answers, frozenset(), None
    asked = None
    if row.procedure_version != entry.procedure.version:
        asked = catalogue.entry(row.procedure_code, row.procedure_version).form
    answers, filled = apply_told(entry.form, answers, dict(row.answers), asked)
    return answers, filled, row


def note_told(unit: UnitOfWork, dossier: Dossier, row: ToldAnswers, pointers: frozenset[Pointer]) -> None:
    """Note of a new dossier which answers were given during guidance, when and to whom; never what."""
    for pointer in sorted(pointers):
        unit.save(
            TakenOver(
                dossier_id=dossier.id,
                source_dossier_id=dossier.id,
                what=TOLD,
                pointer=pointer,
                taken_at=row.told_at,
                taken_by=row.told_by,
            )
        )


def forget_told(unit: UnitOfWork) -> None:
    """Erase the answers of every ticket that is over, also those that came late from another machine."""
    query = select(ToldAnswers).where(ToldAnswers.ticket_id == Ticket.id, col(Ticket.status).in_(_OVER))
    for row in unit.session.exec(query).all():
        unit.erase(row)
