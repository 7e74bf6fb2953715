from __future__ import annotations

import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, BUSINESS, RESIDENCE, Machine
from van_station.records.dossiers import Component, Dossier
from van_station.records.exchange import OutboxItem
from van_station.records.ledger import AuditLine
from van_station.rules.dossiers import DossierState
from van_station.services.dossier_views import FormView
from van_station.services.dossiers import Incomplete, _fields
from van_station.services.errors import NotFound, NotPermitted, Refused


def answers(desk: Machine, dossier_id: str) -> dict[str, object]:
    with desk.workspace.store.reading() as session:
        row = session.get(Dossier, dossier_id)
        assert row is not None
        return dict(row.answers)


def shown(form: FormView) -> dict[str, object]:
    """Return the visible fields' values by pointer."""
    return {node.pointer: node.value for node in _fields(form.nodes)}


def outbox(desk: Machine, dossier_id: str) -> list[tuple[str, str, str]]:
    with desk.workspace.store.reading() as session:
        rows = session.exec(select(OutboxItem).where(OutboxItem.dossier_id == dossier_id)).all()
        return sorted((row.kind, row.state, row.ref_id) for row in rows)


def test_starting_twice_gives_the_same_dossier(desk: Machine) -> None:
    ticket = desk.served()
    first = desk.workspace.dossiers.start(desk.officer, ticket.id)
    again = desk.workspace.dossiers.start(desk.volunteer, ticket.id)
    assert again.id == first.id
    assert len(desk.workspace.dossiers.find()) == 1


def test_numbers_are_provisional_and_go_up(desk: Machine) -> None:
    numbers = [desk.started().provisional_no for _ in range(3)]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]
    assert all(number.startswith("TAM-") and "-261123-" in number for number in numbers)


def test_the_form_is_prefilled_from_the_card(desk: Machine) -> None:
    dossier = desk.started(RESIDENCE, full_name="Trần Thị Mẫu", id_number="001190000077")
    values = shown(desk.workspace.dossiers.form(dossier.id)).values()
    assert {"Trần Thị Mẫu", "001190000077", "1990-05-17", "female"} <= {
        v for v in values if isinstance(v, str)
    }


def test_each_answer_is_there_after_a_restart(desk: Machine) -> None:
    dossier = desk.started(RESIDENCE)
    for count, (pointer, value) in enumerate(
        [("/office", "Công an xã Ba Vì"), ("/purpose", "own_home"), ("/request", "Đăng ký thường trú")], 1
    ):
        desk.workspace.dossiers.answer(desk.officer, dossier.id, pointer, value)
        if count == 2:
            desk.reopen()
    desk.reopen()
    kept = answers(desk, dossier.id)
    assert (kept["office"], kept["purpose"], kept["request"]) == (
        "Công an xã Ba Vì",
        "own_home",
        "Đăng ký thường trú",
    )


def test_a_repeated_group_grows_and_shrinks_and_stays(desk: Machine) -> None:
    dossiers, dossier = desk.workspace.dossiers, desk.started(RESIDENCE)
    for index, name in enumerate(("Bùi Thị Minh Hoạ", "Bùi Văn Giả Định")):
        dossiers.add_item(desk.officer, dossier.id, "/members")
        dossiers.answer(desk.officer, dossier.id, f"/members/{index}/full_name", name)
    dossiers.remove_item(desk.officer, dossier.id, "/members", 0)
    desk.reopen()
    assert [each["full_name"] for each in answers(desk, dossier.id)["members"]] == ["Bùi Văn Giả Định"]  # type: ignore[index, attr-defined]


def test_a_field_that_the_form_does_not_have_is_refused(desk: Machine) -> None:
    dossier = desk.started(RESIDENCE)
    before = answers(desk, dossier.id)
    for pointer in ("/no_such", "/__class__", "/members/99/full_name", ""):
        with pytest.raises(Refused):
            desk.workspace.dossiers.answer(desk.officer, dossier.id, pointer, "x")
    assert answers(desk, dossier.id) == before


def test_hidden_fields_are_not_required(desk: Machine) -> None:
    dossiers, dossier = desk.workspace.dossiers, desk.started(BIRTH)
    desk.fill(dossier)
    assert "/father/full_name" in shown(dossiers.form(dossier.id))
    dossiers.answer(desk.officer, dossier.id, "/father/full_name", "")
    assert [gap.where for gap in dossiers.missing(dossier.id) if gap.kind == "form"] == ["/father/full_name"]
    dossiers.answer(desk.officer, dossier.id, "/father_declared", value=False)
    assert "/father/full_name" not in shown(dossiers.form(dossier.id))
    assert [gap.where for gap in dossiers.missing(dossier.id) if gap.kind == "form"] == []


