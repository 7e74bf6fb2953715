import json
import stat
import unicodedata

import pytest

from sync.signing import is_signed
from van_station.security import (
    DamagedFile,
    DeviceKeys,
    KeyRefused,
    Keyring,
    KeyringDamaged,
    KeyringExists,
    KeyringMissing,
    Signer,
    SignInRefused,
    SlotRefused,
    keyring_file,
    new_platform_keys,
    new_signing_key,
)
from van_station.security import keyring as keyring_module

LOGIN, PASSPHRASE = "Hoa.Trần", "mật khẩu của Hoa"


@pytest.fixture(autouse=True)
def cheap_slots(monkeypatch):
    """The lowest cost that the file's bounds allow, so that the tests stay quick."""
    monkeypatch.setattr(keyring_module, "MEMORY_KIB", 19 * 1024)
    monkeypatch.setattr(keyring_module, "ITERATIONS", 2)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def made(folder):
    return Keyring.create(folder, LOGIN, PASSPHRASE, recovery_public_key=None)


def test_the_right_passphrase_gives_the_same_keys_after_reopening(folder, made):
    keys = Keyring.open(folder).unlock(LOGIN, PASSPHRASE)
    assert keys.store_key() == made[1].store_key()
    assert keys.site_id == made[1].site_id == Keyring.open(folder).site_id


def test_letters_may_be_typed_composed_or_not_and_logins_in_any_case(made):
    keyring, keys = made
    loose = unicodedata.normalize("NFD", PASSPHRASE)
    assert loose != PASSPHRASE
    assert keyring.unlock(" hoa.trần ", loose).site_id == keys.site_id


@pytest.mark.parametrize(
    ("login", "passphrase"),
    [
        (LOGIN, "wrong"),
        ("nobody", PASSPHRASE),
        ("", PASSPHRASE),
        (LOGIN, ""),
        (LOGIN, "x" * 5000),
        ("x" * 5000, "y"),
    ],
)
def test_a_wrong_sign_in_is_refused_without_telling_why(made, login, passphrase):
    with pytest.raises(SignInRefused) as caught:
        made[0].unlock(login, passphrase)
    assert str(caught.value) == "sign-in refused"
    assert caught.value.__cause__ is None


def test_an_unknown_login_costs_the_same_derivation_as_a_wrong_passphrase(made, monkeypatch):
    asked = []
    derive = keyring_module._slot_key
    monkeypatch.setattr(
        keyring_module,
        "_slot_key",
        lambda secret, slot, text: asked.append(slot) or derive(secret, slot, text),
    )
    for login in (LOGIN, "nobody", "nobody"):
        with pytest.raises(SignInRefused):
            made[0].unlock(login, "wrong")
    known, unknown, again = asked
    assert (known.memory_kib, known.iterations, known.lanes) == (
        unknown.memory_kib,
        unknown.iterations,
        unknown.lanes,
    )
    assert unknown == again


def test_the_real_cost_is_64_mib_three_passes(monkeypatch, folder):
    monkeypatch.undo()
    Keyring.create(folder, LOGIN, PASSPHRASE, recovery_public_key=None)
    slot = json.loads((folder / keyring_file.KEYRING).read_text())["slots"][0]
    assert (slot["memory_kib"], slot["iterations"], slot["lanes"]) == (64 * 1024, 3, 4)


def test_no_login_and_no_key_stands_in_the_files(folder, made):
    keyring, keys = made
    text = (folder / keyring_file.KEYRING).read_text() + repr(keyring) + repr(keys)
    for hidden in (LOGIN, LOGIN.casefold(), "hoa", keys.device_key().hex(), keys.store_key().hex()):
        assert hidden not in text
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert keys.device_key() not in path.read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_keyring_alone_opens_nothing_without_the_device_secret(folder, made):
    (folder / keyring_file.SECRET).write_bytes(bytes(32))
    with pytest.raises(SignInRefused):
        Keyring.open(folder).unlock(LOGIN, PASSPHRASE)
    (folder / keyring_file.SECRET).unlink()
    with pytest.raises(KeyringDamaged):
        Keyring.open(folder)


