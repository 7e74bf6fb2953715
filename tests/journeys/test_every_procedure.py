"""Every procedure of the catalogue from the ticket to the printed form, on one machine.

Whatever somebody is asked can be answered: a clerk who knows nothing but the kinds of fields answers what the form
complains about until it is content.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.machine import MORNING, Machine, Template
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode, Node
from van_station.rules.json_values import JsonValue
from van_station.settings.assets import catalogue_files

CODES = sorted(load_edition(catalogue_files(), strict=False).procedures)
TODAY = MORNING.date()
PATIENCE = 150
WORDS = (
    *("Nguyễn Văn Thử", "001090000123", "0912345678", "0100109106", "thu.nghiem@vidu.vn"),
    *("12345", "4711", "Thôn Đoài, xã Ba Vì", "1"),
)
DAYS = ("1990-05-17", "2026-11-02", "2020-03-01", "1960-01-31", "2026-12-15", "2027-06-15")
NUMBERS = (1, 3, 20, 120, 2020)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    template = Template.make(tmp_path_factory.mktemp("template") / "desk")
    machine = template.copy_to(tmp_path_factory.mktemp("every"))
    machine.open_trip()
    yield machine
    machine.workspace.close()


@pytest.fixture(scope="module", params=CODES)
def filled(desk: Machine, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A dossier of each procedure, answered until its form is content, as (code, id)."""
    ticket = desk.served(procedure_code=request.param)
    dossier = desk.workspace.dossiers.start(desk.officer, ticket.id)
    answer(desk, dossier.id)
    yield request.param, dossier.id
    desk.finish(ticket.id)


def test_it_starts_is_answered_and_prints(desk: Machine, filled: tuple[str, str]) -> None:
    code, dossier_id = filled
    work = desk.workspace
    lacking = work.dossiers.missing(dossier_id)
    assert [gap for gap in lacking if gap.kind == "form"] == []
    dossier = work.dossiers.get(dossier_id)
    assert dossier.procedure.code == code
    assert {gap.where for gap in lacking} <= {each.id for each in dossier.components}

    form = work.official_forms.print(desk.officer, dossier_id)
    assert form.data.startswith(b"%PDF")
    home = work.guidance.take_home(desk.officer, code)
    assert home.data.startswith(b"%PDF")
    assert home.file_name == f"can-mang-{code}.pdf"
    told = work.guidance.advice(code)
    assert told.in_force
    assert {line.channel for line in told.fees}
    assert all(line.source.strip() for line in told.fees)


def answer(desk: Machine, dossier_id: str) -> None:
    """Answer what the form complains about, first things first."""
    dossiers = desk.workspace.dossiers
    for _ in range(PATIENCE):
        view = dossiers.form(dossier_id)
        wrong = next((node for node in fields(view.nodes) if stops(node)), None)
        if wrong is None:
            return
        for value in guesses(desk, wrong):
            view = dossiers.answer(desk.officer, dossier_id, wrong.pointer, value)
            if not any(stops(node) for node in fields(view.nodes) if node.pointer == wrong.pointer):
                break
        else:
            raise AssertionError(f"nothing fits {wrong.pointer}: {wrong.problem}")
    raise AssertionError("questions without end")


def stops(node: FieldNode) -> bool:
    return node.visible and node.problem is not None and node.problem.severity.value == "error"


def guesses(desk: Machine, node: FieldNode) -> list[JsonValue]:
    match node.kind:
        case FieldKind.CHECKBOX:
            return [True]
        case FieldKind.CHOICE:
            return [option.value for option in node.options]
        case FieldKind.LIST:
            return [entry.code for entry in desk.workspace.dossiers.options(node.list_name, "", 1)]
        case FieldKind.DATE | FieldKind.PARTIAL_DATE:
            return list(DAYS)
        case FieldKind.NUMBER:
            return list(NUMBERS)
    return list(WORDS)


def fields(nodes: tuple[Node, ...]) -> Iterator[FieldNode]:
    for node in nodes:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, GroupNode):
            yield from fields(node.children)
        elif isinstance(node, ArrayNode):
            for item in node.items:
                yield from fields(item)
