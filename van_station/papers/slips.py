"""The slips that a citizen takes home: provisional receipt, official receipt (form 01), queue ticket."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from van_station.papers import figures
from van_station.papers.codes import qr_modules, qr_svg
from van_station.papers.errors import NoOfficialCode, TooMuch
from van_station.papers.press import render

MAX_COMPONENTS = 60
MAX_TEXT = 600
DocumentKind = Literal["original", "copy", "electronic"]
PaymentMark = Literal["free", "waived", "pending", "matched", "short", "over", "double", "late", "unknown"]
"""What is known about the fee; `matched` is the only one that says paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """One paper that was handed over (*thành phần hồ sơ*)."""

    name: str
    kind: DocumentKind = "original"
    copies: int = 1
    page_count: int = 0
    """Pages digitised; 0 when it was not scanned here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipData:
    """What stands on a receipt. Texts that are "" and values that are None leave their line out or say so."""

    center_name: str
    place: str
    """Where the van stands, e.g. `Nhà văn hóa thôn Đoài, xã Ba Vì`."""
    counter: str
    officer_name: str
    provisional_no: str
    official_code: str = ""
    full_name: str = field(repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    procedure_code: str
    procedure_name: str
    components: tuple[HandedOver, ...] = ()
    sets: int = 1
    """Number of sets of the dossier (*số bộ*)."""
    received_at: datetime
    time_limit: str = ""
    """The legal time as words of the catalogue, e.g. `07 ngày làm việc`."""
    due_on: date | None = None
    result_at: str = ""
    """Where the result will be received (*đăng ký nhận kết quả tại*)."""
    fee_vnd: int | None = None
    """None when not known, 0 when free."""
    payment: PaymentMark = "unknown"
    register_book: str = ""
    register_no: str = ""
    qr_text: str
    """What the code says; the number is printed below it."""
    practice: bool = False
    reprint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketData:
    """What stands on a queue ticket; nothing on it names the person."""

    center_name: str
    place: str
    label: str
    """The number as called, e.g. `A012`."""
    lane_name: str
    need_name: str = ""
    wait_min: int | None = None
    """Estimated wait in minutes; None when it can't be said."""
    ahead: int | None = None
    """People before this one; None when it can't be said."""
    priority: bool = False
    issued_at: datetime
    qr_text: str
    practice: bool = False


def _slip_values(data: SlipData) -> dict[str, Any]:
    texts = (data.full_name, data.address, data.procedure_name, *(item.name for item in data.components))
    if len(data.components) > MAX_COMPONENTS or any(len(text) > MAX_TEXT for text in texts):
        raise TooMuch("slip")
    return {
        "center_name": data.center_name,
        "place": data.place,
        "counter": data.counter,
        "officer_name": data.officer_name,
        "provisional_no": data.provisional_no,
        "official_code": data.official_code,
        "full_name": data.full_name,
        "address": data.address,
        "phone": data.phone,
        "email": data.email,
        "procedure_code": data.procedure_code,
        "procedure_name": data.procedure_name,
        "components": [
            {"name": item.name, "kind": item.kind, "copies": item.copies, "pages": item.page_count}
            for item in data.components
        ],
        "sets": f"{data.sets:02d}",
        "received_at": figures.moment_long(data.received_at),
        "received_short": figures.moment_short(data.received_at),
        "time_limit": data.time_limit,
        "due_on": figures.day(data.due_on) if data.due_on else "",
        "due_long": figures.day_long(data.due_on) if data.due_on else "",
        "result_at": data.result_at,
        "fee": "" if data.fee_vnd is None else figures.money(data.fee_vnd),
        "payment": data.payment,
        "register_book": data.register_book,
        "register_no": data.register_no,
        "qr": qr_svg(data.qr_text),
        "practice": data.practice,
        "reprint": data.reprint,
    }


def provisional_receipt(data: SlipData) -> bytes:
    """Return the provisional receipt (*phiếu xác nhận hỗ trợ, tiếp nhận tạm*), A5, PDF/A-2b.

    It says in words that it is not the official receipt (form 01): only the official system issues that, with
    its own code; offline the van confirms under its provisional number.

    Raises:
        TooMuch: over 60 components, a text over 600 characters, a QR text over 900.
        PaperError: no page could be made.
    """
    return render("provisional_receipt", _slip_values(data))


def official_receipt(data: SlipData) -> bytes:
    """Return the official receipt with return date (*giấy tiếp nhận và hẹn trả kết quả*), A5, two copies.

    Source: form 01, TT 03/2025/TT-VPCP, annex I (names of the fields; the print layout is ours).

    Raises:
        NoOfficialCode: the platform has not given the dossier's code yet.
        TooMuch: as for the provisional receipt.
        PaperError: no page could be made.
    """
    if not data.official_code:
        raise NoOfficialCode
    return render("official_receipt", _slip_values(data))


TICKET_MM = 72
"""Width that an 80 mm thermal printer prints; 58 mm paper prints 48."""
_MODULE_DOTS_MM = 1 / 8


def ticket_values(data: TicketData, *, width_mm: int = TICKET_MM, dots: bool = False) -> dict[str, Any]:
    """Return what the ticket's template needs.

    Args:
        data: of the ticket.
        width_mm: printed width.
        dots: for a thermal head: no margin at the sides, and each module of the code is a whole number of
            dots, so that it comes out sharp.
    """
    code = qr_svg(data.qr_text)
    modules = qr_modules(code)
    most_dots = min(264, width_mm * 8)
    return {
        "width_mm": width_mm,
        "qr_mm": modules * max(1, most_dots // modules) * _MODULE_DOTS_MM,
        "center_name": data.center_name,
        "place": data.place,
        "label": data.label,
        "lane_name": data.lane_name,
        "need_name": data.need_name,
        "wait": "" if data.wait_min is None else figures.count(data.wait_min),
        "ahead": "" if data.ahead is None else figures.count(data.ahead),
        "priority": data.priority,
        "issued_at": figures.moment_short(data.issued_at),
        "qr": code,
        "practice": data.practice,
        "dots": dots,
    }


def ticket_slip(data: TicketData) -> bytes:
    """Return the queue ticket (*phiếu số thứ tự*) for 80 mm paper, PDF/A-2b. Raises as above."""
    return render("ticket", ticket_values(data))
