"""Rows of certified copies: which one holds for a document, and what a new scan undoes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from van_station.records.certified_copies import CertifiedCopy
from van_station.records.dossiers import Component
from van_station.store import UnitOfWork


def copies_of(session: Session, dossier_id: str) -> Sequence[CertifiedCopy]:
    """Return every certification of a dossier's documents, earliest first; those of removed files too."""
    query = select(CertifiedCopy).where(CertifiedCopy.dossier_id == dossier_id)
    return session.exec(query.order_by(col(CertifiedCopy.certified_at))).all()


def record_of(session: Session, file_id: str) -> CertifiedCopy | None:
    """Return the certification of a document, None for an unsigned one."""
    return session.exec(select(CertifiedCopy).where(CertifiedCopy.file_id == file_id)).first()


def undo_certification(unit: UnitOfWork, component: Component) -> None:
    """Take back *certified* from a paper whose pages change after it was signed; the record of it stays."""
    query = select(CertifiedCopy.id).where(CertifiedCopy.component_id == component.id).limit(1)
    if component.certified_by is not None and unit.session.exec(query).first() is not None:
        component.certified_by = None
        unit.save(component)
        unit.note({"certification": "undone"})
