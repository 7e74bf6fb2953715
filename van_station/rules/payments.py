import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from van_station.rules.text import ascii_upper

MAX_NOTICE_TEXT = 500


class Verdict(StrEnum):
    """What a credit notice means. Only `MATCHED` makes a fee paid; the rest wait for a person."""

    MATCHED = "matched"
    SHORT = "short"
    OVER = "over"
    DOUBLE = "double"
    LATE = "late"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Notice:
    """A credit as the bank or the payment platform tells it.

    Attributes:
        reference: the transfer's text; banks put words of their own around our reference.
        amount_vnd: credited.
        at: when the bank booked it, tz-aware.
    """

    reference: str
    amount_vnd: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """A fee that we asked for. `matched_vnd` is what earlier notices already brought."""

    id: str
    reference: str
    amount_vnd: int
    matched_vnd: int
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Classified:
    """A notice's meaning: which payment (None when foreign), and what it has received with this notice."""

    verdict: Verdict
    payment_id: str | None
    matched_vnd: int


def classify(notice: Notice, payments: Sequence[Expected]) -> Classified:
    """Decide what a notice means; the caller has already dropped a notice seen before (by its id).

    A reference is found anywhere in the text, letters and digits only, the longest first: a bank may add
    words and drop dashes. A notice that fits no payment, or several equally well, is foreign. A fee that was
    already complete makes it double; a credit after the end of validity is late whatever its amount.
    """
    payment = _find(notice, payments)
    if payment is None:
        return Classified(Verdict.FOREIGN, None, 0)
    total = payment.matched_vnd + notice.amount_vnd
    return Classified(_verdict(notice, payment, total), payment.id, total)


def _verdict(notice: Notice, payment: Expected, total: int) -> Verdict:
    if payment.matched_vnd >= payment.amount_vnd:
        return Verdict.DOUBLE
    if payment.valid_until is not None and notice.at > payment.valid_until:
        return Verdict.LATE
    if total < payment.amount_vnd:
        return Verdict.SHORT
    return Verdict.MATCHED if total == payment.amount_vnd else Verdict.OVER


def _find(notice: Notice, payments: Sequence[Expected]) -> Expected | None:
    if notice.amount_vnd <= 0:
        return None
    text = _bare(notice.reference[:MAX_NOTICE_TEXT])
    fits = [payment for payment in payments if (bare := _bare(payment.reference)) and bare in text]
    longest = max((len(_bare(payment.reference)) for payment in fits), default=0)
    best = [payment for payment in fits if len(_bare(payment.reference)) == longest]
    return best[0] if len(best) == 1 else None


def _bare(reference: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", ascii_upper(reference))
