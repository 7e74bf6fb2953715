"""What a form's view says beside the answers, and rows that are put back, moved and copied."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.services.machine import BIRTH, MORNING, RESIDENCE, Machine
from van_station.records.consents import TakenOver
from van_station.records.dossiers import Component, Dossier
from van_station.records.people import Person
from van_station.rules.form_nodes import FieldNode
from van_station.rules.forms import load_form
from van_station.rules.json_values import get
from van_station.services.dossiers import _fields
from van_station.services.errors import NotFound, Refused
from van_station.services.form_answers import pledges, with_item


def origins(desk: Machine, dossier_id: str) -> dict[str, str]:
    nodes = _fields(desk.workspace.dossiers.form(dossier_id).nodes)
    return {node.pointer: node.origin for node in nodes if node.origin}


def rows(desk: Machine, dossier_id: str) -> list[object]:
    with desk.workspace.store.reading() as session:
        return list(get(dict(session.get_one(Dossier, dossier_id).answers), "/members") or [])


def identified(desk: Machine, dossier_id: str, how: str) -> None:
    with desk.workspace.store.unit(desk.officer.user_id, "test", ("person", "x")) as unit:
        person = unit.session.get_one(Person, unit.session.get_one(Dossier, dossier_id).person_id)
        person.identified_by = how
        unit.save(person)


@pytest.mark.parametrize(
    ("how", "origin"), [("card_qr", "card"), ("chip", "chip"), ("typed", "intake"), ("none", "intake")]
)
def test_what_stands_there_beforehand_says_where_it_is_from(desk: Machine, how: str, origin: str) -> None:
    dossier = desk.started(BIRTH)
    identified(desk, dossier.id, how)
    found = origins(desk, dossier.id)
    assert found["/requester/full_name"] == origin
    assert found["/child/ethnicity"] == "default"
    assert found["/child/nationality"] == "default"


def test_what_is_typed_over_is_nobody_elses_any_more(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    dossiers = desk.workspace.dossiers
    dossiers.answer(desk.officer, dossier.id, "/requester/full_name", "Ai Khác")
    dossiers.answer(desk.officer, dossier.id, "/child/ethnicity", "Mường")
    assert not {"/requester/full_name", "/child/ethnicity"} & origins(desk, dossier.id).keys()


def test_an_earlier_answer_says_the_day_of_its_dossier_until_it_is_changed(desk: Machine) -> None:
    dossier, pointer = desk.started(BIRTH), "/child/full_name"
    with desk.workspace.store.unit(desk.officer.user_id, "test", ("dossier", dossier.id)) as unit:
        row = unit.session.get_one(Dossier, dossier.id)
        source = Dossier(
            trip_id=row.trip_id,
            person_id=row.person_id,
            procedure_code=BIRTH,
            procedure_version=row.procedure_version,
            provisional_no="TAM-OLD",
            state="done",
            answers={"child": {"full_name": "Nguyễn Mai"}},
            channel=row.channel,
            created_at=MORNING - timedelta(days=30),
            created_by=desk.officer.user_id,
        )
        unit.save(source)
        taken = TakenOver(
            dossier_id=dossier.id,
            source_dossier_id=source.id,
            what="answers",
            pointer=pointer,
            taken_at=MORNING,
            taken_by=desk.officer.user_id,
        )
        unit.save(taken)
    dossiers = desk.workspace.dossiers
    form = dossiers.answer(desk.officer, dossier.id, pointer, "Nguyễn Mai")
    assert origins(desk, dossier.id)[pointer] == "earlier"
    assert form.origin_days == {pointer: date(2026, 10, 24)}
    form = dossiers.answer(desk.officer, dossier.id, pointer, "Nguyễn Mai Anh")
    assert form.origin_days == {}
    assert pointer not in origins(desk, dossier.id)


def test_a_form_says_how_far_each_page_is(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    before = desk.workspace.dossiers.form(dossier.id)
    assert len(before.progress.categories) >= 5
    assert sum(page.gaps for page in before.progress.categories) == len(before.problems)
    desk.fill(dossier)
    after = desk.workspace.dossiers.form(dossier.id)
    assert (after.answered, after.problems) == (after.total, ())


def test_long_lists_are_searched_here_and_bound(desk: Machine) -> None:
    options = desk.workspace.dossiers.options
    assert options("wards", "ba vi")[0].label.vi == "Xã Ba Vì"
    assert len(options("countries", "", 1000)) == 50
    assert options("nobody", "x") == ()


def test_a_code_that_is_in_no_list_is_said(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    form = desk.workspace.dossiers.answer(desk.officer, dossier.id, "/child/ethnicity", "Sao Hỏa")
    assert ("/child/ethnicity", "form.not_in_list") in [(each.pointer, each.code) for each in form.problems]


def test_rows_are_moved_copied_removed_and_put_back_where_they_were(desk: Machine) -> None:
    dossier, dossiers = desk.started(RESIDENCE), desk.workspace.dossiers
    for name in ("An", "Bình", "Chi"):
        at = len(rows(desk, dossier.id))
        dossiers.add_item(desk.officer, dossier.id, "/members")
        dossiers.answer(desk.officer, dossier.id, f"/members/{at}/full_name", name)

    def names() -> list[object]:
        return [get(row, "/full_name") for row in rows(desk, dossier.id)]

    dossiers.move_item(desk.officer, dossier.id, "/members", 2, 0)
    assert names() == ["Chi", "An", "Bình"]
    dossiers.duplicate_item(desk.officer, dossier.id, "/members", 1)
    assert names() == ["Chi", "An", "An", "Bình"]
    kept = dossiers.item(dossier.id, "/members", 0)
    dossiers.remove_item(desk.officer, dossier.id, "/members", 0)
    assert names() == ["An", "An", "Bình"]
    dossiers.restore_item(desk.officer, dossier.id, "/members", 0, kept)
    assert names() == ["Chi", "An", "An", "Bình"]
    assert dossiers.item(dossier.id, "/members", 9) is None
    with pytest.raises(NotFound):
        dossiers.item("nobody", "/members", 0)


def test_rows_of_a_confirmed_dossier_stay(desk: Machine) -> None:
    dossier, dossiers = desk.started(RESIDENCE), desk.workspace.dossiers
    dossiers.add_item(desk.officer, dossier.id, "/members")
    with desk.workspace.store.unit(desk.officer.user_id, "test", ("dossier", dossier.id)) as unit:
        row = unit.session.get_one(Dossier, dossier.id)
        row.state = "queued"
        unit.save(row)
    for act in (
        lambda: dossiers.move_item(desk.officer, dossier.id, "/members", 0, 0),
        lambda: dossiers.duplicate_item(desk.officer, dossier.id, "/members", 0),
        lambda: dossiers.restore_item(desk.officer, dossier.id, "/members", 0, {}),
    ):
        with pytest.raises(Refused, match=r"dossier\.not_editable"):
            act()


SCHEMA = {
    "type": "object",
    "properties": {
        "paper": {
            "type": "boolean",
            "title": "Đã có giấy",
            "x-title-en": "Đã có giấy",
            "x-attachment": "CT01",
        },
        "pledge": {"type": "boolean", "title": "Cam đoan", "x-title-en": "Cam đoan", "const": True},
        "asked": {"type": "boolean", "title": "Có không?", "x-title-en": "Có không?"},
        "lots": {
            "type": "array",
            "maxItems": 5,
            "title": "Thửa",
            "x-title-en": "Thửa",
            "items": {
                "type": "object",
                "title": "Thửa",
                "x-title-en": "Lot",
                "properties": {
                    "name": {"type": "string", "title": "Tên", "x-title-en": "Tên"},
                    "owners": {
                        "type": "array",
                        "maxItems": 5,
                        "title": "Chủ",
                        "x-title-en": "Chủ",
                        "items": {
                            "type": "object",
                            "title": "Chủ",
                            "x-title-en": "Owner",
                            "properties": {"who": {"type": "string", "title": "Ai", "x-title-en": "Ai"}},
                        },
                    },
                },
            },
        },
    },
}
OWNERS = {
    "type": "Control",
    "scope": "#/properties/owners",
    "options": {
        "detail": {
            "type": "VerticalLayout",
            "elements": [{"type": "Control", "scope": "#/properties/who"}],
        }
    },
}
UI = {
    "type": "VerticalLayout",
    "elements": [
        *({"type": "Control", "scope": f"#/properties/{name}"} for name in ("paper", "pledge", "asked")),
        {
            "type": "Control",
            "scope": "#/properties/lots",
            "options": {
                "detail": {
                    "type": "VerticalLayout",
                    "elements": [{"type": "Control", "scope": "#/properties/name"}, OWNERS],
                }
            },
        },
    ],
}


def test_a_row_comes_back_with_the_rows_inside_it() -> None:
    form = load_form(SCHEMA, UI)
    answers = form.empty()
    for _ in range(2):
        answers = form.add_item(answers, "/lots")
    answers = form.add_item(
        form.add_item(form.set(answers, "/lots/0/name", "A"), "/lots/0/owners"), "/lots/0/owners"
    )
    answers = form.set(form.set(answers, "/lots/0/owners/0/who", "x"), "/lots/0/owners/1/who", "y")
    kept = get(answers, "/lots/0")
    gone = form.remove_item(answers, "/lots", 0)
    assert with_item(form, gone, ("/lots", 0), kept) == answers


def test_only_what_must_be_agreed_to_is_a_pledge() -> None:
    assert pledges(load_form(SCHEMA, UI)) == {"/pledge"}


def test_an_answer_that_stands_for_a_paper_follows_the_scans(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    entry = desk.workspace.catalogue.entry(BIRTH)
    entry.__dict__["form"] = load_form(SCHEMA, UI)
    with desk.workspace.store.unit(desk.officer.user_id, "test", ("dossier", dossier.id)) as unit:
        unit.save(
            Component(
                dossier_id=dossier.id, code="CT01", name="Giấy", required=True, copies=1, document_kind="copy"
            )
        )

    def paper() -> FieldNode:
        nodes = _fields(desk.workspace.dossiers.form(dossier.id).nodes)
        return next(node for node in nodes if node.component)

    assert paper().value is None
    with desk.workspace.store.unit(desk.officer.user_id, "test", ("dossier", dossier.id)) as unit:
        found = unit.session.exec(select(Component).where(Component.code == "CT01")).all()
        found[0].page_count = 2
        unit.save(found[0])
    assert paper().value is True
    assert desk.workspace.dossiers.form(dossier.id).papers["CT01"].pages == 2
