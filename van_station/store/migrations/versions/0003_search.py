"""Finding people and dossiers among many: word indexes kept by triggers, so in the transaction of each write.

`person_words` and `dossier_words` say what is searched; `person_entry` and `dossier_entry` hold it under a
number that stays (an implicit rowid may change when a store is copied); `person_index` and `dossier_index`
are the FTS5 indexes over them. Words are folded already (`folded_name`): no language is needed here. Search
reads them in `van_station/services/search.py`; nothing else writes them.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = {
    "person": ("names", "numbers", "tails", "born"),
    "dossier": ("names", "numbers", "tails", "born", "codes", "states"),
}
_PERSON_WORDS = """
    p.folded_name AS names,
    coalesce(p.id_number, '') || ' ' || coalesce(p.old_id_number, '') || ' ' || coalesce(p.phone, '')
        AS numbers,
    coalesce(substr(p.id_number, -4), '') AS tails,
    coalesce(substr(p.birth_date, 1, 4) || ' ' || replace(p.birth_date, '-', ''), p.birth_text, '') AS born
"""
_PERSON_SOURCES = (
    "folded_name",
    "id_number",
    "old_id_number",
    "phone",
    "birth_date",
    "birth_text",
)
_DOSSIER_SOURCES = ("person_id", "provisional_no", "official_code", "state")


def upgrade() -> None:
    op.drop_index("ix_dossier_state", table_name="dossier")
    op.create_index("ix_dossier_created_at", "dossier", ["created_at"], unique=False)
    op.create_index("ix_dossier_state_created_at", "dossier", ["state", "created_at"], unique=False)
    op.execute(f"CREATE VIEW person_words AS SELECT p.id AS record_id, {_PERSON_WORDS} FROM person p")  # noqa: S608
    op.execute(
        f"CREATE VIEW dossier_words AS SELECT d.id AS record_id, {_PERSON_WORDS}, "  # noqa: S608
        "d.provisional_no || ' ' || coalesce(d.official_code, '') AS codes, d.state AS states "
        "FROM dossier d LEFT JOIN person p ON p.id = d.person_id"
    )
    for kind in ("person", "dossier"):
        _create_entries(kind)
        _fill(kind)
        _keep_index(kind)
    _follow_person()
    _follow_dossier()


def _create_entries(kind: str) -> None:
    columns = _COLUMNS[kind]
    op.execute(
        f"CREATE TABLE {kind}_entry (number INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, "
        f"{', '.join(f'{column} TEXT' for column in columns)})"
    )
    op.execute(
        f"CREATE VIRTUAL TABLE {kind}_index USING fts5({', '.join(columns)}, content='{kind}_entry', "
        "content_rowid='number', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4')"
    )


def _fill(kind: str) -> None:
    columns = ", ".join(_COLUMNS[kind])
    op.execute(
        f"INSERT INTO {kind}_entry (record_id, {columns}) "  # noqa: S608
        f"SELECT record_id, {columns} FROM {kind}_words w "
        f"JOIN {kind} t ON t.id = w.record_id ORDER BY t.rowid"
    )
    op.execute(f"INSERT INTO {kind}_index ({kind}_index) VALUES ('rebuild')")  # noqa: S608


def _keep_index(kind: str) -> None:
    columns = _COLUMNS[kind]
    names = ", ".join(columns)
    old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("old", "new"))
    forget = f"INSERT INTO {kind}_index ({kind}_index, rowid, {names}) VALUES ('delete', old.number, {old});"  # noqa: S608
    learn = f"INSERT INTO {kind}_index (rowid, {names}) VALUES (new.number, {new});"  # noqa: S608
    for event, body in {
        "insert": learn,
        "update": f"{forget} {learn}",
        "delete": forget,
    }.items():
        op.execute(
            f"CREATE TRIGGER {kind}_index_{event} AFTER {event.upper()} ON {kind}_entry BEGIN {body} END"
        )


def _follow_person() -> None:
    """A person's words are in their own entry and in those of their dossiers, which may have come first."""
    dossiers = _refresh("dossier", "record_id IN (SELECT id FROM dossier WHERE person_id = new.id)")
    op.execute(
        f"CREATE TRIGGER person_found_insert AFTER INSERT ON person BEGIN {_enter('person')} {dossiers} END"
    )
    own = _refresh("person", "record_id = new.id")
    op.execute(
        f"CREATE TRIGGER person_found_update AFTER UPDATE OF {', '.join(_PERSON_SOURCES)} ON person "
        f"WHEN {_differs(_PERSON_SOURCES)} BEGIN {own} {dossiers} END"
    )
    orphans = _refresh("dossier", "record_id IN (SELECT id FROM dossier WHERE person_id = old.id)")
    op.execute(
        "CREATE TRIGGER person_found_delete AFTER DELETE ON person BEGIN "  # noqa: S608
        f"DELETE FROM person_entry WHERE record_id = old.id; {orphans} END"
    )


def _follow_dossier() -> None:
    own = _refresh("dossier", "record_id = new.id")
    op.execute(f"CREATE TRIGGER dossier_found_insert AFTER INSERT ON dossier BEGIN {_enter('dossier')} END")
    op.execute(
        f"CREATE TRIGGER dossier_found_update AFTER UPDATE OF {', '.join(_DOSSIER_SOURCES)} ON dossier "
        f"WHEN {_differs(_DOSSIER_SOURCES)} BEGIN {own} END"
    )
    op.execute(
        "CREATE TRIGGER dossier_found_delete AFTER DELETE ON dossier BEGIN "
        "DELETE FROM dossier_entry WHERE record_id = old.id; END"
    )


def _enter(kind: str) -> str:
    columns = ", ".join(_COLUMNS[kind])
    return (
        f"INSERT INTO {kind}_entry (record_id, {columns}) "  # noqa: S608
        f"SELECT record_id, {columns} FROM {kind}_words WHERE record_id = new.id;"
    )


def _refresh(kind: str, which: str) -> str:
    columns = _COLUMNS[kind]
    values = ", ".join(f"w.{column}" for column in columns)
    return (
        f"UPDATE {kind}_entry SET ({', '.join(columns)}) = "  # noqa: S608
        f"(SELECT {values} FROM {kind}_words w WHERE w.record_id = {kind}_entry.record_id) WHERE {which};"
    )


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
