"""Keys, sealing, signatures: the only room of ours with cryptography."""

from van_station.security.device import DeviceKeys
from van_station.security.errors import (
    BrokenChipAnswer,
    ChipDataAltered,
    ChipLocked,
    ChipNotSupported,
    DamagedFile,
    KeyRefused,
    KeyringDamaged,
    KeyringExists,
    KeyringMissing,
    SecurityError,
    SignInRefused,
    SlotRefused,
    WrongChipKey,
)
from van_station.security.keyring import Keyring
from van_station.security.sealing import PlatformOpener, SealContext, SealedFile, Sealer
from van_station.security.signing import Signer, new_signing_key, signed_by
from van_station.security.wrapping import new_platform_keys

__all__ = [
    "BrokenChipAnswer",
    "ChipDataAltered",
    "ChipLocked",
    "ChipNotSupported",
    "DamagedFile",
    "DeviceKeys",
    "KeyRefused",
    "Keyring",
    "KeyringDamaged",
    "KeyringExists",
    "KeyringMissing",
    "PlatformOpener",
    "SealContext",
    "SealedFile",
    "Sealer",
    "SecurityError",
    "SignInRefused",
    "Signer",
    "SlotRefused",
    "WrongChipKey",
    "new_platform_keys",
    "new_signing_key",
    "signed_by",
]
