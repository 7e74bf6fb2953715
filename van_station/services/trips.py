"""Trips: where the van stops today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlmodel import Session, col, select

from van_station.records.queue import NumberBlock
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.queueing import Lane
from van_station.rules.text import fold
from van_station.services.actor import Actor, require
from van_station.services.clock import Clock, hanoi_day
from van_station.services.errors import NotFound, Refused
from van_station.store import Store

SERVICES = ("guidance", "vneid", "digitise", "payment", "lookup", "training")
"""The six services of the plan, by code."""
BLOCK_SIZE = 100
Period = Literal["morning", "afternoon", "day"]


@dataclass(frozen=True)
class WardView:
    """A ward or commune (*phường, xã*) of Hanoi."""

    code: str
    full_name: str


@dataclass(frozen=True)
class OpenTrip:
    """What the supervisor says when the van has arrived."""

    ward_code: str
    place: str
    period: Period = "day"
    services: tuple[str, ...] = SERVICES


@dataclass(frozen=True)
class TripView:
    """A trip as screens show it."""

    id: str
    day: date
    ward_code: str
    ward_name: str
    place: str
    state: Literal["open", "closed"]
    services: tuple[str, ...]
    opened_at: datetime | None
    closed_at: datetime | None


class Trips:
    """Opening and finding trips. One trip is open at a time on a machine."""

    def __init__(self, store: Store, clock: Clock, wards: Sequence[WardView], site_id: str) -> None:
        self._store = store
        self._clock = clock
        self._wards = {ward.code: ward for ward in wards}
        self._folded = [(fold(ward.full_name), ward) for ward in wards]
        self._site_id = site_id

    def wards(self, query: str, limit: int = 12) -> tuple[WardView, ...]:
        """Return wards whose name has the words of `query`, marks ignored; those beginning with it first."""
        words = fold(query[:80]).split()
        hits = [(name, ward) for name, ward in self._folded if all(word in name for word in words)]
        start = " ".join(words)
        hits.sort(key=lambda hit: (not any(part.startswith(start) for part in _tails(hit[0])), hit[0]))
        return tuple(ward for _, ward in hits[:limit])

    def current(self) -> TripView | None:
        """Return the open trip, or None."""
        with self._store.reading() as session:
            row = _open_trip(session)
            return trip_view(row) if row else None

    def recent(self, limit: int = 20) -> tuple[TripView, ...]:
        """Return the latest trips, newest first."""
        with self._store.reading() as session:
            rows = session.exec(select(Trip).order_by(col(Trip.created_at).desc()).limit(limit)).all()
            return tuple(trip_view(row) for row in rows)

    def open(self, actor: Actor, wish: OpenTrip) -> TripView:
        """Open today's trip and lease this machine its first block of numbers in every lane.

        Raises:
            Refused: trip.already_open, trip.ward_unknown, trip.place_missing, trip.no_service.
        """
        require(actor, Act.TRIP)
        ward = self._wards.get(wish.ward_code)
        if ward is None:
            raise Refused("trip.ward_unknown")
        if not wish.place.strip():
            raise Refused("trip.place_missing")
        services = [service for service in SERVICES if service in wish.services]
        if not services:
            raise Refused("trip.no_service")
        now = self._clock.now()
        trip = Trip(
            held_on=hanoi_day(now),
            place=wish.place.strip()[:200],
            ward_code=ward.code,
            ward_name=ward.full_name,
            services=services,
            state="open",
            opened_at=now,
            created_at=now,
            created_by=actor.user_id,
        )
        with self._store.unit(actor.user_id, "trip.open", ("trip", trip.id)) as unit:
            if _open_trip(unit.session) is not None:
                raise Refused("trip.already_open")
            unit.save(trip)
            for lane in Lane:
                block = NumberBlock(
                    site=self._site_id, trip_id=trip.id, lane=lane.value, first=1, last=BLOCK_SIZE
                )
                unit.save(block)
            unit.note({"ward": ward.code, "period": wish.period})
        return trip_view(trip)


def open_trip(session: Session) -> Trip:
    """Return the open trip's row; Refused (trip.none_open) when there is none."""
    row = _open_trip(session)
    if row is None:
        raise Refused("trip.none_open")
    return row


def trip_row(session: Session, trip_id: str) -> Trip:
    """Return a trip's row; NotFound when it is not here."""
    row = session.get(Trip, trip_id)
    if row is None:
        raise NotFound
    return row


def trip_view(row: Trip) -> TripView:
    """Return the view of a row."""
    return TripView(
        id=row.id,
        day=row.held_on,
        ward_code=row.ward_code,
        ward_name=row.ward_name,
        place=row.place,
        state="closed" if row.state == "closed" else "open",
        services=tuple(str(service) for service in row.services),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _open_trip(session: Session) -> Trip | None:
    return session.exec(select(Trip).where(Trip.state == "open")).first()


def _tails(name: str) -> tuple[str, ...]:
    """Return a folded ward name, and the same without its first word (phuong, xa)."""
    return name, name.partition(" ")[2]
