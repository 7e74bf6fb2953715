"""What citizens have agreed to, and what was used again because of it."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from van_station.records.columns import JsonText, Record, maybe_moment, moment


class Consent(Record, table=True):
    """One person's agreement to one purpose (*sự đồng ý của chủ thể dữ liệu*); edited only to withdraw it."""

    person_id: str = Field(index=True)
    purpose: str
    """Code of the one purpose it covers, e.g. `reuse_answers`."""
    scope: dict[str, Any] = Field(default_factory=dict, sa_type=JsonText)
    """What narrows it, as codes, e.g. `{"dossier_id": ...}`; empty: the whole purpose."""
    given_at: datetime = moment()
    recorded_by: str
    """User id of who asked and wrote it down."""
    trip_id: str | None = Field(default=None, index=True)
    withdrawn_at: datetime | None = maybe_moment()


class TakenOver(Record, table=True):
    """An earlier answer or scan that was deliberately used again in a dossier.

    Also where an answer came from that was given during guidance (`told`), as long as nobody changed it.
    """

    dossier_id: str = Field(index=True)
    """The dossier that uses it."""
    source_dossier_id: str = Field(index=True)
    """The dossier it comes from, of the same person; for `told` the dossier itself, there was none before."""
    what: str
    """answers | file | told"""
    pointer: str | None = None
    """JSON pointer of the field that was filled; None for a file."""
    file_id: str | None = Field(default=None, index=True)
    """The new stored file, which names the blob of the earlier one; None for an answer."""
    taken_at: datetime = moment()
    taken_by: str
