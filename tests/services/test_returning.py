"""Returning citizens: offered one by one with date and source, taken on purpose, never without consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, MORNING, RESIDENCE, Machine
from van_station.records import AuditLine, Component, Consent, Dossier, Person, StoredFile, TakenOver, Ticket
from van_station.rules.access import Role
from van_station.rules.json_values import get, replaced
from van_station.rules.reuse import ReusableField, reusable_fields
from van_station.services.consents import REUSE_ANSWERS, REUSE_SCANS
from van_station.services.errors import NotFound, NotPermitted, Refused
from van_station.services.returning import MOST_VALUES, Offer

SCAN = b"%PDF-1.7 an invented paper"


def keep(desk: Machine, *rows: Any) -> None:
    with desk.workspace.store.unit("u1", "test.keep", ("test", "1")) as unit:
        for row in rows:
            unit.save(row)


def own_field(desk: Machine, code: str = BIRTH) -> ReusableField:
    """Return a free-text field about the person that the card does not fill."""
    form = desk.workspace.catalogue.entry(code).form
    fields = reusable_fields(form.schema)
    return next(each for each in fields if each.fact == "person.phone")


def person_of(desk: Machine, dossier_id: str) -> str:
    with desk.workspace.store.reading() as session:
        return session.get_one(Dossier, dossier_id).person_id


def before(desk: Machine, person_id: str, code: str = BIRTH, **more: Any) -> Dossier:
    """Keep an earlier dossier of a person; `answers` by pointer."""
    answers: Any = {}
    for pointer, value in more.pop("answers", {}).items():
        answers = replaced(answers, pointer, value)
    desk.people += 1
    usual = {
        "trip_id": "t0",
        "person_id": person_id,
        "procedure_code": code,
        "procedure_version": desk.workspace.catalogue.entry(code).procedure.version,
        "provisional_no": f"TAM-OLD-{desk.people:04}",
        "state": "acknowledged",
        "answers": answers,
        "channel": "direct",
        "created_at": MORNING.replace(year=2025),
        "created_by": desk.officer.user_id,
    }
    row = Dossier(**{**usual, **more})
    keep(desk, row)
    return row


def scanned(
    desk: Machine, dossier: Dossier, code: str = "GIAY_X", name: str = "Giấy X", body: bytes = SCAN
) -> str:
    """Attach a sealed paper to an earlier dossier; returns the file's id."""
    from van_station.services.sealed_files import Content  # noqa: PLC0415

    paper = Component(
        dossier_id=dossier.id, code=code, name=name, required=True, document_kind="original", page_count=2
    )
    files = desk.workspace.returning._files
    row = files.seal("u1", dossier.id, paper.id, Content(body, "application/pdf", 2, "document", 1))
    keep(desk, paper, row)
    return row.id


def agree(desk: Machine, person_id: str, *purposes: str) -> None:
    for purpose in purposes:
        desk.workspace.consents.record(desk.officer, person_id, purpose, said_yes=True)


def offers(desk: Machine, dossier_id: str, code: str = BIRTH) -> tuple[Offer, ...]:
    person_id = person_of(desk, dossier_id)
    return desk.workspace.returning.offers(desk.officer, person_id, code, dossier_id)


@pytest.fixture
def today(desk: Machine) -> str:
    """Return today's new dossier of somebody."""
    return desk.started(BIRTH).id


def test_without_consent_only_that_they_were_here_is_said(desk: Machine, today: str) -> None:
    person_id = person_of(desk, today)
    field = own_field(desk)
    scanned(desk, before(desk, person_id, answers={field.pointer: "0912000123"}))
    assert offers(desk, today) == ()
    met = desk.workspace.returning.met_before(desk.officer, person_id, today)
    assert (met.dossiers, met.answers_allowed, met.scans_allowed) == (1, False, False)


def test_earlier_tickets_are_counted_and_the_last_one_is_dated_without_todays(
    desk: Machine, today: str
) -> None:
    person_id = person_of(desk, today)
    for year in (2024, 2025):
        at = MORNING.replace(year=year)
        row = {"trip_id": "t0", "lane": "digitise", "number": 1, "label": "B001", "need": "digitise"}
        keep(desk, Ticket(**row, status="finished", person_id=person_id, created_at=at, created_by="u1"))
    met = desk.workspace.returning.met_before(desk.officer, person_id, today)
    assert (met.visits, met.last_at) == (2, MORNING.replace(year=2025))
    assert desk.workspace.returning.met_before(desk.officer, person_id).visits == 3


