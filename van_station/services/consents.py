"""What people agree to (*đồng ý*): asked one purpose at a time, written down, and taken back at any time.

Source: Luật 91/2025/QH15, Điều 9, and NĐ 356/2025/NĐ-CP, in force since 2026-01-01: explicit, per purpose, no
box ticked beforehand, withdrawable. Confidence: secondary (articles read in public summaries).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from van_station.records.consents import Consent
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.services.actor import Actor, require
from van_station.services.errors import Refused
from van_station.services.people import person_row
from van_station.store import Store

REUSE_ANSWERS = "reuse_answers"
REUSE_SCANS = "reuse_scans"
CONTACT_PHONE = "contact_phone"
PURPOSES = (REUSE_ANSWERS, REUSE_SCANS, CONTACT_PHONE)
"""Show what they answered before; use papers scanned before; call them about their dossier."""


@dataclass(frozen=True)
class ConsentView:
    """One agreement, as written down."""

    id: str
    purpose: str
    given_at: datetime
    recorded_by: str
    """User id."""
    trip_id: str | None
    withdrawn_at: datetime | None


class Consents:
    """Writes down what a person agreed to, and that they took it back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self, actor: Actor, person_id: str) -> tuple[ConsentView, ...]:
        """Return what the person agrees to now, one for each purpose agreed to, in the order of PURPOSES."""
        require(actor, Act.HELP_FORM)
        with self._store.reading() as session:
            found = (standing(session, person_id, purpose) for purpose in PURPOSES)
            return tuple(_view(row) for row in found if row is not None)

    def history(self, actor: Actor, person_id: str) -> tuple[ConsentView, ...]:
        """Return all that was ever written down, the newest first."""
        require(actor, Act.HELP_FORM)
        with self._store.reading() as session:
            rows = sorted(_rows(session, person_id), key=lambda row: row.given_at, reverse=True)
            return tuple(_view(row) for row in rows)

    def record(
        self,
        actor: Actor,
        person_id: str,
        purpose: str,
        *,
        said_yes: bool,
        scope: Mapping[str, str] | None = None,
    ) -> ConsentView:
        """Write down that the person, asked for this one purpose, said yes; the standing one if they had.

        Args:
            actor: who asked.
            person_id: who was asked.
            purpose: one of PURPOSES.
            said_yes: what the person did, never a default of a screen.
            scope: codes that narrow it, e.g. `{"dossier": id}`; kept, not judged here.

        Raises:
            Refused: consent.unknown_purpose; consent.not_given: only a yes is written down.
            NotFound: nobody known under this id.
        """
        require(actor, Act.HELP_FORM)
        _require_purpose(purpose)
        if said_yes is not True:
            raise Refused("consent.not_given")
        with self._store.unit(actor.user_id, "consent.record", ("person", person_id)) as unit:
            person_row(unit.session, person_id)
            row = standing(unit.session, person_id, purpose)
            unit.note({"purpose": purpose, "new": int(row is None)})
            if row is None:
                row = unit.save(
                    Consent(
                        person_id=person_id,
                        purpose=purpose,
                        scope=dict(scope or {}),
                        given_at=unit.now,
                        recorded_by=actor.user_id,
                        trip_id=_open_trip_id(unit.session),
                    )
                )
            return _view(row)

    def withdraw(self, actor: Actor, person_id: str, purpose: str) -> None:
        """Write down that the person takes their agreement back; from now on nothing is done for it.

        It also covers agreements given earlier on machines that this one has not heard from: with none known
        here, a row that was given and withdrawn at once says so. What was used before stays as it is.

        Raises:
            Refused: consent.unknown_purpose. NotFound: nobody known under this id.
        """
        require(actor, Act.HELP_FORM)
        _require_purpose(purpose)
        with self._store.unit(actor.user_id, "consent.withdraw", ("person", person_id)) as unit:
            person_row(unit.session, person_id)
            rows = [row for row in _rows(unit.session, person_id, purpose) if row.withdrawn_at is None]
            if not rows:
                rows = [
                    Consent(
                        person_id=person_id,
                        purpose=purpose,
                        given_at=unit.now,
                        recorded_by=actor.user_id,
                        trip_id=_open_trip_id(unit.session),
                    )
                ]
            for row in rows:
                row.withdrawn_at = unit.now
                unit.save(row)
            unit.note({"purpose": purpose})


def standing(session: Session, person_id: str, purpose: str) -> Consent | None:
    """Return the agreement that stands: given after everything the person took back for this purpose."""
    rows = _rows(session, person_id, purpose)
    taken_back = max((row.withdrawn_at for row in rows if row.withdrawn_at is not None), default=None)
    stands = [
        row for row in rows if row.withdrawn_at is None and (taken_back is None or row.given_at > taken_back)
    ]
    return max(stands, key=lambda row: (row.given_at, row.id), default=None)


def _rows(session: Session, person_id: str, purpose: str | None = None) -> Sequence[Consent]:
    query = select(Consent).where(Consent.person_id == person_id)
    if purpose is not None:
        query = query.where(Consent.purpose == purpose)
    return session.exec(query.order_by(col(Consent.id))).all()


def _require_purpose(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise Refused("consent.unknown_purpose")


def _open_trip_id(session: Session) -> str | None:
    return session.exec(select(Trip.id).where(Trip.state == "open").order_by(col(Trip.id))).first()


def _view(row: Consent) -> ConsentView:
    return ConsentView(row.id, row.purpose, row.given_at, row.recorded_by, row.trip_id, row.withdrawn_at)
