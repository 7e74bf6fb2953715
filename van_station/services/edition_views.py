"""Editions of the catalogue as they are shown: in force, kept for drafts, about to be installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from van_station.records.dossiers import Dossier
from van_station.rules.catalogue_diff import EditionChange
from van_station.rules.dossiers import DossierState

OLD_AFTER_DAYS = 90
"""From this age on an edition in force is said to be old. Our own choice: no rule names a number."""
_IN_WORK = (DossierState.DRAFT, DossierState.READY, DossierState.SUPPLEMENT)


@dataclass(frozen=True)
class EditionView:
    """One installed edition."""

    version: str
    issued_on: date
    digest: str
    key_id: str
    built_in: bool
    installed_at: datetime
    installed_by: str
    active: bool


@dataclass(frozen=True)
class EditionUse:
    """An installed edition with what hangs on it.

    Attributes:
        procedures: how many it holds; None when its body on this machine is damaged.
        drafts: dossiers in work that are bound to it.
        age_days: since the day it was issued.
        old: whether an edition in force of that age should be renewed; False for those kept for drafts.
    """

    edition: EditionView
    procedures: int | None
    drafts: int
    age_days: int
    old: bool


@dataclass(frozen=True)
class EditionPreview:
    """A bundle that was checked whole and not installed.

    Attributes:
        in_force: version of the edition that it would replace.
        older: whether a newer one is in force, so that installing it is a deliberate step back.
        active: whether it is the one in force already.
        change: from the edition in force to this one.
    """

    version: str
    issued_on: date
    digest: str
    key_id: str
    procedures: int
    in_force: str
    older: bool
    active: bool
    change: EditionChange


Holds = tuple[str, Mapping[str, str]]
"""Version of an edition, and the version of each procedure in it by code."""


def drafts_by_edition(session: Session, editions: Sequence[Holds]) -> dict[str, int]:
    """Count the dossiers in work by the edition that opens them.

    Args:
        session: reading.
        editions: in the order in which they are asked: the one in force, then the newest. A draft that
            none of them holds is opened by the one in force, and counts there.
    """
    query = (
        select(Dossier.procedure_code, Dossier.procedure_version, func.count())
        .where(col(Dossier.state).in_([state.value for state in _IN_WORK]))
        .group_by(Dossier.procedure_code, Dossier.procedure_version)
    )
    counts = {version: 0 for version, _ in editions}
    for code, version, count in session.exec(query):
        holder = next((name for name, held in editions if held.get(code) == version), None)
        if holder is None and editions:
            holder = editions[0][0]
        if holder is not None:
            counts[holder] += count
    return counts
