"""Who certified which digitised copy, when, and with which certificate."""

from datetime import datetime

from sqlmodel import Field

from van_station.records.columns import Record, maybe_moment, moment


class CertifiedCopy(Record, table=True):
    """An officer's digital signature on one document (*ký số bản số hóa*), beside who scanned it."""

    dossier_id: str = Field(index=True)
    component_id: str = Field(index=True)
    file_id: str = Field(index=True)
    """The stored file that holds the signed document now."""
    source_file_id: str
    """The unsigned document that was signed; removed with the same commit."""
    captured_by: str
    """User id of who made the document from scanned pages."""
    captured_at: datetime = moment()
    certified_by: str
    """User id of the officer who signed."""
    certified_at: datetime = moment()
    signer_name: str
    """Whom the certificate names."""
    issuer_name: str
    certificate_sha256: str
    """Fingerprint of the certificate, 64 hex digits."""
    level: str
    """PAdES level: B-B | B-T | B-LT"""
    revocation: str
    """good | not_checked: what the issuer said of the certificate at that time."""
    time_stamped_at: datetime | None = maybe_moment()
    signed_sha256: str
    """Hex SHA-256 of the signed document, unsealed."""
