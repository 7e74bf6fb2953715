"""The gateway's own key and name, made at first start; readable by its owner only."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.signing import Sign, new_private_key, public_key_of, signer


@dataclass(frozen=True)
class GatewayKeys:
    """What a gateway signs receipts with, and the name it signs under."""

    gateway_id: str
    receipt_public_key: bytes
    sign: Sign


def open_keys(folder: Path) -> GatewayKeys:
    """Read `receipt.key` (32 bytes) and `gateway.id` in `folder`, made when absent with mode 0600."""
    private_key = _read_or_make(folder / "receipt.key", new_private_key)
    name = _read_or_make(folder / "gateway.id", lambda: secrets.token_hex(8).encode())
    return GatewayKeys(name.decode(), public_key_of(private_key), signer(private_key))


def _read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        draft = path.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return path.read_bytes()
