"""Which rows and columns leave this machine, and which fields a conflict must stop."""

from van_station.records.certified_copies import CertifiedCopy
from van_station.records.columns import Record, Row, kind_of
from van_station.records.consents import Consent, TakenOver
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.exchange import ReceiptRow, StatusEvent
from van_station.records.payments import Payment, PaymentNotice
from van_station.records.people import Business, Person, User
from van_station.records.queue import LeaseRequest, NumberBlock, Ticket, TicketPerson, ToldAnswers
from van_station.records.slips import SlipPrint
from van_station.records.trips import Trip

REPLICATED: tuple[type[Record], ...] = (
    Trip,
    User,
    Person,
    NumberBlock,
    Ticket,
    Dossier,
    Component,
    StoredFile,
    Payment,
    PaymentNotice,
    ReceiptRow,
    StatusEvent,
    SlipPrint,
    Business,
    TicketPerson,
    LeaseRequest,
    Consent,
    TakenOver,
    CertifiedCopy,
    ToldAnswers,
)

KINDS: dict[str, type[Record]] = {kind_of(model): model for model in REPLICATED}
"""Replicated models by kind."""

CRITICAL_FIELDS: frozenset[tuple[str, str]] = frozenset(
    {
        ("person", "id_number"),
        ("dossier", "person_id"),
        ("dossier", "consent"),
        ("dossier", "fee_vnd"),
        ("payment", "amount_vnd"),
        ("payment", "matched_vnd"),
    }
)
"""(kind, column) where two concurrent values block submission until a person has chosen."""


def replicated_columns(model: type[Row]) -> tuple[str, ...]:
    """Return the columns that travel, in table order, without `id`; none for a local table."""
    if model.__local__:
        return ()
    columns = model.__table__.columns.keys()  # type: ignore[attr-defined]
    return tuple(name for name in columns if name != "id" and name not in model.__local_columns__)