def test_an_earlier_answer_is_offered_with_its_date_and_source(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    earlier = before(desk, person_id, answers={field.pointer: "0912000123"}, official_code="G01-1")
    agree(desk, person_id, REUSE_ANSWERS)
    (offer,) = offers(desk, today)
    assert (offer.kind, offer.target, offer.value) == ("answer", field.pointer, "0912000123")
    assert (offer.recorded_at, offer.recorded_by) == (earlier.created_at, desk.officer.full_name)
    assert (offer.source_dossier_id, offer.source_number) == (earlier.id, "G01-1")
    assert offer.source_procedure == desk.workspace.catalogue.name(BIRTH)
    assert offer.label == field.title
    assert "0912" not in repr(offer)


def test_consent_is_for_each_purpose_and_ends_when_taken_back(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    name = desk.workspace.dossiers.get(today).components[0]
    scanned(desk, before(desk, person_id, answers={field.pointer: "0912000123"}), name.code, name.name)
    agree(desk, person_id, REUSE_SCANS)
    assert [offer.kind for offer in offers(desk, today)] == ["scan"]
    agree(desk, person_id, REUSE_ANSWERS)
    assert [offer.kind for offer in offers(desk, today)] == ["answer", "scan"]
    desk.workspace.consents.withdraw(desk.officer, person_id, REUSE_SCANS)
    assert [offer.kind for offer in offers(desk, today)] == ["answer"]


def test_nothing_is_filled_in_before_it_is_taken(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    (offer,) = offers(desk, today)
    with desk.workspace.store.reading() as session:
        assert get(session.get_one(Dossier, today).answers, field.pointer) is None
    desk.workspace.returning.take_answer(desk.officer, today, offer.id)
    with desk.workspace.store.reading() as session:
        assert get(session.get_one(Dossier, today).answers, field.pointer) == "0912000123"
        (taken,) = session.exec(select(TakenOver)).all()
        lines = session.exec(select(AuditLine).where(AuditLine.act == "returning.take_answer")).all()
    assert (taken.dossier_id, taken.source_dossier_id, taken.what) == (
        today,
        offer.source_dossier_id,
        "answers",
    )
    assert (taken.pointer, taken.taken_by) == (field.pointer, desk.officer.user_id)
    assert [line.details for line in lines] == [{"source": offer.source_dossier_id}]
    assert offers(desk, today) == ()


def test_an_offer_taken_twice_is_taken_once(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    (offer,) = offers(desk, today)
    desk.workspace.returning.take_answer(desk.officer, today, offer.id)
    with pytest.raises(Refused, match=r"returning\.gone"):
        desk.workspace.returning.take_answer(desk.officer, today, offer.id)
    with desk.workspace.store.reading() as session:
        assert len(session.exec(select(TakenOver)).all()) == 1


def test_an_offer_seen_before_consent_was_taken_back_can_not_be_taken(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    (offer,) = offers(desk, today)
    desk.workspace.consents.withdraw(desk.officer, person_id, REUSE_ANSWERS)
    with pytest.raises(Refused, match=r"returning\.gone"):
        desk.workspace.returning.take_answer(desk.officer, today, offer.id)


def test_different_answers_are_offered_the_newest_first_and_few(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    for year in range(2019, 2026):
        before(
            desk,
            person_id,
            answers={field.pointer: f"091200{max(year, 2020)}"},
            created_at=MORNING.replace(year=year),
        )
    agree(desk, person_id, REUSE_ANSWERS)
    found = [offer.value for offer in offers(desk, today)]
    assert found == [f"091200{year}" for year in (2025, 2024, 2023)]
    assert len(found) == MOST_VALUES


def test_nothing_comes_from_anybody_elses_dossier(desk: Machine, today: str) -> None:
    field = own_field(desk)
    with desk.workspace.store.reading() as session:
        own = session.get_one(Person, person_of(desk, today))
    relative = Person(full_name=own.full_name, folded_name=own.folded_name, id_number="001190999999")
    namesake = Person(full_name=own.full_name, folded_name=own.folded_name)
    slip = Person(full_name="Lê Khác", folded_name="le khac", id_number=own.id_number)
    keep(desk, relative, namesake, slip)
    for other in (relative, namesake, slip):
        scanned(desk, before(desk, other.id, answers={field.pointer: "0912000123"}))
    agree(desk, own.id, REUSE_ANSWERS, REUSE_SCANS)
    assert offers(desk, today) == ()
    with pytest.raises(Refused, match=r"returning\.other_person"):
        desk.workspace.returning.offers(desk.officer, relative.id, BIRTH, today)


def test_a_person_whom_two_machines_met_is_one_person(desk: Machine, today: str) -> None:
    field = own_field(desk)
    with desk.workspace.store.reading() as session:
        own = session.get_one(Person, person_of(desk, today))
    twin = Person(full_name=own.full_name, folded_name=own.folded_name, id_number=own.id_number)
    keep(desk, twin)
    before(desk, twin.id, answers={field.pointer: "0912000123"})
    agree(desk, own.id, REUSE_ANSWERS)
    assert [offer.value for offer in offers(desk, today)] == ["0912000123"]


def test_a_dossier_filled_for_somebody_else_or_voided_offers_nothing(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    fields = reusable_fields(desk.workspace.catalogue.entry(BIRTH).form.schema)
    number = next(each.pointer for each in fields if each.fact == "person.id_number")
    before(desk, person_id, answers={field.pointer: "0912000123", number: "001190777777"})
    before(desk, person_id, answers={field.pointer: "0912000124"}, state="voided")
    agree(desk, person_id, REUSE_ANSWERS)
    assert offers(desk, today) == ()


def test_an_answer_fits_another_form_by_what_it_is_about(desk: Machine) -> None:
    today = desk.started(RESIDENCE).id
    person_id = person_of(desk, today)
    before(desk, person_id, BIRTH, answers={own_field(desk).pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    (offer,) = offers(desk, today, RESIDENCE)
    assert (offer.target, offer.value) == (own_field(desk, RESIDENCE).pointer, "0912000123")


def test_a_declined_offer_is_not_made_again_in_this_dossier(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    before(desk, person_id, answers={field.pointer: "0912000124"})
    agree(desk, person_id, REUSE_ANSWERS)
    first, second = offers(desk, today)
    desk.workspace.returning.decline(desk.officer, today, first.id)
    assert offers(desk, today) == (second,)
    desk.reopen()
    assert offers(desk, today) == (second,)
    with pytest.raises(Refused, match=r"returning\.gone"):
        desk.workspace.returning.take_answer(desk.officer, today, first.id)


def test_that_offers_were_shown_is_written_down_once(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    for _ in range(3):
        offers(desk, today)
    with desk.workspace.store.reading() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.act == "returning.show")).all()
    assert [(line.subject_id, line.details) for line in lines] == [(today, {"offers": 1})]


# ------------------------------------------------------------------ scans
@pytest.fixture
def with_scan(desk: Machine, today: str) -> tuple[str, str, str]:
    """Return (dossier of today, its component, the earlier file)."""
    paper = desk.workspace.dossiers.get(today).components[0]
    person_id = person_of(desk, today)
    file_id = scanned(desk, before(desk, person_id), paper.code, paper.name)
    agree(desk, person_id, REUSE_SCANS)
    return today, paper.id, file_id


def test_an_earlier_scan_is_attached_without_the_scanner(
    desk: Machine, with_scan: tuple[str, str, str]
) -> None:
    today, component_id, file_id = with_scan
    (offer,) = offers(desk, today)
    assert (offer.kind, offer.target, offer.pages, offer.usable) == ("scan", component_id, 2, True)
    view = desk.workspace.returning.take_scan(desk.officer, today, offer.id)
    with desk.workspace.store.reading() as session:
        old, new = session.get_one(StoredFile, file_id), session.get_one(StoredFile, view.id)
        component = session.get_one(Component, component_id)
        (taken,) = session.exec(select(TakenOver)).all()
    assert (new.dossier_id, new.component_id, new.page_count, new.role) == (
        today,
        component_id,
        2,
        "document",
    )
    assert component.page_count == 2
    assert component.certified_by is None
    assert (taken.what, taken.file_id, taken.source_dossier_id) == ("file", new.id, old.dossier_id)
    assert new.blob_id != old.blob_id
    assert desk.workspace.capture.document(desk.officer, new.id).data == SCAN
    assert offers(desk, today) == ()
    with pytest.raises(Refused, match=r"returning\.gone"):
        desk.workspace.returning.take_scan(desk.officer, today, offer.id)
    assert desk.workspace.store.verify().ok


def test_taking_a_scan_off_again_leaves_the_earlier_one_and_offers_it(
    desk: Machine, with_scan: tuple[str, str, str]
) -> None:
    today, _, file_id = with_scan
    (offer,) = offers(desk, today)
    view = desk.workspace.returning.take_scan(desk.officer, today, offer.id)
    desk.workspace.capture.remove(desk.officer, view.id)
    assert offers(desk, today) == (offer,)
    assert desk.workspace.capture.document(desk.officer, file_id).data == SCAN


def test_a_scan_that_this_machine_can_not_open_is_told_and_not_taken(
    desk: Machine, with_scan: tuple[str, str, str]
) -> None:
    today, component_id, file_id = with_scan
    with desk.workspace.store.unit("u1", "test.purge", ("stored_file", file_id)) as unit:
        row = unit.session.get_one(StoredFile, file_id)
        row.local_key = None
        unit.save(row)
    (offer,) = offers(desk, today)
    assert not offer.usable
    with pytest.raises(Refused, match=r"file\.not_openable"):
        desk.workspace.returning.take_scan(desk.officer, today, offer.id)
    with desk.workspace.store.reading() as session:
        assert session.get_one(Component, component_id).page_count == 0


def test_a_removed_scan_and_another_paper_are_not_offered(desk: Machine, today: str) -> None:
    person_id = person_of(desk, today)
    paper = desk.workspace.dossiers.get(today).components[0]
    earlier = before(desk, person_id)
    scanned(desk, earlier, "GIAY_KHAC", "Giấy khác hẳn")
    file_id = scanned(desk, earlier, paper.code, paper.name, b"other")
    agree(desk, person_id, REUSE_SCANS)
    with desk.workspace.store.unit("u1", "test.remove", ("stored_file", file_id)) as unit:
        row = unit.session.get_one(StoredFile, file_id)
        row.removed, row.local_key = True, None
        unit.save(row)
    assert offers(desk, today) == ()


# ------------------------------------------------------------------ who may
def test_a_technician_sees_nothing_and_a_volunteer_may_help(desk: Machine, today: str) -> None:
    person_id, field = person_of(desk, today), own_field(desk)
    before(desk, person_id, answers={field.pointer: "0912000123"})
    agree(desk, person_id, REUSE_ANSWERS)
    work = desk.workspace.returning
    technician = replace(desk.officer, role=Role.TECHNICIAN)
    with pytest.raises(NotPermitted):
        work.offers(technician, person_id, BIRTH, today)
    with pytest.raises(NotPermitted):
        work.met_before(technician, person_id)
    (offer,) = work.offers(desk.volunteer, person_id, BIRTH, today)
    for act in (work.take_answer, work.take_scan, work.decline):
        with pytest.raises(NotPermitted):
            act(technician, today, offer.id)


@pytest.mark.parametrize("offer_id", ["", "a", "a.b.c", "s.b.c", "x" * 300])
def test_an_invented_offer_is_refused(desk: Machine, today: str, offer_id: str) -> None:
    work = desk.workspace.returning
    for act in (work.take_answer, work.take_scan, work.decline):
        with pytest.raises(Refused, match=r"returning\.gone"):
            act(desk.officer, today, offer_id)


def test_a_dossier_of_another_procedure_or_none_is_not_found(desk: Machine, today: str) -> None:
    person_id = person_of(desk, today)
    with pytest.raises(NotFound):
        desk.workspace.returning.offers(desk.officer, person_id, RESIDENCE, today)
    with pytest.raises(NotFound):
        desk.workspace.returning.take_answer(desk.officer, "0" * 32, "a.b.c")
    with desk.workspace.store.reading() as session:
        assert session.exec(select(Consent)).all() == []
