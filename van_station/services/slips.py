"""Slips (*phiếu*) of a dossier: provisional until the platform has given its code, then form 01."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from van_station.i18n import Texts
from van_station.papers.errors import PaperError
from van_station.papers.slips import (
    DocumentKind,
    HandedOver,
    PaymentMark,
    SlipData,
    official_receipt,
    provisional_receipt,
)
from van_station.records.dossiers import Component, Dossier
from van_station.records.ledger import AuditLine
from van_station.records.payments import Payment
from van_station.records.people import User
from van_station.records.slips import SlipPrint
from van_station.records.trips import Trip
from van_station.rules.access import Act
from van_station.rules.dossiers import DossierState
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.clock import HANOI, Clock
from van_station.services.errors import NotFound, NotNow, Refused
from van_station.services.paper import PrintedPage
from van_station.services.people import person_row
from van_station.store import Store

_PAYMENT_MARKS: dict[str, PaymentMark] = {
    "pending": "pending",
    "matched": "matched",
    "short": "short",
    "over": "over",
    "double": "double",
    "late": "late",
}
_DOCUMENT_KINDS: dict[str, DocumentKind] = {
    "original": "original",
    "copy": "copy",
    "electronic": "electronic",
}


@dataclass(frozen=True)
class SlipSetup:
    """What stands on every slip of this machine."""

    center_name: str
    practice: bool


class Slips:
    """Prints receipts; every printing is a line of its own."""

    def __init__(
        self, store: Store, clock: Clock, catalogue: Catalogue, setup: SlipSetup, texts: Texts
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._setup = setup
        self._texts = texts

    def receipt(self, actor: Actor, dossier_id: str) -> PrintedPage:
        """Return the receipt as PDF: provisional (*tạm*) until the official code is there.

        Raises:
            Refused: slip.not_confirmed (a draft has no receipt), dossier.voided.
        """
        require(actor, Act.PRINT_SLIP)
        with self._store.reading() as session:
            dossier = session.get(Dossier, dossier_id)
            if dossier is None:
                raise NotFound
            _require_confirmed(dossier)
            official = dossier.official_code is not None
            slip = "official_receipt" if official else "provisional_receipt"
            number = dossier.official_code or dossier.provisional_no
            again = _printed_before(session, dossier_id, slip)
            data = self._data(session, dossier, reprint=again)
        try:
            page = official_receipt(data) if official else provisional_receipt(data)
        except PaperError as error:
            raise NotNow(error.code) from error
        with self._store.unit(actor.user_id, "slip.print", ("dossier", dossier_id)) as unit:
            unit.save(
                SlipPrint(
                    dossier_id=dossier_id,
                    kind=slip,
                    number=number,
                    printed_at=self._clock.now(),
                    printed_by=actor.user_id,
                    reprint=again,
                )
            )
            unit.note({"slip": slip, "reprint": int(again)})
        kind = "giay-tiep-nhan" if official else "phieu-tam"
        return PrintedPage(f"{kind}-{number}.pdf", "application/pdf", page)

    def _data(self, session: Session, dossier: Dossier, *, reprint: bool) -> SlipData:
        person = person_row(session, dossier.person_id)
        trip = session.get(Trip, dossier.trip_id)
        officer = session.get(User, _received_by(session, dossier))
        entry = self._catalogue.entry(dossier.procedure_code, dossier.procedure_version)
        payment = session.exec(select(Payment).where(Payment.dossier_id == dossier.id)).first()
        received = (dossier.confirmed_at or dossier.created_at).astimezone(HANOI)
        number = dossier.official_code or dossier.provisional_no
        return SlipData(
            center_name=self._setup.center_name,
            place=f"{trip.place}, {trip.ward_name}" if trip else "",
            counter=dossier.counter or "",
            officer_name=officer.full_name if officer else "",
            provisional_no=dossier.provisional_no,
            official_code=dossier.official_code or "",
            full_name=person.full_name,
            address=person.address or "",
            phone=person.phone or "",
            procedure_code=dossier.procedure_code,
            procedure_name=entry.procedure.name.vi,
            components=_handed_over(session, dossier.id),
            received_at=received,
            time_limit=self._time_limit(entry),
            due_on=dossier.due_on,
            fee_vnd=dossier.fee_vnd,
            payment=_payment_mark(dossier, payment),
            qr_text=f"VS1D|{number}|{dossier.id[:12]}",
            practice=self._setup.practice,
            reprint=reprint,
        )

    def _time_limit(self, entry: Entry) -> str:
        limit = entry.procedure.time_limit
        if limit.value is None:
            return ""
        if limit.value == 0:
            return self._texts.say("slip.time_same_day")
        return self._texts.say(f"slip.time_{limit.unit.value}", count=limit.value)


def _require_confirmed(dossier: Dossier) -> None:
    state = DossierState(dossier.state)
    if state is DossierState.VOIDED:
        raise Refused("dossier.voided")
    if dossier.confirmed_at is None:
        raise Refused("slip.not_confirmed")


def _received_by(session: Session, dossier: Dossier) -> str:
    """Return who confirmed the dossier, by the audit lines; whoever began it when they are not here."""
    query = select(AuditLine.actor_id).where(
        AuditLine.act == "dossier.confirm", AuditLine.subject_id == dossier.id
    )
    return session.exec(query.order_by(col(AuditLine.at).desc())).first() or dossier.created_by


def _printed_before(session: Session, dossier_id: str, slip: str) -> bool:
    query = select(SlipPrint.id).where(SlipPrint.dossier_id == dossier_id, SlipPrint.kind == slip)
    return session.exec(query).first() is not None


def _handed_over(session: Session, dossier_id: str) -> tuple[HandedOver, ...]:
    query = select(Component).where(Component.dossier_id == dossier_id).order_by(col(Component.code))
    return tuple(
        HandedOver(
            name=row.name,
            kind=_DOCUMENT_KINDS.get(row.document_kind, "original"),
            copies=row.copies,
            page_count=row.page_count,
        )
        for row in session.exec(query)
        if row.page_count or row.certified_by
    )


def _payment_mark(dossier: Dossier, payment: Payment | None) -> PaymentMark:
    if dossier.fee_vnd == 0:
        return "free"
    if payment is None:
        return "unknown" if dossier.fee_vnd is None else "pending"
    return _PAYMENT_MARKS.get(payment.state, "pending")
