from __future__ import annotations

import pytest

from tests.services.machine import Machine
from van_station.bootstrap.station import KEYS_FOLDER
from van_station.rules.access import Role
from van_station.security import Keyring, SignInRefused
from van_station.services.errors import NotFound, NotPermitted, Refused


def unlocks(machine: Machine, login: str, passphrase: str) -> bool:
    try:
        keys = Keyring.open(machine.settings.data_dir / KEYS_FOLDER).unlock(login, passphrase)
    except SignInRefused:
        return False
    return keys.site_id == machine.keys.site_id


def test_a_new_person_unlocks_the_machine_and_is_listed(machine: Machine) -> None:
    made = machine.workspace.accounts.create(
        machine.supervisor, "  Binh.Tran ", " Trần Văn Bình ", Role.OFFICER, "mot mat khau dai"
    )
    assert (made.login, made.full_name, made.active) == ("binh.tran", "Trần Văn Bình", True)
    assert made in machine.workspace.accounts.users()
    assert unlocks(machine, "BINH.TRAN", "mot mat khau dai")
    machine.reopen()
    assert machine.actor("binh.tran").role is Role.OFFICER


@pytest.mark.parametrize(
    ("login", "name", "passphrase", "code"),
    [
        ("hoa", "Người Khác", "mat khau dai", "user.login_taken"),
        (" HOA", "Người Khác", "mat khau dai", "user.login_taken"),
        ("", "Người Khác", "mat khau dai", "user.login_invalid"),
        ("a b", "Người Khác", "mat khau dai", "user.login_invalid"),
        ("x" * 65, "Người Khác", "mat khau dai", "user.login_invalid"),
        ("binh", "  ", "mat khau dai", "user.name_missing"),
        ("binh", "Người Khác", "1234567", "user.passphrase_short"),
    ],
)
def test_what_makes_no_account_is_refused_and_leaves_no_slot(
    machine: Machine, login: str, name: str, passphrase: str, code: str
) -> None:
    before = machine.workspace.accounts.users()
    with pytest.raises(Refused) as refused:
        machine.workspace.accounts.create(machine.supervisor, login, name, Role.OFFICER, passphrase)
    assert refused.value.code == code
    assert machine.workspace.accounts.users() == before
    assert not unlocks(machine, login, passphrase)


def test_only_a_supervisor_makes_accounts(machine: Machine) -> None:
    with pytest.raises(NotPermitted):
        machine.workspace.accounts.create(machine.officer, "binh", "Bình", Role.OFFICER, "mat khau dai")


def test_a_deactivated_person_keeps_their_name_in_the_list_and_no_slot(machine: Machine) -> None:
    gone = machine.officer
    machine.workspace.accounts.deactivate(machine.supervisor, gone.user_id)
    users = {user.login: user.active for user in machine.workspace.accounts.users()}
    assert users["minh"] is False
    assert machine.workspace.accounts.by_login("minh") is None
    assert not unlocks(machine, "minh", "xe luu dong 2026")


def test_a_login_that_became_free_can_be_given_again(machine: Machine) -> None:
    machine.workspace.accounts.deactivate(machine.supervisor, machine.officer.user_id)
    made = machine.workspace.accounts.create(
        machine.supervisor, "minh", "Đỗ Nhật Minh", Role.VOLUNTEER, "mat khau khac"
    )
    assert machine.actor("minh").user_id == made.id
    assert unlocks(machine, "minh", "mat khau khac")
    assert not unlocks(machine, "minh", "xe luu dong 2026")


def test_nobody_deactivates_themselves_or_a_stranger(machine: Machine) -> None:
    with pytest.raises(Refused) as refused:
        machine.workspace.accounts.deactivate(machine.supervisor, machine.supervisor.user_id)
    assert refused.value.code == "user.self"
    with pytest.raises(NotFound):
        machine.workspace.accounts.deactivate(machine.supervisor, "0" * 32)


def test_deactivating_twice_is_harmless(machine: Machine) -> None:
    gone = machine.officer.user_id
    machine.workspace.accounts.deactivate(machine.supervisor, gone)
    machine.workspace.accounts.deactivate(machine.supervisor, gone)
    assert machine.workspace.accounts.by_login("minh") is None


def test_deactivating_somebody_again_spares_the_next_bearer_of_the_login(machine: Machine) -> None:
    gone = machine.officer.user_id
    machine.workspace.accounts.deactivate(machine.supervisor, gone)
    create = machine.workspace.accounts.create
    create(machine.supervisor, "minh", "Đỗ Nhật Minh", Role.VOLUNTEER, "mat khau khac")
    machine.workspace.accounts.deactivate(machine.supervisor, gone)
    assert unlocks(machine, "minh", "mat khau khac")
