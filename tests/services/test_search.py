"""One box: what is typed, and what it finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.services.machine import MORNING, Machine
from van_station.records import Business, Dossier, Person
from van_station.rules.access import Role
from van_station.rules.dossiers import DossierState
from van_station.rules.text import fold
from van_station.services.errors import NotPermitted
from van_station.services.parties import BusinessDraft
from van_station.services.search import (
    Search,
    business_views,
    dossier_rows,
    found_ids,
    match_query,
    person_rows,
)


@pytest.fixture
def search(machine: Machine) -> Search:
    return machine.workspace.search


def person(machine: Machine, full_name: str, **more: object) -> str:
    row = Person(full_name=full_name, folded_name=fold(full_name), **more)
    with machine.workspace.store.unit("u1", "test.keep", ("person", row.id)) as unit:
        unit.save(row)
    return row.id


def dossier(machine: Machine, person_id: str, number: str, **more: object) -> str:
    values = {
        "trip_id": "a1",
        "procedure_code": "1.001193",
        "procedure_version": "1",
        "state": "draft",
        "channel": "direct",
        "created_at": MORNING,
        "created_by": "u1",
    }
    row = Dossier(person_id=person_id, provisional_no=number, **{**values, **more})
    with machine.workspace.store.unit("u1", "test.keep", ("dossier", row.id)) as unit:
        unit.save(row)
    return row.id


def people(search: Search, machine: Machine, text: str) -> list[str]:
    return [each.id for each in search.find(machine.volunteer, text).people]


@pytest.mark.parametrize(
    "text",
    [
        "Đặng Thị Mẫu",
        "dang thi mau",
        "MẪU ĐẶNG",
        "mau dan",
        "da th ma",
        "001199123456",
        "001199",
        "3456",
        "1954",
        "20/3/1954",
        "20-03-1954",
        "1954-03-20",
        "3/1954",
        "0912000123",
        "0912 000 123",
        "+84912000123",
        "091200",
        "012345678",
        "mau 1954",
        "đặng 3456",
        "  dang   mau  ",
    ],
)
def test_a_person_is_found_by(machine: Machine, search: Search, text: str) -> None:
    wanted = person(
        machine,
        "Đặng Thị Mẫu",
        id_number="001199123456",
        old_id_number="012345678",
        phone="0912000123",
        birth_date=date(1954, 3, 20),
    )
    person(machine, "Nguyễn Văn Khác", id_number="002088999999", birth_date=date(1988, 12, 1))
    assert people(search, machine, text) == [wanted]


@pytest.mark.parametrize(
    "text", ["mau khac", "ang", "1955", "20/3/1955", "23456", "001199123457", "mau 1988"]
)
def test_a_person_is_not_found_by(machine: Machine, search: Search, text: str) -> None:
    person(machine, "Đặng Thị Mẫu", id_number="001199123456", birth_date=date(1954, 3, 20))
    person(machine, "Nguyễn Văn Khác", id_number="002088999999", birth_date=date(1988, 12, 1))
    assert people(search, machine, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "%",
        "_",
        "'",
        '"',
        "*",
        '" or 1=1 --',
        "\\",
        "NEAR(",
        "names:",
        "-",
        "(",
        "^",
        "\x00",
        "AND",
        "OR NOT",
    ],
)
def test_signs_and_commands_of_the_index_are_only_text(machine: Machine, search: Search, text: str) -> None:
    person(machine, "Đặng Thị Mẫu", id_number="001199123456")
    found = search.find(machine.volunteer, text)
    assert (found.people, found.dossiers, found.businesses) == ((), (), ())


@pytest.mark.parametrize("text", ["x" * 5000, "a " * 500, "\ud800", "é́́́" * 30])
def test_any_text_is_answered(machine: Machine, search: Search, text: str) -> None:
    assert search.find(machine.volunteer, text).people == ()


def test_whole_words_come_before_beginnings_then_the_latest(machine: Machine, search: Search) -> None:
    oldest = person(machine, "Lê An")
    longer = person(machine, "Lê Anh")
    newest = person(machine, "Lê An")
    assert people(search, machine, "le an") == [newest, oldest, longer]


@pytest.mark.parametrize(
    "text",
    [
        "TAM-3F2A-261123-0007",
        "tam-3f2a",
        "3f2a-261123",
        "261123-0007",
        "0007",
        "G01.02.03-261123-9",
        "dang",
        "3456",
    ],
)
def test_a_dossier_is_found_by(machine: Machine, search: Search, text: str) -> None:
    owner = person(machine, "Đặng Thị Mẫu", id_number="001199123456")
    wanted = dossier(machine, owner, "TAM-3F2A-261123-0007", official_code="G01.02.03-261123-9")
    dossier(machine, person(machine, "Lê Khác", id_number="002088999999"), "TAM-77AA-261124-0001")
    assert [line.id for line in search.find(machine.volunteer, text).dossiers] == [wanted]


def test_the_sign_for_provisional_is_not_a_name(machine: Machine, search: Search) -> None:
    """Every provisional number begins with TAM: somebody called Tâm must not drown in them."""
    dossier(machine, person(machine, "Lê Khác"), "TAM-3F2A-261123-0007")
    wanted = dossier(machine, person(machine, "Lê Tâm"), "TAM-3F2A-261123-0008")
    assert [line.id for line in search.find(machine.volunteer, "tâm").dossiers] == [wanted]


def test_the_list_of_dossiers_searches_within_a_state_newest_first(machine: Machine) -> None:
    owner = person(machine, "Đặng Thị Mẫu")
    ids = [
        dossier(
            machine, owner, f"TAM-3F2A-261123-{n:04}", created_at=MORNING + timedelta(minutes=n), state=state
        )
        for n, state in enumerate(["draft", "voided", "draft"], 1)
    ]
    find = machine.workspace.dossiers.find
    assert [line.id for line in find("mau")] == ids[::-1]
    assert [line.id for line in find("mau", DossierState.DRAFT)] == [ids[2], ids[0]]
    assert [line.id for line in find("", DossierState.VOIDED)] == [ids[1]]
    assert [line.id for line in find("mau", limit=1)] == [ids[2]]
    assert find("mau", limit=0) == find("", limit=-1) == ()


def test_a_technician_looks_nobody_up(machine: Machine, search: Search) -> None:
    with pytest.raises(NotPermitted):
        search.find(replace(machine.volunteer, role=Role.TECHNICIAN), "mau")


def test_what_was_found_prints_no_names(machine: Machine, search: Search) -> None:
    person(machine, "Đặng Thị Mẫu")
    assert "Mẫu" not in repr(search.find(machine.volunteer, "mau"))


def test_finding_reads_rows_by_their_ids_only(machine: Machine) -> None:
    """No statement of a search scans a table."""
    owner = person(machine, "Đặng Thị Mẫu", id_number="001199123456")
    dossier(machine, owner, "TAM-3F2A-261123-0007")
    business(machine, "Quán Mẫu", "0101234567")
    statements: list[str] = []
    with machine.workspace.store.reading() as session:
        driver = session.connection().connection.driver_connection
        driver.set_trace_callback(statements.append)
        try:
            person_rows(session, found_ids(session, "person", "mau 3456", limit=20))
            dossier_rows(session, found_ids(session, "dossier", "mau", state=DossierState.DRAFT, limit=20))
            business_views(session, found_ids(session, "business", "mau 0101", limit=20))
        finally:
            driver.set_trace_callback(None)
        plans = [
            row[3]
            for statement in statements
            if statement.startswith("SELECT") and "_index_" not in statement
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert len(plans) >= 9
    assert [step for step in plans if step.startswith("SCAN") and "VIRTUAL TABLE INDEX" not in step] == []


def test_a_query_holds_only_quoted_words() -> None:
    assert match_query('a"b', "person") == 'names : "a b" *'
    assert match_query("names : x OR y", "person", exact=True).count('"') == 8


def business(machine: Machine, name: str, tax_code: str = "", **more: object) -> str:
    row = Business(name=name, folded_name=fold(name), tax_code=tax_code, **more)
    with machine.workspace.store.unit("u1", "test.keep", ("business", row.id)) as unit:
        unit.save(row)
    return row.id


def businesses(search: Search, machine: Machine, text: str) -> list[str]:
    return [each.id for each in search.find(machine.volunteer, text).businesses]


@pytest.mark.parametrize(
    "text",
    [
        "Quán Mẫu 79",
        "quan mau",
        "MAU quán",
        "79 mau",
        "0101234567",
        "01012",
        "0101234567-001",
        "0101234567001",
        "010 123 4567",
        "quan 0101234567",
        "0912000123",
    ],
)
def test_a_business_is_found_by(machine: Machine, search: Search, text: str) -> None:
    wanted = business(machine, "Quán ăn Mẫu 79", "0101234567-001", phone="0912000123")
    business(machine, "Công ty Khác", "0209876543")
    assert businesses(search, machine, text) == [wanted]


@pytest.mark.parametrize("text", ["uan", "234567", "quan khac", "20/3/1954", "4567"])
def test_a_business_is_not_found_by(machine: Machine, search: Search, text: str) -> None:
    business(machine, "Quán ăn Mẫu 79", "0101234567-001")
    business(machine, "Công ty Khác", "0209876543")
    assert businesses(search, machine, text) == []


def test_a_renamed_business_is_found_by_its_new_name_only(machine: Machine, search: Search) -> None:
    one = business(machine, "Quán Mẫu", "0101234567")
    with machine.workspace.store.unit("u1", "test.keep", ("business", one)) as unit:
        row = unit.session.get_one(Business, one)
        row.name, row.folded_name = "Tiệm Thử", fold("Tiệm Thử")
        unit.save(row)
    assert (businesses(search, machine, "quan"), businesses(search, machine, "tiem")) == ([], [one])


def test_a_business_taken_in_with_a_person_shows_who_speaks_for_it(desk: Machine) -> None:
    draft = BusinessDraft("Hộ kinh doanh Ví Dụ", tax_code="0101234560", address="Thôn Đoài")
    ticket = desk.take_in(business=draft)
    (found,) = desk.workspace.search.find(desk.volunteer, "ho kinh doanh").businesses
    assert (found.name, found.tax_code, found.address) == (draft.name, draft.tax_code, draft.address)
    party = desk.workspace.intake.party(ticket.id)
    assert found.representative_person_id == party.members[0].person_id
    assert draft.name not in repr(found)


def test_a_store_from_before_finds_its_businesses_after_the_migration(machine: Machine) -> None:
    one = business(machine, "Quán Mẫu", "0101234567")
    with machine.workspace.store.unit("u1", "test.forget", ("business", one)) as unit:
        connection = unit.session.connection()
        for each in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER business_found_{each}")
        for each in ("INDEX", "ENTRY"):
            connection.exec_driver_sql(f"DROP TABLE business_{each.lower()}")
        connection.exec_driver_sql("DROP VIEW business_words")
        for kind in ("told_answers", "certified_copy"):  # of later revisions
            connection.exec_driver_sql(f"DROP TABLE {kind}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    machine.reopen()
    assert businesses(machine.workspace.search, machine, "quan") == [one]
