from __future__ import annotations

import pytest

from tests.services.machine import Machine
from van_station.services.errors import Refused
from van_station.services.trips import SERVICES, OpenTrip


@pytest.mark.parametrize("query", ["ba vi", "Ba Vì", "BA VÌ", "xa ba vi"])
def test_a_ward_is_found_with_or_without_marks(machine: Machine, query: str) -> None:
    assert machine.workspace.trips.wards(query)[0].full_name == "Xã Ba Vì"


def test_an_open_trip_is_there_after_a_restart(machine: Machine) -> None:
    opened = machine.open_trip()
    assert opened.day.isoformat() == "2026-11-23"
    machine.reopen()
    assert machine.workspace.trips.current() == opened
    assert machine.workspace.status_bar().trip == opened


def test_one_trip_is_open_at_a_time(desk: Machine) -> None:
    with pytest.raises(Refused) as refused:
        desk.open_trip()
    assert refused.value.code == "trip.already_open"
    assert len(desk.workspace.trips.recent()) == 1


def test_after_the_close_the_next_trip_opens_and_counts_from_one(desk: Machine) -> None:
    first = desk.workspace.trips.current()
    assert first is not None
    label = desk.finish(desk.served().id).label
    desk.workspace.reports.close(desk.supervisor, first.id)
    desk.clock.turn(days=1)
    desk.open_trip()
    assert desk.take_in().label == label
    assert [trip.state for trip in desk.workspace.trips.recent()] == ["open", "closed"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (OpenTrip("00000", "Sân đình"), "trip.ward_unknown"),
        (OpenTrip("WARD", "  "), "trip.place_missing"),
        (OpenTrip("WARD", "Sân đình", services=()), "trip.no_service"),
        (OpenTrip("WARD", "Sân đình", services=("khong co",)), "trip.no_service"),
    ],
)
def test_a_trip_needs_a_real_ward_a_place_and_a_service(machine: Machine, wish: OpenTrip, code: str) -> None:
    ward = machine.workspace.trips.wards("ba vi")[0].code
    real = OpenTrip(wish.ward_code.replace("WARD", ward), wish.place, services=wish.services)
    with pytest.raises(Refused) as refused:
        machine.workspace.trips.open(machine.supervisor, real)
    assert refused.value.code == code
    assert machine.workspace.trips.current() is None


def test_a_late_evening_in_london_is_tomorrow_in_hanoi(machine: Machine) -> None:
    machine.clock.turn(hours=16, minutes=30)
    assert machine.clock.now().date().isoformat() == "2026-11-23"
    opened = machine.open_trip()
    assert opened.day.isoformat() == "2026-11-24"
    assert opened.services == SERVICES
