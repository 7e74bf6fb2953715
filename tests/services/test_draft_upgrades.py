"""A draft moves to the edition in force when an officer says so, whole or not at all."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from sqlmodel import select

from tests.services.machine import BUSINESS, Machine
from tests.services.test_catalogue_editions import FILE, SIGNER, files, longer_form, trusting
from van_station.records.dossiers import Component, Dossier
from van_station.records.ledger import AuditLine
from van_station.rules.catalogue_bundle import build
from van_station.rules.form_changes import Reason
from van_station.services.errors import NotPermitted, Refused

__all__ = ["trusting"]

NAME = "Hộ kinh doanh Ví Dụ"


def newer(found: dict[str, Any] | None = None) -> bytes:
    """Return an edition that asks one question and one paper more, and no longer asks for the first paper."""
    found = longer_form(found or files("2026.12.1"))
    papers = found[FILE]["components"]
    scanned = [paper for paper in papers if not paper.get("from_form")]
    papers.remove(scanned[0])
    papers.append({**scanned[-1], "code": "NEW_PAPER", "condition": None})
    form = f"forms/{found[FILE]['form']['id']}/schema.json"
    found[form]["properties"]["name"] = {"type": "boolean", "title": "Tên?", "x-title-en": "Name?"}
    return build(found, public_key=SIGNER.public_key, sign=SIGNER.sign)


def begun(machine: Machine) -> str:
    dossier = machine.started(BUSINESS)
    machine.workspace.dossiers.answer(machine.officer, dossier.id, "/name", NAME)
    return dossier.id


def state(machine: Machine, dossier_id: str) -> tuple[str, dict[str, Any], set[str]]:
    with machine.workspace.store.reading() as session:
        row = session.get_one(Dossier, dossier_id)
        papers = session.exec(select(Component.code).where(Component.dossier_id == dossier_id)).all()
        return row.procedure_version, dict(row.answers), set(papers)


def test_a_look_says_what_would_become_of_the_draft_and_writes_nothing(trusting: Machine) -> None:
    dossier_id = begun(trusting)
    before = state(trusting, dossier_id)
    trusting.workspace.editions.install(trusting.supervisor, newer())
    view = trusting.workspace.draft_upgrades.preview(trusting.volunteer, dossier_id)
    assert (view.old_version, view.new_version) == (before[0], "2026.12.1")
    assert [(each.pointer, each.reason, each.value) for each in view.left] == [
        ("/name", Reason.OTHER_KIND, NAME)
    ]
    assert [each.code for each in view.added] == ["NEW_PAPER"]
    assert len(view.dropped) == 1
    assert view.kept > 0
    assert NAME not in repr(view)
    assert state(trusting, dossier_id) == before


def test_a_draft_that_moved_has_the_new_form_and_papers_and_keeps_what_fits(trusting: Machine) -> None:
    dossier_id = begun(trusting)
    _, answers, papers = state(trusting, dossier_id)
    trusting.workspace.editions.install(trusting.supervisor, newer())
    view = trusting.workspace.draft_upgrades.upgrade(trusting.officer, dossier_id)
    version, now, have = state(trusting, dossier_id)
    assert version == "2026.12.1"
    assert have == papers - {view.dropped[0].code} | {"NEW_PAPER"}
    assert {**now, "name": NAME} == answers, "what fits came along, and nothing else"
    assert "name" not in now
    trusting.workspace.dossiers.answer(trusting.officer, dossier_id, "/known/new_question", True)
    with trusting.workspace.store.reading() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.act == "dossier.upgrade")).all()
    (line,) = lines
    assert line.details["to"] == "2026.12.1"
    assert NAME not in repr(line.details)
    assert trusting.workspace.store.verify().ok


def test_a_paper_that_was_scanned_stays_though_it_is_no_longer_asked_for(trusting: Machine) -> None:
    dossier_id = begun(trusting)
    view = trusting.workspace.dossiers.get(dossier_id)
    trusting.workspace.editions.install(trusting.supervisor, newer())
    gone = trusting.workspace.draft_upgrades.preview(trusting.officer, dossier_id).dropped[0].code
    component = next(each for each in view.components if each.code == gone)
    batch, _ = trusting.scan(dossier_id, component.id)
    batch.keep(trusting.officer)
    moved = trusting.workspace.draft_upgrades.upgrade(trusting.officer, dossier_id)
    assert moved.dropped[0].pages == 1
    assert gone in state(trusting, dossier_id)[2]


def test_only_a_draft_of_an_older_version_moves(trusting: Machine) -> None:
    dossier_id = begun(trusting)
    upgrades = trusting.workspace.draft_upgrades
    with pytest.raises(Refused) as refusal:
        upgrades.upgrade(trusting.officer, dossier_id)
    assert refusal.value.code == "dossier.up_to_date"
    trusting.workspace.editions.install(trusting.supervisor, newer())
    with pytest.raises(NotPermitted):
        upgrades.upgrade(trusting.volunteer, dossier_id)
    trusting.workspace.dossiers.void(trusting.supervisor, dossier_id, "thử")
    with pytest.raises(Refused) as refusal:
        upgrades.preview(trusting.officer, dossier_id)
    assert refusal.value.code == "dossier.not_editable"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_leaves_the_draft_in_the_old_version_or_in_the_new_one_whole(
    trusting: Machine, when: str
) -> None:
    dossier_id = begun(trusting)
    old = state(trusting, dossier_id)
    trusting.workspace.editions.install(trusting.supervisor, newer())
    trusting.workspace.close()
    child = os.fork()
    if child == 0:
        try:
            upgrade_and_die(trusting, dossier_id, when)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    trusting.open()
    assert trusting.workspace.store.verify().ok
    found = state(trusting, dossier_id)
    if when == "before":
        assert found == old
        trusting.workspace.draft_upgrades.upgrade(trusting.officer, dossier_id)
        found = state(trusting, dossier_id)
    assert found[0] == "2026.12.1"
    assert "NEW_PAPER" in found[2]
    assert "name" not in found[1]


def upgrade_and_die(machine: Machine, dossier_id: str, when: str) -> None:
    """Be killed after everything is written and before it is committed, or right after the commit."""
    work = machine.open()
    if when == "before":
        work.dossiers.follow_fee = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    work.draft_upgrades.upgrade(machine.officer, dossier_id)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_newer_version_is_told_of_drafts_only_while_it_is_in_force(trusting: Machine) -> None:
    dossier_id = begun(trusting)
    upgrades = trusting.workspace.draft_upgrades
    assert upgrades.newer(dossier_id) == ""
    trusting.workspace.editions.install(trusting.supervisor, newer())
    assert upgrades.newer(dossier_id) == "2026.12.1"
    upgrades.upgrade(trusting.officer, dossier_id)
    assert upgrades.newer(dossier_id) == ""
    other = trusting.started(BUSINESS)
    later = files("2027.01.1", "2027-01-01", valid_from="2027-01-01")
    trusting.workspace.editions.install(
        trusting.supervisor, build(later, public_key=SIGNER.public_key, sign=SIGNER.sign)
    )
    assert upgrades.newer(other.id) == "", "what is not in force yet is nothing to move to"
    trusting.workspace.dossiers.void(trusting.supervisor, other.id, "thử")
    assert upgrades.newer(other.id) == ""
    assert upgrades.newer("nobody") == ""
