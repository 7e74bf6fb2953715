"""Finding businesses by name and tax code: their words kept by triggers, as those of people in 0003.

`business_words` says what is searched, `business_entry` holds it under a number that stays, `business_index`
is the FTS5 index over it.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

_SOURCES = ("folded_name", "tax_code", "phone")


def upgrade() -> None:
    op.execute(
        "CREATE VIEW business_words AS SELECT b.id AS record_id, b.folded_name AS names, "
        "b.tax_code || ' ' || replace(b.tax_code, '-', '') || ' ' || coalesce(b.phone, '') AS numbers "
        "FROM business b"
    )
    op.execute(
        "CREATE TABLE business_entry (number INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, "
        "names TEXT, numbers TEXT)"
    )
    op.execute(
        "CREATE VIRTUAL TABLE business_index USING fts5(names, numbers, content='business_entry', "
        "content_rowid='number', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4')"
    )
    op.execute(
        "INSERT INTO business_entry (record_id, names, numbers) SELECT record_id, names, numbers "
        "FROM business_words w JOIN business b ON b.id = w.record_id ORDER BY b.rowid"
    )
    op.execute("INSERT INTO business_index (business_index) VALUES ('rebuild')")
    _keep_index()
    _follow_business()


def _keep_index() -> None:
    forget = (
        "INSERT INTO business_index (business_index, rowid, names, numbers) "
        "VALUES ('delete', old.number, old.names, old.numbers);"
    )
    learn = "INSERT INTO business_index (rowid, names, numbers) VALUES (new.number, new.names, new.numbers);"
    for event, body in {"insert": learn, "update": f"{forget} {learn}", "delete": forget}.items():
        op.execute(
            f"CREATE TRIGGER business_index_{event} AFTER {event.upper()} ON business_entry BEGIN {body} END"
        )


def _follow_business() -> None:
    op.execute(
        "CREATE TRIGGER business_found_insert AFTER INSERT ON business BEGIN "
        "INSERT INTO business_entry (record_id, names, numbers) "
        "SELECT record_id, names, numbers FROM business_words WHERE record_id = new.id; END"
    )
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in _SOURCES)
    op.execute(
        f"CREATE TRIGGER business_found_update AFTER UPDATE OF {', '.join(_SOURCES)} ON business "  # noqa: S608
        f"WHEN {differs} BEGIN UPDATE business_entry SET (names, numbers) = "
        "(SELECT w.names, w.numbers FROM business_words w WHERE w.record_id = new.id) "
        "WHERE record_id = new.id; END"
    )
    op.execute(
        "CREATE TRIGGER business_found_delete AFTER DELETE ON business BEGIN "
        "DELETE FROM business_entry WHERE record_id = old.id; END"
    )
