"""Key slots: each person's passphrase opens the same machine.

Format and reasons: docs/formats/keyring.md.
"""

import dataclasses
import hashlib
import hmac
import json
import os
import threading
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from van_station.security import keyring_file
from van_station.security.device import DEVICE_KEY_BYTES, DeviceKeys, new_device_key
from van_station.security.errors import (
    DamagedFile,
    KeyringDamaged,
    KeyringExists,
    SignInRefused,
    SlotRefused,
)
from van_station.security.keyring_file import KeyringFile, Slot
from van_station.security.wrapping import Unwrapper, Wrapper

MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 4
MAX_LOGIN_CHARACTERS = 100
MAX_PASSPHRASE_CHARACTERS = 1000
_LABEL = b"van-station slot label 1\n"
_DECOY = b"van-station decoy salt 1\n"
_SLOT = b"van-station slot 1\n"
_RECOVERY = b"van-station recovery 1\n"


class Keyring:
    """The key slots of one machine, in a folder of mode 0700.

    Attributes:
        site_id: the machine's id; known without unlocking.
        was_restored: True when the newest generation was damaged and the one before it is used.
    """

    def __init__(self, folder: Path, content: KeyringFile, secret: bytes, *, was_restored: bool) -> None:
        self._folder = folder
        self._content = content
        self._secret = secret
        self._lock = threading.Lock()
        self.was_restored = was_restored

    @classmethod
    def create(
        cls, folder: Path, login: str, passphrase: str, *, recovery_public_key: bytes | None
    ) -> tuple["Keyring", DeviceKeys]:
        """Set a machine up: a fresh device key, its first slot, and a recovery slot if a key is given.

        Raises:
            KeyringExists: the folder holds one already.
            KeyRefused: `recovery_public_key` is malformed.
            ValueError: empty or overlong login or passphrase.
        """
        if cls.exists(folder):
            raise KeyringExists("this folder holds a keyring")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        keys = DeviceKeys(new_device_key())
        secret = os.urandom(keyring_file.SECRET_BYTES)
        recovery = ""
        if recovery_public_key is not None:
            info = _RECOVERY + keys.site_id.encode()
            recovery = Wrapper(recovery_public_key).wrap(keys.device_key(), info).hex()
        slot = _new_slot(keys, secret, login, passphrase)
        keyring_file.write_durably(folder / keyring_file.SECRET, secret)
        content = KeyringFile(1, keys.site_id, (slot,), recovery)
        keyring_file.save(folder, content, keep=None)
        return cls(folder, content, secret, was_restored=False), keys

    @classmethod
    def open(cls, folder: Path) -> "Keyring":
        """Read the keyring of a folder; KeyringMissing or KeyringDamaged when that cannot be done."""
        content, is_previous = keyring_file.load(folder)
        return cls(folder, content, keyring_file.load_secret(folder), was_restored=is_previous)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether the folder holds a keyring, whole or not."""
        return (folder / keyring_file.KEYRING).exists() or (folder / keyring_file.PREVIOUS).exists()

    @property
    def site_id(self) -> str:
        """The machine's id."""
        return self._content.site_id

    def unlock(self, login: str, passphrase: str) -> DeviceKeys:
        """Return the machine's keys.

        Raises:
            SignInRefused: unknown login or wrong passphrase; both take the same work.
            KeyringDamaged: the slot opened to a key that is not this machine's.
        """
        try:
            label, plain = _label(self._secret, login), _plain(passphrase)
        except ValueError:
            raise SignInRefused("sign-in refused") from None
        slot = next((slot for slot in self._content.slots if slot.label == label), None)
        slot = slot or _decoy(self._secret, label)
        kek = _slot_key(self._secret, slot, plain)
        try:
            device_key = AESGCM(kek).decrypt(
                bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), _bound(slot, self.site_id)
            )
        except InvalidTag:
            raise SignInRefused("sign-in refused") from None
        return self._checked(device_key)

    def recover(self, recovery_private_key: bytes) -> DeviceKeys:
        """Return the machine's keys by the centre's recovery key.

        Raises:
            SlotRefused: there is no recovery slot.
            DamagedFile: the slot was made for another key.
        """
        if not self._content.recovery:
            raise SlotRefused("no recovery slot")
        wrapped = bytes.fromhex(self._content.recovery)
        info = _RECOVERY + self.site_id.encode()
        device_key = Unwrapper(recovery_private_key).unwrap(wrapped, info)
        if len(device_key) != DEVICE_KEY_BYTES:
            raise DamagedFile("not a device key")
        return self._checked(device_key)

    def add_slot(self, keys: DeviceKeys, login: str, passphrase: str) -> None:
        """Let `login` unlock this machine; an earlier slot of the same login is replaced. Durable on return.

        Raises:
            SlotRefused: `keys` are of another machine.
            ValueError: empty or overlong login or passphrase.
        """
        if keys.site_id != self.site_id:
            raise SlotRefused("keys of another machine")
        slot = _new_slot(keys, self._secret, login, passphrase)
        with self._lock:
            others = _without(self._content, slot.label)
            was_there = len(others) < len(self._content.slots)
            self._replace((*others, slot), forget=slot.label if was_there else None)

    def remove_slot(self, login: str) -> None:
        """Take the slot of `login` away, from the previous generation too. Durable on return.

        Raises:
            SlotRefused: no such slot, or it is the last one.
        """
        label = _label(self._secret, login)
        with self._lock:
            others = _without(self._content, label)
            if len(others) == len(self._content.slots):
                raise SlotRefused("no such slot")
            if not others:
                raise SlotRefused("the last slot stays")
            self._replace(others, forget=label)

    def _replace(self, slots: tuple[Slot, ...], *, forget: str | None) -> None:
        """Write the next generation. A forgotten slot must not live on in the previous one."""
        fresh = dataclasses.replace(self._content, generation=self._content.generation + 1, slots=slots)
        keep = fresh if forget else self._content
        keyring_file.save(self._folder, fresh, keep=keep)
        self._content = fresh

    def _checked(self, device_key: bytes) -> DeviceKeys:
        keys = DeviceKeys(device_key)
        if keys.site_id != self.site_id:
            raise KeyringDamaged("the slot holds a key of another machine")
        return keys

    def __reduce__(self) -> str:
        raise TypeError("keyrings are not copied or stored")

    def __repr__(self) -> str:
        return f"<Keyring of {self.site_id[:8]}, {len(self._content.slots)} slots>"


