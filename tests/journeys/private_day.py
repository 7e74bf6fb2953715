"""A day with planted people, in a process of its own, with everything logged that can be logged.

    python -m tests.journeys.private_day SETTINGS.json

Says "over" on stdout when the work is done, and waits with the store open until stdin ends.
"""

from __future__ import annotations

import io
import logging
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import qrcode
from PIL import Image, ImageDraw, ImageFont

from tests.services.machine import HandClock
from van_station.bootstrap.demo.answers import ANSWERS
from van_station.bootstrap.demo.papers import FONT
from van_station.bootstrap.demo.people import PASSPHRASE, USERS
from van_station.bootstrap.station import open_door, set_up
from van_station.rules.access import Role
from van_station.rules.queueing import Lane, TicketAct
from van_station.services.capture import CaptureSettings
from van_station.services.errors import SignInRefused
from van_station.services.payments import take_notice
from van_station.services.trips import OpenTrip
from van_station.settings.assets import asset_path
from van_station.settings.tree import Settings

log = logging.getLogger(__name__)
_FAMILY = ("Khuất", "Nghiêm", "Tống", "Quách", "Doãn")
_GIVEN = ("Quỳnh Trâm", "Đức Hiếu", "Thuỳ Miên", "Ngọc Diễm")
NAMES = tuple(f"{family} {given}" for family in _FAMILY for given in _GIVEN)
NUMBERS = tuple(f"00119{number % 10}{739_155 + 97 * number:06d}" for number in range(20))
ADDRESSES = tuple(f"Số {71 + number} ngách {13 + number} Phố Kẻ Chợ Bịa" for number in range(20))
PHONES = tuple(f"0912{648_351 + 211 * number:06d}" for number in range(20))
ANSWERED = tuple(
    f"Lời khai bịa đặt thứ {'I' * (number % 4 + 1)}{chr(97 + number)} của gia đình" for number in range(14)
)
STAFF = (*(user.full_name for user in USERS), "Đào Quỳnh Trang", "daoquynhtrang")
OTHERS = ("Huỷ vì bịa lý do riêng", "khong phai mat khau nay", PASSPHRASE, "NGUYEN BIA CHUYEN KHOAN 777")
DRAWN = "Giấy chứng sinh của bé Khuất Bịa Đặt"
PLANTED = (*NAMES, *NUMBERS, *ADDRESSES, *PHONES, *ANSWERED, *STAFF, *OTHERS, DRAWN)


def lay_page(inbox: Path) -> bytes:
    """Draw a page with planted words into the watched folder; returns its bytes."""
    image = Image.new("RGB", (826, 1169), "white")
    font = ImageFont.truetype(str(asset_path(FONT)), 26)
    draw = ImageDraw.Draw(image)
    for line, text in enumerate((DRAWN, *NAMES, *NUMBERS)):
        draw.text((70, 60 + 26 * line), text, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, dpi=(100, 100))
    (inbox / "trang.jpg").write_bytes(out.getvalue())
    return out.getvalue()


def card(number: int) -> str:
    """Return a planted person's card."""
    return f"{NUMBERS[number]}||{NAMES[number]}|17051990|Nữ|{ADDRESSES[number]}|15082021"


def walk(settings: Settings) -> None:
    """Do everything that puts personal data anywhere."""
    set_up(settings, USERS, clock=HandClock())
    door = open_door(settings, clock=HandClock())
    try:
        door.sign_in("daoquynhtrang", OTHERS[1])
    except SignInRefused:
        log.info("refused, as it should be")
    signed = door.sign_in("hoa", PASSPHRASE)
    workspace, actor = signed.workspace, signed.actor
    workspace.exchange.sync_now()
    workspace.accounts.create(actor, "daoquynhtrang", "Đào Quỳnh Trang", Role.OFFICER, "mot mat khau")
    workspace.trips.open(actor, OpenTrip(workspace.trips.wards("ba vi")[0].code, "Sân đình"))
    picture = io.BytesIO()
    qrcode.make(card(0)).save(picture, "PNG")
    assert workspace.intake.read_card_picture(picture.getvalue()).draft.full_name == NAMES[0]
    for number in range(20):
        draft = workspace.intake.read_card(card(number)).draft
        wish = replace(draft, phone=PHONES[number], need="digitise", procedure_code="1.001612")
        ticket = workspace.intake.take_in(actor, wish)
        workspace.intake.ticket_slip(actor, ticket.id)
    called = workspace.queue.call_next(actor, Lane.DIGITISE)
    assert called is not None
    workspace.queue.act(actor, called.id, TicketAct.SERVE)
    dossier = workspace.dossiers.start(actor, called.id)
    for text in ANSWERED:
        workspace.dossiers.answer(actor, dossier.id, "/name", text)
    for pointer, value in ANSWERS["1.001612"].items():
        if pointer != "/name":
            workspace.dossiers.answer(actor, dossier.id, pointer, value)
    for gap in workspace.dossiers.missing(dossier.id):
        device = next(each for each in workspace.capture.scanners().devices if each.kind == "folder")
        batch = workspace.capture.start(
            actor, dossier.id, gap.where, device.id, CaptureSettings(dpi=100), print
        )
        batch.wait()
        key = batch.pages()[0].key
        for _ in range(4):
            key = batch.rotate(actor, key, 1).key
        file = batch.keep(actor)
        document = workspace.capture.document(actor, file.id)
        assert len(pypdfium2.PdfDocument(document.data)) == 1
    payment = workspace.payments.request(actor, dossier.id)
    workspace.payments.qr_png(payment.id)
    workspace.dossiers.confirm(actor, dossier.id)
    workspace.slips.receipt(actor, dossier.id)
    workspace.dossiers.find(NAMES[0])
    with workspace.store.unit("system", "exchange.feed", ("site", "self")) as unit:
        now = HandClock().now()
        words = f"{OTHERS[3]} {payment.reference}"
        take_notice(unit, notice_id="N1", reference=words, amount_vnd=1, bank_time=now, now=now)
    for _ in range(6):
        workspace.exchange.sync_now()
    second = workspace.queue.call_next(actor, Lane.DIGITISE)
    assert second is not None
    mistaken = workspace.dossiers.start(actor, second.id)
    workspace.dossiers.void(actor, mistaken.id, OTHERS[0])
    trip = workspace.trips.current()
    assert trip is not None
    for form in ("xlsx", "csv", "pdf"):
        workspace.reports.export(actor, trip.id, form)  # type: ignore[arg-type]
    assert workspace.store.verify().ok


def main() -> None:
    """Walk, say so, and wait."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    log.debug("everything is logged")
    walk(Settings.model_validate_json(Path(sys.argv[1]).read_text()))
    sys.stdout.write("over\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
