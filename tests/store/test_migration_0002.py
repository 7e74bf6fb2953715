"""Layout 2: what an older store holds, and what a newer machine had told it before it was brought up to date."""

import json

import pytest
from sqlmodel import select

from sync.changes import Change, digest, sign
from tests.store.conftest import START, Machine, a_person, a_ticket, act, keep, load
from van_station.records import KINDS, Consent, Person, Ticket, TicketPerson, moment_text, replicated_columns
from van_station.store import connections, migrate
from van_station.store.store import DATABASE

NEW_KINDS = ("business", "consent", "lease_request", "taken_over", "ticket_person")
LATER_KINDS = ("told_answers", "certified_copy")
"""Tables of the revisions after this one."""
NEW_COLUMNS = {"ticket": ("holder", "business_id", "party_size"), "person": ("identified_by", "ward_code")}


def without_layout_2(connection):
    """Turn a fresh store's tables back into those of revision 0001."""
    found = connection.exec_driver_sql("SELECT type, name FROM sqlite_master").fetchall()
    for kind in ("trigger", "view"):
        for name in (name for type_, name in found if type_ == kind):
            connection.exec_driver_sql(f"DROP {kind} {name}")
    for table in (
        f"{kind}_{part}" for kind in ("person", "dossier", "business") for part in ("index", "entry")
    ):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql("DROP INDEX ix_dossier_created_at")
    connection.exec_driver_sql("DROP INDEX ix_dossier_state_created_at")
    connection.exec_driver_sql("CREATE INDEX ix_dossier_state ON dossier (state)")
    for kind in (*NEW_KINDS, *LATER_KINDS, "catalogue_edition"):
        connection.exec_driver_sql(f"DROP TABLE {kind}")
    for kind, columns in NEW_COLUMNS.items():
        for column in columns:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS ix_{kind}_{column}")
            connection.exec_driver_sql(f"ALTER TABLE {kind} DROP COLUMN {column}")
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


@pytest.fixture
def old(tmp_path):
    """A machine whose closed store is of revision 0001, with a ticket and a person, and its log of that time."""
    machine = Machine(tmp_path / "old", 3)
    machine.open()
    ticket, person = a_ticket(label="B042"), a_person()
    keep(machine.store, ticket, person)
    machine.close()
    make_old(machine)
    machine.ticket_id, machine.person_id = ticket.id, person.id
    return machine


def make_old(machine):
    engine = connections.writing_engine(machine.folder / DATABASE, machine.keys.store_key())
    with engine.begin() as connection:
        # what an older program never wrote
        fields = [name for names in NEW_COLUMNS.values() for name in names]
        marks = ",".join("?" * len(fields))
        connection.exec_driver_sql(f"DELETE FROM field_head WHERE field IN ({marks})", tuple(fields))
        without_layout_2(connection)
    engine.dispose()


def newer_changes(entity, record_id, **fields):
    """Write changes of layout 2 as a newer machine would."""
    keys = Machine(None, 9).keys
    made, previous = [], ""
    for number, (field, value) in enumerate(fields.items(), 1):
        change = Change(
            site=keys.site_id, seq=number, stamp=f"1795309200000.{number:06}", entity=entity, record_id=record_id,
            field=field, value=value, replaces=(), author="u9", schema=2, previous=previous, signature="",
        )  # fmt: skip
        change = sign(change, keys.signer().sign)
        previous = digest(change)
        made.append(change)
    return made


def test_the_layout_number_is_that_of_the_newest_revision():
    assert migrate.SCHEMA_OF[migrate.HEAD] == migrate.SCHEMA


def test_rows_of_an_older_store_are_kept_whole_and_get_the_defaults(old):
    old.open()
    ticket, person = load(old.store, Ticket, old.ticket_id), load(old.store, Person, old.person_id)
    assert (ticket.label, ticket.holder, ticket.business_id, ticket.party_size) == ("B042", "", None, 1)
    assert (person.full_name, person.identified_by, person.ward_code) == ("Trần Thị Mẫu", "none", None)
    assert (old.folder / f"{DATABASE}.before-{migrate.HEAD}").exists()
    old.close()


def test_what_an_older_machine_never_wrote_is_what_its_rows_show(old):
    """The defaults of the migration are those of merging: rows and heads agree afterwards."""
    old.open()
    findings = {finding.code for finding in old.store.verify().findings}
    assert "row_differs" not in findings
    old.close()


def test_an_upgraded_store_has_the_tables_of_a_fresh_one(old, machine):
    def tables(one):
        with one.store._writer.begin() as connection:
            found = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
            return found.fetchall()

    old.open()
    assert tables(old) == tables(machine)
    old.close()


def test_what_a_newer_machine_had_told_an_older_one_shows_once_it_is_upgraded(old):
    """Fields and tables that were unknown when they came, and were kept in the log only."""
    told = newer_changes("ticket", old.ticket_id, holder="77", party_size=4)
    engine = connections.writing_engine(old.folder / DATABASE, old.keys.store_key())
    with engine.begin() as connection:
        for change in told:
            row = (change.site, change.seq, change.stamp, change.entity, change.record_id, change.field,
                   json.dumps(change.value), "[]", change.author, change.schema, change.previous,
                   change.signature, digest(change))  # fmt: skip
            connection.exec_driver_sql(f"INSERT INTO change_log VALUES ({','.join('?' * 13)})", row)
            head = (change.entity, change.record_id, change.field, change.site, change.seq)
            connection.exec_driver_sql("INSERT INTO field_head VALUES (?,?,?,?,?)", head)
    engine.dispose()
    old.open()
    ticket = load(old.store, Ticket, old.ticket_id)
    assert (ticket.holder, ticket.party_size) == ("77", 4)
    old.close()


def test_what_is_new_travels_between_machines(machine, other):
    ticket = a_ticket(holder=machine.site, party_size=3)
    companion = TicketPerson(ticket_id=ticket.id, person_id="b2", relation="child", sequence=1)
    consent = Consent(person_id="b1", purpose="reuse_answers", given_at=START, recorded_by="u1")
    keep(machine.store, ticket, companion, consent)
    other.take_from(machine)
    assert load(other.store, Ticket, ticket.id).holder == machine.site
    assert load(other.store, TicketPerson, companion.id).relation == "child"
    assert load(other.store, Consent, consent.id).scope == {}
    assert {change.schema for change in other.store.changes_after({}, limit=99)} == {migrate.SCHEMA}
    assert other.verify().ok


def test_a_ticket_of_an_older_machine_is_a_row_with_the_defaults(machine):
    fields = {"trip_id": "a1", "lane": "digitise", "number": 7, "label": "B007", "need": "digitise",
              "status": "waiting", "created_at": moment_text(START), "created_by": "u9"}  # fmt: skip
    with act(machine.store) as unit:
        unit.apply_remote(newer_changes("ticket", "ab", **fields))
    with machine.store.reading() as session:
        (ticket,) = session.exec(select(Ticket)).all()
    assert (ticket.holder, ticket.party_size) == ("", 1)


def test_every_new_kind_travels_and_editions_do_not():
    assert set(NEW_KINDS) <= KINDS.keys()
    assert "catalogue_edition" not in KINDS
    for kind, columns in NEW_COLUMNS.items():
        assert set(columns) <= set(replicated_columns(KINDS[kind]))
