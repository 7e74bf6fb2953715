"""The word indexes: always as the rows say, whatever wrote them; never a scan; nothing readable on disk."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.store.conftest import Machine, a_dossier, a_person, act, keep
from tests.store.test_migration_0002 import make_old
from van_station.records import Dossier, Person

NAMES = ("tran thi mau", "nguyen van thu", "le dinh", "nguyen thi nghiem")
NUMBERS = ("001199000001", "001199000002", None)


def found(machine, kind, query):
    statement = f"SELECT record_id FROM {kind}_index JOIN {kind}_entry ON number = {kind}_index.rowid WHERE {kind}_index MATCH ?"
    with machine.store.reading() as session:
        rows = session.connection().exec_driver_sql(statement, (query,))
        return {record_id for (record_id,) in rows}


def assert_index_is_as_rows_say(machine):
    for kind in ("person", "dossier"):
        with machine.store._writer.begin() as connection:
            entries = connection.exec_driver_sql(f"SELECT * FROM {kind}_entry").mappings().all()
            words = connection.exec_driver_sql(f"SELECT * FROM {kind}_words").mappings().all()
            kept = {row["record_id"]: {k: v for k, v in row.items() if k != "number"} for row in entries}
            assert kept == {row["record_id"]: dict(row) for row in words}
            # raises "database disk image is malformed" unless the index is that of the entries
            connection.exec_driver_sql(
                f"INSERT INTO {kind}_index ({kind}_index, rank) VALUES ('integrity-check', 1)"
            )


def test_a_person_and_their_dossier_are_found_by_the_person_s_words(machine):
    person = a_person(folded_name="tran thi mau", birth_date=date(1999, 3, 20), phone="0912000123")
    dossier = a_dossier(person_id=person.id, official_code="H26.12-261122-0007")
    keep(machine.store, person, dossier)
    for query in (
        'names : "mau"',
        'numbers : "0011" *',
        'tails : "0001"',
        'born : "19990320"',
        'numbers : "0912000123"',
    ):
        assert found(machine, "person", query) == {person.id}, query
        assert found(machine, "dossier", query) == {dossier.id}, query
    assert found(machine, "dossier", 'codes : "h26 12 261122"') == {dossier.id}
    assert found(machine, "person", 'names : "001199000001"') == set()


def test_a_changed_name_is_found_and_the_old_one_is_not(machine):
    person = a_person(folded_name="tran thi mau")
    dossier = a_dossier(person_id=person.id)
    keep(machine.store, person, dossier)
    with act(machine.store) as unit:
        row = unit.session.get(Person, person.id)
        row.folded_name = "tran thi minh"
        unit.save(row)
    for kind, record in (("person", person), ("dossier", dossier)):
        assert found(machine, kind, 'names : "mau"') == set()
        assert found(machine, kind, 'names : "minh"') == {record.id}


def test_what_is_undone_is_not_found(machine):
    person = a_person(folded_name="tran thi mau")

    def fail():
        with act(machine.store) as unit:
            unit.save(person)
            unit.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert found(machine, "person", 'names : "mau"') == set()
    assert_index_is_as_rows_say(machine)


def test_a_dossier_that_comes_before_its_person_is_found_once_they_have_come(machine, other):
    person, dossier = a_person(folded_name="tran thi mau"), a_dossier(person_id="b9")
    person.id = "b9"
    keep(other.store, dossier)
    machine.take_from(other)
    assert found(machine, "dossier", 'names : "mau"') == set()
    keep(other.store, person)
    machine.take_from(other)
    assert found(machine, "dossier", 'names : "mau"') == {dossier.id}
    assert_index_is_as_rows_say(machine)


def test_rows_of_an_older_store_are_found_after_the_upgrade(tmp_path):
    old = Machine(tmp_path / "old", 3)
    old.open()
    person = a_person(folded_name="tran thi mau")
    dossier = a_dossier(person_id=person.id)
    keep(old.store, person, dossier)
    old.close()
    make_old(old)
    old.open()
    assert found(old, "person", 'names : "mau"') == {person.id}
    assert found(old, "dossier", 'states : "draft" AND names : "tra" *') == {dossier.id}
    assert_index_is_as_rows_say(old)
    old.close()


STEP = st.tuples(
    st.sampled_from(["person", "dossier", "rename", "renumber", "move", "erase person", "erase dossier"]),
    st.integers(0, 3),
    st.integers(0, 3),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=1, max_size=12))
def test_any_series_of_writes_leaves_the_index_as_the_rows_say(tmp_path_factory, steps):
    machine = Machine(tmp_path_factory.mktemp("index"), 5)
    machine.open()
    people, dossiers = [], []
    for step, one, other in steps:
        with act(machine.store) as unit:
            if step == "person":
                people.append(unit.save(a_person(folded_name=NAMES[one], id_number=NUMBERS[other % 3])).id)
            if step == "dossier":
                owner = people[one % len(people)] if people else "b7"
                dossiers.append(unit.save(a_dossier(person_id=owner, provisional_no=f"TAM-{other}")).id)
            person = unit.session.get(Person, people[one % len(people)]) if people else None
            dossier = unit.session.get(Dossier, dossiers[one % len(dossiers)]) if dossiers else None
            if person and step == "rename":
                person.folded_name = NAMES[other]
            if person and step == "renumber":
                person.id_number = NUMBERS[other % 3]
            if dossier and step == "move":
                dossier.state = "voided"
                dossier.official_code = f"H26-{other}"
            if person and step == "erase person":
                unit.erase(person)
            if dossier and step == "erase dossier":
                unit.erase(dossier)
    assert_index_is_as_rows_say(machine)
    machine.close()


@pytest.mark.parametrize("kind", ["person", "dossier"])
def test_looking_up_words_scans_no_table(machine, kind):
    with machine.store.reading() as session:
        plan = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN SELECT e.record_id FROM {kind}_index i CROSS JOIN {kind}_entry e "
            f"ON e.number = i.rowid WHERE {kind}_index MATCH ? ORDER BY i.rowid DESC LIMIT 20",
            ('names : "mau"',),
        )
        steps = [row[3] for row in plan]
    assert steps[0].startswith("SCAN i VIRTUAL TABLE INDEX")
    assert steps[1:] == ["SEARCH e USING INTEGER PRIMARY KEY (rowid=?)"]


def test_keeping_an_answer_does_not_touch_the_index(machine):
    person = a_person(folded_name="tran thi mau")
    dossier = a_dossier(person_id=person.id)
    keep(machine.store, person, dossier)

    def pieces():
        with machine.store.reading() as session:
            query = (
                "SELECT (SELECT sum(length(block)) FROM dossier_index_data), count(*) FROM dossier_index_data"
            )
            return session.connection().exec_driver_sql(query).fetchall()

    before = pieces()
    with act(machine.store) as unit:
        row = unit.session.get(Dossier, dossier.id)
        row.answers = {"x": "y"}
        row.fee_vnd = 8000
        unit.save(row)
    assert pieces() == before


def test_no_indexed_word_stands_readable_in_the_folder(machine):
    keep(machine.store, a_person(folded_name="khongaico thinghiem", id_number="001199777333"))
    machine.store.truncate_log()
    for path in machine.folder.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert b"khongaico" not in body
            assert b"001199777333" not in body


def test_the_newest_dossiers_are_read_from_an_index(machine):
    for query, by in (
        (select(Dossier.id).order_by(Dossier.created_at.desc()).limit(50), "ix_dossier_created_at"),
        (
            select(Dossier.id).where(Dossier.state == "draft").order_by(Dossier.created_at.desc()).limit(50),
            "ix_dossier_state_created_at",
        ),
    ):
        with machine.store.reading() as session:
            text = str(query.compile(compile_kwargs={"literal_binds": True}))
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").fetchall()
        assert [by in row[3] and "TEMP B-TREE" not in row[3] for row in plan] == [True]
