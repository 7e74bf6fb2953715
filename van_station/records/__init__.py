"""What is kept: SQLModel rows, one file a concept."""

from van_station.records.catalogue import CatalogueEdition
from van_station.records.certified_copies import CertifiedCopy
from van_station.records.columns import (
    JsonText,
    Record,
    Row,
    UtcDateTime,
    json_text,
    kind_of,
    moment_of,
    moment_text,
    new_id,
)
from van_station.records.consents import Consent, TakenOver
from van_station.records.dossiers import Component, Dossier, StoredFile
from van_station.records.exchange import OutboxItem, ReceiptRow, StatusEvent
from van_station.records.ledger import AuditLine, ChangeLog, FieldHead
from van_station.records.payments import Payment, PaymentNotice, notice_record_id
from van_station.records.people import Business, Person, User
from van_station.records.queue import LeaseRequest, NumberBlock, Ticket, TicketPerson, ToldAnswers
from van_station.records.replication import CRITICAL_FIELDS, KINDS, REPLICATED, replicated_columns
from van_station.records.slips import SlipPrint
from van_station.records.trips import Setting, Trip

__all__ = [
    "CRITICAL_FIELDS",
    "KINDS",
    "REPLICATED",
    "AuditLine",
    "Business",
    "CatalogueEdition",
    "CertifiedCopy",
    "ChangeLog",
    "Component",
    "Consent",
    "Dossier",
    "FieldHead",
    "JsonText",
    "LeaseRequest",
    "NumberBlock",
    "OutboxItem",
    "Payment",
    "PaymentNotice",
    "Person",
    "ReceiptRow",
    "Record",
    "Row",
    "Setting",
    "SlipPrint",
    "StatusEvent",
    "StoredFile",
    "TakenOver",
    "Ticket",
    "TicketPerson",
    "ToldAnswers",
    "Trip",
    "User",
    "UtcDateTime",
    "json_text",
    "kind_of",
    "moment_of",
    "moment_text",
    "new_id",
    "notice_record_id",
    "replicated_columns",
]