def test_which_papers_are_wanted_follows_the_answers(desk: Machine) -> None:
    dossiers, dossier = desk.workspace.dossiers, desk.started(BIRTH)

    def wanted() -> set[str]:
        return {each.code for each in dossiers.get(dossier.id).components if each.applies and each.required}

    dossiers.answer(desk.officer, dossier.id, "/case/birth_proof", "witness")
    assert "VB_LAM_CHUNG" in wanted()
    dossiers.answer(desk.officer, dossier.id, "/case/birth_proof", "certificate")
    assert "GIAY_CHUNG_SINH" in wanted()
    assert "VB_LAM_CHUNG" not in wanted()


def test_the_fee_follows_the_answers(desk: Machine) -> None:
    dossiers, dossier = desk.workspace.dossiers, desk.started(BIRTH)
    fee = dossiers.get(dossier.id).fee
    assert fee is not None
    assert fee.amount_vnd == 0
    dossiers.answer(desk.officer, dossier.id, "/case/late", value=True)
    assert dossiers.get(dossier.id).fee is None, "the catalogue knows no fee for late registration"
    with desk.workspace.store.reading() as session:
        assert session.exec(select(Dossier)).one().fee_vnd is None


def test_the_fee_follows_the_priority_group(desk: Machine) -> None:
    fees = [desk.started(RESIDENCE, priority_group=group).fee for group in (None, "NCT")]
    assert [fee.amount_vnd if fee else None for fee in fees] == [20_000, 0]


def test_an_incomplete_dossier_is_not_confirmed(desk: Machine) -> None:
    dossier = desk.started(BUSINESS)
    with pytest.raises(Incomplete) as refused:
        desk.workspace.dossiers.confirm(desk.officer, dossier.id)
    kinds = {gap.kind for gap in refused.value.missing}
    assert kinds == {"form", "component"}
    assert all(gap.label and gap.where for gap in refused.value.missing)
    assert outbox(desk, dossier.id) == []
    assert desk.workspace.dossiers.get(dossier.id).state is DossierState.DRAFT


def test_confirming_puts_dossier_and_files_into_the_outbox_in_one_commit(desk: Machine) -> None:
    dossier = desk.complete(BUSINESS)
    files = [file.id for each in dossier.components for file in each.files]
    assert len(files) == 1
    commits: list[frozenset[str]] = []
    leave = desk.workspace.store.listen(commits.append)
    confirmed = desk.workspace.dossiers.confirm(desk.officer, dossier.id)
    leave()
    assert confirmed.state is DossierState.QUEUED
    assert confirmed.due_on is not None
    assert [kind for kind, _, _ in outbox(desk, dossier.id)] == ["blob", "dossier"]
    assert [commit for commit in commits if "dossier" in commit or "outbox_item" in commit] == [
        frozenset({"dossier", "outbox_item"})
    ]
    desk.reopen()
    assert desk.workspace.dossiers.get(dossier.id).state is DossierState.QUEUED
    assert desk.workspace.status_bar().outbox == 1


