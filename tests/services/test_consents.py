"""Consent: asked one purpose at a time, written down, taken back at any time, on any machine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.services.machine import Machine
from van_station.records import AuditLine, Consent, Person
from van_station.services.consents import PURPOSES, Consents, standing
from van_station.services.errors import NotFound, Refused


@pytest.fixture
def consents(machine: Machine) -> Consents:
    return machine.workspace.consents


@pytest.fixture
def person_id(machine: Machine) -> str:
    row = Person(full_name="Trần Thị Mẫu", folded_name="tran thi mau", id_number="001199000001")
    keep(machine, row)
    return row.id


def keep(machine: Machine, row: Person | Consent) -> None:
    with machine.workspace.store.unit("u1", "test.keep", ("test", row.id)) as unit:
        unit.save(row)


def purposes(machine: Machine, person_id: str) -> list[str]:
    return [each.purpose for each in machine.workspace.consents.current(machine.officer, person_id)]


def test_nobody_has_agreed_to_anything_before_they_were_asked(machine: Machine, person_id: str) -> None:
    assert purposes(machine, person_id) == []


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_yes_is_for_one_purpose_with_who_asked_and_when(
    machine: Machine, consents: Consents, person_id: str, purpose: str
) -> None:
    trip = machine.open_trip()
    given = consents.record(machine.volunteer, person_id, purpose, said_yes=True, scope={"dossier": "d1"})
    assert purposes(machine, person_id) == [purpose]
    assert (given.recorded_by, given.given_at, given.trip_id) == (
        machine.volunteer.user_id,
        machine.clock.now(),
        trip.id,
    )
    with machine.workspace.store.reading() as session:
        assert session.get_one(Consent, given.id).scope == {"dossier": "d1"}


@pytest.mark.parametrize("said", [False, None, 0, "yes"])
def test_only_a_yes_is_written_down(
    machine: Machine, consents: Consents, person_id: str, said: object
) -> None:
    with pytest.raises(Refused, match=r"consent\.not_given"):
        consents.record(machine.officer, person_id, PURPOSES[0], said_yes=said)  # type: ignore[arg-type]
    assert consents.history(machine.officer, person_id) == ()


def test_there_is_no_yes_to_everything(machine: Machine, consents: Consents, person_id: str) -> None:
    for purpose in ("", "*", "all", "reuse_answers,reuse_scans"):
        with pytest.raises(Refused, match=r"consent\.unknown_purpose"):
            consents.record(machine.officer, person_id, purpose, said_yes=True)
        with pytest.raises(Refused, match=r"consent\.unknown_purpose"):
            consents.withdraw(machine.officer, person_id, purpose)


def test_asking_twice_writes_one_consent(machine: Machine, consents: Consents, person_id: str) -> None:
    first = consents.record(machine.officer, person_id, PURPOSES[0], said_yes=True)
    machine.clock.turn(minutes=5)
    assert consents.record(machine.volunteer, person_id, PURPOSES[0], said_yes=True) == first
    assert len(consents.history(machine.officer, person_id)) == 1


def test_what_is_taken_back_does_not_stand_and_can_be_given_again(
    machine: Machine, consents: Consents, person_id: str
) -> None:
    for purpose in PURPOSES[:2]:
        consents.record(machine.officer, person_id, purpose, said_yes=True)
    machine.clock.turn(minutes=1)
    consents.withdraw(machine.officer, person_id, PURPOSES[0])
    assert purposes(machine, person_id) == [PURPOSES[1]]
    consents.withdraw(machine.officer, person_id, PURPOSES[0])
    machine.clock.turn(minutes=1)
    again = consents.record(machine.officer, person_id, PURPOSES[0], said_yes=True)
    assert purposes(machine, person_id) == list(PURPOSES[:2])
    assert consents.history(machine.officer, person_id)[0] == again


def test_taking_back_covers_a_consent_of_another_machine_that_comes_later(
    machine: Machine, consents: Consents, person_id: str
) -> None:
    """Given on machine A, taken back on machine B before B has heard of it."""
    given_at = machine.clock.now()
    machine.clock.turn(minutes=10)
    consents.withdraw(machine.officer, person_id, PURPOSES[0])
    keep(machine, Consent(person_id=person_id, purpose=PURPOSES[0], given_at=given_at, recorded_by="u2"))
    assert purposes(machine, person_id) == []
    keep(
        machine,
        Consent(
            person_id=person_id,
            purpose=PURPOSES[0],
            given_at=machine.clock.now() + timedelta(minutes=1),
            recorded_by="u2",
        ),
    )
    assert purposes(machine, person_id) == [PURPOSES[0]]


def test_a_consent_is_one_persons(machine: Machine, consents: Consents, person_id: str) -> None:
    other = Person(full_name="Trần Thị Mẫu", folded_name="tran thi mau")
    keep(machine, other)
    consents.record(machine.officer, person_id, PURPOSES[0], said_yes=True)
    with machine.workspace.store.reading() as session:
        assert standing(session, other.id, PURPOSES[0]) is None
    with pytest.raises(NotFound):
        consents.record(machine.officer, "0" * 32, PURPOSES[0], said_yes=True)


def test_both_acts_are_in_the_audit_lines_without_a_name(
    machine: Machine, consents: Consents, person_id: str
) -> None:
    consents.record(machine.officer, person_id, PURPOSES[1], said_yes=True)
    consents.withdraw(machine.officer, person_id, PURPOSES[1])
    with machine.workspace.store.reading() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.subject_kind == "person")).all()
    assert [(line.act, line.details["purpose"]) for line in lines] == [
        ("consent.record", PURPOSES[1]),
        ("consent.withdraw", PURPOSES[1]),
    ]
