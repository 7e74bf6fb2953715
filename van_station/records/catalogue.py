"""Editions of the procedure catalogue that this machine has installed."""

from datetime import date, datetime

from sqlmodel import Field

from van_station.records.columns import Record, moment


class CatalogueEdition(Record, table=True):
    """A signed edition of the catalogue, old ones too: drafts bound to them still open."""

    __local__ = True

    version: str = Field(unique=True)
    """E.g. `2026.11.2`."""
    issued_on: date
    digest: str
    """Hex SHA-256 of `body`."""
    key_id: str
    """Which key signed it."""
    signature: str
    """Hex Ed25519."""
    body: bytes
    """The bundle, byte for byte as signed."""
    installed_at: datetime = moment()
    installed_by: str
    """User id; `line` when it came over the line by itself."""
    active: bool = False
    """Whether new dossiers use it; one edition at most."""