def test_a_confirmed_dossier_is_not_changed_any_more(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    before = answers(desk, dossier.id)
    file = next(file for each in dossier.components for file in each.files)
    component = next(each.id for each in dossier.components if each.files)
    attempts = (
        lambda: desk.workspace.dossiers.answer(desk.officer, dossier.id, "/name", "Tên khác"),
        lambda: desk.workspace.dossiers.certify(desk.officer, component),
        lambda: desk.workspace.capture.remove(desk.officer, file.id),
        lambda: desk.scan_what_lies_there(dossier.id, component),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "dossier.not_editable"
    with pytest.raises(Refused):
        desk.workspace.dossiers.confirm(desk.officer, dossier.id)
    assert answers(desk, dossier.id) == before
    assert len(outbox(desk, dossier.id)) == 2


def test_voiding_needs_a_supervisor_and_a_reason_and_empties_the_outbox(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    with pytest.raises(NotPermitted):
        desk.workspace.dossiers.void(desk.officer, dossier.id, "Mở nhầm")
    with pytest.raises(Refused) as refused:
        desk.workspace.dossiers.void(desk.supervisor, dossier.id, "   ")
    assert refused.value.code == "dossier.reason_missing"
    voided = desk.workspace.dossiers.void(desk.supervisor, dossier.id, " Mở nhầm thủ tục ")
    assert (voided.state, voided.void_reason) == (DossierState.VOIDED, "Mở nhầm thủ tục")
    assert desk.workspace.status_bar().outbox == 0
    assert desk.workspace.exchange.status().pending_files == 0
    with pytest.raises(Refused):
        desk.workspace.dossiers.void(desk.supervisor, dossier.id, "lần nữa")


def test_after_a_void_the_ticket_gets_one_new_dossier_and_no_third(desk: Machine) -> None:
    ticket = desk.served()
    dossiers = desk.workspace.dossiers
    for _ in range(6):  # whichever row the database finds first
        mistaken = dossiers.start(desk.officer, ticket.id)
        dossiers.void(desk.supervisor, mistaken.id, "Mở nhầm")
    fresh = dossiers.start(desk.officer, ticket.id)
    assert dossiers.start(desk.officer, ticket.id).id == fresh.id
    assert desk.workspace.queue.get(ticket.id).dossier_id == fresh.id
    with desk.workspace.store.reading() as session:
        assert len(session.exec(select(Dossier)).all()) == 7


@pytest.mark.parametrize("text", ["tran thi", "TRẦN THỊ", "thị mẫu"])
def test_a_dossier_is_found_by_name_with_or_without_marks(desk: Machine, text: str) -> None:
    wanted = desk.started(full_name="Trần Thị Mẫu")
    desk.started(full_name="Nguyễn Văn Khác")
    assert [line.id for line in desk.workspace.dossiers.find(text)] == [wanted.id]


def test_a_dossier_is_found_by_its_number_and_state(desk: Machine) -> None:
    first, second = desk.started(), desk.started()
    find = desk.workspace.dossiers.find
    assert [line.id for line in find(second.provisional_no.lower())] == [second.id]
    desk.workspace.dossiers.void(desk.supervisor, first.id, "Mở nhầm")
    assert [line.id for line in find(state=DossierState.VOIDED)] == [first.id]
    assert [line.id for line in find(state=DossierState.DRAFT)] == [second.id]


@pytest.mark.parametrize("text", ["%", "_", "'", '" or 1=1 --', "\\"])
def test_a_search_for_signs_finds_no_more_than_they_say(desk: Machine, text: str) -> None:
    desk.started()
    assert desk.workspace.dossiers.find(text) == ()


def test_only_an_officer_certifies_and_it_is_written_down(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    component = desk.component(dossier.id, "GIAY_TUY_THAN")
    with pytest.raises(NotPermitted):
        desk.workspace.dossiers.certify(desk.volunteer, component)
    seen = desk.workspace.dossiers.certify(desk.officer, component)
    assert next(each.seen for each in seen.components if each.id == component)
    with desk.workspace.store.reading() as session:
        row = session.get(Component, component)
        assert row is not None
        assert row.certified_by == desk.officer.user_id
        acts = session.exec(select(AuditLine.act).where(AuditLine.subject_id == component)).all()
    assert list(acts) == ["component.certify"]
    unseen = desk.workspace.dossiers.certify(desk.officer, component, seen=False)
    assert not next(each.seen for each in unseen.components if each.id == component)


def test_what_is_not_here_is_not_found(desk: Machine) -> None:
    nobody = "0" * 32
    for look in (desk.workspace.dossiers.get, desk.workspace.dossiers.form, desk.workspace.dossiers.missing):
        with pytest.raises(NotFound):
            look(nobody)
    with pytest.raises(NotFound):
        desk.workspace.dossiers.start(desk.officer, nobody)
    with pytest.raises(NotFound):
        desk.workspace.dossiers.start(desk.officer, desk.served().id, "9.999999")


def test_a_ticket_without_a_procedure_gets_one_with_its_dossier(desk: Machine) -> None:
    ticket = desk.served(need="guidance", procedure_code=None)
    with pytest.raises(Refused) as refused:
        desk.workspace.dossiers.start(desk.officer, ticket.id)
    assert refused.value.code == "procedure.missing"
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id, BIRTH)
    assert desk.workspace.queue.get(ticket.id).procedure_code == dossier.procedure.code == BIRTH


def test_a_dossier_that_is_partly_at_the_gateway_is_not_voided(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    with desk.workspace.store.unit("system", "test.sent", ("dossier", dossier.id)) as unit:
        item = unit.session.exec(select(OutboxItem).where(OutboxItem.kind == "blob")).one()
        item.state = "done"
        unit.save(item)
    with pytest.raises(Refused) as refused:
        desk.workspace.dossiers.void(desk.supervisor, dossier.id, "Mở nhầm")
    assert refused.value.code == "dossier.not_allowed"
    assert desk.workspace.dossiers.get(dossier.id).state is DossierState.QUEUED


def test_a_dossier_that_the_gateway_refused_may_be_voided(desk: Machine) -> None:
    dossier = desk.confirmed(BUSINESS)
    with desk.workspace.store.unit("system", "test.sent", ("dossier", dossier.id)) as unit:
        for item in unit.session.exec(select(OutboxItem)).all():
            item.state = "parked" if item.kind == "dossier" else "done"
            unit.save(item)
    voided = desk.workspace.dossiers.void(desk.supervisor, dossier.id, "Cổng từ chối")
    assert voided.state is DossierState.VOIDED
    assert desk.workspace.exchange.status().parked == ()
