"""Sealing a scan of 2 MB, against plain AES-256-GCM and, where it is installed, age."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.measuring import Figure, duel, timed
from van_station.security import PlatformOpener, SealContext, Sealer, new_platform_keys
from van_station.security.wrapping import Wrapper

SIZE_BYTES = 2_000_000
_CONTEXT = SealContext("demo", "d" * 32, "f" * 32)


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of sealing and opening."""
    del folder
    rounds, each = (3, 2) if quick else (25, 4)
    private, public = new_platform_keys()
    sealer, opener = Sealer(Wrapper(public), os.urandom(32)), PlatformOpener(private)
    plain = os.urandom(SIZE_BYTES)
    sealed = sealer.seal(plain, _CONTEXT)
    gcm = AESGCM(os.urandom(32))
    nonce = os.urandom(12)
    encrypted = gcm.encrypt(nonce, plain, b"")
    acts = {
        "seal": (lambda: sealer.seal(plain, _CONTEXT), lambda: gcm.encrypt(os.urandom(12), plain, b"")),
        "open on this machine": (
            lambda: sealer.open(sealed.body, sealed.local_key, _CONTEXT),
            lambda: gcm.decrypt(nonce, encrypted, b""),
        ),
        "open with the platform's key": (
            lambda: opener.open(sealed.body, _CONTEXT),
            lambda: gcm.decrypt(nonce, encrypted, b""),
        ),
    }
    figures = [
        duel(
            f"2 MB file: {name}",
            timed(ours),
            timed(peer),
            rounds=rounds,
            each=each,
            note="peer: AES-256-GCM of cryptography in one piece, no key wrap, no hash",
        )
        for name, (ours, peer) in acts.items()
    ]
    return figures + _against_age(sealer, plain, rounds, each)


def _against_age(sealer: Sealer, plain: bytes, rounds: int, each: int) -> list[Figure]:
    if importlib.util.find_spec("pyrage") is None:
        return []
    import pyrage  # noqa: PLC0415  -- a peer, not a dependency

    identity = pyrage.x25519.Identity.generate()
    recipient = identity.to_public()
    sealed = sealer.seal(plain, _CONTEXT)
    encrypted = pyrage.encrypt(plain, [recipient])
    note = "peer: age (pyrage), X25519"
    return [
        duel(
            "2 MB file: seal, against age",
            timed(lambda: sealer.seal(plain, _CONTEXT)),
            timed(lambda: pyrage.encrypt(plain, [recipient])),
            rounds=rounds,
            each=each,
            note=note,
        ),
        duel(
            "2 MB file: open, against age",
            timed(lambda: sealer.open(sealed.body, sealed.local_key, _CONTEXT)),
            timed(lambda: pyrage.decrypt(encrypted, [identity])),
            rounds=rounds,
            each=each,
            note=note,
        ),
    ]
