import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event
from sqlmodel import SQLModel, select

from tests.store.conftest import a_ticket, keep, load
from van_station.records import Ticket
from van_station.store import StoreDamaged, StoreNewer, connections, migrate
from van_station.store.store import DATABASE

SEARCH = re.compile(r"(person|dossier|business)_(words|entry|index|found)(_\w+)?")
"""Names of what revisions 0003 and 0004 make beside the models' tables."""
NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9000", "HEAD"

def upgrade():
    op.create_table("mood", sa.Column("id", sa.String(), primary_key=True))
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("mood", sa.String()))
    with op.batch_alter_table("ticket") as table:
        table.alter_column("lane", new_column_name="line")
    op.execute("UPDATE ticket SET mood = 'fine'")
    op.drop_table("slip_print")
""".replace("HEAD", migrate.HEAD)


@pytest.fixture
def scripts(tmp_path):
    """The package's revisions and one more after them."""
    folder = tmp_path / "scripts"
    shutil.copytree(
        Path(migrate.__file__).parent / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "versions" / "9000_mood.py").write_text(NEXT)
    return folder


@pytest.fixture
def database(machine):
    """A closed store with one ticket: its path, and a function that makes an engine for it."""
    keep(machine.store, a_ticket(label="B042"))
    machine.close()
    path = machine.folder / DATABASE
    return path, lambda: connections.writing_engine(path, machine.keys.store_key())


def schema(engine):
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        )
        return dict(rows.fetchall())


def test_the_migrated_tables_are_the_models_tables(machine, store):
    with store._writer.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, SQLModel.metadata)
    others = [
        each for each in differences if each[0] != "remove_table" or SEARCH.fullmatch(each[1].name) is None
    ]
    assert [difference for difference in others if "alembic_version" not in str(difference)] == []


def test_columns_types_keys_and_indexes_are_exactly_the_models(machine, store):
    plain = create_engine("sqlite://")
    SQLModel.metadata.create_all(plain)
    expected = {name: sql and " ".join(sql.split()) for name, sql in schema(plain).items()}
    found = {name: sql and " ".join(sql.split()) for name, sql in schema(store._writer).items()}
    found.pop("alembic_version")
    assert {name: sql for name, sql in found.items() if not SEARCH.fullmatch(name)} == expected


def test_the_named_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", migrate.SCRIPTS)
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_an_up_to_date_store_is_opened_without_a_copy(machine, store):
    machine.close()
    machine.open()
    assert not [path for path in machine.folder.iterdir() if "before" in path.name]


def test_a_migration_keeps_the_rows_and_a_copy_of_the_old_file(machine, database, scripts):
    path, engine_of = database
    engine = engine_of()
    assert migrate.migrate(engine, path, head="9000", scripts=str(scripts)) == migrate.HEAD
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT label, mood FROM ticket").fetchall() == [("B042", "fine")]
    assert migrate.revision(engine) == "9000"
    engine.dispose()
    shutil.move(path.with_name("store.db.before-9000"), path)
    machine.open()
    assert machine.verify().ok
    assert machine.store.vector() != {}


def test_an_error_in_the_middle_leaves_the_old_tables_whole(machine, database, scripts):
    path, engine_of = database
    engine = engine_of()
    before = schema(engine)
    broken = scripts / "versions" / "9000_mood.py"
    broken.write_text(NEXT + "    raise RuntimeError('in the middle')\n")
    with pytest.raises(RuntimeError):
        migrate.migrate(engine, path, head="9000", scripts=str(scripts))
    assert schema(engine) == before
    assert migrate.revision(engine) == migrate.HEAD
    engine.dispose()
    machine.open()
    assert machine.verify().ok


def killed_migration(engine_of, path, head, scripts, statement):
    """Run a migration in a forked process that kills itself before its n-th statement; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            left = [statement]
            engine = engine_of()

            @event.listens_for(engine, "before_cursor_execute")
            def _count(*_):
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1

            migrate.migrate(engine, path, head=head, scripts=scripts)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_migration_killed_before_any_statement_leaves_the_old_tables_whole(machine, database, scripts):
    path, engine_of = database
    engine = engine_of()
    before = schema(engine)
    engine.dispose()
    statement = 0
    while killed_migration(engine_of, path, "9000", str(scripts), statement):
        engine = engine_of()
        assert schema(engine) == before
        assert migrate.revision(engine) == migrate.HEAD
        engine.dispose()
        statement += 1
    assert statement > 15
    engine = engine_of()
    assert migrate.revision(engine) == "9000"
    assert "mood" in schema(engine)
    engine.dispose()


def test_the_first_migration_killed_anywhere_can_be_done_again(machine, tmp_path):
    path = tmp_path / "fresh.db"

    def engine_of():
        return connections.writing_engine(path, bytes(32))

    for statement in range(0, 60, 9):
        killed_migration(engine_of, path, migrate.HEAD, migrate.SCRIPTS, statement)
        engine = engine_of()
        assert migrate.revision(engine) in {None, migrate.HEAD}
        engine.dispose()
    engine = engine_of()
    migrate.migrate(engine, path)
    assert migrate.revision(engine) == migrate.HEAD
    engine.dispose()


def test_a_store_of_a_newer_version_is_refused_untouched(machine, database):
    _, engine_of = database
    engine = engine_of()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StoreNewer):
        machine.open()
    engine = engine_of()
    assert migrate.revision(engine) == "9999"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")
    engine.dispose()
    machine.open()
    with machine.store.reading() as session:
        (ticket,) = session.exec(select(Ticket)).all()
    assert load(machine.store, Ticket, ticket.id).label == "B042"


def test_tables_without_a_revision_are_damage(machine, database):
    _, engine_of = database
    engine = engine_of()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()
    with pytest.raises(StoreDamaged):
        machine.open()
