from __future__ import annotations

import io
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from sqlmodel import select

from tests.services.machine import BIRTH, BUSINESS, RESIDENCE, Machine
from van_station.peripherals.pictures import read_qr_codes
from van_station.records.dossiers import Dossier
from van_station.records.payments import Payment, PaymentNotice
from van_station.rules.vietqr import parse
from van_station.services.errors import Refused
from van_station.services.payments import PaymentState, PaymentView, take_notice


def notice(desk: Machine, reference: str, amount_vnd: int, notice_id: str = "N1") -> None:
    """Let the bank's word come in as the feed brings it."""
    with desk.workspace.store.unit("system", "exchange.feed", ("site", "self")) as unit:
        take_notice(
            unit,
            notice_id=notice_id,
            reference=reference,
            amount_vnd=amount_vnd,
            bank_time=desk.clock.now() - timedelta(minutes=1),
            now=desk.clock.now(),
        )


def asked(desk: Machine, code: str = BUSINESS) -> PaymentView:
    return desk.workspace.payments.request(desk.officer, desk.started(code).id)


def verdicts(desk: Machine) -> list[str]:
    with desk.workspace.store.reading() as session:
        return [row.verdict for row in session.exec(select(PaymentNotice))]


@pytest.mark.parametrize(("code", "amount_vnd"), [(BUSINESS, 100_000), (RESIDENCE, 20_000)])
def test_the_qr_says_exactly_the_amount_and_the_reference(desk: Machine, code: str, amount_vnd: int) -> None:
    payment = asked(desk, code)
    said = parse(payment.qr_payload)
    assert (said.amount_vnd, said.bill_number) == (amount_vnd, payment.reference)
    assert (said.account, said.static) == (payment.account_no, False)
    assert payment.reference in (said.purpose or "")
    assert payment.amount_vnd == amount_vnd


def test_a_phone_reads_the_same_from_the_picture(desk: Machine) -> None:
    payment = asked(desk)
    assert read_qr_codes(desk.workspace.payments.qr_png(payment.id)) == (payment.qr_payload,)


def test_a_fee_that_was_asked_is_pending_and_stays_so_without_a_notice(desk: Machine) -> None:
    payment = asked(desk)
    desk.clock.turn(days=30)
    desk.reopen()
    again = desk.workspace.payments.get(payment.id)
    assert (again.state, again.matched_vnd, again.paid_at) == (PaymentState.PENDING, 0, None)
    assert [each.id for each in desk.workspace.payments.pending()] == [payment.id]


def test_asking_twice_is_one_payment(desk: Machine) -> None:
    payment = asked(desk)
    again = desk.workspace.payments.request(desk.officer, payment.dossier_id)
    assert again == payment
    assert desk.workspace.payments.of(payment.dossier_id) == (payment,)


def test_a_fee_that_changed_is_asked_anew_with_the_same_reference(desk: Machine) -> None:
    payment = asked(desk, RESIDENCE)
    with desk.workspace.store.unit("system", "test.fee", ("dossier", payment.dossier_id)) as unit:
        row = unit.session.get(Dossier, payment.dossier_id)
        assert row is not None
        row.fee_vnd = 10_000
        unit.save(row)
    again = desk.workspace.payments.request(desk.officer, payment.dossier_id)
    assert (again.id, again.amount_vnd, again.reference) == (payment.id, 10_000, payment.reference)
    assert parse(again.qr_payload).amount_vnd == 10_000


def test_nothing_is_asked_where_nothing_is_due_or_known(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    with pytest.raises(Refused) as refused:
        desk.workspace.payments.request(desk.officer, dossier.id)
    assert refused.value.code == "fee.none_due"
    desk.workspace.dossiers.answer(desk.officer, dossier.id, "/case/late", value=True)
    with pytest.raises(Refused) as refused:
        desk.workspace.payments.request(desk.officer, dossier.id)
    assert refused.value.code == "fee.unknown"
    with desk.workspace.store.reading() as session:
        assert session.exec(select(Payment)).all() == []


def test_the_exact_amount_matches_whatever_words_the_bank_puts_around(desk: Machine) -> None:
    payment = asked(desk)
    reference = f"MBVCB.123.{payment.reference[:3]} {payment.reference[3:]}.CT tu 0123"
    notice(desk, reference, payment.amount_vnd)
    paid = desk.workspace.payments.get(payment.id)
    assert (paid.state, paid.matched_vnd) == (PaymentState.MATCHED, payment.amount_vnd)
    assert paid.paid_at == desk.clock.now() - timedelta(minutes=1)
    assert desk.workspace.dossiers.get(payment.dossier_id).payment_state is PaymentState.MATCHED
    assert desk.workspace.payments.pending() == ()


@pytest.mark.parametrize(
    ("amounts", "state"),
    [
        ([99_999], PaymentState.SHORT),
        ([100_001], PaymentState.OVER),
        ([100_000, 100_000], PaymentState.DOUBLE),
        ([40_000, 60_000], PaymentState.MATCHED),
        ([40_000, 70_000], PaymentState.OVER),
        ([1], PaymentState.SHORT),
    ],
)
def test_only_the_exact_sum_is_paid(desk: Machine, amounts: list[int], state: PaymentState) -> None:
    payment = asked(desk)
    for number, amount in enumerate(amounts):
        notice(desk, payment.reference, amount, f"N{number}")
    after = desk.workspace.payments.get(payment.id)
    assert (after.state, after.matched_vnd) == (state, sum(amounts))


@pytest.mark.parametrize("amount_vnd", [0, -100_000])
def test_a_credit_of_nothing_pays_nothing(desk: Machine, amount_vnd: int) -> None:
    payment = asked(desk)
    notice(desk, payment.reference, amount_vnd)
    assert desk.workspace.payments.get(payment.id) == payment
    assert verdicts(desk) == ["foreign"]


def test_a_foreign_credit_is_kept_and_pays_nobody(desk: Machine) -> None:
    payment = asked(desk)
    notice(desk, "CHUYEN TIEN AN TRUA", payment.amount_vnd)
    assert desk.workspace.payments.get(payment.id) == payment
    assert verdicts(desk) == ["foreign"]


def test_the_same_notice_twice_counts_once_after_a_restart_too(desk: Machine) -> None:
    payment = asked(desk)
    notice(desk, payment.reference, 40_000)
    notice(desk, payment.reference, 40_000)
    desk.reopen()
    notice(desk, payment.reference, 40_000)
    after = desk.workspace.payments.get(payment.id)
    assert (after.state, after.matched_vnd) == (PaymentState.SHORT, 40_000)
    assert verdicts(desk) == ["short"]


def test_a_credit_for_one_of_two_pays_that_one(desk: Machine) -> None:
    first, second = asked(desk), asked(desk)
    notice(desk, second.reference, second.amount_vnd)
    assert desk.workspace.payments.get(first.id).state is PaymentState.PENDING
    assert desk.workspace.payments.get(second.id).state is PaymentState.MATCHED


def test_the_qr_has_its_quiet_zone(desk: Machine) -> None:

    png = desk.workspace.payments.qr_png(asked(desk).id, module_px=4)
    image = Image.open(io.BytesIO(png)).convert("L")
    code = zxingcpp.read_barcode(image)
    assert code is not None
    at = code.position.top_left
    assert min(at.x, at.y) >= 4 * 4 - 1
