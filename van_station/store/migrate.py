"""Bringing a store's tables to this program's version: all of it or nothing."""

import os
import shutil
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from van_station.store.errors import StoreDamaged, StoreNewer
from van_station.store.folders import sync_folder
from van_station.store.rows import materialise

SCHEMA = 3
"""Number of the record layout, in every change; raised with each new table or column that travels."""
HEAD = "0006"
"""The newest revision; a store that is there already is not looked at any further."""
SCHEMA_OF = {"0001": 1, "0002": 2, "0003": 2, "0004": 2, "0005": 3, "0006": 3}
"""The record layout that each revision's tables hold."""
SCRIPTS = "van_station.store:migrations"


def migrate(engine: Engine, path: Path, *, head: str = HEAD, scripts: str = SCRIPTS) -> str | None:
    """Bring the store to `head` in one transaction: a kill at any statement leaves the old tables whole.

    A store with content is copied beside itself first, as `<name>.before-<head>`.

    Returns:
        The revision found, None for an empty store.

    Raises:
        StoreNewer: its revision is not one of ours.
        StoreDamaged: it has tables but no revision.
    """
    found = revision(engine)
    if found == head:
        return found
    if found is not None:
        _copy(engine, path, path.with_name(f"{path.name}.before-{head}"))
    config = Config()
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, head)
        except CommandError as error:
            raise StoreNewer("the store is of a newer version") from error
        if found is not None and SCHEMA_OF[found] < SCHEMA:
            _show_what_was_not_known(connection, SCHEMA_OF[found])
    return found


def revision(engine: Engine) -> str | None:
    """Return the store's revision, None for an empty one; StoreDamaged for tables without a revision."""
    with engine.begin() as connection:
        tables = _tables(connection)
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StoreDamaged("tables without a revision")
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _show_what_was_not_known(connection: Connection, schema: int) -> None:
    """Write rows for changes of a newer layout that came before this program did: the log has kept them."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT h.entity, h.record_id FROM change_log c "
        "JOIN field_head h ON h.entity = c.entity AND h.record_id = c.record_id WHERE c.schema_number > ?",
        (schema,),
    )
    for entity, record_id in rows.fetchall():
        materialise(connection, entity, record_id)


def _tables(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def _copy(engine: Engine, path: Path, to: Path) -> None:
    """Copy the (encrypted) file: we own it and nobody writes, so after a checkpoint it is the whole store."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fresh = to.with_name(f".new-{uuid4().hex}")
    shutil.copyfile(path, fresh)
    fresh.chmod(0o600)
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(to)
    sync_folder(to.parent)
