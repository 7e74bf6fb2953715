"""Guidance: the citizen's own list, with the source of each fact, and the page they take home."""

from __future__ import annotations

import pypdfium2
import pytest

from tests.services.machine import BIRTH, Machine
from van_station.services.errors import NotFound
from van_station.services.paper import PrintedPage


def text_of(page: PrintedPage) -> str:
    document = pypdfium2.PdfDocument(page.data)
    return "\n".join(each.get_textpage().get_text_range() for each in document)


def test_a_question_answered_shortens_the_list(machine: Machine) -> None:
    guidance = machine.workspace.guidance
    advice = guidance.advice(BIRTH)
    assert advice.open_questions == len(advice.questions) > 0
    assert any(not paper.certain for paper in advice.papers)
    known = {}
    while advice.open_questions:
        question = next(question for question in advice.questions if question.answer is None)
        known[question.pointer] = question.choices[0][0]
        advice = guidance.advice(BIRTH, known)
    assert all(paper.certain for paper in advice.papers)
    assert len(advice.papers) < advice.all_papers


def test_each_fact_names_its_source_and_how_sure_it_is(machine: Machine) -> None:
    for code in machine.workspace.catalogue.edition.procedures:
        advice = machine.workspace.guidance.advice(code)
        assert advice.source
        assert advice.time_source
        assert all(paper.source and paper.confidence for paper in advice.papers)
        assert all(fee.confidence for fee in advice.fees)
        assert len(advice.fees) == len({fee.channel for fee in advice.fees}) > 0


def test_the_page_to_take_home_lists_what_to_bring_and_names_nobody(machine: Machine) -> None:
    guidance = machine.workspace.guidance
    advice = guidance.advice(BIRTH)
    page = guidance.take_home(machine.volunteer, BIRTH)
    text = text_of(page)
    assert "GIẤY TỜ CẦN MANG" in text
    assert all(paper.name.vi.split()[0] in text for paper in advice.papers)
    assert page.file_name == f"can-mang-{BIRTH}.pdf"


def test_every_procedure_has_its_page(machine: Machine) -> None:
    for code in machine.workspace.catalogue.edition.procedures:
        page = machine.workspace.guidance.take_home(machine.volunteer, code)
        assert len(pypdfium2.PdfDocument(page.data)) <= 3, code


def test_an_unknown_procedure_is_said_to_be_one(machine: Machine) -> None:
    with pytest.raises(NotFound):
        machine.workspace.guidance.advice("9.999999")


def test_what_a_dossier_lacks_is_printed_with_its_number_and_no_name(desk: Machine) -> None:
    dossier = desk.workspace.dossiers.start(desk.officer, desk.served(procedure_code=BIRTH).id)
    missing = desk.workspace.dossiers.missing(dossier.id)
    page = desk.workspace.guidance.missing_page(desk.volunteer, dossier.id)
    text = " ".join(text_of(page).split())
    assert "GIẤY TỜ CÒN THIẾU" in text
    assert dossier.provisional_no in text.replace(" ", "")
    assert dossier.person.full_name not in text
    labels = [each.label for each in missing if each.kind == "form"]
    assert labels
    assert all(label.split("(")[0].strip() in text for label in labels)
