"""What was answered during guidance goes with the ticket, stands in the form, and goes when the ticket ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, BUSINESS, RESIDENCE, Machine, Template
from tests.services.test_catalogue_editions import FILE, SIGNER, longer_form, trusting
from tests.services.test_catalogue_editions import files as edition_files
from tests.services.van import Van
from van_station.records.dossiers import Dossier
from van_station.records.ledger import AuditLine
from van_station.records.people import Person
from van_station.records.queue import ToldAnswers
from van_station.rules.catalogue_bundle import build
from van_station.rules.form_nodes import FieldNode
from van_station.rules.json_values import JsonValue, Pointer, get
from van_station.rules.queueing import TicketAct
from van_station.services.dossier_views import DossierView, FormView
from van_station.services.parties import Companion
from van_station.services.queue import TicketView
from van_station.services.told_answers import GuidanceAnswers
from van_station.services.trips import OpenTrip

__all__ = ["trusting"]

PROOF = "/case/birth_proof"
PLEDGE = "pledge"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> list[Template]:
    return [Template.make(tmp_path_factory.mktemp(f"template{number}") / "desk") for number in range(2)]


@pytest.fixture
def van(templates: list[Template], tmp_path: Path) -> Iterator[Van]:
    made = Van(templates, tmp_path)
    try:
        laptop = made.machines[0]
        ward = laptop.workspace.trips.wards("ba vi")[0]
        laptop.workspace.trips.open(made.supervisors[0], OpenTrip(ward.code, "Nhà văn hóa thôn Đoài"))
        made.exchange()
        made.connect()
        yield made
    finally:
        made.close()


def asked_through(machine: Machine, code: str = BIRTH, **first: JsonValue) -> dict[Pointer, JsonValue]:
    """Answer every question of a procedure: `first` where it is named, else with the first choice."""
    guidance, known = machine.workspace.guidance, {f"/case/{name}": value for name, value in first.items()}
    while True:
        advice = guidance.advice(code, known)
        open_now = next((each for each in advice.questions if each.answer is None), None)
        if open_now is None:
            return {each.pointer: each.answer for each in advice.questions}
        known[open_now.pointer] = open_now.choices[0][0]


def handed_over(machine: Machine, code: str = BIRTH, **first: JsonValue) -> GuidanceAnswers:
    return machine.workspace.guidance.hand_over(
        machine.volunteer, code, asked_through(machine, code, **first)
    )


def guided(machine: Machine, **given: object) -> TicketView:
    return machine.take_in(told=handed_over(machine, birth_proof=PLEDGE), **given)


def origins(form: FormView) -> dict[Pointer, str]:
    found, pending = {}, list(form.nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, FieldNode):
            found[node.pointer] = node.origin
        else:
            pending += getattr(node, "children", ())
    return found


def answers(machine: Machine, dossier: DossierView) -> dict:
    with machine.workspace.store.reading() as session:
        return dict(session.get_one(Dossier, dossier.id).answers)


def kept(machine: Machine) -> list[ToldAnswers]:
    with machine.workspace.store.reading() as session:
        return list(session.exec(select(ToldAnswers)).all())


def test_the_form_begins_with_what_was_answered_and_says_where_it_came_from(desk: Machine) -> None:
    told = handed_over(desk, birth_proof=PLEDGE)
    assert told.answers[PROOF] == PLEDGE
    ticket = desk.take_in(told=told)
    desk.clock.turn(minutes=20)
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
    form = desk.workspace.dossiers.form(dossier.id)
    for pointer, value in told.answers.items():
        assert get(answers(desk, dossier), pointer) == value
        assert origins(form)[pointer] == "told"
        assert f"{form.origin_days[pointer]:%Y-%m-%d}" == "2026-11-23"
    assert origins(form)["/requester/full_name"] != "told"


def test_a_condition_of_the_catalogue_is_not_asked_a_second_time(desk: Machine) -> None:
    ticket = guided(desk)
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
    gaps = {gap.where for gap in desk.workspace.dossiers.missing(dossier.id) if gap.kind == "form"}
    plain = desk.started()
    asked = {gap.where for gap in desk.workspace.dossiers.missing(plain.id) if gap.kind == "form"}
    assert PROOF in asked
    assert asked - gaps >= {PROOF}
    assert not gaps & set(kept(desk)[0].answers)
    wanted = {paper.code for paper in dossier.components if paper.applies}
    assert "GIAY_CAM_DOAN" in wanted
    assert "GIAY_CHUNG_SINH" not in wanted


def test_an_answer_that_is_changed_is_nobodys_from_before_any_more(desk: Machine) -> None:
    dossier = desk.workspace.dossiers.start(desk.officer, guided(desk).id)
    view = desk.workspace.dossiers.answer(desk.officer, dossier.id, PROOF, "certificate")
    assert origins(view)[PROOF] != "told"
    again = desk.workspace.dossiers.answer(desk.officer, dossier.id, PROOF, PLEDGE)
    assert origins(again)[PROOF] != "told", "typed here now, though it is the same"
    others = [pointer for pointer, how in origins(again).items() if how == "told"]
    assert others
    assert PROOF not in others


def test_only_answers_to_questions_that_were_asked_are_handed_over(desk: Machine) -> None:
    said = asked_through(desk) | {"/child/full_name": "Ai Đó"}
    told = desk.workspace.guidance.hand_over(desk.volunteer, BIRTH, said)
    assert "/child/full_name" not in told.answers
    assert set(told.answers) == set(asked_through(desk))


def test_answers_about_another_procedure_stay_with_nobody(desk: Machine) -> None:
    desk.take_in(told=handed_over(desk), procedure_code=RESIDENCE)
    assert kept(desk) == []
    ticket = guided(desk)
    other = desk.workspace.dossiers.start(desk.officer, ticket.id, BUSINESS)
    assert "told" not in origins(desk.workspace.dossiers.form(other.id)).values()


def test_they_are_of_the_person_who_was_asked_and_not_of_who_came_along(desk: Machine) -> None:
    ticket = guided(desk, companions=(Companion("Lê Thị Vợ", "spouse", "001190000456", sex="female"),))
    party = desk.workspace.intake.party(ticket.id)
    own, wife = party.members
    dossiers = desk.workspace.dossiers
    hers = dossiers.start_for(desk.officer, ticket.id, wife.person_id)
    assert "told" not in origins(dossiers.form(hers.id)).values()
    his = dossiers.start_for(desk.officer, ticket.id, own.person_id)
    assert "told" in origins(dossiers.form(his.id)).values()


@pytest.mark.parametrize("end", ["finish", "no_show"])
def test_they_are_forgotten_when_the_ticket_ends_and_the_dossier_keeps_its_own(
    desk: Machine, end: str
) -> None:
    ticket = guided(desk)
    queue = desk.workspace.queue
    queue.act(desk.officer, ticket.id, TicketAct.CALL)
    if end == "finish":
        queue.act(desk.officer, ticket.id, TicketAct.SERVE)
        dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
        queue.act(desk.officer, ticket.id, TicketAct.FINISH)
        form = desk.workspace.dossiers.form(dossier.id)
        assert get(answers(desk, dossier), PROOF) == PLEDGE
        assert origins(form)[PROOF] == "told", "where it came from stays known"
    else:
        queue.act(desk.officer, ticket.id, TicketAct.NO_SHOW)
    assert kept(desk) == []
    assert desk.workspace.store.verify().ok


def test_a_restart_keeps_them(desk: Machine) -> None:
    ticket = guided(desk)
    desk.reopen()
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
    assert get(answers(desk, dossier), PROOF) == PLEDGE


def test_another_machine_begins_the_dossier_with_them_and_its_finish_erases_them_everywhere(van: Van) -> None:
    laptop, desktop = van.machines
    told = laptop.workspace.guidance.hand_over(
        van.volunteers[0], BIRTH, asked_through(laptop, birth_proof=PLEDGE)
    )
    ticket = laptop.workspace.intake.take_in(van.volunteers[0], laptop.draft(told=told))
    van.exchange()
    queue = desktop.workspace.queue
    called = queue.call_next(van.officers[1])
    assert called is not None
    assert called.id == ticket.id
    queue.act(van.officers[1], ticket.id, TicketAct.SERVE)
    dossier = desktop.workspace.dossiers.start(van.officers[1], ticket.id)
    assert get(answers(desktop, dossier), PROOF) == PLEDGE
    assert origins(desktop.workspace.dossiers.form(dossier.id))[PROOF] == "told"
    queue.act(van.officers[1], ticket.id, TicketAct.FINISH)
    van.exchange()
    assert kept(laptop) == kept(desktop) == []


def test_a_question_that_reads_otherwise_in_the_edition_of_the_day_is_asked_again(trusting: Machine) -> None:
    told = handed_over(trusting, BUSINESS)
    assert told.answers
    ticket = trusting.take_in(told=told, procedure_code=BUSINESS)
    newer = longer_form(edition_files("2026.12.1"))
    own = [each for each in newer[FILE]["questions"] if f"/known/{each['key']}" in told.answers]
    own[0]["text"] = {"vi": "Câu hỏi khác hẳn?", "en": "Quite another question?"}
    data = build(newer, public_key=SIGNER.public_key, sign=SIGNER.sign)
    trusting.workspace.editions.install(trusting.supervisor, data)
    dossier = trusting.workspace.dossiers.start(trusting.officer, ticket.id)
    assert dossier.procedure_version == "2026.12.1"
    now = origins(trusting.workspace.dossiers.form(dossier.id))
    reworded = f"/known/{own[0]['key']}"
    assert now[reworded] != "told"
    assert {pointer for pointer, how in now.items() if how == "told"} == set(told.answers) - {reworded}


def test_no_answer_is_in_a_log_an_audit_line_or_a_repr(
    desk: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = handed_over(desk, birth_proof=PLEDGE)
        ticket = desk.take_in(told=told)
        desk.workspace.dossiers.start(desk.officer, ticket.id)
    with desk.workspace.store.reading() as session:
        audit = " ".join(str(line.details) for line in session.exec(select(AuditLine)))
        assert session.exec(select(Person)).first() is not None
    for text in (caplog.text, audit, repr(told), repr(kept(desk)), repr(desk.draft(told=told))):
        assert PLEDGE not in text


def test_the_close_of_the_day_sweeps_answers_that_came_late_for_a_ticket_already_over(desk: Machine) -> None:
    ticket = guided(desk)
    late = kept(desk)[0].model_dump(exclude={"id"})
    desk.workspace.queue.act(desk.officer, ticket.id, TicketAct.CALL)
    desk.workspace.queue.act(desk.officer, ticket.id, TicketAct.NO_SHOW)
    with desk.workspace.store.unit("u1", "test.late", ("ticket", ticket.id)) as unit:
        unit.save(ToldAnswers(**late))
    assert kept(desk) != []
    trip = desk.workspace.trips.current()
    assert trip is not None
    desk.workspace.reports.close(desk.supervisor, trip.id)
    assert kept(desk) == []
