"""Fees (*phí, lệ phí*): a VietQR for the exact amount; paid only when a credit matches."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import qrcode
from sqlmodel import Session, col, select

from van_station.records.dossiers import Dossier
from van_station.records.payments import Payment, PaymentNotice, notice_record_id
from van_station.rules.access import Act
from van_station.rules.payments import Expected, Notice, Verdict, classify
from van_station.rules.text import ascii_upper
from van_station.rules.vietqr import MAX_PURPOSE, build, plain_purpose
from van_station.services.actor import Actor, require
from van_station.services.clock import Clock
from van_station.services.errors import NotFound, Refused, rules_as_refusals
from van_station.store import Store, UnitOfWork


class PaymentState(StrEnum):
    """How a fee stands. Only `MATCHED` is paid; the last five are a notice's verdict."""

    PENDING = "pending"
    MATCHED = "matched"
    SHORT = "short"
    OVER = "over"
    DOUBLE = "double"
    LATE = "late"


@dataclass(frozen=True)
class ReceivingAccount:
    """Where fees go. Comes from configuration, never from what somebody types."""

    bank_bin: str
    bank_name: str
    account_no: str
    account_name: str
    practice: bool
    purpose_prefix: str = ""


@dataclass(frozen=True)
class PaymentView:
    """A fee asked for, and how it stands."""

    id: str
    dossier_id: str
    amount_vnd: int
    state: PaymentState
    reference: str
    bank_name: str
    account_no: str
    account_name: str
    practice: bool
    qr_payload: str
    matched_vnd: int
    created_at: datetime
    paid_at: datetime | None


class Payments:
    """Asks for fees and matches what the bank says came in."""

    def __init__(self, store: Store, clock: Clock, account: ReceivingAccount | None) -> None:
        self._store = store
        self._clock = clock
        self._account = account

    def request(self, actor: Actor, dossier_id: str) -> PaymentView:
        """Ask the fee of a dossier: the same request when it has been asked already.

        While nothing has come in, the request follows the fee; its reference stays.

        Raises:
            Refused: fee.none_due, fee.unknown, qr.*.
        """
        require(actor, Act.TAKE_FEE)
        with self._store.unit(actor.user_id, "payment.request", ("dossier", dossier_id)) as unit:
            dossier = unit.session.get(Dossier, dossier_id)
            if dossier is None:
                raise NotFound
            row = _row_of(unit.session, dossier_id)
            if row is None or _is_outdated(row, dossier):
                fresh = self._fresh(dossier)
                row = row or fresh
                row.amount_vnd, row.qr_payload = fresh.amount_vnd, fresh.qr_payload
                unit.save(row)
                unit.note({"amount_vnd": row.amount_vnd})
            payment_id = row.id
        return self.get(payment_id)

    def get(self, payment_id: str) -> PaymentView:
        """Return one payment."""
        with self._store.reading() as session:
            row = session.get(Payment, payment_id)
            if row is None:
                raise NotFound
            return self._view(row)

    def of(self, dossier_id: str) -> tuple[PaymentView, ...]:
        """Return the payments of a dossier, oldest first."""
        with self._store.reading() as session:
            query = select(Payment).where(Payment.dossier_id == dossier_id)
            return tuple(self._view(row) for row in session.exec(query.order_by(col(Payment.created_at))))

    def pending(self) -> tuple[PaymentView, ...]:
        """Return the payments that wait for a credit."""
        with self._store.reading() as session:
            query = select(Payment).where(Payment.state == PaymentState.PENDING.value)
            return tuple(self._view(row) for row in session.exec(query))

    def qr_png(self, payment_id: str, *, module_px: int = 12) -> bytes:
        """Return the VietQR as a PNG, black on white, four modules of quiet zone (ISO/IEC 18004)."""
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=module_px, border=4)
        code.add_data(self.get(payment_id).qr_payload)
        code.make(fit=True)
        out = io.BytesIO()
        code.make_image(fill_color="black", back_color="white").save(out)
        return out.getvalue()

    def _fresh(self, dossier: Dossier) -> Payment:
        if dossier.fee_vnd is None:
            raise Refused("fee.unknown")
        if dossier.fee_vnd == 0:
            raise Refused("fee.none_due")
        if self._account is None:
            raise Refused("fee.no_account")
        reference = ascii_upper(dossier.provisional_no).replace("-", "").replace(" ", "")[:25]
        with rules_as_refusals():
            payload = build(
                bank_bin=self._account.bank_bin,
                account=self._account.account_no,
                amount_vnd=dossier.fee_vnd,
                bill_number=reference,
                purpose=_purpose(self._account.purpose_prefix, reference),
            )
        return Payment(
            dossier_id=dossier.id,
            amount_vnd=dossier.fee_vnd,
            method="vietqr",
            reference=reference,
            state=PaymentState.PENDING.value,
            qr_payload=payload,
            created_at=self._clock.now(),
        )

    def _view(self, row: Payment) -> PaymentView:
        account = self._account
        return PaymentView(
            id=row.id,
            dossier_id=row.dossier_id,
            amount_vnd=row.amount_vnd,
            state=PaymentState(row.state),
            reference=row.reference,
            bank_name=account.bank_name if account else "",
            account_no=account.account_no if account else "",
            account_name=account.account_name if account else "",
            practice=account.practice if account else False,
            qr_payload=row.qr_payload or "",
            matched_vnd=row.matched_vnd,
            created_at=row.created_at,
            paid_at=row.paid_at,
        )


def take_notice(
    unit: UnitOfWork, *, notice_id: str, reference: str, amount_vnd: int, bank_time: datetime, now: datetime
) -> None:
    """Keep a bank's notice and let it pay what it matches; the same notice twice changes nothing."""
    if unit.session.get(PaymentNotice, notice_record_id(notice_id)) is not None:
        return
    open_payments = unit.session.exec(select(Payment)).all()
    rows = {row.id: row for row in open_payments}
    found = classify(Notice(reference, amount_vnd, bank_time), [_expected(row) for row in open_payments])
    unit.save(
        PaymentNotice(
            notice_id=notice_id,
            reference=reference,
            amount_vnd=amount_vnd,
            bank_time=bank_time,
            verdict=found.verdict.value,
            payment_id=found.payment_id,
            received_at=now,
        )
    )
    if found.verdict is Verdict.FOREIGN or found.payment_id is None:
        return
    row = rows[found.payment_id]
    row.matched_vnd = found.matched_vnd
    row.state = PaymentState(found.verdict.value).value
    if found.verdict is Verdict.MATCHED:
        row.paid_at = bank_time
    unit.save(row)


def _expected(row: Payment) -> Expected:
    return Expected(row.id, row.reference, row.amount_vnd, row.matched_vnd, None)


def _purpose(prefix: str, reference: str) -> str:
    """Return the transfer's text; the reference is never cut, as nothing else may reach us from the bank."""
    text = f"{prefix} {reference}".strip()
    return plain_purpose(text if len(text) <= MAX_PURPOSE else reference)


def _is_outdated(row: Payment, dossier: Dossier) -> bool:
    is_open = row.state == PaymentState.PENDING.value and row.matched_vnd == 0
    return is_open and row.amount_vnd != dossier.fee_vnd


def _row_of(session: Session, dossier_id: str) -> Payment | None:
    return session.exec(select(Payment).where(Payment.dossier_id == dossier_id)).first()
