"""Drafts of long forms: what was told to be kept is kept, whatever happens, and old versions still open."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.services.machine import RESIDENCE, Machine
from van_station.records import Dossier
from van_station.rules.errors import RuleError
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode
from van_station.rules.forms import Answers
from van_station.rules.json_values import JsonValue, get
from van_station.services.errors import Refused

LONGEST = "1.013978"
"""First land registration."""
LONG = "Nội dung rất dài của một tờ khai nhiều trang. " * 6


def fields(nodes) -> list[FieldNode]:
    found = []
    for node in nodes:
        match node:
            case FieldNode():
                found.append(node)
            case GroupNode():
                found += fields(node.children)
            case ArrayNode():
                for item in node.items:
                    found += fields(item)
    return found


def texts(machine: Machine, dossier_id: str) -> list[str]:
    """Return pointers of the free texts of a draft that take a hundred letters."""
    nodes = fields(machine.workspace.dossiers.form(dossier_id).nodes)
    kinds = {FieldKind.TEXT, FieldKind.MULTILINE}
    return [
        node.pointer
        for node in nodes
        if node.kind in kinds and node.visible and node.enabled and (node.max_length or 100) >= 100
    ]


def kept(machine: Machine, dossier_id: str) -> Answers:
    with machine.workspace.store.reading() as session:
        return dict(session.get_one(Dossier, dossier_id).answers)


def long_draft(desk: Machine) -> str:
    """Begin a draft of the longest form and fill it to about 40 KiB, repeated groups filled too."""
    dossier_id = desk.started(LONGEST).id
    form = desk.workspace.catalogue.entry(LONGEST).form
    groups = [node.pointer for node in _groups(desk.workspace.dossiers.form(dossier_id).nodes)]
    answers = kept(desk, dossier_id)
    for _ in range(4):
        for pointer in groups:
            with suppress(RuleError):  # as many items as the form takes
                for _ in range(6):
                    answers = form.add_item(answers, pointer)
        for node in fields(form.layout(answers)):
            if node.kind is FieldKind.TEXT and node.enabled and len(repr(answers)) < 35_000:
                answers = form.set(answers, node.pointer, LONG[: min(node.max_length or 200, 200)])
    with desk.workspace.store.unit("u1", "test.keep", ("dossier", dossier_id)) as unit:
        row = unit.session.get_one(Dossier, dossier_id)
        row.answers = answers
        unit.save(row)
    return dossier_id


def _groups(nodes) -> list[ArrayNode]:
    found = []
    for node in nodes:
        if isinstance(node, GroupNode):
            found += _groups(node.children)
        elif isinstance(node, ArrayNode):
            found.append(node)
    return found


def type_until_killed(machine: Machine, dossier_id: str, pointers: list[str], start: int, told: int) -> None:
    """Answer one field after the other without end; tell each number once the service has returned."""
    machine.open()
    officer = machine.officer
    for number in range(start, start + 100_000):
        pointer = pointers[number % len(pointers)]
        machine.workspace.dossiers.answer(officer, dossier_id, pointer, f"lần {number}")
        os.write(told, b"%d\n" % number)


def kill_a_typist_after(machine: Machine, args: tuple, lines: int, delay_s: float) -> int:
    """Run `type_until_killed` in a forked process, kill it, and return the last number it has told."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            type_until_killed(machine, *args, write_end)
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = [pipe.readline() for _ in range(lines)]
        threading.Event().wait(delay_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += pipe.readlines()
    return max(int(line) for line in told if line.endswith("\n"))


def test_a_kill_loses_at_most_what_was_typed_into_the_field_of_that_moment(desk: Machine) -> None:
    dossier_id = long_draft(desk)
    pointers = texts(desk, dossier_id)
    assert len(pointers) > 3
    before = kept(desk, dossier_id)
    assert len(repr(before).encode()) > 20_000
    expected: dict[str, JsonValue] = {pointer: get(before, pointer) for pointer in pointers}
    start = 0
    for round_number in range(5):
        desk.workspace.close()
        delay_s = random.Random(round_number).random() * 0.03
        last = kill_a_typist_after(desk, (dossier_id, pointers, start), 3 + 4 * round_number, delay_s)
        desk.open()
        now = kept(desk, dossier_id)
        for number in range(start, last + 1):
            expected[pointers[number % len(pointers)]] = f"lần {number}"
        current = pointers[(last + 1) % len(pointers)]
        assert get(now, current) in (expected[current], f"lần {last + 1}")
        expected[current] = get(now, current)
        assert {pointer: get(now, pointer) for pointer in pointers} == expected
        report = desk.workspace.store.verify()
        assert report.ok, report.findings
        start = last + 2
    assert start > 20


@pytest.mark.parametrize("seed", range(3))
def test_a_draft_is_after_a_restart_what_its_acts_make_of_it(desk: Machine, seed: int) -> None:
    """Any series of answers, items added and removed: the store holds what the form alone makes of them."""
    chance = random.Random(seed)
    dossiers, officer = desk.workspace.dossiers, desk.officer
    dossier_id = desk.started(RESIDENCE).id
    form = desk.workspace.catalogue.entry(RESIDENCE).form
    model = kept(desk, dossier_id)
    for number in range(40):
        nodes = dossiers.form(dossier_id).nodes
        groups = _groups(nodes)
        act = chance.choice(["answer", "answer", "answer", "clear", "add", "remove"])
        try:
            if act in {"add", "remove"} and groups:
                group = chance.choice(groups)
                if act == "add":
                    dossiers.add_item(officer, dossier_id, group.pointer)
                    model = form.add_item(model, group.pointer)
                elif group.items:
                    index = chance.randrange(len(group.items))
                    dossiers.remove_item(officer, dossier_id, group.pointer, index)
                    model = form.remove_item(model, group.pointer, index)
            else:
                node = chance.choice(
                    [each for each in fields(nodes) if each.kind is FieldKind.TEXT and each.enabled]
                )
                value = None if act == "clear" else f"Trả lời {number}"
                dossiers.answer(officer, dossier_id, node.pointer, value)
                model = form.set(model, node.pointer, value)
        except Refused:
            pass  # too few or too many items: the service says so and changes nothing
    desk.reopen()
    assert kept(desk, dossier_id) == model


def test_a_draft_of_an_older_edition_opens_and_goes_on_in_its_own_version(desk: Machine) -> None:
    old_draft = desk.started(RESIDENCE).id
    pointer = texts(desk, old_draft)[0]
    desk.workspace.dossiers.answer(desk.officer, old_draft, pointer, "trước khi đổi")
    catalogue = desk.workspace.catalogue
    edition = catalogue.edition
    procedure = edition.procedures[RESIDENCE]
    newer = replace(
        edition, procedures={**edition.procedures, RESIDENCE: replace(procedure, version="2099.1")}
    )
    catalogue.switch(newer)
    form = desk.workspace.dossiers.answer(desk.officer, old_draft, pointer, "sau khi đổi")
    assert "sau khi đổi" in [node.value for node in fields(form.nodes)]
    new_draft = desk.started(RESIDENCE).id
    with desk.workspace.store.reading() as session:
        versions = [session.get_one(Dossier, each).procedure_version for each in (old_draft, new_draft)]
    assert versions == [procedure.version, "2099.1"]
    assert catalogue.entry(RESIDENCE, procedure.version).procedure.version == procedure.version
    desk.reopen()
    assert get(kept(desk, old_draft), pointer) == "sau khi đổi"
    assert desk.workspace.dossiers.form(old_draft).nodes
