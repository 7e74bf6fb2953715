from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from tests.services.machine import HandClock, Template
from van_station.bootstrap.demo.people import PASSPHRASE, USERS
from van_station.bootstrap.station import ATTEMPTS_FILE, open_door
from van_station.records.ledger import AuditLine
from van_station.records.people import User
from van_station.rules.access import Role
from van_station.services.door import Attempts, Door
from van_station.services.errors import Refused, SignInRefused
from van_station.settings.tree import Settings, StationSettings
from van_station.store import StoreBusy, StoreClosed

WRONG = "khong phai mat khau"


class House:
    """A machine seen from its door."""

    def __init__(self, template: Template, folder: Path) -> None:
        shutil.copytree(template.folder, folder)
        self.settings = Settings(data_dir=folder, station=StationSettings(counter="Q7"))
        self.clock = HandClock()
        self.doors: list[Door] = []

    def door(self) -> Door:
        """Return a door as after a start of the program."""
        self.doors.append(open_door(self.settings, hints=USERS, clock=self.clock))
        return self.doors[-1]

    def refuse(self, door: Door, login: str = "hoa", passphrase: str = WRONG) -> int:
        with pytest.raises(SignInRefused) as refused:
            door.sign_in(login, passphrase)
        return int(refused.value.details["wait_s"])


@pytest.fixture
def house(template: Template, tmp_path: Path) -> Iterator[House]:
    made = House(template, tmp_path / "desk")
    yield made
    for door in made.doors:
        door.close()


def test_the_right_passphrase_opens_with_role_and_counter(house: House) -> None:
    signed = house.door().sign_in("  HOA ", PASSPHRASE)
    assert (signed.actor.role, signed.actor.counter) == (Role.SUPERVISOR, "Q7")
    assert signed.actor.full_name == "Lê Thanh Hoà"
    assert signed.workspace.trips.current() is None


def test_wrong_passphrase_and_unknown_login_are_refused_alike(house: House) -> None:
    door = house.door()
    words = []
    for login, passphrase in (("hoa", WRONG), ("khong-co", PASSPHRASE), ("", ""), ("hoa", "x" * 5000)):
        with pytest.raises(SignInRefused) as refused:
            door.sign_in(login, passphrase)
        words.append((type(refused.value), refused.value.code, str(refused.value)))
        house.clock.turn(minutes=10)
    assert len(set(words)) == 1
    with pytest.raises(Refused) as locked:
        door.workspace()
    assert locked.value.code == "station.locked"


def test_after_the_third_failure_each_one_doubles_the_wait(house: House) -> None:
    door, waits = house.door(), []
    for _ in range(12):
        waits.append(house.refuse(door))
        house.clock.turn(seconds=waits[-1])
    assert waits == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_while_waiting_not_even_the_right_passphrase_is_heard(house: House) -> None:
    door = house.door()
    for _ in range(4):
        wait_s = house.refuse(door)
        house.clock.turn(seconds=wait_s)
    wait_s = house.refuse(door)
    assert house.refuse(door, passphrase=PASSPHRASE) == wait_s
    house.clock.turn(seconds=wait_s - 1)
    assert house.refuse(door, passphrase=PASSPHRASE) == 1
    house.clock.turn(seconds=1)
    door.sign_in("hoa", PASSPHRASE)


def test_waits_survive_a_restart_and_a_clock_set_back_does_not_shorten_them(house: House) -> None:
    door = house.door()
    for _ in range(4):
        house.clock.turn(seconds=house.refuse(door))
    wait_s = house.refuse(door)
    door.close()
    fresh = house.door()
    assert house.refuse(fresh, passphrase=PASSPHRASE) == wait_s
    house.clock.turn(days=-400)
    assert house.refuse(fresh, passphrase=PASSPHRASE) >= wait_s


def test_a_right_passphrase_forgives_the_failures(house: House) -> None:
    door = house.door()
    house.refuse(door)
    house.refuse(door)
    door.sign_out(door.sign_in("minh", PASSPHRASE).actor)
    assert [house.refuse(door), house.refuse(door), house.refuse(door)] == [0, 0, 2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"failed": "x"}',
        b"\xff" * 5000,
        b'{"failed": 1e999, "last": null}',
        b'{"failed": 999999999999, "last": "2026-11-23"}',
    ],
)
def test_a_damaged_count_of_failures_locks_nobody_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ATTEMPTS_FILE
    path.write_bytes(content)
    attempts = Attempts(path, HandClock())
    assert attempts.wait_s() == 0
    attempts.failed()
    assert json.loads(path.read_bytes())["failed"] in (1, 101)


