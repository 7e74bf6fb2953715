"""Signing in: the keyring against bare Argon2id, and the store until its first answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlmodel import select

from tests.bench.measuring import Figure, duel, solo, timed
from van_station.records import User
from van_station.security import Keyring
from van_station.security.keyring import ITERATIONS, LANES, MEMORY_KIB
from van_station.store import Store

UNLOCK_BAR_MS = 300
_PASSPHRASE = "xe luu dong 2026"


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of unlocking and opening."""
    _, keys = Keyring.create(folder / "keys", "lan", _PASSPHRASE, recovery_public_key=None)
    times = 3 if quick else 15

    def unlock() -> None:
        Keyring.open(folder / "keys").unlock("lan", _PASSPHRASE)

    def derive() -> None:
        Argon2id(
            salt=bytes(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB
        ).derive(_PASSPHRASE.encode())

    def open_store() -> None:
        store = Store.open(
            folder / "store",
            keys.store_key(),
            site_id=keys.site_id,
            sign=keys.signer().sign,
            now=lambda: datetime.now(UTC),
        )
        with store.reading() as session:
            session.exec(select(User)).all()
        store.close()

    return [
        duel(
            "unlock: keyring from disk to keys",
            timed(unlock),
            timed(derive),
            rounds=times,
            bar=UNLOCK_BAR_MS,
            bar_on="median",
            note=f"peer: bare Argon2id, {MEMORY_KIB // 1024} MiB, t{ITERATIONS}, p{LANES}",
        ),
        solo(
            "unlock: store opened, first query, closed",
            timed(open_store),
            times=times,
            note="migrations looked at, key and chain checked",
        ),
    ]
