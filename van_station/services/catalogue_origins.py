"""Where editions of the catalogue come from: the program itself, or whoever holds a trusted key."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from van_station.rules.catalogue_bundle import SIGNATURE_BYTES, key_id, pack
from van_station.rules.catalogue_edition import Edition
from van_station.security import signed_by

BUILT_IN = "built-in"
"""Key id of the edition that came with the program."""


@dataclass(frozen=True)
class BuiltIn:
    """The edition that came with the program, also packed as it is kept."""

    edition: Edition
    body: bytes
    digest: str

    @classmethod
    def of(cls, edition: Edition) -> BuiltIn:
        """Pack an edition; nobody signed it but the program itself."""
        body = pack(edition, key=BUILT_IN, sign=lambda _: bytes(SIGNATURE_BYTES))
        return cls(edition, body, sha256(body).hexdigest())

    @property
    def version(self) -> str:
        """The version of its row: two builds of the program may hold different editions of one name."""
        return f"{self.edition.version}+{self.digest[:8]}"


class TrustedKeys:
    """Checks signatures against public keys given as 64 hex digits each (`catalogue.trusted_keys`)."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._known = {key_id(key): key for key in map(bytes.fromhex, keys)}

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the keys, as bundles name them."""
        return tuple(self._known)

    def __call__(self, key: str, message: bytes, signature: bytes) -> bool:
        """Tell whether a trusted key of this id made the signature."""
        return key in self._known and signed_by(self._known[key], message, signature)


def trusted(keys: tuple[str, ...]) -> TrustedKeys:
    """Return the check against these public keys."""
    return TrustedKeys(keys)