def test_the_count_of_failures_names_nobody(house: House) -> None:
    house.refuse(house.door(), login="hoa")
    text = (house.settings.data_dir / ATTEMPTS_FILE).read_text()
    assert set(json.loads(text)) == {"failed", "last"}
    assert "hoa" not in text


def test_the_last_to_sign_out_closes_the_store(house: House) -> None:
    door = house.door()
    first = door.sign_in("hoa", PASSPHRASE)
    second = door.sign_in("minh", PASSPHRASE)
    assert first.workspace is second.workspace
    door.sign_out(first.actor)
    assert second.workspace.trips.current() is None
    door.sign_out(second.actor)
    with pytest.raises(StoreClosed):
        second.workspace.trips.current()
    with pytest.raises(Refused):
        door.workspace()
    assert door.sign_in("hoa", PASSPHRASE).workspace.accounts.users()


def test_coming_and_going_is_written_down(house: House) -> None:
    door = house.door()
    actor = door.sign_in("hoa", PASSPHRASE).actor
    door.sign_out(actor)
    workspace = door.sign_in("minh", PASSPHRASE).workspace
    with workspace.store.reading() as session:
        query = select(AuditLine).where(AuditLine.subject_kind == "user")
        lines = [(line.act, line.actor_id == actor.user_id) for line in session.exec(query)]
    assert lines == [("signin.in", True), ("signin.out", True), ("signin.in", False)]


def test_a_locked_window_opens_to_the_same_person_only(house: House) -> None:
    door = house.door()
    actor = door.sign_in("hoa", PASSPHRASE).actor
    door.check(actor, PASSPHRASE)
    for expected in (0, 0, 2):
        with pytest.raises(SignInRefused) as refused:
            door.check(actor, WRONG)
        assert refused.value.details["wait_s"] == expected
    with pytest.raises(SignInRefused):
        door.check(actor, PASSPHRASE)
    assert house.refuse(door, passphrase=PASSPHRASE) == 2, "one count for the whole machine"
    house.clock.turn(seconds=2)
    door.check(actor, PASSPHRASE)


def test_a_deactivated_person_is_refused_at_once_and_after_a_restart(house: House) -> None:
    door = house.door()
    hoa = door.sign_in("hoa", PASSPHRASE)
    minh = door.sign_in("minh", PASSPHRASE)
    hoa.workspace.accounts.deactivate(hoa.actor, minh.actor.user_id)
    house.refuse(door, login="minh", passphrase=PASSPHRASE)
    with pytest.raises(SignInRefused):
        door.check(minh.actor, PASSPHRASE)
    door.close()
    house.clock.turn(minutes=1)
    house.refuse(house.door(), login="minh", passphrase=PASSPHRASE)
    house.clock.turn(minutes=1)
    house.door().sign_in("hoa", PASSPHRASE)


def test_a_slot_without_an_active_user_opens_nothing(house: House) -> None:
    """The row was taken away and the power went before the slot was: still refused, store closed again."""
    door = house.door()
    hoa = door.sign_in("hoa", PASSPHRASE)
    with hoa.workspace.store.unit("system", "test.half", ("user", "x")) as unit:
        user = unit.session.exec(select(User).where(User.login == "minh")).one()
        user.active = False
        unit.save(user)
    door.close()
    fresh = house.door()
    house.refuse(fresh, login="minh", passphrase=PASSPHRASE)
    with pytest.raises(Refused):
        fresh.workspace()
    fresh.sign_in("hoa", PASSPHRASE)


def test_two_programs_do_not_open_one_store(house: House) -> None:
    first, second = house.door(), house.door()
    first.sign_in("hoa", PASSPHRASE)
    with pytest.raises(StoreBusy) as refused:
        second.sign_in("hoa", PASSPHRASE)
    assert refused.value.retryable
    first.close()
    second.sign_in("hoa", PASSPHRASE)


def test_hints_never_print_a_passphrase(house: House) -> None:
    assert PASSPHRASE not in repr(house.door().hints())
