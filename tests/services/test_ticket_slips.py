from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.papers.reading import codes, words
from tests.services.machine import Machine
from van_station.rules.queueing import Lane
from van_station.services.errors import NotFound, Refused


def test_a_slip_is_a_page_or_dots_and_says_how_long_to_wait(desk: Machine) -> None:
    for _ in range(3):
        ticket = desk.take_in()
    slips = desk.workspace.intake.slips
    page = slips.page(desk.volunteer, ticket.id)
    assert (page.file_name, page.media_type) == (f"phieu-{ticket.label}.pdf", "application/pdf")
    said = words(page.data)
    for line in (ticket.label, "Phía trước: 2 người", "Chờ khoảng 20 phút", "TẬP DƯỢT"):
        assert line in said
    for form, width in (("png-58", 384), ("png-80", 576)):
        picture = slips.page(desk.volunteer, ticket.id, form)
        with Image.open(io.BytesIO(picture.data)) as dots:
            assert (dots.width, dots.mode) == (width, "1")
    for form in ("escpos-58", "escpos-80"):
        assert slips.page(desk.volunteer, ticket.id, form).data.startswith(b"\x1b@\x1dv0")


def test_a_scanned_slip_finds_its_ticket_and_names_nobody(desk: Machine) -> None:
    ticket = desk.take_in(full_name="Nguyễn Thị Ví Dụ")
    slips = desk.workspace.intake.slips
    (text,) = codes(slips.page(desk.volunteer, ticket.id, "png-58").data)
    assert slips.find(desk.volunteer, text).id == ticket.id
    assert "Nguy" not in text
    assert desk.workspace.intake.known("001190000001") is not None
    assert "001190000001" not in text
    desk.workspace.queue.call_next(desk.officer, Lane.DIGITISE)
    assert slips.find(desk.volunteer, text).counter == "Q1"


def test_another_code_is_refused(desk: Machine) -> None:
    with pytest.raises(Refused) as refused:
        desk.workspace.intake.slips.find(desk.volunteer, "VS1|x")
    assert refused.value.code == "ticket.not_a_slip"
    with pytest.raises(NotFound):
        desk.workspace.intake.slips.find(desk.volunteer, "VS1T|B001|" + "0" * 32 + "|00000000")
