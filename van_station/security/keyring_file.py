"""The keyring's file: form, bounds, and replacing it without ever having none.

Format: docs/formats/keyring.md.
"""

import contextlib
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from van_station.security.errors import KeyringDamaged, KeyringMissing

KEYRING = "keyring.json"
PREVIOUS = "keyring.previous.json"
SECRET = "device.secret"  # noqa: S105  -- a file name
SECRET_BYTES = 32
_FORMAT = "van-station keyring"
_VERSION = 1
_MAX_BYTES = 1024 * 1024
_MAX_SLOTS = 500
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's way to the device key; every text is hex.

    Attributes:
        label: 32 bytes, HMAC-SHA256 of the login under the device secret.
        salt: 16 bytes.
        memory_kib, iterations, lanes: cost of Argon2id.
        nonce, wrapped: AES-256-GCM of the device key, 12 and 48 bytes.
    """

    label: str
    salt: str
    memory_kib: int
    iterations: int
    lanes: int
    nonce: str
    wrapped: str


@dataclass(frozen=True, slots=True)
class KeyringFile:
    """What the file says."""

    generation: int
    site_id: str
    slots: tuple[Slot, ...]
    recovery: str
    """Hex of the device key wrapped for the centre's recovery key; empty when there is none."""


def load(folder: Path) -> tuple[KeyringFile, bool]:
    """Return the newest whole generation, and whether it is only the one before the last.

    Raises:
        KeyringMissing: there is no keyring.
        KeyringDamaged: neither generation can be read.
    """
    if not (folder / KEYRING).exists() and not (folder / PREVIOUS).exists():
        raise KeyringMissing("no keyring in this folder")
    for name, is_previous in ((KEYRING, False), (PREVIOUS, True)):
        with contextlib.suppress(KeyringDamaged):
            return _read(folder / name), is_previous
    raise KeyringDamaged("no generation of the keyring can be read")


def save(folder: Path, content: KeyringFile, *, keep: KeyringFile | None) -> None:
    """Replace the keyring; durable on return, the old one stays whole until then.

    `keep` is left behind as the previous generation (None: whatever is there stays).
    """
    if keep is not None:
        write_durably(folder / PREVIOUS, _encode(keep))
    write_durably(folder / KEYRING, _encode(content))


def load_secret(folder: Path) -> bytes:
    """Return the device secret; KeyringDamaged when it is missing or not 32 bytes."""
    try:
        with (folder / SECRET).open("rb") as file:
            secret = file.read(SECRET_BYTES + 1)
    except OSError as error:
        raise KeyringDamaged("device secret cannot be read") from error
    if len(secret) != SECRET_BYTES:
        raise KeyringDamaged("device secret has a wrong length")
    return secret


def write_durably(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 so that a crash leaves the old or the new one, whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; a no-op where folders cannot be opened (Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _encode(content: KeyringFile) -> bytes:
    body: dict[str, Any] = {"format": _FORMAT, "version": _VERSION, **asdict(content)}
    return json.dumps({**body, "checksum": _checksum(body)}, indent=1).encode()


def _checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _read(path: Path) -> KeyringFile:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        body = json.loads(data) if len(data) <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError) as error:
        raise KeyringDamaged("keyring cannot be read") from error
    if not isinstance(body, dict) or body.pop("checksum", None) != _checksum(body):
        raise KeyringDamaged("keyring has a wrong checksum")
    if (body.pop("format", None), body.pop("version", None)) != (_FORMAT, _VERSION):
        raise KeyringDamaged("keyring of an unknown version")
    try:
        content = KeyringFile(**{**body, "slots": tuple(Slot(**slot) for slot in body["slots"])})
    except (KeyError, TypeError) as error:
        raise KeyringDamaged("keyring lacks a field") from error
    if not _is_sound(content):
        raise KeyringDamaged("a field of the keyring is out of its bounds")
    return content


def _is_sound(content: KeyringFile) -> bool:
    return (
        type(content.generation) is int
        and _is_hex(content.site_id, 16)
        and len(content.slots) <= _MAX_SLOTS
        and isinstance(content.recovery, str)
        and len(content.recovery) <= 4096
        and _HEX.fullmatch(content.recovery) is not None
        and all(_is_sound_slot(slot) for slot in content.slots)
    )


def _is_sound_slot(slot: Slot) -> bool:
    """Costs are bounded above too: a doctored file must not make sign-in take all memory or an hour."""
    return (
        _is_hex(slot.label, 32)
        and _is_hex(slot.salt, 16)
        and _is_hex(slot.nonce, 12)
        and _is_hex(slot.wrapped, 48)
        and _is_between(slot.memory_kib, 19 * 1024, 1024 * 1024)
        and _is_between(slot.iterations, 2, 16)
        and _is_between(slot.lanes, 1, 16)
    )


def _is_hex(text: object, size: int) -> bool:
    return isinstance(text, str) and len(text) == 2 * size and _HEX.fullmatch(text) is not None


def _is_between(number: object, low: int, high: int) -> bool:
    return type(number) is int and low <= number <= high
