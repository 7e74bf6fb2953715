from __future__ import annotations

import pypdfium2
import pytest
from sqlmodel import select

from tests.services.machine import BUSINESS, Machine
from van_station.papers.errors import NotPrintable
from van_station.records.dossiers import Dossier
from van_station.records.slips import SlipPrint
from van_station.services import slips
from van_station.services.dossier_views import DossierView
from van_station.services.errors import NotNow, Refused
from van_station.services.paper import PrintedPage

OFFICIAL = "H26.1-261123-0001"


def text_of(page: PrintedPage) -> str:
    document = pypdfium2.PdfDocument(page.data)
    return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


def give_code(desk: Machine, dossier: DossierView) -> None:
    with desk.workspace.store.unit("system", "exchange.feed", ("site", "self")) as unit:
        row = unit.session.get(Dossier, dossier.id)
        assert row is not None
        row.official_code = OFFICIAL
        unit.save(row)


def prints(desk: Machine) -> list[tuple[str, bool]]:
    with desk.workspace.store.reading() as session:
        query = select(SlipPrint).order_by(SlipPrint.reprint)  # type: ignore[arg-type]
        return [(row.kind, row.reprint) for row in session.exec(query)]


def test_a_draft_has_no_receipt(desk: Machine) -> None:
    dossier = desk.started(BUSINESS)
    with pytest.raises(Refused) as refused:
        desk.workspace.slips.receipt(desk.officer, dossier.id)
    assert refused.value.code == "slip.not_confirmed"
    assert prints(desk) == []


def test_a_voided_dossier_has_no_receipt(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    desk.workspace.dossiers.void(desk.supervisor, dossier.id, "Mở nhầm")
    with pytest.raises(Refused) as refused:
        desk.workspace.slips.receipt(desk.officer, dossier.id)
    assert refused.value.code == "dossier.voided"


def test_before_the_official_code_the_slip_says_that_it_is_provisional(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS, full_name="Trần Thị Mẫu")
    slip = desk.workspace.slips.receipt(desk.officer, dossier.id)
    text = text_of(slip)
    assert "tạm" in text.lower()
    assert dossier.provisional_no in text
    assert "Trần Thị Mẫu" in text
    assert "100.000" in text
    assert slip.file_name == f"phieu-tam-{dossier.provisional_no}.pdf"


def test_with_the_official_code_the_slip_is_form_01(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    desk.workspace.slips.receipt(desk.officer, dossier.id)
    give_code(desk, dossier)
    slip = desk.workspace.slips.receipt(desk.officer, dossier.id)
    assert slip.file_name == f"giay-tiep-nhan-{OFFICIAL}.pdf"
    assert OFFICIAL in text_of(slip)
    assert prints(desk) == [("provisional_receipt", False), ("official_receipt", False)]


def test_a_second_printing_is_marked_and_counted(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    first = text_of(desk.workspace.slips.receipt(desk.officer, dossier.id))
    again = text_of(desk.workspace.slips.receipt(desk.officer, dossier.id))
    assert "in lại" not in first.lower()
    assert "in lại" in again.lower()
    assert prints(desk) == [("provisional_receipt", False), ("provisional_receipt", True)]


def test_a_slip_that_could_not_be_made_was_not_printed(
    desk: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = desk.confirmed(BUSINESS)

    def broken(_: object) -> bytes:
        raise NotPrintable("no font")

    with monkeypatch.context() as patch:
        patch.setattr(slips, "provisional_receipt", broken)
        with pytest.raises(NotNow) as refused:
            desk.workspace.slips.receipt(desk.officer, dossier.id)
    assert refused.value.code == NotPrintable.code
    assert prints(desk) == []
    assert "in lại" not in text_of(desk.workspace.slips.receipt(desk.officer, dossier.id)).lower()


def test_the_slip_names_the_officer_who_received_not_the_volunteer_who_began(desk: Machine) -> None:
    ticket = desk.served(procedure_code=BUSINESS)
    begun = desk.workspace.dossiers.start(desk.volunteer, ticket.id)
    desk.fill(begun)
    for gap in desk.workspace.dossiers.missing(begun.id):
        desk.attach(begun.id, gap.where)
    desk.workspace.dossiers.confirm(desk.officer, begun.id)
    text = text_of(desk.workspace.slips.receipt(desk.supervisor, begun.id))
    assert "Phạm Đức Minh" in text
    assert "Trần Thị Lan" not in text
