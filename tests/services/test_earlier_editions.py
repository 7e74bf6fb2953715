"""A machine that worked with an earlier program opens the drafts of that time with the forms of that time."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, Machine
from van_station.records.catalogue import CatalogueEdition
from van_station.records.dossiers import Dossier
from van_station.rules.form_nodes import ArrayNode, FieldNode, Node

FIRST = "2026.11.1"
CODES = ["1.001193", "1.004222", "1.004194", "1.001612"]


def pointers(nodes: tuple[Node, ...]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, FieldNode):
            found.add(node.pointer)
        elif not isinstance(node, ArrayNode):
            found |= pointers(node.children)
    return found


def of_the_first_release(desk: Machine, code: str) -> str:
    """Return a draft as the first release left it: bound to a version that this program's edition lacks."""
    dossier = desk.started(code)
    with desk.workspace.store.unit(desk.officer.user_id, "dossier.answer", ("dossier", dossier.id)) as unit:
        row = unit.session.get(Dossier, dossier.id)
        assert row is not None
        row.procedure_version = FIRST
        row.answers = {}
        unit.save(row)
    desk.reopen()
    return dossier.id


def kept(desk: Machine) -> list[str]:
    with desk.workspace.store.reading() as session:
        return [
            version for version in session.exec(select(CatalogueEdition.version)) if version.startswith(FIRST)
        ]


@pytest.mark.parametrize("code", CODES)
def test_a_draft_of_the_first_release_opens_with_its_own_form(desk: Machine, code: str) -> None:
    dossier_id = of_the_first_release(desk, code)
    work = desk.workspace
    entry = work.catalogue.entry(code, FIRST)
    assert entry.procedure.version == FIRST
    form = work.dossiers.form(dossier_id)
    assert pointers(form.nodes) == pointers(entry.form.layout(entry.form.empty()))
    assert pointers(form.nodes) != pointers(work.catalogue.entry(code).form.layout({}))
    assert len(kept(desk)) == 1
    assert work.dossiers.get(desk.started(code).id).procedure_version != FIRST


def test_it_is_kept_once_and_a_machine_without_such_drafts_keeps_none(desk: Machine) -> None:
    assert kept(desk) == []
    of_the_first_release(desk, BIRTH)
    desk.reopen()
    assert len(kept(desk)) == 1