def test_each_slot_opens_the_same_machine_and_a_removed_one_nothing(folder, made):
    keyring, keys = made
    keyring.add_slot(keys, "minh", "second")
    assert Keyring.open(folder).unlock("minh", "second").site_id == keys.site_id
    keyring.remove_slot("minh")
    with pytest.raises(SignInRefused):
        Keyring.open(folder).unlock("minh", "second")
    (folder / keyring_file.KEYRING).write_text("damaged")
    fallen_back = Keyring.open(folder)
    assert fallen_back.was_restored
    with pytest.raises(SignInRefused):
        fallen_back.unlock("minh", "second")
    assert fallen_back.unlock(LOGIN, PASSPHRASE).site_id == keys.site_id


def test_a_changed_passphrase_replaces_the_slot_in_every_generation(folder, made):
    keyring, keys = made
    keyring.add_slot(keys, LOGIN, "new one")
    with pytest.raises(SignInRefused):
        keyring.unlock(LOGIN, PASSPHRASE)
    (folder / keyring_file.KEYRING).unlink()
    with pytest.raises(SignInRefused):
        Keyring.open(folder).unlock(LOGIN, PASSPHRASE)
    assert Keyring.open(folder).unlock(LOGIN, "new one").site_id == keys.site_id


def test_the_last_slot_stays_and_an_unknown_one_is_told(made):
    with pytest.raises(SlotRefused):
        made[0].remove_slot(LOGIN)
    with pytest.raises(SlotRefused):
        made[0].remove_slot("nobody")


def test_keys_of_another_machine_get_no_slot(made):
    with pytest.raises(SlotRefused):
        made[0].add_slot(DeviceKeys(bytes(32)), "x", "y")


def test_a_second_keyring_is_not_made_over_the_first(folder, made):
    with pytest.raises(KeyringExists):
        Keyring.create(folder, LOGIN, PASSPHRASE, recovery_public_key=None)


def test_missing_and_damaged_are_told_apart(folder, made):
    with pytest.raises(KeyringMissing):
        Keyring.open(folder / "elsewhere")
    (folder / keyring_file.KEYRING).write_bytes(b"\xff" * 2_000_000)
    with pytest.raises(KeyringDamaged):
        Keyring.open(folder)


@pytest.mark.parametrize(
    "change", [{"memory_kib": 8}, {"memory_kib": 2**40}, {"iterations": 1}, {"lanes": 0}, {"salt": "zz"}]
)
def test_a_doctored_slot_is_refused_even_with_a_right_checksum(folder, made, change):
    body = json.loads((folder / keyring_file.KEYRING).read_text())
    body.pop("checksum")
    body["slots"][0].update(change)
    (folder / keyring_file.KEYRING).write_text(json.dumps({**body, "checksum": keyring_file._checksum(body)}))
    with pytest.raises(KeyringDamaged):
        Keyring.open(folder)


def test_a_crash_before_the_rename_leaves_the_old_generation(folder, made, monkeypatch):
    keyring, keys = made

    def crash(*_):
        raise OSError("power cut")

    monkeypatch.setattr(keyring_file.Path, "replace", crash)
    with pytest.raises(OSError, match="power cut"):
        keyring.add_slot(keys, "minh", "second")
    monkeypatch.undo()
    assert Keyring.open(folder).unlock(LOGIN, PASSPHRASE).site_id == keys.site_id


def test_the_recovery_key_opens_and_another_does_not(folder):
    private, public = new_platform_keys()
    keyring, keys = Keyring.create(folder, LOGIN, PASSPHRASE, recovery_public_key=public)
    assert keyring.recover(private).store_key() == keys.store_key()
    with pytest.raises(DamagedFile):
        keyring.recover(new_platform_keys()[0])


def test_without_a_recovery_slot_there_is_no_recovery(made):
    with pytest.raises(SlotRefused):
        made[0].recover(new_platform_keys()[0])


def test_a_signature_is_verified_by_the_sync_library(made):
    signer = made[1].signer()
    assert is_signed(b"message", signer.sign(b"message"), signer.public_key)
    private = new_signing_key()
    assert Signer.from_private(private).public_key == Signer.from_private(private).public_key
    with pytest.raises(KeyRefused):
        Signer.from_private(private[:-1])
