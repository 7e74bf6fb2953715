"""Finds out whether this machine can sign copies, and with what."""

from __future__ import annotations

import importlib.util

from van_station.security.copy_signing import CopySigning
from van_station.settings.tree import SigningSettings


def copy_signing(settings: SigningSettings) -> CopySigning | None:
    """Return what copies are signed with, None where the extra `sign` is not installed.

    Raises:
        KeyRefused: a file of the trust folder holds no certificate.
    """
    if any(importlib.util.find_spec(name) is None for name in ("pyhanko", "pkcs11")):
        return None
    from van_station.security.certificate_checks import read_trusted  # noqa: PLC0415  the extra `sign`
    from van_station.security.pades import PadesSigning  # noqa: PLC0415

    return PadesSigning(
        module=settings.module,
        tsa_url=settings.tsa_url,
        trusted=read_trusted(settings.trust_folder),
        timeout_s=settings.timeout_s,
    )
