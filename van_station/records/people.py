"""Who works here, and who comes."""

from datetime import date

from sqlmodel import Field

from van_station.records.columns import Record


class User(Record, table=True):
    """Someone who signs in on a van's machines. The passphrase lives in the keyring only."""

    login: str = Field(index=True)
    full_name: str
    role: str
    """volunteer | officer | supervisor | technician"""
    active: bool = True


class Person(Record, table=True):
    """A citizen (*công dân*) as their card or their word tells."""

    id_number: str | None = Field(default=None, index=True)
    """Personal identification number (*số định danh cá nhân*), 12 digits; None when not given."""
    old_id_number: str | None = Field(default=None, index=True)
    """Number of the old card (*số CMND*), 9 digits."""
    full_name: str
    folded_name: str = Field(default="", index=True)
    """`full_name` without marks, in lower case, đ as d: what searches look at."""
    birth_date: date | None = None
    birth_text: str | None = None
    """The birth date as written, e.g. a bare year on old papers."""
    sex: str | None = None
    address: str | None = None
    phone: str | None = None
    card_issued_on: date | None = None
    card_raw_extra: str | None = None
    """Trailing fields of the card's QR that we have no column for, kept as read."""
    identified_by: str = "none"
    """card_qr | chip | typed | none: the strongest way in which this person has been identified; `none` also
    where it was not recorded (rows older than layout 2)."""
    ward_code: str | None = None
    """Code of the ward (*phường/xã*) of the address; None when not known."""


class Business(Record, table=True):
    """A household business or enterprise that a person comes for (*hộ kinh doanh, doanh nghiệp*)."""

    tax_code: str = Field(index=True)
    """10 digits, 10 and a branch's 3 after a hyphen, or the 12 of the owner's personal number."""
    name: str
    folded_name: str = Field(default="", index=True)
    """`name` without marks, in lower case, đ as d: what searches look at."""
    address: str | None = None
    phone: str | None = None
    representative_person_id: str | None = Field(default=None, index=True)
    """The person who speaks for it, when they have been here."""
