"""Tokens in software: SoftHSM2 behind its real PKCS#11 driver, filled by OpenSC's tool."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.security.authority import Signatory

PIN, SO_PIN = "246810", "13579000"
MODULE = next(
    (
        path
        for path in (
            Path("/usr/lib/softhsm/libsofthsm2.so"),
            Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
            Path("/usr/local/lib/softhsm/libsofthsm2.so"),
        )
        if path.exists()
    ),
    None,
)
_FLAGS_ATTRIBUTE = struct.pack(">QQ", 0x8000534B, 2)  # SoftHSM's CKA_OS_TOKENFLAGS, an unsigned long
LOCKED, LAST_TRY = 0x40000, 0x20000


def why_not() -> str:
    """Say what is missing, "" when tokens can be made."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        return "Debian's softhsm2 is not installed"
    return "" if shutil.which("pkcs11-tool") else "Debian's opensc is not installed"


class SoftTokens:
    """A folder of tokens, each of which can be plugged out by moving it away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tokens = folder / "tokens"
        self._tokens.mkdir(parents=True)
        config = folder / "softhsm2.conf"
        config.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        self._config = config

    def use(self) -> None:
        """Let this process's driver look at these tokens, as they are now."""
        import pkcs11  # noqa: PLC0415  the extra `sign`

        os.environ["SOFTHSM2_CONF"] = str(self._config)
        pkcs11.lib(str(MODULE)).reinitialize()

    def add(self, label: str, signatory: Signatory | None) -> Path:
        """Make a token, with a certificate and its key; return its folder."""
        before = set(self._tokens.iterdir())
        self._run(
            "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN
        )
        (made,) = set(self._tokens.iterdir()) - before
        if signatory is not None:
            key, certificate = self.folder / "key.pem", self.folder / "certificate.der"
            key.write_bytes(
                signatory.key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            certificate.write_bytes(signatory.certificate.public_bytes(serialization.Encoding.DER))
            self._run(
                "softhsm2-util", "--import", key, "--token", label, "--label", "ky", "--id", "a1", "--pin", PIN
            )  # fmt: skip
            self._run(
                "pkcs11-tool", "--module", MODULE, "--login", "--pin", PIN, "--token-label", label,
                "--write-object", certificate, "--type", "cert", "--id", "a1", "--label", "ky",
            )  # fmt: skip
        return made

    def flag(self, token: Path, flag: int) -> None:
        """Let a token say something of its PIN, as one says that counts tries; SoftHSM counts none by itself."""
        file = token / "token.object"
        raw = bytearray(file.read_bytes())
        at = raw.index(_FLAGS_ATTRIBUTE) + len(_FLAGS_ATTRIBUTE)
        (flags,) = struct.unpack_from(">Q", raw, at)
        struct.pack_into(">Q", raw, at, flags | flag)
        file.write_bytes(bytes(raw))

    def pull_out(self, token: Path) -> None:
        shutil.move(token, self.folder / f"away-{token.name}")

    def _run(self, *command: object) -> None:
        environment = {**os.environ, "SOFTHSM2_CONF": str(self._config)}
        subprocess.run([str(part) for part in command], check=True, capture_output=True, env=environment)
