"""Putting a machine together, and what is left when that is cut."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from van_station.bootstrap import station
from van_station.bootstrap.demo.people import PASSPHRASE, USERS
from van_station.bootstrap.reference import load_reference
from van_station.bootstrap.station import KEYS_FOLDER, STORE_FOLDER, is_set_up, open_door, set_up
from van_station.security import KeyringExists, KeyringMissing
from van_station.services.errors import Refused
from van_station.settings.tree import Settings
from van_station.store import StoreFull, StoreLocked

HOA = USERS[2:3]


def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "desk")


def sign_in(made: Settings) -> None:
    door = open_door(made)
    try:
        assert door.sign_in("hoa", PASSPHRASE).workspace.accounts.by_login("hoa")
    finally:
        door.close()


def test_a_set_up_that_found_no_room_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(tmp_path)

    def full(*_: object) -> None:
        raise StoreFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(station, "_open_store", full)
        with pytest.raises(StoreFull):
            set_up(made, HOA)
    assert not is_set_up(made.data_dir)
    with pytest.raises(KeyringMissing):
        open_door(made)
    set_up(made, HOA)
    sign_in(made)


def test_a_set_up_that_was_cut_before_its_last_step_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(tmp_path)

    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(Cut):
            set_up(made, HOA)
    assert not is_set_up(made.data_dir)
    set_up(made, HOA)
    sign_in(made)


def test_a_store_whose_keys_were_lost_is_never_thrown_away(tmp_path: Path) -> None:
    made = settings(tmp_path)
    set_up(made, HOA)
    kept = tmp_path / "kept"
    shutil.move(made.data_dir / KEYS_FOLDER, kept)
    before = (made.data_dir / STORE_FOLDER / "store.db").read_bytes()
    with pytest.raises(StoreLocked):
        set_up(made, HOA)
    assert (made.data_dir / STORE_FOLDER / "store.db").read_bytes() == before
    shutil.move(kept, made.data_dir / KEYS_FOLDER)
    sign_in(made)


def test_a_machine_is_set_up_once(tmp_path: Path) -> None:
    made = settings(tmp_path)
    set_up(made, HOA)
    with pytest.raises(KeyringExists):
        set_up(made, HOA)
    sign_in(made)


def test_a_weak_first_passphrase_makes_no_machine(tmp_path: Path) -> None:
    made = settings(tmp_path)
    with pytest.raises(Refused) as refused:
        set_up(made, (replace(HOA[0], passphrase="1234567"),))
    assert refused.value.code == "user.passphrase_short"
    assert not made.data_dir.exists()


def test_folders_of_a_machine_are_its_owners_alone(tmp_path: Path) -> None:
    made = settings(tmp_path)
    set_up(made, HOA)
    sign_in(made)
    for path in (made.data_dir, made.data_dir / KEYS_FOLDER, made.data_dir / STORE_FOLDER):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_the_reference_data_is_whole(tmp_path: Path) -> None:
    reference = load_reference(date(2026, 11, 23), practice=True)
    assert len(reference.wards) == 126
    assert {"1.001193", "1.004222", "1.001612"} <= {card.code for card in reference.catalogue.search("", 50)}
    assert reference.account is not None
    assert reference.account.practice
    assert {"NCT", "NKT", "NT"} <= {group.code for group in reference.groups}


def test_no_practice_account_serves_a_machine_in_earnest() -> None:
    account = load_reference(date(2026, 11, 23), practice=False).account
    assert account is None or not account.practice