def _new_slot(keys: DeviceKeys, secret: bytes, login: str, passphrase: str) -> Slot:
    empty = Slot(
        label=_label(secret, login),
        salt=os.urandom(16).hex(),
        memory_kib=MEMORY_KIB,
        iterations=ITERATIONS,
        lanes=LANES,
        nonce=os.urandom(12).hex(),
        wrapped="",
    )
    kek = _slot_key(secret, empty, _plain(passphrase))
    bound = _bound(empty, keys.site_id)
    wrapped = AESGCM(kek).encrypt(bytes.fromhex(empty.nonce), keys.device_key(), bound)
    return dataclasses.replace(empty, wrapped=wrapped.hex())


def _slot_key(secret: bytes, slot: Slot, passphrase: bytes) -> bytes:
    return Argon2id(
        salt=bytes.fromhex(slot.salt),
        length=32,
        iterations=slot.iterations,
        lanes=slot.lanes,
        memory_cost=slot.memory_kib,
        secret=secret,
    ).derive(passphrase)


def _bound(slot: Slot, site_id: str) -> bytes:
    """Return what a slot's ciphertext is bound to: the machine, and every other field of the slot."""
    fields = [site_id, slot.label, slot.salt, slot.memory_kib, slot.iterations, slot.lanes]
    return _SLOT + json.dumps(fields).encode()


def _decoy(secret: bytes, label: str) -> Slot:
    """Return a slot that nothing opens, always the same for one login: so unknown logins cost as much."""
    salt = hmac.digest(secret, _DECOY + label.encode(), hashlib.sha256)[:16].hex()
    return Slot(label, salt, MEMORY_KIB, ITERATIONS, LANES, "00" * 12, "00" * 48)


def _without(content: KeyringFile, label: str) -> tuple[Slot, ...]:
    return tuple(slot for slot in content.slots if slot.label != label)


def _label(secret: bytes, login: str) -> str:
    name = unicodedata.normalize("NFC", login).strip().casefold()
    if not 1 <= len(name) <= MAX_LOGIN_CHARACTERS:
        raise ValueError(f"a login has 1 to {MAX_LOGIN_CHARACTERS} characters")
    return hmac.digest(secret, _LABEL + name.encode(), hashlib.sha256).hex()


def _plain(passphrase: str) -> bytes:
    """Return the passphrase as bytes; keyboards write Vietnamese letters composed or not, both are one."""
    if not 1 <= len(passphrase) <= MAX_PASSPHRASE_CHARACTERS:
        raise ValueError(f"a passphrase has 1 to {MAX_PASSPHRASE_CHARACTERS} characters")
    return unicodedata.normalize("NFC", passphrase).encode()
