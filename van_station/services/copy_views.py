"""Documents of a dossier as the screens of signing show them: who scanned, who certified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from van_station.records.certified_copies import CertifiedCopy
from van_station.records.dossiers import Component, StoredFile
from van_station.records.people import User
from van_station.services.copy_records import copies_of


class CopyState(StrEnum):
    """How a document stands."""

    UNSIGNED = "unsigned"
    RESCANNED = "rescanned"
    """Not signed; an earlier scan of the same paper was, and no longer counts."""
    SIGNED = "signed"
    BROKEN = "broken"
    """It was signed, and is no longer what was signed."""
    CLOSED = "closed"
    """Signed; its key is not on this machine, so it can't be looked at here."""


@dataclass(frozen=True)
class CopyRecord:
    """The certification that holds for a document."""

    certified_by: str = field(repr=False)
    """Name of the officer."""
    certified_at: datetime
    signer_name: str = field(repr=False)
    issuer_name: str
    certificate_sha256: str
    level: str
    revocation: str
    time_stamped_at: datetime | None
    signed_sha256: str


@dataclass(frozen=True)
class CopyView:
    """One document of a dossier."""

    file_id: str
    component_id: str
    name: str
    page_count: int
    captured_by: str = field(repr=False)
    """Name of who scanned it."""
    captured_at: datetime
    state: CopyState
    record: CopyRecord | None = None
    earlier: CopyRecord | None = None
    """The certification of an earlier scan, where there is none of this one."""
    checked: bool = False
    """Whether the signature itself was looked at, not only the bytes."""
    trusted: bool | None = None
    """Whether its issuer is one that this machine believes; None when it knows none."""


def copy_views(session: Session, dossier_id: str) -> tuple[CopyView, ...]:
    """Return the documents of a dossier in the order of its papers, as the rows say."""
    query = select(StoredFile).where(
        StoredFile.dossier_id == dossier_id, StoredFile.role == "document", col(StoredFile.removed).is_(False)
    )
    rows = session.exec(query.order_by(col(StoredFile.component_id), col(StoredFile.sequence))).all()
    records = copies_of(session, dossier_id)
    names = _names(session, rows, records)
    papers = session.exec(select(Component).where(Component.dossier_id == dossier_id)).all()
    titles = {paper.id: paper.name for paper in papers}
    return tuple(_view(row, records, names, titles) for row in rows)


def _view(
    row: StoredFile, records: Sequence[CertifiedCopy], names: dict[str, str], titles: dict[str, str]
) -> CopyView:
    own = next((each for each in records if each.file_id == row.id), None)
    earlier = [each for each in records if each.component_id == row.component_id and each is not own]
    state = CopyState.SIGNED if own else CopyState.RESCANNED if earlier else CopyState.UNSIGNED
    captured_by, captured_at = (own.captured_by, own.captured_at) if own else (row.created_by, row.sealed_at)
    return CopyView(
        file_id=row.id,
        component_id=row.component_id or "",
        name=titles.get(row.component_id or "", ""),
        page_count=row.page_count,
        captured_by=names.get(captured_by, ""),
        captured_at=captured_at,
        state=state,
        record=_record(own, names) if own else None,
        earlier=_record(earlier[-1], names) if earlier and not own else None,
    )


def _record(row: CertifiedCopy, names: dict[str, str]) -> CopyRecord:
    return CopyRecord(
        certified_by=names.get(row.certified_by, ""),
        certified_at=row.certified_at,
        signer_name=row.signer_name,
        issuer_name=row.issuer_name,
        certificate_sha256=row.certificate_sha256,
        level=row.level,
        revocation=row.revocation,
        time_stamped_at=row.time_stamped_at,
        signed_sha256=row.signed_sha256,
    )


def _names(session: Session, rows: Sequence[StoredFile], records: Sequence[CertifiedCopy]) -> dict[str, str]:
    ids = {row.created_by for row in rows}
    ids |= {name for each in records for name in (each.captured_by, each.certified_by)}
    return {user.id: user.full_name for user in session.exec(select(User).where(col(User.id).in_(ids)))}
